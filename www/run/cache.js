// What the runs of a lab had come to when it was left, to be brought back as it was.

import { isEqual } from "./match.js";

/** @typedef {import("./marks.js").Mark} Mark @typedef {import("../state/reducer.js").Source} Source */
/** @typedef {import("../pkg/core.js").JobReport} JobReport */
/**
 * @typedef {object} Kept
 * @property {string} lab
 * @property {Uint8Array} task
 * @property {Source} source
 * @property {boolean} pure whether the task alone has led here, from the seed and without a change on the way, so that the
 *   same task in another lab would come to the same
 * @property {string | null} [net] which network stood in when it began; nothing of what an earlier page has kept
 * @property {number} done steps
 * @property {unknown} [own] the visitor's digits that it learned, if any: another list is of others
 * @property {JobReport | null} report null for what an earlier page has kept, whose mark is read when it is asked for
 * @property {Promise<Mark | null>} mark
 */

/** Bytes of marks that are kept; the oldest are given up first. */
const MOST = 96_000_000;

/** @typedef {ReturnType<typeof createCache>} Cache */

/** @param {Kept[]} [kept] what there is from an earlier page, the oldest first */
export function createCache(kept = []) {
  async function makeRoom() {
    let bytes = 0;
    for (const entry of kept.toReversed()) {
      if (!entry.report) continue;
      bytes += (await entry.mark)?.bytes.length ?? 0;
      if (bytes > MOST) kept = kept.filter((each) => each !== entry);
    }
  }

  return {
    /** @param {Kept} entry */
    put(entry) {
      kept = kept.filter(({ lab, task }) => lab !== entry.lab || !isEqual(task, entry.task));
      kept.push(entry);
      makeRoom();
    },

    /**
     * @param {string} lab
     * @param {Uint8Array} task
     * @returns {Kept | undefined} what the lab itself left, else what another one came to by the same task
     */
    take(lab, task) {
      const same = kept.filter((entry) => isEqual(entry.task, task));
      const own = same.find((entry) => entry.lab === lab);
      // It is alive again, and will be kept again.
      if (own) kept = kept.filter((entry) => entry !== own);
      return own ?? same.find(({ pure, source }) => pure && source === "seed");
    },

    clear() {
      kept = [];
    },
  };
}
