// make bench: what the page costs and how fast it is, measured in headless Chromium, as a table.
// Figures of one run belong together: machines differ, and change speed from minute to minute. Hence medians over
// rounds in which all peers take turns, and ratios.

import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";

import { launch, root } from "../page/browser.mjs";
import { serve } from "../../tools/serve.mjs";
import { weigh } from "../../tools/page-files.mjs";
import { measureTeam, teamRows } from "./team.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const peers = [
  { net: "784-50-10", hidden: "50", activation: "sigmoid" },
  { net: "784-100-10", hidden: "100", activation: "relu" },
];

const folder = mkdtempSync(join(tmpdir(), "fishbowl-bench-"));
const server = await serve({ root, port: 0 });
const browser = await launch();
try {
  unpackMnist();
  const numpy = hasNumpy();
  const ask = await openWorker();
  const peakBytes = assemblePeak();
  /** @type {Record<string, number[]>} */
  const found = {};
  const note = (name, value) => (found[name] ??= []).push(value);
  for (let round = 0; round < ROUNDS; round += 1) {
    note("peak", (await ask({ question: "peak", bytes: peakBytes })).median);
    for (const peer of peers) {
      const ours = await ask({ question: "iterations", net: peer.net, stretches: 60 });
      note(`${peer.net} median`, ours.median);
      note(`${peer.net} p90`, ours.p90);
      if (!numpy) continue;
      for (const type of ["float32", "float64"]) {
        const theirs = runNumpy(peer, type);
        note(`${peer.net} ${type}`, theirs.median);
        note(`${peer.net} ratio ${type}`, ours.median / theirs.median);
      }
    }
    const predictions = await ask({ question: "predictions" });
    note("single", predictions.single);
    note("all", predictions.all);
    const book = await ask({ question: "book" });
    note("book", book.total);
    note("judging", book.judging);
    note("accuracy", book.accuracy);
  }
  const team = teamRows(await measureTeam({ browser, url: server.url, rounds: ROUNDS }));
  print(found, await measurePage(), await weigh(root), numpy, team);
} finally {
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
  const urls = ["train-images", "train-labels", "test-images", "test-labels"].map((name) => `/bench/${name}`);
  return (question) =>
    page.evaluate(
      (question) =>
        new Promise((resolve, reject) => {
          // @ts-expect-error
          const { worker } = window;
          worker.onmessage = ({ data }) =>
            data.fault ? reject(new Error(data.fault)) : resolve(data.answer);
          worker.onerror = (event) => reject(new Error(event.message));
          if (question.bytes) question.bytes = Uint8Array.from(question.bytes);
          worker.postMessage(question);
        }),
      { ...question, urls },
    );
}

function assemblePeak() {
  const file = join(folder, "peak.wasm");
  execFileSync(join(root, "node_modules/.bin/wasm-as"), [
    "--enable-simd",
    join(root, "tests/bench/peak.wat"),
    "-o",
    file,
  ]);
  return [...readFileSync(file)];
}

function hasNumpy() {
  try {
    execFileSync("python3", ["-c", "import numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function runNumpy({ hidden, activation }, type) {
  const script = join(root, "tests/bench/numpy_two_layer.py");
  return JSON.parse(
    execFileSync("python3", [script, folder, hidden, activation, type, "1500"], { encoding: "utf8" }),
  );
}

/** The page itself: time to the first reading, and how smooth it stays while a network trains. */
async function measurePage() {
  const readings = [];
  for (let round = 0; round < 3; round += 1) readings.push(await timeToReading());
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByRole("button", { name: "Train" }).click();
  await page.waitForFunction(
    () => Number(document.querySelector("[data-testid=iteration]")?.textContent) > 100,
  );
  // Once the data has arrived; its parsing is part of loading.
  await page.waitForTimeout(3000);
  const smooth = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let longTasks = 0;
        let longest = 0;
        new PerformanceObserver((list) => {
          for (const task of list.getEntries()) {
            longTasks += 1;
            longest = Math.max(longest, task.duration);
          }
        }).observe({ entryTypes: ["longtask"] });
        const begun = performance.now();
        let last = begun;
        let frames = 0;
        let missed = 0;
        requestAnimationFrame(function frame(now) {
          frames += 1;
          missed += Math.max(0, Math.round((now - last) / (1000 / 60)) - 1);
          last = now;
          if (now - begun < 5000) requestAnimationFrame(frame);
          else resolve({ frames, missed, longTasks, longest });
        });
      }),
  );
  await context.close();
  return { readings, smooth };
}

/** Milliseconds from opening the page, with an empty cache, to a drawn digit being read. */
async function timeToReading() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url, { waitUntil: "commit" });
  const pad = page.getByLabel("Drawing pad");
  await pad.waitFor();
  const box = await pad.boundingBox();
  if (!box) throw new Error("the pad has no size");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.25);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.75, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() =>
    /\d/.test(document.querySelector("[data-testid=prediction]")?.textContent ?? ""),
  );
  const time = await page.evaluate(() => performance.now());
  await context.close();
  return time;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function print(found, page, weight, numpy, team) {
  const of = (name) => median(found[name]);
  const peak = of("peak");
  // Dense multiply-adds of an iteration (forward, backward without the input's gradient), two operations each.
  const operations = { "784-50-10": 15.98e6, "784-100-10": 31.96e6 };
  const rows = [["peak of wasm SIMD", `${peak.toFixed(1)} GFLOP/s`]];
  for (const { net } of peers) {
    const ms = of(`${net} median`);
    const rate = operations[net] / ms / 1e6;
    rows.push([`${net}, one iteration`, `${ms.toFixed(3)} ms (p90 ${of(`${net} p90`).toFixed(3)})`]);
    rows.push([
      `  as dense multiply-adds`,
      `${rate.toFixed(1)} GFLOP/s, ${(rate / peak).toFixed(2)} of the peak`,
    ]);
    if (!numpy) continue;
    for (const type of ["float32", "float64"]) {
      const theirs = of(`${net} ${type}`).toFixed(3);
      rows.push([
        `  NumPy ${type}, one thread`,
        `${theirs} ms; ours takes ${of(`${net} ratio ${type}`).toFixed(2)} of it`,
      ]);
    }
  }
  if (!numpy) rows.push(["NumPy", "not installed: not compared"]);
  const book = `${(of("book") / 1000).toFixed(2)} s, of it judging ${(of("judging") / 1000).toFixed(2)} s`;
  rows.push(["10,000 iterations, 17 evaluations", `${book}; test accuracy ${of("accuracy").toFixed(4)}`]);
  rows.push(["reading one digit", `${(of("single") * 1000).toFixed(1)} µs`]);
  rows.push(["reading 10,000 digits", `${of("all").toFixed(1)} ms`]);
  rows.push(...team);
  const { frames, missed, longTasks, longest } = page.smooth;
  rows.push(["frames missed in 5 s of training", `${missed} of ${frames + missed}`]);
  rows.push([
    "tasks over 50 ms meanwhile",
    longTasks ? `${longTasks}, longest ${longest.toFixed(0)} ms` : "0",
  ]);
  rows.push(["page and wasm, gzip", `${(weight.page.gzip / 1000).toFixed(0)} kB`]);
  rows.push(["first weights, gzip", `${(weight.weights.gzip / 1000).toFixed(0)} kB`]);
  rows.push(["opening to first reading", `${median(page.readings).toFixed(0)} ms`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"));
}
