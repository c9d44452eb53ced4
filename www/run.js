// The experiment's life: opens, plays and recovers the present run by telling the workers, and reports to the store.

import { createFleet } from "./worker/fleet.js";
import { createLoading } from "./loading.js";
import { createNets } from "./nets.js";
import { createRecovery } from "./recovery.js";
import { createShelf } from "./shelf.js";
import { AnswerError, innermost } from "./worker/client.js";
import { problemOf } from "./worker/protocol.js";
import {
  laneNames,
  learnsFromData,
  presentLab,
  presentPace,
  presentPhase,
  presentSettings,
} from "./state/selectors.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./state/reducer.js").Source} Source */
/** @typedef {import("./worker/protocol.js").View} View */
/** @typedef {{ source: Source, playing: boolean, restore?: Uint8Array }} Opening */

/** @typedef {ReturnType<typeof createRun>} Run */

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {Promise<WebAssembly.Module>} options.module
 * @param {string} options.manifestUrl
 * @param {() => Promise<Uint8Array>} options.readyMade bytes of the shipped net
 */
export function createRun({ store, module, manifestUrl, readyMade }) {
  const fleet = createFleet({
    module,
    manifestUrl,
    reports: {
      viewArrived: takeView,
      loadingProgressed: (lane, report) => loading.progressed(lane, report),
      laneDied: (lane, problem) => recover(lane, problem),
      runFailed: reportFault,
    },
  });
  const loading = createLoading({ store, fleet, raise });
  const recover = createRecovery({ store, fleet, openAgain, raise, reportFault });
  const shelf = createShelf();
  const nets = createNets({ store, fleet, readyMade, raise });
  let lastNumber = 0;
  /** @type {Opening | null} */
  let wantedOpening = null;
  /** @type {Promise<void> | null} */
  let opening = null;
  let openedLab = "";
  let openedKey = "";
  /** How often Pause was pressed: what Play still waits for may not come after it. */
  let pauses = 0;
  /** Whether the run was told to work since data was last fetched. */
  let dataWanted = false;

  /**
   * Opens the present lab with the present settings. While one opening is under way only the last wish counts.
   * @param {Opening} wish
   * @returns {Promise<void>}
   */
  function open(wish) {
    wantedOpening = wish;
    opening ??= openAll().finally(() => (opening = null));
    return opening;
  }

  async function openAll() {
    while (wantedOpening) {
      const wish = wantedOpening;
      wantedOpening = null;
      await openOnce(wish);
    }
  }

  /** @param {Opening} wish */
  async function openOnce({ source, playing, restore }) {
    const lab = presentLab(store.state);
    const settings = presentSettings(store.state);
    keepWhatIsLeft(lab.id);
    const lanes = laneNames(lab, settings).length;
    const number = ++lastNumber;
    openedLab = lab.id;
    openedKey = JSON.stringify(settings);
    store.dispatch({ type: "run-opened", number, lanes, source, playing });
    store.dispatch({ type: "topic-settled", topic: "run" });
    try {
      const views = await fleet.open(number, lab.id, settings, lanes);
      const first = await nets.bring(source, restore, 0);
      if (first) views[0] = first;
      views.forEach((view, lane) => takeView(number, lane, view));
      // Unless it was paused meanwhile, or something else was asked for.
      if (store.state.run.playing && !wantedOpening) start();
    } catch (error) {
      store.dispatch({ type: "run-open-failed", number });
      reportFault(error);
    }
  }

  /**
   * A trained net is worth keeping while the visitor looks at another lab.
   * @param {string} next the lab that is opened now
   */
  function keepWhatIsLeft(next) {
    const { run } = store.state;
    if (openedLab === "" || openedLab === next || run.views.length !== 1 || run.source === "ready-made")
      return;
    shelf.put(openedLab, openedKey, run.source, fleet.ask("snapshot"));
  }

  /** Opens the lab that the visitor came to: as it was left, or with its ready-made net when it has one. */
  function openPlace() {
    const lab = presentLab(store.state);
    const kept = shelf.take(lab.id, JSON.stringify(presentSettings(store.state)));
    if (kept) return open({ source: kept.source, playing: false, restore: kept.bytes });
    return open({ source: startsReadyMade(lab.id) ? "ready-made" : "scratch", playing: false });
  }

  /**
   * @param {number} number
   * @param {number} lane
   * @param {View} view
   */
  function takeView(number, lane, view) {
    const wasPlaying = store.state.run.playing;
    store.dispatch({ type: "view-arrived", number, lane, view });
    if (wasPlaying && !store.state.run.playing) fleet.ended();
    loadWhatIsMissing();
  }

  async function play() {
    if (store.state.run.playing) return;
    store.dispatch({ type: "played" });
    // An opening under way sees that it is to be played.
    if (opening && store.state.run.source !== "ready-made") return;
    const pausesBefore = pauses;
    if ((await beginAnew(true)) && pauses === pausesBefore) start();
  }

  /**
   * A run that is over, or that only shows the ready-made net, begins anew before it goes on.
   * @param {boolean} playing
   * @returns {Promise<boolean>} whether it is now to be set going
   */
  async function beginAnew(playing) {
    const { run } = store.state;
    if (run.source === "ready-made") {
      await open({ source: "scratch", playing });
      return !playing;
    }
    const phase = presentPhase(store.state);
    if (phase === "finished" || phase === "stopped") await rewind();
    return true;
  }

  async function rewind() {
    const { number } = store.state.run;
    store.dispatch({ type: "topic-settled", topic: "run" });
    try {
      (await fleet.rewind()).forEach((view, lane) => takeView(number, lane, view));
    } catch (error) {
      reportFault(error);
    }
  }

  function start() {
    store.dispatch({ type: "played" });
    store.dispatch({ type: "topic-settled", topic: "run" });
    dataWanted = true;
    fleet.start(presentPace(store.state));
    loadWhatIsMissing();
  }

  function pause() {
    pauses += 1;
    if (wantedOpening) wantedOpening.playing = false;
    store.dispatch({ type: "paused" });
    fleet.pause();
  }

  async function step() {
    store.dispatch({ type: "paused" });
    await opening;
    if (!(await beginAnew(false))) return;
    dataWanted = true;
    fleet.step(1);
    loadWhatIsMissing();
  }

  async function reset() {
    store.dispatch({ type: "paused" });
    const { source, opening: unopened } = store.state.run;
    // A net from elsewhere makes room for the settings' own; a lane without a run gets one.
    if (source !== "scratch" || unopened || opening) return open({ source: "scratch", playing: false });
    return rewind();
  }

  /** Called after settings changed that the present run can only take on from its beginning. */
  function reopen() {
    const { run } = store.state;
    const lab = presentLab(store.state);
    // A net from a file has its own shape; whoever changes the shape wants a new one.
    const source = run.source === "file" ? "scratch" : run.source;
    // A walk on a formula shows itself whole when it is opened.
    return open({ source, playing: run.playing && learnsFromData(lab, presentSettings(store.state)) });
  }

  /** Settings that the running experiment takes on its way. */
  async function applyLive() {
    if (opening) return reopen();
    const settings = presentSettings(store.state);
    try {
      if (!(await fleet.set(settings))) return reopen();
      openedKey = JSON.stringify(settings);
    } catch (error) {
      reportFault(error);
    }
  }

  /** A run finds out that it waits for data when it is to work; what it lacks is then fetched, once. */
  function loadWhatIsMissing() {
    if (!dataWanted || presentPhase(store.state) !== "waiting") return;
    dataWanted = false;
    loading.load(["test", "train"]);
  }

  /**
   * Opens the present run again in the new worker of a lane, with its snapshot or the net it had.
   * @param {number} lane
   * @param {Uint8Array | undefined} snapshot
   */
  async function openAgain(lane, snapshot) {
    // An opening under way was refused with the death of its worker; what follows opens the same lab again.
    await opening?.catch(() => {});
    const { number, source } = store.state.run;
    const view = await fleet.openLane(lane, openedLab, JSON.parse(openedKey));
    takeView(number, lane, (await nets.bring(source, snapshot, lane)) ?? view);
    loading.again();
  }

  /** @param {unknown} error */
  function reportFault(error) {
    if (error instanceof AnswerError && (error.fatal || error.problem.code === "run-over")) return;
    raise("error", "run-failed", { problems: [problemOf(innermost(error))], actions: ["start-anew"] });
  }

  /**
   * @param {"info" | "error"} kind
   * @param {string} code
   * @param {Partial<Omit<import("./state/reducer.js").Notice, "id" | "kind" | "code">>} more
   */
  function raise(kind, code, more) {
    const notice = { kind, code, params: {}, problems: [], actions: [], topic: "run", ...more };
    store.dispatch({ type: "notice-raised", notice });
  }

  return {
    openPlace,
    reopen,
    applyLive,
    play,
    pause,
    step,
    reset,
    startAnew: () => open({ source: "scratch", playing: false }),
    load: loading.load,
    raise,
    changePace: fleet.changePace,

    /**
     * @param {string} question
     * @param {Record<string, unknown>} [parts]
     * @param {Transferable[]} [transfer]
     * @returns {Promise<any>}
     */
    ask: (question, parts, transfer) => fleet.ask(question, parts, transfer),

    /** The weights from before the loss broke down. */
    async goBack() {
      const { number } = store.state.run;
      takeView(number, 0, await fleet.ask("go-back"));
    },

    /** @param {Uint8Array} bytes a weights file; rejects with its problem and leaves the run as it was */
    async useFile(bytes) {
      pause();
      const { number } = store.state.run;
      takeView(number, 0, await nets.take(bytes));
    },

    useReadyMade: () => open({ source: "ready-made", playing: false }),
  };
}

/**
 * Whether a lab begins with the shipped net, so that it answers before anything was trained.
 * @param {string} lab
 */
function startsReadyMade(lab) {
  return lab === "digits";
}
