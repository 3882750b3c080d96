// The head of the room: where one is, whether the bot lives, light or dark, and a welcome.

import { fill, h, icon } from "./dom.js";
import { descriptionOf, nameOf, say } from "./words.js";

const CHAT_INPUT = 1;

export function drawBar(root, channel, bot, { toggleSide, toggleDrawer }) {
  const life = h("span", { id: "life", role: "status" });
  showLife(life, bot);
  fill(root,
    tool("open-side", "navigation", "menu", toggleSide, "tool only-narrow"),
    h("h2", {}, icon(channel.thread ? "thread" : "hash"), h("span", {}, channel.name)),
    channel.nsfw && h("span", { class: "warning" }, say("restricted")),
    h("span", { class: "space" }),
    life,
    tool("theme", "theme", isDark() ? "sun" : "moon", turnTheme),
    tool("backstage", "backstage", "gauge", toggleDrawer));
}

function tool(id, words, picture, act, look = "tool") {
  const about = { type: "button", class: look, id, title: say(words), "aria-label": say(words) };
  return h("button", { ...about, onclick: act }, icon(picture));
}

export function showLife(node, bot) {
  node.className = bot.ready ? "life alive" : "life dead";
  node.textContent = say(bot.ready ? "online" : "offline");
}

export function drawWelcome(root, channel, open) {
  const command = channel.commands.find((one) => one.kind === CHAT_INPUT && one.name === "video");
  fill(root,
    h("h3", {}, say("welcome", { name: channel.name })),
    h("p", { class: "faint" }, say("welcomeText")),
    command && h("button", {
      type: "button", class: "button secondary", title: descriptionOf(command), onclick: () => open(command.name),
    }, say("try", { command: `/${nameOf(command)}` })));
}

// ---- light and dark ----

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function turnTheme(event) {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  fill(event.currentTarget, icon(isDark() ? "sun" : "moon"));
}

export function keepTheme() {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
}
