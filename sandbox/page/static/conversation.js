// The messages of one channel, kept as they are: new, edited, gone.

import { h } from "./dom.js";
import { drawMessage } from "./message.js";
import { say } from "./words.js";

const SAME_BREATH_S = 420;
const NEAR_PX = 120;

export class Conversation {
  constructor({ list, scroll, use }) {
    this.list = list;
    this.scroll = scroll;
    this.use = use;
    this.drawn = new Map();
    this.dismissed = new Set();
    // Pictures and videos grow when they arrive; who reads the end wants to stay there.
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(list);
    scroll.addEventListener("scroll", () => {
      this.atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX;
    });
    this.atEnd = true;
  }

  show(messages) {
    this.drawn.clear();
    this.list.replaceChildren();
    for (const message of messages) this.put(message);
    this.atEnd = true;
    this.toEnd();
  }

  // Let exactly these messages stand here, as they are now.
  agree(messages) {
    const ids = new Set(messages.map((one) => one.id));
    for (const id of [...this.drawn.keys()]) if (!ids.has(id)) this.remove(id);
    for (const message of messages) this.put(message);
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  put(message) {
    if (this.dismissed.has(message.id)) return;
    const essence = JSON.stringify(message).replace(/\?ex=[^"]*/g, "");
    const before = this.list.querySelector(`[data-id="${message.id}"]`);
    if (before && this.drawn.get(message.id) === essence) return;
    this.drawn.set(message.id, essence);
    const row = drawMessage(message, this.use);
    if (before) {
      const held = before.contains(document.activeElement) ? document.activeElement : null;
      before.replaceWith(row);
      if (held?.dataset.customId) find(row, held.dataset.customId)?.focus();
    } else {
      this.insert(row, message.id);
    }
    this.join();
    if (this.atEnd) this.toEnd();
  }

  insert(row, id) {
    const rows = [...this.list.children];
    const next = rows.findLast((one) => one.dataset.id && BigInt(one.dataset.id) < BigInt(id));
    if (next) next.after(row);
    else this.list.prepend(row);
  }

  remove(id) {
    this.drawn.delete(id);
    this.list.querySelector(`[data-id="${id}"]`)?.remove();
    this.join();
  }

  dismiss(id) {
    this.dismissed.add(id);
    this.remove(id);
  }

  // Let a line stand at the end that only this page knows of; returns how to end it.
  note(words, look) {
    const row = h("li", { class: `note ${look}`, role: look === "failed" ? "alert" : "status" },
      h("span", {}, words),
      look === "failed" && h("button", {
        type: "button", class: "plain", onclick: () => row.remove(),
      }, say("dismiss")));
    this.list.append(row);
    this.toEnd();
    return () => row.remove();
  }

  fail(id) {
    const line = this.list.querySelector(`[data-id="${id}"] .failure`);
    if (line) line.textContent = say("interactionFailed");
  }

  reach(id) {
    const row = this.list.querySelector(`[data-id="${id}"]`);
    if (!row) return;
    this.atEnd = false;
    row.scrollIntoView({ block: "center" });
    row.classList.remove("flash");
    void row.offsetWidth;
    row.classList.add("flash");
  }

  // Plain messages of one person that follow each other share one head.
  join() {
    let last = null;
    for (const row of this.list.children) {
      const joins = last && !row.classList.contains("answers") && !row.classList.contains("ephemeral")
        && !last.classList.contains("ephemeral")
        && row.dataset.author === last.dataset.author
        && row.dataset.at - last.dataset.at < SAME_BREATH_S;
      row.classList.toggle("joins", Boolean(joins));
      last = row.dataset.id ? row : null;
    }
  }
}

const find = (row, customId) =>
  [...row.querySelectorAll("[data-custom-id]")].find((one) => one.dataset.customId === customId);
