// The jobs of the present settings: opened with a lab, changed as its settings change, kept when it is left.

import { createCache } from "./cache.js";
import { notOpen } from "./dealing.js";
import { createGatherer } from "./gather.js";
import { isEqual, matchJobs } from "./match.js";
import { isOver, presentLab, presentSettings } from "../state/selectors.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../state/reducer.js").Source} Source @typedef {import("./pool.js").Pool} Pool */
/** @typedef {import("../pkg/core.js").Plan} Plan @typedef {import("../pkg/core.js").Settings} Settings */
/** @typedef {import("../pkg/core.js").JobDescription} JobDescription */
/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("./nets.js").Nets} Nets */
/**
 * @typedef {object} Entry one of the present jobs
 * @property {number | null} id the pool's name for it; null before it has one
 * @property {JobDescription} wanted what the settings ask for
 * @property {Uint8Array} task what it is at work on
 * @property {boolean} pure whether nothing but its task has made it what it is
 * @property {import("./cache.js").Kept | null} kept what it goes on from
 */

/** @typedef {ReturnType<typeof createEntries>} Entries */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {Pool} options.pool
 * @param {Nets} options.nets
 * @param {(lab: string, settings: Settings) => Plan} options.plan the core's, to be called once that is there
 * @param {() => void} options.pause what plays
 * @param {() => void} options.opened called when the jobs of changed settings are with the workers
 * @param {(error: unknown) => void} options.reportFault
 */
export function createEntries({ store, pool, nets, plan, pause, opened, reportFault }) {
  const cache = createCache();
  /** In the order of the settings. @type {Entry[]} */
  let entries = [];
  /** Jobs that no longer belong, until it is sure that they will not be wanted again. @type {Entry[]} */
  let dropped = [];
  let openedLab = "";
  /** Settings as the workers last heard of them. @type {Settings} */
  let heard = {};
  /** Rises with each place: what belongs to an older one comes to nothing. */
  let place = 0;
  const changes = createGatherer(followNow, reportFault);

  const isFigure = () => entries.length === 0;

  /** @param {Source} source */
  function changeSource(source) {
    store.dispatch({ type: "source-changed", source });
    // What was held back for a network that is not to come.
    arrived(
      entries.flatMap(({ id }, at) => {
        const report = id === null ? null : pool.report(id);
        return report && report !== store.state.run.jobs[at]?.report ? [{ job: Number(id), report }] : [];
      }),
    );
  }

  /** @param {{ job: number, report: JobReport }[]} reports by the pool's names */
  function arrived(reports) {
    const known = reports.flatMap(({ job: id, report }) => {
      const job = entries.findIndex((entry) => entry.id === id);
      // What is to be seen is the network that stands in for it.
      return job < 0 || nets.isAwaited(entries[job]) ? [] : [{ job, report }];
    });
    if (known.length > 0) store.dispatch({ type: "reports-arrived", reports: known });
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

  /** @returns {Source} */
  function usualSource() {
    return entries.some(({ wanted }) => wanted.pretrained !== null) ? "pretrained" : "seed";
  }

  /** What the jobs of the lab have come to is kept, as it was paused. */
  function leave() {
    changes.stop();
    if (store.state.run.playing) pause();
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

  /** Lets the workers know of the present settings. */
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
    await pool.allOpened();
    // Not waited for: a visitor who presses Train does not need the network that stands in.
    Promise.all(now.map(bringNet)).then(() => {
      const isReady = place === mine && entries.every(({ id }) => id !== null);
      if (isReady) store.dispatch({ type: "run-ready", workers: pool.workers });
    });
    opened();
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
    if (entry.id === null || isEqual(entry.task, wanted.task)) return;
    if (live && (await pool.change(entry.id, wanted.task, wanted.needs))) {
      entry.pure &&= (pool.report(entry.id)?.done ?? 0) === 0;
      nets.keep(entry, wanted.task);
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
    // A network from a file has its own shape, and so may have the one that stood in; a changed one has the form's.
    const { source } = store.state.run;
    const stoodIn = source === "pretrained" && usualSource() !== "pretrained";
    if (source === "file" || stoodIn) changeSource(usualSource());
    await pool.begin(entry.id, task, needs);
  }

  /** @param {Entry} entry */
  async function bringNet(entry) {
    if (!(await nets.bring(entry, () => entries.includes(entry)))) changeSource("seed");
  }

  /** Jobs that are not open any more have nothing to show after they were taken back. */
  function forgetReports() {
    const gone = entries.flatMap(({ id }, at) => (id !== null && pool.report(id) === null ? [at] : []));
    store.dispatch({ type: "reports-forgotten", jobs: gone });
  }

  return {
    isFigure,
    arrived,
    usualSource,
    /** Lets the workers know of the present settings at once. */
    flush: changes.now,
    /** @type {() => Promise<void>} when the workers have heard of the present settings */
    upToDate: changes.upToDate,

    /** Opens the lab that the visitor came to: as it was left, or with networks that come ready when it has such. */
    async open() {
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
      store.dispatch({ type: "notices-cleared", topic: "run" });
      await Promise.all(entries.map(({ kept }) => kept?.mark));
      if (place === mine) await changes.now();
    },

    /** The lab is left for no other one. */
    close() {
      place += 1;
      leave();
    },

    /**
     * The present settings have changed: the figure follows at once, the jobs a little later.
     * @param {{ dragging: boolean }} how
     */
    follow({ dragging }) {
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
        return known && isSameJob(known, now) ? known : now;
      });
      const opening = entries.some(({ id }) => id === null);
      store.dispatch({ type: "jobs-changed", jobs, steps: found.steps, opening });
      const isBehind = entries.some(({ task, wanted }) => !isEqual(task, wanted.task));
      if (opening || isBehind || dropped.length > 0) changes.soon(dragging);
      else heard = presentSettings(store.state);
    },

    /** Takes every job back to before its first step, with its own network. */
    async rewind() {
      store.dispatch({ type: "notices-cleared", topic: "run" });
      try {
        const rewound = pool.rewind();
        forgetReports();
        await rewound;
      } catch (error) {
        reportFault(error);
      }
      for (const entry of entries) Object.assign(entry, { pure: true, kept: null });
    },

    /**
     * Begins every job from its start, with networks from elsewhere than those it has now.
     * @param {Source} source
     */
    async beginAgain(source) {
      store.dispatch({ type: "notices-cleared", topic: "run" });
      for (const entry of entries) {
        nets.forget(entry);
        entry.kept = null;
      }
      store.dispatch({ type: "source-changed", source });
      const begun = Promise.all(entries.map(begin));
      forgetReports();
      await begun.catch(reportFault);
      await Promise.all(entries.map(bringNet));
    },

    /** @param {number} job by its place, which has become what its task alone does not make it */
    mix(job) {
      Object.assign(entries[job], { pure: false });
    },

    /** The first job's network is that of a file. */
    takeFile() {
      Object.assign(entries[0], { pure: false, kept: null });
      store.dispatch({ type: "source-changed", source: "file" });
    },

    /** @param {number} job by its place @returns {number} the pool's name for it; throws while it has none */
    idOf(job) {
      const id = entries[job]?.id ?? null;
      if (id === null) throw notOpen(String(job));
      return id;
    },

    /** @returns {import("../worker/client.js").Client | undefined} the worker that has the first job */
    get firstClient() {
      const id = entries[0]?.id ?? null;
      return id === null ? undefined : pool.clientOf(id);
    },

    /** @returns {boolean} whether every job begins without being asked, and some are not over */
    get startNow() {
      const isLeft = (/** @type {Entry} */ { id }) => {
        const report = id === null ? null : pool.report(id);
        return !(report && isOver(report));
      };
      return entries.every(({ wanted }) => wanted.starts) && entries.some(isLeft);
    },

    /** The lab of the present jobs. */
    get lab() {
      return openedLab;
    },

    /** Another number for each time that a lab was opened. */
    get place() {
      return place;
    },
  };
}

/**
 * @param {Entry} entry
 * @param {JobReport | null} report
 */
function shown({ wanted: { name, color, limit, starts } }, report) {
  return { name, color, limit, starts, report };
}

/**
 * @param {import("../state/reducer.js").Job} one
 * @param {import("../state/reducer.js").Job} other
 */
function isSameJob(one, other) {
  return (
    one.name.en === other.name.en &&
    one.name.zh === other.name.zh &&
    one.color === other.color &&
    one.limit === other.limit &&
    one.starts === other.starts &&
    one.report === other.report
  );
}
