// How fast steps are taken: as fast as possible, so many a second, or slowly at first. Shared by page and worker.

/** @typedef {number | null | "slow-start"} Pace steps a second, null for full speed, or slowly at first */

/** Slowly enough at first to see what the first steps do. */
export const SLOW_START = "slow-start";

/** Steps a second at the very beginning, and how many more with each step: 100 steps take 2.5 s, 600 take 5.5 s. */
const AT_FIRST = 20;
const MORE = 0.51;
/** Full speed from here on. */
const SLOW_UNTIL = 600;

/**
 * @param {Pace} pace
 * @param {number} done steps
 * @returns {number | null} the steps a second at this point, null for as fast as possible
 */
export function stepsPerSecond(pace, done) {
  if (pace !== SLOW_START) return pace;
  return done < SLOW_UNTIL ? AT_FIRST + MORE * done : null;
}

/**
 * @param {unknown} value
 * @returns {value is Pace}
 */
export function isPace(value) {
  return value === null || value === SLOW_START || (Number.isFinite(value) && Number(value) > 0);
}
