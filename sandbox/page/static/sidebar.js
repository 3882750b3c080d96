// Servers and channels, and who one is.

import { avatar, h, icon } from "./dom.js";
import { say } from "./words.js";

export class Sidebar {
  // `actions` lends: `become(id)`, `speak(locale)`.
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.unread = new Map();
  }

  draw(world, channelId) {
    this.world = world;
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    const guilds = world.guilds;
    const here = guilds.find((one) => one.channels.some((channel) => channel.id === channelId)) ?? guilds[0];
    this.root.replaceChildren(
      h("nav", { class: "rail", "aria-label": say("navigation") }, guilds.map((guild) =>
        h("a", {
          class: "guild", href: `#/${guild.channels[0]?.id}`, title: guild.name, "aria-label": guild.name,
          "aria-current": guild === here ? "true" : null,
        }, initials(guild.name)))),
      h("div", { class: "places" },
        h("h1", {}, here?.name ?? ""),
        h("nav", { "aria-label": say("channels") },
          h("ul", { class: "channels" }, (here?.channels ?? []).map((one) => this.channel(one, channelId)))),
        this.person()));
    // News must not take the keyboard away from whoever is on the way here.
    if (held?.id) document.getElementById(held.id).focus();
    if (held?.dataset.channel) this.root.querySelector(`[data-channel="${held.dataset.channel}"]`)?.focus();
  }

  channel(one, current) {
    const kind = one.thread ? "thread" : one.private ? "lock" : one.nsfw ? "warn" : "hash";
    const news = this.unread.get(one.id);
    const about = [one.nsfw && say("restricted"), one.private && say("private"), one.thread && say("thread")];
    return h("li", {},
      h("a", {
        href: `#/${one.id}`, "data-channel": one.id,
        class: ["channel", one.thread && "thread", news && "unread"].filter(Boolean).join(" "),
        title: about.filter(Boolean).join(", "), "aria-current": one.id === current ? "page" : null,
      }, icon(kind), h("span", { class: "name" }, one.name),
        news && h("span", { class: news.calls ? "count" : "dot", "aria-label": news.calls ? say("mentions", { count: news.calls }) : say("unread") },
          news.calls || "")));
  }

  person() {
    const { me, people, languages } = this.world;
    return h("div", { class: "person" },
      avatar(me),
      h("label", {}, h("span", { class: "faint" }, say("people")),
        h("select", { id: "person", value: me.id, onchange: (event) => this.actions.become(event.target.value) },
          people.map((one) => h("option", { value: one.id }, one.role ? `${one.name} (${one.role})` : one.name)))),
      h("label", {}, h("span", { class: "faint" }, say("language")),
        h("select", { id: "language", value: me.locale, onchange: (event) => this.actions.speak(event.target.value) },
          languages.map((one) => h("option", { value: one }, ownName(one, languages))))));
  }

  note(message) {
    const news = this.unread.get(message.channel_id) ?? { calls: 0 };
    if (message.calls_me) news.calls += 1;
    this.unread.set(message.channel_id, news);
  }

  read(channelId) {
    this.unread.delete(channelId);
  }
}

// A language as its speakers call it, with its variety only where there are several.
function ownName(locale, all) {
  const base = locale.split("-")[0];
  const alone = all.filter((one) => one.split("-")[0] === base).length === 1;
  const name = new Intl.DisplayNames([locale], { type: "language" }).of(alone ? base : locale);
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

const initials = (name) => name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2);
