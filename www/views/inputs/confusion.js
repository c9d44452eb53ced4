// The confusion matrix: how often each digit was taken for each digit. A cell shows the digits behind it.

import { h, setAttribute, setText, show } from "../dom.js";

/** @typedef {import("../dom.js").Context} Context @typedef {import("../../pkg/core.js").ConfusionAnswer} Confusion */

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
/** How strongly the fullest cell is shaded, of a hundred. */
const FULLEST = 40;

/**
 * @param {Context} context
 * @param {(actual: number, predicted: number) => void} open
 */
export function createConfusion({ words, language }, open) {
  const grouped = new Intl.NumberFormat(language);
  let active = 0;
  const cells = DIGITS.flatMap((actual) =>
    DIGITS.map((predicted) =>
      h("button", {
        type: "button",
        class: actual === predicted ? "right" : "wrong",
        tabindex: actual + predicted === 0 ? "0" : "-1",
        "aria-pressed": "false",
        on: { click: () => open(actual, predicted), focus: () => activate(10 * actual + predicted) },
      }),
    ),
  );
  const summary = h("p", { class: "help" });
  const heads = DIGITS.map((digit) => h("th", { scope: "col" }, String(digit)));
  const table = h(
    "table",
    { class: "confusion", on: { keydown } },
    h("caption", { class: "only-heard" }, words("confusion.caption")),
    h(
      "thead",
      {},
      h("tr", {}, h("th", { scope: "col", class: "corner" }, words("confusion.corner")), ...heads),
    ),
    h(
      "tbody",
      {},
      ...DIGITS.map((actual) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, String(actual)),
          ...cells.slice(10 * actual, 10 * actual + 10).map((cell) => h("td", {}, cell)),
        ),
      ),
    ),
  );
  const box = h("div", { class: "scroll-box", hidden: true }, table);
  const missing = h("p", { class: "missing" }, words("confusion.missing"));
  const element = h(
    "section",
    { class: "confusion-part" },
    h("h2", { class: "part-title" }, words("confusion.title")),
    summary,
    missing,
    box,
  );

  /** One stop for the Tab key; the arrows move within. @param {number} index */
  function activate(index) {
    cells[active].tabIndex = -1;
    active = index;
    cells[active].tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const column = (active % 10) + (Math.abs(by) === 1 ? by : 0);
    const next = active + by;
    if (column >= 0 && column <= 9 && next >= 0 && next <= 99) cells[next].focus();
  }

  return {
    element,
    /** @param {Confusion | null} confusion null before the network has been evaluated */
    fill(confusion) {
      show(missing, !confusion);
      show(box, Boolean(confusion));
      show(summary, Boolean(confusion));
      if (!confusion) return;
      const { counts, accuracy, iteration } = confusion;
      const total = counts.reduce((sum, count) => sum + count, 0);
      setText(
        summary,
        words("confusion.summary", {
          percent: (100 * accuracy).toFixed(2),
          total: grouped.format(total),
          iteration: grouped.format(iteration),
        }),
      );
      const most = { right: 1, wrong: 1 };
      counts.forEach((count, at) => {
        const side = at % 11 === 0 ? "right" : "wrong";
        most[side] = Math.max(most[side], count);
      });
      counts.forEach((count, at) => {
        const [actual, predicted] = [Math.floor(at / 10), at % 10];
        setText(cells[at], String(count));
        setAttribute(cells[at], "aria-label", words("confusion.cell", { actual, predicted, count }));
        // By the root, or all but the largest would look alike.
        const share = Math.sqrt(count / most[actual === predicted ? "right" : "wrong"]);
        cells[at].style.setProperty("--share", `${Math.round(FULLEST * share)}%`);
      });
    },

    /**
     * Marks the cell whose digits are shown.
     * @param {number | null} actual
     * @param {number | null} predicted
     */
    mark(actual, predicted) {
      const chosen = actual === null || predicted === null ? -1 : 10 * actual + predicted;
      cells.forEach((cell, at) => setAttribute(cell, "aria-pressed", String(at === chosen)));
    },
  };
}
