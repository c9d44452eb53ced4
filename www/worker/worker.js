// A worker: owns one session, works its run off in slices and answers questions between them.

import init, { Session } from "../pkg/fishbowl.js";
import { fetchBytes } from "./fetch-bytes.js";
import { checkCommand, isFatal, problemOf, transferables } from "./protocol.js";

/** @typedef {import("./protocol.js").Message} Message @typedef {import("./protocol.js").View} View */

/** Milliseconds of work between two looks at the messages: short enough that a pause feels immediate. */
const SLICE = 12;
/** Milliseconds between two views, so that the page repaints at most 25 times a second. */
const BETWEEN_VIEWS = 40;
/** … or fewer, so that views take at most a tenth of the time from the training. */
const VIEWS_AT_MOST = 0.1;
/** Milliseconds after the last single step until the evaluation is brought up to date. */
const SETTLE = 120;

/** @type {any} */
let session = null;
/** After a trap nothing here may touch the instance again; the page replaces the worker. */
let broken = false;
let run = 0;
let lane = 0;
let playing = false;
/** @type {number | null} */
let pace = null;
/** Single steps that were asked for before the data was there. */
let stepsOwed = 0;
/** When the last view went out, how many milliseconds it took to make, and until when steps are paid at the present pace. */
let viewedAt = -Infinity;
let viewCost = 0;
let pacedUntil = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let hopping = false;

/** Messages that come before the instance is ready wait for it, in their order. */
/** @type {() => void} */
let bootDone = () => {};
/** @type {Promise<void>} */
const booted = new Promise((resolve) => (bootDone = resolve));

// A message to oneself comes back after 0.01 ms and lets waiting messages pass; a timeout would cost 4 ms.
const hop = new MessageChannel();
hop.port1.onmessage = () => {
  hopping = false;
  guard(slice);
};

/** @type {Record<string, (message: Message) => unknown>} */
const answers = {
  ping: () => null,
  boot: async (message) => {
    await init({ module_or_path: message.module });
    session = new Session();
    bootDone();
    return null;
  },
  load: async (message) => {
    const { split } = message;
    const fetchPart = (/** @type {string} */ url) =>
      fetchBytes(url, (loaded, total) => post({ type: "loading", split, url, loaded, total }));
    const [images, labels] = await Promise.all([message.images, message.labels].map(fetchPart));
    if (broken) return null;
    session.addImages(message.split, images, labels, message.total);
    if (playing || stepsOwed > 0) next();
    else settleSoon();
    return null;
  },
  open: (message) => {
    halt();
    stepsOwed = 0;
    session.open(message.lab, message.settings, message.lane);
    run = message.run;
    lane = message.lane;
    return session.view();
  },
  set: (message) => {
    if (message.run !== run) return { live: false };
    const live = session.set(message.settings);
    if (live && !playing) settleSoon();
    return { live };
  },
  rewind: (message) => {
    refuseOthers(message);
    stepsOwed = 0;
    return changeNet(() => session.rewind());
  },
  ask: (message) => {
    refuseOthers(message);
    return ask[message.question](message);
  },
  close: () => {
    halt();
    session?.free();
    session = null;
    return null;
  },
};

/** @type {Record<string, (message: Message) => unknown>} */
const ask = {
  read: ({ rgba, width, height }) => session.read(rgba, width, height) ?? null,
  digits: ({ truth, reading, wrongOnly, most }) => session.digits(truth, reading, wrongOnly, most),
  "test-image": ({ index }) => session.testImage(index),
  confusion: () => session.confusion() ?? null,
  save: ({ half }) => session.save(half),
  "save-npz": () => session.saveNpz(),
  "load-weights": ({ bytes }) => changeNet(() => session.loadWeights(bytes)),
  "use-ready-made": ({ bytes }) => changeNet(() => session.loadWeights(bytes)),
  "go-back": () => changeNet(() => session.goBack()),
  snapshot: () => {
    const bytes = session.snapshot();
    // The page names a snapshot by the iteration of the view that came before it.
    if (playing) postView(session.view());
    return bytes;
  },
  restore: ({ bytes }) => changeNet(() => session.restore(bytes)),
};

/** @type {Record<string, (message: Message) => void>} */
const orders = {
  start: (message) => {
    playing = true;
    setPace(message.pace);
    next();
  },
  pause: () => {
    halt();
    stepsOwed = 0;
    settle();
  },
  step: (message) => {
    halt();
    stepsOwed += message.count;
    payStepsOwed();
  },
  pace: (message) => {
    setPace(message.pace);
    if (playing) next();
  },
};

self.onmessage = async ({ data }) => {
  if (broken) return;
  /** @type {number | undefined} */
  let id;
  try {
    const message = checkCommand(data);
    id = message.id;
    if (message.type !== "boot" && message.type !== "ping") await booted;
    if (broken) return;
    if (Object.hasOwn(answers, message.type)) {
      const value = await answers[message.type](message);
      post({ type: "result", id, value });
    } else if (message.run === run) {
      orders[message.type](message);
    }
  } catch (error) {
    fail(error, id);
  }
};

/** @param {() => void} work what the worker does by itself, outside of any message */
function guard(work) {
  if (broken) return;
  try {
    work();
  } catch (error) {
    fail(error, undefined);
  }
}

/**
 * @param {unknown} error
 * @param {number | undefined} id
 */
function fail(error, id) {
  const fatal = isFatal(error);
  if (fatal) broken = true;
  if (fatal || id === undefined) halt();
  post({ type: "failed", run, ...(id === undefined ? {} : { id }), error: problemOf(error), fatal });
}

/** One slice of work, then a look at the messages. */
function slice() {
  if (!playing || !session) return;
  const more = pace === null ? session.advance(SLICE) : advanceInStep(pace);
  const now = performance.now();
  if (more && now - viewedAt < Math.max(BETWEEN_VIEWS, viewCost / VIEWS_AT_MOST)) return next();
  const view = session.view();
  viewCost = performance.now() - now;
  const goesOn = more && view.phase !== "finished" && view.phase !== "stopped";
  if (goesOn) {
    postView(view);
    return next();
  }
  // While it waits for data it stays "playing": the next shard sets it going again.
  if (view.phase === "waiting") return postView(view);
  halt();
  settle();
}

/**
 * The steps that are due at this pace, as far as a slice allows.
 * @param {number} perSecond
 * @returns {boolean} whether there may be more to do
 */
function advanceInStep(perSecond) {
  const began = performance.now();
  const beat = 1000 / perSecond;
  // What a slow machine cannot keep up with is dropped, or it would race on after a pause.
  pacedUntil = Math.max(pacedUntil, began - Math.max(beat, 50));
  let worked = false;
  while (pacedUntil + beat <= performance.now() && performance.now() - began < SLICE) {
    session.step(1);
    pacedUntil += beat;
    worked = true;
  }
  // At a slow pace every step is shown at once.
  if (worked && beat >= BETWEEN_VIEWS) viewedAt = -Infinity;
  return true;
}

/** Asks for the next slice: at once, or when the next step is due. */
function next() {
  clearTimeout(timer);
  if (stepsOwed > 0 && !playing) return guard(payStepsOwed);
  const wait = pace === null ? 0 : pacedUntil + 1000 / pace - performance.now();
  if (wait > 5) {
    timer = setTimeout(() => guard(slice), wait);
  } else if (!hopping) {
    hopping = true;
    hop.port2.postMessage(null);
  }
}

function payStepsOwed() {
  session.step(stepsOwed);
  const view = session.view();
  postView(view);
  // Without images no step was taken; the next shard pays them.
  if (view.phase === "waiting") return;
  stepsOwed = 0;
  settleSoon();
}

/** @param {number | null} value steps per second, or null for as fast as it goes */
function setPace(value) {
  pace = value;
  // The first step comes at once.
  pacedUntil = performance.now() - (value === null ? 0 : 1000 / value);
}

function halt() {
  playing = false;
  clearTimeout(timer);
}

/** The evaluation may take longer than a step: while someone presses Step quickly it waits for the last one. */
function settleSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => guard(settle), SETTLE);
}

function settle() {
  if (!session) return;
  session.pause();
  postView(session.view());
}

/** @param {Message} message about some run */
function refuseOthers(message) {
  if (message.run !== run) throw Object.assign(new Error("the run is over"), { code: "run-over" });
}

/**
 * @param {() => void} change
 * @returns {View}
 */
function changeNet(change) {
  halt();
  change();
  return session.view();
}

/** @param {View} view */
function postView(view) {
  viewedAt = performance.now();
  const phase = playing && view.phase === "ready" ? "running" : view.phase;
  post({ type: "view", run, lane, view: { ...view, phase } });
}

/** @param {any} message */
function post(message) {
  self.postMessage(message, { transfer: transferables(message) });
}
