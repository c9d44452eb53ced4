// Runs in a worker of the measured browser: one question, one answer.

import init, { Net } from "/www/pkg/fishbowl.js";

/** The two networks of the book's chapters 4 and 5, both with SGD at 0.1 and batches of 100. */
const nets = {
  "784-50-10": { units: 50, activation: "sigmoid" },
  "784-100-10": { units: 100, activation: "relu" },
};

/** @type {Promise<unknown> | undefined} */
let ready;
/** @type {Uint8Array[]} */
let files = [];

function makeNet(name) {
  const { units, activation } = nets[name];
  const net = new Net({
    input: [784],
    layers: [{ kind: "dense", units }, { kind: activation }, { kind: "dense", units: 10 }],
    loss: "softmax-cross-entropy",
    optimizer: { kind: "sgd", learningRate: 0.1 },
    init: { kind: "normal", std: 0.01 },
    batchSize: 100,
    seed: 1,
  });
  net.setTraining(files[0], files[1]);
  net.setTest(files[2], files[3]);
  return net;
}

async function load(urls) {
  await init();
  files = await Promise.all(urls.map(async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer())));
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

const questions = {
  /** Milliseconds an iteration: median and 90th percentile over stretches of 20. */
  iterations({ net: name, stretches }) {
    const net = makeNet(name);
    net.train(200);
    const times = Array.from({ length: stretches }, () => time(() => net.train(20)) / 20);
    net.free();
    return { median: quantile(times, 0.5), p90: quantile(times, 0.9) };
  },
  /** The book's run: 10,000 iterations, both accuracies before the first and after each epoch of 600. */
  book() {
    const net = makeNet("784-50-10");
    let evaluations = 0;
    let accuracy = 0;
    let judging = 0;
    const total = time(() => {
      for (let iteration = 0; iteration < 10_000; iteration += 600) {
        judging += time(() => {
          net.accuracy("train");
          accuracy = net.accuracy("test");
        });
        evaluations += 1;
        net.train(Math.min(600, 10_000 - iteration));
      }
    });
    accuracy = net.accuracy("test");
    net.free();
    return { total, judging, evaluations, accuracy };
  },
  predictions() {
    const net = makeNet("784-50-10");
    const images = files[2];
    // The plain test file: 16 bytes of header, then the pixels.
    const pixels = Float32Array.from(images.subarray(16), (value) => value / 255);
    const one = pixels.subarray(0, 784);
    for (let warm = 0; warm < 2000; warm += 1) net.predict(one);
    const single = Array.from(
      { length: 20 },
      () =>
        time(() => {
          for (let call = 0; call < 200; call += 1) net.predict(one);
        }) / 200,
    );
    const all = Array.from({ length: 9 }, () => time(() => net.predict(pixels)));
    net.free();
    return { single: quantile(single, 0.5), all: quantile(all, 0.5) };
  },
  /** Multiply-adds a second, in billions of operations (two each). */
  async peak({ bytes }) {
    const { instance } = await WebAssembly.instantiate(bytes);
    const run = /** @type {(n: number) => number} */ (instance.exports.run);
    run(1e6);
    const count = 4e6;
    const rates = Array.from({ length: 9 }, () => (count * 12 * 4 * 2) / time(() => run(count)) / 1e6);
    return { median: quantile(rates, 0.5), best: Math.max(...rates) };
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
