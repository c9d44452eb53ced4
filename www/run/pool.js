// The jobs of the page, worked by as many workers as there are processors. A worker that died is replaced, and its jobs
// are kept with their last marks. One that could not even start, as offline, is done without while another lives.

import { isOver } from "../state/selectors.js";
import { createDealing, notOpen } from "./dealing.js";
import { keepMarks, markIn } from "./marks.js";
import { createWorkers } from "./workers.js";

/** @typedef {import("../worker/protocol.js").Message} Message @typedef {import("../worker/client.js").Client} Client */
/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("../pkg/labs.js").Needs} Needs */
/** @typedef {import("../pkg/labs.js").Problem} Problem @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./dealing.js").Job} Job @typedef {import("./workers.js").PoolWorker} PoolWorker */
/**
 * @typedef {object} Reports
 * @property {(reports: { job: number, report: JobReport }[]) => void} arrived
 * @property {(problem: Problem, lost: { job: number, mark: Mark | null }[], begun: boolean) => void} died a worker, and with
 *   it these jobs, which wait until they are dealt; `begun` is false when it never said a word
 * @property {(problem: Problem, job: number | undefined) => void} failed a job, which is not worked on any more
 * @property {() => void} dealt jobs were given to workers, which may lack data
 * @property {(job: number) => void} [disowned] a mark that another page left is of no use; the job begins at its start
 */

/** @typedef {ReturnType<typeof createPool>} Pool */

/**
 * @param {object} options
 * @param {Promise<WebAssembly.Module>} options.module
 * @param {number} options.cores
 * @param {Reports} options.reports
 * @param {() => Worker} [options.spawn]
 */
export function createPool({ module, cores, reports, spawn }) {
  /** In their order. @type {Map<number, Job>} */
  const jobs = new Map();
  let lastId = 0;
  const workers = createWorkers({ module, cores, spawn, heard, started: () => dealing.share(), died });
  const dealing = createDealing({
    jobs,
    workers,
    module,
    arrived,
    refused: reports.failed,
    disowned: reports.disowned,
    dealt: reports.dealt,
  });
  const { deal, whereOpen } = dealing;

  /**
   * @param {PoolWorker} worker
   * @param {Message} message
   */
  function heard(worker, message) {
    if (message.type === "failed") {
      const job = jobs.get(message.job);
      if (message.job === undefined || job?.worker === worker) reports.failed(message.error, message.job);
      return;
    }
    if (message.type !== "reports") return;
    /** @type {{ job: number, report: JobReport }[]} */
    const known = message.reports.filter((/** @type {{ job: number }} */ { job }) => {
      const found = jobs.get(job);
      return found?.worker === worker && found.asked === 0;
    });
    arrived(known);
    keepMarks(worker, () => workers.playing);
    dealing.makeRoom();
    dealing.share();
  }

  /**
   * @param {PoolWorker} worker
   * @param {import("./workers.js").Death} death
   */
  function died(worker, { problem, begun, missed }) {
    const lost = [...worker.jobs];
    for (const job of lost) job.worker = null;
    worker.jobs.clear();
    // What an earlier page left may have been its end, before it was accepted.
    for (const job of lost) if (job.mark && !job.mark.report) dealing.disown(job);
    if (!missed) {
      deal();
      return reports.dealt();
    }
    if (!worker.started && jobs.size === 0) return;
    reports.died(
      problem,
      lost.map(({ id, mark }) => ({ job: id, mark })),
      begun,
    );
  }

  /** @param {{ job: number, report: JobReport }[]} found */
  function arrived(found) {
    for (const { job, report } of found) {
      const known = jobs.get(job);
      if (known) known.report = report;
    }
    if (found.length === 0) return;
    reports.arrived(found);
    // A job that is begun again, or goes back, then waits like any other until the run is started.
    if (workers.playing && [...jobs.values()].every(({ report }) => report && isOver(report)))
      workers.pause();
  }

  /** @param {number} id */
  function find(id) {
    const job = jobs.get(id);
    if (!job) throw notOpen("open");
    return job;
  }

  /**
   * A command that makes a job another: its mark and what it reported before are of the past.
   * @param {Job} job
   * @param {Message} message
   * @param {() => void} [done] called before the report of what it has become
   */
  async function make(job, message, done) {
    await command(job, message, () => {
      job.mark = null;
      done?.();
    });
  }

  /**
   * A command that is answered with a report.
   * @param {Job} job
   * @param {Message} message
   * @param {() => void} [done] called before the report
   */
  async function command(job, message, done = () => {}) {
    job.asked += 1;
    job.resting = false;
    try {
      const worker = await whereOpen(job);
      const { opened } = job;
      const report = await worker.client.ask({ ...message, job: job.id });
      // It may have been closed, lost or begun again meanwhile.
      if (job.worker !== worker || job.opened !== opened) return;
      done();
      arrived([{ job: job.id, report }]);
    } finally {
      job.asked -= 1;
    }
  }

  /** Workers that could not start, as offline, are tried again. */
  function tryAgain() {
    workers.tryAgain();
    deal();
    dealing.share();
  }

  return {
    /**
     * @param {Uint8Array} task
     * @param {Needs} needs
     * @param {{ mark?: Mark | null, report?: JobReport | null }} [from] what it had come to when it was left
     * @returns {number} the job, which is opened with the next `deal`
     */
    add(task, needs, { mark = null, report = null } = {}) {
      const id = ++lastId;
      const opened = Promise.resolve();
      const fresh = { worker: null, resting: false, opened, asked: 0, changedAt: -1 };
      jobs.set(id, { id, task, needs, report, mark, ...fresh });
      return id;
    },

    deal,

    /** @param {number} id */
    remove(id) {
      const job = jobs.get(id);
      if (!job) return;
      dealing.close(job);
      jobs.delete(id);
    },

    /**
     * Closes a job of which everything is to be kept.
     * @param {number} id
     * @returns {Promise<Mark | null>} none when there is none to be had
     */
    async leave(id) {
      const job = find(id);
      const { worker, opened } = job;
      jobs.delete(id);
      if (!worker) return job.mark;
      worker.jobs.delete(job);
      job.worker = null;
      workers.letGoWhenIdle(worker);
      try {
        await opened;
        return await markIn(worker, id);
      } catch {
        return job.mark;
      } finally {
        worker.client.tell({ type: "close", job: id });
      }
    },

    /**
     * Offers a changed task to a job.
     * @param {number} id
     * @param {Uint8Array} task
     * @param {Needs} needs
     * @returns {Promise<boolean>} whether it was taken over on the way; else it is as it was, and can be begun again
     */
    async change(id, task, needs) {
      const job = find(id);
      if (!job.worker) return false;
      const worker = await whereOpen(job).catch(() => null);
      if (!(await worker?.client.ask({ type: "change", job: id, task }))) return false;
      Object.assign(job, { task, needs, changedAt: job.report?.done ?? 0 });
      return true;
    },

    /**
     * Begins a job from the start of a task, where it is or where there is room. What it reported before stands until it
     * reports again.
     * @param {number} id
     * @param {Uint8Array} task
     * @param {Needs} needs
     */
    async begin(id, task, needs) {
      const job = find(id);
      const { worker } = job;
      dealing.close(job);
      Object.assign(job, { task, needs, mark: null, resting: false });
      if (!worker) {
        job.report = null;
        return deal();
      }
      dealing.openIn(worker, job);
      reports.dealt();
      await whereOpen(job).catch((error) => {
        // A job that lost its worker waits for another one.
        if (job.worker || job.resting) throw error;
      });
    },

    /** @returns {Promise<void>} when every job that was dealt out has been opened, or was refused */
    async allOpened() {
      await Promise.allSettled([...jobs.values()].map(whereOpen));
    },

    /** @param {import("../worker/pace.js").Pace} pace */
    start(pace) {
      if (!workers.playing) tryAgain();
      workers.start(pace);
      dealing.share();
    },

    tryAgain,

    pause: workers.pause,
    step: workers.step,

    /** Takes every job back to before its first step. */
    async rewind() {
      workers.pause();
      /** @type {Promise<unknown>[]} */
      const rewound = [];
      for (const job of jobs.values()) {
        // Where it is lost before it was taken back, it is opened again from its start.
        job.mark = null;
        if (job.worker) rewound.push(make(job, { type: "rewind" }));
        else Object.assign(job, { resting: false, report: null });
      }
      const outcomes = await Promise.allSettled(rewound);
      deal();
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    },

    /** @param {number} id of a job that diverged */
    async goBack(id) {
      const job = find(id);
      dealing.ensureOpen(job);
      await make(job, { type: "go-back" });
    },

    /**
     * Looks at a job as it was. Its mark stays: it is of what the job had come to.
     * @param {number} id
     * @param {import("./looking.js").Place} place
     */
    async look(id, place) {
      const job = find(id);
      dealing.ensureOpen(job);
      await command(job, { type: "look", ...place });
    },

    /**
     * Puts the network of a file in place of a job's own. Rejects, and leaves everything as it is, when that is refused.
     * @param {number} id
     * @param {Uint8Array} bytes
     * @param {() => void} [taken] called before the report of what the job has become
     */
    async loadWeights(id, bytes, taken) {
      const job = find(id);
      dealing.ensureOpen(job);
      await make(job, { type: "ask", question: "load-weights", bytes }, taken);
      // It has no steps yet by which it would be found worth a mark.
      const { worker } = job;
      const mark = worker && (await markIn(worker, id).catch(() => null));
      if (mark && job.worker === worker && job.report?.done === mark.report?.done) job.mark = mark;
    },

    /**
     * @param {number} id
     * @param {string} question
     * @param {Record<string, unknown>} [parts]
     * @param {Transferable[]} [transfer]
     * @returns {Promise<any>}
     */
    async ask(id, question, parts = {}, transfer = []) {
      const job = find(id);
      dealing.ensureOpen(job);
      const worker = await whereOpen(job);
      return worker.client.ask({ type: "ask", job: id, question, ...parts }, transfer);
    },

    /** @param {number} id @returns {Promise<void>} when the job is open, also one that rests because it is over */
    async open(id) {
      const job = find(id);
      dealing.ensureOpen(job);
      await whereOpen(job);
    },

    /** @param {number} id @returns {JobReport | null} */
    report: (id) => jobs.get(id)?.report ?? null,

    /** @param {number} id @returns {Promise<Mark | null>} what a job that goes on has become; null when it is not to be had */
    async mark(id) {
      const job = find(id);
      if (!job.worker) return job.mark;
      const worker = await whereOpen(job);
      const mark = await markIn(worker, id);
      if (job.worker !== worker || job.asked > 0) return null;
      return (job.mark = mark);
    },

    /** @param {number} id @returns {Mark | null} what is known at once of what a job has become by its present task */
    lastMark(id) {
      const { mark = null, changedAt = -1 } = jobs.get(id) ?? {};
      return mark?.report && mark.report.done > changedAt ? mark : null;
    },

    watch: workers.watch,

    /** @returns {{ client: Client, needs: Needs[] }[]} the workers that have jobs, with what these need */
    needs: () =>
      workers.all
        .filter((worker) => worker.jobs.size > 0)
        .map(({ client, jobs }) => ({ client, needs: [...jobs].map(({ needs }) => needs) })),

    /** @param {number} id @returns {Client | undefined} the worker that has a job */
    clientOf: (id) => jobs.get(id)?.worker?.client,

    /** @returns {number} how many workers share the present jobs */
    get workers() {
      return Math.max(1, Math.min(workers.all.length, jobs.size));
    },
  };
}
