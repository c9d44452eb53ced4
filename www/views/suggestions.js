// Settings worth trying. A suggestion sets the controls and runs; its link leads to the same place in another tab.

import { BETWEEN_CUTS, atMostEvery, h, inNextFrame, markCuts, setAttribute, show } from "./dom.js";
import { formatHash } from "../state/url.js";
import { defaults, presentSettings } from "../state/selectors.js";

/** @typedef {import("../pkg/labs.js").LabDescription} Lab @typedef {import("../state/reducer.js").State} State */

/** The share of what is seen by which the buttons move the row. */
const BY = 0.8;

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
  const row = h(
    "ul",
    { on: { scroll: atMostEvery(BETWEEN_CUTS, look) } },
    ...links.map((link) => h("li", {}, link)),
  );
  const before = mover("before");
  const after = mover("after");
  const element = h(
    "nav",
    { class: "suggestions", "aria-label": words("suggestions.name"), hidden: links.length === 0 },
    before,
    row,
    after,
  );

  /** @param {"before" | "after"} which */
  function mover(which) {
    const way = which === "before" ? -1 : 1;
    const name = words(`suggestions.${which}`);
    const move = () => row.scrollBy({ left: way * BY * row.clientWidth, behavior: "smooth" });
    return h(
      "button",
      { type: "button", class: "quiet", "aria-label": name, title: name, hidden: true, on: { click: move } },
      way < 0 ? "‹" : "›",
    );
  }

  /** What is cut off fades, and its button says that more follows. */
  function look() {
    const cut = markCuts(row);
    // A button that has done its work leaves the keyboard at that end of the row.
    const focused = document.activeElement;
    show(before, cut.before);
    show(after, cut.after);
    if (focused === before && !cut.before) links[0]?.focus();
    if (focused === after && !cut.after) links.at(-1)?.focus();
  }
  const sizes = new ResizeObserver(() => inNextFrame(look));
  sizes.observe(row);

  return {
    element,
    end: () => sizes.disconnect(),
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
