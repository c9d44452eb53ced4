// One cell of a lab's table: words, a number, a small image, or the way into another lab.

import { h } from "./dom.js";

/** CSS pixels of the longer side of an image. */
const SIDE = 36;

/**
 * @param {import("../pkg/labs.js").TableCell} cell
 * @param {import("./dom.js").Context} context
 */
export function createCell(cell, { say }) {
  switch (cell.type) {
    case "words":
      return h("td", { class: "words" }, say(cell.text));
    case "number":
      return h("td", {}, cell.text);
    case "image": {
      const { width, height, rgba, caption } = cell;
      const canvas = h("canvas", { class: "pixels", width, height, role: "img", "aria-label": say(caption) });
      canvas.style.width = `${(SIDE * width) / Math.max(width, height)}px`;
      canvas.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
      return h("td", { class: "image" }, canvas);
    }
    case "link": {
      const query = new URLSearchParams(cell.settings).toString();
      return h(
        "td",
        { class: "words" },
        h("a", { href: `#/${cell.lab}${query && `?${query}`}` }, say(cell.text)),
      );
    }
  }
}
