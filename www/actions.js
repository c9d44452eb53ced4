// Everything a view may ask for. Views get this object and the state, nothing else.

import { innermost } from "./worker/client.js";
import { problemOf } from "./worker/protocol.js";
import { presentDraft, presentLab } from "./state/selectors.js";
import { createHashWriter, formatHash, parseHash } from "./state/url.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./worker/protocol.js").Settings} Settings @typedef {import("./worker/protocol.js").Problem} Problem */
/** @typedef {import("./views/charts.js").Picture} Picture */

/** Milliseconds between the last keystroke and the new run, and between two runs while something is dragged. */
const TYPING = 150;
const DRAGGING = 60;
/** Milliseconds between two changes of the address; Safari refuses more than 100 in 30 seconds. */
const BETWEEN_ADDRESSES = 350;
/** A weights file above this is refused before it is read. */
export const LARGEST_FILE = 16 * 1024 * 1024;
const LANGUAGE_KEY = "fishbowl.language";

/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {import("./run.js").Run} options.run
 * @param {(lab: string, settings: Settings) => Problem[]} options.check
 * @param {(parts: Uint8Array[]) => Picture} options.makePicture
 */
export function createActions({ store, run, check, makePicture }) {
  const address = createHashWriter((hash) => history.replaceState(null, "", hash), BETWEEN_ADDRESSES);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reopenTimer;
  let reopenAt = Infinity;

  function writeAddress() {
    address.put(formatHash(presentLab(store.state), store.state.accepted[store.state.lab] ?? {}));
  }

  /**
   * @param {number} pause milliseconds
   * @param {boolean} restart whether a further change puts the new run off again
   */
  function reopenSoon(pause, restart) {
    const at = performance.now() + pause;
    if (!restart && reopenAt <= at) return;
    clearTimeout(reopenTimer);
    reopenAt = at;
    reopenTimer = setTimeout(() => {
      reopenAt = Infinity;
      run.reopen();
    }, pause);
  }

  /**
   * Takes changes of the form: what is valid acts on the run, what is not stays in the form with its fault.
   * @param {Settings} changes
   * @param {{ dragging?: boolean }} [how]
   */
  function edit(changes, { dragging = false } = {}) {
    const lab = presentLab(store.state);
    const before = store.state.accepted[lab.id] ?? {};
    const problems = check(lab.id, { ...presentDraft(store.state), ...changes });
    store.dispatch({ type: "fields-edited", lab: lab.id, changes, problems });
    const after = store.state.accepted[lab.id];
    const changed = lab.fields.filter(
      ({ name, default: usual }) => (before[name] ?? usual) !== (after[name] ?? usual),
    );
    if (changed.length === 0) return;
    writeAddress();
    if (changed.every(({ live }) => live)) run.applyLive();
    else reopenSoon(dragging ? DRAGGING : TYPING, !dragging);
  }

  /** Goes to the place that the address names. */
  function readAddress() {
    const place = parseHash(location.hash, store.state.catalogue, check);
    const lab = store.state.catalogue.find(({ id }) => id === place.lab);
    const { lab: present, accepted } = store.state;
    const here = lab && present === place.lab && Object.hasOwn(accepted, present);
    if (
      here &&
      formatHash(lab, accepted[present]) === formatHash(lab, place.settings) &&
      !place.problems.length
    )
      return;
    address.drop();
    clearTimeout(reopenTimer);
    reopenAt = Infinity;
    store.dispatch({ type: "place-chosen", lab: place.lab, settings: place.settings });
    store.dispatch({ type: "topic-settled", topic: "address" });
    if (place.problems.length > 0) {
      run.raise("error", "address-ignored", { problems: place.problems.slice(0, 8), topic: "address" });
    }
    // Also when nothing had to be left out: the bare address gets its lab.
    writeAddress();
    run.openPlace();
  }

  /** @param {File} file */
  async function useFile(file) {
    try {
      if (file.size > LARGEST_FILE) {
        throw {
          code: "too-large",
          field: file.name,
          value: `${file.size} B`,
          allowed: `≤ ${LARGEST_FILE} B`,
        };
      }
      await run.useFile(new Uint8Array(await file.arrayBuffer()));
      store.dispatch({ type: "topic-settled", topic: "file" });
    } catch (error) {
      const problem = problemOf(innermost(error));
      run.raise("error", "file-refused", { params: { file: file.name }, problems: [problem], topic: "file" });
    }
  }

  /** @type {Record<string, () => unknown>} what the buttons in notices do */
  const remedies = {
    "load-again": () => run.load(["test", "train"]),
    "go-on": () => run.play(),
    "start-anew": () => run.startAnew(),
    "go-back": () => run.goBack(),
  };

  return {
    edit,
    readAddress,
    useFile,
    makePicture,
    play: run.play,
    pause: run.pause,
    step: run.step,
    reset: run.reset,
    ask: run.ask,
    load: run.load,
    useReadyMade: run.useReadyMade,

    /** @param {string} name a field */
    useDefault(name) {
      const field = presentLab(store.state).fields.find((each) => each.name === name);
      if (field) edit({ [name]: field.default });
    },

    /** @param {number | null} pace steps a second, or null for as fast as it goes */
    choosePace(pace) {
      store.dispatch({ type: "pace-chosen", pace });
      run.changePace(pace);
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

    /** @param {string} remedy */
    async remedy(remedy) {
      store.dispatch({ type: "topic-settled", topic: "run" });
      await remedies[remedy]?.();
    },

    /** @param {number} id */
    dismiss(id) {
      store.dispatch({ type: "notice-dismissed", id });
    },

    /** Writes the address at once, before the visitor copies it or leaves. */
    settleAddress: address.flush,
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
