// Which worker has which jobs. A worker has a few of them open at a time and works them in turn; the others wait until
// one is over and makes room. When none waits any more, a worker that has nothing to do takes some over from another.

import { innermost, isLoss } from "../worker/client.js";
import { isOver } from "../state/selectors.js";
import { problemOf } from "../worker/protocol.js";
import { forgetMarks, markIn } from "./marks.js";

/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("../pkg/labs.js").Needs} Needs */
/** @typedef {import("../pkg/labs.js").Problem} Problem @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./workers.js").PoolWorker} PoolWorker @typedef {import("./workers.js").Workers} Workers */
/**
 * @typedef {object} Job
 * @property {number} id
 * @property {Uint8Array} task
 * @property {Needs} needs
 * @property {PoolWorker | null} worker where it is open
 * @property {boolean} resting whether it is over and was closed to make room
 * @property {JobReport | null} report
 * @property {Mark | null} mark
 * @property {Promise<unknown>} opened when its worker has it; rejects when that refused it
 * @property {number} changedAt the steps that it had done when its task was changed on the way; -1 where it was not
 * @property {number} asked commands under way that make it another; its reports are old until they are answered
 */

/** Jobs that are open in a worker at a time. */
export const MOST_OPEN = 8;

/**
 * @param {object} options
 * @param {Map<number, Job>} options.jobs in their order
 * @param {Workers} options.workers
 * @param {Promise<WebAssembly.Module>} options.module a worker hears of a job only when it is there
 * @param {(found: { job: number, report: JobReport }[]) => void} options.arrived
 * @param {(problem: Problem, job: number) => void} options.refused
 * @param {() => void} options.dealt jobs were given to workers
 * @param {(job: number) => void} [options.disowned] a mark of an earlier page is of no use
 */
export function createDealing({ jobs, workers, module, arrived, refused, dealt, disowned = () => {} }) {
  let sharing = false;
  const isCrowded = () => jobs.size > workers.wanted(jobs.size) * MOST_OPEN;

  /** Gives jobs that wait to the workers that have the fewest. */
  function deal() {
    const crowded = isCrowded();
    const waiting = [...jobs.values()].filter(
      (job) => job.worker === null && !job.resting && !(crowded && isDone(job)),
    );
    let some = false;
    for (const job of waiting) {
      const worker = workers.freest(jobs.size);
      if (worker.jobs.size >= MOST_OPEN) break;
      openIn(worker, job);
      some = true;
    }
    for (const worker of workers.all) workers.letGoWhenIdle(worker);
    if (some) {
      workers.watchAll();
      dealt();
    }
  }

  /**
   * @param {PoolWorker} worker
   * @param {Job} job
   */
  function openIn(worker, job) {
    workers.keep(worker);
    worker.jobs.add(job);
    job.worker = worker;
    job.resting = false;
    job.asked += 1;
    const { id, task, mark } = job;
    const opened = module
      .then(() => worker.client.ask({ type: "open", job: id, task, mark: mark?.bytes ?? null }))
      .finally(() => (job.asked -= 1))
      .then((report) => {
        if (job.worker !== worker || job.opened !== opened) return;
        if (mark && job.mark === mark) job.mark = { ...mark, report };
        arrived([{ job: id, report }]);
      });
    job.opened = opened;
    opened.catch((error) => {
      if (job.worker !== worker || job.opened !== opened || isLoss(error)) return;
      worker.jobs.delete(job);
      if (mark && !mark.report) {
        disown(job);
        return openIn(worker, job);
      }
      Object.assign(job, { worker: null, resting: true });
      refused(problemOf(innermost(error)), id);
    });
  }

  /** @param {Job} job that is to begin at its start, without the mark that an earlier page left */
  function disown(job) {
    job.mark = null;
    disowned(job.id);
  }

  /** @param {Job} job */
  function close(job) {
    const { worker } = job;
    if (!worker) return;
    worker.jobs.delete(job);
    job.worker = null;
    worker.client.tell({ type: "close", job: job.id });
    workers.letGoWhenIdle(worker);
  }

  /**
   * Waits until a job is open: a worker that could not start has handed it on to another one.
   * @param {Job} job
   * @returns {Promise<PoolWorker>} rejects where it was refused, or lost
   */
  async function whereOpen(job) {
    for (;;) {
      const { opened } = job;
      const refusal = await opened.then(
        () => null,
        (error) => ({ error }),
      );
      if (opened !== job.opened) continue;
      if (refusal) throw refusal.error;
      if (!job.worker) throw notOpen("open");
      return job.worker;
    }
  }

  /** Where a worker has nothing to do and another has several jobs at work, it takes some of them over. */
  async function share() {
    if (sharing || !workers.atFullSpeed) return;
    const busiest = busiestOf(workers.all);
    if (!busiest || atWork(busiest).length < 2) return;
    const left = [...jobs.values()].filter((job) => !isDone(job));
    const dry = workers.all.filter((worker) => atWork(worker).length === 0);
    if (dry.length === 0 && workers.all.length < workers.wanted(left.length)) workers.add();
    // One that has yet to start may not be able to.
    const idle = dry.find(({ started }) => started);
    if (!idle) return;
    sharing = true;
    try {
      while (await takeOver(idle));
    } finally {
      sharing = false;
    }
  }

  /**
   * Moves a job to a worker that has at least two fewer at work than another one.
   * @param {PoolWorker} to
   * @returns {Promise<boolean>} whether it was moved
   */
  async function takeOver(to) {
    const from = busiestOf(workers.all);
    if (!from || !workers.all.includes(to) || to.jobs.size >= MOST_OPEN) return false;
    const there = atWork(from);
    if (there.length - atWork(to).length < 2) return false;
    const done = (/** @type {Job} */ { report }) => report?.done ?? 0;
    const [job] = there.filter(({ asked }) => asked === 0).sort((one, other) => done(one) - done(other));
    return job !== undefined && move(job, from, to);
  }

  /**
   * Opens a job where another worker has brought it. What is asked of it meanwhile waits until it is open again.
   * @param {Job} job
   * @param {PoolWorker} from
   * @param {PoolWorker} to
   * @returns {Promise<boolean>} whether it is there
   */
  async function move(job, from, to) {
    // What it reports before it is closed is ahead of its mark.
    job.asked += 1;
    const moved = markIn(from, job.id)
      .catch(() => null)
      .then((mark) => {
        job.asked -= 1;
        // Meanwhile it may have been closed, lost or begun again, or the run paused, for a single step perhaps.
        if (job.worker !== from || job.opened !== moved || !workers.atFullSpeed) return;
        if (!mark || !workers.all.includes(to)) return;
        job.mark = mark;
        close(job);
        openIn(to, job);
        dealt();
      });
    job.opened = moved;
    await whereOpen(job).catch(() => null);
    return job.worker === to;
  }

  return {
    deal,
    openIn,
    close,
    disown,
    share,
    whereOpen,

    /** Where more jobs want to work than can be open, those that are over make room. */
    async makeRoom() {
      if (!isCrowded()) return;
      const over = [...jobs.values()].filter(
        ({ worker, resting, report, asked }) => worker && !resting && asked === 0 && report && isOver(report),
      );
      for (const job of over) {
        job.resting = true;
        const { worker, id } = job;
        const mark = worker && (await markIn(worker, id).catch(() => null));
        // Meanwhile it may have been begun again, or closed.
        if (job.worker !== worker || !job.resting) continue;
        job.mark = mark ?? job.mark;
        close(job);
        forgetMarks(jobs.values());
        deal();
      }
    },

    /**
     * Opens a job that waits or rests, whatever else is open, because something is asked of it.
     * @param {Job} job
     */
    ensureOpen(job) {
      if (job.worker) return;
      openIn(workers.least(), job);
      workers.watchAll();
    },
  };
}

/** @param {Job} job */
function isDone({ report }) {
  return report !== null && isOver(report);
}

/** @param {PoolWorker} worker @returns {Job[]} those of its jobs that are not over */
function atWork({ jobs }) {
  return [...jobs].filter((job) => !isDone(job));
}

/** @param {readonly PoolWorker[]} workers @returns {PoolWorker | undefined} the one with the most jobs at work */
function busiestOf(workers) {
  return workers.toSorted((one, other) => atWork(other).length - atWork(one).length)[0];
}

/**
 * @param {string} value
 * @returns {Error} a problem
 */
export function notOpen(value) {
  const problem = { code: "not-ready", field: "job", value, allowed: "", at: null };
  return Object.assign(new Error("the job is not open"), problem);
}
