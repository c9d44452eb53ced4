// The stage: a lab's main figures, as large as the screen allows, and beside them the pad and its prediction where the
// lab takes a drawing.

import { arrange, COLUMNS } from "./figures/arrange.js";
import { h, inNextFrame, setAttribute, show } from "./dom.js";

/** @typedef {import("./figures/figure.js").Figure} Figure */

/** CSS pixels: below this width figures stand below each other. */
const NARROW = 640;
/** CSS pixels: as much is left beside square figures, curves stand there instead of below. */
const LEAST_BESIDE = 320;
/** The share of the height that curves leave to what stands above them. */
const UPPER = 0.72;
/** CSS pixels between the upper and the lower part. */
const GAP = 10;

/**
 * @param {Figure[]} figures
 * @param {HTMLElement[] | null} drawing the pad, the prediction, and how the drawing becomes the input
 */
export function createStage(figures, drawing) {
  let isDrawn = drawing !== null;
  // Curves over time stand in a strip of their own, as evidence for what the others show.
  const blocks = h("div", { class: "blocks", "data-part": drawing ? "network" : null });
  const curves = h("div", { class: "curves" });
  const top = h("div", { class: "stage-top" }, ...(drawing ?? []), blocks);
  const element = h(
    "div",
    { class: "stage", "data-part": "stage", "data-drawing": drawing ? "" : null },
    top,
    curves,
  );
  let size = { width: 0, height: 0 };
  let laidOut = "";

  function layOut() {
    const { width, height } = size;
    if (width === 0) return;
    const narrow = width < NARROW;
    const shown = figures.filter((figure) => figure.isShown);
    const key = `${width} ${height} ${isDrawn} ${shown.map((figure) => `${figure.slot.name} ${figure.kind()} ${figure.tiles}`)}`;
    if (key === laidOut) return;
    laidOut = key;
    for (const figure of figures) {
      const home = isCurve(figure) ? curves : blocks;
      if (figure.place.parentElement !== home) home.append(figure.place);
      figure.setFills(!narrow);
    }
    const upper = shown.filter((figure) => !isCurve(figure));
    const lower = shown.filter(isCurve);
    const both = (upper.length > 0 || isDrawn) && lower.length > 0;
    const squares = upper.length > 0 && upper.every(({ slot }) => slot.shape === "square");
    const beside = both && !isDrawn && !narrow && squares && upper.length * height + LEAST_BESIDE <= width;
    setAttribute(element, "data-narrow", narrow ? "" : null);
    setAttribute(element, "data-beside", beside ? "" : null);
    setAttribute(element, "data-blocks", String(upper.length));
    setAttribute(element, "data-curves", String(lower.length));
    top.style.flexBasis = beside ? `${upper.length * height}px` : "";
    const { clientWidth } = blocks;
    const free = height * (both && !beside ? UPPER : 1);
    // Beside a pad the units and what they say stand side by side wherever they can.
    place(blocks, upper, narrow, {
      width: clientWidth,
      height: isDrawn ? Math.min(free, clientWidth / 2) : free,
    });
    const [only, ...others] = both && !beside && !narrow && !isDrawn ? upper : [];
    // Small pictures may need less than their share; what they leave is for the curves.
    const needed = only && others.length === 0 ? only.heightIn({ width: clientWidth, height: free }) : null;
    curves.style.height = needed && needed < free ? `${height - needed - GAP}px` : "";
    // Below something else curves stand in one row, beside it in one column.
    place(curves, lower, narrow, {
      width: beside ? 1 : width,
      height: both && !beside ? 1 : height,
    });
  }

  const measure = () => ({ width: element.clientWidth, height: element.clientHeight });
  const sizes = new ResizeObserver(() => {
    const now = measure();
    if (now.width === size.width && now.height === size.height) return;
    size = now;
    inNextFrame(layOut);
  });
  sizes.observe(element);
  for (const figure of figures) {
    (isCurve(figure) ? curves : blocks).append(figure.place);
    figure.onKind(() => inNextFrame(layOut));
  }

  return {
    element,
    /** Whether one of its figures is there. */
    isShown: () => figures.some((figure) => figure.isShown),
    update() {
      // Not a frame late at first: what is seen of it would jump.
      if (size.width === 0) size = measure();
      layOut();
    },
    /** @param {boolean} now whether the pad stands beside the figures, where the lab has one */
    showDrawing(now) {
      if (!drawing || now === isDrawn) return;
      isDrawn = now;
      for (const part of drawing) show(part, now);
      setAttribute(element, "data-drawing", now ? "" : null);
      layOut();
    },
    end: () => sizes.disconnect(),
  };
}

/** @param {Figure} figure */
const isCurve = (figure) => figure.slot.shape === "wide" && figure.kind() !== "diagram";

/**
 * @param {HTMLElement} grid
 * @param {Figure[]} figures
 * @param {boolean} narrow
 * @param {{ width: number, height: number }} room
 */
function place(grid, figures, narrow, room) {
  const parts = figures.map(({ slot, tiles }) => ({ shape: slot.shape, tiles }));
  const rows = narrow ? parts.map((_, index) => [{ index, span: COLUMNS }]) : arrange(parts, room);
  grid.style.gridTemplateRows = narrow ? "" : `repeat(${Math.max(1, rows.length)}, minmax(min-content, 1fr))`;
  rows.forEach((row, line) => {
    let column = 1;
    for (const { index, span } of row) {
      figures[index].place.style.gridArea = `${line + 1} / ${column} / auto / span ${span}`;
      column += span;
    }
  });
}
