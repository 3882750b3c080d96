// The page as a whole: who one is, where one is, and what follows from what happens.

import { drawBar, drawWelcome, keepTheme, showLife } from "./bar.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Drawer } from "./drawer.js";
import { fileOf } from "./files.js";
import { openForm } from "./form_dialog.js";
import { openMenu } from "./popup_menu.js";
import { Refused, Server } from "./server.js";
import { Sidebar } from "./sidebar.js";
import { keepGoing } from "./times.js";
import { nameOf, say, speak } from "./words.js";

const USER_MENU = 2, MESSAGE_MENU = 3;
const at = (id) => document.getElementById(id);

class App {
  constructor() {
    this.server = new Server();
    this.drawer = new Drawer(at("drawer"), this.server);
    this.sidebar = new Sidebar(at("side"), {
      become: async (id) => {
        await this.become(id);
        at("person").focus();
      },
      speak: (locale) => this.speak(locale),
    });
    this.conversation = new Conversation({ list: at("messages"), scroll: at("scroll"), use: this.uses() });
    this.composer = new Composer(at("composer"), {
      say: async (text, files) =>
        this.server.post(this.inChannel("say"), { text, files: await Promise.all(files.map(fileOf)) }),
      run: (command, options) => this.run(this.inChannel("command"), { command, options }),
      suggest: (command, focused, text, options) => this.suggest({ command, focused, text, options }),
      place: () => this.guild ?? { members: [], roles: [], channels: [] },
    });
    addEventListener("hashchange", () => this.go());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && document.body.classList.contains("with-side")) this.toggleSide(false);
    });
    keepGoing(document.body);
  }

  // ---- who ----

  async become(id) {
    if (id) sessionStorage.setItem("person", id);
    this.server.as = id;
    try {
      await this.lookAround();
    } catch (error) {
      // Somebody of an earlier demo.
      if (!id) throw error;
      sessionStorage.removeItem("person");
      return this.become(null);
    }
    this.server.as = this.world.me.id;
    // Where one was, somebody else may not be.
    this.channel = null;
    this.server.listen((name, told) => this.hear(name, told));
    return this.go();
  }

  async speak(locale) {
    await this.server.post("/api/language", { locale });
    await this.lookAround();
    await this.go();
    at("language").focus();
  }

  async lookAround() {
    this.world = await this.server.get("/api/world");
    speak(this.world.me.locale);
    at("skip").textContent = say("skip");
  }

  get guild() {
    return this.world.guilds.find((one) => one.channels.some((channel) => channel.id === this.channel?.id));
  }

  // ---- where ----

  async go() {
    const [, channelId, messageId] = location.hash.split("/");
    const known = this.world.guilds.flatMap((one) => one.channels);
    const wanted = known.find((one) => one.id === channelId) ?? known[0];
    if (this.drawnFor !== `${this.world.me.id} ${this.world.me.locale} ${wanted.id}`) await this.show(wanted.id);
    if (messageId) {
      this.conversation.reach(messageId);
      // The same link has to lead there a second time.
      history.replaceState(null, "", `#/${wanted.id}`);
    }
  }

  async show(id) {
    const channel = await this.server.get(`/api/channels/${id}`);
    this.channel = channel;
    this.drawnFor = `${this.world.me.id} ${this.world.me.locale} ${id}`;
    this.sidebar.read(id);
    this.sidebar.draw(this.world, id);
    this.drawHead();
    this.conversation.show(channel.messages);
    this.composer.show(channel);
    if (this.drawer.isOpen) this.drawer.draw();
    this.toggleSide(false);
    document.title = `#${channel.name} – Clapper`;
    if (this.missed) await this.catchUp();
  }

  drawHead() {
    drawBar(at("bar"), this.channel, this.world.bot, {
      toggleSide: () => this.toggleSide(),
      toggleDrawer: () => this.drawer.toggle(),
    });
    drawWelcome(at("welcome"), this.channel, (command) => this.composer.openNamed(command));
  }

  toggleSide(open = !document.body.classList.contains("with-side")) {
    document.body.classList.toggle("with-side", open);
  }

  // ---- what happens ----

  async hear(name, told) {
    if (name === "open") return this.catchUp();
    if (!this.channel) return undefined;
    if (name === "bot") return this.learnBot(told);
    if (name === "commands") {
      const channel = await this.server.get(`/api/channels/${this.channel.id}`);
      this.channel.commands = channel.commands;
      this.composer.learn(channel);
      return this.drawHead();
    }
    if (name === "gone") return this.conversation.remove(told.id);
    if (told.channel_id === this.channel.id) return this.conversation.put(told);
    if (told.edited || this.sidebar.unread.has(told.channel_id) && !told.calls_me) return undefined;
    this.sidebar.note(told);
    return this.sidebar.draw(this.world, this.channel.id);
  }

  // What happened before the stream began, or while it was interrupted.
  async catchUp() {
    this.missed = !this.channel;
    if (this.missed) return;
    const channel = await this.server.get(`/api/channels/${this.channel.id}`);
    this.conversation.agree(channel.messages);
    this.composer.learn(channel);
  }

  learnBot(bot) {
    this.world.bot = bot;
    showLife(at("life"), bot);
    this.drawer.learn(bot);
  }

  // ---- what one does ----

  inChannel = (action) => `/api/channels/${this.channel.id}/${action}`;

  async run(path, body) {
    const done = this.conversation.note(say("sending"), "waiting");
    let outcome;
    try {
      outcome = await this.server.post(path, body);
    } finally {
      done();
    }
    if (outcome.failed) this.conversation.note(say("noResponse"), "failed");
    if (outcome.modal) this.form(outcome.modal);
  }

  async suggest(body) {
    const outcome = await this.server.post(this.inChannel("suggest"), body);
    return outcome.failed ? null : outcome.choices;
  }

  form(modal) {
    openForm(modal, {
      listed: (part) => this.listed(part),
      submit: async (fields) => {
        const outcome = await this.server.post(`/api/modals/${modal.id}`, { fields });
        if (outcome.modal) this.form(outcome.modal);
        return !outcome.failed;
      },
    });
  }

  // What parts of a message do. Each message gets its own.
  uses() {
    return {
      listed: (part) => this.listed(part),
      on: (message) => ({
        press: (customId, button) =>
          this.use(message, button, `/api/messages/${message.id}/press`, { custom_id: customId }),
        choose: (customId, values, menu) =>
          this.use(message, menu, `/api/messages/${message.id}/choose`, { custom_id: customId, values }),
      }),
      menu: (message, anchor) => this.menuOf(message, anchor),
      about: (person, anchor) => this.menuAbout(person, anchor),
      dismiss: (message) => this.conversation.dismiss(message.id),
    };
  }

  async use(message, part, path, body) {
    part.classList.add("busy");
    part.setAttribute("aria-busy", "true");
    try {
      const outcome = await this.server.post(path, body);
      if (outcome.failed) this.conversation.fail(message.id);
      if (outcome.modal) this.form(outcome.modal);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.conversation.note(error.message, "failed");
    } finally {
      part.classList.remove("busy");
      part.removeAttribute("aria-busy");
    }
  }

  listed(part) {
    const { members, roles, channels } = this.guild;
    const people = members.map((one) => ({ label: one.name, value: one.id }));
    const groups = roles.map((one) => ({ label: one.name, value: one.id }));
    const fits = (one) => !part.channel_types?.length || part.channel_types.includes(one.kind);
    const places = channels.filter(fits).map((one) => ({ label: `#${one.name}`, value: one.id }));
    return { 3: part.options, 5: people, 6: groups, 7: [...people, ...groups], 8: places }[part.type] ?? [];
  }

  apps(kind, target) {
    return this.channel.commands.filter((one) => one.kind === kind).map((one) => ({
      label: nameOf(one),
      pick: () => this.run(this.inChannel("menu"), { command: one.name, ...target })
        .catch((error) => this.conversation.note(error.message, "failed")),
    }));
  }

  menuOf(message, anchor) {
    const own = [{ label: say("copyId"), pick: () => navigator.clipboard.writeText(message.id) }];
    if (message.may_delete) {
      const remove = () => this.server.post(`/api/messages/${message.id}/delete`);
      own.push({ label: say("deleteMessage"), danger: true, pick: remove });
    }
    openMenu(anchor, [{ label: say("apps"), items: this.apps(MESSAGE_MENU, { message: message.id }) }, { items: own }]);
  }

  menuAbout(person, anchor) {
    const own = [{ label: say("copyId"), pick: () => navigator.clipboard.writeText(person.id) }];
    openMenu(anchor, [{ label: say("apps"), items: this.apps(USER_MENU, { user: person.id }) }, { items: own }]);
  }
}

keepTheme();
await new App().become(sessionStorage.getItem("person"));
