// What a network makes of drawings that are no digit: dots, scribbles, letters, two digits side by side. It is to doubt
// them, which means a highest probability below 50 %. All of them are made here, by rule and with a fixed seed.
// usage: node tests/bench/doubt.mjs [WEIGHTS]...      those of www/weights that the page starts with when none is named
//        OUT=FILE writes the images, 784 bytes each

import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import init, { Net, digitFromPixels } from "../../www/pkg/fishbowl.js";
import { SIDE, penFor } from "../../www/views/inputs/drawing.js";

/** @typedef {import("../../www/views/inputs/drawing.js").Point} Point @typedef {[number, number][]} Line */
/** @typedef {() => number} Random below 1 */
/** @typedef {{ kind: string, pixels: Float32Array, digit: number | null }} Drawn `digit`: what it is, where it is one */

const SEED = 20;
/** How many of each kind: 500 that are no digit, and digits to compare with. */
const COUNTS = { dots: 75, scribbles: 125, letters: 150, "two digits": 150, "one digit": 100 };
/** Below this highest probability a network doubts. */
const DOUBT = 0.5;

/** Digits as a pen writes them, in a box of 1 by 1; curves go through these points. @type {Line[][]} */
const DIGITS = [
  [ellipse(0.5, 0.5, 0.32, 0.48, -90, 270)],
  [line(0.5, 0, 0.48, 1)],
  [
    [
      ...ellipse(0.5, 0.27, 0.32, 0.26, -160, 30),
      ...line(0.72, 0.5, 0.2, 0.97),
      ...line(0.3, 0.97, 0.85, 0.95),
    ],
  ],
  [[...ellipse(0.45, 0.26, 0.33, 0.25, -150, 85), ...ellipse(0.45, 0.74, 0.36, 0.26, -85, 150)]],
  [[...line(0.45, 0, 0.12, 0.62), ...line(0.2, 0.62, 0.9, 0.6)], line(0.68, 0.3, 0.66, 1)],
  [
    [...line(0.28, 0.03, 0.22, 0.45), ...ellipse(0.46, 0.7, 0.34, 0.28, -130, 150)],
    line(0.28, 0.03, 0.82, 0.02),
  ],
  [[...line(0.66, 0, 0.28, 0.45), ...ellipse(0.5, 0.72, 0.29, 0.27, -180, 180)]],
  [[...line(0.12, 0.03, 0.85, 0.02), ...line(0.8, 0.12, 0.38, 1)]],
  [[...ellipse(0.5, 0.25, 0.27, 0.24, 80, -270), ...ellipse(0.5, 0.74, 0.32, 0.26, -90, 270)]],
  [[...ellipse(0.5, 0.28, 0.29, 0.27, 0, -360), ...line(0.79, 0.35, 0.7, 1)]],
];

/** Letters that are not written as any digit is. @type {Record<string, Line[]>} */
const LETTERS = {
  A: [[...line(0.05, 1, 0.5, 0), ...line(0.5, 0, 0.95, 1)], line(0.22, 0.62, 0.78, 0.62)],
  E: [[...line(0.9, 0, 0.1, 0), ...line(0.1, 0, 0.1, 1), ...line(0.1, 1, 0.9, 1)], line(0.1, 0.5, 0.75, 0.5)],
  F: [[...line(0.9, 0, 0.1, 0), ...line(0.1, 0, 0.1, 1)], line(0.1, 0.48, 0.7, 0.48)],
  H: [line(0.1, 0, 0.1, 1), line(0.9, 0, 0.9, 1), line(0.1, 0.5, 0.9, 0.5)],
  K: [line(0.1, 0, 0.1, 1), [...line(0.9, 0, 0.12, 0.55), ...line(0.3, 0.45, 0.95, 1)]],
  M: [
    [
      ...line(0.05, 1, 0.12, 0),
      ...line(0.12, 0, 0.5, 0.7),
      ...line(0.5, 0.7, 0.88, 0),
      ...line(0.88, 0, 0.95, 1),
    ],
  ],
  N: [[...line(0.1, 1, 0.1, 0), ...line(0.1, 0, 0.9, 1), ...line(0.9, 1, 0.9, 0)]],
  P: [
    line(0.15, 0, 0.15, 1),
    [...line(0.15, 0, 0.5, 0), ...ellipse(0.5, 0.26, 0.36, 0.26, -90, 90), ...line(0.5, 0.52, 0.15, 0.52)],
  ],
  R: [
    line(0.15, 0, 0.15, 1),
    [...line(0.15, 0, 0.5, 0), ...ellipse(0.5, 0.25, 0.34, 0.25, -90, 90), ...line(0.4, 0.5, 0.9, 1)],
  ],
  T: [line(0.05, 0, 0.95, 0), line(0.5, 0, 0.5, 1)],
  U: [[...line(0.1, 0, 0.1, 0.6), ...ellipse(0.5, 0.62, 0.4, 0.36, 180, 0), ...line(0.9, 0.6, 0.9, 0)]],
  V: [[...line(0.08, 0, 0.5, 1), ...line(0.5, 1, 0.92, 0)]],
  W: [
    [...line(0, 0, 0.25, 1), ...line(0.25, 1, 0.5, 0.3), ...line(0.5, 0.3, 0.75, 1), ...line(0.75, 1, 1, 0)],
  ],
  X: [line(0.1, 0, 0.9, 1), line(0.9, 0, 0.1, 1)],
};

/** @param {number} x @param {number} y @param {number} toX @param {number} toY @returns {Line} */
function line(x, y, toX, toY) {
  return Array.from({ length: 9 }, (_, at) => [x + ((toX - x) * at) / 8, y + ((toY - y) * at) / 8]);
}

/**
 * @param {number} x @param {number} y the middle
 * @param {number} wide @param {number} tall radii
 * @param {number} from @param {number} to degrees, from the right, clockwise
 * @returns {Line}
 */
function ellipse(x, y, wide, tall, from, to) {
  return Array.from({ length: 25 }, (_, at) => {
    const angle = ((from + ((to - from) * at) / 24) * Math.PI) / 180;
    return [x + wide * Math.cos(angle), y + tall * Math.sin(angle)];
  });
}

/** Mulberry32. @param {number} seed @returns {Random} */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * As a hand writes it: of another width, slanted, and with a slow tremor.
 * @param {Line[]} lines
 * @param {Random} random
 * @returns {Line[]}
 */
function written(lines, random) {
  const [slant, wide] = [0.5 * (random() - 0.5), 0.6 + 0.4 * random()];
  const waves = Array.from({ length: 2 }, () => [6 * random() + 2, 7 * random(), 0.05 * random()]);
  const [[speedX, startX, sizeX], [speedY, startY, sizeY]] = waves;
  return lines.map((each) =>
    each.map(([x, y]) => [
      wide * (x + sizeX * Math.sin(speedX * y + startX)) + slant * (0.5 - y),
      y + sizeY * Math.sin(speedY * x + startY),
    ]),
  );
}

/** @type {Record<string, (random: Random) => { lines: Line[], digit?: number }>} */
const kinds = {
  dots(random) {
    const count = 1 + Math.floor(3 * random());
    const lines = Array.from({ length: count }, () => {
      const [x, y] = [random(), random()];
      const tremor = () => 0.04 * (random() - 0.5);
      return /** @type {Line} */ (Array.from({ length: 4 }, () => [x + tremor(), y + tremor()]));
    });
    return { lines };
  },
  scribbles(random) {
    let [x, y, angle, bend] = [0.5, 0.5, 7 * random(), 0];
    const [restless, wide] = [0.1 + 0.5 * random(), 0.4 + 0.6 * random()];
    const points = Array.from({ length: 80 + Math.floor(160 * random()) }, () => {
      bend = 0.85 * bend + restless * (random() - 0.5);
      angle += bend;
      // It stays near the middle.
      x += 0.06 * Math.cos(angle) - 0.04 * (x - 0.5);
      y += 0.06 * Math.sin(angle) - 0.04 * (y - 0.5);
      return /** @type {[number, number]} */ ([wide * x, y]);
    });
    return { lines: [points] };
  },
  letters(random) {
    const names = Object.keys(LETTERS);
    return { lines: written(LETTERS[names[Math.floor(names.length * random())]], random) };
  },
  "two digits"(random) {
    const one = () => written(DIGITS[Math.floor(10 * random())], random);
    const by = 0.95 + 0.25 * random();
    const second = one().map((each) => each.map(([x, y]) => /** @type {[number, number]} */ ([x + by, y])));
    return { lines: [...one(), ...second] };
  },
  "one digit"(random) {
    const digit = Math.floor(10 * random());
    return { lines: written(DIGITS[digit], random), digit };
  },
};

/**
 * Drawings of all kinds, as a network gets them. The binding is to be initialized.
 * @param {number} seed
 * @returns {Drawn[]}
 */
export function drawings(seed) {
  const random = randomOf(seed);
  return Object.entries(COUNTS).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => {
      const { lines, digit = null } = kinds[kind](random);
      const pixels = digitFromPixels(painted(onPad(lines, kind, random)), SIDE, SIDE);
      if (!pixels) throw new Error(`one of the ${kind} is blank`);
      return { kind, pixels, digit };
    }),
  );
}

/**
 * Puts lines on the pad, in any place, so that their larger side takes 30 to 80 % of it; dots keep theirs.
 * @param {Line[]} lines
 * @param {string} kind
 * @param {Random} random
 * @returns {Point[][]}
 */
function onPad(lines, kind, random) {
  const [xs, ys] = [0, 1].map((axis) => lines.flat().map((point) => point[axis]));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const share = 0.3 + 0.5 * random();
  const scale =
    kind === "dots" ? Math.min(1, 0.6 / Math.max(width, height)) : share / Math.max(width, height);
  const place = (/** @type {number} */ length) => 0.1 + random() * Math.max(0, 0.8 - length * scale);
  const [x, y] = [place(width), place(height)];
  return lines.map((each) =>
    each.map((point) => ({ x: x + (point[0] - left) * scale, y: y + (point[1] - top) * scale })),
  );
}

/**
 * What the pad hands over: lines with round ends, their opacity the share of a pixel that they cover.
 * @param {Point[][]} strokes
 */
function painted(strokes) {
  const rgba = new Uint8ClampedArray(4 * SIDE * SIDE);
  const pen = SIDE * penFor(strokes.map((points) => ({ kind: "stroke", points })));
  for (const points of strokes)
    points.forEach((to, at) => {
      const from = points[Math.max(0, at - 1)];
      const range = (/** @type {number} */ one, /** @type {number} */ other) => [
        Math.max(0, Math.floor(SIDE * Math.min(one, other) - pen / 2 - 1)),
        Math.min(SIDE - 1, Math.ceil(SIDE * Math.max(one, other) + pen / 2 + 1)),
      ];
      const [left, right] = range(from.x, to.x);
      const [top, bottom] = range(from.y, to.y);
      const [alongX, alongY] = [SIDE * (to.x - from.x), SIDE * (to.y - from.y)];
      const square = alongX ** 2 + alongY ** 2;
      for (let row = top; row <= bottom; row++)
        for (let column = left; column <= right; column++) {
          const [x, y] = [column + 0.5 - SIDE * from.x, row + 0.5 - SIDE * from.y];
          const share = square > 0 ? Math.max(0, Math.min(1, (x * alongX + y * alongY) / square)) : 0;
          const far = Math.hypot(x - share * alongX, y - share * alongY);
          const place = 4 * (row * SIDE + column) + 3;
          rgba[place] = Math.max(rgba[place], 255 * Math.max(0, Math.min(1, pen / 2 - far + 0.5)));
        }
    });
  return rgba;
}

/**
 * @param {Net} net
 * @param {Drawn[]} all
 * @returns {Record<string, { doubted: number, right: number, count: number }>} by kind
 */
export function measureDoubt(net, all) {
  /** @type {Record<string, { doubted: number, right: number, count: number }>} */
  const found = {};
  for (const { kind, pixels, digit } of all) {
    const outputs = net.predict(pixels);
    const most = Math.max(...outputs);
    const tally = (found[kind] ??= { doubted: 0, right: 0, count: 0 });
    tally.count += 1;
    if (most < DOUBT) tally.doubted += 1;
    if (outputs.indexOf(most) === digit) tally.right += 1;
  }
  return found;
}

/**
 * Tells how many of the drawings each network doubts.
 * @param {string[]} files of weights; those that the page reads with when none is named
 */
export async function tellDoubt(files) {
  /** @type {string[]} */
  const told = [];
  const usual = ["deep-convnet", "digits"].map(
    (name) => new URL(`../../www/weights/${name}.safetensors`, import.meta.url),
  );
  await init({ module_or_path: await readFile(new URL("../../www/pkg/fishbowl_bg.wasm", import.meta.url)) });
  const all = drawings(SEED);
  if (process.env.OUT) {
    const bytes = all.flatMap(({ pixels }) => [...pixels].map((pixel) => Math.round(255 * pixel)));
    await writeFile(process.env.OUT, Uint8Array.from(bytes));
  }
  const percent = (/** @type {number} */ part, /** @type {number} */ of) =>
    `${((100 * part) / of).toFixed(1)} %`;
  for (const file of files.length > 0 ? files : usual.map((url) => fileURLToPath(url))) {
    const net = Net.load(await readFile(file));
    const { "one digit": digits, ...others } = measureDoubt(net, all);
    net.free();
    const sum = { doubted: 0, count: 0 };
    const lines = Object.entries(others).map(([kind, { doubted, count }]) => {
      sum.doubted += doubted;
      sum.count += count;
      return `  ${kind}: ${percent(doubted, count)} of ${count}`;
    });
    told.push(
      `${basename(file)} doubts ${percent(sum.doubted, sum.count)} of ${sum.count} drawings that are no digit`,
    );
    const { doubted, right, count } = digits;
    told.push(
      ...lines,
      `  digits of the same script: reads ${percent(right, count)} of ${count}, doubts ${percent(doubted, count)}`,
    );
  }
  return told.join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  console.log(await tellDoubt(process.argv.slice(2)));
