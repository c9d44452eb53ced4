// One picture on a canvas: its size, its drawing, and what lies over it (handles, read-out, options of a list).

import { createFading } from "./fading.js";
import { addGrips } from "./grips.js";
import { addReadout } from "./readout.js";
import { addTurning } from "./turning.js";
import { fitted, grown, leastHeight } from "./fit.js";
import { atMostEvery, h, inNextFrame, onceQuiet, setAttribute, setText, uniqueId } from "../dom.js";
import { isDark, onScreenChange, pixelRatio } from "../screen.js";

/** @typedef {import("../dom.js").Context} Context */
/** @typedef {import("../../pkg/labs.js").Picture} Picture @typedef {import("../../pkg/labs.js").Look} Look */
/** @typedef {ReturnType<typeof createPlot>} Plot */

/** Milliseconds between two drawings of many small images, which cost most, and the share of the time they may take. */
const BETWEEN_GRIDS = 33;
const GRIDS_AT_MOST = 0.2;
/** Milliseconds without a new picture after which the summary for screen readers is renewed. */
const QUIET = 1500;
/** How many values the summary names. */
const MOST_VALUES = 8;

/**
 * @param {Context} context
 * @param {{ name: string, title: string, square: boolean, fills: () => boolean }} options `name`: by which the picture is
 *   remembered; `square`: whether a plane is as wide as tall; `fills`: whether the place has a height of its own, which
 *   the picture fills
 */
export function createPlot(context, { name, title, square, fills }) {
  const summaryId = uniqueId("summary");
  const canvas = h("canvas", { "aria-hidden": "true" });
  const summary = h("p", { class: "only-heard", id: summaryId });
  const frame = h("div", {
    class: "plot",
    tabindex: "0",
    // Until its first picture says what it is.
    role: "application",
    "aria-label": title,
    "aria-describedby": summaryId,
  });
  const element = h("div", { class: "plot-place" }, frame, summary);
  frame.append(canvas);

  /** @type {Picture | null} */
  let picture = null;
  let drawn = false;
  /** Milliseconds that the last drawing took. */
  let cost = 0;
  let ended = false;
  /** Whether the picture has a height of its own. */
  let own = false;
  /** @type {number | null} */
  let highlight = null;
  /** CSS pixels of the place, kept because asking the page for them many times a second lays it out each time. */
  let place = { width: 0, height: 0 };
  let size = { width: 0, height: 0 };

  const fading = createFading(canvas);

  const shown = () => (drawn ? picture : null);
  const turning = addTurning({ frame, name, picture: () => picture, redraw: () => inNextFrame(draw) });
  const grips = addGrips({ frame, canvas, context, picture: shown, size: () => size });
  const readout = addReadout({ host: element, frame, canvas, context, picture: shown, size: () => size });

  /** @returns {Look} */
  function look() {
    return {
      ...size,
      ratio: pixelRatio(),
      dark: isDark(),
      chinese: context.language === "zh",
      ...turning.look(),
      ...(highlight === null ? {} : { highlight }),
    };
  }

  function draw() {
    if (ended || !picture || place.width === 0) return;
    const wanted = sizeWanted(picture);
    // Only a height that the picture asks for is set; elsewhere the stylesheet has the last word.
    own = Number.isFinite(wanted.height);
    setAttribute(element, "data-own-height", own ? "" : null);
    frame.style.height = own ? `${wanted.height}px` : "";
    frame.style.width = wanted.width < place.width ? `${wanted.width}px` : "";
    element.style.minHeight = own ? `${fills() ? leastHeight(picture, place.width) : wanted.height}px` : "";
    size = { width: wanted.width, height: own ? wanted.height : place.height };
    if (size.width < 1 || size.height < 1) return;
    fading.before(size);
    const began = performance.now();
    picture.draw(canvas, look());
    cost = performance.now() - began;
    drawn = true;
    readout.takeRole(picture);
    grips.renew();
    readout.renew();
    summarizeSoon.ask();
  }

  /**
   * Where the place has a height: images fill it, a plane on a square place is as wide as tall, and what has a height of
   * its own is made to fit.
   * @param {Picture} present
   */
  function sizeWanted(present) {
    if (!fills()) return fitted(present, { ...place, height: Infinity });
    if (present.kind === "image-grid") return { width: place.width, height: Infinity };
    const isSquare = square && present.kind === "plane";
    if (present.kind === "diagram") return grown(fitted(present, place), place);
    return fitted(present, isSquare ? { ...place, width: Math.min(place.width, place.height) } : place);
  }

  const drawOften = atMostEvery(
    () => Math.max(BETWEEN_GRIDS, cost / GRIDS_AT_MOST),
    () => inNextFrame(draw),
  );

  // Changing the words of a focused element while it learns would make some screen readers speak without end.
  function summarize() {
    if (ended || !picture) return;
    const { columns, rows } = picture.table();
    const last = rows.at(-1) ?? [];
    const values = columns.map((column, at) => `${context.say(column)} ${last[at] ?? "–"}`);
    const images = picture.images();
    setText(
      summary,
      images
        ? context.words("figure.images", { count: images.count })
        : values.slice(0, MOST_VALUES).join(", "),
    );
  }
  const summarizeSoon = onceQuiet(QUIET, summarize);
  frame.addEventListener("focus", summarize);

  const sizes = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = element;
    if (width === place.width && (height === place.height || (own && !fills()))) return;
    place = { width, height };
    inNextFrame(draw);
  });
  sizes.observe(element);
  const screen = onScreenChange(() => inNextFrame(draw));

  return {
    element,
    frame,
    picture: () => picture,
    look,
    redraw: () => inNextFrame(draw),

    /**
     * @param {Picture} next which this plot frees in the end
     * @param {{ replaced?: boolean, moving?: boolean }} [how] `replaced`: whether it is of another network than the picture
     *   before; `moving`: whether it is one of many in a row
     */
    show(next, { replaced = false, moving = false } = {}) {
      if (ended) return next.free();
      if (picture) {
        next.replace(picture);
        if (!moving) fading.changed();
        // Curves begin again, which is no change of what they show.
        if (replaced && next.kind !== "plane") fading.replaced();
      }
      picture = next;
      drawn = false;
      setAttribute(frame, "data-kind", next.kind);
      if (next.kind === "image-grid") drawOften();
      else inNextFrame(draw);
    },

    /**
     * @param {number | null} key what is pointed at, here or elsewhere
     * @param {number | null} chosen
     */
    light(key, chosen) {
      readout.chosen = chosen;
      if (key === highlight) return;
      highlight = key;
      if (picture) fading.changed();
      inNextFrame(draw);
    },

    end() {
      ended = true;
      sizes.disconnect();
      screen();
      summarizeSoon.end();
      grips.end();
      picture?.free();
      picture = null;
    },
  };
}
