// A drawing and what the network of the first job predicts for it.

import { createExample } from "./example.js";
import { createInk } from "./ink.js";
import { createPad } from "./pad.js";
import { createPrediction } from "./prediction.js";
import { createStamp, keepDrawing } from "./kept-drawing.js";
import { Drawing, PEN, SIDE } from "./drawing.js";
import { h, show } from "../dom.js";

/** @typedef {import("../../pkg/core.js").Prediction} Prediction @typedef {import("../../state/reducer.js").State} State */
/** @typedef {ReturnType<typeof createDrawingPart>} DrawingPart @typedef {Drawing["steps"]} Steps */

/** One drawing for the life of the page: no change of lab, language or run loses it. @type {Drawing | undefined} */
let drawing;
/** Which test digit is on the pad, and what it is. @type {import("./kept-drawing.js").Stamped} */
let stamped = null;
/** @type {ReturnType<typeof keepDrawing> | undefined} */
let keeper;
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
/** How many test digits there are. */
const TEST_DIGITS = 10_000;
const ALL_STEPS = { pen: true, fit: true, centre: true };
export const ALL_TEST_DIGITS = { train: [], test: [{ set: /** @type {const} */ ("mnist"), count: null }] };

/**
 * @param {import("../dom.js").Context} context
 * @param {{ isKept: boolean }} how whether the drawing survives a reload
 */
export function createDrawingPart(context, { isKept }) {
  const { words, actions } = context;
  const sheet = (drawing ??= new Drawing());
  if (isKept && !keeper) {
    keeper = keepDrawing(sheet, () => stamped, actions.noteDrawing);
    stamped = keeper.stamped;
  }
  const prediction = createPrediction(context, sheet.canvas);
  const pad = createPad(
    sheet,
    context,
    () => {
      // Whatever is drawn over a test digit makes it something else.
      stamped = null;
      show(hint, false);
      ink.changed();
      if (isKept) keeper?.changed();
      predict();
    },
    () => {
      ink.lifted();
      tellListeners();
    },
  );
  const ink = createInk({ sheet, pad, context, output: () => chosen ?? answer });
  const hint = h("p", { class: "pad-hint", hidden: true }, words("pad.hint"));
  const example = createExample(sheet, () => show(hint, true));
  const stepsOff = h(
    "button",
    { type: "button", class: "steps-off", hidden: true, on: { click: () => takeSteps(ALL_STEPS) } },
    words("pad.steps-off"),
  );
  pad.frame.append(hint, stepsOff, ink.legend);
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
    h("div", { class: "pad-head" }, pad.parts.title, ink.toggle),
    pad.parts.frame,
    h("div", { class: "pad-buttons" }, ...pad.buttons, random),
  );
  let asking = false;
  let askAgain = false;
  let training = false;
  /** The last reports of the networks that predict. @type {unknown[]} */
  let seenReports = [];
  /** What the networks are called where two race. @type {string[]} */
  let racers = [];
  /** The digit that the network reads. @type {number | null} */
  let answer = null;
  /** The digit whose output is explained in its place. @type {number | null} */
  let chosen = null;
  /** The test digit that was chosen in a figure. @type {number | null} */
  let picked = null;
  /** The reading that is shown. @type {Prediction | null} */
  let reading = null;
  /** Told of each reading, and of another choice. @type {Set<() => void>} */
  const listeners = new Set();
  showSteps();
  tell(null);
  // What was there already is coloured, too.
  predict().then(ink.lifted);

  /** Asks what the pad shows: one question at a time, and the last drawing counts. */
  async function predict() {
    if (sheet.isBlank) return tell(null);
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const rgba = sheet.pixels();
      const { fit, centre } = sheet.steps;
      const drawn = { width: SIDE, height: SIDE, steps: { fit, centre } };
      const asked = racers.length > 0 ? rgba.slice() : null;
      const [found, other] = await Promise.all([
        actions.ask("predict", { rgba, ...drawn }, [rgba.buffer]),
        // It may come later, or be gone already.
        asked && actions.ask("predict", { rgba: asked, ...drawn }, [asked.buffer], 1).catch(() => null),
      ]);
      if (!sheet.isBlank) tell(found, other);
    } catch {
      // While a worker is being replaced there is no answer; its first report asks again.
    } finally {
      asking = false;
    }
    if (!askAgain) return;
    askAgain = false;
    predict();
  }

  /** @param {Prediction | null} found @param {Prediction | null} [other] what the second network predicts */
  function tell(found, other = null) {
    prediction.showRace(racers.length > 0 ? { names: racers, other } : null);
    answer = found?.digit ?? null;
    actions.explain(found?.explanation ?? null);
    prediction.update(found, { stamped, silent: training || sheet.isExample });
    pad.showCrop(found && sheet.steps.fit ? cropOnPad(found.crop) : null);
    reading = found;
    tellListeners();
  }

  function tellListeners() {
    for (const listener of listeners) listener();
  }

  /** @param {Partial<Steps>} changes which steps are taken from now on */
  function takeSteps(changes) {
    sheet.take(changes);
    showSteps();
    predict().then(ink.renew);
  }

  /** Without a step readings are bad, and the visitor is to know why. */
  function showSteps() {
    const isOff = Object.values(sheet.steps).includes(false);
    if (!isOff && stepsOff === document.activeElement) pad.buttons.find((each) => !each.disabled)?.focus();
    show(stepsOff, isOff);
  }

  /**
   * Around the ink as it is seen, whose lines may be wider than those that are read, or finer.
   * @param {Prediction["crop"]} crop
   */
  function cropOnPad({ x, y, width, height }) {
    const more = (PEN - sheet.pen) / 2;
    const [left, top] = [x / SIDE - more, y / SIDE - more];
    return { x: left, y: top, width: width / SIDE + 2 * more, height: height / SIDE + 2 * more };
  }

  /**
   * Puts a test digit on the pad; the way to use it without a pointer.
   * @param {number} number its place in the test set
   * @returns {Promise<void>}
   */
  async function stamp(number) {
    const image = await testImage(number);
    if (!image) return;
    sheet.stamp(createStamp(image.pixels));
    stamped = { number, label: image.label };
    predict();
  }

  /** @param {number | null} key */
  function digitOf(key) {
    const digit = DIGITS.findIndex((each) => actions.outputKey(each) === key);
    return digit < 0 ? null : digit;
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
    seen: prediction.seen,
    prediction: prediction.element,
    stamp,

    /** @returns {import("./teach.js").Read | null} what was read of a drawing of the visitor's own; null where there is none */
    own() {
      const [first] = sheet.present();
      if (sheet.isBlank || !sheet.isTouched || sheet.isExample || first?.kind !== "stroke") return null;
      const digit = reading?.digit ?? null;
      return reading && digit !== null ? { first, digit, pixels: reading.centred } : null;
    },

    last: TEST_DIGITS - 1,
    sheet,
    takeSteps,
    /** What is shown: the reading, and the digit that was chosen in its place. */
    shown: () => ({ reading, chosen }),
    /** @param {() => void} listener told of each reading, and of another choice @returns {() => void} ends that */
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /**
     * @param {State} state
     * @param {{ hovered: number | null, chosen: number | null }} keys
     */
    update({ run }, keys) {
      prediction.light(keys);
      const before = chosen;
      chosen = digitOf(keys.chosen);
      const number = actions.testDigitOf(keys.chosen);
      if (number !== picked) {
        picked = number;
        if (number !== null) stamp(number);
      }
      if (chosen !== before) {
        ink.renew();
        tellListeners();
      }
      training = run.playing;
      const predicting = run.jobs.slice(0, 2);
      racers = predicting.length > 1 ? predicting.map(({ name }) => context.say(name)) : [];
      const reports = predicting.map(({ report }) => report);
      const isSame =
        reports.length === seenReports.length && reports.every((each, at) => each === seenReports[at]);
      if (!reports[0] || isSame) return;
      seenReports = reports;
      example.beginSoon();
      predict().then(ink.renew);
    },
    end() {
      example.end();
      ink.end();
      pad.end();
      prediction.end();
    },
  };
}
