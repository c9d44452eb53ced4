// How the workers of a team give each other what each has found in a step: through memory that all share where the page
// may have that, by messages elsewhere. Both hand out the same numbers in the same order.

/** What follows the gradient in an array: the share of the loss … */
export const LOSS = 0;
/** … and whether the training ends after this step, 0 or 1. Only the first part's counts. */
export const LAST = 1;
const EXTRAS = 2;

/** Milliseconds between two signs of life of a worker that waits. */
export const BEAT = 500;

/**
 * @typedef {{ gradient: Float32Array, extras: Float32Array }} Share what one part has found in a step
 *
 * @typedef {object} Exchange
 * @property {() => Share} own where the part of this worker belongs in the present step
 * @property {() => Share[] | Promise<Share[]>} all gives it to the others, waits for theirs and ends the step: what all
 *   have found, in the order of the parts. Not to be written to, and good until the next call.
 * @property {() => boolean} shallPause whether the page has asked, by way of shared memory, to end the training
 */

/**
 * @typedef {object} Place
 * @property {number} part this worker's, counted from 0
 * @property {number} parts
 * @property {number} parameters how many numbers a gradient has
 * @property {() => void} alive called now and then while waiting, where nothing else can run
 */

/**
 * How many bytes of shared memory a team needs: a few numbers to agree by, then the parts of two steps.
 * @param {{ parts: number, parameters: number }} team
 */
export function sharedBytes({ parts, parameters }) {
  return 4 * (1 + parts + 2 * parts * (parameters + EXTRAS));
}

/**
 * Tells the workers of a team, or takes it back, that the training shall end.
 * @param {SharedArrayBuffer} memory
 * @param {boolean} value
 */
export function setPause(memory, value) {
  Atomics.store(new Int32Array(memory, 0, 1), 0, Number(value));
}

/**
 * A step's parts lie in one half of the memory and the next step's in the other. A worker that writes to a half again has
 * passed the step between, in which all had published and so had read this one: a fast worker overwrites nothing that
 * a slow one still reads.
 * @param {Place & { memory: SharedArrayBuffer }} place
 * @returns {Exchange}
 */
export function sharedExchange({ memory, part, parts, parameters, alive }) {
  const pause = new Int32Array(memory, 0, 1);
  /** The steps that each part has published. */
  const published = new Int32Array(memory, 4, parts);
  const halves = [0, 1].map((half) =>
    Array.from({ length: parts }, (_, index) => {
      const place = 4 * (1 + parts + (half * parts + index) * (parameters + EXTRAS));
      return share(new Float32Array(memory, place, parameters + EXTRAS));
    }),
  );
  let step = 0;

  /** @param {number} other */
  function waitFor(other) {
    for (;;) {
      const seen = Atomics.load(published, other);
      // The difference, because the count overflows some day.
      if (((seen - step) | 0) >= 0) return;
      if (Atomics.wait(published, other, seen, BEAT) === "timed-out") alive();
    }
  }

  return {
    own: () => halves[step & 1][part],
    all() {
      const found = halves[step & 1];
      step = (step + 1) | 0;
      Atomics.store(published, part, step);
      Atomics.notify(published, part);
      for (let other = 0; other < parts; other += 1) waitFor(other);
      return found;
    },
    shallPause: () => Atomics.load(pause, 0) === 1,
  };
}

/**
 * Each step's part is sent to every other worker as a copy of its own, whose memory is handed over. What has come from
 * one of them is read, and then filled and sent back in the next step: no step asks for new memory.
 * @param {Place & { ports: (MessagePort | null)[] }} place
 * @returns {Exchange}
 */
export function messageExchange({ ports, part, parts, parameters }) {
  const own = new Float32Array(parameters + EXTRAS);
  /** What has come from each part and is not read yet: two steps at most. @type {Float32Array[][]} */
  const inbox = ports.map(() => []);
  /** What was read last, by part. @type {Float32Array[]} */
  const read = ports.map((port) => (port ? new Float32Array(parameters + EXTRAS) : own));
  /** @type {() => void} */
  let arrived = () => {};

  ports.forEach((port, other) => {
    if (!port) return;
    port.onmessage = ({ data }) => {
      inbox[other].push(data);
      arrived();
    };
  });

  const isComplete = () => inbox.every((waiting, other) => other === part || waiting.length > 0);

  return {
    own: () => share(own),
    async all() {
      ports.forEach((port, other) => {
        if (!port) return;
        read[other].set(own);
        port.postMessage(read[other], [read[other].buffer]);
      });
      if (parts === 1) await hop();
      while (!isComplete()) await new Promise((resolve) => (arrived = () => resolve(null)));
      inbox.forEach((waiting, other) => {
        const first = waiting.shift();
        if (first) read[other] = first;
      });
      return read.map(share);
    },
    shallPause: () => false,
  };
}

/**
 * Lets messages of the page pass, for a worker that waits for no other.
 * @returns {Promise<unknown>}
 */
function hop() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}

/**
 * @param {Float32Array} array
 * @returns {Share}
 */
function share(array) {
  const end = array.length - EXTRAS;
  return { gradient: array.subarray(0, end), extras: array.subarray(end) };
}
