// Suggestions over a text field, as a combobox with a list (ARIA Authoring Practices).

import { h } from "./dom.js";

export class Listbox {
  constructor(root) {
    this.root = root;
    this.items = [];
    this.close();
  }

  get isOpen() {
    return !this.root.hidden;
  }

  // `items` are `{label, detail, tag, pick}`; those without `pick` are only read.
  open(input, title, items, { preselect = true } = {}) {
    if (this.input && this.input !== input) this.close();
    this.input = input;
    this.items = items;
    this.active = preselect && items[0]?.pick ? 0 : -1;
    this.root.hidden = false;
    const list = h("ul", { role: "listbox", id: "suggestions", "aria-label": title });
    items.forEach((item, index) => list.append(this.entry(item, index)));
    this.root.replaceChildren(h("div", { class: "list-title" }, title), list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", "suggestions");
    this.mark();
  }

  close() {
    this.root.hidden = true;
    this.root.replaceChildren();
    this.items = [];
    this.active = -1;
    this.input?.setAttribute("aria-expanded", "false");
    this.input?.removeAttribute("aria-activedescendant");
    this.input = null;
  }

  // Returns whether the key was for the list.
  press(key) {
    if (!this.isOpen) return false;
    const choices = this.items.filter((one) => one.pick).length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step && choices) {
      this.active = (this.active + step + choices) % choices;
      this.mark();
      return true;
    }
    if (key === "Escape") {
      this.close();
      return true;
    }
    if ((key === "Enter" || key === "Tab") && this.items[this.active]?.pick) {
      this.items[this.active].pick();
      return true;
    }
    return false;
  }

  entry(item, index) {
    const row = h("li", { role: "option", id: `suggestion-${index}`, class: item.pick ? null : "silent" },
      h("span", { class: "label" }, item.label),
      item.detail && h("span", { class: "faint" }, item.detail),
      item.tag && h("span", { class: "faint end" }, item.tag));
    // Before the field loses the focus to the list.
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      item.pick?.();
    });
    return row;
  }

  mark() {
    const rows = this.root.querySelectorAll("[role=option]");
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === this.active)));
    const marked = rows[this.active];
    if (!marked) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", marked.id);
    return marked.scrollIntoView({ block: "nearest" });
  }
}
