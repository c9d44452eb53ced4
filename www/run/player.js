// Figures that are played: they are moved through their steps on the page, at a pace. No worker has a part in it.

import { presentMoment, presentPace } from "../state/selectors.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */

/** Steps a second where none are chosen: a figure cannot be watched at full speed. */
const FULL = 60;
/** Milliseconds between two moves, which may then be of several steps. */
const SHORTEST = 16;

/** @typedef {ReturnType<typeof createPlayer>} Player */

/** @param {{ store: import("../state/store.js").Store<State, Event> }} options */
export function createPlayer({ store }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** When the next step is due. */
  let dueAt = 0;

  function beat() {
    const pace = presentPace(store.state);
    return 1000 / (typeof pace === "number" ? pace : FULL);
  }

  function next() {
    clearTimeout(timer);
    timer = setTimeout(tick, Math.max(SHORTEST, dueAt - performance.now()));
  }

  function tick() {
    const { run } = store.state;
    if (!run.playing || run.jobs.length > 0) return;
    const now = performance.now();
    // What a slow machine cannot keep up with is dropped, or it would race on.
    dueAt = Math.max(dueAt, now - Math.max(beat(), 50));
    let steps = 0;
    while (dueAt <= now) {
      dueAt += beat();
      steps += 1;
    }
    const { step } = presentMoment(store.state);
    if (steps > 0) store.dispatch({ type: "moved", step: step + steps });
    if (step + steps >= store.state.run.steps) return pause();
    next();
  }

  function pause() {
    clearTimeout(timer);
    store.dispatch({ type: "paused" });
  }

  /** A figure that stands at its end begins again. */
  function leaveEnd() {
    if (presentMoment(store.state).step >= store.state.run.steps) store.dispatch({ type: "moved", step: 0 });
  }

  return {
    play() {
      leaveEnd();
      store.dispatch({ type: "played" });
      // The first step can be seen before the second comes.
      dueAt = performance.now() + beat();
      next();
    },

    pause,

    step() {
      pause();
      leaveEnd();
      store.dispatch({ type: "moved", step: presentMoment(store.state).step + 1 });
    },

    reset() {
      pause();
      store.dispatch({ type: "moved", step: 0 });
    },

    /** The pace is another. */
    changePace() {
      if (!store.state.run.playing) return;
      dueAt = performance.now() + beat();
      next();
    },
  };
}
