// The workers of the page: made, replaced when they die, let go when there is nothing for them to do, and told what all
// are told. What they work on is the pool's business.

import { createClient, innermost, isLoss } from "../worker/client.js";
import { problemOf } from "../worker/protocol.js";

/** @typedef {import("../worker/protocol.js").Message} Message @typedef {import("../worker/client.js").Client} Client */
/** @typedef {import("../pkg/labs.js").Problem} Problem @typedef {import("./dealing.js").Job} Job */
/**
 * @typedef {object} PoolWorker
 * @property {Client} client
 * @property {Set<Job>} jobs that are open in it
 * @property {boolean} started whether the core runs in it
 * @property {boolean} marking whether a mark was asked for
 * @property {number} markedAt
 * @property {ReturnType<typeof setTimeout> | undefined} idle
 *
 * @typedef {object} Death
 * @property {Problem} problem
 * @property {boolean} begun false when the worker never said a word
 * @property {boolean} missed false when it could not even start, and others live that can do without it
 */

/** Milliseconds after which a worker without jobs is let go; the first one stays. */
const IDLE = 10_000;
/** Milliseconds between two messages with reports, of all workers together: steps are seen at most 25 times a second. */
const BETWEEN_REPORTS = 40;
/** … and while the page is hidden. */
const BETWEEN_HIDDEN_REPORTS = 1000;

/** @typedef {ReturnType<typeof createWorkers>} Workers */

/**
 * @param {object} options
 * @param {Promise<WebAssembly.Module>} options.module
 * @param {number} options.cores
 * @param {(() => Worker) | undefined} options.spawn
 * @param {(worker: PoolWorker, message: Message) => void} options.heard what it says by itself
 * @param {() => void} options.started a worker is ready for jobs
 * @param {(worker: PoolWorker, death: Death) => void} options.died
 */
export function createWorkers({ module, cores, spawn = spawnWorker, heard, started, died }) {
  let playing = false;
  /** @type {import("../worker/pace.js").Pace} */
  let pace = null;
  /** @type {string[]} */
  let wants = [];
  let hidden = false;
  /** How many there may be: fewer than processors after one could not start. */
  let most = cores;
  /** The first one starts with the page, long before it is known which lab is opened. @type {PoolWorker[]} */
  const all = [make()];

  /** @returns {PoolWorker} */
  function make() {
    const client = createClient({
      spawn,
      report: (message) => heard(worker, message),
      died: (problem, begun) => lose(worker, problem, begun),
    });
    /** @type {PoolWorker} */
    const worker = {
      client,
      jobs: new Set(),
      started: false,
      marking: false,
      markedAt: -Infinity,
      idle: undefined,
    };
    // Sent at once although the module may still be compiling: the worker's script loads meanwhile.
    module.then(
      (compiled) =>
        client.ask({ type: "boot", module: compiled }).then(
          () => {
            worker.started = true;
            started();
          },
          (error) => giveUp(worker, error),
        ),
      () => {},
    );
    return worker;
  }

  function add() {
    const worker = make();
    all.push(worker);
    worker.client.tell({ type: "watch", ...watched() });
    if (playing) {
      worker.client.tell({ type: "start", pace });
      worker.client.expectReports(true);
    }
    return worker;
  }

  /**
   * A worker in which the core does not start, for want of memory.
   * @param {PoolWorker} worker
   * @param {unknown} error
   */
  function giveUp(worker, error) {
    if (isLoss(error)) return;
    worker.client.end();
    lose(worker, problemOf(innermost(error)), false);
  }

  /**
   * @param {PoolWorker} worker
   * @param {Problem} problem
   * @param {boolean} begun
   */
  function lose(worker, problem, begun) {
    clearTimeout(worker.idle);
    all.splice(all.indexOf(worker), 1);
    const missed = worker.started || all.length === 0;
    if (!missed) most = all.length;
    // One that could not start is not tried again and again, but when there is something for it to do.
    if (worker.started) add();
    died(worker, { problem, begun, missed });
    watchAll();
  }

  /** @returns {PoolWorker | undefined} the one with the fewest jobs; none when there are no workers */
  const least = () => all.toSorted((one, other) => one.jobs.size - other.jobs.size)[0];

  /** @param {number} count of jobs @returns {number} how many workers there are to be for them */
  const wanted = (count) => Math.max(1, Math.min(most, count));

  function watched() {
    const working = Math.max(1, all.filter(({ jobs }) => jobs.size > 0).length);
    return { wants, every: hidden ? BETWEEN_HIDDEN_REPORTS * working : BETWEEN_REPORTS * working };
  }

  function watchAll() {
    tellAll({ type: "watch", ...watched() });
  }

  /** @param {Message} message */
  function tellAll(message) {
    for (const { client } of all) client.tell(message);
  }

  /** @param {boolean} value */
  function setPlaying(value) {
    playing = value;
    for (const { client } of all) client.expectReports(value);
  }

  return {
    /** In the order in which they were made. @type {readonly PoolWorker[]} */
    all,
    wanted,
    watchAll,
    add,

    /** @returns {PoolWorker} the one with the fewest jobs, however many these are */
    least: () => least() ?? add(),

    /**
     * @param {number} count of all jobs
     * @returns {PoolWorker} the one with the fewest jobs: a further one where all have some and more are wanted
     */
    freest(count) {
      const found = least();
      return found && (found.jobs.size === 0 || all.length >= wanted(count)) ? found : add();
    },

    /** @param {PoolWorker} worker that has a job again */
    keep(worker) {
      clearTimeout(worker.idle);
      worker.idle = undefined;
    },

    /** @param {PoolWorker} worker */
    letGoWhenIdle(worker) {
      if (worker.jobs.size > 0 || worker === all[0] || worker.idle !== undefined) return;
      worker.idle = setTimeout(() => {
        all.splice(all.indexOf(worker), 1);
        worker.client.end();
        watchAll();
      }, IDLE);
    },

    /** Those that could not start may be tried again. */
    tryAgain() {
      most = cores;
    },

    /** @param {import("../worker/pace.js").Pace} chosen */
    start(chosen) {
      pace = chosen;
      setPlaying(true);
      tellAll({ type: "start", pace });
    },

    pause() {
      setPlaying(false);
      tellAll({ type: "pause" });
    },

    /** @param {number} count */
    step(count) {
      setPlaying(false);
      tellAll({ type: "step", count });
    },

    /**
     * What reports are to hold, and whether the page is out of sight.
     * @param {string[]} names
     * @param {boolean} unseen
     */
    watch(names, unseen) {
      wants = names;
      hidden = unseen;
      watchAll();
    },

    get playing() {
      return playing;
    },

    /** Whether they work as fast as they can, so that it matters which of them have nothing to do. */
    get atFullSpeed() {
      return playing && typeof pace !== "number";
    },
  };
}

function spawnWorker() {
  return new Worker(new URL("../worker/worker.js", import.meta.url), { type: "module", name: "fishbowl" });
}
