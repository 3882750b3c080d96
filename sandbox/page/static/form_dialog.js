// A form that the bot puts before somebody (Discord docs: Modals).

import { drawn, h, icon } from "./dom.js";
import { formField } from "./form_fields.js";
import { fillTimes } from "./times.js";
import { say } from "./words.js";

const ROW = 1, TEXT_DISPLAY = 10;

// Puts a form before somebody: `use` as for `drawForm`.
export function openForm(modal, use) {
  const dialog = drawForm(modal, use);
  // The browser gives the focus back to where it was.
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  fillTimes(dialog);
  dialog.showModal();
  dialog.querySelector(".form-parts :is(textarea, input, button)")?.focus();
}

// Returns the form, which stands nowhere yet. `submit(fields)` returns true when it may
// go; `listed(part)` the entries of a menu.
export function drawForm(modal, { submit, listed }) {
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
    if (!complete) return refuse(dialog);
    const send = form.querySelector(".primary");
    send.disabled = true;
    try {
      const read = [...readers].map(async ([id, one]) => [id, await one.read()]);
      const fields = Object.fromEntries(await Promise.all(read));
      if (await submit(fields)) dialog.close();
      else failure.textContent = say("wrong");
    } catch (error) {
      failure.textContent = error.message;
    }
    send.disabled = false;
    return undefined;
  });
  return dialog;
}

// Leads to the first field that cannot go as it is.
function refuse(dialog) {
  const field = [...dialog.querySelectorAll(".form-field")].find((one) => one.querySelector(".failure").textContent);
  field?.querySelector("textarea, input, button")?.focus();
}

function draw(part, readers, listed) {
  if (part.type === TEXT_DISPLAY) return drawn(part.html);
  const fields = part.type === ROW ? part.components.map((one) => [one, { label: one.label }]) : [[part.component, part]];
  return fields.map(([one, words]) => {
    const field = formField(one, words, listed);
    readers.set(one.custom_id, field);
    return field.node;
  });
}
