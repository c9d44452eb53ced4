// The page of all labs: each with its picture, by chapter.

import { createLabCards } from "./lab-cards.js";
import { h } from "./dom.js";

/**
 * @param {import("../state/reducer.js").State} state
 * @param {import("./dom.js").Context} context
 */
export function createOverview(state, context) {
  const cards = createLabCards(state.catalogue, context);
  const element = h(
    "article",
    { class: "overview", "data-page": "all" },
    h("h1", { tabindex: "-1" }, context.words("nav.all")),
    ...cards.sections,
  );
  cards.open("all");
  return { element, update: cards.update, end: cards.close };
}
