// The confusion matrix: how often each digit was read as each digit. A cell opens the digits behind it.

import { atMostEvery, h, setAttribute, setText, show } from "./dom.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../worker/protocol.js").Confusion} Confusion */

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
/** Milliseconds between two looks at a net that is being trained. */
const BETWEEN_LOOKS = 1000;
/** Filled a little before it is scrolled to. */
const NEARBY = { rootMargin: "300px" };

/**
 * @param {Context} context
 * @param {(truth: number, reading: number) => void} open
 */
export function createConfusion({ words, actions }, open) {
  let visible = false;
  let resting = true;
  let asking = false;
  let active = 0;
  const cells = DIGITS.flatMap((truth) =>
    DIGITS.map((reading) =>
      h("button", {
        type: "button",
        class: truth === reading ? "right" : "wrong",
        tabindex: truth + reading === 0 ? "0" : "-1",
        on: { click: () => open(truth, reading), focus: () => activate(10 * truth + reading) },
      }),
    ),
  );
  const summary = h("p", { class: "help" });
  const table = h(
    "table",
    { class: "confusion" },
    h("caption", { class: "only-heard" }, words("confusion.caption")),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, words("confusion.corner")),
        ...DIGITS.map((digit) => h("th", { scope: "col" }, String(digit))),
      ),
    ),
    h(
      "tbody",
      {},
      ...DIGITS.map((truth) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, String(truth)),
          ...cells.slice(10 * truth, 10 * truth + 10).map((cell) => h("td", {}, cell)),
        ),
      ),
    ),
  );
  const box = h(
    "div",
    { class: "scroll-box", tabindex: "0", role: "region", "aria-label": words("confusion.title") },
    table,
  );
  const missing = h("p", { class: "missing" }, words("confusion.missing"));
  const element = h(
    "section",
    { class: "confusion-part panel" },
    h("h2", {}, words("confusion.title")),
    summary,
    missing,
    box,
  );
  show(box, false);

  /** One stop for the Tab key; the arrows move within. @param {number} index */
  function activate(index) {
    cells[active].tabIndex = -1;
    active = index;
    cells[active].tabIndex = 0;
  }

  table.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const column = (active % 10) + (Math.abs(by) === 1 ? by : 0);
    const next = active + by;
    if (column >= 0 && column <= 9 && next >= 0 && next <= 99) cells[next].focus();
  });

  async function look() {
    if (asking) return;
    asking = true;
    try {
      const found = /** @type {Confusion | null} */ (await actions.ask("confusion"));
      show(missing, !found);
      show(box, Boolean(found));
      if (found) fill(found);
    } catch {
      // Not ready yet; the next view of the run asks again.
    } finally {
      asking = false;
    }
  }

  /** @param {Confusion} confusion */
  function fill({ counts, accuracy, iteration }) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    setText(summary, words("confusion.summary", { percent: (100 * accuracy).toFixed(2), total, iteration }));
    const most = { right: 1, wrong: 1 };
    counts.forEach((count, at) => {
      const side = at % 11 === 0 ? "right" : "wrong";
      most[side] = Math.max(most[side], count);
    });
    counts.forEach((count, at) => {
      const [truth, reading] = [Math.floor(at / 10), at % 10];
      setText(cells[at], String(count));
      setAttribute(cells[at], "aria-label", words("confusion.cell", { truth, reading, count }));
      // By the root, or all but the largest would look alike.
      cells[at].style.setProperty(
        "--share",
        `${Math.round(40 * Math.sqrt(count / most[truth === reading ? "right" : "wrong"]))}%`,
      );
    });
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
    /** @param {boolean} playing whether the net will soon change again */
    netChanged(playing) {
      resting = !playing;
      lookSoon();
    },
    end: () => sights.disconnect(),
  };
}
