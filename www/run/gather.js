// Gathers changes that come quickly one after the other, so that what follows from them is done once for all of them.

/** Milliseconds between the last keystroke and what follows from it, and between two times while something is dragged. */
const TYPING = 150;
const DRAGGING = 60;

/**
 * @param {() => Promise<void>} follow does what follows, one time after the other
 * @param {(error: unknown) => void} failed
 */
export function createGatherer(follow, failed) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let due = Infinity;
  /** @type {Promise<void>} */
  let following = Promise.resolve();

  function stop() {
    clearTimeout(timer);
    due = Infinity;
  }

  /** @returns {Promise<void>} when it is done */
  function now() {
    stop();
    following = following.then(follow).catch(failed);
    return following;
  }

  return {
    now,
    /** What was to follow is not wanted any more. */
    stop,

    /** @param {boolean} dragging whether more changes are to be expected for a while */
    soon(dragging) {
      const at = performance.now() + (dragging ? DRAGGING : TYPING);
      // While something is dragged a further change does not put it off.
      if (dragging && due <= at) return;
      clearTimeout(timer);
      due = at;
      timer = setTimeout(now, at - performance.now());
    },

    /** @returns {Promise<void>} when everything that is to follow has been done */
    upToDate: () => (due < Infinity ? now() : following),
  };
}
