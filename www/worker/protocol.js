// Every message between the page and a worker, checked on both sides. The catalogue is closed: a message that is not
// listed here, or whose parts have the wrong type, is a fault of ours and stops at the door.

/**
 * @typedef {{ en: string, zh: string }} Text
 *
 * @typedef {{ value: string, label: Text }} ChoiceOption
 * @typedef {{ type: "log", min: number, max: number }
 *   | { type: "number", min: number, max: number, step: number }
 *   | { type: "count", min: number, max: number }
 *   | { type: "choice", options: ChoiceOption[] }
 *   | { type: "expression" }
 *   | { type: "numbers", min: number, max: number, most: number }} FieldKind
 * @typedef {{ name: string, label: Text, help: Text, kind: FieldKind, default: string, live: boolean,
 *   only: [string, string[]] | null }} Field
 * @typedef {{ name: string, title: Text, help: Text, shape: "wide" | "square" | "grid" }} ChartDescription
 * @typedef {{ text: Text, settings: Settings }} Try
 * @typedef {{ id: string, book: string, title: Text, intro: Text, formula: string, fields: Field[],
 *   charts: ChartDescription[], tries: Try[], data: "none" | "mnist", dataWhen: [string, string[]] | null,
 *   pace: number | null, lanesFrom: string | null }} Lab
 *
 * @typedef {Record<string, string>} Settings Values of fields, spelled as in the URL.
 *
 * @typedef {{ code: string, field: string, value: string, allowed: string, at: number | null, message: string }}
 *   Problem What is wrong with a value; the page says it in the visitor's language from `code`.
 *
 * @typedef {{ code: string, params: Record<string, string | number> }} RunNotice
 * @typedef {{ name: string, label: Text, value: string }} NumberShown
 * @typedef {string | number | Text} Cell
 * @typedef {{ columns: Text[], rows: Cell[][] }} Table
 * @typedef {"waiting" | "ready" | "running" | "finished" | "stopped"} Phase
 * @typedef {{ phase: Phase, notice: RunNotice | null, numbers: NumberShown[], table: Table | null,
 *   charts: { name: string, bytes: Uint8Array }[], canGoBack: number | null, images: number | null }} View
 *   What a run shows at one moment. `canGoBack`: the iteration of the last good weights; `images`: learned so far.
 *
 * @typedef {{ probabilities: Float32Array, digit: number,
 *   crop: { x: number, y: number, width: number, height: number }, small: Uint8Array, centred: Uint8Array }} Reading
 * @typedef {{ chart: Uint8Array, readings: Uint8Array, labels: Uint8Array, indices: number[], count: number }}
 *   DigitsShown `count`: how many there are in all
 * @typedef {{ pixels: Uint8Array, label: number }} TestImage
 * @typedef {{ counts: Uint32Array, accuracy: number, iteration: number }} Confusion
 *
 * @typedef {"train" | "test"} Split
 */

/** @typedef {Record<string, any> & { type: string }} Message */

/** @type {Record<string, (value: any) => boolean>} */
const kinds = {
  id: (value) => Number.isSafeInteger(value) && value >= 0,
  count: (value) => Number.isSafeInteger(value) && value > 0,
  size: (value) => Number.isSafeInteger(value) && value >= 0,
  amount: (value) => typeof value === "number" && value >= 0,
  text: (value) => typeof value === "string",
  split: (value) => value === "train" || value === "test",
  yesOrNo: (value) => typeof value === "boolean",
  digitOrNull: (value) => value === null || (Number.isInteger(value) && value >= 0 && value <= 9),
  paceOrNull: (value) => value === null || (Number.isFinite(value) && value > 0),
  runOrNothing: (value) => value === undefined || kinds.id(value),
  bytes: (value) => value instanceof Uint8Array,
  pixels: (value) => value instanceof Uint8ClampedArray || value instanceof Uint8Array,
  module: (value) => value instanceof WebAssembly.Module,
  settings: (value) => isRecord(value) && Object.values(value).every(kinds.text),
  /** Whatever it holds; the core checks it. */
  spec: isRecord,
  memoryOrNull: (value) =>
    value === null || (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer),
  ports: (value) =>
    Array.isArray(value) && value.every((port) => port === null || port instanceof MessagePort),
  error: (value) => isRecord(value) && kinds.text(value.code) && kinds.text(value.message),
  view: (value) =>
    isRecord(value) &&
    kinds.text(value.phase) &&
    Array.isArray(value.numbers) &&
    Array.isArray(value.charts) &&
    value.charts.every((/** @type {any} */ chart) => kinds.text(chart?.name) && kinds.bytes(chart?.bytes)),
  anything: () => true,
};

/**
 * From the page to a worker. A message with an `id` is a question and gets exactly one `result` or `failed`.
 * @type {Record<string, Record<string, string>>}
 */
export const commands = {
  /** Makes the session; the compiled module is shared by page and workers. */
  boot: { id: "id", module: "module" },
  /** Proves that the worker still answers. */
  ping: { id: "id" },
  /** Fetches a shard and gives it to the session, which keeps it across runs. */
  load: { id: "id", split: "split", images: "text", labels: "text", total: "count" },
  /** Starts a run of a lab; the answer is its first view. */
  open: { id: "id", run: "id", lab: "text", settings: "settings", lane: "size" },
  /** Changes settings of the running experiment; answers { live: false } when it has to be opened anew instead. */
  set: { id: "id", run: "id", settings: "settings" },
  /** Goes back to before the first step; the answer is the view from there. */
  rewind: { id: "id", run: "id" },
  start: { run: "id", pace: "paceOrNull" },
  pause: { run: "id" },
  step: { run: "id", count: "count" },
  pace: { run: "id", pace: "paceOrNull" },
  /** One of `questions`, with its own parts. */
  ask: { id: "id", run: "id", question: "text" },
  close: { id: "id" },
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
 * What may be asked of a run that holds a net.
 * @type {Record<string, Record<string, string>>}
 */
export const questions = {
  read: { rgba: "pixels", width: "count", height: "count" },
  digits: { truth: "digitOrNull", reading: "digitOrNull", wrongOnly: "yesOrNo", most: "count" },
  "test-image": { index: "size" },
  confusion: {},
  save: { half: "yesOrNo" },
  "save-npz": {},
  "load-weights": { bytes: "bytes" },
  "use-ready-made": { bytes: "bytes" },
  "go-back": {},
  snapshot: {},
  restore: { bytes: "bytes" },
};

/**
 * From a worker to the page.
 * @type {Record<string, Record<string, string>>}
 */
export const reports = {
  result: { id: "id", value: "anything" },
  /** Without `id`: the run failed by itself. `fatal`: the wasm instance is broken and the worker must be replaced. */
  failed: { error: "error", fatal: "yesOrNo" },
  /** At most 25 a second while running, and once at every pause, step and finish. */
  view: { run: "id", lane: "size", view: "view" },
  /** Bytes of a shard that have arrived. */
  loading: { split: "split", url: "text", loaded: "amount", total: "amount" },
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
  const parts = Object.hasOwn(catalogue, message.type) ? catalogue[message.type] : undefined;
  if (!parts) throw new ProtocolError(`no such message: ${String(message.type)}`);
  checkParts(message.type, parts, message);
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
 * The buffers in a message that may be handed over instead of copied: those of typed arrays up to three levels down
 * that own their whole buffer. Views of a larger buffer (wasm memory above all) must stay.
 * @param {any} value
 * @returns {ArrayBuffer[]}
 */
export function transferables(value) {
  /** @type {Set<ArrayBuffer>} */
  const found = new Set();
  collect(value, 3, found);
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
 * Whether the wasm instance that threw this can no longer be trusted: it trapped, ran out of stack or memory, or is
 * entered again after a panic left a borrow open.
 * @param {any} error
 */
export function isFatal(error) {
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return true;
  return (
    error instanceof Error && /recursive use of an object|null pointer passed to rust/.test(error.message)
  );
}
