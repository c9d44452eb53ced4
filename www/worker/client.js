// The page's side of one worker: questions as promises, and a watch over whether the worker still lives.

import { checkReport, transferables } from "./protocol.js";

/** @typedef {import("./protocol.js").Message} Message @typedef {import("../pkg/core.js").Problem} Problem */

/** Milliseconds of silence, while something is expected, after which the worker is asked whether it lives … */
const SILENCE = 2000;
/** … and how long it may take to answer that. */
const LAST_CHANCE = 2000;
/** … where it has yet to say its first word: its script may come over a slow network. */
const FIRST_WORD = 30_000;
/** Milliseconds between two looks at the clock. */
const WATCH = 250;
/** Two looks that lie farther apart (milliseconds) say that the machine slept: the clock has jumped, not the worker. */
const SLEPT = 2000;

/** A question that got no answer, or `failed` as its answer. */
export class AnswerError extends Error {
  /**
   * @param {Problem} problem
   * @param {boolean} fatal
   */
  constructor(problem, fatal) {
    super(problem.message);
    this.name = "AnswerError";
    this.problem = problem;
    this.fatal = fatal;
  }
}

/**
 * @typedef {object} Client
 * @property {(message: Message, transfer?: Transferable[]) => Promise<any>} ask sends a question (`id` is added)
 * @property {(message: Message) => void} tell sends an order
 * @property {(expected: boolean) => void} expectReports whether silence would be a fault even with no question open
 * @property {() => void} end terminates the worker
 */

/**
 * @param {object} options
 * @param {() => Worker} options.spawn
 * @param {(report: Message) => void} options.report what the worker says by itself
 * @param {(problem: Problem, begun: boolean) => void} options.died called once, after the worker was terminated;
 *   `begun` is false when it never said a word, as where its script is missing
 * @returns {Client}
 */
export function createClient({ spawn, report, died }) {
  const worker = spawn();
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const open = new Map();
  let lastId = 0;
  let over = false;
  let reportsExpected = false;
  let begun = false;
  let heardAt = performance.now();
  let lookedAt = heardAt;
  /** @type {number | null} */
  let pingedAt = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let watch;

  worker.onmessage = ({ data }) => {
    if (over) return;
    begun = true;
    heardAt = performance.now();
    pingedAt = null;
    const message = checkReport(data);
    if (message.type === "failed" && message.fatal) return die(message.error);
    if (message.id === undefined) return report(message);
    const question = open.get(message.id);
    open.delete(message.id);
    keepWatch();
    if (message.type === "failed") question?.reject(new AnswerError(message.error, false));
    else question?.resolve(message.value);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    die(lost(event.message || "the worker could not start"));
  };
  worker.onmessageerror = () => die(lost("a message could not be read"));

  function keepWatch() {
    const needed = !over && (reportsExpected || open.size > 0);
    if (needed && watch === undefined) {
      lookedAt = heardAt = performance.now();
      pingedAt = null;
      watch = setInterval(look, WATCH);
    } else if (!needed) {
      clearInterval(watch);
      watch = undefined;
    }
  }

  function look() {
    const now = performance.now();
    const slept = now - lookedAt > SLEPT;
    lookedAt = now;
    // What the worker said before and during the sleep is still to be delivered.
    if (slept) {
      heardAt = now;
      if (pingedAt !== null) pingedAt = now;
    } else if (pingedAt !== null) {
      if (now - pingedAt > (begun ? LAST_CHANCE : FIRST_WORD)) die(lost("the worker no longer answers"));
    } else if (now - heardAt > SILENCE) {
      pingedAt = now;
      worker.postMessage({ type: "ping", id: ++lastId });
    }
  }

  /** @param {Problem} problem */
  function die(problem) {
    if (over) return;
    end(problem);
    died(problem, begun);
  }

  /** @param {Problem} problem */
  function end(problem) {
    over = true;
    worker.onmessage = worker.onerror = worker.onmessageerror = null;
    worker.terminate();
    for (const question of open.values()) question.reject(new AnswerError(problem, true));
    open.clear();
    keepWatch();
  }

  return {
    ask(message, transfer) {
      if (over) return Promise.reject(new AnswerError(lost("the worker is gone"), true));
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        open.set(id, { resolve, reject });
        keepWatch();
        worker.postMessage({ ...message, id }, transfer ?? []);
      });
    },
    tell(message) {
      if (!over) worker.postMessage(message, transferables(message));
    },
    expectReports(expected) {
      reportsExpected = expected;
      keepWatch();
    },
    end() {
      if (!over) end(lost("the worker was ended"));
    },
  };
}

/**
 * @param {string} why
 * @returns {Problem}
 */
function lost(why) {
  return { code: "worker-lost", field: "worker", value: why, allowed: "", at: null, message: why };
}

/**
 * Whether a question got no answer because its worker was let go, or died: that is dealt with on its own.
 * @param {unknown} error
 */
export function isLoss(error) {
  return error instanceof AnswerError && error.fatal;
}

/**
 * @param {any} error
 * @returns {any} the problem that an answer carries, or the error itself
 */
export function innermost(error) {
  return error instanceof AnswerError ? error.problem : error;
}
