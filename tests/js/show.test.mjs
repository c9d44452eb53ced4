import assert from "node:assert/strict";
import { test } from "node:test";
import { createPreview, createShow } from "../../www/show.js";
import { initialState, reduce } from "../../www/state/reducer.js";
import { reportOf } from "./parts/fake-worker.mjs";

/** @type {any} */
const lab = { id: "one", fields: [{ name: "a", default: "1" }], slots: [], pace: 1 };

function stage({ broken = false } = {}) {
  /** @type {any[]} */
  const made = [];
  /** @type {any[]} */
  const failures = [];
  class CoreSheet {
    /** @param {any[]} parts */
    constructor(...parts) {
      if (broken) throw new WebAssembly.RuntimeError("unreachable");
      this.parts = parts;
      this.freed = false;
      made.push(this);
    }
    head() {
      return { notices: [], numbers: [], table: null, pictures: [{ slot: "x" }, { slot: "y" }] };
    }
    rows = () => ["row"];
    /** @param {number} index */
    picture = (index) => `picture ${index}`;
    free() {
      this.freed = true;
    }
  }
  const jobs = [{ name: { en: "", zh: "" }, color: 0, limit: null, report: reportOf({ done: 1 }) }];
  const opened = { type: "run-opened", jobs, steps: 9, source: "seed", playing: false };
  /** @type {any[]} */
  const events = [{ type: "catalogue-loaded", catalogue: [lab] }, opened];
  const show = createShow({
    CoreSheet: /** @type {any} */ (CoreSheet),
    failed: (error) => failures.push(error),
  });
  return { made, failures, show, state: events.reduce(reduce, initialState("en")) };
}

test("what is to be seen is made once for each change of what it depends on", () => {
  const { made, show, state } = stage();
  const first = show(state);
  /** @type {any[]} */
  const without = [
    { type: "hovered", key: 3 },
    { type: "played" },
    { type: "language-chosen", language: "zh" },
    { type: "loading-planned", total: 9 },
  ];
  assert.equal(show(without.reduce(reduce, state)), first);
  assert.equal(made.length, 1);
  assert.deepEqual(made[0].parts.slice(0, 3), ["one", { a: "1" }, { step: 9, chosen: null, drawing: null }]);
  assert.equal(made[0].parts[3].length, 1);
  /** @type {any[]} */
  const events = [
    { type: "moved", step: 3 },
    { type: "chosen", key: 4 },
    { type: "drawing-explained", explanation: new Uint8Array(3) },
    { type: "reports-arrived", reports: [{ job: 0, report: reportOf({ done: 2 }) }] },
    { type: "place-chosen", lab: "one", settings: { a: "2" }, fields: {} },
  ];
  let now = state;
  for (const [at, event] of events.entries()) {
    now = reduce(now, event);
    assert.notEqual(show(now), first, event.type);
    assert.equal(made.length, at + 2, event.type);
  }
  assert.deepEqual(
    made.map(({ freed }) => freed),
    [true, true, true, true, true, false],
  );
});

test("a picture is taken once, and none from a sheet of the past", () => {
  const { show, state } = stage();
  const sheet = show(state);
  assert.equal(sheet?.picture(1), "picture 1");
  assert.equal(sheet?.picture(1), null);
  assert.deepEqual(sheet?.rows(0, 5), ["row"]);
  show(reduce(state, { type: "moved", step: 3 }));
  assert.equal(sheet?.picture(0), null);
  assert.deepEqual(sheet?.rows(0, 5), []);
});

test("a core that traps is told of once for each change, and nothing is seen", () => {
  const { failures, show, state } = stage({ broken: true });
  assert.equal(show(state), null);
  assert.equal(show(state), null);
  assert.equal(failures.length, 1);
});

/**
 * @param {{ slot: string, kind?: string, rows?: number }[]} pictures
 * @param {number} jobs
 */
async function previewOf(pictures, jobs) {
  /** @type {any[]} */
  const freed = [];
  class CoreSheet {
    head = () => ({ pictures });
    /** @param {number} index */
    picture(index) {
      const { kind = "plane", rows = 1 } = pictures[index];
      return {
        index,
        kind,
        table: () => ({ columns: [], rows: Array(rows) }),
        free: () => freed.push(index),
      };
    }
    free = () => freed.push("sheet");
  }
  const slots = [
    { name: "folded", place: "more", shape: "wide" },
    { name: "first", place: "main", shape: "square" },
    { name: "second", place: "main", shape: "multiples" },
  ];
  const preview = createPreview({
    openCore: () => Promise.reject(new Error("nothing is computed")),
    fetchNet: () => Promise.reject(new Error("there is none")),
    CoreSheet: /** @type {any} */ (CoreSheet),
    plan: () => /** @type {any} */ ({ steps: 4, jobs: Array(jobs).fill({}) }),
  });
  const found = /** @type {any} */ (await preview(/** @type {any} */ ({ ...lab, slots })));
  return { index: found?.picture.index ?? null, square: found?.square, freed };
}

test("a lab is known by its first main picture, of many the middle one", async () => {
  const first = await previewOf([{ slot: "folded" }, { slot: "first" }, { slot: "second" }], 0);
  assert.deepEqual(first, { index: 1, square: true, freed: ["sheet"] });
  const many = await previewOf([{ slot: "second" }, { slot: "second" }, { slot: "second" }], 0);
  assert.deepEqual(many, { index: 1, square: false, freed: ["sheet"] });
});

test("an empty picture is none, and axes before a run are empty", async () => {
  const empty = await previewOf([{ slot: "first", rows: 0 }, { slot: "second" }], 0);
  assert.deepEqual(empty, { index: 1, square: false, freed: [0, "sheet"] });
  assert.deepEqual((await previewOf([{ slot: "first" }], 1)).index, null);
  assert.deepEqual((await previewOf([{ slot: "first", kind: "matrix" }], 1)).index, 0);
  assert.deepEqual(await previewOf([], 1), { index: null, square: undefined, freed: ["sheet"] });
});
