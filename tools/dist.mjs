// Makes a folder that any static host can serve: index.html, which is asked for at each visit, and all else in one
// folder named after the content of everything in it, which browsers may keep for ever.
// usage: node tools/dist.mjs

import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { headersFile } from "./headers.mjs";
import { budget, pageFiles, weigh, weightsFile } from "./page-files.mjs";

/** What a page without would be broken by, and how to get it. */
const needed = [
  ["www/pkg/fishbowl_bg.wasm", "make dist builds it"],
  ["www/pkg/fishbowl.js", "make dist builds it"],
  ["www/data/mnist.json", "make dist cuts it"],
  [weightsFile, "make weights trains it"],
];

/**
 * Makes `output` from the page in `root` and returns the name of the hashed folder.
 * @param {{ root: string, output: string }} folders
 */
export async function makeDist({ root, output }) {
  for (const [path, remedy] of needed) {
    await access(join(root, path)).catch(() => {
      throw new Error(`${path} is missing: ${remedy}`);
    });
  }
  const paths = (await pageFiles(root)).filter((path) => path !== "index.html");
  const files = await Promise.all(
    paths.map(async (path) => ({ path, bytes: await readFile(join(root, path)) })),
  );
  const hash = createHash("sha256");
  for (const { path, bytes } of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  const folder = `www-${hash.digest("hex").slice(0, 12)}`;

  // Inside the folder every reference is relative, so that only index.html needs its new name.
  for (const { path, bytes } of files) {
    if (/\.(js|css)$/.test(path) && /["'`(](\.{0,2}\/)+www\//.test(bytes.toString())) {
      throw new Error(`${path} names a file by way of "www/"; a relative path would work in ${folder}/ too`);
    }
  }
  const source = await readFile(join(root, "index.html"), "utf8");
  const page = source.replaceAll('"./www/', `"./${folder}/`);
  if (page === source || /["'](\.\/|\/)?www\//.test(page)) {
    throw new Error('index.html must name its files as "./www/…", each in double quotes');
  }

  const partial = `${output}.partial`;
  await rm(partial, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    const target = join(partial, path.replace(/^www/, folder));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
  await writeFile(join(partial, "index.html"), page);
  await writeFile(join(partial, "_headers"), headersFile(folder));
  await rm(output, { recursive: true, force: true });
  await rename(partial, output);
  return folder;
}

async function main() {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const output = join(root, "dist");
  const folder = await makeDist({ root, output });
  const { page, weights, data } = await weigh(root);
  const total = { raw: page.raw + weights.raw + data.raw, gzip: page.gzip + weights.gzip + data.gzip };

  /** @param {string} name @param {{ raw: number, gzip: number }} size @param {number} [most] */
  const row = (name, size, most) => {
    const [raw, gzip] = [size.raw, size.gzip].map((bytes) => `${(bytes / 1000).toFixed(1)} KB`.padStart(12));
    console.log(
      `${name.padEnd(28)}${raw}${gzip}${most && size.gzip > most ? `   more than ${most / 1000} KB` : ""}`,
    );
  };
  console.log(`dist: ${relative(root, output)}/index.html and ${folder}/`);
  console.log(`${"".padEnd(28)}${"raw".padStart(12)}${"gzip".padStart(12)}`);
  row("page (HTML, CSS, JS, wasm)", page, budget.page);
  row("first weights", weights, budget.weights);
  row("MNIST", data);
  row("total", total);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`dist: ${error.message}`);
    process.exit(1);
  });
}
