// The words of the console in the reader's language: chosen by the browser, or by hand.

export const LANGUAGES = { en: "English", ja: "日本語", zh: "中文" };
const KEPT = "kaiga-language";

let language = "en";
let words = {};
let english = {};

export function usualLanguage() {
  const kept = localStorage.getItem(KEPT);
  if (kept in LANGUAGES) return kept;
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES) ?? "en";
}

/** Load the words of a language; English stands in for what it lacks. */
export async function speak(wanted) {
  const [own, base] = await Promise.all([read(wanted), read("en")]);
  [language, words, english] = [wanted, own, base];
  document.documentElement.lang = wanted;
}

export function keepLanguage(wanted) {
  localStorage.setItem(KEPT, wanted);
  return speak(wanted);
}

/** Give a phrase with its {names} filled in. */
export function t(key, values = {}) {
  const phrase = words[key] ?? english[key] ?? key;
  return phrase.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export const currentLanguage = () => language;
export const formatNumber = (number, options) => new Intl.NumberFormat(language, options).format(number);
/** A form of `formatTime` for tables. */
export const COMPACT = { dateStyle: "short", timeStyle: "medium" };
export const formatTime = (time, options = { dateStyle: "medium", timeStyle: "medium" }) =>
  new Intl.DateTimeFormat(language, options).format(new Date(time));

async function read(wanted) {
  return (await fetch(`/console/assets/words/${wanted}.json`)).json();
}
