// Where a run's net comes from when it is not the settings' own random one.

import { AnswerError, innermost } from "./worker/client.js";
import { problemOf } from "./worker/protocol.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./state/reducer.js").Notice} Notice @typedef {import("./state/reducer.js").Source} Source */
/** @typedef {import("./worker/protocol.js").View} View */

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {import("./worker/fleet.js").Fleet} options.fleet
 * @param {() => Promise<Uint8Array>} options.readyMade bytes of the shipped net
 * @param {(kind: "error", code: string, more: Partial<Notice>) => void} options.raise
 */
export function createNets({ store, fleet, readyMade, raise }) {
  /** @type {Uint8Array | null} */
  let fromFile = null;

  return {
    /**
     * Puts the net in place that a run, just opened, goes on with.
     * @param {Source} source
     * @param {Uint8Array | undefined} snapshot
     * @param {number} lane
     * @returns {Promise<View | null>} null when it is the one that the run has already
     */
    async bring(source, snapshot, lane) {
      if (snapshot) return fleet.ask("restore", { bytes: snapshot }, [], lane);
      if (source === "file" && fromFile) return fleet.ask("load-weights", { bytes: fromFile }, [], lane);
      if (source !== "ready-made") return null;
      try {
        return await fleet.ask("use-ready-made", { bytes: await readyMade() }, [], lane);
      } catch (error) {
        if (error instanceof AnswerError && error.fatal) throw error;
        store.dispatch({ type: "source-changed", source: "scratch" });
        raise("error", "ready-made-missing", { topic: "net", problems: [problemOf(innermost(error))] });
        return null;
      }
    },

    /**
     * @param {Uint8Array} bytes a weights file; rejects with its problem and leaves the run as it was
     * @returns {Promise<View>}
     */
    async take(bytes) {
      const view = await fleet.ask("load-weights", { bytes });
      fromFile = bytes;
      fleet.forget(0);
      store.dispatch({ type: "source-changed", source: "file" });
      return view;
    },
  };
}
