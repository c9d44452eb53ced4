// Settings worth trying. A suggestion sets the controls and runs; its link leads to the same place in another tab.

import { h, setAttribute } from "./dom.js";
import { formatHash } from "../state/url.js";
import { defaults, presentSettings } from "../state/selectors.js";

/** @typedef {import("../pkg/core.js").LabDescription} Lab @typedef {import("../state/reducer.js").State} State */

/**
 * @param {Lab} lab
 * @param {import("./dom.js").Context} context
 * @param {() => void} chosen what follows a choice
 */
export function createSuggestions(lab, { words, say, actions }, chosen) {
  const usual = defaults(lab);
  const links = lab.suggestions.map(({ text, settings }, index) =>
    h(
      "a",
      {
        class: "chip",
        href: formatHash(lab, settings, {}),
        on: {
          click: (/** @type {MouseEvent} */ event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            actions.useSuggestion(index);
            chosen();
          },
        },
      },
      say(text),
    ),
  );
  const element = h(
    "nav",
    { class: "suggestions", "aria-label": words("suggestions.name"), hidden: links.length === 0 },
    h("ul", {}, ...links.map((link) => h("li", {}, link))),
  );
  return {
    element,
    /** @param {State} state */
    update(state) {
      const present = presentSettings(state);
      lab.suggestions.forEach(({ settings }, at) => {
        const wanted = { ...usual, ...settings };
        const isPresent = lab.fields.every(({ name }) => present[name] === wanted[name]);
        setAttribute(links[at], "aria-current", isPresent ? "true" : null);
      });
    },
  };
}
