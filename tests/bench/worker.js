// Runs in a worker of the measured browser: one question, one answer.

import init, { Net, network } from "/www/pkg/fishbowl.js";

/** The networks of the book's chapters 4, 5 and 7. */
const specs = {
  "784-50-10": () => twoLayer(50, "sigmoid"),
  "784-100-10": () => twoLayer(100, "relu"),
  SimpleConvNet: () => network("simple-convnet"),
};
/** Milliseconds of training after which the browser has compiled its inner loops well. */
const WARM = 1500;

/** Made once and kept, so that a turn measures at once. @type {Map<string, Net>} */
const kept = new Map();
/** @type {Promise<void> | undefined} */
let ready;
/** @type {Uint8Array[]} */
let files = [];
/** @type {WebAssembly.Memory} */
let memory;
/** @type {(count: number) => number} */
let runPeak;

function twoLayer(units, activation) {
  return {
    input: [784],
    layers: [{ kind: "dense", units }, { kind: activation }, { kind: "dense", units: 10 }],
    loss: "softmax-cross-entropy",
    optimizer: { kind: "sgd", learningRate: 0.1 },
    init: { kind: "normal", std: 0.01 },
    batchSize: 100,
  };
}

function makeNet(name) {
  const net = new Net({ ...specs[name](), seed: 1 });
  net.setTraining(files[0], files[1]);
  net.setTest(files[2], files[3]);
  return net;
}

function keptNet(name) {
  let net = kept.get(name);
  if (!net) {
    net = makeNet(name);
    for (const begun = performance.now(); performance.now() - begun < WARM;) net.train(10);
    kept.set(name, net);
  }
  return net;
}

async function load(urls) {
  ({ memory } = await init());
  const bytes = await Promise.all(urls.map(async (url) => (await fetch(url)).arrayBuffer()));
  files = bytes.slice(0, 4).map((file) => new Uint8Array(file));
  const { instance } = await WebAssembly.instantiate(bytes[4]);
  runPeak = /** @type {(count: number) => number} */ (instance.exports.run);
  runPeak(4e6);
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function time(work) {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/** Multiply-adds a second in registers, in billions of operations (two each), over some four milliseconds. */
function peak() {
  const count = 1e6;
  return (count * 12 * 4 * 2) / time(() => runPeak(count)) / 1e6;
}

const questions = {
  /**
   * Milliseconds an iteration, over stretches of `length` iterations, and after each stretch what the machine could do
   * at that moment: it changes speed from second to second.
   */
  iterations({ net: name, stretches, length }) {
    const net = keptNet(name);
    return Array.from({ length: stretches }, () => ({
      time: time(() => net.train(length)) / length,
      peak: peak(),
    }));
  },
  /** The book's run: 10,000 iterations, both accuracies before the first and after each epoch of 600. */
  book() {
    const net = makeNet("784-50-10");
    let accuracy = 0;
    let evaluating = 0;
    const total = time(() => {
      for (let iteration = 0; iteration < 10_000; iteration += 600) {
        evaluating += time(() => {
          net.accuracy("train");
          accuracy = net.accuracy("test");
        });
        net.train(Math.min(600, 10_000 - iteration));
      }
    });
    accuracy = net.accuracy("test");
    net.free();
    return { total, evaluating, accuracy };
  },
  /** Milliseconds to predict one digit, over stretches of 100 different ones, and all 10,000 in one call. */
  predictions({ net: name, stretches, whole }) {
    const net = keptNet(name);
    // The plain test file: 16 bytes of header, then the pixels.
    const pixels = Float32Array.from(files[2].subarray(16), (value) => value / 255);
    const digits = Array.from({ length: 100 }, (_, index) => pixels.subarray(index * 784, (index + 1) * 784));
    const stretch = () => time(() => digits.forEach((digit) => net.predict(digit))) / digits.length;
    for (let warm = 0; warm < 10; warm += 1) stretch();
    return {
      single: quantile(Array.from({ length: stretches }, stretch), 0.5),
      all: quantile(
        Array.from({ length: whole }, () => time(() => net.predict(pixels))),
        0.5,
      ),
    };
  },
  /** Bytes of the wasm's memory, which never shrinks, after training with all of MNIST. For a worker of its own. */
  memory() {
    makeNet("SimpleConvNet").train(50);
    return memory.buffer.byteLength;
  },
};

self.onmessage = async ({ data }) => {
  try {
    ready ??= load(data.urls);
    await ready;
    self.postMessage({ answer: await questions[data.question](data) });
  } catch (error) {
    self.postMessage({ fault: String(error) });
  }
};
