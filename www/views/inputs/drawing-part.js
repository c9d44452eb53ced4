// A drawing and what the network of the first job predicts for it.

import { createPad } from "./pad.js";
import { createPrediction, showInk } from "./prediction.js";
import { Drawing, SIDE } from "./drawing.js";
import { h } from "../dom.js";

/** @typedef {import("../../pkg/fishbowl.js").Prediction} Prediction @typedef {import("../../state/reducer.js").State} State */
/** @typedef {ReturnType<typeof createDrawingPart>} DrawingPart */

/** One drawing for the life of the page: no change of lab, language or run loses it. @type {Drawing | undefined} */
let drawing;
/** Which test digit is on the pad, and what it is. @type {{ number: number, label: number } | null} */
let stamped = null;
/** How many test digits there are. */
const TEST_DIGITS = 10_000;
export const ALL_TEST_DIGITS = { train: [], test: [{ set: /** @type {const} */ ("mnist"), count: null }] };

/** @param {import("../dom.js").Context} context */
export function createDrawingPart(context) {
  const { words, actions } = context;
  const sheet = (drawing ??= new Drawing());
  const prediction = createPrediction(context, sheet.canvas);
  const pad = createPad(sheet, context, () => {
    // Whatever is drawn over a test digit makes it something else.
    stamped = null;
    predict();
  });
  const random = h(
    "button",
    {
      type: "button",
      "aria-label": words("pad.random"),
      title: words("pad.random"),
      on: { click: stampAny },
    },
    words("pad.random-short"),
  );
  const element = h(
    "section",
    { class: "pad-part", "aria-label": words("pad.name") },
    pad.parts.title,
    pad.parts.frame,
    h("div", { class: "pad-buttons" }, ...pad.buttons, random),
    prediction.seen,
  );
  let asking = false;
  let askAgain = false;
  let training = false;
  /** @type {unknown} */
  let seenReport = null;
  show(null);
  predict();

  /** Asks what the pad shows: one question at a time, and the last drawing counts. */
  async function predict() {
    if (sheet.isBlank) return show(null);
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const rgba = sheet.pixels();
      const found = await actions.ask("predict", { rgba, width: SIDE, height: SIDE }, [rgba.buffer]);
      if (!sheet.isBlank) show(found);
    } catch {
      // While a worker is being replaced there is no answer; its first report asks again.
    } finally {
      asking = false;
    }
    if (!askAgain) return;
    askAgain = false;
    predict();
  }

  /** @param {Prediction | null} found */
  function show(found) {
    prediction.update(found, { stamped, training });
    const crop = found?.crop;
    pad.showCrop(
      crop
        ? { x: crop.x / SIDE, y: crop.y / SIDE, width: crop.width / SIDE, height: crop.height / SIDE }
        : null,
    );
  }

  /**
   * Puts a test digit on the pad; the way to use it without a pointer.
   * @param {number} number its place in the test set
   * @returns {Promise<void>}
   */
  async function stamp(number) {
    const image = await testImage(number);
    if (!image) return;
    const ink = document.createElement("canvas");
    const side = Math.sqrt(image.pixels.length);
    showInk(ink, image.pixels, side, side);
    sheet.stamp(ink);
    stamped = { number, label: image.label };
    predict();
  }

  async function stampAny() {
    await stamp(Math.floor(Math.random() * TEST_DIGITS));
  }

  /** @param {number} index */
  async function testImage(index) {
    const found = await actions.ask("test-image", { index }).catch(() => null);
    if (found) return found;
    // The test digits are not there yet.
    await actions.load(ALL_TEST_DIGITS);
    return actions.ask("test-image", { index }).catch(() => null);
  }

  return {
    pad: element,
    prediction: prediction.element,
    stamp,
    last: TEST_DIGITS - 1,
    /** @param {State} state */
    update({ run }) {
      training = run.playing;
      const report = run.jobs[0]?.report ?? null;
      if (!report || report === seenReport) return;
      seenReport = report;
      predict();
    },
    end() {
      pad.end();
      prediction.end();
    },
  };
}
