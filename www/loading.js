// Brings MNIST to the workers, tells how far that is, and offers to try again when it fails.

import { AnswerError, innermost } from "./worker/client.js";
import { problemOf } from "./worker/protocol.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./state/reducer.js").Notice} Notice @typedef {import("./worker/protocol.js").Split} Split */

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {import("./worker/fleet.js").Fleet} options.fleet
 * @param {(kind: "error", code: string, more: Partial<Notice>) => void} options.raise
 */
export function createLoading({ store, fleet, raise }) {
  /** The last loading that has not ended yet. @type {object | null} */
  let present = null;
  /** What a worker took with it when it died. @type {Split[] | null} */
  let interrupted = null;

  /**
   * Loads what is still missing of these splits; those already under way are waited for, not asked for twice.
   * @param {Split[]} splits
   * @returns {Promise<void>}
   */
  async function load(splits) {
    const mine = {};
    present = mine;
    store.dispatch({ type: "topic-settled", topic: "data" });
    try {
      store.dispatch({ type: "loading-planned", total: 0 });
      const manifest = await fleet.manifest();
      const shards = splits.flatMap((split) => manifest[split]);
      if (present === mine) {
        store.dispatch({ type: "loading-planned", total: shards.reduce((sum, { bytes }) => sum + bytes, 0) });
      }
      await fleet.load(splits);
    } catch (error) {
      if (error instanceof AnswerError && error.fatal) {
        interrupted = splits;
        return;
      }
      raise("error", "data-failed", {
        topic: "data",
        problems: [problemOf(innermost(error))],
        actions: ["load-again"],
      });
    } finally {
      if (present === mine) {
        present = null;
        store.dispatch({ type: "loading-ended" });
      }
    }
  }

  return {
    load,

    /** Goes on, in its successor, with what a dead worker was loading. */
    again() {
      if (interrupted) load(interrupted);
      interrupted = null;
    },

    /**
     * @param {number} lane
     * @param {import("./worker/protocol.js").Message} report
     */
    progressed(lane, { url, loaded }) {
      // All lanes load the same; the first one stands for them.
      if (lane === 0) store.dispatch({ type: "loading-progressed", url, loaded });
    },
  };
}
