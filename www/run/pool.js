// The workers of the page. Jobs are dealt out to as many workers as there are processors; a worker has a few of them
// open at a time and works them in turn, the others wait until one is over. A worker that died is replaced, and its jobs
// are kept with their last marks. One that could not even start, as offline, is done without while another lives.

import { AnswerError, createClient } from "../worker/client.js";
import { isOver } from "../state/selectors.js";

/** @typedef {import("../worker/protocol.js").Message} Message @typedef {import("../worker/client.js").Client} Client */
/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("../pkg/core.js").Needs} Needs */
/** @typedef {import("../pkg/core.js").Problem} Problem */
/** @typedef {{ bytes: Uint8Array, report: JobReport }} Mark everything that a job had become, and its report from then */
/**
 * @typedef {object} Job
 * @property {number} id
 * @property {Uint8Array} task
 * @property {Needs} needs
 * @property {Lane | null} lane where it is open
 * @property {boolean} resting whether it is over and was closed to make room
 * @property {JobReport | null} report
 * @property {Mark | null} mark
 * @property {Promise<unknown>} opened when its worker has it; rejects when that refused it
 * @property {number} asked commands under way that make it another; its reports are old until they are answered
 *
 * @typedef {object} Lane
 * @property {Client} client
 * @property {Set<Job>} jobs
 * @property {boolean} started whether the core runs in it
 * @property {boolean} marking whether a mark was asked for
 * @property {number} markedAt
 * @property {ReturnType<typeof setTimeout> | undefined} idle
 *
 * @typedef {object} Reports
 * @property {(reports: { job: number, report: JobReport }[]) => void} arrived
 * @property {(problem: Problem, lost: { job: number, mark: Mark | null }[], begun: boolean) => void} died a worker, and with
 *   it these jobs, which wait until they are dealt; `begun` is false when it never said a word
 * @property {(problem: Problem, job: number | undefined) => void} failed a job, which is not worked on any more
 * @property {() => void} dealt jobs were given to workers, which may lack data
 */

/** Jobs that are open in a worker at a time. */
export const MOST_OPEN = 8;
/** Milliseconds after which a worker without jobs is let go; the first one stays. */
const IDLE = 10_000;
/** Milliseconds between two messages with reports, of all workers together: the page repaints at most 25 times a second. */
const BETWEEN_REPORTS = 40;
/** … and while nobody sees it. */
const BETWEEN_HIDDEN_REPORTS = 1000;
/** Milliseconds in which every job of a running worker is marked once. */
const BETWEEN_MARKS = 2000;
/** Bytes of marks that are kept of jobs that were closed because they are over; of the others the report stays. */
const MOST_MARKED = 64_000_000;

/** @typedef {ReturnType<typeof createPool>} Pool */

/**
 * @param {object} options
 * @param {Promise<WebAssembly.Module>} options.module
 * @param {number} options.cores
 * @param {Reports} options.reports
 * @param {() => Worker} [options.spawn]
 */
export function createPool({ module, cores, reports, spawn = spawnWorker }) {
  /** In their order. @type {Map<number, Job>} */
  const jobs = new Map();
  let lastId = 0;
  let playing = false;
  /** @type {number | null} */
  let pace = null;
  /** @type {string[]} */
  let wants = [];
  let hidden = false;
  /** How many workers there may be: fewer than processors after one could not start. */
  let most = cores;
  /** The first worker starts with the page, long before it is known which lab is opened. @type {Lane[]} */
  const lanes = [makeLane()];

  /** @returns {Lane} */
  function makeLane() {
    const client = createClient({
      spawn,
      report: (message) => heard(lane, message),
      died: (problem, begun) => lose(lane, problem, begun),
    });
    /** @type {Lane} */
    const lane = {
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
          () => (lane.started = true),
          (error) => giveUp(lane, error),
        ),
      () => {},
    );
    return lane;
  }

  function addLane() {
    const lane = makeLane();
    lanes.push(lane);
    lane.client.tell({ type: "watch", ...watched() });
    if (playing) {
      lane.client.tell({ type: "start", pace });
      lane.client.expectReports(true);
    }
    return lane;
  }

  /**
   * A worker in which the core does not start, for want of memory.
   * @param {Lane} lane
   * @param {unknown} error
   */
  function giveUp(lane, error) {
    if (isFatal(error)) return;
    lane.client.end();
    lose(lane, problemIn(error), false);
  }

  /**
   * @param {Lane} lane
   * @param {Problem} problem
   * @param {boolean} begun
   */
  function lose(lane, problem, begun) {
    clearTimeout(lane.idle);
    const lost = [...lane.jobs];
    for (const job of lost) job.lane = null;
    lane.jobs.clear();
    lanes.splice(lanes.indexOf(lane), 1);
    if (!lane.started && lanes.length > 0) {
      most = lanes.length;
      watchAll();
      return deal();
    }
    // What could not start is not tried again and again, but when there is something for it to do.
    if (lane.started) addLane();
    else if (jobs.size === 0) return;
    watchAll();
    reports.died(
      problem,
      lost.map(({ id, mark }) => ({ job: id, mark })),
      begun,
    );
  }

  /**
   * @param {Lane} lane
   * @param {Message} message
   */
  function heard(lane, message) {
    if (message.type === "failed") {
      const job = jobs.get(message.job);
      if (message.job === undefined || job?.lane === lane) reports.failed(message.error, message.job);
      return;
    }
    if (message.type !== "reports") return;
    /** @type {{ job: number, report: JobReport }[]} */
    const known = message.reports.filter((/** @type {{ job: number }} */ { job }) => {
      const found = jobs.get(job);
      return found?.lane === lane && found.asked === 0;
    });
    take(known);
    keepMarks(lane);
    makeRoom();
  }

  /** @param {{ job: number, report: JobReport }[]} found */
  function take(found) {
    for (const { job, report } of found) {
      const known = jobs.get(job);
      if (known) known.report = report;
    }
    if (found.length === 0) return;
    reports.arrived(found);
    // A job that is begun again, or goes back, then waits like any other until the run is started.
    if (playing && [...jobs.values()].every(({ report }) => report && isOver(report))) pause();
  }

  /** How many workers there are to be for the present jobs. */
  const wanted = () => Math.max(1, Math.min(most, jobs.size));
  const isCrowded = () => jobs.size > wanted() * MOST_OPEN;

  /** Gives jobs that wait to the workers that have the fewest. */
  function deal() {
    const crowded = isCrowded();
    const waiting = [...jobs.values()].filter(
      ({ lane, resting, report }) => lane === null && !resting && !(crowded && report && isOver(report)),
    );
    let dealt = false;
    for (const job of waiting) {
      const lane = freest();
      if (lane.jobs.size >= MOST_OPEN) break;
      openIn(lane, job);
      dealt = true;
    }
    for (const lane of lanes) letGoWhenIdle(lane);
    if (dealt) {
      watchAll();
      reports.dealt();
    }
  }

  /** @returns {Lane} */
  function freest() {
    const least = leastOf(lanes);
    return least && (least.jobs.size === 0 || lanes.length >= wanted()) ? least : addLane();
  }

  /**
   * @param {Lane} lane
   * @param {Job} job
   */
  function openIn(lane, job) {
    clearTimeout(lane.idle);
    lane.idle = undefined;
    lane.jobs.add(job);
    job.lane = lane;
    job.resting = false;
    job.asked += 1;
    const { id, task, mark } = job;
    const opened = module
      .then(() => lane.client.ask({ type: "open", job: id, task, mark: mark?.bytes ?? null }))
      .finally(() => (job.asked -= 1))
      .then((report) => {
        if (job.lane === lane && job.opened === opened) take([{ job: id, report }]);
      });
    job.opened = opened;
    opened.catch((error) => {
      if (job.lane !== lane || job.opened !== opened || isFatal(error)) return;
      lane.jobs.delete(job);
      Object.assign(job, { lane: null, resting: true });
      reports.failed(problemIn(error), id);
    });
  }

  /** @param {Job} job */
  function closeIn(job) {
    const { lane } = job;
    if (!lane) return;
    lane.jobs.delete(job);
    job.lane = null;
    lane.client.tell({ type: "close", job: job.id });
    letGoWhenIdle(lane);
  }

  /** @param {Lane} lane */
  function letGoWhenIdle(lane) {
    if (lane.jobs.size > 0 || lane === lanes[0] || lane.idle !== undefined) return;
    lane.idle = setTimeout(() => {
      lanes.splice(lanes.indexOf(lane), 1);
      lane.client.end();
      watchAll();
    }, IDLE);
  }

  /** Where more jobs want to work than can be open, those that are over make room. */
  async function makeRoom() {
    if (!isCrowded()) return;
    const over = [...jobs.values()].filter(
      ({ lane, resting, report, asked }) => lane && !resting && asked === 0 && report && isOver(report),
    );
    for (const job of over) {
      job.resting = true;
      const { lane } = job;
      const mark = await markOf(job).catch(() => null);
      // Meanwhile it may have been begun again, or closed.
      if (job.lane !== lane || !job.resting) continue;
      job.mark = mark ?? job.mark;
      closeIn(job);
      forgetMarks();
      deal();
    }
  }

  function forgetMarks() {
    const resting = [...jobs.values()].filter(({ mark, resting, lane }) => mark && resting && !lane);
    let bytes = resting.reduce((sum, { mark }) => sum + (mark?.bytes.length ?? 0), 0);
    for (const job of resting) {
      if (bytes <= MOST_MARKED) return;
      bytes -= job.mark?.bytes.length ?? 0;
      job.mark = null;
    }
  }

  /**
   * @param {Job} job
   * @returns {Promise<Mark>}
   */
  async function markOf(job) {
    if (!job.lane) throw notOpen();
    return markIn(job.lane, job.id);
  }

  /**
   * @param {Lane} lane
   * @param {number} id
   * @returns {Promise<Mark>}
   */
  async function markIn(lane, id) {
    const { mark, report } = await lane.client.ask({ type: "mark", job: id });
    return { bytes: mark, report };
  }

  /**
   * Marks the job whose mark is the oldest, where it is time for that.
   * @param {Lane} lane
   */
  async function keepMarks(lane) {
    const moved = [...lane.jobs].filter(
      ({ report, mark, asked }) =>
        asked === 0 && report && report.done > 0 && report.done !== mark?.report.done,
    );
    const due = performance.now() - lane.markedAt >= BETWEEN_MARKS / lane.jobs.size;
    if (lane.marking || moved.length === 0 || (playing && !due)) return;
    lane.marking = true;
    lane.markedAt = performance.now();
    const [job] = moved;
    try {
      const mark = await markOf(job);
      if (job.lane === lane && job.asked === 0) job.mark = mark;
      // To the end, so that the next one comes first.
      if (lane.jobs.delete(job)) lane.jobs.add(job);
    } catch {
      // A job without a mark is offered from the start instead.
    } finally {
      lane.marking = false;
    }
    if (!playing) keepMarks(lane);
  }

  function watched() {
    const working = Math.max(1, lanes.filter((lane) => lane.jobs.size > 0).length);
    return { wants, every: hidden ? BETWEEN_HIDDEN_REPORTS * working : BETWEEN_REPORTS * working };
  }

  function watchAll() {
    tellAll({ type: "watch", ...watched() });
  }

  /** @param {Message} message */
  function tellAll(message) {
    for (const { client } of lanes) client.tell(message);
  }

  /** @param {boolean} value */
  function setPlaying(value) {
    playing = value;
    for (const { client } of lanes) client.expectReports(value);
  }

  function pause() {
    setPlaying(false);
    tellAll({ type: "pause" });
  }

  /** @param {number} id */
  function find(id) {
    const job = jobs.get(id);
    if (!job) throw notOpen();
    return job;
  }

  /**
   * A command that makes a job another: its mark and what it reported before are of the past.
   * @param {Job} job
   * @param {Message} message
   * @param {() => void} [done] called before the report of what it has become
   */
  async function make(job, message, done = () => {}) {
    job.asked += 1;
    job.resting = false;
    try {
      const lane = await whereOpen(job);
      const { opened } = job;
      const report = await lane.client.ask({ ...message, job: job.id });
      // It may have been closed, lost or begun again meanwhile.
      if (job.lane !== lane || job.opened !== opened) return;
      job.mark = null;
      done();
      take([{ job: job.id, report }]);
    } finally {
      job.asked -= 1;
    }
  }

  /**
   * Waits until a job is open: a worker that could not start has handed it on to another one.
   * @param {Job} job
   * @returns {Promise<Lane>} rejects where it was refused, or lost
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
      return at(job.lane);
    }
  }

  /**
   * Opens a job that waits or rests, whatever else is open, because something is asked of it.
   * @param {Job} job
   */
  function ensureOpen(job) {
    if (job.lane) return;
    openIn(leastOf(lanes) ?? addLane(), job);
    watchAll();
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
      jobs.set(id, { id, task, needs, lane: null, resting: false, report, mark, opened, asked: 0 });
      return id;
    },

    deal,

    /** @param {number} id */
    remove(id) {
      const job = jobs.get(id);
      if (!job) return;
      closeIn(job);
      jobs.delete(id);
    },

    /**
     * Closes a job of which everything is to be kept.
     * @param {number} id
     * @returns {Promise<Mark | null>} none when there is none to be had
     */
    async leave(id) {
      const job = find(id);
      const { lane, opened } = job;
      jobs.delete(id);
      if (!lane) return job.mark;
      lane.jobs.delete(job);
      job.lane = null;
      letGoWhenIdle(lane);
      try {
        await opened;
        return await markIn(lane, id);
      } catch {
        return job.mark;
      } finally {
        lane.client.tell({ type: "close", job: id });
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
      if (!job.lane) return false;
      const lane = await whereOpen(job).catch(() => null);
      if (!(await lane?.client.ask({ type: "change", job: id, task }))) return false;
      Object.assign(job, { task, needs });
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
      const { lane } = job;
      closeIn(job);
      Object.assign(job, { task, needs, mark: null, resting: false });
      if (!lane) {
        job.report = null;
        return deal();
      }
      openIn(lane, job);
      reports.dealt();
      await whereOpen(job).catch((error) => {
        // A job that lost its worker waits for another one.
        if (job.lane || job.resting) throw error;
      });
    },

    /** @returns {Promise<void>} when every job that was dealt out has been opened, or was refused */
    async settled() {
      await Promise.allSettled([...jobs.values()].map(whereOpen));
    },

    /**
     * Workers that could not start are tried again.
     * @param {number | null} steps a second, or null for full speed
     */
    start(steps) {
      if (!playing) {
        most = cores;
        deal();
      }
      pace = steps;
      setPlaying(true);
      tellAll({ type: "start", pace });
    },

    pause,

    /** @param {number} count */
    step(count) {
      setPlaying(false);
      tellAll({ type: "step", count });
    },

    /** Takes every job back to before its first step. */
    async rewind() {
      pause();
      /** @type {Promise<unknown>[]} */
      const rewound = [];
      for (const job of jobs.values()) {
        // Where it is lost before it was taken back, it is opened again from its start.
        job.mark = null;
        if (job.lane) rewound.push(make(job, { type: "rewind" }));
        else Object.assign(job, { resting: false, report: null });
      }
      const outcomes = await Promise.allSettled(rewound);
      deal();
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    },

    /** @param {number} id of a job that diverged */
    async goBack(id) {
      const job = find(id);
      ensureOpen(job);
      await make(job, { type: "go-back" });
    },

    /**
     * Puts the network of a file in place of a job's own. Rejects, and leaves everything as it is, when that is refused.
     * @param {number} id
     * @param {Uint8Array} bytes
     * @param {() => void} [taken] called before the report of what the job has become
     */
    async loadWeights(id, bytes, taken) {
      const job = find(id);
      ensureOpen(job);
      await make(job, { type: "ask", question: "load-weights", bytes }, taken);
      // It has no steps yet by which it would be found worth a mark.
      const { lane } = job;
      const mark = await markOf(job).catch(() => null);
      if (job.lane === lane && job.report?.done === mark?.report.done) job.mark = mark;
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
      ensureOpen(job);
      const lane = await whereOpen(job);
      return lane.client.ask({ type: "ask", job: id, question, ...parts }, transfer);
    },

    /** @param {number} id @returns {JobReport | null} */
    report: (id) => jobs.get(id)?.report ?? null,

    /**
     * What reports are to hold, and whether anybody sees them.
     * @param {string[]} names
     * @param {boolean} unseen
     */
    watch(names, unseen) {
      wants = names;
      hidden = unseen;
      watchAll();
    },

    /** @returns {{ client: Client, needs: Needs[] }[]} the workers that have jobs, with what these need */
    needs: () =>
      lanes
        .filter((lane) => lane.jobs.size > 0)
        .map((lane) => ({ client: lane.client, needs: [...lane.jobs].map(({ needs }) => needs) })),

    /** @param {number} id @returns {Client | undefined} the worker that has a job */
    clientOf: (id) => jobs.get(id)?.lane?.client,

    /** @returns {number} how many workers share the present jobs */
    get workers() {
      return wanted();
    },
  };
}

/**
 * @param {Lane[]} lanes
 * @returns {Lane | undefined} the one with the fewest jobs; none when there are no workers
 */
function leastOf(lanes) {
  return lanes.toSorted((one, other) => one.jobs.size - other.jobs.size)[0];
}

/**
 * @param {Lane | null} lane
 * @returns {Lane}
 */
function at(lane) {
  if (!lane) throw notOpen();
  return lane;
}

/** @param {unknown} error */
function isFatal(error) {
  return error instanceof AnswerError && error.fatal;
}

/**
 * @param {unknown} error
 * @returns {Problem}
 */
function problemIn(error) {
  if (error instanceof AnswerError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return { code: "unexpected", field: "", value: "", allowed: "", at: null, message };
}

function spawnWorker() {
  return new Worker(new URL("../worker/worker.js", import.meta.url), { type: "module", name: "fishbowl" });
}

function notOpen() {
  const problem = { code: "not-ready", field: "job", value: "open", allowed: "", at: null };
  return Object.assign(new Error("the job is not open"), problem);
}
