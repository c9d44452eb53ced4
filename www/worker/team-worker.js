// One worker of a team: owns one part of the training of a network (see team.js).

import init, { NetPart } from "../pkg/fishbowl.js";
import { checkTeamCommand, isFatal, problemOf, transferables } from "./protocol.js";
import { BEAT, LAST, LOSS, messageExchange, sharedExchange } from "./team-exchange.js";

/** @typedef {import("./protocol.js").Message} Message */
/** @typedef {import("./team-exchange.js").Exchange} Exchange */

/** @type {any} */
let net = null;
let part = 0;
let parts = 1;
/** @type {Exchange | null} */
let exchange = null;
let pausing = false;
let saidAliveAt = 0;

/** @type {Record<string, (message: Message) => unknown>} */
const answers = {
  ping: () => null,
  open: async (message) => {
    await init({ module_or_path: message.module });
    ({ part, parts } = message);
    net = new NetPart(message.spec, part, parts);
    return net.parameters;
  },
  connect: ({ memory, ports }) => {
    const place = { part, parts, parameters: net.parameters, alive };
    exchange = memory ? sharedExchange({ ...place, memory }) : messageExchange({ ...place, ports });
    return null;
  },
  images: ({ images, labels }) => {
    net.setTraining(images, labels);
    return null;
  },
  train: async ({ iterations }) => {
    // While it waits for messages; where it waits for memory no timer runs, and the exchange calls by itself.
    const beat = setInterval(alive, BEAT);
    try {
      const losses = await train(/** @type {Exchange} */ (exchange), iterations);
      return part === 0 ? losses : null;
    } finally {
      clearInterval(beat);
    }
  },
  pause: () => {
    pausing = true;
  },
  weights: () => net.weights(),
};

self.onmessage = async ({ data }) => {
  /** @type {number | undefined} */
  let id;
  try {
    const message = checkTeamCommand(data);
    id = message.id;
    const value = await answers[message.type](message);
    if (id !== undefined) post({ type: "result", id, value });
  } catch (error) {
    const fatal = isFatal(error);
    post({ type: "failed", ...(id === undefined ? {} : { id }), error: problemOf(error), fatal });
  }
};

/**
 * @param {Exchange} exchange
 * @param {number} iterations
 * @returns {Promise<Float32Array>} the loss of each mini-batch before its update
 */
async function train(exchange, iterations) {
  const losses = new Float32Array(iterations);
  pausing = false;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const own = exchange.own();
    own.extras[LOSS] = net.gradient(own.gradient);
    own.extras[LAST] = Number(pausing || exchange.shallPause());
    const shares = await exchange.all();
    net.update(shares.map(({ gradient }) => gradient));
    losses[iteration] = shares.reduce((sum, { extras }) => sum + extras[LOSS], 0);
    alive();
    // Only one may decide: if each looked by itself, some would wait for others that have ended.
    if (shares[0].extras[LAST] === 1) return losses.slice(0, iteration + 1);
  }
  return losses;
}

function alive() {
  const now = performance.now();
  if (now - saidAliveAt < BEAT / 2) return;
  saidAliveAt = now;
  post({ type: "alive" });
}

/** @param {any} message */
function post(message) {
  self.postMessage(message, { transfer: transferables(message) });
}
