// Makes a folder that any static host can serve, also below a path of its own: index.html and sw.js, which are asked for
// at each visit, and all else in built/, each file named after its content, which browsers may keep for ever.
// usage: node tools/dist.mjs

import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";
import { builtFolder, headersFile } from "./headers.mjs";
import { offline } from "./offline.mjs";
import { budget, weigh } from "./page-weight.mjs";

/** What a page without would be broken by, and how to get it. */
const needed = [
  ["www/pkg/labs_bg.wasm", "make dist builds it"],
  ["www/pkg/core_bg.wasm", "make dist builds it"],
  ["www/data/mnist.json", "make dist cuts it"],
  ["www/weights/deep-convnet.safetensors", "make weights trains it"],
];

/**
 * Makes `output` from the page in `root`.
 * @param {{ root: string, output: string }} folders
 * @returns {Promise<{ start: string[], all: string[] }>} the files in built/: those that index.html loads by itself, and
 *   all but source maps
 */
export async function makeDist({ root, output }) {
  for (const [path, remedy] of needed) {
    await access(join(root, path)).catch(() => {
      throw new Error(`${path} is missing: ${remedy}`);
    });
  }
  // Beside its place, so that a failed build leaves the old one whole.
  const partial = `${output}.partial`;
  await rm(partial, { recursive: true, force: true });
  try {
    await mkdir(partial, { recursive: true });
    const { html, start, all } = await bundle({ root, output: join(partial, builtFolder) });
    const page = await offline({ root, html, all });
    await writeFile(join(partial, "index.html"), page.html);
    await writeFile(join(partial, "sw.js"), page.script);
    await writeFile(join(partial, "_headers"), headersFile());
    await rm(output, { recursive: true, force: true });
    await rename(partial, output);
    return { start, all };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function main() {
  const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
  const output = join(root, "dist");
  const files = await makeDist({ root, output });
  const stages = await weigh(output, files);

  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} KB`.padStart(12);
  console.log(`dist: ${relative(root, output)}/index.html and ${builtFolder}/`);
  console.log(`${"".padEnd(34)}${"raw".padStart(12)}${"gzip".padStart(12)}`);
  for (const [stage, { raw, gzip }] of Object.entries(stages)) {
    const most = budget[stage];
    const over = most && gzip > most ? `   more than ${most / 1000} KB` : "";
    console.log(`${stage.padEnd(34)}${kilobytes(raw)}${kilobytes(gzip)}${over}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`dist: ${error.message}`);
    process.exit(1);
  });
}
