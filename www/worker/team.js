// One network trained by several workers together: of each mini-batch every worker learns a part, and all make the same
// step with the sum. The losses and weights are those of one worker, but for rounding.
//
//   const team = await Team.open(spec, 2);
//   await team.setTraining(imagesFile, labelsFile);
//   const losses = await team.train(600);
//   net.setWeights(await team.weights());
//   team.close();

import { createClient, innermost } from "./client.js";
import { setPause, sharedBytes } from "./team-exchange.js";

/** @typedef {import("../pkg/fishbowl.js").NetSpec} NetSpec @typedef {import("../pkg/fishbowl.js").Tensor} Tensor */
/** @typedef {import("./protocol.js").Message} Message @typedef {import("./client.js").Client} Client */

/** As many parts as the core allows. */
const MOST_PARTS = 64;
/** As many iterations at once as `Net.train` allows. */
const MOST_ITERATIONS = 1_000_000;

/**
 * Workers that train one network. Calls are worked off in their order; `pause` and `close` act at once. What goes wrong
 * is an `Error` with `code`, `field`, `value` and `allowed`. Once a worker is lost (it trapped, or was silent for about
 * four seconds, in which one iteration has to fit) the team is closed, and every call, open or to come, is rejected.
 */
export class Team {
  /** @type {Client[]} */
  #clients;
  /** Where all workers meet; null where they send messages. @type {SharedArrayBuffer | null} */
  #memory = null;
  #hasImages = false;
  /** The call that is worked off last. @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** Why there is no team any more. @type {Error | null} */
  #over = null;

  /**
   * Use `Team.open`.
   * @param {number} parts
   */
  constructor(parts) {
    this.#clients = Array.from({ length: parts }, () =>
      createClient({ spawn, report: () => {}, died: (problem) => this.#end(errorOf(problem)) }),
    );
  }

  /**
   * Builds the network in `parts` workers. More than the machine has cores make it slower.
   *
   * Where the page is cross-origin isolated the workers share memory; `shared: false` keeps them from it.
   * @param {NetSpec} spec any that `Net` takes, but for batch normalization
   * @param {number} parts 1 to 64
   * @param {{ shared?: boolean }} [options]
   * @returns {Promise<Team>}
   */
  static async open(spec, parts, { shared = true } = {}) {
    checkCount("parts", parts, 1, MOST_PARTS);
    const team = new Team(parts);
    try {
      await team.#connect(spec, shared && globalThis.crossOriginIsolated);
    } catch (error) {
      team.close();
      throw error;
    }
    return team;
  }

  /**
   * Gives the training set: IDX files of images and labels as bytes, each optionally gzip. Every worker gets a copy.
   * @param {Uint8Array} images
   * @param {Uint8Array} labels
   * @returns {Promise<void>} rejects when a file is malformed or does not fit the network; then the former set stays
   */
  setTraining(images, labels) {
    return this.#inTurn(async () => {
      await this.#askAll(() => ({ type: "images", images, labels }));
      this.#hasImages = true;
    });
  }

  /**
   * Learns `iterations` mini-batches, at most 1,000,000, or fewer when it is paused.
   * @param {number} iterations
   * @returns {Promise<Float32Array>} the loss of each before its update
   */
  async train(iterations) {
    checkCount("iterations", iterations, 0, MOST_ITERATIONS);
    return this.#inTurn(async () => {
      if (!this.#hasImages) throw refusal("not-ready", "train", "setTraining", "");
      if (this.#memory) setPause(this.#memory, false);
      try {
        const [losses] = await this.#askAll(() => ({ type: "train", iterations }));
        return losses;
      } catch (error) {
        // The worker that failed is a step behind or ahead of the others, and they would wait for it for ever.
        this.#end(asError(error));
        throw error;
      }
    });
  }

  /** Ends the training that is going on after the present mini-batch; its promise gives the losses so far. */
  pause() {
    if (this.#memory) setPause(this.#memory, true);
    else this.#clients[0].tell({ type: "pause" });
  }

  /** @returns {Promise<Tensor[]>} a copy of the weights, as `Net.weights` gives them and `Net.setWeights` takes them */
  weights() {
    return this.#inTurn(() => this.#clients[0].ask({ type: "weights" }));
  }

  /** Ends the workers at once, also one that waits or computes; open calls are rejected. */
  close() {
    this.#end(refusal("closed", "team", "close", ""));
  }

  /**
   * @param {NetSpec} spec
   * @param {boolean} shared
   */
  #connect(spec, shared) {
    return this.#inTurn(async () => {
      const parts = this.#clients.length;
      const module = await compile(new URL("../pkg/fishbowl_bg.wasm", import.meta.url));
      const [parameters] = await this.#askAll((part) => ({ type: "open", module, spec, part, parts }));
      const ports = shared ? this.#clients.map(() => []) : makePorts(parts);
      if (shared) this.#memory = new SharedArrayBuffer(sharedBytes({ parts, parameters }));
      await this.#askAll(
        (part) => ({ type: "connect", memory: this.#memory, ports: ports[part] }),
        (part) => ports[part].filter((port) => port !== null),
      );
    });
  }

  /**
   * Works a call off after those before it: a worker that trains hears no other question.
   * @template Answer
   * @param {() => Promise<Answer>} work
   * @returns {Promise<Answer>}
   */
  #inTurn(work) {
    const answer = this.#last.then(async () => {
      if (this.#over) throw this.#over;
      try {
        return await work();
      } catch (error) {
        throw this.#over ?? asError(error);
      }
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  /**
   * Asks every worker and waits until all have answered; fails with the first that failed.
   * @param {(part: number) => Message} message
   * @param {(part: number) => Transferable[]} [transfer]
   * @returns {Promise<any[]>}
   */
  #askAll(message, transfer = () => []) {
    return Promise.all(this.#clients.map((client, part) => client.ask(message(part), transfer(part))));
  }

  /** @param {Error} reason */
  #end(reason) {
    this.#over ??= reason;
    for (const client of this.#clients) client.end();
  }
}

function spawn() {
  return new Worker(new URL("./team-worker.js", import.meta.url), { type: "module", name: "fishbowl-team" });
}

/**
 * A channel between any two workers: for each worker its ports to all, null in its own place.
 * @param {number} parts
 * @returns {(MessagePort | null)[][]}
 */
function makePorts(parts) {
  /** @type {(MessagePort | null)[][]} */
  const ports = Array.from({ length: parts }, () => Array(parts).fill(null));
  for (let one = 0; one < parts; one += 1) {
    for (let other = one + 1; other < parts; other += 1) {
      const { port1, port2 } = new MessageChannel();
      ports[one][other] = port1;
      ports[other][one] = port2;
    }
  }
  return ports;
}

/**
 * @param {URL} url
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw refusal("load-failed", "fishbowl_bg.wasm", `HTTP ${response.status}`, "");
  return WebAssembly.compile(await response.arrayBuffer());
}

/**
 * @param {string} field
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function checkCount(field, value, least, most) {
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most)
    throw refusal("outside-range", field, String(value), `${least} … ${most}`);
}

/**
 * @param {string} code
 * @param {string} field
 * @param {string} value
 * @param {string} allowed
 */
function refusal(code, field, value, allowed) {
  const message = allowed ? `${field} is ${value}; allowed: ${allowed}` : `${field}: ${value}`;
  return errorOf({ code, field, value, allowed, at: null, message });
}

/** @param {import("../pkg/fishbowl.js").Problem} problem */
function errorOf(problem) {
  return Object.assign(new Error(problem.message), problem, { name: "FishbowlError" });
}

/**
 * @param {unknown} error
 * @returns {Error} as the core would have thrown it here
 */
function asError(error) {
  const inner = innermost(error);
  return inner instanceof Error ? inner : errorOf(inner);
}
