// Runs that were left for another lab, to be taken up again as they were.

/** @typedef {import("./state/reducer.js").Source} Source */
/** @typedef {{ key: string, source: Source, bytes: Uint8Array }} Kept */

export function createShelf() {
  /** @type {Map<string, Kept>} */
  const kept = new Map();
  return {
    /**
     * @param {string} lab
     * @param {string} key its settings
     * @param {Source} source
     * @param {Promise<Uint8Array>} snapshot rejects for labs that have nothing worth keeping
     */
    put(lab, key, source, snapshot) {
      snapshot.then(
        (bytes) => kept.set(lab, { key, source, bytes }),
        () => {},
      );
    },

    /**
     * @param {string} lab
     * @param {string} key
     * @returns {Kept | undefined} the run of the same settings, once
     */
    take(lab, key) {
      const found = kept.get(lab);
      kept.delete(lab);
      return found?.key === key ? found : undefined;
    },
  };
}
