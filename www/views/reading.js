// What the network makes of the drawing: the digit, ten probabilities, and the pictures on the way to its input.

import { SIDE } from "./drawing.js";
import { h, setAttribute, setText } from "./dom.js";

/** @typedef {import("../worker/protocol.js").Reading} Reading @typedef {import("./dom.js").Context} Context */

const NOTHING = "—";
/** Pixels of the pictures on the way: the crop as it is shown, then what the core makes of it. */
const SIDES = { crop: 112, small: 20, centred: 28 };
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/**
 * @param {Context} context
 * @param {HTMLCanvasElement} drawing the picture that is read
 */
export function createReading({ words }, drawing) {
  const prediction = h("output", { class: "prediction", "data-testid": "prediction" }, NOTHING);
  const sure = h("p", { class: "sure" });
  const bars = DIGITS.map((digit) => {
    const fill = h("span", { class: "fill" });
    // In a box of its own: items of a grid are laid out together with all the others.
    const share = h("span", { class: "share" }, NOTHING);
    const row = h(
      "li",
      {},
      h("span", { class: "digit" }, String(digit)),
      h("span", { class: "bar" }, fill),
      h("span", {}, share),
    );
    return { row, fill, share };
  });
  const steps = Object.entries(SIDES).map(([name, side]) => {
    const canvas = h("canvas", {
      width: side,
      height: side,
      role: "img",
      "aria-label": words(`reading.${name}-spoken`),
    });
    return { canvas, element: h("figure", {}, canvas, h("figcaption", {}, words(`reading.${name}`))) };
  });
  const element = h(
    "div",
    { class: "reading" },
    h(
      "div",
      { class: "reading-digit" },
      h("div", { class: "prediction-place" }, prediction),
      h("div", {}, h("p", { class: "reading-title" }, words("reading.title")), sure),
    ),
    h("ol", { class: "bars", "aria-label": words("reading.bars") }, ...bars.map(({ row }) => row)),
  );
  const seen = h(
    "section",
    { class: "seen" },
    h("h3", {}, words("reading.seen")),
    h("div", { class: "seen-steps" }, ...steps.map((step) => step.element)),
  );

  return {
    element,
    seen,
    /** @param {Reading | null} reading null when the pad is blank */
    update(reading) {
      setText(prediction, reading ? String(reading.digit) : NOTHING);
      setAttribute(prediction, "data-blank", reading ? null : "true");
      setText(
        sure,
        reading
          ? words("reading.sure", { percent: percent(reading.probabilities[reading.digit]) })
          : words("reading.blank"),
      );
      DIGITS.forEach((digit) => {
        const { row, fill, share } = bars[digit];
        const probability = reading?.probabilities[digit] ?? 0;
        fill.style.transform = `scaleX(${probability})`;
        setText(share, reading ? `${percent(probability)} %` : NOTHING);
        setAttribute(row, "data-best", reading?.digit === digit ? "true" : null);
      });
      showSteps(
        steps.map(({ canvas }) => canvas),
        reading,
        drawing,
      );
    },
  };
}

/** @param {number} probability */
function percent(probability) {
  return (100 * probability).toFixed(1);
}

/**
 * @param {HTMLCanvasElement[]} canvases crop, 20×20, 28×28
 * @param {Reading | null} reading
 * @param {HTMLCanvasElement} drawing
 */
function showSteps([crop, small, centred], reading, drawing) {
  for (const canvas of [crop, small, centred]) {
    canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
  }
  if (!reading) return;
  const { x, y, width, height } = reading.crop;
  const context = crop.getContext("2d");
  // The crop keeps its proportions, as on the way to 20×20.
  const scale = crop.width / Math.max(width, height);
  context?.drawImage(
    drawing,
    Math.max(0, x),
    Math.max(0, y),
    Math.min(SIDE, width),
    Math.min(SIDE, height),
    (crop.width - width * scale) / 2,
    (crop.height - height * scale) / 2,
    width * scale,
    height * scale,
  );
  showInk(small, reading.small, SIDES.small);
  showInk(centred, reading.centred, SIDES.centred);
}

/**
 * Ink as transparency, so that the stylesheet gives paper and ink their colours in both themes.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} ink
 * @param {number} side
 */
function showInk(canvas, ink, side) {
  const pixels = new ImageData(side, side);
  ink.forEach((value, at) => (pixels.data[4 * at + 3] = value));
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
