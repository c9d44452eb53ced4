// "Try this": links that set the controls.

import { h } from "./dom.js";
import { formatHash } from "../state/url.js";

/**
 * @param {import("../worker/protocol.js").Lab} lab
 * @param {import("./dom.js").Context} context
 * @returns {HTMLElement | null}
 */
export function createTries(lab, { words, say }) {
  if (lab.tries.length === 0) return null;
  const links = lab.tries.map(({ text, settings }) =>
    h("li", {}, h("a", { href: formatHash(lab, settings) }, say(text))),
  );
  return h("section", { class: "tries panel" }, h("h2", {}, words("tries.heading")), h("ul", {}, ...links));
}
