// What the network makes of the drawing: the digit, its ten outputs, and the pictures on the way to its input.

import { SIDE } from "./drawing.js";
import { createDigitList } from "./digit-list.js";
import { h, onceQuiet, setAttribute, setText, show } from "../dom.js";

/** @typedef {import("../../pkg/core.js").Prediction} Prediction @typedef {import("../dom.js").Context} Context */

const NOTHING = "—";
/** Pixels of the crop as it is shown. */
const CROP = 112;
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
/** Below this probability the reading is in doubt. */
const DOUBT = 0.5;
/** Milliseconds after the last change before a prediction is announced. */
const QUIET = 900;

/**
 * @param {Context} context
 * @param {HTMLCanvasElement} drawing the picture that the network gets
 */
export function createPrediction(context, drawing) {
  const { words } = context;
  const digit = h(
    "output",
    { class: "prediction", "data-testid": "prediction", "aria-live": "off" },
    NOTHING,
  );
  const sure = h("p", { class: "sure" });
  const truth = h("p", { class: "truth" });
  /** Which network it is of the two of a race, and what the other one predicts. */
  const own = h("p", { class: "of-network", hidden: true });
  const beside = h("p", { class: "beside-prediction", "data-testid": "prediction-beside", hidden: true });
  const spoken = h("p", { class: "only-heard", role: "status" });
  const rows = DIGITS.map((each) => {
    const fill = h("span", { class: "fill" });
    // In a box of its own: items of a grid are laid out together with all the others.
    const share = h("span", { class: "share" }, NOTHING);
    const row = h(
      "li",
      {},
      h("span", { class: "digit" }, String(each)),
      h("span", { class: "bar" }, fill),
      h("span", {}, share),
    );
    return { row, fill, share };
  });
  const list = createDigitList(
    rows.map(({ row }) => row),
    context,
  );
  const bars = list.element;
  const steps = /** @type {const} */ (["crop", "small", "centred"]).map((name) => {
    const canvas = h("canvas", { class: "pixels", role: "img", "aria-label": words(`seen.${name}-spoken`) });
    canvas.width = canvas.height = CROP;
    return { canvas, element: h("figure", {}, canvas, h("figcaption", {}, words(`seen.${name}`))) };
  });
  const seen = h(
    "section",
    { class: "seen", "aria-label": words("seen.title") },
    ...steps.map((step) => step.element),
  );
  const element = h(
    "section",
    { class: "reading", "data-part": "reading", "aria-label": words("prediction.title") },
    h("h2", { class: "part-title" }, words("prediction.title")),
    h("div", { class: "reading-digit" }, digit, h("div", { class: "reading-words" }, own, sure, truth)),
    beside,
    bars,
    spoken,
  );
  const speak = onceQuiet(QUIET, () => setText(spoken, `${words("prediction.title")}: ${sentence}`));
  let sentence = "";

  return {
    element,
    seen,
    light: list.light,
    /**
     * @param {Prediction | null} prediction null when the pad is blank
     * @param {{ stamped: { number: number, label: number } | null, silent: boolean }} about `stamped`: the test digit
     *   that is on the pad
     */
    update(prediction, { stamped, silent }) {
      const best = prediction?.digit ?? null;
      if (!prediction) list.forget();
      const wrong = best !== null && stamped !== null && stamped.label !== best;
      const isProbability = prediction?.areProbabilities ?? true;
      setText(digit, best === null ? NOTHING : String(best));
      setAttribute(digit, "data-blank", best === null ? "true" : null);
      setAttribute(element, "data-wrong", wrong ? "" : null);
      setText(sure, prediction ? spelled(prediction) : words("prediction.blank"));
      show(seen, prediction !== null);
      setText(truth, stamped ? words("prediction.test-digit", stamped) : "");
      setAttribute(
        bars,
        "aria-label",
        words(isProbability ? "prediction.probabilities" : "prediction.scores"),
      );
      showBars(prediction);
      showSteps(
        steps.map(({ canvas }) => canvas),
        prediction,
        drawing,
      );
      // While the network learns its answer changes many times a second.
      const next = best === null ? "" : `${best}, ${sure.textContent}. ${truth.textContent}`;
      if (next === sentence) return;
      sentence = next;
      if (!silent && next !== "") speak.ask();
    },
    /**
     * @param {{ names: string[], other: Prediction | null } | null} race what the second network predicts, and what both are
     *   called
     */
    showRace(race) {
      show(own, race !== null);
      setText(own, race?.names[0] ?? "");
      show(beside, race !== null);
      setText(beside, race ? besideWords(race.names[1], race.other) : "");
    },
    end: () => speak.end(),
  };

  /** @param {string} name @param {Prediction | null} found */
  function besideWords(name, found) {
    const best = found?.digit ?? null;
    if (!found || best === null) return `${name}: ${NOTHING}`;
    const value = found.outputs[best];
    const share = found.areProbabilities ? `${percent(value)}%` : score(value);
    return words("prediction.beside", { name, digit: best, share });
  }

  /** @param {Prediction} prediction */
  function spelled({ outputs, digit: best, areProbabilities }) {
    if (best === null) return words("prediction.none");
    if (!areProbabilities) return words("prediction.score", { score: score(outputs[best]) });
    const share = percent(outputs[best]);
    if (outputs[best] >= DOUBT) return words("prediction.probability", { percent: share });
    const others = DIGITS.filter((digit) => digit !== best && digit < outputs.length);
    const other = others.reduce((one, another) => (outputs[another] > outputs[one] ? another : one));
    return words("prediction.doubt", { percent: share, other, second: percent(outputs[other]) });
  }

  /** @param {Prediction | null} prediction */
  function showBars(prediction) {
    // Scores may have any size and sign; the largest fills its bar.
    const sizes = [...(prediction?.outputs ?? [])].map(Math.abs).filter(Number.isFinite);
    const most = prediction?.areProbabilities === false ? Math.max(...sizes) : 1;
    for (const each of DIGITS) {
      const { row, fill, share } = rows[each];
      const value = prediction?.outputs[each] ?? 0;
      const filled = Number.isFinite(value) && most > 0 ? Math.min(1, Math.abs(value) / most) : 0;
      fill.style.transform = `scaleX(${filled})`;
      setAttribute(fill, "data-negative", value < 0 ? "" : null);
      setText(
        share,
        !prediction ? NOTHING : prediction.areProbabilities ? `${percent(value)}%` : score(value),
      );
      setAttribute(row, "data-best", prediction?.digit === each ? "true" : null);
    }
  }
}

/** @param {number} probability */
const percent = (probability) => (100 * probability).toFixed(1);

/** @param {number} value */
const score = (value) => value.toFixed(2).replace("-", "−");

/**
 * @param {HTMLCanvasElement[]} canvases the crop, then what the core makes of it
 * @param {Prediction | null} prediction
 * @param {HTMLCanvasElement} drawing
 */
function showSteps([crop, small, centred], prediction, drawing) {
  if (!prediction) {
    for (const canvas of [crop, small, centred])
      canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    return;
  }
  const { x, y, width, height } = prediction.crop;
  const context = crop.getContext("2d");
  context?.clearRect(0, 0, CROP, CROP);
  // The crop keeps its proportions, as on the way to the small picture.
  const scale = CROP / Math.max(width, height);
  context?.drawImage(
    drawing,
    Math.max(0, x),
    Math.max(0, y),
    Math.min(SIDE, width),
    Math.min(SIDE, height),
    (CROP - width * scale) / 2,
    (CROP - height * scale) / 2,
    width * scale,
    height * scale,
  );
  showInk(small, prediction.small, prediction.smallSide, prediction.smallSide);
  showInk(centred, prediction.centred, prediction.centredSide, prediction.centredSide);
}

/**
 * Ink as transparency, so that the stylesheet gives paper and ink their colours in both themes.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} ink
 * @param {number} width
 * @param {number} height
 */
export function showInk(canvas, ink, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pixels = new ImageData(width, height);
  ink.forEach((value, at) => (pixels.data[4 * at + 3] = value));
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
