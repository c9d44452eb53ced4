// Everything a view may ask for. Views get this object and the state, nothing else.

import { innermost } from "./worker/client.js";
import { problemOf } from "./worker/protocol.js";
import { acceptable, presentDraft, presentLab, presentSettings } from "./state/selectors.js";
import { createHashWriter, formatHash, parseHash } from "./state/url.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./state/reducer.js").ShellRemedy} ShellRemedy */
/** @typedef {import("./pkg/fishbowl.js").Settings} Settings @typedef {import("./pkg/fishbowl.js").Checked} Checked */
/** @typedef {import("./pkg/fishbowl.js").Remedy} Remedy @typedef {import("./pkg/fishbowl.js").Dragged} Dragged */

/** Milliseconds between two changes of the address; Safari refuses more than 100 in 30 seconds. */
const BETWEEN_ADDRESSES = 350;
/** A weights file above this is refused before it is read. */
export const LARGEST_FILE = 16 * 1024 * 1024;
const LANGUAGE_KEY = "fishbowl.language";

/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {import("./run/run.js").Run} options.run
 * @param {(lab: string, settings: Settings) => Checked} options.check
 * @param {(lab: string, settings: Settings, grip: number, x: number, y: number) => Dragged} options.drag
 */
export function createActions({ store, run, check, drag }) {
  const address = createHashWriter((hash) => history.replaceState(null, "", hash), BETWEEN_ADDRESSES);

  function writeAddress() {
    const { lab, accepted, fields } = store.state;
    address.put(formatHash(presentLab(store.state), accepted[lab] ?? {}, fields[lab] ?? {}));
  }

  /**
   * Takes changes of the form: what is valid acts on the experiment, what is not stays in the form with its fault.
   * @param {Settings} changes
   * @param {{ dragging?: boolean }} [how]
   */
  function edit(changes, { dragging = false } = {}) {
    const { lab } = store.state;
    const before = store.state.accepted[lab] ?? {};
    const draft = { ...presentDraft(store.state), ...changes };
    const found = check(lab, draft);
    const { accepted, fields } = accept(changes, found);
    store.dispatch({ type: "fields-edited", lab, changes, problems: found.problems, accepted, fields });
    const isSame = Object.keys(accepted).every((name) => accepted[name] === before[name]);
    if (isSame) return;
    writeAddress();
    run.follow({ dragging });
  }

  /**
   * @param {Settings} changes
   * @param {Checked} found of the whole form with these changes
   * @returns {{ accepted: Settings, fields: Checked["fields"] }} the settings that count from now on
   */
  function accept(changes, found) {
    const { lab } = store.state;
    const before = store.state.accepted[lab] ?? {};
    const fields = { ...store.state.fields[lab], ...found.fields };
    const accepted = acceptable(store.state, changes, found.problems);
    if (found.problems.length === 0) return { accepted, fields };
    // Without the faulty ones the others may not go together; then all stay as they were.
    const again = check(lab, accepted);
    return again.problems.length === 0
      ? { accepted, fields: again.fields }
      : { accepted: before, fields: store.state.fields[lab] ?? {} };
  }

  /** Goes to the place that the address names. */
  function readAddress() {
    const place = parseHash(location.hash, store.state.catalogue, check);
    const { lab: present, accepted, fields, catalogue } = store.state;
    const lab = catalogue.find(({ id }) => id === place.lab);
    const isHere = lab && present === place.lab && Object.hasOwn(accepted, present);
    const isSame =
      isHere &&
      formatHash(lab, accepted[present], fields[present]) === formatHash(lab, place.settings, place.fields);
    if (isSame && place.problems.length === 0) return;
    address.drop();
    const { settings } = place;
    store.dispatch({ type: "place-chosen", lab: place.lab, settings, fields: place.fields });
    store.dispatch({ type: "notices-cleared", topic: "address" });
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
        const [value, allowed] = [`${file.size} B`, `≤ ${LARGEST_FILE} B`];
        throw { code: "too-large", field: file.name, value, allowed };
      }
      await run.useFile(await readFile(file));
      store.dispatch({ type: "notices-cleared", topic: "file" });
    } catch (error) {
      const problem = problemOf(innermost(error));
      run.raise("error", "file-refused", { params: { file: file.name }, problems: [problem], topic: "file" });
    }
  }

  /** @type {Record<ShellRemedy, () => unknown>} what the buttons in the shell's notices do */
  const remedies = {
    "load-again": run.loadAgain,
    "go-on": run.goOn,
    "start-over": run.startOver,
    reload: () => location.reload(),
  };

  /**
   * @param {number} step
   */
  function moveTo(step) {
    store.dispatch({ type: "moved", step });
  }

  return {
    edit,
    moveTo,
    readAddress,
    useFile,
    play: run.play,
    pause: run.pause,
    step: run.step,
    reset: run.reset,
    ask: run.ask,
    load: run.load,
    watch: run.watch,
    usePretrained: run.usePretrained,

    /**
     * Moves something that can be moved to a place in the units of its chart.
     * @param {number} grip
     * @param {number} x
     * @param {number} y
     */
    drag(grip, x, y) {
      const { settings, step } = drag(store.state.lab, presentSettings(store.state), grip, x, y);
      if (Object.keys(settings).length > 0) edit(settings, { dragging: true });
      if (step === null) return;
      // Who moves a figure by hand no longer watches it move.
      if (store.state.run.playing && store.state.run.steps > 0) run.pause();
      moveTo(step);
    },

    /** @param {number | null} key of what is chosen, or null for nothing */
    choose(key) {
      store.dispatch({ type: "chosen", key });
    },

    /** @param {number | null} key of what is pointed at, or null for nothing */
    hover(key) {
      store.dispatch({ type: "hovered", key });
    },

    /** @param {string} name a field */
    useDefault(name) {
      const field = presentLab(store.state).fields.find((each) => each.name === name);
      if (field) edit({ [name]: field.default });
    },

    /**
     * Sets what a suggestion says, all else to its default, and runs it.
     * @param {number} index of the suggestion
     */
    useSuggestion(index) {
      const lab = presentLab(store.state);
      const suggestion = lab.suggestions[index];
      if (!suggestion) return;
      const usual = Object.fromEntries(lab.fields.map((field) => [field.name, field.default]));
      run.pause();
      edit({ ...usual, ...suggestion.settings });
      run.playFromStart();
    },

    /** @param {number | null} pace steps a second, or null for full speed */
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

    /** @param {ShellRemedy | Remedy} remedy of a notice of the shell, or of the experiment */
    async remedy(remedy) {
      if (typeof remedy === "string") {
        store.dispatch({ type: "notices-cleared", topic: "run" });
        await remedies[remedy]?.();
      } else if (remedy.type === "go-back") {
        await run.goBack(remedy.job);
      } else {
        edit(Object.fromEntries(remedy.settings));
      }
    },

    /** @param {number} id */
    dismiss(id) {
      store.dispatch({ type: "notice-dismissed", id });
    },

    /** Writes the address at once, before the visitor copies it or leaves. */
    writeAddressNow: address.flush,
  };
}

/**
 * @param {File} file
 * @returns {Promise<Uint8Array>}
 */
async function readFile(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    // A folder, or a file that is gone: what browsers say of it they say in English only.
    throw { code: "wrong-kind", field: file.name, value: `${file.size} B`, allowed: "safetensors | npz" };
  }
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
