// make bench: what the page costs and how fast it is, measured in headless Chromium, as a table.
// Figures of one run belong together: machines differ, and change speed from minute to minute. Hence medians over
// rounds in which all peers take many short turns, and ratios within a turn.
// PEN_DIGITS= for a file of pen strokes to read (handwriting.mjs).
// ROUNDS= for fewer rounds than five; PYTHON= for the python that has NumPy and PyTorch to compare with.

import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cpus, loadavg, tmpdir } from "node:os";

import { launch, root } from "../page/browser.mjs";
import { serve } from "../../tools/serve.mjs";
import { makeDist } from "../../tools/dist.mjs";
import { budget, weigh } from "../../tools/page-weight.mjs";
import { measureBusy, measureStart } from "./start.mjs";
import { measureChoosing } from "./choosing.mjs";
import { openPeers, peerNames } from "./peers.mjs";
import { measurePage } from "./page.mjs";
import { measureTeam, teamRows } from "./team.mjs";
import { tellDoubt } from "./doubt.mjs";
import { tellHandwriting } from "./handwriting.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const TURNS = 5;
/**
 * `operations`: the multiplications and additions of an iteration on 100 images counted as dense products and
 * convolutions, forward, for the weights and for the inputs of all layers but the first. SimpleConvNet's convolution
 * has 2 · 86.4 million of them, its dense layers 3 · 86.6 million. Ours leaves some out, such as those with pixels
 * that are 0.
 * `stretches` of `length` iterations, and as many iterations of `theirs`, take some tenths of a second: a turn.
 */
const nets = [
  { net: "784-50-10", operations: 15.98e6, stretches: 10, length: 20, theirs: 200 },
  { net: "784-100-10", operations: 31.96e6, stretches: 10, length: 20, theirs: 200 },
  { net: "SimpleConvNet", operations: 432.6e6, stretches: 10, length: 1, theirs: 6 },
];
/** How much of a peer's time ours may take. */
const goals = {
  "784-50-10 NumPy f32": 0.8,
  "784-100-10 NumPy f32": 1,
  "SimpleConvNet PyTorch": 1,
};

const folder = mkdtempSync(join(tmpdir(), "fishbowl-bench-"));
const server = await serve({ root, port: 0 });
const browser = await launch();
/** @type {Awaited<ReturnType<typeof openPeers>>} */
let peers = [];
try {
  unpackMnist();
  assemblePeak();
  const load = [loadavg()[0]];
  peers = await openPeers(folder);
  /** @type {Record<string, number[]>} */
  const found = {};
  const note = (name, ...values) => (found[name] ??= []).push(...values);
  note("memory", await (await openWorker())({ question: "memory" }, { last: true }));
  const ask = await openWorker();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { net, operations, stretches, length, theirs } of nets) {
      for (let turn = 0; turn < TURNS; turn += 1) {
        const ours = await ask({ question: "iterations", net, stretches, length });
        const times = ours.map(({ time }) => time);
        note(net, ...times);
        note("peak", ...ours.map(({ peak }) => peak));
        note(`${net} share`, ...ours.map(({ time, peak }) => operations / time / 1e6 / peak));
        for (const peer of peers.filter(({ nets }) => nets.includes(net))) {
          const other = median(await peer.iterations(net, theirs));
          note(`${net} ${peer.name}`, other);
          note(`${net} ${peer.name} ratio`, median(times) / other);
        }
      }
    }
    for (const { net, whole } of [
      { net: "784-50-10", whole: 9 },
      { net: "SimpleConvNet", whole: 1 },
    ]) {
      const { single, all } = await ask({ question: "predictions", net, stretches: 20, whole });
      note(`${net} single`, single);
      note(`${net} all`, all);
    }
    const book = await ask({ question: "book" });
    note("book", book.total);
    note("evaluating", book.evaluating);
    note("accuracy", book.accuracy);
  }
  peers.forEach((peer) => peer.close());
  const page = await measurePage({ browser, url: server.url }, ROUNDS);
  load.push(loadavg()[0]);
  const team = teamRows(await measureTeam({ browser, url: server.url, rounds: ROUNDS }));
  const dist = join(folder, "dist");
  const weight = await weigh(dist, await makeDist({ root, output: dist }));
  const start = await measureStart({ browser, root: dist }, 3 * ROUNDS);
  const slow = await measureStart({ browser, root: dist }, ROUNDS, { slow: true });
  const busy = await measureBusy({ browser, root: dist });
  const choices = await measureChoosing({ browser, root: dist }, ROUNDS);
  print(found, page, { weight, start, slow, busy, choices }, load, team);
  console.log(`\n${await tellDoubt([])}`);
  if (process.env.PEN_DIGITS) console.log(`\n${await tellHandwriting({ browser, url: server.url })}`);
} finally {
  peers.forEach((peer) => peer.close());
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

/** All of MNIST as plain IDX files, as the peers read it. */
function unpackMnist() {
  const manifest = JSON.parse(readFileSync(join(root, "www/data/mnist.json"), "utf8"));
  for (const split of ["train", "test"]) {
    for (const part of ["images", "labels"]) {
      const header = part === "images" ? 16 : 8;
      const shards = manifest[split].map((shard) =>
        gunzipSync(readFileSync(join(root, "www/data", shard[part]))),
      );
      const whole = Buffer.concat([
        shards[0].subarray(0, header),
        ...shards.map((shard) => shard.subarray(header)),
      ]);
      whole.writeUInt32BE(manifest[`${split}Total`], 4);
      writeFileSync(join(folder, `${split}-${part}`), whole);
    }
  }
}

/** A page of its own with a worker, which answers questions one at a time. */
async function openWorker() {
  const page = await browser.newPage();
  await page.route("**/bench/**", async (route) => {
    const name = new URL(route.request().url()).pathname.split("/").pop() ?? "";
    // The same isolation as the page: the clock is finer with it.
    const headers = {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Content-Type": name.endsWith(".js") ? "text/javascript" : "text/html",
    };
    if (name === "index.html") return route.fulfill({ headers, body: "<!doctype html><title>bench</title>" });
    if (name === "worker.js") return route.fulfill({ headers, path: join(root, "tests/bench/worker.js") });
    return route.fulfill({ headers, body: readFileSync(join(folder, name)) });
  });
  await page.goto(`${server.url}/bench/index.html`);
  await page.evaluate(() => {
    // @ts-expect-error kept where the next questions find it
    window.worker = new Worker("/bench/worker.js", { type: "module" });
  });
  const names = ["train-images", "train-labels", "test-images", "test-labels", "peak.wasm"];
  const urls = names.map((name) => `/bench/${name}`);
  return async (question, { last = false } = {}) => {
    const answer = await page.evaluate(
      (question) =>
        new Promise((resolve, reject) => {
          // @ts-expect-error
          const { worker } = window;
          worker.onmessage = ({ data }) =>
            data.fault ? reject(new Error(data.fault)) : resolve(data.answer);
          worker.onerror = (event) => reject(new Error(event.message));
          worker.postMessage(question);
        }),
      { ...question, urls },
    );
    if (last) await page.close();
    return answer;
  };
}

function assemblePeak() {
  const source = join(root, "tests/bench/peak.wat");
  const assembler = join(root, "node_modules/.bin/wasm-as");
  execFileSync(assembler, ["--enable-simd", source, "-o", join(folder, "peak.wasm")]);
}

function median(values) {
  return quantile(values, 0.5);
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** A number with three figures that count. */
function short(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function print(found, page, { weight, start, slow, busy, choices }, load, team) {
  const of = (name) => median(found[name]);
  /** @type {string[][]} */
  const rows = [["what", "measured", "goal", ""]];
  /** @type {(what: string, measured: string, goal?: string, reached?: boolean) => void} */
  const row = (what, measured, goal = "", reached = undefined) =>
    void rows.push([what, measured, goal, reached === undefined ? "" : reached ? "reached" : "missed"]);
  row("peak of wasm SIMD, multiply and add in registers", `${short(of("peak"))} GFLOP/s`);
  for (const { net, operations } of nets) {
    row(`${net}, batch 100, one iteration`, `${short(of(net))} ms (p90 ${short(quantile(found[net], 0.9))})`);
    const rate = `${short(operations / of(net) / 1e6)} GFLOP/s, ${of(`${net} share`).toFixed(2)} of the peak`;
    if (net === "SimpleConvNet") row("— as multiply-adds", rate, "0.60", of(`${net} share`) >= 0.6);
    else row("— as dense multiply-adds", rate);
    for (const peer of peerNames) {
      const name = `${net} ${peer}`;
      const goal = goals[name];
      const wanted = goal && `${goal.toFixed(1)} of it`;
      if (!found[name]) {
        row(`— ${peer}, one thread`, "not installed", wanted);
        continue;
      }
      const ratio = of(`${name} ratio`);
      const measured = `${short(of(name))} ms; ours takes ${ratio.toFixed(2)} of it`;
      row(`— ${peer}, one thread`, measured, wanted, goal && ratio <= goal);
    }
  }
  const book = of("book") / 1000;
  const evaluating = short(of("evaluating") / 1000);
  row(
    "784-50-10, the book's 10,000 iterations with 17 evaluations",
    `${short(book)} s, of it ${evaluating} s evaluating; ${(of("accuracy") * 100).toFixed(1)} % of the test images`,
    "4 s",
    book < 4,
  );
  for (const [net, goal] of /** @type {const} */ ([
    ["784-50-10", 20],
    ["SimpleConvNet", 400],
  ])) {
    const single = of(`${net} single`) * 1000;
    row(`${net}, predicting one digit`, `${short(single)} µs`, `${goal} µs`, single < goal);
    const all = of(`${net} all`);
    if (net === "SimpleConvNet") row(`— 10,000 digits`, `${short(all / 1000)} s`, "4 s", all < 4000);
    else row(`— 10,000 digits`, `${short(all)} ms`);
  }
  const memory = of("memory") / 1e6;
  row(
    "memory of the wasm: all of MNIST, SimpleConvNet, 50 iterations",
    `${short(memory)} MB`,
    "250 MB",
    memory < 250,
  );
  for (const [what, measured] of team) row(what, measured);
  const { frames, missed, longTasks, longest } = page.smooth;
  row("frames missed in 5 s of training", `${missed} of ${frames + missed}`);
  const tasks = longTasks ? `${longTasks}, longest ${longest.toFixed(0)} ms` : "0";
  row("tasks over 50 ms meanwhile", tasks, "0", longTasks === 0);
  const dragged = quantile(page.dragged, 0.95);
  row(
    "a control dragged to the figure redrawn",
    `${short(median(page.dragged))} ms (p95 ${short(dragged)})`,
    "33 ms (p95)",
    dragged <= 33,
  );
  const slowest = page.sheets.reduce((one, other) => (other.time > one.time ? other : one));
  row(
    `\`show\` of ${page.sheets.length} labs at their largest settings`,
    `${short(slowest.time)} ms, ${slowest.lab} the slowest`,
    "4 ms",
    slowest.time <= 4,
  );
  const times = choices.map(({ time }) => time);
  const [typical, latest] = [median(times), Math.max(...times)];
  row(
    "a lab chosen to its first figure, on a warm page",
    `${short(typical)} ms; ${choices.find(({ time }) => time === latest)?.lab}, the slowest, ${short(latest)} ms`,
    "300 ms",
    latest <= 300,
  );
  const gain = median(page.gains);
  row(
    "thirty-two jobs on two workers beside one after another",
    `${gain.toFixed(2)} times as fast`,
    "1.7",
    gain >= 1.7,
  );
  const reading = median(start.map(({ reading }) => reading)) / 1000;
  const worst = Math.max(...start.map(({ reading }) => reading)) / 1000;
  row(
    "opening the page to the first prediction",
    `${short(reading)} s (at most ${short(worst)})`,
    "0.5 s",
    reading < 0.5,
  );
  for (const [stage, what] of /** @type {const} */ ([
    ["pad", "the pad is there"],
    ["figures", "the figures are there"],
  ]))
    row(`— ${what} after`, `${short(median(start.map((each) => each[stage])) / 1000)} s`);
  const task = median(start.map(({ longest }) => longest));
  row("— longest task of the page's thread until then", `${short(task)} ms`, "50 ms", task <= 50);
  const late = median(slow.map(({ reading }) => reading)) / 1000;
  row("— on slow 4G with a processor four times as slow", `${short(late)} s`, "2.0 s", late <= 2);
  const slowTask = median(slow.map(({ longest }) => longest));
  row("— — longest task", `${short(slowTask)} ms`, "200 ms", slowTask <= 200);
  const idle = 1 - busy.training;
  row(
    "the page's thread is idle while it trains",
    `${(idle * 100).toFixed(0)} % (at rest ${((1 - busy.resting) * 100).toFixed(0)} %)`,
    "80 %",
    idle >= 0.8,
  );
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  for (const [stage, what, goal] of /** @type {const} */ ([
    ["page", "before the first prediction, gzip, without the weights", 80_000],
    ["weights", "the weights that it needs, gzip", 150_000],
    ["core", "what trains and draws, gzip", 480_000],
    ["worker", "a worker's script, gzip", budget.worker],
  ]))
    row(what, kilobytes(weight[stage].gzip), kilobytes(goal), weight[stage].gzip <= goal);

  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const [heading, ...rest] = rows.map(line);
  console.log([heading, line(widths.map((width) => "-".repeat(width))), ...rest].join("\n"));
  const machine = `${cpus().length} × ${cpus()[0].model.trim()}, Chromium ${browser.version()}`;
  const versions = [...new Set(peers.map(({ version }) => version))];
  console.log(`\n${[machine, ...versions].join(", ")}`);
  console.log(
    `${ROUNDS} rounds; load average ${load.map((value) => value.toFixed(1)).join(" before, ")} after`,
  );
}
