// Pictures, videos and files of messages, and the spoilers over them.

import { h, icon } from "./dom.js";
import { say } from "./words.js";

const VIDEO = /\.(mp4|webm|mov)$/i;
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;

const pathOf = (url) => url.split("?")[0];
const nameIn = (url) => decodeURIComponent(pathOf(url).split("/").at(-1));

export function gallery(items) {
  return h("div", { class: `gallery of-${Math.min(items.length, 3)}` }, items.map(item));
}

function item(one) {
  return shown(one.media.url, one.description, one.spoiler);
}

export function shown(url, description, spoiler) {
  const name = nameIn(url);
  const about = description || name;
  // The page loads nothing from elsewhere: what lies there is a link.
  if (!url.startsWith("/")) return link(url, name);
  let content = null;
  if (VIDEO.test(name)) {
    content = h("video", {
      src: url, controls: true, playsinline: true, preload: "metadata", "aria-label": about,
    });
    content.addEventListener("loadedmetadata", () => take(content));
  } else if (PICTURE.test(name)) {
    content = h("img", { src: url, alt: about });
  } else {
    return file({ url, filename: name });
  }
  const figure = h("figure", { class: "media", title: description }, content);
  if (spoiler) cover(figure, content);
  return figure;
}

// Until it is known, room is kept for a wide one.
function take(video) {
  const { videoWidth: width, videoHeight: height } = video;
  video.style.setProperty("aspect-ratio", `${width} / ${height}`);
  video.classList.toggle("upright", height >= width);
}

export function thumbnail(part) {
  const figure = shown(part.media.url, part.description, part.spoiler);
  figure.classList.add("thumbnail");
  return figure;
}

export function cover(figure, content) {
  content.inert = true;
  figure.classList.add("covered");
  const lid = h("button", {
    type: "button",
    class: "cover",
    onclick: () => {
      content.inert = false;
      figure.classList.remove("covered");
      lid.remove();
    },
  }, say("spoiler"));
  figure.append(lid);
}

export function attachment(one) {
  const spoiler = one.filename.startsWith("SPOILER_");
  if (VIDEO.test(one.filename) || PICTURE.test(one.filename)) {
    return shown(one.url, one.description, spoiler);
  }
  return file(one);
}

export function file(one) {
  const size = one.size === undefined ? "" : bytes(one.size);
  return h("div", { class: "file" },
    icon("file"),
    h("a", { href: one.url, download: one.filename }, one.filename),
    h("span", { class: "faint" }, size),
  );
}

function link(url, name) {
  const safe = /^https?:/.test(url) ? url : "#";
  return h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, name || url);
}

function bytes(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1048576) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1048576).toFixed(2)} MB`;
}
