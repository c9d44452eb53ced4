// After a worker died that could not be done without: its jobs are opened again in a new one, from where they were, and
// the visitor is offered to go on.

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../pkg/labs.js").Problem} Problem @typedef {import("./marks.js").Mark} Mark */

/** More deaths than this within the time below (milliseconds), and the jobs are not opened again by themselves. */
const DEATHS_ALLOWED = 2;
const DEATHS_WITHIN = 20_000;

/**
 * @param {object} options
 * @param {() => void} options.pause everything
 * @param {() => void} options.restore opens the lost jobs again
 * @param {import("./notices.js").Raise} options.raise
 * @param {() => boolean} [options.isOffline]
 * @returns {(problem: Problem, lost: { mark: Mark | null }[], begun: boolean) => void}
 */
export function createRecovery({ pause, restore, raise, isOffline = () => navigator.onLine === false }) {
  /** @type {number[]} */
  let deaths = [];

  return (problem, lost, begun) => {
    pause();
    const now = performance.now();
    deaths = [...deaths.filter((at) => now - at < DEATHS_WITHIN), now];
    // What goes on is the job that is the furthest behind.
    const steps = lost.map(({ mark }) => mark?.report?.done ?? 0);
    const iteration = steps.length > 0 ? Math.min(...steps) : 0;
    const about = { params: { iteration }, problems: [problem] };
    if (deaths.length > DEATHS_ALLOWED) {
      // A worker whose script is no longer there will not come back; the page of today has another one. One that cannot
      // be fetched comes back with the network, and to reload the page until then would lose it.
      if (!begun && !isOffline()) raise("error", "page-outdated", { ...about, actions: ["reload"] });
      else raise("error", "worker-keeps-dying", { ...about, actions: ["go-on", "start-over"] });
      return;
    }
    restore();
    const isWorth = iteration > 0;
    raise("error", isWorth ? "worker-replaced" : "worker-replaced-idle", {
      ...about,
      actions: isWorth ? ["go-on", "start-over"] : [],
    });
  };
}
