// A log that follows its newest line, unless somebody has scrolled up to read.

import { h } from "./dom.js";
import { say } from "./words.js";

const NEAR_PX = 24;

export class LogView {
  constructor() {
    this.follows = true;
    this.top = 0;
    this.node = h("pre", { class: "log", tabindex: 0 });
    this.node.addEventListener("scroll", () => {
      if (!this.node.isConnected) return;
      this.top = this.node.scrollTop;
      this.follows = this.node.scrollHeight - this.top - this.node.clientHeight < NEAR_PX;
    });
  }

  // To be called once it stands on the page again: there it begins at its top.
  restore() {
    this.node.setAttribute("aria-label", say("log"));
    this.node.scrollTop = this.follows ? this.node.scrollHeight : this.top;
  }

  show(text) {
    // Lines must not move while somebody reads them.
    if (!this.follows || this.node.textContent === text) return;
    this.node.textContent = text;
    this.node.scrollTop = this.node.scrollHeight;
  }
}
