// The list of labs in the book's order: a column on wide screens, a list to choose from on narrow ones.

import { h, setAttribute, uniqueId } from "./dom.js";
import { formatHash } from "../state/url.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */

/**
 * @param {State} state
 * @param {Context} context
 */
export function createNav(state, { words, say }) {
  const links = state.catalogue.map((lab) =>
    h("a", { href: `#/${lab.id}` }, h("span", { class: "book" }, lab.book), h("span", {}, say(lab.title))),
  );
  const id = uniqueId("lab");
  const select = h(
    "select",
    { id, on: { change: () => location.assign(select.value) } },
    ...state.catalogue.map((lab) => h("option", { value: `#/${lab.id}` }, `${lab.book}  ${say(lab.title)}`)),
  );
  const element = h(
    "nav",
    { class: "nav", "aria-label": words("nav.name") },
    h("ul", {}, ...links.map((link) => h("li", {}, link))),
    h("div", { class: "nav-compact" }, h("label", { for: id }, words("nav.choose")), select),
  );
  return {
    element,
    /** @param {State} now */
    update(now) {
      now.catalogue.forEach((lab, at) => {
        // A link leads back to the lab as it was left.
        const hash = formatHash(lab, now.accepted[lab.id] ?? {});
        setAttribute(links[at], "href", hash);
        setAttribute(links[at], "aria-current", lab.id === now.lab ? "page" : null);
        setAttribute(select.options[at], "value", hash);
        if (lab.id === now.lab) select.selectedIndex = at;
      });
    },
  };
}
