// Every message between the page and a worker, checked on both sides. The catalogue is closed: a message that is not
// listed here, or whose parts have the wrong type, is refused. The types of what the core gives come from its package.

import { isPace } from "./pace.js";

/** @typedef {import("../pkg/core.js").Problem} Problem @typedef {import("../pkg/core.js").JobReport} JobReport */
/** @typedef {Record<string, any> & { type: string }} Message */

const PHASES = ["waiting", "ready", "finished", "diverged"];

/** @type {Record<string, (value: any) => boolean>} */
const kinds = {
  id: (value) => Number.isSafeInteger(value) && value >= 0,
  count: (value) => Number.isSafeInteger(value) && value > 0,
  size: (value) => Number.isSafeInteger(value) && value >= 0,
  sign: (value) => value === -1 || value === 0 || value === 1,
  sizeOrNull: (value) => value === null || kinds.size(value),
  amount: (value) => typeof value === "number" && value >= 0,
  text: (value) => typeof value === "string",
  texts: (value) => Array.isArray(value) && value.every(kinds.text),
  set: (value) => value === "mnist" || value === "own",
  split: (value) => value === "train" || value === "test",
  yesOrNo: (value) => typeof value === "boolean",
  classOrNull: (value) => value === null || (kinds.size(value) && value <= 255),
  pace: isPace,
  bytes: (value) => value instanceof Uint8Array,
  bytesOrNull: (value) => value === null || value instanceof Uint8Array,
  floats: (value) => value instanceof Float32Array,
  pixels: (value) => value instanceof Uint8ClampedArray,
  /** Which steps a drawing goes through; all of them where nothing is said. */
  stepsOrNothing: (value) =>
    value === undefined || (isRecord(value) && kinds.yesOrNo(value.fit) && kinds.yesOrNo(value.centre)),
  module: (value) => value instanceof WebAssembly.Module,
  /** Whatever it holds; the core checks it. */
  spec: isRecord,
  memoryOrNull: (value) =>
    value === null || (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer),
  ports: (value) =>
    Array.isArray(value) && value.every((port) => port === null || port instanceof MessagePort),
  error: (value) => isRecord(value) && kinds.text(value.code) && kinds.text(value.message),
  jobOrNothing: (value) => value === undefined || kinds.id(value),
  report: (value) =>
    isRecord(value) &&
    PHASES.includes(value.phase) &&
    kinds.size(value.done) &&
    (value.of === null || kinds.size(value.of)) &&
    kinds.amount(value.seconds) &&
    kinds.bytes(value.bytes),
  reports: (value) =>
    Array.isArray(value) &&
    value.every((each) => isRecord(each) && kinds.id(each.job) && kinds.report(each.report)),
  anything: () => true,
};

/**
 * From the page to a worker. A message with an `id` is a question and gets exactly one `result` or `failed`; the others
 * are orders. `job` names a job that is open.
 * @type {Record<string, Record<string, string>>}
 */
export const commands = {
  /** Makes the workshop; the compiled module is shared by page and workers. */
  boot: { id: "id", module: "module" },
  /** Proves that the worker still answers. */
  ping: { id: "id" },
  /** Gives a shard, as IDX files, to all jobs, now and later. */
  shard: {
    id: "id",
    set: "set",
    split: "split",
    index: "size",
    images: "bytes",
    labels: "bytes",
    total: "size",
  },
  /** Begins a job, or goes on with it from a mark; the answer is its first report. */
  open: { id: "id", job: "id", task: "bytes", mark: "bytesOrNull" },
  /** Offers a changed task; the answer is whether it is taken over on the way, or the job has to be opened again. */
  change: { id: "id", job: "id", task: "bytes" },
  close: { job: "id" },
  /** Back to before the first step; the answer is the report from there. */
  rewind: { id: "id", job: "id" },
  /** Back to the kept weights of a job that diverged; the answer is the report from there. */
  "go-back": { id: "id", job: "id" },
  /**
   * Makes a job what it was at a step, or with null what it had come to; the answer is its report. `toward`: for keys,
   * in which direction another step than the present one is meant, or 0.
   */
  look: { id: "id", job: "id", step: "sizeOrNull", toward: "sign" },
  /** Everything that a job has become, with its report. */
  mark: { id: "id", job: "id" },
  /** Works all jobs off, those that are open and those that will be. */
  start: { pace: "pace" },
  pause: {},
  /** Pauses, and takes so many steps of each job. */
  step: { count: "count" },
  /** What reports are to hold, and the least milliseconds between two messages with reports. */
  watch: { wants: "texts", every: "amount" },
  /** One of `questions`, with its own parts. */
  ask: { id: "id", job: "id", question: "text" },
};

/**
 * From the page to a worker that trains a network together with others (team.js).
 * @type {Record<string, Record<string, string>>}
 */
export const teamCommands = {
  ping: { id: "id" },
  /** Makes the worker's part; the answer is how many numbers a gradient has. */
  open: { id: "id", module: "module", spec: "spec", part: "size", parts: "count" },
  /** How it reaches the others: memory that all share, or a port to each of them and null in its own place. */
  connect: { id: "id", memory: "memoryOrNull", ports: "ports" },
  images: { id: "id", images: "bytes", labels: "bytes" },
  /** The answer of the first part is the losses, of the others null. */
  train: { id: "id", iterations: "size" },
  /** Ends what `train` began after the present step; for the first part only, which takes the others with it. */
  pause: {},
  weights: { id: "id" },
};

/**
 * What may be asked of a job; the core says which jobs know an answer.
 * @type {Record<string, Record<string, string>>}
 */
export const questions = {
  predict: { rgba: "pixels", width: "count", height: "count", steps: "stepsOrNothing" },
  attribution: { rgba: "pixels", width: "count", height: "count", output: "size", steps: "stepsOrNothing" },
  /** The gradient of a score over the pixels, each in [0, 1]. */
  gradient: { pixels: "floats", output: "size" },
  /** What would have to change in the pixels to be read as another digit, or as the runner-up. */
  "reading-change": { pixels: "floats", output: "classOrNull" },
  /** The training images nearest to one of bytes. */
  nearest: { image: "bytes", most: "count" },
  layers: { pixels: "floats" },
  contributions: { pixels: "floats", output: "size" },
  digits: { actual: "classOrNull", predicted: "classOrNull", mistakesOnly: "yesOrNo", most: "count" },
  "test-image": { index: "size" },
  confusion: {},
  save: { half: "yesOrNo" },
  "save-npz": {},
  /** The run as an archive with a script that repeats it, put together of a Python text. */
  "save-python": { library: "text", title: "text" },
  /** Puts the network of a file in place of the job's own; the answer is the report from there. */
  "load-weights": { bytes: "bytes" },
};

/**
 * From a worker to the page.
 * @type {Record<string, Record<string, string>>}
 */
export const reports = {
  result: { id: "id", value: "anything" },
  /**
   * Without `id`: a job, or the worker, failed by itself. `fatal`: the wasm instance is broken and the worker must be
   * replaced.
   */
  failed: { error: "error", fatal: "yesOrNo", job: "jobOrNothing" },
  /** The last report of each job that has something new. */
  reports: { reports: "reports" },
  /** From a team's worker, which hears no ping while it trains or waits for another. */
  alive: {},
};

/** A message that breaks the catalogue above. */
export class ProtocolError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "ProtocolError";
  }
}

/**
 * @param {unknown} message
 * @returns {Message} the same message, checked
 */
export function checkCommand(message) {
  const checked = checkAgainst(commands, message);
  if (checked.type === "ask") {
    const parts = Object.hasOwn(questions, checked.question) ? questions[checked.question] : undefined;
    if (!parts) throw new ProtocolError(`no such question: ${checked.question}`);
    checkParts(`ask ${checked.question}`, parts, checked);
  }
  return checked;
}

/**
 * @param {unknown} message
 * @returns {Message} the same message, checked
 */
export function checkTeamCommand(message) {
  return checkAgainst(teamCommands, message);
}

/**
 * @param {unknown} message
 * @returns {Message} the same message, checked
 */
export function checkReport(message) {
  return checkAgainst(reports, message);
}

/**
 * @param {Record<string, Record<string, string>>} catalogue
 * @param {any} message
 * @returns {Message}
 */
function checkAgainst(catalogue, message) {
  if (!isRecord(message)) throw new ProtocolError("a message must be an object");
  const { type } = message;
  const parts = typeof type === "string" && Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;
  if (!parts) throw new ProtocolError(`no such message: ${String(type)}`);
  checkParts(type, parts, message);
  return /** @type {Message} */ (message);
}

/**
 * @param {string} name
 * @param {Record<string, string>} parts
 * @param {Record<string, any>} message
 */
function checkParts(name, parts, message) {
  for (const [part, kind] of Object.entries(parts)) {
    if (!kinds[kind](message[part])) throw new ProtocolError(`${name}.${part} is not of the kind "${kind}"`);
  }
}

/**
 * @param {any} value
 * @returns {value is Record<string, any>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The buffers in a message that may be handed over instead of copied: those of typed arrays up to four levels down
 * that own their whole buffer. Views of a larger buffer (wasm memory above all) must stay.
 * @param {any} value
 * @returns {ArrayBuffer[]}
 */
export function transferables(value) {
  /** @type {Set<ArrayBuffer>} */
  const found = new Set();
  collect(value, 4, found);
  return [...found];
}

/**
 * @param {any} value
 * @param {number} depth
 * @param {Set<ArrayBuffer>} found
 */
function collect(value, depth, found) {
  if (ArrayBuffer.isView(value)) {
    const whole = value.byteOffset === 0 && value.byteLength === value.buffer.byteLength;
    if (whole && value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (depth > 0 && typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) collect(part, depth - 1, found);
  }
}

/**
 * An error in the form in which it crosses to the page.
 * @param {any} error
 * @returns {Problem}
 */
export function problemOf(error) {
  return {
    code: typeof error?.code === "string" ? error.code : "unexpected",
    field: String(error?.field ?? ""),
    value: String(error?.value ?? ""),
    allowed: String(error?.allowed ?? ""),
    at: typeof error?.at === "number" ? error.at : null,
    message: String(error?.message ?? error),
  };
}

/**
 * Whether the wasm instance that threw this can no longer be trusted: it trapped, ran out of stack, or is entered again
 * after a panic left a borrow open. Another `RangeError`, such as that of an array that cannot be so long, leaves it
 * well.
 * @param {any} error
 */
export function isFatal(error) {
  if (error instanceof WebAssembly.RuntimeError) return true;
  if (!(error instanceof Error)) return false;
  // As V8 and JavaScriptCore say it, and as SpiderMonkey does, whose error is no RangeError.
  return /maximum call stack|too much recursion|recursive use of an object|null pointer passed to rust/i.test(
    error.message,
  );
}
