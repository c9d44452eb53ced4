// A page that comes in pieces shows its figures, and what stands below them, once they have found their places: nothing
// that is seen jumps.

import { isWorkLate } from "./dom.js";

/** Frames in a row in which nothing moves before it is shown; more of them while workers are asked for what is seen. */
const STILL = { shown: 3, asked: 12 };
/** Milliseconds after the first figure at which the rest is waited for no longer. */
const LONGEST = 2000;

/**
 * @param {HTMLElement} page carries `data-settling` until then
 * @param {HTMLElement[]} parts what may still grow
 * @param {() => boolean} isAwaiting whether workers are asked for what is seen, and have not answered
 */
export function createSettling(page, parts, isAwaiting) {
  let frames = 0;
  let isWaiting = false;
  let isOver = false;
  let timer = 0;
  const sizes = new ResizeObserver(() => (frames = 0));
  page.setAttribute("data-settling", "");
  for (const part of parts) sizes.observe(part);

  function wait() {
    if (isOver) return;
    frames = isWorkLate() ? 0 : frames + 1;
    if (frames > (isAwaiting() ? STILL.asked : STILL.shown)) end();
    else requestAnimationFrame(wait);
  }

  function end() {
    isOver = true;
    clearTimeout(timer);
    sizes.disconnect();
    page.removeAttribute("data-settling");
  }

  return {
    /**
     * @param {boolean} isThere whether a figure is there
     * @param {boolean} isComplete and all that is known to come
     */
    update(isThere, isComplete) {
      if (isOver || !isThere) return;
      timer ||= setTimeout(end, LONGEST);
      if (!isComplete || isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(wait);
    },
    end,
  };
}
