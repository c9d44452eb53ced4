// What the lines of a picture are called. Colour alone would not tell them apart, so each has its dashes.

import { h, show, svg } from "../dom.js";
import { isDark } from "../screen.js";

/** @typedef {import("../../pkg/labs.js").Picture} Picture @typedef {import("../../pkg/labs.js").LegendEntry} LegendEntry */

/** @param {import("../dom.js").Context} context */
export function createLegend({ say }) {
  const element = h("ul", { class: "legend", hidden: true });
  let shownKey = "";
  return {
    element,
    /**
     * @param {(Picture | null)[]} pictures what several of them name is named once, and what all of them have but one picture
     *   each is named by its caption
     */
    show(pictures) {
      /** @type {Map<string, LegendEntry>} */
      const entries = new Map();
      const legends = pictures.map((picture) => picture?.legend(isDark()) ?? []);
      // What differs from picture to picture first: it is what one looks for.
      const common = (/** @type {LegendEntry} */ entry) => (entry.sample === "line" ? 0 : 1);
      for (const entry of legends.flat().sort((one, other) => common(one) - common(other)))
        entries.set(JSON.stringify(entry), entry);
      if (legends.length > 1 && entries.size === legends.flat().length) entries.clear();
      const key = [...entries.keys()].join();
      if (key === shownKey) return;
      shownKey = key;
      element.replaceChildren(
        ...[...entries.values()].map((entry) => h("li", {}, sample(entry), say(entry.name))),
      );
      show(element, entries.size > 0);
    },
  };
}

/**
 * A small piece of what is drawn in this colour.
 * @param {LegendEntry} entry
 */
function sample({ color, dash, sample: kind }) {
  const line = { stroke: color, "stroke-width": 2.5, fill: "none" };
  /** @type {Record<LegendEntry["sample"], () => Element>} */
  const shapes = {
    line: () =>
      svg("line", { ...line, "stroke-dasharray": dash.join(" ") || "none", x1: 1, y1: 6, x2: 25, y2: 6 }),
    dot: () => svg("circle", { cx: 13, cy: 6, r: 4, fill: color }),
    handle: () => svg("circle", { ...line, cx: 13, cy: 6, r: 4.5 }),
    cross: () => svg("path", { ...line, d: "M9 2l8 8m0-8l-8 8" }),
    fill: () => svg("rect", { x: 5, y: 1, width: 16, height: 10, rx: 2, fill: color }),
  };
  return svg("svg", { width: 26, height: 12, "aria-hidden": "true" }, shapes[kind]());
}
