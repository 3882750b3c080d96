// The parts that messages are built of (Discord docs: Component Reference).

import { drawn, h } from "./dom.js";
import { attachment, cover, file, gallery, thumbnail } from "./media.js";
import { Picker } from "./picker.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

// `use` says what buttons and menus do: `press(customId, element)`,
// `choose(customId, values, element)`, and `listed(part)`, the entries of a menu.
export function drawParts(parts, use) {
  return parts.map((part) => DRAW[part.type]?.(part, use) ?? h("p", { class: "faint" }, "?"));
}

const DRAW = {
  1: (part, use) => h("div", { class: "row" }, drawParts(part.components, use)),
  2: button,
  3: menu,
  5: menu,
  6: menu,
  7: menu,
  8: menu,
  9: (part, use) =>
    h("div", { class: "section" },
      h("div", {}, drawParts(part.components, use)),
      drawParts([part.accessory], use)),
  10: (part) => drawn(part.html),
  11: thumbnail,
  12: (part) => gallery(part.items),
  13: (part) => file({ url: part.file.url, filename: part.name, size: part.size }),
  14: (part) =>
    h("div", {
      class: `separator${part.divider === false ? "" : " line"}${part.spacing === 2 ? " wide" : ""}`,
    }),
  17: container,
};

function container(part, use) {
  const content = h("div", { class: "inside" }, drawParts(part.components, use));
  const colour = part.accent_color;
  const box = h("div", {
    class: `container${colour === undefined || colour === null ? "" : " accented"}`,
    vars: colour ? { "--mark": `#${colour.toString(16).padStart(6, "0")}` } : {},
  }, content);
  if (part.spoiler) cover(box, content);
  return box;
}

function button(part, use) {
  const words = [part.emoji?.name, part.label].filter(Boolean).join(" ");
  const look = `button ${STYLES[part.style] ?? "secondary"}`;
  if (part.url) {
    const safe = /^https?:/.test(part.url) ? part.url : "#";
    return h("a", { class: look, href: safe, target: "_blank", rel: "noopener noreferrer" }, words);
  }
  const node = h("button", {
    type: "button", class: look, disabled: part.disabled, "data-custom-id": part.custom_id,
  }, words);
  node.addEventListener("click", () => use.press(part.custom_id, node));
  return node;
}

function menu(part, use) {
  const done = (values) => values.length >= (part.min_values ?? 1) && use.choose(part.custom_id, values, picker.node);
  const picker = new Picker(part, use.listed(part), { done });
  return picker.node;
}

export function embed(one) {
  const colour = one.color ? `#${one.color.toString(16).padStart(6, "0")}` : null;
  const href = /^https?:/.test(one.url ?? "") ? one.url : null;
  return h("div", { class: "embed", vars: colour ? { "--mark": colour } : {} },
    one.author && h("div", { class: "embed-author" }, one.author.name),
    one.title && (href
      ? h("a", { class: "embed-title", href, target: "_blank", rel: "noopener noreferrer" }, drawn(one.title, "span"))
      : drawn(one.title, "div", { class: "text embed-title" })),
    one.description && drawn(one.description),
    one.fields.length > 0 && h("div", { class: "fields" }, one.fields.map((field) =>
      h("div", { class: field.inline ? "field inline" : "field" },
        drawn(field.name, "div", { class: "text field-name" }), drawn(field.value)))),
    one.image && attachment({ url: one.image.url, filename: one.image.url.split("?")[0] }),
    one.footer && h("div", { class: "faint embed-footer" }, one.footer.text),
  );
}
