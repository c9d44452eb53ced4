// What the lines of a picture are called. Colour alone would not tell them apart, so each has its dashes.

import { h, show, svg } from "../dom.js";
import { isDark } from "../screen.js";

/** @typedef {import("../../pkg/fishbowl.js").Picture} Picture @typedef {import("../../pkg/fishbowl.js").LegendEntry} LegendEntry */

/** @param {import("../dom.js").Context} context */
export function createLegend({ say }) {
  const element = h("ul", { class: "legend", hidden: true });
  let shownKey = "";
  return {
    element,
    /** @param {(Picture | null)[]} pictures what several of them name is named once */
    show(pictures) {
      /** @type {Map<string, LegendEntry>} */
      const entries = new Map();
      for (const picture of pictures)
        for (const entry of picture?.legend(isDark()) ?? []) entries.set(JSON.stringify(entry), entry);
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
 * A short piece of the line as it is drawn.
 * @param {LegendEntry} entry
 */
function sample({ color, dash }) {
  const line = svg("line", { x1: 1, y1: 5, x2: 25, y2: 5, stroke: color, "stroke-width": 2.5 });
  if (dash.length > 0) line.setAttribute("stroke-dasharray", dash.join(" "));
  return svg("svg", { width: 26, height: 10, "aria-hidden": "true" }, line);
}
