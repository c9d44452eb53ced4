// What a view may ask for that needs nothing but the state, and the language that a page begins with.

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {ReturnType<typeof createShellActions>} ShellActions */

const LANGUAGE_KEY = "fishbowl.language";

/**
 * What needs nothing but the state.
 * @param {{ store: import("./state/store.js").Store<State, Event> }} options
 */
export function createShellActions({ store }) {
  return {
    /** @param {number | null} key of what is chosen, or null for nothing */
    choose(key) {
      store.dispatch({ type: "chosen", key });
    },

    /** @param {number | null} key of what is pointed at, or null for nothing */
    hover(key) {
      store.dispatch({ type: "hovered", key });
    },

    /** @param {import("./state/reducer.js").Language} language */
    chooseLanguage(language) {
      store.dispatch({ type: "language-chosen", language });
      try {
        localStorage.setItem(LANGUAGE_KEY, language);
      } catch {
        // Without storage the choice lasts as long as the page.
      }
    },

    /** @param {number} id */
    dismiss(id) {
      store.dispatch({ type: "notice-dismissed", id });
    },
  };
}

/**
 * @param {readonly string[]} preferred the browser's languages, the best one first
 * @returns {import("./state/reducer.js").Language}
 */
export function firstLanguage(preferred) {
  try {
    const kept = localStorage.getItem(LANGUAGE_KEY);
    if (kept === "en" || kept === "zh") return kept;
  } catch {
    // Private windows may refuse storage; the browser's languages decide then.
  }
  for (const language of preferred) {
    if (/^zh\b/i.test(language)) return "zh";
    if (/^en\b/i.test(language)) return "en";
  }
  return "en";
}
