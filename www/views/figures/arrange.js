// How figures share a stage of a given size.

/** @typedef {"wide" | "square" | "grid" | "cells" | "multiples"} Shape */

/** @typedef {{ shape: Shape, tiles: number }} Part `tiles`: how many small pictures of multiples there are */

/** What each shape is at its best: width by height. @type {Record<Shape, number>} */
const BEST = { wide: 2.2, square: 1, grid: 1.5, cells: 1.3, multiples: 1.6 };
/** More small pictures than this do not stand in one row. */
const MOST_IN_ROW = 6;
/** CSS pixels: no figure is made narrower, as long as it can stand below another instead. */
const LEAST_WIDTH = 220;
/** CSS pixels of a figure's caption. */
const CAPTION = 32;
/** The columns of the grid; what a figure spans is rounded to them. */
export const COLUMNS = 24;

/**
 * In rows of about as many figures each, in their order, so that their proportions come near what is best for them.
 * Within a row the width is shared out by these proportions.
 * @param {Part[]} parts
 * @param {{ width: number, height: number }} room CSS pixels
 * @returns {{ index: number, span: number }[][]} rows; the spans of each add up to `COLUMNS`
 */
export function arrange(parts, { width, height }) {
  /** @type {number[][]} */
  let best = [parts.map((_, index) => index)];
  let least = Infinity;
  for (let columns = 1; columns <= parts.length; columns++) {
    if (columns > 1 && width / columns < LEAST_WIDTH) break;
    const rows = split(parts.length, columns);
    const high = Math.max(1, height / rows.length - CAPTION);
    const strain = rows.reduce((sum, row) => {
      const whole = row.reduce((total, index) => total + BEST[parts[index].shape], 0);
      const each = (/** @type {number} */ index) =>
        strainOf(parts[index], (width * BEST[parts[index].shape]) / whole / high);
      return sum + row.reduce((total, index) => total + each(index), 0);
    }, 0);
    if (strain < least) [best, least] = [rows, strain];
  }
  return best.map((row) => shareOut(row, parts, Math.ceil((LEAST_WIDTH / width) * COLUMNS)));
}

/**
 * How far a place is from what is best for it.
 * @param {Part} part
 * @param {number} proportion width by height of the place
 */
function strainOf({ shape, tiles }, proportion) {
  // A few small pictures are at their best wherever they fill whole rows.
  const rows = shape === "multiples" && tiles > 1 && tiles <= MOST_IN_ROW ? tiles : 0;
  const best =
    rows > 0 ? Array.from({ length: rows }, (_, at) => (at + 1) / Math.ceil(rows / (at + 1))) : [BEST[shape]];
  return Math.min(...best.map((wanted) => Math.abs(Math.log(proportion / wanted))));
}

/**
 * @param {number[]} row
 * @param {Part[]} parts
 * @param {number} leastSpan
 */
function shareOut(row, parts, leastSpan) {
  const best = (/** @type {number} */ index) => BEST[parts[index].shape];
  const whole = row.reduce((total, index) => total + best(index), 0);
  const least = Math.min(leastSpan, Math.floor(COLUMNS / row.length));
  const spans = row.map((index) => Math.max(least, Math.round((COLUMNS * best(index)) / whole)));
  // What rounding gave too much or too little is made up for by the widest.
  const widest = spans.indexOf(Math.max(...spans));
  if (widest >= 0) spans[widest] += COLUMNS - spans.reduce((sum, span) => sum + span, 0);
  return row.map((index, at) => ({ index, span: spans[at] }));
}

/**
 * @param {number} count
 * @param {number} columns at most, in a row
 */
function split(count, columns) {
  const rows = Math.ceil(count / columns);
  /** @type {number[][]} */
  const result = [];
  for (let row = 0, next = 0; row < rows; row++) {
    const many = Math.ceil((count - next) / (rows - row));
    result.push(Array.from({ length: many }, (_, at) => next + at));
    next += many;
  }
  return result;
}
