// Asks the page's server, always as somebody.

// What a person's own client would not let them do; the message says why.
export class Refused extends Error {}

export class Server {
  constructor() {
    this.as = null;
    this.news = null;
  }

  async get(path) {
    const who = this.as ? `?as=${this.as}` : "";
    const answer = await fetch(`${path}${who}`);
    if (!answer.ok) throw new Error(`${answer.status} for ${path}`);
    const isJson = answer.headers.get("Content-Type").startsWith("application/json");
    return isJson ? answer.json() : answer.text();
  }

  async post(path, body = {}) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, as: this.as }),
    });
    if (answer.status === 422) throw new Refused((await answer.json()).refused);
    if (!answer.ok) throw new Error(`${answer.status} for ${path}`);
    return answer.json();
  }

  // Calls `hear(name, told)` for all that happens, until somebody else is listened for.
  listen(hear) {
    this.news?.close();
    this.news = new EventSource(`/api/events?as=${this.as}`);
    for (const name of ["open", "message", "gone", "bot", "commands"]) {
      // The browser has an event of its own called open; ours carries data.
      this.news.addEventListener(name, (event) => {
        if (event.data) hear(name, JSON.parse(event.data));
      });
    }
  }
}
