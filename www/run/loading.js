// Brings the workers the data that their jobs need, tells how far that is, and offers to try again when it fails.

import { innermost, isLoss } from "../worker/client.js";
import { isOutdated } from "./fetch-bytes.js";
import { createShards } from "./shards.js";
import { problemOf } from "../worker/protocol.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("./notices.js").Raise} Raise @typedef {import("../pkg/labs.js").Needs} Needs */
/** @typedef {import("../worker/client.js").Client} Client @typedef {{ client: Client, needs: Needs[] }} Want */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {string} options.manifestUrl
 * @param {Raise} options.raise
 * @param {() => import("../state/reducer.js").OwnDigit[]} [options.own] the visitor's digits that are learned at present
 * @param {typeof createShards} [options.makeShards]
 */
export function createLoading({ store, manifestUrl, raise, own, makeShards = createShards }) {
  const shards = makeShards({
    manifestUrl,
    own,
    progressed: (url, loaded) => store.dispatch({ type: "loading-progressed", url, loaded }),
  });
  /** The last loading that has not ended yet. @type {object | null} */
  let present = null;

  return {
    /**
     * Brings each worker the visitor's digits, which are here already.
     * @param {Want[]} wants
     */
    async bringOwn(wants) {
      // A worker that was let go, or is replaced, is brought them when it is brought the rest.
      await Promise.allSettled(wants.map(({ client, needs }) => shards.bringOwn(client, needs)));
    },

    /**
     * Brings each worker what it lacks; what is under way already is waited for, not asked for twice.
     * @param {Want[]} wants
     * @returns {Promise<boolean>} whether all of it has arrived
     */
    async load(wants) {
      const mine = {};
      try {
        const lacking = await Promise.all(wants.map(({ client, needs }) => shards.lacks(client, needs)));
        const lack = wants.filter((_, at) => lacking[at]);
        if (lack.length === 0) return true;
        store.dispatch({ type: "notices-cleared", topic: "data" });
        const { bytes, isHere } = await shards.size(lack.flatMap(({ needs }) => needs));
        present = mine;
        if (!isHere) store.dispatch({ type: "loading-planned", total: bytes });
        const outcomes = await Promise.allSettled(
          lack.map(({ client, needs }) => shards.bring(client, needs)),
        );
        // A worker that was let go, or died and was replaced, wants nothing any more.
        const failure = outcomes.find((outcome) => outcome.status === "rejected" && !isLoss(outcome.reason));
        if (failure?.status === "rejected") throw failure.reason;
        return outcomes.every(({ status }) => status === "fulfilled");
      } catch (error) {
        raise("error", isOutdated(error) ? "page-outdated" : "data-failed", {
          topic: "data",
          problems: [problemOf(innermost(error))],
          actions: isOutdated(error) ? ["reload", "load-again"] : ["load-again"],
        });
        return false;
      } finally {
        if (present === mine) {
          present = null;
          store.dispatch({ type: "loading-ended" });
        }
      }
    },
  };
}
