// A visitor of a run under test: time that passes when the test says so, places that are opened, settings that change.

import { allAnswered } from "./fake-worker.mjs";

/** @param {string} name @param {string} usual @param {boolean} [live] a field of a lab */
export const field = (name, usual, live = false) => ({ name, default: usual, live, only: null });

/**
 * @param {import("node:test").TestContext} context whose timers are mocked
 * @param {number} beat milliseconds that pass at a time
 * @returns {(milliseconds?: number) => Promise<void>} lets answers come and time pass
 */
export function passing(context, beat) {
  let now = 0;
  context.mock.method(performance, "now", () => now);
  return async (milliseconds = 0) => {
    // What the browser does beside tasks, such as fetching, takes turns of the event loop.
    for (let turn = 0; turn < 6; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await allAnswered();
    }
    for (let left = milliseconds; left > 0; left -= beat) {
      now += beat;
      context.mock.timers.tick(beat);
      await allAnswered();
    }
  };
}

/**
 * @param {import("../../../www/state/store.js").Store<any, any>} store
 * @param {import("../../../www/run/run.js").Run} run
 * @param {() => Promise<void>} pass
 */
export function visitorOf(store, run, pass) {
  return {
    /** @param {string} place @param {Record<string, string>} [values] */
    async visit(place, values = {}) {
      store.dispatch({ type: "place-chosen", lab: place, settings: values, fields: {} });
      run.openPlace();
      await pass();
    },

    /** @param {Record<string, string>} changes */
    edit(changes, dragging = false) {
      const { lab } = store.state;
      const accepted = { ...store.state.accepted[lab], ...changes };
      store.dispatch({ type: "fields-edited", lab, changes, problems: [], accepted, fields: {} });
      run.follow({ dragging });
    },
  };
}
