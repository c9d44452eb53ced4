import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  cutIdx,
  imagesPerShard,
  largestFile,
  outputFolder,
  readChecked,
  sha256,
  sourceFolder,
  sources,
} from "../../tools/mnist.mjs";

const list = JSON.parse(await readFile(join(outputFolder, "mnist.json"), "utf8"));

for (const split of ["train", "test"]) {
  test(`the ${split} shards hold every image and label of the source, in order`, async () => {
    const { count, images, labels } = sources[split];
    assert.equal(list[`${split}Total`], count);
    assert.equal(
      list[split].reduce((sum, shard) => sum + shard.count, 0),
      count,
    );
    for (const [part, source, headerLength] of [
      ["images", images, 16],
      ["labels", labels, 8],
    ]) {
      const whole = await readChecked(join(sourceFolder, source.file), source.sha256);
      const pieces = [];
      for (const shard of list[split]) {
        const idx = gunzipSync(await readFile(join(outputFolder, shard[part])));
        assert.equal(idx.readUInt32BE(0), whole.readUInt32BE(0), "the magic number");
        assert.equal(idx.readUInt32BE(4), shard.count, "the count in the header");
        if (part === "images") assert.deepEqual([idx.readUInt32BE(8), idx.readUInt32BE(12)], [28, 28]);
        pieces.push(idx.subarray(headerLength));
      }
      // Not deepEqual, which would print megabytes.
      assert.ok(Buffer.concat(pieces).equals(whole.subarray(headerLength)), `${part} differ from the source`);
    }
  });
}

test("every file is at most 2 MB, names no time, and is as long as the list says", async () => {
  for (const shard of [...list.train, ...list.test]) {
    const files = await Promise.all(
      [shard.images, shard.labels].map((name) => readFile(join(outputFolder, name))),
    );
    for (const file of files) {
      assert.ok(file.length <= largestFile);
      assert.equal(file.readUInt32LE(4), 0);
    }
    assert.equal(files[0].length + files[1].length, shard.bytes);
  }
});

test("the list has the shape it says, and the sum of each file", async () => {
  assert.deepEqual(Object.keys(list), ["train", "test", "trainTotal", "testTotal"]);
  const sums = new Set();
  for (const shard of [...list.train, ...list.test]) {
    assert.deepEqual(Object.keys(shard), ["images", "labels", "count", "bytes", "sha256"]);
    assert.deepEqual(Object.keys(shard.sha256), ["images", "labels"]);
    assert.ok(Number.isInteger(shard.count) && shard.count >= 1 && shard.count <= imagesPerShard);
    assert.ok(Number.isInteger(shard.bytes) && shard.bytes <= 2 * largestFile);
    for (const part of ["images", "labels"]) {
      assert.match(shard[part], /^[a-z0-9.-]+$/);
      const sum = shard.sha256[part];
      assert.match(sum, /^[0-9a-f]{64}$/);
      assert.equal(sum, sha256(await readFile(join(outputFolder, shard[part]))), shard[part]);
      sums.add(sum);
    }
  }
  assert.equal(sums.size, 2 * (list.train.length + list.test.length), "no file passes for another");
});

test("the test set is one shard", () => assert.equal(list.test.length, 1));

test("a source with another sum is refused by name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fishbowl-mnist-"));
  try {
    const path = join(folder, "train-labels-idx1-ubyte");
    await writeFile(path, "not MNIST");
    await assert.rejects(
      readChecked(path, sources.train.labels.sha256),
      /train-labels-idx1-ubyte is not MNIST/,
    );
    await assert.rejects(readChecked(join(folder, "none"), sources.train.labels.sha256), /npm ci/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a cut beyond the last item is refused", () => {
  const idx = Buffer.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]);
  assert.deepEqual(cutIdx(idx, 1, 2), Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 8, 9]));
  assert.throws(() => cutIdx(idx, 2, 2), /of 3/);
});
