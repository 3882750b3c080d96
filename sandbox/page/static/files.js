// Files that somebody chose: how they are sent to the page's server, and shown before.

import { h, icon } from "./dom.js";
import { say } from "./words.js";

const MOST = 10;

export async function fileOf(file) {
  const url = await dataUrl(file);
  return { name: file.name, data: url.slice(url.indexOf(",") + 1) };
}

// Puts a file into an input, as if it had been chosen there.
export function putInto(input, file) {
  const held = new DataTransfer();
  held.items.add(file);
  input.files = held.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Calls `take(files)` for files that are dropped on a part of the page, or pasted there.
export function takeFiles(node, take) {
  const brings = (event) => [...event.dataTransfer?.types ?? []].includes("Files");
  const over = (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    node.classList.add("dropping");
  };
  node.addEventListener("dragenter", over);
  node.addEventListener("dragover", over);
  node.addEventListener("dragleave", (event) => {
    if (!node.contains(event.relatedTarget)) node.classList.remove("dropping");
  });
  node.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    node.classList.remove("dropping");
    take([...event.dataTransfer.files]);
  });
  node.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
}

// The files that will go along with a message.
export class Tray {
  constructor(files = []) {
    this.files = [];
    this.node = h("ul", { class: "tray", "aria-label": say("files"), hidden: true });
    this.add(files);
  }

  // Returns why not all of them can go along, or an empty string.
  add(files) {
    const room = MOST - this.files.length;
    for (const file of files.slice(0, room)) {
      this.files.push(file);
      this.node.append(this.item(file));
    }
    this.node.hidden = !this.files.length;
    return files.length > room ? say("filesAtMost", { most: MOST }) : "";
  }

  item(file) {
    const node = h("li", {},
      preview(file),
      h("span", {}, file.name),
      h("button", {
        type: "button", class: "remove", "aria-label": say("removeOption", { name: file.name }),
        onclick: () => {
          this.files = this.files.filter((one) => one !== file);
          node.remove();
          this.node.hidden = !this.files.length;
        },
      }, icon("close")));
    return node;
  }
}

function preview(file) {
  if (!file.type.startsWith("image/")) return icon("file");
  const picture = h("img", { alt: "" });
  dataUrl(file).then((url) => { picture.src = url; });
  return picture;
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
