// Draws entries with the page's own modules, and says so when everything stands.

import { h } from "/static/dom.js";
import { drawForm } from "/static/form_dialog.js";
import { drawMessage } from "/static/message.js";
import { fillTimes } from "/static/times.js";
import { speak } from "/static/words.js";

const nothing = () => {};
const use = {
  on: () => ({ press: nothing, choose: nothing }),
  listed: (part) => part.options ?? [],
  menu: nothing, about: nothing, dismiss: nothing,
};

function form(modal) {
  const dialog = drawForm(modal, { submit: nothing, listed: use.listed });
  dialog.setAttribute("open", "");
  return dialog;
}

function entry({ caption, message, modal, pictured }, isPrivate) {
  const shown = modal ? form(modal) : drawMessage({ ...message, ephemeral: isPrivate, calls_me: false }, use);
  if (message) shown.classList.add("joins");
  return h("li", { class: pictured ? "entry" : "entry long" }, h("p", { class: "caption" }, caption),
    modal ? shown : h("ol", {}, shown));
}

const [, locale, group] = location.hash.split("/");
speak(locale);
const sections = await (await fetch(`/api/gallery/${locale}/${group}`)).json();
const main = document.getElementById("gallery");
for (const { title, entries, isPrivate } of sections) {
  main.append(h("h2", {}, title), h("ol", {}, entries.map((one) => entry(one, isPrivate))));
}
fillTimes(main);
const loaded = (video) => video.readyState >= 2
  || new Promise((done) => { video.addEventListener("loadeddata", done); video.preload = "auto"; });
await Promise.all([...main.querySelectorAll("video")].map(loaded));
await Promise.all([...main.querySelectorAll("img")].map((one) => one.decode()));
document.body.dataset.stands = "";
