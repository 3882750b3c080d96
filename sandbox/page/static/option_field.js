// One option of a command, as somebody fills it in. Knows what it takes, not who asks.

import { h, icon } from "./dom.js";
import { fileOf, putInto } from "./files.js";
import { growTall, keepTall } from "./growing.js";
import { descriptionOf, nameOf, say } from "./words.js";

const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8;
const MENTIONABLE = 9, NUMBER = 10, FILE = 11;
const WAIT_MS = 200;
const MOST = 25;

export class OptionField {
  // `around` lends: `list` (a Listbox), `place` (members, roles, channels),
  // `suggest(name, text)`, `leave()`, `next(field)`, `removed(field)`, `focused(field)`.
  constructor(option, around) {
    this.option = option;
    this.around = around;
    this.value = undefined;
    this.isMenu = Boolean(option.choices?.length || option.autocomplete || this.entities());
    this.input = this.control();
    this.node = h("div", { class: "option" },
      h("label", { for: this.input.id }, nameOf(option)),
      this.input,
      !option.required && h("button", {
        type: "button", class: "remove", "aria-label": say("removeOption", { name: nameOf(option) }),
        onclick: () => around.removed(this),
      }, icon("close")));
  }

  control() {
    const { option } = this;
    const about = {
      id: `option-${option.name}`, "data-option": option.name, "aria-required": String(Boolean(option.required)),
      "aria-describedby": "hint", spellcheck: "false",
    };
    if (option.type === FILE) {
      const chooser = h("input", { type: "file", ...about });
      chooser.addEventListener("focus", () => this.around.focused(this));
      return chooser;
    }
    const isProse = option.type === STRING && !this.isMenu;
    const input = isProse ? h("textarea", { rows: 1, ...about }) : h("input", { type: "text", ...about });
    if (isProse) keepTall(input);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("focus", () => {
      this.around.focused(this);
      if (this.isMenu) this.suggest("");
    });
    input.addEventListener("blur", () => this.left());
    input.addEventListener("keydown", (event) => this.pressed(event));
    return input;
  }

  // ---- what it holds ----

  get isEmpty() {
    return this.option.type === FILE ? !this.input.files.length : this.input.value === "";
  }

  async read() {
    if (this.option.type === FILE) return fileOf(this.input.files[0]);
    return this.value ?? this.input.value;
  }

  // Returns why it cannot be sent so, or an empty string.
  fault() {
    const { option } = this;
    if (this.isEmpty) return option.required ? say("required") : "";
    const text = this.input.value;
    const picks = option.choices?.length || this.entities();
    if (picks && this.value === undefined) return say("choose");
    if (this.value === undefined && option.type === INTEGER && !/^[-+]?\d+$/.test(text.trim())) return say("whole");
    if (this.value === undefined && option.type === NUMBER && Number.isNaN(Number(text))) return say("number");
    if (option.type === INTEGER || option.type === NUMBER) return this.beyond(Number(this.value ?? text));
    const least = option.min_length ?? 0, most = option.max_length ?? 6000;
    const size = [...text].length;
    return option.type === STRING && (size < least || size > most) ? say("length", { least, most }) : "";
  }

  beyond(number) {
    const least = this.option.min_value ?? -(2 ** 53), most = this.option.max_value ?? 2 ** 53;
    return number < least || number > most ? say("range", { least, most }) : "";
  }

  // Returns what `restore` takes.
  kept() {
    return this.option.type === FILE
      ? { file: this.input.files[0] }
      : { text: this.input.value, value: this.value };
  }

  restore({ text, value, file }) {
    if (this.option.type === FILE) {
      if (file) this.put(file);
      return;
    }
    this.input.value = text;
    this.value = value;
    this.grow();
  }

  put(file) {
    putInto(this.input, file);
    this.blame("");
  }

  blame(words) {
    this.node.classList.toggle("wrong", Boolean(words));
    this.input.setAttribute("aria-invalid", String(Boolean(words)));
  }

  // ---- typing ----

  typed() {
    this.value = undefined;
    this.blame("");
    this.grow();
    if (this.isMenu) this.suggest(this.input.value);
  }

  grow() {
    if (this.input.tagName !== "TEXTAREA") {
      this.input.size = Math.max(6, Math.min(this.input.value.length + 1, 34));
      return;
    }
    growTall(this.input);
  }

  // It is gone: nothing it still waits for is of use.
  end() {
    this.ended = true;
    clearTimeout(this.waiting);
  }

  left() {
    clearTimeout(this.waiting);
    this.around.list.close();
    const meant = this.known().find((one) => one.label.toLowerCase() === this.input.value.trim().toLowerCase());
    if (this.value === undefined && meant) this.take(meant);
  }

  pressed(event) {
    if (event.isComposing) return;
    if (this.around.list.press(event.key)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Escape") this.around.leave();
    if (event.key === "Backspace" && this.isEmpty) {
      event.preventDefault();
      this.around.removed(this);
    }
  }

  // ---- suggestions ----

  known() {
    const { option } = this;
    if (option.choices?.length) return option.choices.map((one) => ({ label: nameOf(one), value: one.value }));
    if (option.type === BOOLEAN) return [{ label: say("yes"), value: true }, { label: say("no"), value: false }];
    return this.entities() ?? [];
  }

  entities() {
    const { members, roles, channels } = this.around.place();
    const people = members.map((one) => ({ label: one.name, value: one.id, detail: "@" }));
    const groups = roles.map((one) => ({ label: one.name, value: one.id, detail: "@&" }));
    const { type, channel_types: kinds } = this.option;
    if (type === BOOLEAN) return [];
    if (type === USER) return people;
    if (type === ROLE) return groups;
    if (type === MENTIONABLE) return [...people, ...groups];
    if (type !== CHANNEL) return null;
    return channels.filter((one) => !kinds?.length || kinds.includes(one.kind))
      .map((one) => ({ label: one.name, value: one.id, detail: "#" }));
  }

  suggest(text) {
    if (this.option.autocomplete) return this.ask(text);
    const wanted = text.trim().toLowerCase();
    const found = this.known().filter((one) => one.label.toLowerCase().includes(wanted));
    return this.offer(found);
  }

  ask(text) {
    clearTimeout(this.waiting);
    this.offer(null, say("loading"));
    this.waiting = setTimeout(async () => {
      const choices = await this.around.suggest(this.option.name, text);
      if (this.ended || document.activeElement !== this.input || this.input.value !== text) return;
      if (!choices) this.offer(null, say("loadingFailed"));
      else this.offer(choices.map((one) => ({ label: nameOf(one), value: one.value })));
    }, WAIT_MS);
  }

  offer(found, words = say("none")) {
    const items = (found ?? []).slice(0, MOST).map((one) => ({
      label: one.label,
      detail: one.detail,
      pick: () => {
        this.take(one);
        this.around.list.close();
        this.around.next(this);
      },
    }));
    const title = `${nameOf(this.option)} – ${descriptionOf(this.option)}`;
    this.around.list.open(this.input, title, items.length ? items : [{ label: words }]);
  }

  take(one) {
    this.input.value = one.label;
    this.value = one.value;
    this.blame("");
    this.grow();
  }
}
