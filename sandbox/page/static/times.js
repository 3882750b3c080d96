// Moments in the reader's language and time zone; relative ones go on by themselves.

import { currentLocale } from "./words.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

export const format = (at, style) =>
  new Intl.DateTimeFormat(currentLocale(), STYLES[style]).format(at * 1000);

export function relative(at) {
  const left = Math.round(at - Date.now() / 1000);
  const [unit, seconds] = UNITS.find(([, most]) => Math.abs(left) >= most) ?? UNITS.at(-1);
  const words = new Intl.RelativeTimeFormat(currentLocale(), { numeric: "always" });
  return words.format(Math.trunc(left / seconds), unit);
}

export function fillTimes(root) {
  for (const time of root.querySelectorAll("time[data-at]")) {
    const { at, style } = time.dataset;
    time.textContent = style === "R" ? relative(at) : format(at, style);
    time.title = format(at, "F");
  }
}

export function keepGoing(root) {
  setInterval(() => {
    for (const time of root.querySelectorAll('time[data-style="R"]')) {
      const words = relative(time.dataset.at);
      if (time.textContent !== words) time.textContent = words;
    }
  }, 1000);
}
