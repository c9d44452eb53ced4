// The page of one lab, put together from its description. A lab whose figure is touched adds its own parts.

import { createChart } from "./charts.js";
import { createControls } from "./controls.js";
import { createRunBar } from "./run-bar.js";
import { createRunTable, mergeTables } from "./table.js";
import { createTries } from "./tries.js";
import { h, setAttribute, show } from "./dom.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../worker/protocol.js").Lab} Lab @typedef {import("./charts.js").ChartView} ChartView */
/**
 * What a file in `labs/` makes for its lab.
 * @typedef {object} Touch
 * @property {HTMLElement[]} [beside] a column of its own, before the controls
 * @property {HTMLElement[]} [below] wide parts under the figures
 * @property {(state: State) => void} [update]
 * @property {() => void} [end]
 *
 * @typedef {(parts: { lab: Lab, context: Context, charts: Map<string, ChartView> }) => Touch} MakeTouch
 */

/**
 * @param {Lab} lab
 * @param {Context} context
 * @param {MakeTouch | undefined} makeTouch
 */
export function createLabPage(lab, context, makeTouch) {
  const { words, say } = context;
  const charts = new Map(lab.charts.map((chart) => [chart.name, createChart(chart, context)]));
  const touch = makeTouch?.({ lab, context, charts }) ?? {};
  const runBar = createRunBar(lab, context);
  const controls = createControls(lab, context);
  const table = createRunTable(context);
  const tries = createTries(lab, context);

  const formula = h("div", { class: "formula" });
  // The markup is our own, from the lab's Rust source; nothing a visitor typed gets here.
  formula.innerHTML = lab.formula;
  const widths = focusWhenScrolled(formula);

  const figures = lab.charts.map(({ name }) => charts.get(name)?.element ?? "");
  const element = h(
    "article",
    { class: touch.beside ? "lab has-beside" : "lab", "data-lab": lab.id },
    h(
      "header",
      { class: "lab-head" },
      h("p", { class: "lab-book" }, words("lab.book", { section: lab.book })),
      h("h1", { tabindex: "-1" }, say(lab.title)),
      h("p", { class: "intro" }, say(lab.intro)),
      lab.formula ? formula : null,
    ),
    h(
      "div",
      { class: "lab-body" },
      touch.beside ? h("div", { class: "lab-beside" }, ...touch.beside, tries) : null,
      h("div", { class: "lab-run" }, runBar.element),
      h(
        "div",
        { class: "lab-figures" },
        h("div", { class: "figures", "data-count": figures.length }, ...figures),
        table.element,
      ),
      h("div", { class: "lab-controls" }, controls.element, touch.beside ? null : tries),
    ),
    h("div", { class: "lab-below" }, ...(touch.below ?? [])),
  );

  /** @param {State} state */
  function showCharts({ run: { views } }) {
    const known = views.find((view) => view !== null);
    for (const chart of charts.values()) {
      const parts = views.flatMap((view) => view?.charts.filter(({ name }) => name === chart.name) ?? []);
      if (parts.length > 0) chart.show(parts.map(({ bytes }) => bytes));
      // Some figures belong to some settings only.
      if (known) show(chart.element, parts.length > 0);
    }
  }

  return {
    element,
    /** @param {State} state */
    update(state) {
      runBar.update(state);
      controls.update(state);
      showCharts(state);
      const merged = mergeTables(state.run.views);
      if (merged) table.show(merged);
      touch.update?.(state);
    },
    end() {
      widths.disconnect();
      touch.end?.();
      for (const chart of charts.values()) chart.end();
    },
  };
}

/**
 * A box that is wider than its place can be scrolled; then, and only then, the keyboard has to reach it.
 * @param {HTMLElement} box
 * @returns {ResizeObserver}
 */
function focusWhenScrolled(box) {
  const observer = new ResizeObserver(() => {
    setAttribute(box, "tabindex", box.scrollWidth > box.clientWidth ? "0" : null);
  });
  observer.observe(box);
  return observer;
}
