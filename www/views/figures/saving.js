// Saves a figure as a file, with its legend inside.

import { h, saveFile } from "../dom.js";

/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {import("../../pkg/labs.js").Picture} Picture @typedef {import("../../pkg/labs.js").Look} Look */

/** A saved figure is at least this wide, in CSS pixels, and has this many pixels for each of them. */
const LEAST_WIDTH = 720;
const RATIO = 2;

/**
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.name
 * @param {() => Plot[]} options.plots
 * @param {import("../dom.js").Words} options.words
 */
export function saveButtons({ title, name, plots, words }) {
  /** Light, whatever the screen: files end up on paper and in slides. @param {Plot} present */
  function exportLook(present) {
    const { highlight: _, ...shown } = present.look();
    const scale = Math.max(1, LEAST_WIDTH / shown.width);
    const size = { width: Math.round(shown.width * scale), height: Math.round(shown.height * scale) };
    return { ...shown, ...size, ratio: RATIO, dark: false };
  }

  /** @param {"png" | "svg"} type @param {(picture: Picture, look: Look) => Promise<Blob | null>} make */
  async function saveAll(type, make) {
    const present = plots();
    for (const [at, plot] of present.entries()) {
      const picture = plot.picture();
      const blob = picture && (await make(picture, exportLook(plot)));
      const number = present.length > 1 ? `-${at + 1}` : "";
      if (blob) saveFile(blob, `fishbowl-${name}${number}.${type}`);
    }
  }

  const savePng = () =>
    saveAll("png", (picture, look) => {
      const canvas = document.createElement("canvas");
      picture.drawForExport(canvas, look);
      return new Promise((done) => canvas.toBlob(done, "image/png"));
    });

  const saveSvg = () =>
    saveAll("svg", async (picture, look) => new Blob([picture.svg(look)], { type: "image/svg+xml" }));

  return /** @type {const} */ ([
    ["PNG", savePng],
    ["SVG", saveSvg],
  ]).map(([format, save]) => {
    const spoken = words("figure.save", { title, format });
    const button = h("button", { type: "button", "aria-label": spoken, on: { click: save } });
    button.textContent = words("figure.save-short", { format });
    return button;
  });
}
