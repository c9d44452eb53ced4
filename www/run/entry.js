// One of the present jobs: what is wanted of it, what it is at, and how it is seen.

/** @typedef {import("../pkg/labs.js").JobDescription} JobDescription @typedef {import("../pkg/core.js").JobReport} JobReport */
/** @typedef {import("../state/reducer.js").Source} Source */
/**
 * @typedef {object} Entry one of the present jobs
 * @property {number | null} id the pool's name for it; null before it has one
 * @property {JobDescription} wanted what the settings ask for
 * @property {Uint8Array} task what it is at work on
 * @property {string | null} net which network stood in for its own when it began
 * @property {boolean} again whether it is to begin again beside one that has just come
 * @property {boolean} pure whether nothing but its task has made it what it is
 * @property {import("./cache.js").Kept | null} kept what it goes on from
 * @property {number | null} keptAt the steps that this had done by the same task, even where it turned out to be of no use
 */

/**
 * @param {JobDescription} wanted
 * @param {import("./cache.js").Kept | null} kept what it goes on from
 * @returns {Entry} that has no name yet
 */
export function entryOf(wanted, kept) {
  const { task, pretrained: net } = wanted;
  return {
    id: null,
    wanted,
    task,
    net,
    again: false,
    pure: kept?.pure ?? true,
    kept,
    keptAt: kept?.done ?? null,
  };
}

/**
 * Whether another network is asked for than the one that stood in: the visitor has chosen it.
 * @param {Pick<Entry, "net" | "wanted">} entry
 */
export function isOtherNet({ net, wanted }) {
  return net !== null && wanted.pretrained !== null && net !== wanted.pretrained;
}

/**
 * Whether what a job has come to is worth keeping.
 * @param {JobReport} report
 * @param {Source} source
 */
export function isWorth({ done }, source) {
  return done > 0 || source === "file";
}

/**
 * @param {Entry} entry
 * @param {JobReport | null} report
 */
export function shown({ wanted: { name, color, limit, starts, learns, continues } }, report) {
  return { name, color, limit, starts, learns, continues, report };
}

/**
 * @param {import("../state/reducer.js").Job} one
 * @param {import("../state/reducer.js").Job} other
 */
export function isSameJob(one, other) {
  return (
    one.name.en === other.name.en &&
    one.name.zh === other.name.zh &&
    one.color === other.color &&
    one.limit === other.limit &&
    one.starts === other.starts &&
    one.learns === other.learns &&
    one.continues === other.continues &&
    one.report === other.report
  );
}
