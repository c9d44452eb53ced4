import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import init, { Net, digitFromPixels } from "../../www/pkg/fishbowl.js";
import { createReader, layersOf } from "../../www/run/reader.js";

const file = (path) => readFile(new URL(`../../www/${path}`, import.meta.url));
const [weights, wasm, binding] = await Promise.all(
  ["weights/deep-convnet.safetensors", "pkg/reader_bg.wasm", "pkg/fishbowl_bg.wasm"].map(file),
);
await init({ module_or_path: binding });

const SIDE = 60;

/** A line that turns as the seed says, as thick as a pen. */
function drawing(seed) {
  const rgba = new Uint8ClampedArray(4 * SIDE * SIDE);
  let [x, y, turn] = [SIDE / 2, SIDE / 2, seed];
  for (let step = 0; step < 60; step += 1) {
    turn += 0.2 * Math.sin(seed * 7 + step / 9);
    x = Math.min(SIDE - 4, Math.max(3, x + Math.cos(turn)));
    y = Math.min(SIDE - 4, Math.max(3, y + Math.sin(turn)));
    for (let dx = -2; dx <= 2; dx += 1)
      for (let dy = -2; dy <= 2; dy += 1)
        rgba[4 * ((Math.floor(y) + dy) * SIDE + Math.floor(x) + dx) + 3] = 255;
  }
  return rgba;
}

const make = (bytes) =>
  createReader({ module: /** @type {any} */ (wasm), net: "deep", fetchFile: async () => bytes });
const drawn = (rgba) => ({ rgba, width: SIDE, height: SIDE });

describe("reading without the core", () => {
  test("says of any drawing what the page's network says of it in the binding", async () => {
    const reader = make(weights);
    assert.equal(reader.read(drawn(drawing(0))), undefined, "not ready yet");
    await reader.ready();
    const net = Net.load(weights);
    const digits = new Set();
    for (let seed = 0; seed < 100; seed += 1) {
      const rgba = drawing(seed);
      const expected = net.predict(digitFromPixels(rgba, SIDE, SIDE) ?? new Float32Array());
      const found = reader.read(drawn(rgba));
      assert.ok(found);
      assert.equal(found.outputs.length, 10);
      for (const [at, output] of found.outputs.entries()) assert.ok(Math.abs(output - expected[at]) < 1e-5);
      assert.equal(found.digit, expected.indexOf(Math.max(...expected)));
      assert.equal(found.areProbabilities, true);
      digits.add(found.digit);
    }
    assert.ok(digits.size > 2, `only ${[...digits]} were read`);
    net.free();
  });

  test("finds nothing in a blank drawing, or in one of another size", async () => {
    const reader = make(weights);
    await reader.ready();
    assert.equal(reader.read(drawn(new Uint8ClampedArray(4 * SIDE * SIDE))), null);
    assert.equal(reader.read({ rgba: drawing(1), width: SIDE, height: SIDE - 1 }), null);
  });

  test("leaves to the core what it cannot read, without a word", async () => {
    const half = await file("weights/digits.safetensors");
    assert.throws(() => layersOf(half), /0\.weight is F16/);
    for (const bytes of [half, weights.subarray(0, 5000), new Uint8Array(3), new Uint8Array(100)]) {
      const reader = make(bytes);
      await reader.ready();
      assert.equal(reader.read(drawn(drawing(1))), undefined);
    }
  });
});
