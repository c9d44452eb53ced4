// What a view may ask for that needs nothing but the state, and the language that a page begins with.

import { presentHash } from "./state/url.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {ReturnType<typeof createShellActions>} ShellActions */

const LANGUAGE_KEY = "fishbowl.language";

/**
 * What needs nothing but the state.
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {number[]} options.outputKeys what the output of each digit stands for in the figures
 * @param {number} options.firstTestDigit what the first test digit stands for; the others follow
 */
export function createShellActions({ store, outputKeys, firstTestDigit }) {
  return {
    /** @param {number} digit @returns {number} the key of its output */
    outputKey: (digit) => outputKeys[digit],

    /** @param {number | null} key @returns {number | null} the place in the test set of the digit that it stands for */
    testDigitOf: (key) => (key !== null && key >= firstTestDigit ? key - firstTestDigit : null),

    /** @param {number | null} digit whose output is to be explained, or null for that of the answer */
    chooseOutput(digit) {
      store.dispatch({ type: "chosen", key: digit === null ? null : outputKeys[digit] });
    },

    /** @param {Uint8Array | null} explanation of the drawing by the first job's network; null while the pad is blank */
    explain(explanation) {
      store.dispatch({ type: "drawing-explained", explanation });
    },

    /** @param {number} bytes of the drawing that are kept in the browser */
    noteDrawing(bytes) {
      store.dispatch({ type: "kept-changed", drawing: bytes });
    },

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
      keep("localStorage", language);
      keep("sessionStorage", language);
    },

    /** @param {import("./state/reducer.js").Language} language of a link, for this visit */
    visitIn(language) {
      store.dispatch({ type: "language-chosen", language });
      keep("sessionStorage", language);
    },

    /**
     * Copies the link that shows to others what is seen here.
     * @returns {Promise<{ link: string, copied: boolean }>}
     */
    async copyLink() {
      const { state } = store;
      const link = new URL(presentHash(state, { language: state.language, whole: true }), location.href).href;
      try {
        await navigator.clipboard.writeText(link);
        return { link, copied: true };
      } catch {
        // No clipboard on an insecure page, or the browser was told to refuse.
        return { link, copied: false };
      }
    },

    /**
     * @param {string} of what was asked
     * @param {number | null} option null to pass the question by, or once its answer was read
     */
    guess(of, option) {
      store.dispatch({ type: "guessed", of, option });
    },

    /** @param {number} id */
    dismiss(id) {
      store.dispatch({ type: "notice-dismissed", id });
    },
  };
}

/**
 * @param {"localStorage" | "sessionStorage"} storage for good, or for this visit
 * @param {string} language
 */
function keep(storage, language) {
  try {
    globalThis[storage].setItem(LANGUAGE_KEY, language);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/**
 * @param {readonly string[]} preferred the browser's languages, the best one first
 * @returns {import("./state/reducer.js").Language}
 */
export function firstLanguage(preferred) {
  try {
    const kept = sessionStorage.getItem(LANGUAGE_KEY) ?? localStorage.getItem(LANGUAGE_KEY);
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
