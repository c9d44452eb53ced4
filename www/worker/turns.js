// Which job of a worker works next, and when the page hears of it: a slice each in turn, with a look at the messages
// between, so that a pause is heard at once however much is to be done.

import { stepsPerSecond } from "./pace.js";

/** @typedef {import("./pace.js").Pace} Pace */
/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("../pkg/core.js").Workshop} Workshop */

/** Milliseconds of work between two looks at the messages: short enough that a pause feels immediate. */
export const SLICE = 12;
/** Reports take at most this share of the time. */
const REPORTS_AT_MOST = 0.1;
/** How much rarer reports are at full speed, where no single step is seen: the page's thread is left to the visitor. */
const AT_FULL_SPEED = 3.25;
/** Milliseconds after the last single step until the evaluation is brought up to date. */
const BEFORE_EVALUATION = 120;
/** A wait shorter than this (milliseconds) is not worth a timer, which would come later than it should. */
const SHORTEST_TIMER = 5;

/**
 * @typedef {object} Turn what is to be done for a job
 * @property {boolean} awake whether it may have steps to take; false once it is over or waits for data
 * @property {number} owed single steps that were asked for
 * @property {boolean} evaluating whether it is brought up to date because the run rests
 * @property {boolean} surveying whether what takes long and is on screen may be left to do, while the run rests
 * @property {boolean} moved whether it is other than it was reported
 * @property {number} done steps, as far as the pace depends on them
 * @property {number} paidUntil until when steps are taken at the present pace
 */

/** @typedef {ReturnType<typeof createTurns>} Turns */

/**
 * @param {object} options
 * @param {Pick<Workshop, "work" | "step" | "evaluate" | "finishEvaluation" | "survey" | "report">} options.workshop
 * @param {(reports: { job: number, report: JobReport }[]) => void} options.report
 * @param {(job: number, error: unknown) => void} options.failed the job is not worked on any more
 * @param {(work: () => void) => void} options.hop calls back after the waiting messages
 */
export function createTurns({ workshop, report, failed, hop }) {
  /** In the order of their turns: a job that has worked goes to the end. @type {Map<number, Turn>} */
  const turns = new Map();
  let playing = false;
  /** @type {Pace} */
  let pace = null;
  /** What reports are to hold, the least milliseconds between two, when the last went out, and what it took to make. */
  let watched = { wants: /** @type {string[]} */ ([]), every: 40 };
  let reportedAt = -Infinity;
  let reportCost = 0;
  /** When the first change after that was made. @type {number | null} */
  let movedAt = null;
  let hopping = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let wakeTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reportTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let evaluationTimer;

  /** One slice of one job, then a look at the messages. */
  function turn() {
    hopping = false;
    const job = nextJob();
    if (job !== null) work(job);
    reportWhenDue();
    goOn();
  }

  /** @returns {number | null} the first in turn that has something to do now */
  function nextJob() {
    const now = performance.now();
    for (const [job, turn] of turns) if (isDue(turn, now)) return job;
    return null;
  }

  /**
   * @param {Turn} turn
   * @param {number} now
   */
  function isDue(turn, now) {
    if (playing && turn.awake) return now >= dueAt(turn);
    return (turn.owed > 0 && turn.awake) || turn.evaluating || turn.surveying;
  }

  /** @param {Turn} turn @returns {number} when it may take its next step at the present pace */
  function dueAt({ done, paidUntil }) {
    const perSecond = stepsPerSecond(pace, done);
    return perSecond === null ? -Infinity : paidUntil + 1000 / perSecond;
  }

  /** @param {number} job */
  function work(job) {
    const turn = /** @type {Turn} */ (turns.get(job));
    turns.delete(job);
    turns.set(job, turn);
    try {
      if (playing && turn.awake) {
        turn.awake =
          stepsPerSecond(pace, turn.done) === null ? workAtFullSpeed(job, turn) : keepPace(job, turn);
      } else if (turn.owed > 0 && turn.awake) {
        const { steps, more } = workshop.step(job, turn.owed, SLICE);
        turn.owed -= steps;
        turn.done += steps;
        turn.awake = more;
        // Asked for any sooner, the evaluation would come before the next of these steps.
        if (turn.owed === 0) evaluateSoon();
      } else if (turn.evaluating) {
        turn.evaluating = workshop.finishEvaluation(job, SLICE);
        // What was found is shown when it is all there, but mistakes as they are found.
        if (turn.evaluating && !watched.wants.includes("mistakes")) return;
        turn.surveying = watched.wants.length > 0;
      } else {
        // This is shown while it comes.
        turn.surveying = workshop.survey(job, watched.wants, SLICE);
      }
      turn.moved = true;
    } catch (error) {
      turns.delete(job);
      failed(job, error);
    }
  }

  /**
   * @param {number} job
   * @param {Turn} turn
   * @returns {boolean} whether there may be more to do
   */
  function workAtFullSpeed(job, turn) {
    const { steps, more } = workshop.work(job, SLICE);
    turn.done += steps;
    return more;
  }

  /**
   * The steps that are due at this pace, as far as a slice allows.
   * @param {number} job
   * @param {Turn} turn
   * @returns {boolean} whether there may be more to do
   */
  function keepPace(job, turn) {
    const began = performance.now();
    const beat = () => 1000 / (stepsPerSecond(pace, turn.done) ?? Infinity);
    // What a slow machine cannot keep up with is dropped, or it would race on after a pause.
    turn.paidUntil = Math.max(turn.paidUntil, began - Math.max(beat(), 50));
    while (turn.paidUntil + beat() <= performance.now() && performance.now() - began < SLICE) {
      const { steps, more } = workshop.step(job, 1, SLICE);
      turn.paidUntil += steps * beat();
      turn.done += steps;
      if (!more) return false;
    }
    return true;
  }

  function goOn() {
    if (hopping) return;
    clearTimeout(wakeTimer);
    const now = performance.now();
    if ([...turns.values()].some((turn) => isDue(turn, now))) {
      hopping = true;
      hop(turn);
    } else if (playing && pace !== null) {
      const awake = [...turns.values()].filter((turn) => turn.awake);
      const wait = Math.min(...awake.map(dueAt)) - now;
      if (wait < SHORTEST_TIMER) {
        hopping = true;
        hop(turn);
      } else if (wait < Infinity) {
        wakeTimer = setTimeout(turn, wait);
      }
    }
  }

  function reportWhenDue() {
    if (![...turns.values()].some((turn) => turn.moved)) return;
    const now = performance.now();
    movedAt ??= now;
    const atFullSpeed = [...turns.values()].every(({ done }) => stepsPerSecond(pace, done) === null);
    const goesOn = playing && nextJob() !== null;
    const every = watched.every * (goesOn && atFullSpeed ? AT_FULL_SPEED : 1);
    const pause = Math.max(every, reportCost / REPORTS_AT_MOST);
    // Jobs that step together are shown together.
    const others = goesOn && !atFullSpeed;
    const wait = Math.max(reportedAt + pause, others ? movedAt + pause : 0) - now;
    if (wait <= 0) return reportNow();
    clearTimeout(reportTimer);
    reportTimer = setTimeout(reportWhenDue, wait);
  }

  function reportNow() {
    clearTimeout(reportTimer);
    movedAt = null;
    const began = performance.now();
    /** @type {{ job: number, report: JobReport }[]} */
    const found = [];
    for (const [job, turn] of [...turns].sort(([one], [other]) => one - other)) {
      if (!turn.moved) continue;
      turn.moved = false;
      try {
        found.push({ job, report: workshop.report(job, watched.wants) });
      } catch (error) {
        turns.delete(job);
        failed(job, error);
      }
    }
    reportedAt = performance.now();
    reportCost = reportedAt - began;
    if (found.length > 0) report(found);
  }

  /** The evaluation may take longer than a step: while someone presses Step quickly it waits for the last one. */
  function evaluateSoon() {
    clearTimeout(evaluationTimer);
    evaluationTimer = setTimeout(evaluateResting, BEFORE_EVALUATION);
  }

  /** Brings every job that rests up to date, in slices. */
  function evaluateResting() {
    clearTimeout(evaluationTimer);
    if (playing) return;
    for (const [job, turn] of turns) if (turn.owed === 0 || !turn.awake) evaluate(job, turn);
    goOn();
  }

  /**
   * @param {number} job
   * @param {Turn} turn
   */
  function evaluate(job, turn) {
    try {
      workshop.evaluate(job);
      turn.evaluating = true;
    } catch (error) {
      turns.delete(job);
      failed(job, error);
    }
  }

  /** @param {Turn} turn */
  function payFromNow(turn) {
    // The first step comes at once.
    const perSecond = stepsPerSecond(pace, turn.done);
    turn.paidUntil = performance.now() - (perSecond === null ? 0 : 1000 / perSecond);
  }

  return {
    /**
     * @param {number} job that was opened
     * @param {number} [done] the steps that it has behind it
     */
    add(job, done = 0) {
      const turn = {
        awake: true,
        owed: 0,
        evaluating: false,
        surveying: false,
        moved: false,
        done,
        paidUntil: 0,
      };
      payFromNow(turn);
      turns.set(job, turn);
      if (!playing) evaluateSoon();
      goOn();
    },

    /** @param {number} job */
    remove(job) {
      turns.delete(job);
    },

    /**
     * A job became another by a command: it rests, and is brought up to date.
     * @param {number} job
     * @param {number} [done] the steps that it has behind it
     */
    changed(job, done = 0) {
      const turn = turns.get(job);
      if (!turn) return;
      Object.assign(turn, { awake: true, owed: 0, evaluating: false, surveying: false, moved: false, done });
      payFromNow(turn);
      if (!playing) evaluateSoon();
      goOn();
    },

    /**
     * A job works on with something changed, which shows in its next report.
     * @param {number} job
     */
    touched(job) {
      const turn = turns.get(job);
      if (!turn) return;
      Object.assign(turn, { awake: true, moved: true });
      if (!playing) evaluateSoon();
      reportWhenDue();
      goOn();
    },

    /** More data has arrived. */
    dataArrived() {
      for (const turn of turns.values()) turn.awake = true;
      if (!playing) evaluateSoon();
      goOn();
    },

    /** @param {Pace} chosen */
    start(chosen) {
      clearTimeout(evaluationTimer);
      playing = true;
      pace = chosen;
      for (const turn of turns.values()) {
        Object.assign(turn, { owed: 0, evaluating: false, surveying: false });
        payFromNow(turn);
      }
      goOn();
    },

    pause() {
      if (!playing && [...turns.values()].every(({ owed }) => owed === 0)) return;
      playing = false;
      clearTimeout(wakeTimer);
      for (const turn of turns.values()) turn.owed = 0;
      evaluateResting();
      reportWhenDue();
    },

    /** @param {number} count */
    step(count) {
      playing = false;
      clearTimeout(evaluationTimer);
      for (const turn of turns.values())
        Object.assign(turn, { owed: turn.owed + count, evaluating: false, surveying: false });
      goOn();
    },

    /** @param {{ wants: string[], every: number }} what */
    watch(what) {
      const more = what.wants.some((want) => !watched.wants.includes(want));
      watched = what;
      if (more) {
        for (const turn of turns.values()) turn.moved = true;
        // It may be among what a run that rests has left to do.
        if (!playing) evaluateSoon();
      }
      reportWhenDue();
    },

    /** @returns {readonly string[]} */
    get wants() {
      return watched.wants;
    },

    /** Nothing is done any more. */
    end() {
      playing = false;
      turns.clear();
      for (const timer of [wakeTimer, reportTimer, evaluationTimer]) clearTimeout(timer);
    },
  };
}
