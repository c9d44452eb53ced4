// A worker of the tests' own: it answers as the real one does, and its jobs get on when the test says so.

/** @typedef {{ phase?: string, done?: number, of?: number | null, seconds?: number }} Progress */

/**
 * @param {Progress} progress
 * @returns {any} a report as the core makes it
 */
export function reportOf({ phase = "ready", done = 0, of = null, seconds = done / 100 } = {}) {
  const bytes = new TextEncoder().encode(JSON.stringify({ phase, done }));
  return { phase, done, of, seconds, examples: done * 10, wayBack: null, looking: null, bytes };
}

/** Lets everything that waits for an answer go on. */
export async function allAnswered() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

export class FakeWorker {
  /**
   * @param {{ refuses?: (message: any) => any, missing?: boolean }} [how] `refuses` gives a problem for what is to fail;
   *   `missing`: there is no script for it
   */
  constructor({ refuses = () => null, missing = false } = {}) {
    this.refuses = refuses;
    this.missing = missing;
    if (missing) queueMicrotask(() => this.onerror?.({ preventDefault() {}, message: "" }));
    /** @type {any[]} */
    this.heard = [];
    /** What each open job has come to, and its task. @type {Map<number, Progress & { task: string, newest?: number }>} */
    this.jobs = new Map();
    this.terminated = false;
    this.takesChanges = true;
    /** @type {any} */
    this.onmessage = this.onerror = this.onmessageerror = null;
  }

  /** @param {any} message */
  postMessage(message) {
    this.heard.push(message);
    if (this.missing) return;
    const refusal = this.refuses(message);
    const answer = refusal ? undefined : this.answer(message);
    if (message.id === undefined) return;
    queueMicrotask(() => {
      if (refusal) this.say({ type: "failed", id: message.id, error: refusal, fatal: false });
      else this.say({ type: "result", id: message.id, value: answer });
    });
  }

  /** @param {any} message */
  answer(message) {
    const { type, job } = message;
    const known = this.jobs.get(job);
    if (type === "open") {
      const mark = message.mark ? JSON.parse(new TextDecoder().decode(message.mark)) : {};
      this.jobs.set(job, { task: textOf(message.task), done: 0, phase: "ready", ...mark });
      return this.report(job);
    }
    if (type === "close") this.jobs.delete(job);
    if (type === "change") {
      if (this.takesChanges) Object.assign(known ?? {}, { task: textOf(message.task) });
      return this.takesChanges;
    }
    if (type === "rewind" || message.question === "load-weights") {
      Object.assign(known ?? {}, { done: 0, phase: "ready" });
      return this.report(job);
    }
    if (type === "look") {
      if (known) known.newest ??= known.done;
      Object.assign(known ?? {}, { done: message.step ?? known?.newest });
      return this.report(job);
    }
    if (type === "go-back") {
      Object.assign(known ?? {}, { done: 50, phase: "ready" });
      return this.report(job);
    }
    if (type === "mark") {
      const { done, phase } = /** @type {Progress} */ (known);
      const mark = new TextEncoder().encode(JSON.stringify({ done, phase }));
      return { mark, report: this.report(job) };
    }
    if (type === "ask") return { question: message.question, done: known?.done };
    return null;
  }

  /** @param {number} job */
  report(job) {
    return reportOf(this.jobs.get(job));
  }

  /**
   * Lets a job get on and report.
   * @param {number} job
   * @param {Progress} progress
   */
  advance(job, progress) {
    Object.assign(this.jobs.get(job) ?? {}, progress);
    this.say({ type: "reports", reports: [{ job, report: reportOf({ ...this.jobs.get(job) }) }] });
  }

  /** @param {any} message */
  say(message) {
    this.onmessage?.({ data: message });
  }

  die() {
    this.say({ type: "failed", error: { code: "unexpected", message: "unreachable" }, fatal: true });
  }

  terminate() {
    this.terminated = true;
  }

  /** @param {string} type @returns {any[]} the messages of this type that it was sent */
  of(type) {
    return this.heard.filter((message) => message.type === type);
  }
}

/** @param {Uint8Array} bytes */
export const textOf = (bytes) => new TextDecoder().decode(bytes);
/** @param {string} text */
export const bytesOf = (text) => new TextEncoder().encode(text);

export const noNeeds = { train: [], test: [] };

/** @type {WebAssembly.Module} the smallest there is */
export const module = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
