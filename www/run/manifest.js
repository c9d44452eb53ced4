// The list of MNIST's files, checked: it comes from a server, and every request and every count follows from it.

import { LoadError } from "./fetch-bytes.js";

/** @typedef {import("../pkg/labs.js").Share} Share @typedef {"train" | "test"} Split */
/**
 * @typedef {object} Shard a part of the images of a split
 * @property {Split} split
 * @property {number} index its place in the split
 * @property {{ file: string, sha256: string | null }} images
 * @property {{ file: string, sha256: string | null }} labels
 * @property {number} count images
 * @property {number} bytes of both files, packed
 * @property {number} total images in the whole split
 *
 * @typedef {Record<Split, Shard[]>} Manifest
 */

/** The data set that the files hold. */
export const SET = "mnist";
const SPLITS = /** @type {const} */ (["test", "train"]);
/** More images or bytes than this are no data set for a page. */
const MOST_IMAGES = 1_000_000;
const MOST_BYTES = 64_000_000;

/**
 * @param {string} name of the file, for messages
 * @param {any} list what was read
 * @param {{ needsSums: boolean }} how whether each file must have its SHA-256
 * @returns {Manifest} throws a `LoadError` that names the part that is wrong
 */
export function checkManifest(name, list, { needsSums }) {
  /** @type {(field: string, value: unknown, allowed: string) => never} */
  const refuse = (field, value, allowed) => {
    throw new LoadError(`${name}: ${field}`, shorten(value), { code: "wrong-kind", allowed });
  };
  /** @type {(field: string, value: unknown, most: number) => number} */
  const whole = (field, value, most) =>
    Number.isInteger(value) && Number(value) > 0 && Number(value) <= most
      ? Number(value)
      : refuse(field, value, `1 … ${most}`);
  /** @type {(field: string, value: unknown) => string} */
  const file = (field, value) =>
    typeof value === "string" && /^\w[\w.-]*$/.test(value) ? value : refuse(field, value, "a file name");
  /** @type {(field: string, value: unknown) => string | null} */
  const sum = (field, value) => {
    if (value === undefined && !needsSums) return null;
    return typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
      ? value
      : refuse(field, value, "SHA-256");
  };

  if (typeof list !== "object" || list === null || Array.isArray(list)) {
    refuse("{}", list, "{ train, test, trainTotal, testTotal }");
  }
  /** @type {Manifest} */
  const manifest = { test: [], train: [] };
  for (const split of SPLITS) {
    const shards = list[split];
    if (!Array.isArray(shards) || shards.length === 0) refuse(split, shards, "a list of shards");
    const total = whole(`${split}Total`, list[`${split}Total`], MOST_IMAGES);
    manifest[split] = shards.map((/** @type {any} */ shard, /** @type {number} */ index) => {
      const at = `${split}[${index}]`;
      return {
        split,
        index,
        images: {
          file: file(`${at}.images`, shard?.images),
          sha256: sum(`${at}.sha256.images`, shard?.sha256?.images),
        },
        labels: {
          file: file(`${at}.labels`, shard?.labels),
          sha256: sum(`${at}.sha256.labels`, shard?.sha256?.labels),
        },
        count: whole(`${at}.count`, shard?.count, MOST_IMAGES),
        bytes: whole(`${at}.bytes`, shard?.bytes, MOST_BYTES),
        total,
      };
    });
    const count = manifest[split].reduce((images, shard) => images + shard.count, 0);
    if (count !== total) refuse(`${split}Total`, total, String(count));
  }
  return manifest;
}

/**
 * @param {Manifest} manifest
 * @param {Partial<Record<Split, Share[]>>[]} needs of any number of jobs
 * @returns {Shard[]} those that hold the images asked for and no others; the test images first, because a run is
 *   evaluated before its first mini-batch
 */
export function cover(manifest, needs) {
  return SPLITS.flatMap((split) => {
    const shares = needs.flatMap((need) => need[split] ?? []).filter(({ set }) => set === SET);
    const most = Math.max(0, ...shares.map(({ count }) => count ?? Infinity));
    let before = 0;
    return manifest[split].filter(({ count }) => {
      before += count;
      return before - count < most;
    });
  });
}

/** @param {unknown} value */
function shorten(value) {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
