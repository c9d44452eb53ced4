// The jobs of the present settings: opened with a lab, changed as its settings change, kept when it is left.

import { createCache } from "./cache.js";
import { notOpen } from "./dealing.js";
import { createGatherer } from "./gather.js";
import { entryOf, isOtherNet, isSameJob, isWorth, shown } from "./entry.js";
import { isEqual, matchJobs } from "./match.js";
import { needsOwn } from "./shards.js";
import { isOver, presentLab, presentSettings } from "../state/selectors.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../state/reducer.js").Source} Source @typedef {import("./pool.js").Pool} Pool */
/** @typedef {import("../pkg/labs.js").Plan} Plan @typedef {import("../pkg/labs.js").Settings} Settings */
/** @typedef {import("../pkg/labs.js").JobDescription} JobDescription */
/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("./nets.js").Nets} Nets */
/** @typedef {import("./entry.js").Entry} Entry */

/** @typedef {ReturnType<typeof createEntries>} Entries */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {Pool} options.pool
 * @param {Nets} options.nets
 * @param {(lab: string, settings: Settings) => Plan} options.plan the labs', to be called once they are there
 * @param {() => void} options.pause what plays
 * @param {() => void} options.opened called when the jobs of changed settings are with the workers
 * @param {(error: unknown) => void} options.reportFault
 * @param {import("./keeping.js").Keeping} [options.keeping]
 */
export function createEntries({ store, pool, nets, plan, pause, opened, reportFault, keeping }) {
  const cache = createCache(keeping?.list());
  /** In the order of the settings. @type {Entry[]} */
  let entries = [];
  /** Jobs that no longer belong, until it is sure that they will not be wanted again. @type {Entry[]} */
  let dropped = [];
  let openedLab = "";
  /** Settings as the workers last heard of them. @type {Settings} */
  let heard = {};
  /** Rises with each place: what belongs to an older one comes to nothing. */
  let place = 0;
  /** The visitor's digits that the present jobs learn: those that come later wait until they begin again. */
  let own = store.state.own.digits;
  const changes = createGatherer(followNow, reportFault);

  const isFigure = () => entries.length === 0;
  /** The networks that stand in, on their way. @type {Promise<unknown>} */
  let bringing = Promise.resolve();
  /** The lab on its way to the workers: before that it is not known which networks are to come. @type {Promise<unknown>} */
  let opening = Promise.resolve();

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
    /** @type {import("./cache.js").Kept[]} */
    const kept = [];
    for (const [at, { id, task, pure, net, kept: before }] of entries.entries()) {
      const report = jobs[at]?.report ?? null;
      // Not opened yet, it is what it was.
      if (before && (id === null || !report)) cache.put(before);
      if (id === null) continue;
      if (!report || !isWorth(report, source)) pool.remove(id);
      else
        kept.push({
          lab: openedLab,
          task,
          source,
          pure,
          net,
          done: report.done,
          report,
          own,
          mark: pool.leave(id),
        });
    }
    for (const each of kept) cache.put(each);
    keeping?.leave(kept);
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
    bringing = Promise.all(now.map(bringNet));
    bringing.then(() => {
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
    if (!kept) own = store.state.own.digits;
    // Without a mark only what is over can be shown as it was.
    if (kept && !mark && !(report && isOver(report))) disown(entry);
    Object.assign(entry, { task: wanted.task, net: wanted.pretrained, again: false });
    entry.id = pool.add(wanted.task, wanted.needs, { mark, report });
  }

  /** @param {Entry} entry that cannot go on from what was kept of it */
  function disown(entry) {
    Object.assign(entry, { kept: null, pure: true });
    if (entries.every(({ kept }) => !kept)) changeSource(usualSource());
  }

  /**
   * @param {Entry} entry
   * @param {boolean} live
   */
  async function changeJob(entry, live) {
    const { wanted } = entry;
    if (entry.id !== null && isOtherNet(entry)) {
      nets.forget(entry);
      changeSource("pretrained");
      return begin(entry);
    }
    if (entry.id !== null && entry.again) return begin(entry);
    if (entry.id === null || isEqual(entry.task, wanted.task)) return;
    if (live && (await pool.change(entry.id, wanted.task, wanted.needs))) {
      entry.pure &&= (pool.report(entry.id)?.done ?? 0) === 0;
      nets.keep(entry, wanted.task);
      Object.assign(entry, { task: wanted.task, keptAt: null });
      return;
    }
    await begin(entry);
  }

  /** @param {Entry} entry to begin from the start of what is wanted */
  async function begin(entry) {
    if (entry.id === null) return;
    const { task, needs, pretrained } = entry.wanted;
    Object.assign(entry, { task, net: pretrained, again: false, pure: true, kept: null });
    own = store.state.own.digits;
    // A network from a file has its own shape, and so may have the one that stood in; a changed one has the form's. None
    // stands in for those that run abreast.
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
      own = store.state.own.digits;
      const mine = (place += 1);
      const found = planNow() ?? { steps: 0, jobs: [] };
      openedLab = store.state.lab;
      heard = presentSettings(store.state);
      entries = found.jobs.map((wanted) => {
        const found = cache.take(openedLab, wanted.task) ?? null;
        // It waits for the network that it began with to be chosen again.
        const isOther = found !== null && isOtherNet({ net: found.net ?? null, wanted });
        if (isOther) cache.put(found);
        // What learned other digits of the visitor's than there are now does not go on.
        const isPast = needsOwn([wanted.needs]) && found?.own !== store.state.own.digits;
        return entryOf(wanted, isOther || isPast ? null : found);
      });
      const isRace = entries.some(({ wanted }) => wanted.abreast);
      if (isRace && entries.some(({ kept }) => !kept))
        for (const entry of entries) Object.assign(entry, { pure: true, kept: null });
      const source = entries.find(({ kept }) => kept)?.kept?.source ?? usualSource();
      store.dispatch({
        type: "run-opened",
        steps: found.steps,
        source,
        playing: false,
        jobs: entries.map((entry) => shown(entry, entry.kept?.report ?? null)),
      });
      store.dispatch({ type: "notices-cleared", topic: "run" });
      const marks = Promise.all(entries.map(({ kept }) => kept?.mark));
      opening = marks.then(() => (place === mine ? changes.now() : undefined));
      await opening;
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
        if (!match) return entryOf(wanted, null);
        return Object.assign(before[match.from], { wanted });
      });
      dropped = before.filter((entry) => !entries.includes(entry));
      // One that joins a race has begun nothing: the others begin again with it.
      const joins = entries.some((entry) => entry.wanted.abreast && !before.includes(entry));
      for (const entry of entries) entry.again = entry.wanted.abreast && (joins || entry.again);
      const jobs = entries.map((entry) => {
        const known = reports.get(entry);
        const now = shown(entry, known?.report ?? (entry.id === null ? null : pool.report(entry.id)));
        return known && isSameJob(known, now) ? known : now;
      });
      const opening = entries.some(({ id }) => id === null);
      store.dispatch({ type: "jobs-changed", jobs, steps: found.steps, opening });
      const isBehind = entries.some(
        (entry) => entry.again || isOtherNet(entry) || !isEqual(entry.task, entry.wanted.task),
      );
      if (opening || isBehind || dropped.length > 0) changes.soon(dragging);
      else heard = presentSettings(store.state);
    },

    /** Takes every job back to before its first step, with its own network. */
    async rewind() {
      store.dispatch({ type: "notices-cleared", topic: "run" });
      for (const entry of entries) entry.kept = null;
      try {
        const rewound = pool.rewind();
        forgetReports();
        await rewound;
      } catch (error) {
        reportFault(error);
      }
      for (const entry of entries) entry.pure = true;
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
      bringing = Promise.all(entries.map(bringNet));
      await bringing;
    },

    /** @returns {Promise<unknown>} when every network that stands in is there, or cannot be had */
    netsBrought: () => opening.then(() => bringing),

    /**
     * Shows every job as it was.
     * @param {import("./looking.js").Place} place
     */
    async look(place) {
      await Promise.all(entries.flatMap(({ id }) => (id === null ? [] : pool.look(id, place))));
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

    /** @param {number} id the pool's name for a job that could not go on from what was kept of it */
    disowned(id) {
      const entry = entries.find((each) => each.id === id);
      if (entry) disown(entry);
    },

    /** What earlier labs have come to is not to be brought back. */
    forget: cache.clear,

    /** @returns {{ place: number, jobs: import("./keeping.js").Present[] }} what the present jobs have come to */
    get present() {
      const { source, jobs } = store.state.run;
      const found = entries.flatMap(({ id, task, pure, wanted, keptAt }, at) => {
        if (id === null) return [];
        const report = jobs[at]?.report ?? null;
        // What begins by itself is there again in a moment.
        const isOwn = source !== "pretrained" && !wanted.starts;
        const worth = isOwn && report !== null && isWorth(report, source);
        const [mark, lastMark] = [() => pool.mark(id), () => pool.lastMark(id)];
        return [{ lab: openedLab, task, source, pure, report, isWorth: worth, keptAt, mark, lastMark }];
      });
      return { place, jobs: found };
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

    /** The visitor's digits that the present jobs learn. */
    get own() {
      return own;
    },

    /** There are others of the visitor's digits. @returns {boolean} whether the present jobs learn those */
    takeOwn() {
      const some = entries.filter(({ wanted }) => needsOwn([wanted.needs]));
      const areFresh = some.every(({ id }) => id === null || (pool.report(id)?.done ?? 0) === 0);
      if (some.length === 0 || !areFresh || store.state.run.playing) return false;
      own = store.state.own.digits;
      return true;
    },

    /** @returns {boolean} whether training goes on from the networks that stand in */
    get continues() {
      return entries.some(({ wanted }) => wanted.continues);
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
