// How well the networks of the page read what people write: pen strokes of a file, drawn on the pad with pointer events,
// one after the other. The project holds no such file: it learns and tests without any.
// usage: PEN_DIGITS=FILE [TAKE=1000] [SHARE=0.6] node tests/bench/handwriting.mjs
// The file is an array of { label, strokes }; a stroke is [x0, y0, x1, y1, …] with y downwards, the larger side of a drawing
// is 255. SHARE is how much of the pad it takes.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, root } from "../page/browser.mjs";
import { serve } from "../../tools/serve.mjs";

/** @typedef {{ label: number, strokes: number[][] }} PenDigit */
/** @typedef {{ page: number, delays: number[], nets: Record<string, number>, confusion: number[][] }} Readings shares of all; `delays` from the end of a drawing to its reading, in ms; `confusion[label][read]` by the page */

/**
 * Draws digits on the pad of the page. The page reads each; then the other networks read what its network got.
 * @param {import("playwright-core").Page} page
 * @param {PenDigit[]} digits
 * @param {number} share
 * @returns {Promise<Readings>}
 */
export async function readPenDigits(page, digits, share) {
  const folder = join(root, "www/weights");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".safetensors"));
  await page.locator("[data-testid=prediction]", { hasText: /\d/ }).waitFor();
  await page.evaluate(async (names) => {
    const address = new URL("./www/pkg/fishbowl.js", location.href).href;
    const binding = await import(address);
    await binding.default();
    const load = async (/** @type {string} */ name) => [
      name.replace(/\.safetensors$/, ""),
      binding.Net.load(new Uint8Array(await (await fetch(`./www/weights/${name}`)).arrayBuffer())),
    ];
    globalThis.nets = await Promise.all(names.map(load));
  }, names);
  const confusion = Array.from({ length: 10 }, () => Array(10).fill(0));
  /** @type {Readings} */
  const found = { page: 0, delays: [], nets: {}, confusion };
  for (const { label, strokes } of digits) {
    const { read, delay, others } = await page.evaluate(drawAndRead, { strokes, share });
    if (read === label) found.page += 1 / digits.length;
    if (read !== null) found.confusion[label][read] += 1;
    found.delays.push(delay);
    for (const [name, digit] of others)
      found.nets[name] = (found.nets[name] ?? 0) + Number(digit === label) / digits.length;
  }
  return found;
}

/** Runs in the page. @param {{ strokes: number[][], share: number }} drawing */
async function drawAndRead({ strokes, share }) {
  const pad = /** @type {HTMLCanvasElement} */ (document.querySelector("canvas.pad"));
  const output = /** @type {HTMLElement} */ (document.querySelector("[data-testid=prediction]"));
  const clear = [...document.querySelectorAll("button")].find((button) => button.textContent === "Clear");
  const turn = () => new Promise((done) => setTimeout(done));
  clear?.click();
  while (/\d/.test(output.textContent ?? "")) await turn();
  const box = pad.getBoundingClientRect();
  const scale = (share * box.width) / 255;
  const most = [0, 1].map((axis) =>
    Math.max(...strokes.flatMap((s) => s.filter((_, at) => at % 2 === axis))),
  );
  const left = box.x + (box.width - most[0] * scale) / 2;
  const top = box.y + (box.height - most[1] * scale) / 2;
  const send = (type, stroke, at) =>
    pad.dispatchEvent(
      new PointerEvent(type, {
        pointerId: 1,
        isPrimary: true,
        bubbles: true,
        buttons: 1,
        clientX: left + stroke[at] * scale,
        clientY: top + stroke[at + 1] * scale,
      }),
    );
  for (const stroke of strokes) {
    send("pointerdown", stroke, 0);
    for (let at = 2; at < stroke.length; at += 2) send("pointermove", stroke, at);
    send("pointerup", stroke, stroke.length - 2);
  }
  const drawn = performance.now();
  // The pictures of the way to the network's input come with each reading: the last one is of all strokes once nothing
  // changes any more.
  const seen = /** @type {HTMLCanvasElement} */ (
    [...document.querySelectorAll(".seen canvas.pixels")].at(-1)
  );
  let [before, since, changed] = ["", performance.now(), drawn];
  while (!/\d/.test(output.textContent ?? "") || performance.now() - since < 60) {
    await turn();
    const now = (output.textContent ?? "") + seen.toDataURL();
    if (now !== before) [before, since, changed] = [now, performance.now(), performance.now()];
  }
  const pixels = pixelsOf(seen);
  return {
    read: /^\d$/.test(output.textContent ?? "") ? Number(output.textContent) : null,
    delay: changed - drawn,
    others: globalThis.nets.map(([name, net]) => {
      const outputs = net.predict(pixels);
      return [name, outputs.indexOf(Math.max(...outputs))];
    }),
  };

  /** The 28×28 values that are shown, dark on light. */
  function pixelsOf(canvas) {
    const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const side = width / 28;
    return Float32Array.from({ length: 784 }, (_, place) => {
      const [x, y] = [place % 28, Math.floor(place / 28)].map((at) => Math.floor((at + 0.5) * side));
      return data[4 * (y * width + x) + 3] / 255;
    });
  }
}

/** @param {Readings} readings @param {number} count */
function told({ page, delays, nets, confusion }, count) {
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  const sorted = [...delays].sort((one, other) => one - other);
  const lines = [
    `Of ${count} pen digits the page reads ${percent(page)}; a reading stands ${sorted[count >> 1].toFixed(0)} ms after the stroke (median; 95 of 100 within ${sorted[Math.floor(0.95 * count)].toFixed(0)} ms).`,
    ...Object.entries(nets).map(([name, share]) => `  ${name}: ${percent(share)}`),
    "By the page, a line for each digit, a column for each reading:",
    `     ${confusion.map((_, digit) => String(digit).padStart(4)).join("")}`,
    ...confusion.map((row, digit) => `  ${digit}: ${row.map((each) => String(each).padStart(4)).join("")}`),
  ];
  return lines.join("\n");
}

/** @param {string} file @param {number} take @returns {Promise<PenDigit[]>} evenly out of the file */
export async function penDigits(file, take) {
  const all = JSON.parse(await readFile(file, "utf8"));
  const count = Math.min(take, all.length);
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]);
}

/**
 * Draws the digits of the file that PEN_DIGITS names, and tells how many were read.
 * @param {{ browser: import("playwright-core").Browser, url: string }} at
 */
export async function tellHandwriting({ browser, url }) {
  const file = process.env.PEN_DIGITS;
  if (!file) throw new Error("PEN_DIGITS names no file");
  const digits = await penDigits(file, Number(process.env.TAKE ?? 1000));
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(`${url}/`);
  return told(await readPenDigits(page, digits, Number(process.env.SHARE ?? 0.6)), digits.length);
}

async function report() {
  const server = await serve({ root, port: 0 });
  const browser = await launch();
  try {
    console.log(await tellHandwriting({ browser, url: server.url }));
  } finally {
    await browser.close();
    await server.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await report();
