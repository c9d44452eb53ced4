// What training has come to is kept in the browser, so that a reload loses nothing: a mark for each job, under a key that
// says what it is of. What is read there is outside input: it may be of another version, broken, or not there at all.

import { isEqual } from "./match.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../state/reducer.js").Source} Source @typedef {import("../pkg/core.js").JobReport} JobReport */
/** @typedef {import("./cache.js").Kept} Kept @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./database.js").Database} Database @typedef {import("./database.js").Change} Change */
/**
 * @typedef {object} Present one of the present jobs
 * @property {string} lab
 * @property {Uint8Array} task
 * @property {Source} source
 * @property {boolean} pure
 * @property {JobReport | null} report null while it is not known
 * @property {boolean} isWorth whether it is to be kept
 * @property {number | null} keptAt the steps that it had done as it was kept when its lab was opened
 * @property {() => Promise<Mark | null>} mark what it is now
 * @property {() => Mark | null} lastMark what it was a moment ago; null where that is not known at once
 *
 * @typedef {object} Stored
 * @property {string} lab
 * @property {Uint8Array} task
 * @property {Source} source
 * @property {boolean} pure
 * @property {number} done steps
 * @property {number} size bytes
 * @property {number} at milliseconds since 1970
 * @property {IDBValidKey} key all of this, and the version
 */

/** So many networks are kept, and so many bytes of them: the last ones. */
export const MOST = 24;
export const MOST_BYTES = 32_000_000;
/**
 * Milliseconds between two writes while a run goes on, until it is written for the first time, and until one that rests is:
 * what is written as the page goes may not arrive.
 */
export const BETWEEN = 10_000;
export const FIRST = 2000;
export const REST = 400;
/** Milliseconds that a page which is ready to begin waits for the browser, and that a network is waited for. */
const LONGEST_START = 2000;
const LONGEST_READ = 5000;
/** What the keys are made of; a change of it makes all older ones void. */
const FORMAT = 1;

/** @typedef {ReturnType<typeof createKeeping>} Keeping */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {Database} options.database
 * @param {string} options.core whose marks these are: another version refuses them, or takes them for something else
 * @param {() => number} [options.now]
 */
export function createKeeping({ store, database, core, now = Date.now }) {
  const version = `${FORMAT} ${core}`;
  /** The newest first. @type {Stored[]} */
  let stored = [];
  /** What there is at present, once there is anything. @type {() => { place: number, jobs: Present[] }} */
  let present = () => ({ place: 0, jobs: [] });
  /** The jobs of one place, with the report that was written last. @type {Pick<Present, "lab" | "task" | "report">[]} */
  let known = [];
  let place = 0;
  let seenRun = store.state.run;
  /** Rises when everything is forgotten: what was under way comes to nothing. */
  let forgotten = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** One write at a time. @type {Promise<void>} */
  let writing = Promise.resolve();
  let isWriting = false;

  /** @param {IDBValidKey[]} keys all that there are @returns {IDBValidKey[]} those that are to go */
  function sweep(keys) {
    const found = sort(keys, version);
    stored = found.stored;
    return found.gone;
  }

  function tell() {
    const bytes = stored.reduce((sum, { size }) => sum + size, 0);
    const { kept } = store.state;
    if (kept.networks === stored.length && kept.bytes === bytes) return;
    store.dispatch({ type: "kept-changed", networks: stored.length, bytes });
  }

  async function load() {
    try {
      const gone = sweep(await database.keys());
      tell();
      if (gone.length > 0) await database.change({ put: [], remove: gone }, sweep);
    } catch {
      // The page works without.
    }
  }

  /** @param {Stored} about @returns {Promise<Mark | null>} */
  async function read({ key, size }) {
    try {
      const bytes = await atMost(LONGEST_READ, database.get(key));
      return bytes instanceof Uint8Array && bytes.length === size ? { bytes, report: null } : null;
    } catch {
      return null;
    }
  }

  /** @returns {Present[]} the present jobs, each of which is known from now on */
  function note() {
    const { place: here, jobs } = present();
    if (here !== place) {
      place = here;
      known = [];
    }
    for (const job of jobs) {
      const { lab, task, report, keptAt, isWorth } = job;
      // What was neither kept nor is to be is none of this.
      if (report && (isWorth || keptAt !== null) && !known.some((each) => isSame(each, job)))
        known.push({ lab, task, report: keptAt === report.done ? report : null });
    }
    return jobs;
  }

  /** @returns {{ changed: Present[], gone: Stored[] }} the present jobs as against what was written */
  function compare() {
    const jobs = note();
    // A part of them would come back as a race of others.
    const worth = jobs.length > MOST || store.state.embed ? [] : jobs.filter(({ isWorth }) => isWorth);
    const left = known.filter(
      (each) => !jobs.some((job) => isSame(job, each) && (job.isWorth || !job.report)),
    );
    return {
      changed: worth.filter((job) => known.find((each) => isSame(each, job))?.report !== job.report),
      gone: stored.filter((each) => left.some((job) => isSame(job, each))),
    };
  }

  /**
   * @param {Present[]} changed
   * @param {(Mark | null)[]} marks of these
   * @param {Stored[]} gone
   * @returns {Change}
   */
  function changeOf(changed, marks, gone) {
    const at = now();
    /** @type {Change} */
    const change = { put: [], remove: gone.map(({ key }) => key) };
    for (const [index, job] of changed.entries()) {
      const mark = marks[index];
      if (!mark?.report || mark.bytes.length > MOST_BYTES) continue;
      const { lab, task, source, pure } = job;
      const { done } = mark.report;
      const key = [lab, task.slice().buffer, version, source, pure ? 1 : 0, done, mark.bytes.length, at];
      change.put.push([key, mark.bytes]);
      // The newest of the same job is found, and the others are swept away.
      const written = known.find((each) => isSame(each, job));
      if (written) written.report = job.report;
    }
    return change;
  }

  /**
   * @param {Present[]} changed
   * @param {Stored[]} gone
   */
  function write(changed, gone) {
    if (changed.length === 0 && gone.length === 0) return;
    const mine = forgotten;
    isWriting = true;
    const marks = Promise.all(changed.map(({ mark }) => mark().catch(() => null)));
    writing = writing
      .then(async () => {
        const change = changeOf(changed, await marks, gone);
        if (mine === forgotten) await database.change(change, sweep);
        tell();
      })
      .catch(() => {})
      .finally(() => (isWriting = false));
  }

  function look() {
    clearTimeout(timer);
    timer = undefined;
    if (isWriting) return soon();
    const { changed, gone } = compare();
    write(changed, gone);
  }

  function soon() {
    const { playing } = store.state.run;
    // While a run goes on its reports do not put off what is to come.
    if (playing && timer !== undefined) return;
    clearTimeout(timer);
    const isWritten = known.some(({ report }) => report !== null);
    timer = setTimeout(look, !playing ? REST : isWritten ? BETWEEN : FIRST);
  }

  const loading = load();

  return {
    /** @returns {Promise<unknown>} when it is known what there is, or that takes too long from now on */
    loaded: () => atMost(LONGEST_START, loading).catch(() => {}),

    /** @returns {Kept[]} what there is, the newest last; each mark is read when it is asked for */
    list() {
      if (store.state.embed) return [];
      return stored.toReversed().map((each) => {
        const { lab, task, source, pure, done } = each;
        /** @type {Promise<Mark | null> | undefined} */
        let mark;
        return {
          lab,
          task,
          source,
          pure,
          done,
          report: null,
          get mark() {
            return (mark ??= read(each));
          },
        };
      });
    },

    /** Keeps what the present jobs come to from now on. @param {typeof present} jobs */
    follow(jobs) {
      present = jobs;
      store.subscribe(() => {
        if (store.state.run === seenRun) return;
        const wasPlaying = seenRun.playing;
        seenRun = store.state.run;
        if (wasPlaying !== seenRun.playing) {
          clearTimeout(timer);
          timer = undefined;
        }
        // What becomes another is known by what it was.
        note();
        soon();
      });
    },

    /** The present jobs are left, which are these still. @param {Kept[]} kept of them */
    leave(kept) {
      const { changed, gone } = compare();
      const found = changed.flatMap((job) => {
        const own = kept.find((each) => isSame(each, job));
        return own ? [{ ...job, mark: () => own.mark }] : [];
      });
      write(found, gone);
    },

    /** The page is out of sight, and may not come back. */
    hide: look,

    /** The page goes: what is known at once is written. */
    end() {
      try {
        const { changed, gone } = compare();
        const marks = changed.map(({ lastMark }) => lastMark());
        const change = changeOf(changed, marks, gone);
        if (change.put.length > 0 || gone.length > 0) database.changeNow(change);
      } catch {
        // The last write before stands.
      }
    },

    /** Forgets everything. */
    async forget() {
      forgotten += 1;
      known = [];
      await writing;
      try {
        await database.change({ put: [], remove: [] }, (keys) => keys);
      } catch {
        // What cannot be reached is not read either.
      }
      stored = [];
      tell();
    },
  };
}

/**
 * @param {IDBValidKey[]} keys
 * @param {string} version
 * @returns {{ stored: Stored[], gone: IDBValidKey[] }} what is of use, the newest first, and what is not: other versions,
 *   older ones of the same job, and what is beyond the budget
 */
function sort(keys, version) {
  const all = keys.map((key) => ({ key, about: parse(key, version) }));
  const found = all.flatMap(({ about }) => about ?? []).sort((one, other) => other.at - one.at);
  /** @type {Stored[]} */
  const stored = [];
  let bytes = 0;
  for (const each of found) {
    const isOld = stored.some((newer) => isSame(newer, each));
    if (isOld || stored.length === MOST || bytes + each.size > MOST_BYTES) continue;
    stored.push(each);
    bytes += each.size;
  }
  const used = new Set(stored.map(({ key }) => key));
  return { stored, gone: keys.filter((key) => !used.has(key)) };
}

/**
 * @param {IDBValidKey} key
 * @param {string} version
 * @returns {Stored | null} null where it is of another version, or of something else
 */
function parse(key, version) {
  if (!Array.isArray(key) || key.length !== 8) return null;
  const [lab, task, of, source, pure, done, size, at] = key;
  // However its bytes were given, this is how a browser gives them back.
  if (typeof lab !== "string" || !(task instanceof ArrayBuffer) || of !== version) return null;
  if (source !== "seed" && source !== "file") return null;
  for (const count of [pure, done, size, at]) if (typeof count !== "number" || !(count >= 0)) return null;
  const numbers = { done: Number(done), size: Number(size), at: Number(at) };
  return { lab, task: new Uint8Array(task), source, pure: pure === 1, ...numbers, key };
}

/**
 * @param {{ lab: string, task: Uint8Array }} one
 * @param {{ lab: string, task: Uint8Array }} other
 */
function isSame(one, other) {
  return one.lab === other.lab && isEqual(one.task, other.task);
}

/**
 * @template Value
 * @param {number} milliseconds
 * @param {Promise<Value>} value
 * @returns {Promise<Value>} rejects when it takes longer
 */
function atMost(milliseconds, value) {
  return Promise.race([
    value,
    new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), milliseconds)),
  ]);
}
