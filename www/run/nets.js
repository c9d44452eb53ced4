// Networks that come ready: those that the page brings along stand in for a job's own until it is trained.

import { innermost, isLoss } from "../worker/client.js";
import { fetchBytes, isOutdated } from "./fetch-bytes.js";
import { problemOf } from "../worker/protocol.js";

/** @typedef {import("./pool.js").Pool} Pool @typedef {import("./notices.js").Raise} Raise */
/** @typedef {import("./entry.js").Entry} Entry */
/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */

/** @typedef {ReturnType<typeof createNets>} Nets */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {Pool} options.pool
 * @param {(name: string) => string} options.urlOf a network that the page brings along
 * @param {Raise} options.raise
 * @param {(url: string) => Promise<Uint8Array>} [options.fetchFile]
 */
export function createNets({ store, pool, urlOf, raise, fetchFile = fetchBytes }) {
  /** @type {Map<string, Promise<Uint8Array>>} */
  const fetched = new Map();
  /** The tasks whose jobs already have the network that stands in for them. @type {WeakMap<Entry, Uint8Array>} */
  const brought = new WeakMap();

  /** @param {string} name */
  function fetchNet(name) {
    let bytes = fetched.get(name);
    if (!bytes) {
      bytes = fetchFile(urlOf(name));
      fetched.set(name, bytes);
      bytes.catch(() => fetched.delete(name));
    }
    return bytes;
  }

  /**
   * Whether a network is to stand in for a job's own that is not there yet.
   * @param {Entry} entry
   */
  function isAwaited(entry) {
    const { wanted, task, kept } = entry;
    const isMeant = store.state.run.source === "pretrained" && wanted.pretrained !== null && !kept;
    return isMeant && brought.get(entry) !== task;
  }

  return {
    isAwaited,

    /**
     * Puts the network in place of a job's own, where it is awaited.
     * @param {Entry} entry
     * @param {() => boolean} isPresent whether it still is one of the present jobs
     * @returns {Promise<boolean>} false when it is awaited still, but cannot be had
     */
    async bring(entry, isPresent) {
      const { id, task, wanted } = entry;
      if (id === null || wanted.pretrained === null || !isAwaited(entry)) return true;
      const isWanted = () => isPresent() && entry.id === id && entry.task === task && isAwaited(entry);
      try {
        const bytes = await fetchNet(wanted.pretrained);
        if (isWanted()) await pool.loadWeights(id, bytes, () => brought.set(entry, task));
        return true;
      } catch (error) {
        if (!isWanted()) return true;
        if (!isLoss(error))
          raise("error", "pretrained-missing", {
            topic: "net",
            problems: [problemOf(innermost(error))],
            actions: isOutdated(error) ? ["reload"] : [],
          });
        return false;
      }
    },

    /**
     * A job goes on with a changed task, and with the network that stands in.
     * @param {Entry} entry
     * @param {Uint8Array} task that it has from now on
     */
    keep(entry, task) {
      if (brought.get(entry) === entry.task) brought.set(entry, task);
    },

    /** @param {Entry} entry whose job is begun again, with its own network */
    forget(entry) {
      brought.delete(entry);
    },
  };
}
