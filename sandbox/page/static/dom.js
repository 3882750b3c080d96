// Makes elements. Text stays text; the only HTML is what the server drew.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "vars") setVars(node, value);
    else if (name !== "value") node.setAttribute(name, value === true ? "" : value);
  }
  fill(node, children);
  // A select has its value only once it has its options.
  if (props.value !== undefined && props.value !== null) node.value = props.value;
  return node;
}

// Puts children into an element in place of those it has; what is false is left out.
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((one) => one || one === 0));
}

function setVars(node, vars) {
  for (const [name, value] of Object.entries(vars)) node.style.setProperty(name, value);
}

// `markup` must come from the server's drawing of a text, never from anywhere else.
export function drawn(markup, tag = "div", props = {}) {
  const node = h(tag, { class: "text", ...props });
  node.innerHTML = markup;
  for (const spoiler of node.querySelectorAll(".spoiler")) hide(spoiler);
  return node;
}

function hide(spoiler) {
  const content = h("span", { class: "hidden-text" });
  content.append(...spoiler.childNodes);
  content.inert = true;
  const open = () => {
    spoiler.classList.add("open");
    content.inert = false;
    lid.remove();
  };
  const lid = h("button", { type: "button", class: "lid", "aria-label": "Spoiler", onclick: open });
  spoiler.append(content, lid);
}

const PATHS = {
  hash: "M9.500 4 7.500 20M16.500 4l-2 16M4.500 9h16M3.500 15h16",
  thread: "M5 5v7a4 4 0 0 0 4 4h9m-4-4 4 4-4 4",
  lock: "M7 11V8a5 5 0 0 1 10 0v3m-11.500 0h13v9h-13z",
  warn: "M12 4 3 20h18zM12 10v4m0 2.500v.5",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  down: "M6 9l6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  send: "M4 12h14m-6-6 6 6-6 6",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.400 1.400m11.200 11.200L19 19M19 5l-1.400 1.400M6.400 17.600 5 19",
  moon: "M20 14.500A8 8 0 1 1 9.500 4 6.500 6.500 0 0 0 20 14.500z",
  gauge: "M4 18a9 9 0 1 1 16 0M12 14l4-5",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  reply: "M9 14 4 9l5-5M4 9h9a7 7 0 0 1 7 7v3",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function avatar(person) {
  if (person.bot) return h("img", { class: "avatar", src: "/static/icon.svg", alt: "" });
  const vars = { "--hue": person.hue };
  return h("span", { class: "avatar", vars, "aria-hidden": "true" }, person.name.slice(0, 1));
}
