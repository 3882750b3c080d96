// A small menu at an element, for the mouse and for the keyboard.

import { h } from "./dom.js";

export function openMenu(anchor, groups) {
  document.querySelector(".popup-menu")?.close();
  const menu = h("dialog", { class: "popup-menu" },
    groups.filter((group) => group.items.length).map((group) =>
      h("div", { role: "menu", "aria-label": group.label },
        group.label && h("div", { class: "menu-title", "aria-hidden": "true" }, group.label),
        group.items.map((item) =>
          h("button", {
            type: "button", role: "menuitem", class: item.danger ? "danger" : null,
            onclick: () => {
              menu.close();
              item.pick();
            },
          }, item.label)))));
  menu.addEventListener("close", () => {
    menu.remove();
    if (anchor.isConnected) anchor.focus();
  });
  menu.addEventListener("click", (event) => event.target === menu && menu.close());
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll("button")];
    const index = items.indexOf(document.activeElement) + step;
    items.at(index % items.length).focus();
  });
  document.body.append(menu);
  menu.showModal();
  place(menu, anchor.getBoundingClientRect());
}

function place(menu, at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, at.top - height - 4) : below;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${top}px`);
}
