// What a first visit loads, in its stages.

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { builtFolder } from "./headers.mjs";

/**
 * The most that the stages may weigh, in bytes after gzip: what they have come to, so that they do not grow unnoticed.
 * @type {Record<string, number>}
 */
export const budget = {
  page: 80_000,
  labs: 525_000,
  worker: 9_900,
  core: 445_000,
  weights: 117_000,
  networks: 1_000_000,
  openings: 40_000,
  python: 6_000,
};

/** The stage that a file belongs to which index.html does not load by itself, by its name; what is named by none comes with the labs. */
const stages = [
  { stage: "page", names: /^reader/ },
  { stage: "weights", names: /^deep-convnet.*\.safetensors$/ },
  // Each is fetched when its lab is opened.
  { stage: "networks", names: /\.safetensors$/ },
  { stage: "data", names: /^(mnist|train-|test-)/ },
  { stage: "worker", names: /^worker/ },
  { stage: "core", names: /^core/ },
  { stage: "openings", names: /^lab-/ },
  { stage: "python", names: /\.py$/ },
];

/**
 * Bytes, plain and after gzip, of the stages of a folder that makeDist made. `page` is index.html, what it loads by itself
 * and the reader: everything before the first reading, but for the weights of the network that reads.
 * @param {string} dist
 * @param {{ start: string[], all: string[] }} files
 * @returns {Promise<Record<string, { raw: number, gzip: number }>>}
 */
export async function weigh(dist, { start, all }) {
  /** @type {Record<string, { raw: number, gzip: number }>} */
  const sizes = {};
  for (const path of ["index.html", ...all.map((name) => join(builtFolder, name))]) {
    const name = basename(path);
    const isFirst = path === "index.html" || start.includes(name);
    const stage = isFirst ? "page" : (stages.find(({ names }) => names.test(name))?.stage ?? "labs");
    const size = (sizes[stage] ??= { raw: 0, gzip: 0 });
    const bytes = await readFile(join(dist, path));
    size.raw += bytes.length;
    size.gzip += path.endsWith(".gz") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  }
  return sizes;
}
