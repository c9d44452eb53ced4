// What more than one worker gives: SimpleConvNet trained by two together, and four nets that learn side by side.
// usage: node tests/bench/team.mjs     (part of make bench; ROUNDS= to change how often)

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, root } from "../page/browser.mjs";
import { serve } from "../../tools/serve.mjs";

const softmax = { loss: "softmax-cross-entropy", batchSize: 100, seed: 1 };

/** The book's SimpleConvNet, 7.5. */
const simpleConvNet = {
  ...softmax,
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
  optimizer: { kind: "adam", learningRate: 0.001 },
  init: { kind: "normal", std: 0.01 },
};

/** The book's two-layer net, 4.5. */
const twoLayerNet = {
  ...softmax,
  input: [784],
  layers: [{ kind: "dense", units: 50 }, { kind: "sigmoid" }, { kind: "dense", units: 10 }],
  optimizer: { kind: "sgd", learningRate: 0.1 },
  init: { kind: "normal", std: 0.01 },
};

/**
 * Measures in rounds in which all take turns, so that a machine that changes its speed meanwhile changes it for all.
 * @param {{ browser: import("playwright-core").Browser, url: string, rounds: number }} options `url` of the server
 * @returns {Promise<{ one: number[], two: number[], messages: number[], alone: number[], race: number[] }>}
 *   Milliseconds an iteration, one number a round: of SimpleConvNet in one worker, in two that share memory, in two
 *   that send messages; of 784-50-10 in one worker, and until four of them in four workers have all done one
 */
export async function measureTeam({ browser, url, rounds }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/bench/net-worker.js", (route) =>
    route.fulfill({
      headers: { "Content-Type": "text/javascript", "Cross-Origin-Embedder-Policy": "require-corp" },
      path: join(root, "tests/bench/net-worker.js"),
    }),
  );
  // Any document of the site is isolated as the page is; this one does nothing by itself.
  await page.goto(`${url}/www/worker/team.js`);
  const found = await page.evaluate(
    async ({ simpleConvNet, twoLayerNet, rounds }) => {
      const load = async (/** @type {string} */ name) =>
        new Uint8Array(await (await fetch(`/www/data/${name}`)).arrayBuffer());
      const files = await Promise.all(["train-0-images.gz", "train-0-labels.gz"].map(load));

      /** @returns {Promise<(message: object) => Promise<unknown>>} */
      async function openNet(spec) {
        const worker = new Worker("/bench/net-worker.js", { type: "module" });
        const ask = (message) =>
          new Promise((resolve, reject) => {
            worker.onmessage = resolve;
            worker.onerror = (event) => reject(new Error(event.message));
            worker.postMessage(message);
          });
        await ask({ spec, files });
        return ask;
      }

      const module = "/www/worker/team.js";
      const { Team } = await import(module);
      async function openTeam(shared) {
        const team = await Team.open(simpleConvNet, 2, { shared });
        await team.setTraining(...files);
        return team;
      }

      const [conv, ...nets] = await Promise.all([
        openNet(simpleConvNet),
        ...Array.from({ length: 4 }, () => openNet(twoLayerNet)),
      ]);
      const [shared, messages] = [await openTeam(true), await openTeam(false)];

      /** How many iterations each does in a round: half a second or so. */
      const [few, many] = [20, 1000];
      const work = {
        one: { iterations: few, run: () => conv({ iterations: few }) },
        two: { iterations: few, run: () => shared.train(few) },
        messages: { iterations: few, run: () => messages.train(few) },
        alone: { iterations: many, run: () => nets[0]({ iterations: many }) },
        race: {
          iterations: many,
          run: () => Promise.all(nets.map((net) => net({ iterations: many }))),
        },
      };
      const found = { one: [], two: [], messages: [], alone: [], race: [] };
      // The round before the first warms up.
      for (let round = -1; round < rounds; round += 1) {
        for (const [name, { iterations, run }] of Object.entries(work)) {
          const begun = performance.now();
          await run();
          if (round >= 0) found[name].push((performance.now() - begun) / iterations);
        }
      }
      return found;
    },
    { simpleConvNet, twoLayerNet, rounds },
  );
  await context.close();
  return found;
}

/**
 * The lines of the table.
 * @param {Awaited<ReturnType<typeof measureTeam>>} found
 * @returns {string[][]}
 */
export function teamRows(found) {
  const ms = (name) => median(found[name]).toFixed(2);
  // Of the same round: what slows one of them down slows the other too.
  const ratio = (name, other) => median(found[name].map((value, round) => value / found[other][round]));
  return [
    ["SimpleConvNet, one worker / two", `${ms("one")} / ${ms("two")} ms an iteration`],
    ["  gain", `${ratio("one", "two").toFixed(2)}; by messages ${ratio("one", "messages").toFixed(2)}`],
    ["784-50-10, one net / four at once", `${ms("alone")} / ${ms("race")} ms an iteration of all`],
    ["  four take", `${ratio("race", "alone").toFixed(2)} times as long as one`],
  ];
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function main() {
  const [browser, server] = await Promise.all([launch(), serve({ root, port: 0 })]);
  try {
    const found = await measureTeam({ browser, url: server.url, rounds: Number(process.env.ROUNDS ?? 5) });
    for (const [name, value] of teamRows(found)) console.log(`${name.padEnd(36)}${value}`);
  } finally {
    await browser.close();
    await server.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
