// The experiment's life: what plays, pauses and steps, what data it needs, and what becomes of it when something fails.

import { createEntries } from "./entries.js";
import { fetchLibrary } from "./python.js";
import { innermost, isLoss } from "../worker/client.js";
import { problemOf } from "../worker/protocol.js";
import { createLoading } from "./loading.js";
import { createLooking } from "./looking.js";
import { createNets } from "./nets.js";
import { createNotices } from "./notices.js";
import { createPlayer } from "./player.js";
import { createPool } from "./pool.js";
import { createRecovery } from "./recovery.js";
import { isMeant, presentPace, presentPhase, presentSettings } from "../state/selectors.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../pkg/labs.js").Plan} Plan @typedef {import("../pkg/labs.js").Settings} Settings */
/** @typedef {import("../pkg/labs.js").Needs} Needs */

/** Milliseconds that a run goes on in a page that is out of sight. */
const UNSEEN = 30_000;

/** @type {Needs} */
const TEST_IMAGES = { train: [], test: [{ set: "mnist", count: null }] };

/** @typedef {ReturnType<typeof createRun>} Run */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {Promise<WebAssembly.Module>} options.module
 * @param {(lab: string, settings: Settings) => Plan} options.plan the labs', to be called once they are there
 * @param {string} options.manifestUrl
 * @param {(name: string) => string} options.urlOfNet
 * @param {number} options.cores
 * @param {(url: string) => Promise<Uint8Array>} [options.fetchNet]
 * @param {() => Worker} [options.spawn]
 * @param {import("./keeping.js").Keeping} [options.keeping] what survives the page
 */
export function createRun({ store, module, plan, manifestUrl, urlOfNet, cores, fetchNet, spawn, keeping }) {
  const { raise, reportFault } = createNotices(store);
  const pool = createPool({
    module,
    cores,
    spawn,
    reports: {
      arrived: (reports) => entries.arrived(reports),
      died: (problem, lost, begun) => recover(problem, lost, begun),
      failed: (problem) => {
        pause();
        raise("error", "run-failed", { problems: [problem], actions: ["start-over"] });
      },
      disowned: (job) => entries.disowned(job),
      dealt() {
        store.dispatch({ type: "workers-changed", workers: pool.workers });
        loadWhenWanted();
      },
    },
  });
  const loading = createLoading({ store, manifestUrl, raise, own: () => entries.own });
  const recover = createRecovery({ pause, restore: pool.deal, raise });
  const nets = createNets({ store, pool, urlOf: urlOfNet, raise, fetchFile: fetchNet });
  const player = createPlayer({ store });
  const entries = createEntries({ store, pool, nets, plan, pause, opened, reportFault, keeping });
  keeping?.follow(() => entries.present);
  const { isFigure } = entries;
  const look = createLooking({ look: (place) => entries.look(place), failed: reportFault });

  /** How often Pause was pressed: what Play still waits for may not come after it. */
  let pauses = 0;
  /** Whether the jobs were told to work, so that they are brought their data. */
  let dataWanted = false;
  /** What was asked for beside that. @type {Needs[]} */
  let asked = [];
  /** What reports are to hold, because it is on screen. @type {string[]} */
  let wanted = [];
  /** @type {Map<string, boolean>} the slots of figures that are on screen */
  const onScreen = new Map();
  let hidden = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiddenTimer;

  /** What the workers have been given may lack data, and what finds its figure in a moment is not to be waited for. */
  function opened() {
    if (entries.startNow) {
      dataWanted = true;
      pool.start(null);
    }
    loading.bringOwn(pool.needs());
    loadWhenWanted();
    loadWhatIsSeen();
  }

  /** Begins again, with the visitor's digits as they are now. @param {import("../state/reducer.js").Source} source */
  async function beginAgain(source) {
    await entries.beginAgain(source);
    await loading.bringOwn(pool.needs());
  }

  /** What a figure on screen shows of a run that rests may need images, unless every byte counts. */
  function loadWhatIsSeen() {
    const client = wanted.includes("landscape") ? entries.firstClient : undefined;
    if (!client) return;
    const connection = /** @type {{ saveData?: boolean } | undefined} */ (
      Reflect.get(navigator, "connection")
    );
    if (!connection?.saveData) loading.load([{ client, needs: [TEST_IMAGES] }]);
  }

  function loadWhenWanted() {
    if (dataWanted) loading.load(pool.needs());
  }

  /**
   * Before jobs work on: what is over begins again, and so does what only shows a network that stands in.
   * @returns {Promise<boolean>} false when it was paused meanwhile
   */
  async function prepare() {
    const before = { pauses, place: entries.place };
    await entries.upToDate();
    const isOver = ["finished", "diverged"].includes(presentPhase(store.state));
    if (entries.continues) {
      if (isOver) await beginAgain(entries.usualSource());
      await entries.netsBrought();
    } else if (store.state.run.source === "pretrained") await beginAgain("seed");
    else if (isOver) await entries.rewind();
    return pauses === before.pauses && entries.place === before.place;
  }

  async function play() {
    if (store.state.run.playing) return;
    if (isFigure()) return player.play();
    store.dispatch({ type: "played" });
    if (!(await prepare())) return;
    store.dispatch({ type: "played" });
    store.dispatch({ type: "notices-cleared", topic: "run" });
    dataWanted = true;
    pool.start(presentPace(store.state));
    loadWhenWanted();
  }

  function pause() {
    pauses += 1;
    player.pause();
    pool.pause();
  }

  /** @param {"left" | "hidden"} why the run is paused without being asked */
  function pauseUnseen(why) {
    if (!store.state.run.playing) return;
    pause();
    store.dispatch({ type: "pause-noted", lab: entries.lab, why });
  }

  /** A run that is left is paused. */
  function leave() {
    const isLeft = entries.lab !== store.state.lab || store.state.page !== "lab";
    if (isLeft) pauseUnseen("left");
    else if (store.state.run.playing) pause();
    dataWanted = false;
    asked = [];
    // A page that is made anew in another language goes on showing what it showed.
    if (isLeft) onScreen.clear();
    watch();
  }

  async function step() {
    if (isFigure()) return player.step();
    store.dispatch({ type: "paused" });
    if (!(await prepare())) return;
    dataWanted = true;
    pool.step(1);
    loadWhenWanted();
  }

  async function reset() {
    if (isFigure()) return player.reset();
    pause();
    await entries.flush();
    if (entries.continues) await beginAgain(entries.usualSource());
    else if (store.state.run.source === "seed") await entries.rewind();
    else await beginAgain("seed");
  }

  async function usePretrained() {
    pause();
    await entries.flush();
    await beginAgain(entries.usualSource());
  }

  /** @param {{ always?: boolean }} [how] `always`: even where nothing else is wanted than before */
  function watch({ always = true } = {}) {
    const lab = store.state.catalogue.find(({ id }) => id === store.state.lab);
    const settings = presentSettings(store.state);
    const slots = lab?.slots.filter((slot) => onScreen.get(slot.name) && isMeant(slot, settings)) ?? [];
    const before = wanted;
    wanted = [...new Set(slots.flatMap(({ wants }) => wants))];
    if (always || wanted.join() !== before.join()) pool.watch(wanted, hidden);
    if (wanted.some((want) => !before.includes(want))) loadWhatIsSeen();
  }

  return {
    /** @type {typeof entries.follow} */
    follow(how) {
      entries.follow(how);
      watch({ always: false });
    },
    play,
    pause,
    step,
    reset,
    raise,

    /** Opens the lab that the visitor came to. */
    async openPlace() {
      leave();
      await entries.open();
    },

    /** Another page is looked at: the present lab is left as if for another one. */
    closePlace() {
      leave();
      entries.close();
    },

    /** What a suggestion sets is to be seen from its beginning. */
    async playFromStart() {
      if (!isFigure()) {
        await reset();
        await play();
      } else if (store.state.run.steps > 0) {
        player.reset();
        player.play();
      }
    },

    /** @param {import("../worker/pace.js").Pace} pace */
    changePace(pace) {
      if (isFigure()) player.changePace();
      else if (store.state.run.playing) pool.start(pace);
    },

    /**
     * @param {string} question
     * @param {Record<string, unknown>} [parts]
     * @param {Transferable[]} [transfer]
     * @param {number} [job] its index
     * @returns {Promise<any>}
     */
    ask: async (question, parts, transfer, job = 0) => pool.ask(entries.idOf(job), question, parts, transfer),

    /**
     * Brings the first job's worker data that is looked at without a run.
     * @param {Needs} needs
     */
    async load(needs) {
      asked.push(needs);
      const client = pool.clientOf(entries.idOf(0));
      if (client) await loading.load([{ client, needs: [needs] }]);
    },

    /**
     * A run as an archive with a script that repeats it; null, and a notice, where that cannot be had.
     * @param {number} job its index
     * @param {string} title what was trained
     * @returns {Promise<import("../pkg/core.js").PythonRun | null>}
     */
    async savePython(job, title) {
      try {
        const id = entries.idOf(job);
        const library = await fetchLibrary();
        // The samples that it learned are part of the archive. After a reload they are not here yet.
        await pool.open(id);
        if (!(await loading.load(pool.needs()))) return null;
        return await pool.ask(id, "save-python", { library, title });
      } catch (error) {
        if (!isLoss(error))
          raise("error", "python-failed", { topic: "file", problems: [problemOf(innermost(error))] });
        return null;
      }
    },

    /** What could not be loaded is tried again. */
    async loadAgain() {
      // What has kept data from coming has kept workers from starting.
      pool.tryAgain();
      const client = entries.firstClient;
      const wants = dataWanted ? pool.needs() : [];
      if (client && asked.length > 0) wants.push({ client, needs: asked });
      await loading.load(wants);
    },

    /** After a death: opens what was lost and works on. */
    async goOn() {
      pool.deal();
      await pool.allOpened();
      await play();
    },

    async startOver() {
      pool.deal();
      await reset();
    },

    /**
     * To the kept weights of a job that diverged.
     * @param {number} job its index
     */
    async goBack(job) {
      try {
        entries.mix(job);
        await pool.goBack(entries.idOf(job));
      } catch (error) {
        reportFault(error);
      }
    },

    /**
     * Shows the run as it was.
     * @param {number | null} step null for what it had come to
     * @param {-1 | 0 | 1} [toward] where one moves by keys: the direction
     */
    async look(step, toward = 0) {
      if (store.state.run.playing) pause();
      await look({ step, toward });
    },

    /** @param {Uint8Array} bytes a weights file; rejects with its problem and leaves everything as it is */
    async useFile(bytes) {
      await pool.loadWeights(entries.idOf(0), bytes);
      pause();
      entries.takeFile();
    },

    usualSource: entries.usualSource,

    /** The visitor's digits have changed. */
    ownChanged() {
      if (entries.takeOwn()) loading.bringOwn(pool.needs());
    },

    usePretrained,

    /** Leaves nothing of what training has come to, here or in the browser. */
    async forget() {
      if (!isFigure()) await usePretrained();
      entries.forget();
      await keeping?.forget();
    },

    /**
     * Notes whether a slot is on screen: only what is seen is reported.
     * @param {string} slot
     * @param {boolean} seen
     */
    watch(slot, seen) {
      if (onScreen.get(slot) === seen) return;
      onScreen.set(slot, seen);
      watch();
    },

    /** @param {boolean} unseen whether the page is out of sight */
    hide(unseen) {
      hidden = unseen;
      watch();
      clearTimeout(hiddenTimer);
      if (unseen) hiddenTimer = setTimeout(() => pauseUnseen("hidden"), UNSEEN);
    },
  };
}
