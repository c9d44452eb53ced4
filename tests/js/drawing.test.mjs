// The pen that a drawing is read with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PEN, penFor } from "../../www/views/inputs/drawing.js";

/** @typedef {import("../../www/views/inputs/drawing.js").Item} Item */

/** @param {...number} places x and y in turn @returns {Item} */
const stroke = (...places) => ({
  kind: "stroke",
  points: places.flatMap((x, at) => (at % 2 === 0 ? [{ x, y: places[at + 1] }] : [])),
});
const stamp = /** @type {Item} */ ({ kind: "stamp", stamp: /** @type {any} */ (null) });

/** @param {number} one @param {number} other */
const same = (one, other) => assert.ok(Math.abs(one - other) < 1e-12, `${one} is not ${other}`);

test("a drawing of 60 % of the pad is read with the pad's pen", () => {
  same(penFor([stroke(0.2, 0.2, 0.4, 0.8)]), PEN);
  same(penFor([stroke(0.2, 0.5, 0.8, 0.4)]), PEN);
});

test("the pen is in proportion to the larger side of all strokes, wherever they lie", () => {
  const strokes = [stroke(0.1, 0.1, 0.2, 0.15), stroke(0.2, 0.1, 0.1, 0.4)];
  same(penFor(strokes), PEN / 2);
  const twice = [stroke(0.2, 0.3, 0.4, 0.4), stroke(0.4, 0.3, 0.2, 0.9)];
  same(penFor(twice), 2 * penFor(strokes));
});

test("a dot is read with a fine pen that is not nothing", () => {
  const dot = penFor([stroke(0.5, 0.5)]);
  assert.ok(dot > 0 && dot < PEN / 2);
  same(penFor([stroke(0.5, 0.5, 0.51, 0.5)]), dot);
});

test("what lies outside the pad makes the pen no wider", () => {
  same(penFor([stroke(-5, 0.5, 9, 0.5)]), penFor([stroke(0, 0.5, 1, 0.5)]));
  assert.ok(penFor([stroke(3, 3, 4, 5)]) > 0);
});

test("beside a stamped image strokes have the pad's pen", () => {
  same(penFor([stamp]), PEN);
  same(penFor([stamp, stroke(0.5, 0.5, 0.55, 0.5)]), PEN);
});
