// MNIST on its way to the workers: each file is fetched, checked and unpacked once for the page, whatever many workers
// want of it, and each worker is given each shard once.

import { LoadError, fetchBytes as fetchFromServer, nameOf } from "./fetch-bytes.js";
import { AnswerError } from "../worker/client.js";
import { SET, checkManifest, cover } from "./manifest.js";
import { filesOf } from "./own-digits.js";

/** @typedef {import("../worker/client.js").Client} Client @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {import("./manifest.js").Shard} Shard @typedef {import("../pkg/labs.js").Needs} Needs */
/** @typedef {{ images: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer> }} Files */

/** Unpacked shards that are kept while workers wait for them, 8 MB each: one worker is hardly ever further ahead. */
const MOST_UNPACKED = 3;
/** A file that unpacks to more bytes than this is no shard. */
const LARGEST_FILE = 64_000_000;

/** @typedef {ReturnType<typeof createShards>} Shards */
/** @typedef {import("../state/reducer.js").OwnDigit} OwnDigit */

/** @type {OwnDigit[]} */
const NONE = [];

/**
 * @param {object} options
 * @param {string} options.manifestUrl
 * @param {(url: string, loaded: number) => void} options.progressed bytes of a file that have arrived
 * @param {typeof fetchFromServer} [options.fetchBytes]
 * @param {boolean} [options.needsSums] whether a list of files without their sums is refused
 * @param {() => OwnDigit[]} [options.own] the visitor's digits: another list when they have changed
 */
export function createShards({
  manifestUrl,
  progressed,
  fetchBytes = fetchFromServer,
  needsSums = true,
  own = () => NONE,
}) {
  /** @type {Promise<Manifest> | null} */
  let known = null;
  /** Packed files by URL; they stay, because a worker may come later that wants them. */
  /** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} */
  const packed = new Map();
  /** The last used ones at the end. @type {Map<Shard, Promise<Files>>} */
  const unpacked = new Map();
  /** @type {WeakMap<Client, { had: Set<Shard>, own: OwnDigit[] | null, last: Promise<unknown> }>} */
  const stocks = new WeakMap();
  let waiting = 0;

  /** @returns {Promise<Manifest>} */
  function manifest() {
    known ??= readManifest().catch((error) => {
      known = null;
      throw error;
    });
    return known;
  }

  async function readManifest() {
    const name = nameOf(manifestUrl);
    const bytes = await fetchBytes(manifestUrl);
    let list;
    try {
      list = JSON.parse(new TextDecoder().decode(bytes));
    } catch (error) {
      throw new LoadError(name, error instanceof Error ? error.message : String(error));
    }
    return checkManifest(name, list, { needsSums });
  }

  /** @param {string} file */
  const urlOf = (file) => new URL(file, manifestUrl).href;

  /** @param {{ file: string, sha256: string | null }} file */
  function fetchOnce({ file, sha256 }) {
    const url = urlOf(file);
    let bytes = packed.get(url);
    if (!bytes) {
      bytes = fetchBytes(url, (loaded) => progressed(url, loaded)).then(async (found) => {
        await checkSum(file, found, sha256);
        return /** @type {Uint8Array<ArrayBuffer>} */ (found);
      });
      packed.set(url, bytes);
      bytes.catch(() => packed.delete(url));
    } else {
      bytes.then(
        ({ length }) => progressed(url, length),
        () => {},
      );
    }
    return bytes;
  }

  /** @param {Shard} shard */
  const fetchBoth = (shard) => Promise.all([shard.images, shard.labels].map(fetchOnce));

  /**
   * @param {Shard} shard
   * @returns {Promise<Files>}
   */
  function unpackOnce(shard) {
    let files = unpacked.get(shard);
    if (!files) {
      files = fetchBoth(shard).then(async ([images, labels]) => ({
        images: await unpack(shard.images.file, images),
        labels: await unpack(shard.labels.file, labels),
      }));
      files.catch(() => forget(shard));
    }
    unpacked.delete(shard);
    unpacked.set(shard, files);
    for (const oldest of unpacked.keys()) {
      if (unpacked.size <= MOST_UNPACKED) break;
      unpacked.delete(oldest);
    }
    return files;
  }

  /**
   * What is no use is fetched again when it is asked for again.
   * @param {Shard} shard
   */
  function forget(shard) {
    unpacked.delete(shard);
    for (const { file } of [shard.images, shard.labels]) packed.delete(urlOf(file));
  }

  /**
   * @param {Client} client
   * @param {Needs[]} needs
   * @param {Set<Shard>} had
   */
  async function bringMissing(client, needs, had) {
    const missing = cover(await manifest(), needs).filter((shard) => !had.has(shard));
    for (const [at, shard] of missing.entries()) {
      const files = await unpackOnce(shard);
      // While the worker reads this one, the next one is on its way.
      if (missing[at + 1]) fetchBoth(missing[at + 1]).catch(() => {});
      const { split, index, total } = shard;
      // A copy, unless this is the only worker that waits for it.
      const transfer = waiting > 1 ? [] : [files.images.buffer, files.labels.buffer];
      if (transfer.length > 0) unpacked.delete(shard);
      try {
        await client.ask({ type: "shard", set: SET, split, index, total, ...files }, transfer);
      } catch (error) {
        if (error instanceof AnswerError && !error.fatal) forget(shard);
        throw error;
      }
      had.add(shard);
    }
  }

  /** @param {Client} client */
  function stockOf(client) {
    const stock = stocks.get(client) ?? { had: new Set(), own: null, last: Promise.resolve() };
    stocks.set(client, stock);
    return stock;
  }

  /**
   * The visitor's own digits take the place of those that the worker had.
   * @param {Client} client
   * @param {Needs[]} needs
   */
  async function bringOwn(client, needs) {
    const [stock, digits] = [stockOf(client), own()];
    if (!needsOwn(needs) || stock.own === digits) return;
    const files = filesOf(digits);
    const place = { set: "own", split: "train", index: 0, total: digits.length };
    await client.ask({ type: "shard", ...place, ...files }, [files.images.buffer, files.labels.buffer]);
    stock.own = digits;
  }

  /**
   * One after the other, or two requests for the same shard would bring it twice.
   * @param {Client} client
   * @param {() => Promise<void>} bring
   */
  function inTurn(client, bring) {
    const stock = stockOf(client);
    const brought = stock.last.catch(() => {}).then(bring);
    stock.last = brought;
    return brought;
  }

  return {
    manifest,

    /** Gives a worker the visitor's digits, where its jobs need them. @param {Client} client @param {Needs[]} needs */
    bringOwn: (client, needs) => inTurn(client, () => bringOwn(client, needs)),

    /**
     * Gives a worker what it lacks of what its jobs need. Rejects when a shard cannot be had, and may then be called
     * again to go on from there.
     * @param {Client} client
     * @param {Needs[]} needs
     * @returns {Promise<void>}
     */
    async bring(client, needs) {
      const { had } = stockOf(client);
      waiting += 1;
      try {
        await inTurn(client, async () => {
          await bringOwn(client, needs);
          if (needsFiles(needs)) await bringMissing(client, needs, had);
        });
      } finally {
        waiting -= 1;
        if (waiting === 0) unpacked.clear();
      }
    },

    /**
     * @param {Client} client
     * @param {Needs[]} needs
     * @returns {Promise<boolean>} whether the worker lacks any of it
     */
    async lacks(client, needs) {
      const { had, own: before } = stockOf(client);
      if (needsOwn(needs) && before !== own()) return true;
      if (!needsFiles(needs)) return false;
      return cover(await manifest(), needs).some((shard) => !had.has(shard));
    },

    /**
     * @param {Needs[]} needs
     * @returns {Promise<{ bytes: number, isHere: boolean }>} how much that is, and whether all of it has been fetched
     */
    async size(needs) {
      const shards = needsFiles(needs) ? cover(await manifest(), needs) : [];
      const files = shards.flatMap(({ images, labels }) => [images, labels]);
      return {
        bytes: shards.reduce((sum, shard) => sum + shard.bytes, 0),
        isHere: files.every(({ file }) => packed.has(urlOf(file))),
      };
    },
  };
}

/**
 * @param {Needs[]} needs
 * @returns {boolean} whether any of it comes from files
 */
export function needsFiles(needs) {
  return needs.some(({ train, test }) => [...train, ...test].some(({ set }) => set === SET));
}

/**
 * @param {Needs[]} needs
 * @returns {boolean} whether any of it is the visitor's
 */
export function needsOwn(needs) {
  return needs.some(({ train, test }) => [...train, ...test].some(({ set }) => set === "own"));
}

/**
 * Pages that are not served securely cannot check sums; gzip's own still finds what was damaged on the way.
 * @param {string} file
 * @param {Uint8Array} bytes
 * @param {string | null} expected SHA-256, in hexadecimal
 */
async function checkSum(file, bytes, expected) {
  const subtle = globalThis.crypto?.subtle;
  if (expected === null || !subtle) return;
  const sum = new Uint8Array(await subtle.digest("SHA-256", /** @type {BufferSource} */ (bytes)));
  const found = Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found === expected) return;
  const [value, allowed] = [found, expected].map((each) => `SHA-256 ${each.slice(0, 12)}…`);
  throw new LoadError(file, value, { code: "size-mismatch", allowed, outdated: true });
}

/**
 * @param {string} file its name, for messages
 * @param {Uint8Array<ArrayBuffer>} bytes gzip or not
 * @returns {Promise<Uint8Array<ArrayBuffer>>} where the browser cannot unpack, the file as it is: the core can
 */
async function unpack(file, bytes) {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isPacked || typeof DecompressionStream !== "function") return bytes.slice();
  let size = 0;
  const limit = new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > LARGEST_FILE) {
        throw new LoadError(file, `> ${LARGEST_FILE} B`, {
          code: "too-large",
          allowed: `≤ ${LARGEST_FILE} B`,
        });
      }
      controller.enqueue(chunk);
    },
  });
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).pipeThrough(limit);
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(file, error instanceof Error ? error.message : String(error), {
      code: "compression",
    });
  }
}
