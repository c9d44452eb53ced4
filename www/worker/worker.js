// A worker: owns one workshop, works its jobs off in turn and answers questions between the slices.

import init, { lastPanic, Workshop } from "../pkg/core.js";
import { checkCommand, isFatal, problemOf, transferables } from "./protocol.js";
import { SLICE, createTurns } from "./turns.js";

/** @typedef {import("./protocol.js").Message} Message @typedef {import("./turns.js").Turns} Turns */

/** After a trap nothing here may touch the instance again; the page replaces the worker. */
let broken = false;
/** @type {Workshop} */
let workshop;
/** @type {Turns} */
let turns;

/** Messages that come before the instance is ready wait for it, in their order. */
/** @type {() => void} */
let bootDone = () => {};
/** @type {Promise<void>} */
const booted = new Promise((resolve) => (bootDone = resolve));

/** @type {() => void} */
let afterHop = () => {};
// A message to oneself comes back after 0.01 ms and lets waiting messages pass; a timeout would cost 4 ms.
const channel = new MessageChannel();
channel.port1.onmessage = () => {
  if (!broken) afterHop();
};

/** @type {Record<string, (message: Message) => unknown>} */
const answers = {
  ping: () => null,
  boot: async (message) => {
    await init({ module_or_path: message.module });
    workshop = new Workshop();
    turns = createTurns({
      workshop,
      report: (reports) => post({ type: "reports", reports }),
      failed: (job, error) => fail(error, { job }),
      hop(work) {
        afterHop = work;
        channel.port2.postMessage(null);
      },
    });
    bootDone();
    return null;
  },
  shard: ({ set, split, index, images, labels, total }) => {
    workshop.addShard(set, split, index, images, labels, total);
    turns.dataArrived();
    return null;
  },
  open: ({ job, task, mark }) => {
    workshop.open(job, task);
    try {
      if (mark) workshop.goTo(job, mark);
    } catch (error) {
      // The page hears of it; a job that is half opened is no use.
      if (!isFatal(error)) workshop.close(job);
      throw error;
    }
    const found = report(job);
    turns.add(job, found.done);
    return found;
  },
  change: ({ job, task }) => {
    const taken = workshop.change(job, task);
    if (taken) turns.touched(job);
    return taken;
  },
  rewind: ({ job }) => become(job, () => workshop.rewind(job)),
  "go-back": ({ job }) => become(job, () => workshop.goBack(job)),
  look: ({ job, step, toward }) =>
    become(job, () => {
      if (toward === 0 || step === null) workshop.look(job, step ?? undefined);
      else workshop.lookOn(job, step, toward > 0);
    }),
  mark: ({ job }) => ({ mark: workshop.mark(job), report: report(job) }),
  ask: (message) => ask[message.question](message),
};

/**
 * Works to the end. Between the slices messages are heard, and jobs work on.
 *
 * @param {() => boolean} work a slice; whether more is left
 */
async function inSlices(work) {
  while (work()) {
    await new Promise((resolve) => setTimeout(resolve));
    // What was begun before a trap has no end: its instance may not be touched, and the page waits for another worker.
    if (broken) await new Promise(() => {});
  }
}

/** @type {Record<string, (message: Message) => unknown>} */
const ask = {
  predict: ({ job, rgba, width, height, steps }) => workshop.predict(job, rgba, width, height, steps),
  attribution: ({ job, rgba, width, height, output, steps }) =>
    workshop.attribution(job, rgba, width, height, output, steps),
  gradient: ({ job, pixels, output }) => workshop.gradient(job, pixels, output),
  "reading-change": async ({ job, pixels, output }) => {
    const search = workshop.readingChange(job, pixels, output ?? undefined);
    if (!search) return null;
    await inSlices(() => search.work(workshop, SLICE));
    return search.finish();
  },
  nearest: async ({ image, most }) => {
    const search = workshop.nearest(image, most);
    await inSlices(() => search.work(SLICE));
    return search.finish();
  },
  layers: ({ job, pixels }) => workshop.layers(job, pixels),
  contributions: ({ job, pixels, output }) => workshop.contributions(job, pixels, output),
  digits: ({ job, actual, predicted, mistakesOnly, most }) =>
    workshop.digits(job, actual, predicted, mistakesOnly, most),
  "test-image": ({ index }) => workshop.testImage(index),
  confusion: ({ job }) => workshop.confusion(job),
  save: ({ job, half }) => workshop.save(job, half),
  "save-npz": ({ job }) => workshop.saveNpz(job),
  "save-python": async ({ job, library, title }) => {
    const packing = workshop.packPython(job);
    await inSlices(() => packing.work(SLICE));
    return packing.finish(library, title);
  },
  "load-weights": ({ job, bytes }) => {
    const answer = become(job, () => workshop.loadWeights(job, bytes));
    // What was loaded is shown as it is, before anything is learned on top of it.
    turns.pause();
    return answer;
  },
};

/** @type {Record<string, (message: Message) => void>} */
const orders = {
  close: ({ job }) => {
    turns.remove(job);
    workshop.close(job);
  },
  start: ({ pace }) => turns.start(pace),
  pause: () => turns.pause(),
  step: ({ count }) => turns.step(count),
  watch: ({ wants, every }) => turns.watch({ wants, every }),
};

self.onmessage = async ({ data }) => {
  if (broken) return;
  /** @type {{ id?: number, job?: number }} */
  let about = {};
  try {
    const message = checkCommand(data);
    about = { id: message.id, job: message.job };
    if (message.type !== "boot" && message.type !== "ping") await booted;
    if (broken) return;
    if (Object.hasOwn(answers, message.type)) {
      const value = await answers[message.type](message);
      post({ type: "result", id: message.id, value });
    } else {
      orders[message.type](message);
    }
  } catch (error) {
    fail(error, about);
  }
};

/**
 * @param {unknown} error
 * @param {{ id?: number, job?: number }} about what was asked, and of which job
 */
function fail(error, { id, job }) {
  const fatal = isFatal(error);
  if (fatal) {
    broken = true;
    turns?.end();
  }
  const parts = { ...(id === undefined ? {} : { id }), ...(job === undefined ? {} : { job }) };
  post({ type: "failed", ...parts, error: { ...problemOf(error), ...(fatal ? panic() : {}) }, fatal });
}

/** What the core said before it trapped; the trap itself says only "unreachable". */
function panic() {
  try {
    const message = lastPanic();
    return message ? { message } : {};
  } catch {
    return {};
  }
}

/** @param {number} job */
function report(job) {
  return workshop.report(job, [...turns.wants]);
}

/**
 * @param {number} job
 * @param {() => void} change
 */
function become(job, change) {
  change();
  const found = report(job);
  turns.changed(job, found.done);
  return found;
}

/** @param {any} message */
function post(message) {
  self.postMessage(message, { transfer: transferables(message) });
}
