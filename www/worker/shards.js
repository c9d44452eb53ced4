// Which parts of MNIST a worker has, and bringing it the rest in order.

/** @typedef {import("./client.js").Client} Client @typedef {import("./protocol.js").Split} Split */
/** @typedef {{ images: string, labels: string, count: number, bytes: number }} Shard */
/** @typedef {{ train: Shard[], test: Shard[], trainTotal: number, testTotal: number }} Manifest */

/**
 * @typedef {object} Shards
 * @property {() => Promise<Manifest>} manifest
 * @property {(client: Client, splits: Split[]) => Promise<void>} bring loads what the worker lacks; rejects when a
 *   shard cannot be had, and may then be called again to go on from there
 */

/**
 * @param {string} manifestUrl
 * @returns {Shards}
 */
export function createShards(manifestUrl) {
  /** @type {Promise<Manifest> | null} */
  let known = null;
  /** @type {WeakMap<Client, { had: Set<string>, last: Promise<unknown> }>} */
  const stocks = new WeakMap();

  function manifest() {
    known ??= fetchManifest(manifestUrl).catch((error) => {
      known = null;
      throw error;
    });
    return known;
  }

  /**
   * @param {Client} client
   * @param {Split[]} splits
   */
  function bring(client, splits) {
    const stock = stocks.get(client) ?? { had: new Set(), last: Promise.resolve() };
    stocks.set(client, stock);
    // One after the other, or two requests for the same split would load it twice.
    const brought = stock.last.catch(() => {}).then(() => bringMissing(client, splits, stock.had));
    stock.last = brought;
    return brought;
  }

  /**
   * @param {Client} client
   * @param {Split[]} splits
   * @param {Set<string>} had
   */
  async function bringMissing(client, splits, had) {
    const { train, test, trainTotal, testTotal } = await manifest();
    for (const split of splits) {
      for (const shard of split === "train" ? train : test) {
        const images = new URL(shard.images, manifestUrl).href;
        if (had.has(images)) continue;
        const labels = new URL(shard.labels, manifestUrl).href;
        await client.ask({
          type: "load",
          split,
          images,
          labels,
          total: split === "train" ? trainTotal : testTotal,
        });
        had.add(images);
      }
    }
  }

  return { manifest, bring };
}

/**
 * @param {string} url
 * @returns {Promise<Manifest>}
 */
async function fetchManifest(url) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.json();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw Object.assign(new Error(`mnist.json: ${why}`), {
      code: "load-failed",
      field: "mnist.json",
      value: why,
    });
  }
}
