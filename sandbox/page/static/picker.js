// A select menu of Discord's: one or several of its entries, in a menu that is never cut off.

import { h, icon } from "./dom.js";
import { openMenu } from "./popup_menu.js";
import { say } from "./words.js";

export class Picker {
  // `part` is the component, `entries` are `{label, value, description}`. `done(values)` is
  // called when the menu has closed and something else than before is chosen.
  constructor(part, entries, { done, required = true, labelledby } = {}) {
    this.part = part;
    this.entries = entries;
    this.done = done;
    this.most = part.max_values ?? 1;
    this.mayBeEmpty = !required || part.min_values === 0;
    const defaults = new Set((part.default_values ?? []).map((one) => one.id));
    const isDefault = (one) => one.default || defaults.has(one.value);
    this.values = entries.filter(isDefault).map((one) => one.value);
    this.words = h("span", { class: "picked" });
    this.node = h("button", {
      type: "button", class: "menu", disabled: part.disabled, "aria-haspopup": "menu",
      "data-custom-id": part.custom_id, "aria-labelledby": labelledby,
      onclick: () => this.open(),
    }, this.words, icon("down"));
    this.tell();
  }

  open() {
    const before = this.values.join("\n");
    const items = this.entries.map((one) => ({
      label: one.label,
      detail: one.description,
      role: this.most > 1 ? "menuitemcheckbox" : "menuitemradio",
      stays: this.most > 1,
      checked: () => this.values.includes(one.value),
      pick: () => this.pick(one.value),
    }));
    const closed = () => this.values.join("\n") !== before && this.done?.(this.values);
    const label = this.part.placeholder ?? say("nothingPicked");
    const shown = items.length ? items : [{ label: say("none"), pick() {} }];
    openMenu(this.node, [{ label, items: shown }], { closed, fits: true });
  }

  pick(value) {
    const chosen = this.values.includes(value);
    if (this.most === 1) this.values = chosen && this.mayBeEmpty ? [] : [value];
    else if (chosen) this.values = this.values.filter((one) => one !== value);
    else if (this.values.length < this.most) this.values = [...this.values, value];
    this.tell();
  }

  tell() {
    const labels = this.entries.filter((one) => this.values.includes(one.value)).map((one) => one.label);
    this.words.textContent = labels.join(", ") || this.part.placeholder || say("nothingPicked");
    this.words.classList.toggle("faint", !labels.length);
  }
}
