// One network trained by several workers together.

import { test } from "node:test";
import assert from "node:assert/strict";
import { site } from "./page.mjs";

const { visit } = site();

/**
 * Any document of the site has its rights and its security policy; this one loads nothing by itself, and has no icon,
 * which the browser asks for.
 */
const quiet = { hash: "www/worker/team.js", ready: false, expected: [/favicon\.ico/] };

const conv = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv2d", filters: 30, size: 5 },
    { kind: "relu" },
    { kind: "max-pool2d", size: 2 },
    { kind: "flatten" },
    { kind: "dense", units: 100 },
    { kind: "relu" },
    { kind: "dense", units: 10 },
  ],
  loss: "softmax-cross-entropy",
  optimizer: { kind: "adam", learningRate: 0.001 },
  init: { kind: "normal", std: 0.01 },
  batchSize: 100,
  seed: 1,
};

const flat = { ...conv, input: [784], layers: [{ kind: "dense", units: 10 }], batchSize: 5 };

/**
 * What the tests need in the page: the modules, a shard of MNIST, and every worker that is made.
 * @param {import("playwright-core").Page} page
 */
async function prepare(page) {
  await page.evaluate(async () => {
    const NativeWorker = Worker;
    /** @type {Worker[]} */
    const workers = [];
    window.Worker = class extends NativeWorker {
      /** @param {string | URL} url @param {WorkerOptions} [options] */
      constructor(url, options) {
        super(url, options);
        workers.push(this);
      }
    };
    const load = async (/** @type {string} */ name) =>
      new Uint8Array(await (await fetch(`/www/data/${name}`)).arrayBuffer());
    const module = "/www/worker/team.js";
    const { Team } = await import(module);
    const files = await Promise.all(["train-0-images.gz", "train-0-labels.gz"].map(load));
    Object.assign(window, { kit: { Team, files, workers } });
  });
}

test(
  "two workers learn what one learns, through shared memory and by messages",
  visit(quiet, async ({ page }) => {
    await prepare(page);
    const { isolated, alone, together } = await page.evaluate(async (spec) => {
      // @ts-expect-error put there by `prepare`
      const { Team, files } = window.kit;
      const binding = "/www/pkg/fishbowl.js";
      const { default: init, Net } = await import(binding);
      await init();
      const net = new Net(spec);
      net.setTraining(...files);
      const alone = [...net.train(10)];
      net.free();
      const together = [];
      for (const shared of [true, false]) {
        const team = await Team.open(spec, 2, { shared });
        await team.setTraining(...files);
        // In two calls, because what one leaves behind the next begins with.
        const losses = [...(await team.train(4)), ...(await team.train(6))];
        together.push({ losses, bias: [...(await team.weights()).at(-1).values] });
        team.close();
      }
      return { isolated: crossOriginIsolated, alone, together };
    }, conv);
    assert.equal(isolated, true);
    assert.equal(alone.length, 10);
    assert.ok(alone[9] < alone[0] - 0.05, `it learns: ${alone}`);
    for (const { losses } of together)
      losses.forEach((loss, step) => assert.ok(Math.abs(loss - alone[step]) < 1e-4, `${losses} ${alone}`));
    assert.deepEqual(together[0], together[1], "both ways give the same numbers");
  }),
);

for (const shared of [true, false]) {
  const way = shared ? "through shared memory" : "by messages";
  test(
    `${way}: pause gives the losses so far, close rejects, a killed worker is told of`,
    visit(quiet, async ({ page }) => {
      await prepare(page);
      const found = await page.evaluate(
        async ({ spec, shared }) => {
          // @ts-expect-error put there by `prepare`
          const { Team, files, workers } = window.kit;
          const wait = (/** @type {number} */ time) => new Promise((done) => setTimeout(done, time));
          const codeOf = (/** @type {Promise<unknown>} */ promise) =>
            promise.then(
              () => "nothing",
              (error) => error.code,
            );
          const team = await Team.open(spec, 3, { shared });
          await team.setTraining(...files);
          const training = team.train(1e6);
          await wait(300);
          team.pause();
          const paused = (await training).length;
          const further = (await team.train(3)).length;
          const closed = codeOf(team.train(1e6));
          await wait(100);
          team.close();

          const doomed = await Team.open(spec, 3, { shared });
          await doomed.setTraining(...files);
          const lost = codeOf(doomed.train(1e6));
          await wait(100);
          workers.at(-1).terminate();
          return {
            paused,
            further,
            closed: [await closed, await codeOf(team.weights())],
            lost: [await lost, await codeOf(doomed.weights())],
          };
        },
        { spec: flat, shared },
      );
      assert.ok(found.paused > 0 && found.paused < 1e6, `paused after ${found.paused}`);
      assert.equal(found.further, 3);
      assert.deepEqual(found.closed, ["closed", "closed"]);
      assert.deepEqual(found.lost, ["worker-lost", "worker-lost"]);
    }),
  );
}

test(
  "what a team cannot train is refused by the name of its field",
  visit(quiet, async ({ page }) => {
    await prepare(page);
    const faults = await page.evaluate(async (spec) => {
      // @ts-expect-error put there by `prepare`
      const { Team, files, workers } = window.kit;
      /** @type {string[][]} */
      const faults = [];
      const note = async (/** @type {Promise<unknown>} */ promise) =>
        promise.then(
          () => faults.push(["nothing"]),
          (error) => faults.push([error.code, error.field]),
        );
      await note(Team.open(spec, 0));
      await note(Team.open(spec, 2.5));
      await note(Team.open({ ...spec, layers: [{ kind: "batch-norm" }, ...spec.layers] }, 2));
      await note(Team.open({ ...spec, speed: 11 }, 2));
      const team = await Team.open(spec, 2);
      await note(team.train(1));
      await note(team.train(-1));
      await note(team.setTraining(files[1], files[1]));
      await team.setTraining(...files);
      const { length } = await team.train(2);
      team.close();
      return { faults, length, workers: workers.length };
    }, flat);
    assert.deepEqual(faults.faults, [
      ["outside-range", "parts"],
      ["outside-range", "parts"],
      ["not-a-choice", "layers[0].kind"],
      ["unknown-field", "speed"],
      ["not-ready", "train"],
      ["outside-range", "iterations"],
      ["wrong-kind", "images"],
    ]);
    assert.equal(faults.length, 2, "a refusal ends no team");
    assert.equal(faults.workers, 6);
  }),
);
