// One message in the conversation.

import { avatar, drawn, h, icon } from "./dom.js";
import { attachment } from "./media.js";
import { drawParts, embed } from "./parts.js";
import { fillTimes, format } from "./times.js";
import { say } from "./words.js";

// `use` is what `parts` asks for, and `menu(message, anchor)`, `about(person, anchor)`,
// `dismiss(message)`.
export function drawMessage(message, use) {
  const own = { ...use, ...use.on(message) };
  const row = h("li", {
    class: [
      "message",
      message.calls_me && !message.ephemeral && "calls-me",
      message.ephemeral && "ephemeral",
      message.above && "answers",
    ].filter(Boolean).join(" "),
    "data-id": message.id,
    "data-author": message.author.id,
    "data-at": message.at,
  },
    message.above && above(message.above),
    h("div", { class: "picture" }, avatar(message.author)),
    h("div", { class: "body" },
      header(message, own),
      message.loading && h("p", { class: "thinking" }, say("thinking", { name: message.author.name })),
      message.html && drawn(message.html),
      message.embeds.map(embed),
      message.files.map(attachment),
      h("div", { class: "parts" }, drawParts(message.components, own)),
      message.ephemeral && footer(message, own),
      h("p", { class: "failure", role: "alert" }),
    ),
    h("div", { class: "tools" },
      h("button", {
        type: "button", class: "tool", "aria-label": say("more"), "aria-haspopup": "menu",
        onclick: (event) => own.menu(message, event.currentTarget),
      }, icon("more"))),
  );
  row.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, video, img, input, textarea")) return;
    event.preventDefault();
    own.menu(message, row.querySelector(".tool"));
  });
  fillTimes(row);
  return row;
}

function above(answered) {
  const command = answered.command && h("span", { class: "mention" }, `/${answered.command}`);
  return h("div", { class: "above" },
    avatar(answered.by),
    h("strong", {}, answered.by.name),
    answered.command && h("span", {}, say("used")),
    command,
    answered.command && h("span", {}, say("usedAfter")),
    answered.text && h("span", { class: "excerpt" }, answered.text));
}

function header(message, use) {
  const { author } = message;
  return h("div", { class: "head" },
    h("button", {
      type: "button", class: "author", "aria-haspopup": "menu",
      onclick: (event) => use.about(author, event.currentTarget),
    }, author.name),
    author.bot && h("span", { class: "tag" }, say("app")),
    author.role && h("span", { class: "role" }, author.role),
    h("time", { class: "when", datetime: new Date(message.at * 1000).toISOString(), title: format(message.at, "F") },
      format(message.at, "t")),
    message.edited && h("span", { class: "faint" }, say("edited")));
}

function footer(message, use) {
  return h("p", { class: "only-you" }, icon("eye"), say("onlyYou"), " · ",
    h("button", { type: "button", class: "plain", onclick: () => use.dismiss(message) }, say("dismiss")));
}
