// The fields of a form (Discord docs: Component Reference, those for modals).

import { h } from "./dom.js";
import { fileOf } from "./files.js";
import { Picker } from "./picker.js";
import { say } from "./words.js";

const TEXT = 4, FILES = 19, RADIO = 21, GROUP = 22, TICK = 23;
const PARAGRAPH = 2;
const MOST_CHARS = 4000;

// Returns `{node, check, read}` of a field: what is shown, whether it may go so, what it holds.
export function formField(part, { label, description }, listed) {
  const id = `field-${part.custom_id}`;
  const required = part.type !== TICK && (part.required ?? true);
  const fault = h("span", { class: "failure", role: "alert" });
  const control = CONTROLS[part.type]?.(part, id, required, listed) ?? menu(part, id, required, listed);
  const check = () => {
    fault.textContent = control.fault(required);
    return !fault.textContent;
  };
  const inside = [
    h("span", { class: "form-label", id: `${id}-label` }, label,
      required && h("span", { class: "star", "aria-hidden": "true" }, " *")),
    description && h("span", { class: "faint", id: `${id}-about` }, description),
  ];
  const about = description ? `${id}-about` : null;
  if (control.group) {
    const node = h("div", {
      class: "form-field", role: control.group, "aria-labelledby": `${id}-label`, "aria-describedby": about,
      "aria-required": control.group === "radiogroup" ? String(required) : null,
    }, inside, control.nodes, fault);
    return { node, check, read: control.read };
  }
  const [first] = control.nodes;
  if (about) first.setAttribute("aria-describedby", about);
  return { node: h(control.tag ?? "label", { class: "form-field" }, inside, control.nodes, fault), check, read: control.read };
}

const CONTROLS = { [TEXT]: text, [FILES]: files, [RADIO]: radios, [GROUP]: ticks, [TICK]: tick };

function text(part) {
  const about = { value: part.value ?? "", placeholder: part.placeholder, maxlength: part.max_length ?? MOST_CHARS };
  const input = part.style === PARAGRAPH ? h("textarea", { rows: 5, ...about }) : h("input", about);
  const fault = (required) => {
    const size = input.value.length, least = part.min_length ?? 0;
    if (!size) return required ? say("fieldRequired") : "";
    return size < least ? say("length", { least, most: part.max_length ?? MOST_CHARS }) : "";
  };
  return { nodes: [input], fault, read: () => input.value };
}

function menu(part, id, required, listed) {
  const picker = new Picker(part, listed(part), { required, labelledby: `${id}-label ${id}-picked` });
  picker.words.id = `${id}-picked`;
  const fault = tooFew(part, () => picker.values.length);
  return { nodes: [picker.node], tag: "div", fault, read: () => picker.values };
}

function radios(part, id, required) {
  const inputs = options(part, id, "radio");
  // What is chosen cannot be given back with a radio button alone.
  const none = !required && option({ label: say("noChoice"), value: "" }, { id, type: "radio", checked: !part.options.some((one) => one.default) });
  const chosen = () => inputs.find(({ input }) => input.checked)?.value ?? null;
  const fault = (isRequired) => (isRequired && chosen() === null ? say("fieldRequired") : "");
  return { nodes: [...inputs.map((one) => one.node), none && none.node].filter(Boolean), group: "radiogroup", fault, read: chosen };
}

function ticks(part, id) {
  const inputs = options(part, id, "checkbox");
  const most = part.max_values ?? inputs.length;
  const chosen = () => inputs.filter(({ input }) => input.checked).map((one) => one.value);
  const bound = () => {
    const isFull = chosen().length >= most;
    for (const { input } of inputs) input.disabled = isFull && !input.checked;
  };
  for (const { input } of inputs) input.addEventListener("change", bound);
  bound();
  return { nodes: inputs.map((one) => one.node), group: "group", fault: tooFew(part, () => chosen().length), read: chosen };
}

function tick(part) {
  const input = h("input", { type: "checkbox", checked: Boolean(part.default) });
  return { nodes: [input], fault: () => "", read: () => input.checked };
}

function files(part) {
  const most = part.max_values ?? 1;
  const input = h("input", { type: "file", multiple: most > 1 });
  const few = tooFew(part, () => input.files.length);
  const fault = (required) => (input.files.length > most ? say("filesAtMost", { most }) : few(required));
  return { nodes: [input], fault, read: () => Promise.all([...input.files].map(fileOf)) };
}

function tooFew(part, count) {
  return (required) => {
    const least = Math.max(part.min_values ?? 1, required ? 1 : 0);
    if (count() >= least || !required && !count()) return "";
    return count() ? say("atLeast", { least }) : say("fieldRequired");
  };
}

function options(part, id, type) {
  return part.options.map((one) => option(one, { id, type, checked: one.default }));
}

function option(one, { id, type, checked }) {
  const input = h("input", { type, name: id, value: one.value, checked: Boolean(checked) });
  const node = h("label", { class: "choice" }, input,
    h("span", {}, one.label, one.description && h("span", { class: "faint" }, one.description)));
  return { node, input, value: one.value };
}
