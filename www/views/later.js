// A part of the page that nobody needs at once: its script is fetched when what it shows is there.

import { h } from "./dom.js";

/** @typedef {import("../state/reducer.js").State} State */
/** @typedef {{ element: HTMLElement, update?: (state: State) => void, end: () => void }} Part */

/** Milliseconds until a script that could not be had is asked for again. */
const UNTIL_AGAIN = 5000;

/**
 * @param {() => Promise<Part>} load
 * @param {() => unknown} [subject] what it is about, where that may be missing
 * @returns {Required<Part>} an empty place until that is there, and the first job has reported, if there are any
 */
export function createLater(load, subject = () => true) {
  const element = h("div", { class: "later" });
  /** @type {Part | null} */
  let part = null;
  /** @type {State | null} */
  let last = null;
  let askedAt = -Infinity;
  let ended = false;

  async function fetchPart() {
    askedAt = performance.now();
    try {
      const loaded = await load();
      if (ended) return loaded.end();
      part = loaded;
      element.append(part.element);
      if (last) part.update?.(last);
    } catch {
      // Offline, or a page of an earlier version: what is in view does without.
    }
  }

  return {
    element,
    update(state) {
      last = state;
      if (part) return part.update?.(state);
      const { jobs, opening } = state.run;
      const hasReported = jobs.some(({ report }) => report !== null) || (jobs.length === 0 && !opening);
      if (hasReported && subject() && performance.now() - askedAt > UNTIL_AGAIN) fetchPart();
    },
    end() {
      ended = true;
      part?.end();
    },
  };
}
