import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, reduce } from "../../www/state/reducer.js";
import {
  isShown,
  laneNames,
  presentDraft,
  presentPace,
  presentPhase,
  presentSettings,
} from "../../www/state/selectors.js";

/** @type {(name: string, usual: string) => any} */
const field = (name, usual) => ({
  name,
  label: { en: name, zh: name },
  help: { en: "", zh: "" },
  kind: { type: "count", min: 1, max: 100 },
  default: usual,
  live: false,
  only: null,
});
/** @type {(id: string, fields: any[], more?: object) => any} */
const lab = (id, fields, more = {}) => ({
  id,
  book: "4",
  fields,
  charts: [],
  tries: [],
  pace: 10,
  lanesFrom: null,
  ...more,
});
const catalogue = [
  lab("one", [field("a", "1"), field("b", "2")]),
  lab("two", [field("rates", "0.1, 1")], { lanesFrom: "rates" }),
];
/** @type {(phase: string, iteration?: number) => any} */
const view = (phase, iteration = 0) => ({
  phase,
  notice: null,
  numbers: [{ name: "iteration", label: { en: "", zh: "" }, value: String(iteration) }],
  table: null,
  charts: [],
  canGoBack: false,
});
/** @type {(name: string, value: string) => any} */
const problem = (name, value) => ({
  code: "not-a-number",
  field: name,
  value,
  allowed: "1 … 100",
  at: null,
  message: "",
});
/** @type {(...events: any[]) => import("../../www/state/reducer.js").State} */
const play = (...events) =>
  events.reduce(reduce, reduce(initialState("en"), { type: "catalogue-loaded", catalogue }));

/** Frozen to the bottom, so that a reducer that writes into its state throws. @type {(value: any) => any} */
function freeze(value) {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

test("a faulty text stays in the form and never reaches the experiment", () => {
  const state = play(
    { type: "fields-edited", lab: "one", changes: { a: "5" }, problems: [] },
    { type: "fields-edited", lab: "one", changes: { a: "five" }, problems: [problem("a", "five")] },
  );
  assert.equal(presentDraft(state).a, "five");
  assert.equal(presentSettings(state).a, "5");
  assert.equal(state.problems.one.a.value, "five");
});

test("other fields go on working beside a faulty one, and mending it clears the fault", () => {
  const faulty = play(
    { type: "fields-edited", lab: "one", changes: { a: "" }, problems: [problem("a", "")] },
    { type: "fields-edited", lab: "one", changes: { b: "7" }, problems: [problem("a", "")] },
  );
  assert.deepEqual(presentSettings(faulty), { a: "1", b: "7" });
  const mended = reduce(faulty, { type: "fields-edited", lab: "one", changes: { a: "9" }, problems: [] });
  assert.deepEqual(presentSettings(mended), { a: "9", b: "7" });
  assert.deepEqual(mended.problems.one, {});
});

test("settings of one lab survive a visit to another", () => {
  const state = play(
    { type: "fields-edited", lab: "one", changes: { a: "5" }, problems: [] },
    { type: "place-chosen", lab: "two", settings: {} },
  );
  assert.equal(state.lab, "two");
  assert.deepEqual(state.accepted.one, { a: "5" });
});

test("views of an older run or of a lane that is gone are dropped", () => {
  const state = play({ type: "run-opened", number: 2, lanes: 1, source: "scratch", playing: false });
  assert.equal(reduce(state, { type: "view-arrived", number: 1, lane: 0, view: view("ready") }), state);
  assert.equal(reduce(state, { type: "view-arrived", number: 2, lane: 1, view: view("ready") }), state);
  assert.equal(presentPhase(state), "opening");
  assert.equal(
    presentPhase(reduce(state, { type: "view-arrived", number: 2, lane: 0, view: view("ready") })),
    "ready",
  );
});

test("a race plays on until its last lane is over", () => {
  const half = play(
    { type: "run-opened", number: 1, lanes: 2, source: "scratch", playing: true },
    { type: "view-arrived", number: 1, lane: 0, view: view("stopped") },
    { type: "view-arrived", number: 1, lane: 1, view: view("running") },
  );
  assert.equal(half.run.playing, true);
  assert.equal(half.run.opening, false);
  assert.equal(presentPhase(half), "running");
  const over = reduce(half, { type: "view-arrived", number: 1, lane: 1, view: view("finished") });
  assert.equal(over.run.playing, false);
  assert.equal(presentPhase(over), "finished");
});

test("a view that was under way when Play was pressed does not stop the run", () => {
  const state = play(
    { type: "run-opened", number: 1, lanes: 1, source: "scratch", playing: false },
    { type: "played" },
    { type: "view-arrived", number: 1, lane: 0, view: view("ready") },
  );
  assert.equal(state.run.playing, true);
});

test("a new notice takes the place of an older one on its topic", () => {
  const notice = { kind: "error", code: "data-failed", params: {}, problems: [], actions: [], topic: "data" };
  const state = play(
    { type: "notice-raised", notice },
    { type: "notice-raised", notice: { ...notice, topic: "run" } },
    { type: "notice-raised", notice },
  );
  assert.deepEqual(
    state.notices.map(({ topic }) => topic),
    ["run", "data"],
  );
  assert.equal(new Set(state.notices.map(({ id }) => id)).size, 2);
  assert.equal(reduce(state, { type: "topic-settled", topic: "data" }).notices.length, 1);
  assert.equal(reduce(state, { type: "topic-settled", topic: "none" }), state);
});

test("bytes of a download are counted once for each address", () => {
  const state = play(
    { type: "loading-planned", total: 100 },
    { type: "loading-progressed", url: "x", loaded: 10 },
    { type: "loading-progressed", url: "x", loaded: 30 },
    { type: "loading-progressed", url: "y", loaded: 5 },
  );
  assert.deepEqual(state.loading, { loaded: { x: 30, y: 5 }, total: 100 });
  assert.equal(reduce(state, { type: "loading-ended" }).loading, null);
});

test("the pace is kept for each lab and begins with the lab's own", () => {
  const state = play({ type: "pace-chosen", pace: null });
  assert.equal(presentPace(state), null);
  assert.equal(presentPace(reduce(state, { type: "place-chosen", lab: "two", settings: {} })), 10);
});

test("a list of values makes a lane for each, whatever stands between them", () => {
  assert.deepEqual(laneNames(catalogue[1], { rates: " 0.01, 0.1，1 , " }), ["0.01", "0.1", "1"]);
  assert.deepEqual(laneNames(catalogue[0], {}), [""]);
});

test("a field is shown while the field it depends on holds one of its values", () => {
  const dependent = { ...field("c", "1"), only: ["a", ["2", "3"]] };
  assert.equal(isShown(dependent, { a: "3" }), true);
  assert.equal(isShown(dependent, { a: "1" }), false);
});

test("no event writes into the state it was given", () => {
  const notice = { kind: "info", code: "x", params: {}, problems: [], actions: [], topic: "t" };
  /** @type {any[]} */
  const events = [
    { type: "catalogue-loaded", catalogue },
    { type: "language-chosen", language: "zh" },
    { type: "place-chosen", lab: "two", settings: { rates: "1" } },
    { type: "fields-edited", lab: "two", changes: { rates: "2" }, problems: [] },
    { type: "pace-chosen", pace: 3 },
    { type: "run-opened", number: 1, lanes: 2, source: "file", playing: true },
    { type: "view-arrived", number: 1, lane: 1, view: view("ready") },
    { type: "run-open-failed", number: 1 },
    { type: "played" },
    { type: "paused" },
    { type: "source-changed", source: "scratch" },
    { type: "loading-planned", total: 9 },
    { type: "loading-progressed", url: "x", loaded: 1 },
    { type: "loading-ended" },
    { type: "notice-raised", notice },
    { type: "topic-settled", topic: "t" },
    { type: "notice-dismissed", id: 1 },
  ];
  events.reduce((state, event) => freeze(reduce(freeze(state), freeze(event))), initialState("en"));
});
