// The text input that most fields are made of, and the one of several lines.

import { h, uniqueId } from "../dom.js";

/**
 * @param {(text: string) => void} edit
 * @param {Record<string, any>} attributes
 */
export function textInput(edit, attributes) {
  const input = h("input", {
    type: "text",
    id: uniqueId("input"),
    autocomplete: "off",
    spellcheck: "false",
    ...attributes,
    on: { input: () => edit(input.value) },
  });
  return input;
}

/**
 * @param {(text: string) => void} edit
 * @param {Record<string, any>} attributes
 */
export function textArea(edit, attributes) {
  const input = h("textarea", {
    id: uniqueId("input"),
    autocomplete: "off",
    spellcheck: "false",
    ...attributes,
    on: { input: () => edit(input.value) },
  });
  return input;
}

/**
 * Writing an equal text again would move the visitor's cursor to its end.
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {string} value
 */
export function keepText(input, value) {
  if (input.value !== value) input.value = value;
}
