// Everything a view may ask for. Views get this object and the state, nothing else.

import { innermost } from "./worker/client.js";
import { problemOf } from "./worker/protocol.js";
import { acceptable, presentDraft, presentLab, presentSettings } from "./state/selectors.js";
import {
  OVERVIEW,
  createHashWriter,
  formatHash,
  isOverview,
  parseHash,
  parseView,
  presentHash,
} from "./state/url.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./state/reducer.js").ShellRemedy} ShellRemedy */
/** @typedef {import("./pkg/labs.js").Settings} Settings @typedef {import("./pkg/labs.js").Checked} Checked */
/** @typedef {import("./pkg/labs.js").Remedy} Remedy @typedef {import("./pkg/labs.js").Dragged} Dragged */

/**
 * @typedef {object} Own what can be done with the visitor's digits
 * @property {(change: import("./state/reducer.js").OwnChange) => void} change
 * @property {() => void} forget
 * @property {() => Promise<Uint8Array>} save rejects where there are none
 * @property {(file: Uint8Array) => Promise<{ found: number, joined: number }>} load how many digits the file has, and how
 *   many of them are new; rejects with what is wrong with it
 */

/** Milliseconds between two changes of the address; Safari refuses more than 100 in 30 seconds. */
const BETWEEN_ADDRESSES = 350;
/** A weights file above this is refused before it is read. */
export const LARGEST_FILE = 16 * 1024 * 1024;

/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {import("./run/run.js").Run} options.run
 * @param {Own} options.own the visitor's digits
 * @param {(lab: string, settings: Settings) => Checked} options.check
 * @param {(lab: string, settings: Settings, grip: number, x: number, y: number) => Dragged} options.drag
 * @param {import("./shell-actions.js").ShellActions} options.shell what needs nothing but the state
 */
export function createActions({ store, run, own, check, drag, shell }) {
  /** The address as it was read or written last. */
  let known = location.hash;
  const address = createHashWriter((hash) => {
    // The visitor goes elsewhere, which is about to be read.
    if (location.hash !== known) return;
    history.replaceState(null, "", hash);
    known = location.hash;
  }, BETWEEN_ADDRESSES);

  function writeAddress() {
    address.put(presentHash(store.state));
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

  /** @returns {Settings} the default of every field */
  function usual() {
    return Object.fromEntries(presentLab(store.state).fields.map((field) => [field.name, field.default]));
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

  /**
   * Goes to the place that the address names, and shows it as that says.
   * @param {{ first?: boolean }} [how] whether it is to be opened although the state has it already, unchecked
   */
  function readAddress({ first = false } = {}) {
    const { hash } = location;
    known = hash;
    const place = parseHash(hash, store.state.catalogue, check);
    const { lab: present, accepted, fields, catalogue } = store.state;
    const lab = catalogue.find(({ id }) => id === place.lab) ?? catalogue[0];
    const view = parseView(hash, lab);
    const problems = [...place.problems, ...view.problems];
    if (view.language) shell.visitIn(view.language);
    if (isOverview(hash)) return openOverview();
    const isHere = store.state.page === "lab" && present === place.lab && Object.hasOwn(accepted, present);
    const isSame =
      isHere &&
      formatHash(lab, accepted[present], fields[present]) === formatHash(lab, place.settings, place.fields);
    const isSeen =
      isSame &&
      presentHash(store.state) ===
        formatHash(lab, place.settings, place.fields, { embed: view.embed, hide: view.hide });
    if (!first && isSeen && problems.length === 0 && !view.language) return;
    address.drop();
    const { settings } = place;
    const isNew = first || !isSame || place.problems.length > 0;
    if (isNew) store.dispatch({ type: "place-chosen", lab: place.lab, settings, fields: place.fields });
    store.dispatch({ type: "view-chosen", embed: view.embed, hide: view.hide });
    store.dispatch({ type: "notices-cleared", topic: "address" });
    if (problems.length > 0)
      run.raise("error", "address-ignored", { problems: problems.slice(0, 8), topic: "address" });
    // Also when nothing had to be left out: the bare address gets its lab.
    writeAddress();
    if (isNew) run.openPlace();
  }

  function openOverview() {
    address.drop();
    if (location.hash !== `#/${OVERVIEW}`) address.put(`#/${OVERVIEW}`);
    store.dispatch({ type: "overview-chosen" });
    store.dispatch({ type: "notices-cleared", topic: "address" });
    run.closePlace();
  }

  /** A network from elsewhere has not begun where another one does. */
  function endRace() {
    const besides = presentLab(store.state).fields.filter(({ kind }) => kind.type === "beside");
    if (besides.length > 0) edit(Object.fromEntries(besides.map((field) => [field.name, field.default])));
  }

  /** @param {File} file */
  async function useFile(file) {
    try {
      if (file.size > LARGEST_FILE) {
        const [value, allowed] = [`${file.size} B`, `≤ ${LARGEST_FILE} B`];
        throw { code: "too-large", field: file.name, value, allowed };
      }
      await run.useFile(await readFile(file));
      endRace();
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
   * @param {number} step of a figure
   */
  function moveTo(step) {
    store.dispatch({ type: "moved", step });
  }

  return {
    ...shell,
    edit,
    moveTo,
    readAddress,
    useFile,
    play: run.play,
    pause: run.pause,
    reset: run.reset,
    ask: run.ask,
    savePython: run.savePython,
    load: run.load,
    watch: run.watch,

    /** The pre-trained network, which is that of the default settings. */
    usePretrained() {
      if (run.usualSource() !== "pretrained") edit(usual());
      return run.usePretrained();
    },
    forget() {
      own.forget();
      return run.forget();
    },

    changeOwn: own.change,
    saveOwn: own.save,

    /**
     * The digits of a file join the visitor's own.
     * @param {File} file
     * @returns {Promise<{ found: number, joined: number }>} rejects with what is wrong with the file
     */
    async loadOwn(file) {
      try {
        return await own.load(await readFile(file));
      } catch (error) {
        throw problemOf(innermost(error));
      }
    },

    step() {
      store.dispatch({ type: "pause-noted", lab: store.state.lab, why: null });
      return run.step();
    },

    /**
     * Moves something that can be moved to a place in the units of its chart.
     * @param {number} grip
     * @param {number} x
     * @param {number} y
     * @param {-1 | 0 | 1} [toward] where it is moved by keys: down or to the left, up or to the right
     */
    drag(grip, x, y, toward = 0) {
      const { settings, step } = drag(store.state.lab, presentSettings(store.state), grip, x, y);
      if (Object.keys(settings).length > 0) edit(settings, { dragging: true });
      if (step === null) return;
      if (store.state.run.jobs.length > 0) return void run.look(step, toward);
      // Who moves a figure by hand no longer watches it move.
      if (store.state.run.playing && store.state.run.steps > 0) run.pause();
      moveTo(step);
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
      run.pause();
      edit({ ...usual(), ...suggestion.settings });
      run.playFromStart();
    },

    /** @param {import("./state/reducer.js").Pace} pace */
    choosePace(pace) {
      store.dispatch({ type: "pace-chosen", pace });
      run.changePace(pace);
    },

    /** @param {ShellRemedy | Remedy} remedy of a notice of the shell, or of the experiment */
    async remedy(remedy) {
      if (typeof remedy === "string") {
        store.dispatch({ type: "notices-cleared", topic: "run" });
        await remedies[remedy]?.();
      } else if (remedy.type === "go-back") {
        await run.goBack(remedy.job);
      } else if (remedy.type === "look") {
        await run.look(remedy.step);
      } else if (remedy.type === "continue") {
        await run.play();
      } else {
        if (remedy.type === "restart") run.pause();
        edit(Object.fromEntries(remedy.settings));
        if (remedy.type === "restart") run.playFromStart();
      }
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
