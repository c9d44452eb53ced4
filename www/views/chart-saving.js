// Saves a figure as a file, with its legend inside.

import { h, saveFile } from "./dom.js";

/** @typedef {import("./charts.js").Look} Look */

/** A saved figure is at least this wide, in CSS pixels, and has this many pixels for each of them. */
const LEAST_WIDTH = 720;
const RATIO = 2;

/**
 * @param {object} options
 * @param {HTMLElement} options.tools where the buttons go
 * @param {string} options.title
 * @param {string} options.name
 * @param {() => import("./charts.js").Picture | null} options.picture
 * @param {() => Look} options.look as it is shown
 * @param {import("./dom.js").Words} options.words
 */
export function addSaving({ tools, title, name, picture, look, words }) {
  /** @returns {Look} light, whatever the screen: files end up on paper and in slides */
  function exportLook() {
    const shown = look();
    const scale = Math.max(1, LEAST_WIDTH / shown.width);
    const size = { width: Math.round(shown.width * scale), height: Math.round(shown.height * scale) };
    return { ...shown, ...size, ratio: RATIO, dark: false };
  }

  function savePng() {
    const present = picture();
    if (!present) return;
    const canvas = document.createElement("canvas");
    present.drawForExport(canvas, exportLook());
    canvas.toBlob((blob) => {
      if (blob) saveFile(blob, `fishbowl-${name}.png`);
    }, "image/png");
  }

  function saveSvg() {
    const present = picture();
    if (present)
      saveFile(new Blob([present.svg(exportLook())], { type: "image/svg+xml" }), `fishbowl-${name}.svg`);
  }

  for (const [format, save] of /** @type {const} */ ([
    ["PNG", savePng],
    ["SVG", saveSvg],
  ])) {
    const spoken = words("chart.save", { title, format });
    tools.append(
      h(
        "button",
        { type: "button", class: "quiet", "aria-label": spoken, title: spoken, on: { click: save } },
        format,
      ),
    );
  }
}
