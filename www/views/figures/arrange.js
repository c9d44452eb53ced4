// How figures share a stage of a given size.

/** @typedef {"wide" | "square" | "grid" | "cells" | "multiples"} Shape */

/** What each shape is at its best: width by height. @type {Record<Shape, number>} */
const BEST = { wide: 2.2, square: 1, grid: 1.5, cells: 1.3, multiples: 1.6 };
/** CSS pixels: no figure is made narrower, as long as it can stand below another instead. */
const LEAST_WIDTH = 220;
/** CSS pixels of a figure's caption. */
const CAPTION = 32;
/** The columns of the grid; what a figure spans is rounded to them. */
export const COLUMNS = 24;

/**
 * In rows of about as many figures each, in their order, so that their proportions come near what is best for them.
 * Within a row the width is shared out by these proportions.
 * @param {Shape[]} shapes
 * @param {{ width: number, height: number }} room CSS pixels
 * @returns {{ index: number, span: number }[][]} rows; the spans of each add up to `COLUMNS`
 */
export function arrange(shapes, { width, height }) {
  /** @type {number[][]} */
  let best = [shapes.map((_, index) => index)];
  let least = Infinity;
  for (let columns = 1; columns <= shapes.length; columns++) {
    if (columns > 1 && width / columns < LEAST_WIDTH) break;
    const rows = split(shapes.length, columns);
    const high = Math.max(1, height / rows.length - CAPTION);
    const strain = rows.reduce((sum, row) => {
      const whole = row.reduce((total, index) => total + BEST[shapes[index]], 0);
      return sum + row.length * Math.abs(Math.log(width / whole / high));
    }, 0);
    if (strain < least) [best, least] = [rows, strain];
  }
  return best.map((row) => shareOut(row, shapes, Math.ceil((LEAST_WIDTH / width) * COLUMNS)));
}

/**
 * @param {number[]} row
 * @param {Shape[]} shapes
 * @param {number} leastSpan
 */
function shareOut(row, shapes, leastSpan) {
  const whole = row.reduce((total, index) => total + BEST[shapes[index]], 0);
  const least = Math.min(leastSpan, Math.floor(COLUMNS / row.length));
  const spans = row.map((index) => Math.max(least, Math.round((COLUMNS * BEST[shapes[index]]) / whole)));
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
