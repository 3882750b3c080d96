// Where one writes: a plain message, or a command with its options.

import { h, icon } from "./dom.js";
import { Tray, takeFiles } from "./files.js";
import { growTall, keepTall } from "./growing.js";
import { Listbox } from "./listbox.js";
import { OptionField } from "./option_field.js";
import { descriptionOf, nameOf, say } from "./words.js";

const CHAT_INPUT = 1, SUBCOMMAND = 1, GROUP = 2, FILE = 11;

export class Composer {
  // `actions` lends: `say(text, files)`, `run(command, options)`, `suggest(command, focused, text, options)`,
  // and `place()`: the members, roles and channels here.
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.commands = [];
    this.fields = [];
    this.command = null;
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    takeFiles(root, (files) => this.take(files));
  }

  show(channel) {
    this.channel = channel;
    this.commands = channel.commands.filter((one) => one.kind === CHAT_INPUT).flatMap((one) => typed(one));
    this.write("");
  }

  learn(channel) {
    this.commands = channel.commands.filter((one) => one.kind === CHAT_INPUT).flatMap((one) => typed(one));
  }

  // ---- a plain message ----

  write(text, files = []) {
    this.command = null;
    this.frame();
    this.fields = [];
    const label = say("message", { name: this.channel.name });
    this.text = h("textarea", {
      rows: 1, "aria-label": label, placeholder: this.channel.may_write ? label : say("locked"),
      disabled: !this.channel.may_write, id: "message-box",
    });
    this.text.value = text;
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("blur", () => this.list.close());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    keepTall(this.text);
    this.tray = new Tray(files);
    this.line.before(this.tray.node);
    this.line.append(...this.attachButton(), this.text, this.sendButton());
  }

  attachButton() {
    const input = h("input", { type: "file", multiple: true, hidden: true, id: "attach-file" });
    input.addEventListener("change", () => {
      this.take([...input.files]);
      input.value = "";
    });
    const words = { "aria-label": say("attach"), title: say("attach") };
    const disabled = !this.channel.may_write;
    return [input, h("button", { type: "button", class: "attach", ...words, disabled, onclick: () => input.click() }, icon("plus"))];
  }

  // Files that were dropped here, pasted or chosen: for the message, or the command's option.
  take(files) {
    if (!this.command) {
      if (!this.channel.may_write) return;
      this.blame(this.tray.add(files));
      this.text.focus();
      return;
    }
    const option = this.command.options.find((one) => one.type === FILE);
    if (!option) {
      this.blame(say("takesNoFile"));
      return;
    }
    const field = this.fields.find((one) => one.option === option) ?? this.add(option);
    field.put(files[0]);
    this.offerMore();
    field.input.focus();
  }

  changed() {
    this.blame("");
    growTall(this.text);
    const { value } = this.text;
    if (!value.startsWith("/") || value.includes("\n")) return this.list.close();
    const meant = this.commands.find((one) => value.toLowerCase().startsWith(`/${one.label.toLowerCase()} `));
    if (meant) return this.open(meant, value.slice(meant.label.length + 2));
    return this.offer(value.slice(1).trim().toLowerCase());
  }

  offer(wanted) {
    const found = this.commands.filter((one) => `${one.label} ${one.path}`.toLowerCase().includes(wanted));
    const rank = (one) => (one.label.toLowerCase().startsWith(wanted) ? 0 : 1);
    found.sort((one, other) => rank(one) - rank(other));
    if (!found.length) return this.list.close();
    return this.list.open(this.text, say("commands"), found.map((one) => ({
      label: `/${one.label}`,
      detail: one.description,
      tag: "Clapper",
      pick: () => this.open(one),
    })));
  }

  pressed(event) {
    if (event.isComposing) return;
    if (this.list.press(event.key)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  // ---- a command ----

  open(command, rest = "") {
    this.command = command;
    this.frame();
    this.fields = [];
    this.line.append(
      h("span", { class: "command" }, `/${command.label}`,
        h("button", { type: "button", class: "remove", "aria-label": say("leave"), onclick: () => this.leave() },
          icon("close"))),
      this.options = h("div", { class: "options" }),
      this.sendButton());
    this.root.append(this.more = h("div", { class: "more" }));
    for (const option of command.options) if (option.required) this.add(option);
    this.offerMore();
    if (rest && this.fields[0]) this.fields[0].restore({ text: rest });
    const first = this.fields[0]?.input ?? this.root.querySelector(".send");
    first.focus();
    if (!this.fields.length) this.hint.textContent = command.description;
  }

  openNamed(path) {
    const found = this.commands.find((one) => one.path === path);
    if (found) this.open(found);
  }

  leave() {
    this.write("");
    this.text.focus();
  }

  add(option) {
    const field = new OptionField(option, {
      list: this.list,
      place: () => this.actions.place(),
      suggest: (name, text) => this.suggest(name, text),
      leave: () => this.leave(),
      next: (one) => this.next(one),
      removed: (one) => this.drop(one),
      focused: (one) => this.explain(one),
    });
    this.fields.push(field);
    this.options.append(field.node);
    field.input.addEventListener("keydown", (event) => {
      // An Enter that chose something of the list has been prevented already.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      this.send();
    });
    field.grow();
    return field;
  }

  drop(field) {
    if (field.option.required) {
      if (field === this.fields[0]) this.leave();
      return;
    }
    this.fields = this.fields.filter((one) => one !== field);
    field.end();
    field.node.remove();
    this.list.close();
    this.offerMore();
    (this.fields.at(-1)?.input ?? this.root.querySelector(".send")).focus();
  }

  next(field) {
    const empty = this.fields.find((one) => one !== field && one.isEmpty);
    (empty?.input ?? this.root.querySelector(".send")).focus();
  }

  offerMore() {
    const there = new Set(this.fields.map((one) => one.option.name));
    const left = this.command.options.filter((one) => !there.has(one.name));
    this.more.hidden = !left.length;
    this.more.replaceChildren(...left.map((option) =>
      h("button", {
        type: "button", class: "add", title: descriptionOf(option), "data-add": option.name,
        onclick: () => {
          const field = this.add(option);
          this.offerMore();
          field.input.focus();
        },
      }, `+ ${nameOf(option)}`)));
  }

  explain(field) {
    const { option } = field;
    const rest = option.required ? "" : ` (${say("optional")})`;
    this.hint.replaceChildren(h("strong", {}, nameOf(option)), ` ${descriptionOf(option)}${rest}`);
  }

  // Returns null where there are no suggestions to be had.
  async suggest(name, text) {
    try {
      return await this.actions.suggest(this.command.path, name, text, await this.filled());
    } catch {
      return null;
    }
  }

  async filled() {
    const options = {};
    for (const field of this.fields) if (!field.isEmpty) options[field.option.name] = await field.read();
    return options;
  }

  // ---- sending ----

  async send() {
    this.list.close();
    if (this.command) return this.sendCommand();
    const text = this.text.value.trim(), { files } = this.tray;
    if (!text && !files.length) return undefined;
    return this.attempt(() => this.actions.say(text, files), () => this.write(""), () => this.write(text, files));
  }

  async sendCommand() {
    const { command, fields } = this;
    for (const field of fields) field.blame(field.fault());
    const wrong = fields.find((one) => one.fault());
    if (wrong) {
      wrong.input.focus();
      this.list.close();
      return this.blame(wrong.fault());
    }
    const options = await this.filled();
    const kept = fields.map((one) => [one.option, one.kept()]);
    return this.attempt(() => this.actions.run(command.path, options), () => this.write(""), () => this.again(command, kept));
  }

  again(command, kept) {
    this.open(command);
    for (const [option, held] of kept) {
      const field = this.fields.find((one) => one.option === option) ?? this.add(option);
      field.restore(held);
    }
    this.offerMore();
  }

  // Empties the box at once, as Discord does, and fills it again if it was refused.
  async attempt(action, empty, restore) {
    empty();
    this.text.focus();
    try {
      await action();
    } catch (error) {
      restore();
      this.blame(error.message);
    }
  }

  blame(words) {
    this.refusal.textContent = words;
  }

  frame() {
    for (const field of this.fields) field.end();
    this.refusal = h("p", { class: "refusal", role: "alert" });
    this.hint = h("p", { class: "hint", id: "hint" });
    this.line = h("div", { class: "line" });
    const popup = h("div", { class: "suggestions" });
    this.list?.close();
    this.list = new Listbox(popup);
    this.root.replaceChildren(popup, this.refusal, this.hint, this.line);
  }

  sendButton() {
    return h("button", { class: "send", "aria-label": say("send"), disabled: !this.channel.may_write && !this.command }, icon("send"));
  }
}

// Returns what can be typed of a command: itself, or each of its subcommands.
function typed(command, path = [], label = []) {
  const names = [...path, command.name], labels = [...label, nameOf(command)];
  const inner = (command.options ?? []).filter((one) => one.type === SUBCOMMAND || one.type === GROUP);
  if (inner.length) return inner.flatMap((one) => typed(one, names, labels));
  return [{
    path: names.join(" "), label: labels.join(" "), description: descriptionOf(command), options: command.options ?? [],
  }];
}
