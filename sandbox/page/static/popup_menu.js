// A small menu at an element, for the mouse and for the keyboard.

import { h } from "./dom.js";

const EDGE = 8;

// Groups are `{label, items}`, items `{label, detail, danger, pick}`. What can be chosen has a
// `role` and `checked()`; with `stays` the menu remains open. `closed()` is called at the end;
// `fits` makes the menu at least as wide as its anchor.
export function openMenu(anchor, groups, { closed, fits } = {}) {
  document.querySelector(".popup-menu")?.close();
  const menu = h("dialog", { class: "popup-menu" },
    groups.filter((group) => group.items.length).map((group) =>
      h("div", { role: "menu", "aria-label": group.label },
        group.label && h("div", { class: "menu-title", "aria-hidden": "true" }, group.label),
        group.items.map(entry))));
  menu.addEventListener("close", () => {
    menu.remove();
    closed?.();
  });
  menu.addEventListener("click", (event) => event.target === menu && menu.close());
  menu.addEventListener("picked", () => {
    for (const one of menu.querySelectorAll("[aria-checked]")) one.setAttribute("aria-checked", String(one.checked()));
  });
  menu.addEventListener("keydown", (event) => move(menu, event));
  document.body.append(menu);
  if (fits) menu.style.setProperty("min-width", `${anchor.offsetWidth}px`);
  // The browser gives the focus back as the menu closes, before the next key.
  anchor.focus();
  menu.showModal();
  place(menu, anchor.getBoundingClientRect());
  const first = menu.querySelector("[aria-checked=true]") ?? menu.querySelector("button");
  first?.focus();
}

function entry(item) {
  const choosable = Boolean(item.role);
  const node = h("button", {
    type: "button", role: item.role ?? "menuitem", class: item.danger ? "danger" : null,
    "aria-checked": choosable ? String(item.checked()) : null,
    onclick: () => {
      const menu = node.closest("dialog");
      // The focus goes back first: what is picked may want to put it elsewhere.
      if (!item.stays) menu.close();
      item.pick();
      if (item.stays) menu.dispatchEvent(new Event("picked"));
    },
  }, h("span", { class: "menu-label" }, item.label), item.detail && h("span", { class: "menu-detail" }, item.detail));
  if (choosable) node.checked = item.checked;
  return node;
}

function move(menu, event) {
  const items = [...menu.querySelectorAll("button")];
  const index = items.indexOf(document.activeElement);
  const goal = {
    ArrowDown: (index + 1) % items.length, ArrowUp: (index - 1 + items.length) % items.length,
    Home: 0, End: items.length - 1,
  }[event.key] ?? begins(items, index, event);
  if (goal === undefined) return;
  event.preventDefault();
  items[goal].focus();
}

// A letter leads to the next entry that begins with it.
function begins(items, index, event) {
  if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey) return undefined;
  const from = items.map((_, step) => (index + 1 + step) % items.length);
  const letter = event.key.toLowerCase();
  return from.find((one) => items[one].textContent.trim().toLowerCase().startsWith(letter));
}

function place(menu, at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE));
  const below = at.bottom + 4;
  const top = below + height > innerHeight - EDGE ? Math.max(EDGE, at.top - height - 4) : below;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${Math.min(top, innerHeight - height - EDGE)}px`);
}
