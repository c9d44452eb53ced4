// After a worker died: its run is opened again in a new one, and the visitor is offered to go on.

import { AnswerError } from "./worker/client.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./state/reducer.js").Notice} Notice @typedef {import("./worker/protocol.js").Problem} Problem */

/** More deaths than this within the time below (milliseconds), and the run is not opened again by itself. */
const DEATHS_ALLOWED = 2;
const DEATHS_WITHIN = 20000;

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {import("./worker/fleet.js").Fleet} options.fleet
 * @param {(lane: number, snapshot: Uint8Array | undefined) => Promise<void>} options.openAgain
 * @param {(kind: "error", code: string, more: Partial<Notice>) => void} options.raise
 * @param {(error: unknown) => void} options.reportFault
 * @returns {(lane: number, problem: Problem) => Promise<void>}
 */
export function createRecovery({ store, fleet, openAgain, raise, reportFault }) {
  /** @type {number[]} */
  const deaths = [];

  return async (lane, problem) => {
    fleet.pause();
    store.dispatch({ type: "paused" });
    const now = performance.now();
    deaths.push(now);
    if (deaths.filter((at) => now - at < DEATHS_WITHIN).length > DEATHS_ALLOWED) {
      raise("error", "worker-keeps-dying", { problems: [problem], actions: ["start-anew"] });
      return;
    }
    // The ready-made net is fetched as it was; its snapshot would only look like a training to go on with.
    const snapshot = store.state.run.source === "ready-made" ? null : fleet.snapshot(lane);
    try {
      await openAgain(lane, snapshot?.bytes);
      raise("error", snapshot ? "worker-replaced" : "worker-replaced-idle", {
        params: { iteration: snapshot?.iteration ?? 0 },
        problems: [problem],
        actions: snapshot ? ["go-on", "start-anew"] : [],
      });
    } catch (error) {
      // When it died again, that death is dealt with on its own.
      if (!(error instanceof AnswerError && error.fatal)) reportFault(error);
    }
  };
}
