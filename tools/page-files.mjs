// Which files of www/ belong to the page, and what they weigh.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/**
 * The most that a first visit may load, in bytes after gzip. The goal for the page is 200,000; this is what it has
 * come to, so that it does not grow unnoticed. README.md says what was tried.
 */
export const budget = { page: 910_000, weights: 150_000 };

/** The weights that the drawing pad works with before any training; loaded after the page itself. */
export const weightsFile = "www/weights/digits.safetensors";

/**
 * The page's files as paths below the root, sorted: index.html and www/ without type declarations, hidden files and
 * what an interrupted build left.
 * @param {string} root
 */
export async function pageFiles(root) {
  const files = ["index.html"];
  /** @param {string} folder */
  const walk = async (folder) => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name.endsWith(".partial")) continue;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile() && !entry.name.endsWith(".d.ts")) files.push(path);
    }
  };
  await walk("www");
  return files.sort();
}

/**
 * Sizes in bytes, plain and after gzip, of the page itself (everything but data and weights), the first weights and
 * the data.
 * @param {string} root
 */
export async function weigh(root) {
  const none = () => ({ raw: 0, gzip: 0 });
  const sizes = { page: none(), weights: none(), data: none() };
  for (const path of await pageFiles(root)) {
    const part =
      path === weightsFile ? sizes.weights : path.startsWith("www/data/") ? sizes.data : sizes.page;
    const bytes = await readFile(join(root, path));
    part.raw += bytes.length;
    part.gzip += path.endsWith(".gz") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  }
  return sizes;
}
