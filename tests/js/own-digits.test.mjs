import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changed,
  createOwnDigits,
  digitsOf,
  filesOf,
  formatDigits,
  parseDigits,
} from "../../www/run/own-digits.js";
import { MOST_OWN } from "../../www/state/selectors.js";
import { createStore } from "../../www/state/store.js";
import { initialState, reduce } from "../../www/state/reducer.js";

/** @typedef {import("../../www/state/reducer.js").OwnDigit} OwnDigit */

const KEY = "fishbowl.own-digits";

/** @param {number} number @param {Partial<OwnDigit>} [parts] @returns {OwnDigit} each with pixels of its own */
function digit(number, parts = {}) {
  const pixels = Uint8Array.from({ length: 784 }, (_, at) => (at * 7 + number * 31 + (number >> 3)) % 256);
  return { id: `d${number}`, label: number % 10, read: number % 10, pixels, ...parts };
}

/** @returns {any} a browser's storage, or of one that refuses */
function storage({ refuses = false } = {}) {
  /** @type {Map<string, string>} */
  const found = new Map();
  const check = () => {
    if (refuses) throw new DOMException("no", "SecurityError");
  };
  return {
    found,
    getItem: (/** @type {string} */ key) => (check(), found.get(key) ?? null),
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => (check(), void found.set(key, text)),
    removeItem: (/** @type {string} */ key) => (check(), void found.delete(key)),
  };
}

/** A page with what the browser keeps. */
function page({ good = storage(), visit = storage() } = {}) {
  const store = createStore(reduce, initialState("en"));
  const own = createOwnDigits({ store, forGood: () => good, forVisit: () => visit });
  own.open();
  return { store, own, good, visit, ids: () => store.state.own.digits.map(({ id }) => id) };
}

test("what was judged is there after a reload, with how often it was read right in this visit", () => {
  const { own, good, visit } = page();
  own.change({ type: "judge", digit: digit(1) });
  own.change({ type: "judge", digit: digit(2, { label: 7 }) });
  const again = page({ good, visit });
  assert.deepEqual(again.store.state.own.digits, [digit(1), digit(2, { label: 7 })]);
  assert.deepEqual(again.store.state.own.visit, { d1: true, d2: false });
  assert.equal(again.store.state.own.isKept, true);
  const later = page({ good });
  assert.deepEqual(later.store.state.own.visit, {}, "another visit counts anew");
  assert.deepEqual(later.ids(), ["d1", "d2"]);
});

test("a drawing has one entry: another press changes its name, and what was said can be taken back", () => {
  const { own, store, ids } = page();
  own.change({ type: "judge", digit: digit(3, { label: 8 }) });
  own.change({ type: "judge", digit: digit(3, { label: 3 }) });
  assert.deepEqual(ids(), ["d3"]);
  assert.equal(store.state.own.digits[0].label, 3);
  assert.deepEqual(store.state.own.visit, { d3: true });
  own.change({ type: "take-back", id: "d3" });
  assert.deepEqual([ids(), store.state.own.visit], [[], {}]);
});

test("removing takes nothing from the score, and what was removed can be put back", () => {
  const { own, store, ids, good } = page();
  for (const number of [1, 2, 3]) own.change({ type: "judge", digit: digit(number) });
  const [, second] = store.state.own.digits;
  own.change({ type: "remove", ids: ["d2"] });
  assert.deepEqual([ids(), Object.keys(store.state.own.visit).length], [["d1", "d3"], 3]);
  own.change({ type: "add", digits: [second] });
  assert.deepEqual(ids(), ["d1", "d3", "d2"]);
  own.change({ type: "remove", ids: ids() });
  assert.equal(good.found.has(KEY), false, "the browser keeps nothing either");
});

test("a full set loses none: another drawing does not join, but it counts", () => {
  const { own, store, ids } = page();
  own.change({ type: "add", digits: Array.from({ length: MOST_OWN + 5 }, (_, number) => digit(number)) });
  assert.deepEqual([ids().length, ids()[0]], [MOST_OWN, "d0"]);
  own.change({ type: "judge", digit: digit(900) });
  assert.deepEqual([ids().length, ids()[0], ids().includes("d900")], [MOST_OWN, "d0", false]);
  assert.deepEqual(store.state.own.visit, { d900: true });
  own.change({ type: "judge", digit: digit(7, { label: 9 }) });
  assert.equal(store.state.own.digits[7].label, 9, "one that is there can still be named anew");
});

test("digits that are there already do not join again", () => {
  const own = { digits: [digit(1)], visit: {}, isKept: true };
  const same = digit(1, { id: "other" });
  const renamed = digit(1, { id: "another", label: 5 });
  assert.equal(changed(own, { type: "add", digits: [same, renamed] }).digits.length, 2);
});

test("what another tab did is not lost", () => {
  const good = storage();
  const [one, other] = [page({ good }), page({ good })];
  one.own.change({ type: "judge", digit: digit(1) });
  other.own.change({ type: "judge", digit: digit(2) });
  assert.deepEqual(other.ids(), ["d1", "d2"]);
  one.own.changedElsewhere();
  assert.deepEqual(one.ids(), ["d1", "d2"]);
  const { digits } = one.store.state.own;
  one.own.changedElsewhere();
  assert.equal(one.store.state.own.digits, digits, "the same list where nothing has changed");
});

test("where the browser refuses to keep them they last as long as the page", () => {
  const refuses = storage({ refuses: true });
  const { own, store, ids } = page({ good: refuses, visit: refuses });
  own.change({ type: "judge", digit: digit(4) });
  own.change({ type: "judge", digit: digit(5) });
  own.changedElsewhere();
  assert.deepEqual([ids(), store.state.own.isKept], [["d4", "d5"], false]);
});

test("what lies in the browser and is no digit is passed over", () => {
  const good = formatDigits([digit(1), digit(2)]);
  assert.deepEqual(parseDigits(good), [digit(1), digit(2)]);
  const [, label, read, pixels] = JSON.parse(good)[0];
  const wrong = [
    null,
    7,
    "text",
    {},
    [],
    [1, label, read, pixels],
    ["a", 10, read, pixels],
    ["a", 1.5, read, pixels],
    ["a", label, -1, pixels],
    ["a", label, "1", pixels],
    ["a", label, read, pixels.slice(4)],
    ["a", label, read, "§§§"],
    ["a", label, read, null],
  ];
  assert.deepEqual(parseDigits(JSON.stringify([...wrong, ...JSON.parse(good)])), [digit(1), digit(2)]);
  for (const text of ["", "{", "null", "5", '{"a":1}', '"text"']) assert.deepEqual(parseDigits(text), []);
  const twice = [...JSON.parse(good), ...JSON.parse(good)];
  assert.equal(parseDigits(JSON.stringify(twice)).length, 2);
  const many = Array.from({ length: MOST_OWN + 9 }, (_, number) => digit(number));
  assert.equal(parseDigits(formatDigits(many)).length, MOST_OWN);
});

test("the files are IDX, and what they hold comes back as digits", () => {
  const digits = [digit(3), digit(8, { read: 1 })];
  const { images, labels } = filesOf(digits);
  assert.deepEqual([...images.subarray(0, 16)], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]);
  assert.deepEqual([...labels], [0, 0, 8, 1, 0, 0, 0, 2, 3, 8]);
  const found = digitsOf({ pixels: images.subarray(16), labels: labels.subarray(8) });
  assert.deepEqual(
    found.map(({ label, pixels }) => ({ label, pixels })),
    digits.map(({ label, pixels }) => ({ label, pixels })),
  );
  assert.notEqual(found[0].id, found[1].id);
  assert.deepEqual(filesOf([]), { images: new Uint8Array(), labels: new Uint8Array() });
});
