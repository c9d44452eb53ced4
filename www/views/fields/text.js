// The text input that most fields are made of.

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
 * Writing an equal text again would move the visitor's cursor to its end.
 * @param {HTMLInputElement} input
 * @param {string} value
 */
export function keepText(input, value) {
  if (input.value !== value) input.value = value;
}
