// Networks that come ready: those that the page brings along, and that of the visitor's file.

import { AnswerError, innermost } from "../worker/client.js";
import { fetchBytes, isOutdated } from "./fetch-bytes.js";
import { problemOf } from "../worker/protocol.js";

/** @typedef {import("./pool.js").Pool} Pool @typedef {import("./run.js").Raise} Raise */

/**
 * @param {object} options
 * @param {Pool} options.pool
 * @param {(name: string) => string} options.urlOf a network that the page brings along
 * @param {Raise} options.raise
 * @param {(url: string) => Promise<Uint8Array>} [options.fetchFile]
 */
export function createNets({ pool, urlOf, raise, fetchFile = fetchBytes }) {
  /** @type {Map<string, Promise<Uint8Array>>} */
  const fetched = new Map();

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

  return {
    /**
     * Puts a network that the page brings along in place of a job's own.
     * @param {number} job
     * @param {string} name
     * @param {() => boolean} isWanted whether it still is, once it has come
     * @param {() => void} taken called before the job reports what it has become
     * @returns {Promise<boolean>} whether it is in place
     */
    async bring(job, name, isWanted, taken) {
      try {
        const bytes = await fetchNet(name);
        if (!isWanted()) return false;
        await pool.loadWeights(job, bytes, taken);
        return true;
      } catch (error) {
        if (error instanceof AnswerError && error.fatal) return false;
        if (!isWanted()) return false;
        raise("error", "pretrained-missing", {
          topic: "net",
          problems: [problemOf(innermost(error))],
          actions: isOutdated(error) ? ["reload"] : [],
        });
        return false;
      }
    },
  };
}
