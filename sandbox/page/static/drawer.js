// Backstage: what the bot asks of the world, troubles on demand, and its life and death.

import { h, icon } from "./dom.js";
import { LogView } from "./log_view.js";
import { currentLocale, say } from "./words.js";

const LOOK_MS = 1000;
const LONG_ID = /\b[\w-]*\d{8,}[\w-]*?(\w{3})\b/g;
const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

export class Drawer {
  constructor(root, server) {
    this.root = root;
    this.server = server;
    this.tab = "requests";
    this.only = "all";
    this.opened = new Map();
    this.log = new LogView();
  }

  get isOpen() {
    return !this.root.hidden;
  }

  async toggle(open = !this.isOpen) {
    this.root.hidden = !open;
    document.body.classList.toggle("with-drawer", open);
    clearInterval(this.looking);
    if (!open) return;
    this.state = await this.server.get("/api/backstage");
    this.draw();
    this.looking = setInterval(() => this.look(), LOOK_MS);
  }

  learn(bot) {
    if (!this.state) return;
    this.state.bot = bot;
    if (this.isOpen && this.tab === "bot") this.drawTab();
  }

  draw() {
    const tabs = ["requests", "troubles", "bot"];
    const bar = h("div", { class: "tabs", role: "tablist", "aria-label": say("backstage") }, tabs.map((name) =>
      h("button", {
        type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "tab-panel",
        "aria-selected": String(name === this.tab), tabindex: name === this.tab ? 0 : -1,
        onclick: () => this.turn(name),
      }, say(name))));
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) this.turn(tabs.at((tabs.indexOf(this.tab) + step) % tabs.length));
    });
    this.panel = h("div", { class: "panel", role: "tabpanel", id: "tab-panel", "aria-labelledby": `tab-${this.tab}` });
    this.root.setAttribute("aria-label", say("backstage"));
    this.root.replaceChildren(
      h("header", { class: "drawer-head" }, h("h2", {}, say("backstage")),
        h("button", { type: "button", class: "tool", "aria-label": say("close"), onclick: () => this.shut() }, icon("close"))),
      bar, this.panel);
    this.drawTab();
  }

  shut() {
    this.toggle(false);
    document.querySelector("#backstage").focus();
  }

  turn(name) {
    this.tab = name;
    this.draw();
    this.root.querySelector(`#tab-${name}`).focus();
  }

  drawTab() {
    const content = { requests: () => this.requests(), troubles: () => this.troubles(), bot: () => this.bot() };
    const held = document.activeElement?.id;
    this.panel.replaceChildren(...content[this.tab]());
    this.log.restore();
    if (held) this.panel.querySelector(`#${CSS.escape(held)}`)?.focus();
    this.look();
  }

  async look() {
    if (this.tab === "requests") this.list(await this.server.get("/api/backstage/requests"));
    if (this.tab === "bot") this.log.show(await this.server.get("/api/backstage/log"));
  }

  async set(path, body) {
    this.state = await this.server.post(`/api/backstage/${path}`, body);
    this.drawTab();
  }

  // ---- requests ----

  requests() {
    this.rows = h("ul", { class: "requests" });
    this.known = "";
    const kinds = { all: say("allRequests"), evolink: say("evolink"), discord: say("discord"), results: say("results") };
    const filter = h("div", { class: "filter", role: "group" }, Object.entries(kinds).map(([kind, words]) =>
      h("button", {
        type: "button", id: `only-${kind}`, "aria-pressed": String(this.only === kind), class: "pill",
        onclick: () => {
          this.only = kind;
          this.drawTab();
        },
      }, words)));
    return [filter, this.rows];
  }

  list(all) {
    if (this.tab !== "requests") return;
    const shown = all.filter((one) => this.only === "all" || one.to === this.only);
    const known = JSON.stringify(shown);
    if (known === this.known) return;
    this.known = known;
    const held = document.activeElement?.closest("[data-key]")?.dataset.key;
    const rows = shown.map((one) => this.request(one));
    this.rows.replaceChildren(...(rows.length ? rows : [h("li", { class: "faint empty" }, say("noRequests"))]));
    if (held) this.rows.querySelector(`[data-key="${CSS.escape(held)}"] summary`)?.focus();
  }

  request(one) {
    const good = one.status !== null && one.status < 400;
    const row = h("details", { "data-key": one.key, open: this.opened.has(one.key) },
      h("summary", {},
        h("span", { class: `to ${one.to}` }, say(one.to)),
        h("span", { class: "method" }, one.method),
        h("span", { class: "path", title: one.path }, one.path.replace(LONG_ID, "…$1")),
        h("span", { class: good ? "status" : "status bad" }, one.status ?? "—"),
        h("span", { class: "took" }, one.took_ms === null ? "…" : `${one.took_ms} ms`)));
    const details = this.opened.get(one.key);
    if (details) row.append(details);
    row.addEventListener("toggle", async () => {
      if (!row.open) return this.opened.delete(one.key);
      if (this.opened.has(one.key)) return undefined;
      const found = sides(await this.server.get(`/api/backstage/requests/${encodeURIComponent(one.key)}`));
      this.opened.set(one.key, found);
      return row.append(found);
    });
    return h("li", {}, row);
  }

  // ---- troubles ----

  troubles() {
    const keys = Object.keys(this.state.switches);
    return [
      h("label", { class: "field" }, h("span", {}, say("speed")),
        h("select", { id: "speed", value: String(this.nearest()), onchange: (event) => this.set("speed", { speed: Number(event.target.value) }) },
          SPEEDS.map((speed) => h("option", { value: speed }, `${new Intl.NumberFormat(currentLocale()).format(speed)} ×`)))),
      this.fate(),
      ...["evolink", "discord"].map((group) => h("fieldset", {}, h("legend", {}, say(group)),
        keys.filter((key) => key.startsWith(group)).map((key) => this.toggleFor(key)))),
      h("fieldset", {}, h("legend", {}, say("once")),
        this.state.once.map((key) => h("button", {
          type: "button", id: key, class: "button secondary wide", onclick: async () => {
            await this.set("once", { key });
            this.tell(say("armed"));
          },
        }, say(key))),
        h("p", { class: "told", role: "status" })),
    ];
  }

  nearest() {
    return SPEEDS.reduce((best, one) => (Math.abs(one - this.state.speed) < Math.abs(best - this.state.speed) ? one : best));
  }

  fate() {
    const choice = h("select", { id: "fate" }, this.state.fates.map((fate) => h("option", { value: fate }, say(`fate-${fate}`))));
    const told = h("p", { class: "told", role: "status" });
    return h("fieldset", {}, h("legend", {}, say("nextClip")),
      h("div", { class: "one-below-the-other" },
        h("label", { class: "field" }, h("span", { class: "unseen" }, say("nextClip")), choice),
        h("button", {
          type: "button", id: "doom", class: "button secondary wide", onclick: async () => {
            await this.server.post("/api/backstage/doom", { fate: choice.value });
            told.textContent = say("doomed", { fate: choice.selectedOptions[0].textContent });
          },
        }, say("doom"))), told);
  }

  toggleFor(key) {
    return h("label", { class: "switch" },
      h("input", {
        type: "checkbox", role: "switch", id: key, checked: this.state.switches[key],
        onchange: (event) => this.set("switch", { key, on: event.target.checked }),
      }), h("span", {}, say(key)));
  }

  tell(words) {
    this.panel.querySelector("fieldset:last-of-type .told").textContent = words;
  }

  // ---- the bot ----

  bot() {
    const { running } = this.state.bot;
    const act = (action) => this.set("bot", { do: action });
    return [
      h("p", { class: running ? "life alive" : "life dead", role: "status" }, say(running ? "running" : "dead")),
      h("p", { class: "faint" }, say("killText")),
      h("div", { class: "side-by-side" },
        h("button", { type: "button", id: "kill", class: "button danger", disabled: !running, onclick: () => act("kill") }, say("kill")),
        h("button", { type: "button", id: "start", class: "button primary", disabled: running, onclick: () => act("start") }, say("start"))),
      h("h3", {}, say("log")),
      this.log.node,
    ];
  }
}

function sides(found) {
  const part = (title, text) => text && [h("h4", {}, title), h("pre", { tabindex: 0 }, text)];
  return h("div", { class: "sides" },
    found.wrong && h("p", { class: "failure" }, say("madeWrong", { what: found.wrong })),
    part(say("asked"), found.asked),
    found.files?.length > 0 && part(say("files"), found.files.join("\n")),
    part(say("answered"), found.answered));
}
