// Digits of the test set with how the present net reads them; the wrong ones are marked.

import { createChart } from "./charts.js";
import { atMostEvery, h, setText, show, uniqueId } from "./dom.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../worker/protocol.js").DigitsShown} DigitsShown */
/** @typedef {{ truth: number | null, reading: number | null, wrongOnly: boolean }} Filter */

/** How many are shown at once. */
const MOST = 60;
/** Filled a little before it is scrolled to. */
const NEARBY = { rootMargin: "300px" };
/** Milliseconds between two looks at a net that is being trained. */
const BETWEEN_LOOKS = 1500;

/**
 * @param {Context} context
 * @param {(number: number) => void} pick takes the number of a digit that is to go onto the pad
 */
export function createDigitGallery(context, pick) {
  const { words, actions } = context;
  /** @type {Filter} */
  let filter = { truth: null, reading: null, wrongOnly: false };
  /** @type {DigitsShown | null} */
  let shown = null;
  let visible = false;
  let resting = true;
  let asking = false;

  const wrongOnly = h("input", {
    type: "checkbox",
    id: uniqueId("wrong"),
    on: { change: () => choose({ wrongOnly: wrongOnly.checked }) },
  });
  const truth = digitChoice("truth", words("gallery.any"), (digit) => choose({ truth: digit }));
  const reading = digitChoice("reading", words("gallery.any"), (digit) => choose({ reading: digit }));
  const load = h(
    "button",
    { type: "button", on: { click: () => actions.load(["test"]) } },
    words("gallery.load"),
  );
  const missing = h("div", { class: "missing" }, h("p", {}, words("gallery.missing")), load);
  const none = h("p", { class: "missing", hidden: true }, words("gallery.none"));
  const same = (/** @type {string} */ key) => ({ en: words(key), zh: words(key) });
  const chart = createChart(
    { name: "test-digits", title: same("gallery.title"), help: { en: "", zh: "" }, shape: "grid" },
    context,
  );
  chart.onPick((index) => {
    if (shown) pick(shown.indices[index]);
  });
  const count = h("p", { class: "help" });
  const filters = h(
    "div",
    { class: "filters" },
    h("span", {}, wrongOnly, h("label", { for: wrongOnly.id }, words("gallery.wrong-only"))),
    h("span", {}, h("label", { for: truth.id }, words("gallery.truth")), truth),
    h("span", {}, h("label", { for: reading.id }, words("gallery.reading")), reading),
  );
  const element = h(
    "section",
    { class: "gallery panel", tabindex: "-1", "aria-label": words("gallery.title") },
    filters,
    missing,
    none,
    chart.element,
  );
  show(chart.element, false);
  chart.element.querySelector("figcaption")?.after(count);

  /** @param {Partial<Filter>} change */
  function choose(change) {
    filter = { ...filter, ...change };
    wrongOnly.checked = filter.wrongOnly;
    truth.value = String(filter.truth ?? "");
    reading.value = String(filter.reading ?? "");
    look();
  }

  async function look() {
    if (asking) return;
    asking = true;
    const asked = filter;
    try {
      const found = /** @type {DigitsShown} */ (await actions.ask("digits", { ...asked, most: MOST }));
      shown = found;
      show(missing, false);
      show(none, found.indices.length === 0);
      show(chart.element, found.indices.length > 0);
      setText(count, words("gallery.count", { shown: found.indices.length, count: found.count }));
      if (found.indices.length > 0) chart.show([found.chart]);
    } catch {
      // Before the test digits are there the part says so, and offers them.
      show(missing, shown === null);
    } finally {
      asking = false;
      if (asked !== filter) look();
    }
  }
  // Out of sight it is left alone while a training keeps the worker busy.
  const lookSoon = atMostEvery(BETWEEN_LOOKS, () => {
    if (visible || resting) look();
  });
  const sights = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    if (visible) lookSoon();
  }, NEARBY);
  sights.observe(element);

  return {
    element,
    choose,
    /** @param {boolean} playing whether it will soon change again */
    netChanged(playing) {
      resting = !playing;
      lookSoon();
    },
    /** @param {boolean} loading */
    update(loading) {
      load.disabled = loading;
      setText(load, words(loading ? "gallery.loading" : "gallery.load"));
    },
    end() {
      sights.disconnect();
      chart.end();
    },
  };
}

/**
 * @param {string} name
 * @param {string} any
 * @param {(digit: number | null) => void} choose
 */
function digitChoice(name, any, choose) {
  const select = h(
    "select",
    { id: uniqueId(name), on: { change: () => choose(select.value === "" ? null : Number(select.value)) } },
    h("option", { value: "" }, any),
    ...Array.from({ length: 10 }, (_, digit) => h("option", { value: String(digit) }, String(digit))),
  );
  return select;
}
