// The test digits of the first job's network: the confusion matrix, and the digits themselves.

import { createConfusion } from "./confusion.js";
import { createGallery } from "./gallery.js";
import { createTestImageInput } from "./test-image.js";
import { ALL_TEST_DIGITS } from "./drawing-part.js";
import { atMostEvery, h, setText, show } from "../dom.js";

/** @typedef {import("./gallery.js").Filter} Filter @typedef {import("../../state/reducer.js").State} State */

/** How many are shown at once. */
const MOST = 60;
/** Milliseconds between two looks at a network that is being trained. */
const BETWEEN_LOOKS = 1500;

/**
 * @param {import("../dom.js").Context} context
 * @param {import("./drawing-part.js").DrawingPart | null} drawing whose pad takes a digit that is chosen
 */
export function createTestDigits(context, drawing) {
  const { words, actions } = context;
  /** @type {Filter} */
  let filter = { actual: null, predicted: null, mistakesOnly: true };
  const pick = drawing && ((/** @type {number} */ number) => void takeToPad(number));
  const gallery = createGallery(context, choose, pick);
  const confusion = createConfusion(context, (actual, predicted) => {
    // A second press on the same cell shows all again.
    const same = filter.actual === actual && filter.predicted === predicted;
    choose(same ? { actual: null, predicted: null } : { actual, predicted, mistakesOnly: false });
  });
  const load = h(
    "button",
    { type: "button", on: { click: () => actions.load(ALL_TEST_DIGITS) } },
    words("gallery.load"),
  );
  const missing = h("div", { class: "missing" }, h("p", {}, words("gallery.missing")), load);
  const number = drawing && createTestImageInput(context, drawing);
  const element = h(
    "div",
    { class: "test-digits" },
    missing,
    confusion.element,
    h("div", { class: "gallery-side" }, gallery.element, number?.element ?? null),
  );
  let visible = false;
  let asking = false;
  let askAgain = false;
  let found = false;
  let asked = false;
  let training = false;
  /** @type {unknown} */
  let seenReport = null;
  gallery.showFilter(filter);

  /** @param {number} which */
  async function takeToPad(which) {
    await drawing?.stamp(which);
    drawing?.pad.scrollIntoView({ block: "nearest" });
  }

  /** @param {Partial<Filter>} change */
  function choose(change) {
    filter = { ...filter, ...change };
    gallery.showFilter(filter);
    confusion.mark(filter.actual, filter.predicted);
    look();
  }

  async function look() {
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const digits = await actions.ask("digits", { ...filter, most: MOST });
      gallery.fill(digits);
      found = true;
      confusion.fill(await actions.ask("confusion"));
    } catch {
      // Before the test digits are there this part says so, and offers them.
      confusion.fill(null);
    } finally {
      asking = false;
    }
    show(missing, !found);
    show(gallery.element, found);
    if (!askAgain) return;
    askAgain = false;
    look();
  }

  /** Who unfolds this part wants to see it, unless every byte counts. */
  function loadUnasked() {
    const connection = /** @type {{ saveData?: boolean } | undefined} */ (
      Reflect.get(navigator, "connection")
    );
    if (asked || connection?.saveData) return;
    asked = true;
    actions.load(ALL_TEST_DIGITS);
  }

  const lookSoon = atMostEvery(BETWEEN_LOOKS, () => {
    if (visible) look();
  });
  // Folded away or out of sight it is left alone.
  const sights = new IntersectionObserver((changes) => {
    visible = changes.some(({ isIntersecting }) => isIntersecting);
    if (!visible) return;
    loadUnasked();
    lookSoon();
  });
  sights.observe(element);
  show(gallery.element, false);

  return {
    element,
    /** @param {State} state */
    update({ run, loading }) {
      load.disabled = loading !== null;
      setText(load, words(loading ? "gallery.loading" : "gallery.load"));
      const report = run.jobs[0]?.report ?? null;
      // At rest the evaluation may come later than the last report.
      if (report === seenReport && run.playing === training) return;
      seenReport = report;
      training = run.playing;
      lookSoon();
    },
    end: () => sights.disconnect(),
  };
}
