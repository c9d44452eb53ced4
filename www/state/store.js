// Holds the state, passes events through the reducer and tells those who listen.

/**
 * @template State, Event
 * @typedef {{ readonly state: State, dispatch: (event: Event) => void, subscribe: (listener: () => void) => void }} Store
 */

/**
 * @template State, Event
 * @param {(state: State, event: Event) => State} reduce
 * @param {State} initial
 * @returns {Store<State, Event>}
 */
export function createStore(reduce, initial) {
  let state = initial;
  /** @type {(() => void)[]} */
  const listeners = [];
  return {
    get state() {
      return state;
    },
    dispatch(event) {
      const next = reduce(state, event);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.push(listener);
    },
  };
}
