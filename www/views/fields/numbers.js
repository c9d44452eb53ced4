// A list of numbers: its text, and a chip for each that takes it out.

import { keepText, textInput } from "./text.js";
import { h } from "../dom.js";

/**
 * @param {import("./inputs.js").Field} field
 * @param {import("./inputs.js").Context} context
 * @param {import("./inputs.js").Edit} edit
 * @returns {import("./inputs.js").Input}
 */
export function numbers(field, { words, say }, edit) {
  const input = textInput(edit, { class: "expression" });
  const chips = h("ul", { class: "chips", "aria-label": say(field.label) });
  let shown = "";
  return {
    element: h("div", {}, input, chips),
    focus: input,
    group: false,
    spell: String,
    update(value, _problem, rows) {
      keepText(input, value);
      const entries = rows.flat();
      const key = entries.join();
      if (key === shown) return;
      shown = key;
      chips.replaceChildren(...entries.map((entry, at) => chip(entry, at, entries)));
    },
  };

  /**
   * @param {string} entry
   * @param {number} at
   * @param {string[]} entries
   */
  function chip(entry, at, entries) {
    const spoken = words("controls.without", { value: entry });
    const button = h(
      "button",
      { type: "button", "aria-label": spoken, title: spoken, on: { click: takeOut } },
      entry,
      h("span", { "aria-hidden": "true" }, "×"),
    );
    // The last one stays: there is nothing to show without it.
    button.disabled = entries.length === 1;
    return h("li", {}, button);

    function takeOut() {
      edit(entries.filter((_, other) => other !== at).join(", "));
      // The chip is gone with its focus; what remains is the list's text.
      input.focus();
    }
  }
}
