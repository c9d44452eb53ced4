// An explanation on demand: a small button, and the sentences that it unfolds.

import { h, uniqueId } from "./dom.js";

/**
 * @param {string} text
 * @param {string} name what the button is called
 * @returns {{ button: HTMLElement, text: HTMLElement, id: string }}
 */
export function createInfo(text, name) {
  const id = uniqueId("help");
  const sentence = h("p", { class: "help", id, hidden: true }, text);
  const button = h(
    "button",
    {
      type: "button",
      class: "info",
      "aria-label": name,
      "aria-expanded": "false",
      "aria-controls": id,
      on: {
        click: () => {
          sentence.hidden = !sentence.hidden;
          button.setAttribute("aria-expanded", String(!sentence.hidden));
        },
        keydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key === "Escape" && !sentence.hidden) button.click();
        },
      },
    },
    h("span", { "aria-hidden": "true" }, "i"),
  );
  return { button, text: sentence, id };
}
