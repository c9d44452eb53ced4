// The experiment's life: turns settings into jobs, has the pool work them, and tells the store what they report.

import { AnswerError, innermost } from "../worker/client.js";
import { createCache } from "./cache.js";
import { createLoading } from "./loading.js";
import { createNets } from "./nets.js";
import { createPlayer } from "./player.js";
import { createPool } from "./pool.js";
import { createRecovery } from "./recovery.js";
import { isOver, presentLab, presentPace, presentPhase, presentSettings } from "../state/selectors.js";
import { matchJobs } from "./match.js";
import { problemOf } from "../worker/protocol.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../state/reducer.js").Source} Source @typedef {import("../state/reducer.js").Notice} Notice */
/** @typedef {import("../pkg/core.js").Plan} Plan @typedef {import("../pkg/core.js").Settings} Settings */
/** @typedef {import("../pkg/core.js").JobDescription} JobDescription */
/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("../pkg/core.js").Needs} Needs */
/** @typedef {(kind: "info" | "error", code: string, more?: Partial<Omit<Notice, "id" | "kind" | "code">>) => void} Raise */
/**
 * @typedef {object} Entry one of the present jobs
 * @property {number | null} id the pool's name for it; null before it has one
 * @property {JobDescription} wanted what the settings ask for
 * @property {Uint8Array} task what it is at work on
 * @property {boolean} pure whether nothing but its task has made it what it is
 * @property {import("./cache.js").Kept | null} kept what it goes on from
 */

/** Milliseconds between the last keystroke and what follows from it, and between two times while something is dragged. */
const TYPING = 150;
const DRAGGING = 60;
/** Milliseconds that a run goes on in a page that nobody sees. */
const UNSEEN = 30_000;

/** @typedef {ReturnType<typeof createRun>} Run */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {Promise<WebAssembly.Module>} options.module
 * @param {(lab: string, settings: Settings) => Plan} options.plan the core's, to be called once that is there
 * @param {string} options.manifestUrl
 * @param {(name: string) => string} options.urlOfNet
 * @param {number} options.cores
 * @param {(url: string) => Promise<Uint8Array>} [options.fetchNet]
 * @param {() => Worker} [options.spawn]
 */
export function createRun({ store, module, plan, manifestUrl, urlOfNet, cores, fetchNet, spawn }) {
  const pool = createPool({
    module,
    cores,
    spawn,
    reports: {
      arrived: takeReports,
      died: (problem, lost, begun) => recover(problem, lost, begun),
      failed: (problem) => {
        pause();
        raise("error", "run-failed", { problems: [problem], actions: ["start-over"] });
      },
      dealt: loadWhenWanted,
    },
  });
  const loading = createLoading({ store, manifestUrl, raise });
  const recover = createRecovery({ pause, restore: pool.deal, raise });
  const cache = createCache();
  const nets = createNets({ pool, urlOf: urlOfNet, raise, fetchFile: fetchNet });
  const player = createPlayer({ store });

  /** The jobs of the present settings, in their order. @type {Entry[]} */
  let entries = [];
  /** Jobs that no longer belong, until it is sure that they will not be wanted again. @type {Entry[]} */
  let dropped = [];
  let openedLab = "";
  /** The tasks whose jobs already have the network that stands in for them. @type {WeakMap<Entry, Uint8Array>} */
  const brought = new WeakMap();
  /** Settings as the workers last heard of them. @type {Settings} */
  let heard = {};
  /** Rises with each place: what belongs to an older one comes to nothing. */
  let place = 0;
  /** How often Pause was pressed: what Play still waits for may not come after it. */
  let pauses = 0;
  /** Whether the jobs were told to work, so that they are brought their data. */
  let dataWanted = false;
  /** What was asked for beside that. @type {Needs[]} */
  let asked = [];
  /** @type {Map<string, boolean>} the slots of figures that are on screen */
  const onScreen = new Map();
  let hidden = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiddenTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let followTimer;
  let followAt = Infinity;
  /** @type {Promise<void>} */
  let following = Promise.resolve();

  const isFigure = () => entries.length === 0;

  /** @type {Raise} */
  function raise(kind, code, more) {
    const notice = { kind, code, params: {}, problems: [], actions: [], topic: "run", ...more };
    store.dispatch({ type: "notice-raised", notice });
  }

  /** @param {unknown} error */
  function reportFault(error) {
    // A death is dealt with on its own.
    if (error instanceof AnswerError && error.fatal) return;
    raise("error", "run-failed", { problems: [problemOf(innermost(error))], actions: ["start-over"] });
  }

  /** @param {{ job: number, report: JobReport }[]} reports */
  function takeReports(reports) {
    const known = reports.flatMap(({ job: id, report }) => {
      const job = entries.findIndex((entry) => entry.id === id);
      // What is to be seen is the network that stands in for it.
      return job < 0 || awaitsNet(entries[job]) ? [] : [{ job, report }];
    });
    if (known.length > 0) store.dispatch({ type: "reports-arrived", reports: known });
  }

  /** @param {Entry} entry */
  function awaitsNet(entry) {
    const { wanted, task, kept } = entry;
    const isMeant = store.state.run.source === "pretrained" && wanted.pretrained !== null && !kept;
    return isMeant && brought.get(entry) !== task;
  }

  /** @param {Source} source */
  function changeSource(source) {
    store.dispatch({ type: "source-changed", source });
    // What was held back for a network that is not to come.
    takeReports(
      entries.flatMap(({ id }, at) => {
        const report = id === null ? null : pool.report(id);
        return report && report !== store.state.run.jobs[at]?.report ? [{ job: Number(id), report }] : [];
      }),
    );
  }

  /** @returns {Plan | null} of the present settings */
  function planNow() {
    try {
      return plan(store.state.lab, presentSettings(store.state));
    } catch (error) {
      reportFault(error);
      return null;
    }
  }

  /**
   * @param {Entry} entry
   * @param {JobReport | null} report
   */
  const shown = ({ wanted: { name, color, limit, starts } }, report) => ({
    name,
    color,
    limit,
    starts,
    report,
  });

  /** Opens the lab that the visitor came to: as it was left, or with networks that come ready when it has such. */
  async function openPlace() {
    leave();
    const mine = (place += 1);
    const found = planNow() ?? { steps: 0, jobs: [] };
    openedLab = store.state.lab;
    heard = presentSettings(store.state);
    entries = found.jobs.map((wanted) => {
      const kept = cache.take(openedLab, wanted.task) ?? null;
      return { id: null, wanted, task: wanted.task, pure: kept?.pure ?? true, kept };
    });
    const source = entries.find(({ kept }) => kept)?.kept?.source ?? usualSource();
    store.dispatch({
      type: "run-opened",
      steps: found.steps,
      source,
      playing: false,
      jobs: entries.map((entry) => shown(entry, entry.kept?.report ?? null)),
    });
    store.dispatch({ type: "topic-settled", topic: "run" });
    await Promise.all(entries.map(({ kept }) => kept?.mark));
    if (place === mine) await flush();
  }

  /** Another page is looked at: the present lab is left as if for another one. */
  function closePlace() {
    place += 1;
    leave();
  }

  /** @returns {Source} */
  function usualSource() {
    return entries.some(({ wanted }) => wanted.pretrained !== null) ? "pretrained" : "seed";
  }

  /** A run that is left is paused; what it has come to is kept. */
  function leave() {
    clearTimeout(followTimer);
    followAt = Infinity;
    const isLeft = openedLab !== store.state.lab || store.state.page !== "lab";
    if (isLeft) pauseUnseen("left");
    else if (store.state.run.playing) pause();
    dataWanted = false;
    asked = [];
    if (openedLab !== store.state.lab) onScreen.clear();
    watch();
    const { source, jobs } = store.state.run;
    for (const [at, { id, task, pure }] of entries.entries()) {
      if (id === null) continue;
      const report = jobs[at]?.report ?? null;
      const isWorth = report !== null && (report.done > 0 || source === "file");
      if (!isWorth) pool.remove(id);
      else cache.put({ lab: openedLab, task, source, pure, report, mark: pool.leave(id) });
    }
    for (const { id } of dropped) if (id !== null) pool.remove(id);
    entries = [];
    dropped = [];
  }

  /**
   * The present settings have changed: the figure follows at once, the jobs a little later.
   * @param {{ dragging: boolean }} how
   */
  function follow({ dragging }) {
    const found = planNow();
    if (!found) return;
    const before = [...entries, ...dropped];
    const reports = new Map(entries.map((entry, at) => [entry, store.state.run.jobs[at]]));
    const matches = matchJobs(
      before.map(({ task, wanted }) => ({ task, name: wanted.name.en })),
      found.jobs.map(({ task, name }) => ({ task, name: name.en })),
    );
    // A figure is not played on as a run, nor a run as a figure.
    if (store.state.run.playing && (found.jobs.length === 0) !== isFigure()) pause();
    entries = found.jobs.map((wanted, at) => {
      const match = matches[at];
      if (!match) return { id: null, wanted, task: wanted.task, pure: true, kept: null };
      return Object.assign(before[match.from], { wanted });
    });
    dropped = before.filter((entry) => !entries.includes(entry));
    const jobs = entries.map((entry) => {
      const known = reports.get(entry);
      const now = shown(entry, known?.report ?? (entry.id === null ? null : pool.report(entry.id)));
      return known && sameJob(known, now) ? known : now;
    });
    const opening = entries.some(({ id }) => id === null);
    store.dispatch({ type: "jobs-changed", jobs, steps: found.steps, opening });
    if (opening || dropped.length > 0 || entries.some(isBehind)) followSoon(dragging);
    else heard = presentSettings(store.state);
  }

  /** @param {Entry} entry */
  function isBehind({ id, task, wanted }) {
    return (
      id === null || task.length !== wanted.task.length || task.some((byte, at) => byte !== wanted.task[at])
    );
  }

  /** @param {boolean} dragging */
  function followSoon(dragging) {
    const at = performance.now() + (dragging ? DRAGGING : TYPING);
    // While something is dragged a further change does not put it off.
    if (dragging && followAt <= at) return;
    clearTimeout(followTimer);
    followAt = at;
    followTimer = setTimeout(() => flush(), at - performance.now());
  }

  /**
   * Lets the workers know of the present settings now; one time after the other.
   * @returns {Promise<void>}
   */
  function flush() {
    clearTimeout(followTimer);
    followAt = Infinity;
    following = following.then(followNow).catch(reportFault);
    return following;
  }

  async function followNow() {
    const mine = place;
    for (const { id } of dropped.splice(0)) if (id !== null) pool.remove(id);
    const live = onlyLiveChanged();
    heard = presentSettings(store.state);
    // As they are now: while the workers answer the settings may change again.
    const now = [...entries];
    await Promise.all(now.map((entry) => (entry.id === null ? addJob(entry) : changeJob(entry, live))));
    if (place !== mine) return;
    pool.deal();
    await pool.settled();
    // Not waited for: whoever presses Train does not need the network that stands in.
    Promise.all(now.map(bringNet)).then(() => {
      const isSettled = place === mine && entries.every(({ id }) => id !== null);
      if (isSettled) store.dispatch({ type: "run-settled", workers: pool.workers });
    });
    loadWhenWanted();
    startWhatStarts();
  }

  /** What finds its figure in a moment does so at once, without being asked. */
  function startWhatStarts() {
    const isLeft = (/** @type {Entry} */ { id }) => {
      const report = id === null ? null : pool.report(id);
      return !(report && isOver(report));
    };
    if (entries.every(({ wanted }) => wanted.starts) && entries.some(isLeft)) pool.start(null);
  }

  /** @returns {boolean} whether no field has changed but those that act on a running experiment */
  function onlyLiveChanged() {
    const settings = presentSettings(store.state);
    const { fields } = presentLab(store.state);
    return fields.every(({ name, live }) => live || settings[name] === heard[name]);
  }

  /** @param {Entry} entry */
  async function addJob(entry) {
    const { wanted, kept } = entry;
    const mark = (await kept?.mark) ?? null;
    if (!entries.includes(entry) || entry.id !== null) return;
    const report = mark?.report ?? kept?.report ?? null;
    // Without a mark only what is over can be shown as it was.
    if (!mark && !(report && isOver(report))) entry.kept = null;
    entry.task = wanted.task;
    entry.id = pool.add(wanted.task, wanted.needs, { mark, report });
  }

  /**
   * @param {Entry} entry
   * @param {boolean} live
   */
  async function changeJob(entry, live) {
    const { wanted } = entry;
    if (entry.id === null || !isBehind(entry)) return;
    if (live && (await pool.change(entry.id, wanted.task, wanted.needs))) {
      entry.pure &&= (pool.report(entry.id)?.done ?? 0) === 0;
      if (brought.get(entry) === entry.task) brought.set(entry, wanted.task);
      entry.task = wanted.task;
      return;
    }
    await begin(entry);
  }

  /** @param {Entry} entry to begin from the start of what is wanted */
  async function begin(entry) {
    if (entry.id === null) return;
    const { task, needs } = entry.wanted;
    Object.assign(entry, { task, pure: true, kept: null });
    // A network from a file has its own shape; a changed one has the form's.
    if (store.state.run.source === "file") changeSource(usualSource());
    await pool.begin(entry.id, task, needs);
  }

  /** @param {Entry} entry */
  async function bringNet(entry) {
    const { id, task, wanted } = entry;
    if (id === null || wanted.pretrained === null || !awaitsNet(entry)) return;
    const isWanted = () =>
      entries.includes(entry) && entry.id === id && entry.task === task && awaitsNet(entry);
    const has = await nets.bring(id, wanted.pretrained, isWanted, () => brought.set(entry, task));
    if (!has && isWanted()) changeSource("seed");
  }

  function loadWhenWanted() {
    if (dataWanted) loading.load(pool.needs());
  }

  /**
   * Before jobs work on: what is over begins again, and so does what only shows a network that stands in.
   * @returns {Promise<boolean>} false when it was paused meanwhile
   */
  async function prepare() {
    const pausesBefore = pauses;
    const mine = place;
    await (followAt < Infinity ? flush() : following);
    if (store.state.run.source === "pretrained") await beginAgain("seed");
    else if (["finished", "diverged"].includes(presentPhase(store.state))) await rewind();
    return pausesBefore === pauses && mine === place;
  }

  async function rewind() {
    store.dispatch({ type: "topic-settled", topic: "run" });
    try {
      const rewound = pool.rewind();
      forgetReports();
      await rewound;
    } catch (error) {
      reportFault(error);
    }
    for (const entry of entries) Object.assign(entry, { pure: true, kept: null });
  }

  /** Jobs that are not open any more have nothing to show after they were taken back. */
  function forgetReports() {
    const gone = entries.flatMap(({ id }, at) => (id !== null && pool.report(id) === null ? [at] : []));
    store.dispatch({ type: "reports-forgotten", jobs: gone });
  }

  /**
   * Begins every job from its start, with networks from elsewhere than those it has now.
   * @param {Source} source
   */
  async function beginAgain(source) {
    store.dispatch({ type: "topic-settled", topic: "run" });
    for (const entry of entries) {
      brought.delete(entry);
      entry.kept = null;
    }
    store.dispatch({ type: "source-changed", source });
    const begun = Promise.all(entries.map(begin));
    forgetReports();
    await begun.catch(reportFault);
    await Promise.all(entries.map(bringNet));
  }

  async function play() {
    if (store.state.run.playing) return;
    if (isFigure()) return player.play();
    store.dispatch({ type: "played" });
    if (!(await prepare())) return;
    store.dispatch({ type: "played" });
    store.dispatch({ type: "topic-settled", topic: "run" });
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
    store.dispatch({ type: "pause-noted", lab: openedLab, why });
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
    await flush();
    if (store.state.run.source === "seed") await rewind();
    else await beginAgain("seed");
  }

  function watch() {
    const lab = store.state.catalogue.find(({ id }) => id === store.state.lab);
    const slots = lab?.slots.filter(({ name }) => onScreen.get(name)) ?? [];
    pool.watch([...new Set(slots.flatMap(({ wants }) => wants))], hidden);
  }

  /** @param {number} job @returns {number} the pool's name for it */
  function idOf(job) {
    const id = entries[job]?.id ?? null;
    if (id === null) {
      const problem = { code: "not-ready", field: "job", value: String(job), allowed: "", at: null };
      throw Object.assign(new Error("the job is not open"), problem);
    }
    return id;
  }

  return {
    openPlace,
    closePlace,
    follow,
    play,
    pause,
    step,
    reset,
    raise,

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

    /** @param {number | null} pace */
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
    ask: async (question, parts, transfer, job = 0) => pool.ask(idOf(job), question, parts, transfer),

    /**
     * Brings the first job's worker data that is looked at without a run.
     * @param {Needs} needs
     */
    async load(needs) {
      asked.push(needs);
      const client = pool.clientOf(idOf(0));
      if (client) await loading.load([{ client, needs: [needs] }]);
    },

    /** What could not be loaded is tried again. */
    async loadAgain() {
      const first = entries[0]?.id ?? null;
      const client = first === null ? undefined : pool.clientOf(first);
      const wants = dataWanted ? pool.needs() : [];
      if (client && asked.length > 0) wants.push({ client, needs: asked });
      await loading.load(wants);
    },

    /** After a death: opens what was lost and works on. */
    async goOn() {
      pool.deal();
      await pool.settled();
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
        entries[job].pure = false;
        await pool.goBack(idOf(job));
      } catch (error) {
        reportFault(error);
      }
    },

    /** @param {Uint8Array} bytes a weights file; rejects with its problem and leaves everything as it is */
    async useFile(bytes) {
      await pool.loadWeights(idOf(0), bytes);
      pause();
      Object.assign(entries[0], { pure: false, kept: null });
      store.dispatch({ type: "source-changed", source: "file" });
    },

    async usePretrained() {
      pause();
      await flush();
      await beginAgain(usualSource());
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

    /** @param {boolean} unseen whether nobody sees the page */
    hide(unseen) {
      hidden = unseen;
      watch();
      clearTimeout(hiddenTimer);
      if (unseen) hiddenTimer = setTimeout(() => pauseUnseen("hidden"), UNSEEN);
    },
  };
}

/**
 * @param {import("../state/reducer.js").Job} one
 * @param {import("../state/reducer.js").Job} other
 */
function sameJob(one, other) {
  return (
    one.name.en === other.name.en &&
    one.name.zh === other.name.zh &&
    one.color === other.color &&
    one.limit === other.limit &&
    one.starts === other.starts &&
    one.report === other.report
  );
}
