import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange, COLUMNS } from "../../www/views/figures/arrange.js";
import { fitted, grown, leastHeight, tiled } from "../../www/views/figures/fit.js";

/** @typedef {import("../../www/views/figures/arrange.js").Shape} Shape */

const shapes = /** @type {Shape[]} */ (["wide", "square", "grid", "cells", "multiples"]);
const rooms = [
  [640, 300],
  [976, 490],
  [1232, 560],
  [1872, 850],
  [1200, 1],
].map(([width, height]) => ({ width, height }));

/** @param {Shape[]} list @param {number} [tiles] */
const parts = (list, tiles = 1) => list.map((shape) => ({ shape, tiles }));

/** Every list of up to four shapes. @returns {Generator<Shape[]>} */
function* lists(length = 4) {
  yield [];
  if (length === 0) return;
  for (const shape of shapes) for (const rest of lists(length - 1)) yield [shape, ...rest];
}

test("every figure has its place on the stage, in order, and the rows are full", () => {
  for (const room of rooms) {
    for (const list of lists()) {
      const rows = arrange(parts(list), room);
      assert.deepEqual(
        rows.flat().map(({ index }) => index),
        list.map((_, index) => index),
      );
      for (const row of rows) {
        if (row.length > 0)
          assert.equal(
            row.reduce((sum, { span }) => sum + span, 0),
            COLUMNS,
          );
        for (const { span } of row)
          assert.ok((span * room.width) / COLUMNS > 150, JSON.stringify({ list, row }));
      }
    }
  }
});

test("two square figures stand beside each other on a wide stage, below each other on a tall one", () => {
  assert.equal(arrange(parts(["square", "square"]), { width: 1200, height: 500 }).length, 1);
  assert.equal(arrange(parts(["square", "square"]), { width: 650, height: 1200 }).length, 2);
});

test("in a row what is wide at its best gets more of it", () => {
  const [row] = arrange(parts(["wide", "square"]), { width: 1200, height: 400 });
  assert.ok(row[0].span > row[1].span);
});

test("two figures of five small pictures each stand where these fill whole rows", () => {
  const list = parts(["multiples", "multiples"], 5);
  assert.equal(arrange(list, { width: 1232, height: 560 }).length, 2);
  assert.equal(arrange(list, { width: 1232, height: 1500 }).length, 2);
  assert.equal(arrange(list, { width: 1400, height: 380 }).length, 1);
});

const matrix = { height: (/** @type {number} */ width) => 0.7 * width + 20 };

test("what has a height of its own is made narrower until it fits, and no narrower than that", () => {
  for (const height of [150, 200, 300, 400, 1000]) {
    const size = fitted(matrix, { width: 500, height });
    assert.ok(size.height <= height || size.width === 500);
    assert.equal(size.height, Math.ceil(matrix.height(size.width)));
    if (size.width < 500) assert.ok(matrix.height(size.width + 2) > height, "a little wider would not fit");
  }
  assert.ok(leastHeight(matrix, 500) < matrix.height(500));
});

test("what takes any height gets the width and says so", () => {
  assert.deepEqual(fitted({ height: () => undefined }, { width: 500.7, height: 80 }), {
    width: 500,
    height: Infinity,
  });
});

test("what moves apart takes the room that is left, up to twice its height, and never more than there is", () => {
  for (const height of [50, 100, 150, 300, 1000]) {
    const size = grown({ width: 300, height: 120 }, { width: 500, height });
    if (height <= 120) assert.deepEqual(size, { width: 300, height: 120 });
    else assert.deepEqual(size, { width: 500, height: Math.min(height, 240) });
  }
});

test("small pictures are as wide as lets all of them be seen", () => {
  const tile = { caption: 22, gap: 12, least: 140, heightAt: (/** @type {number} */ width) => width + 23 };
  for (const room of rooms.slice(0, 4)) {
    for (let count = 1; count <= 40; count++) {
      const { columns, width, height, total, leastHeight: least } = tiled(count, room, tile);
      const rows = Math.ceil(count / columns);
      const high = rows * (height + tile.caption + tile.gap) - tile.gap;
      assert.ok(Math.abs(total - high) <= rows + 1, `${count}: ${total} is said of ${high}`);
      assert.ok(columns * (width + tile.gap) - tile.gap <= room.width + 1e-9, `${count} in a row`);
      assert.ok(high <= room.height || least > room.height, `${count} below each other in ${room.height}`);
      for (let other = 1; other <= count && high <= room.height; other++) {
        const wide = Math.floor(1.05 * width) + 1;
        const fits =
          other * (wide + tile.gap) - tile.gap <= room.width &&
          Math.ceil(count / other) * (tile.heightAt(wide) + tile.caption + tile.gap) - tile.gap <=
            room.height;
        assert.ok(!fits, `${count}: ${other} columns would be wider`);
      }
    }
  }
});

test("where not all small pictures can be seen, one by itself takes the whole width, and several are of a usual size", () => {
  const tile = { caption: 22, gap: 12, least: 140, heightAt: (/** @type {number} */ width) => width };
  for (const width of [336, 600]) {
    assert.equal(tiled(1, { width, height: 0 }, tile).width, width);
    for (const count of [2, 5]) assert.ok(tiled(count, { width, height: 0 }, tile).width <= 2 * tile.least);
  }
});
