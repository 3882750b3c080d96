// A form that the bot puts before somebody (Discord docs: Modals).

import { drawn, h, icon } from "./dom.js";
import { picked, select } from "./parts.js";
import { fillTimes } from "./times.js";
import { say } from "./words.js";

const SELECTS = new Set([3, 5, 6, 7, 8]);
const PARAGRAPH = 2;

// `submit(fields)` returns true when the form may go; `listed(part)` the entries of a menu.
export function openForm(modal, { submit, listed }) {
  const before = document.activeElement;
  const readers = new Map();
  const parts = modal.components.map((part) => draw(part, readers, listed));
  const failure = h("p", { class: "failure", role: "alert" });
  const title = h("h2", { id: "form-title" }, modal.title);
  const form = h("form", { method: "dialog", novalidate: true },
    h("header", {}, title,
      h("button", { type: "button", class: "tool", "aria-label": say("close"), onclick: () => dialog.close() },
        icon("close"))),
    h("div", { class: "form-parts" }, parts, failure),
    h("footer", {},
      h("button", { type: "button", class: "button secondary", onclick: () => dialog.close() }, say("cancel")),
      h("button", { class: "button primary" }, say("submit"))));
  const dialog = h("dialog", { class: "form", "aria-labelledby": "form-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.textContent = "";
    const complete = [...readers.values()].map((one) => one.check()).every(Boolean);
    if (!complete) return;
    const send = form.querySelector(".primary");
    send.disabled = true;
    const fields = Object.fromEntries([...readers].map(([id, one]) => [id, one.read()]));
    try {
      if (await submit(fields)) dialog.close();
      else failure.textContent = say("wrong");
    } catch (error) {
      failure.textContent = error.message;
    }
    send.disabled = false;
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  fillTimes(dialog);
  dialog.showModal();
  dialog.querySelector("textarea, input, select")?.focus();
}

function draw(part, readers, listed) {
  if (part.type === 10) return drawn(part.html);
  if (part.type === 1) return part.components.map((one) => field(one, one.label, "", readers, listed));
  if (part.type === 18) return field(part.component, part.label, part.description, readers, listed);
  return null;
}

function field(part, label, description, readers, listed) {
  const required = part.required ?? true;
  const isMenu = SELECTS.has(part.type);
  const control = isMenu ? select(part, listed(part)) : text(part);
  const fault = h("span", { class: "failure", role: "alert" });
  readers.set(part.custom_id, {
    read: () => (isMenu ? picked(control) : control.value),
    check: () => {
      const size = isMenu ? picked(control).length : control.value.length;
      const least = isMenu ? part.min_values ?? 1 : part.min_length ?? 0;
      const isShort = required ? size < Math.max(1, least) : size > 0 && size < least;
      fault.textContent = !isShort ? "" : size ? range(least, part) : say("fieldRequired");
      return !isShort;
    },
  });
  return h("label", { class: "form-field" },
    h("span", { class: "form-label" }, label, required && h("span", { class: "star", "aria-hidden": "true" }, " *")),
    description && h("span", { class: "faint" }, description),
    control, fault);
}

const range = (least, part) => say("length", { least, most: part.max_length ?? 4000 });

function text(part) {
  const about = {
    value: part.value ?? "", placeholder: part.placeholder, maxlength: part.max_length ?? 4000,
  };
  return part.style === PARAGRAPH ? h("textarea", { rows: 5, ...about }) : h("input", about);
}
