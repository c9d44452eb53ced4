// Sentences by key, with their parts filled in.

import en from "./en.js";
import zh from "./zh.js";

/** @type {Record<"en" | "zh", Record<string, string>>} */
const locales = { en: { ...en }, zh: { ...zh } };

/** @param {Record<"en" | "zh", Record<string, string>>} more words that have come later */
export function learnWords(more) {
  Object.assign(locales.en, more.en);
  Object.assign(locales.zh, more.zh);
}

/**
 * @param {"en" | "zh"} language
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 * @returns {string} the key itself when there is no such sentence
 */
export function translate(language, key, params = {}) {
  const sentence = Object.hasOwn(locales[language], key) ? locales[language][key] : key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
}
