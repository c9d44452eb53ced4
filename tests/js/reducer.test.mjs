import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, reduce } from "../../www/state/reducer.js";
import {
  acceptable,
  isShown,
  presentDraft,
  presentMoment,
  presentPace,
  presentPhase,
  presentProgress,
  presentSettings,
  presentView,
} from "../../www/state/selectors.js";
import { reportOf } from "./parts/fake-worker.mjs";

/** @type {(name: string, usual: string) => any} */
const field = (name, usual) => ({
  name,
  label: { en: name, zh: name },
  help: { en: "", zh: "" },
  kind: { type: "count", min: 1, max: 100 },
  default: usual,
  live: false,
  place: "main",
  only: null,
});
/** @type {(id: string, fields: any[]) => any} */
const lab = (id, fields) => ({ id, fields, slots: [], inputs: [], suggestions: [], pace: 10 });
const catalogue = [lab("one", [field("a", "1"), field("b", "2")]), lab("two", [field("rates", "0.1, 1")])];
/** @type {(name: string, value: string) => any} */
const problem = (name, value) => ({
  code: "not-a-number",
  field: name,
  value,
  allowed: "1 … 100",
  at: null,
  message: "",
});
/** @type {(name: string, limit?: number | null, report?: any) => any} */
const job = (name, limit = null, report = null) => ({
  name: { en: name, zh: name },
  color: 0,
  limit,
  report,
});
/** @type {(jobs: any[], more?: object) => any} */
const opened = (jobs, more = {}) => ({
  type: "run-opened",
  jobs,
  steps: 0,
  source: "seed",
  playing: false,
  ...more,
});
/** @type {(...reports: [number, any][]) => any} */
const arrived = (...reports) => ({
  type: "reports-arrived",
  reports: reports.map(([at, report]) => ({ job: at, report: reportOf(report) })),
});
/** @type {(...events: any[]) => import("../../www/state/reducer.js").State} */
const play = (...events) =>
  events.reduce(reduce, reduce(initialState("en"), { type: "catalogue-loaded", catalogue }));
/** An edit as the actions make it of what a check found. @type {(state: any, changes: any, problems?: any[]) => any} */
const edit = (state, changes, problems = []) =>
  reduce(state, {
    type: "fields-edited",
    lab: state.lab,
    changes,
    problems,
    accepted: acceptable(state, changes, problems),
    fields: {},
  });

/** Frozen to the bottom, so that a reducer that writes into its state throws. @type {(value: any) => any} */
function freeze(value) {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

test("the last guess of a lab is kept with what was asked, and another lab's beside it", () => {
  const start = reduce(initialState("en"), { type: "catalogue-loaded", catalogue });
  const guessed = reduce(start, { type: "guessed", of: "which?", option: 1 });
  assert.deepEqual(guessed.guesses, { one: { of: "which?", option: 1 } });
  const other = reduce(guessed, { type: "place-chosen", lab: "two", settings: {}, fields: {} });
  const both = reduce(other, { type: "guessed", of: "who?", option: null });
  assert.deepEqual(both.guesses, { one: { of: "which?", option: 1 }, two: { of: "who?", option: null } });
});

test("what a link takes away belongs to its lab, the frame to the page", () => {
  const framed = reduce(play(), { type: "view-chosen", embed: true, hide: ["a", "table"] });
  assert.deepEqual(presentView(framed), { embed: true, hide: ["a", "table"] });
  const two = reduce(framed, { type: "place-chosen", lab: "two", settings: {}, fields: {} });
  assert.deepEqual(presentView(two).hide, []);
  const one = reduce(two, { type: "place-chosen", lab: "one", settings: {}, fields: {} });
  assert.deepEqual(presentView(one).hide, ["a", "table"]);
  assert.equal(reduce(framed, { type: "overview-chosen" }).embed, false);
});

test("the list of all labs keeps the lab that was left, and a place leads out of it", () => {
  const start = play();
  assert.equal(start.page, "lab");
  const all = reduce(start, { type: "overview-chosen" });
  assert.deepEqual([all.page, all.lab], ["all", start.lab]);
  assert.equal(reduce(all, { type: "overview-chosen" }), all);
  const back = reduce(all, { type: "place-chosen", lab: "two", settings: {}, fields: {} });
  assert.deepEqual([back.page, back.lab], ["lab", "two"]);
});

test("a faulty text stays in the form and never reaches the experiment", () => {
  const state = edit(edit(play(), { a: "5" }), { a: "five" }, [problem("a", "five")]);
  assert.equal(presentDraft(state).a, "five");
  assert.equal(presentSettings(state).a, "5");
  assert.equal(state.problems.one.a.value, "five");
});

test("other fields go on working beside a faulty one, and mending it clears the fault", () => {
  const faulty = edit(edit(play(), { a: "" }, [problem("a", "")]), { b: "7" }, [problem("a[0]", "")]);
  assert.deepEqual(presentSettings(faulty), { a: "1", b: "7" });
  assert.ok(faulty.problems.one.a);
  const mended = edit(faulty, { a: "9" });
  assert.deepEqual(presentSettings(mended), { a: "9", b: "7" });
  assert.deepEqual(mended.problems.one, {});
});

test("settings of one lab survive a visit to another", () => {
  const state = reduce(edit(play(), { a: "5" }), {
    type: "place-chosen",
    lab: "two",
    settings: {},
    fields: {},
  });
  assert.equal(state.lab, "two");
  assert.deepEqual(state.accepted.one, { a: "5" });
});

test("a job is opening until it has reported, and reports of jobs that are gone are dropped", () => {
  const state = play(opened([job("x")]));
  assert.equal(presentPhase(state), "opening");
  assert.deepEqual(reduce(state, arrived([1, { phase: "ready" }])).run.jobs, state.run.jobs);
  const reported = reduce(state, arrived([0, { phase: "ready" }]));
  assert.equal(presentPhase(reported), "opening");
  assert.equal(presentPhase(reduce(reported, { type: "run-ready", workers: 1 })), "ready");
});

test("one phase stands for all jobs", () => {
  const phase = (/** @type {(string | null)[]} */ ...phases) => {
    const jobs = phases.map((each) => job("x", null, each && reportOf({ phase: each })));
    return presentPhase(play(opened(jobs), { type: "run-ready", workers: 1 }));
  };
  assert.equal(phase("finished", "ready"), "ready");
  assert.equal(phase("waiting", "finished"), "waiting");
  assert.equal(phase("waiting", "ready"), "ready", "one can go on");
  assert.equal(phase("finished", null), "ready", "one has not begun");
  assert.equal(phase("finished", "diverged"), "finished");
  assert.equal(phase("diverged", "diverged"), "diverged");
  assert.equal(phase(null, null), "opening");
});

test("a run plays on until its last job is over", () => {
  const half = play(
    opened([job("x"), job("y")], { playing: true }),
    arrived([0, { phase: "diverged" }], [1, { phase: "ready", done: 4 }]),
  );
  assert.equal(half.run.playing, true);
  const over = reduce(half, arrived([1, { phase: "finished", done: 9 }]));
  assert.equal(over.run.playing, false);
  const unbegun = play(opened([job("x"), job("y")], { playing: true }), arrived([0, { phase: "finished" }]));
  assert.equal(unbegun.run.playing, true, "a job that waits for its turn is not over");
});

test("a figure is first seen at its last step, and stays where it was left", () => {
  const first = play(opened([], { steps: 30 }));
  assert.deepEqual(presentMoment(first), { step: 30, chosen: null });
  assert.equal(first.run.opening, false, "there is nothing to wait for");
  const moved = reduce(first, { type: "moved", step: 12 });
  const back = [
    { type: "place-chosen", lab: "two", settings: {}, fields: {} },
    opened([], { steps: 5 }),
    { type: "place-chosen", lab: "one", settings: {}, fields: {} },
    opened([], { steps: 30 }),
  ].reduce(reduce, moved);
  assert.equal(presentMoment(back).step, 12);
});

test("a figure moves within its steps, also when settings leave it fewer", () => {
  const state = play(opened([], { steps: 30 }), { type: "moved", step: 99 });
  assert.equal(presentMoment(state).step, 30);
  assert.equal(presentMoment(reduce(state, { type: "moved", step: -1 })).step, 0);
  const changed = (/** @type {number} */ at, /** @type {number} */ steps) =>
    presentMoment(
      reduce(reduce(state, { type: "moved", step: at }), {
        type: "jobs-changed",
        jobs: [],
        steps,
        opening: false,
      }),
    ).step;
  assert.equal(changed(20, 10), 10);
  assert.equal(changed(20, 60), 20);
  assert.equal(changed(30, 60), 60, "what stood at its end stays there");
});

test("changed jobs keep the reports they are given, and the run its wish to play", () => {
  const report = reportOf({ done: 7 });
  const state = play(opened([job("x", 9, report)], { playing: true }), { type: "run-ready", workers: 1 });
  const more = { type: "jobs-changed", jobs: [state.run.jobs[0], job("y", 9)], steps: 0, opening: true };
  const changed = reduce(state, /** @type {any} */ (more));
  assert.equal(changed.run.jobs[0].report, report);
  assert.deepEqual([changed.run.playing, changed.run.opening], [true, true]);
  const same = { type: "jobs-changed", jobs: [...state.run.jobs], steps: 0, opening: false };
  assert.equal(reduce(state, /** @type {any} */ (same)), state, "nothing changed");
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
  assert.equal(reduce(state, { type: "notices-cleared", topic: "data" }).notices.length, 1);
  assert.equal(reduce(state, { type: "notices-cleared", topic: "none" }), state);
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

test("the pace is kept for each lab; jobs begin at full speed, figures at the lab's own", () => {
  assert.equal(presentPace(play(opened([], { steps: 9 }))), 10);
  assert.equal(presentPace(play(opened([job("x")]))), null);
  const chosen = play(opened([job("x")]), { type: "pace-chosen", pace: 3 });
  assert.equal(presentPace(chosen), 3);
  const other = reduce(chosen, { type: "place-chosen", lab: "two", settings: {}, fields: {} });
  assert.equal(presentPace(other), null);
});

test("where a drawing shows what each step does, jobs begin slowly unless another pace is chosen", () => {
  /** @type {any} */
  const drawing = { ...lab("draw", []), inputs: ["drawing"] };
  const first = reduce(initialState("en"), { type: "catalogue-loaded", catalogue: [drawing] });
  assert.equal(presentPace(first), 10, "no job, no start");
  const begun = reduce(first, opened([job("x", 1000, reportOf({ done: 500, of: 1000, seconds: 1 }))]));
  assert.equal(presentPace(begun), "slow-start");
  assert.equal(presentProgress(reduce(begun, { type: "run-ready", workers: 1 })).secondsLeft, 1);
  for (const pace of [null, 3]) assert.equal(presentPace(reduce(begun, { type: "pace-chosen", pace })), pace);
});

test("progress is that of all jobs, and the time left that of the workers that share them", () => {
  const progress = (/** @type {any[]} */ jobs, /** @type {any} */ workers = 1) =>
    presentProgress(play(opened(jobs), { type: "run-ready", workers }));
  const half = job("x", 100, reportOf({ done: 50, of: 100, seconds: 5 }));
  assert.deepEqual(progress([half]), { done: 50, of: 100, secondsLeft: 5 });
  // The second has not begun: it is taken to be as fast.
  assert.deepEqual(progress([half, job("y", 100)]), { done: 50, of: 200, secondsLeft: 15 });
  assert.deepEqual(progress([half, job("y", 100)], 2), { done: 50, of: 200, secondsLeft: 10 });
  const joined = play(
    opened([half, job("y", 100)]),
    { type: "run-ready", workers: 1 },
    { type: "workers-changed", workers: 2 },
  );
  assert.equal(presentProgress(joined).secondsLeft, 10);
  const diverged = job("x", 100, reportOf({ phase: "diverged", done: 20, of: 100, seconds: 1 }));
  assert.deepEqual(progress([diverged, half]), { done: 70, of: 120, secondsLeft: 5 });
  assert.deepEqual(progress([job("x", 100)]), { done: 0, of: 100, secondsLeft: null });
  assert.deepEqual(progress([job("x", null, reportOf({ done: 7 }))]), {
    done: 7,
    of: null,
    secondsLeft: null,
  });
  const endless = job("x", null, reportOf({ phase: "diverged", done: 7 }));
  assert.deepEqual(progress([endless]), { done: 7, of: null, secondsLeft: null });
  const over = job("x", 100, reportOf({ phase: "finished", done: 100, of: 100, seconds: 9 }));
  assert.deepEqual(progress([over]), { done: 100, of: 100, secondsLeft: 0 });
  assert.deepEqual(progress([]), { done: 0, of: null, secondsLeft: null });
  const paced = play(opened([half]), { type: "run-ready", workers: 1 }, { type: "pace-chosen", pace: 10 });
  assert.equal(presentProgress(paced).secondsLeft, 5);
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
    { type: "place-chosen", lab: "two", settings: { rates: "1" }, fields: {} },
    {
      type: "fields-edited",
      lab: "two",
      changes: { rates: "2" },
      problems: [problem("rates", "2")],
      accepted: {},
      fields: {},
    },
    { type: "pace-chosen", pace: 3 },
    opened([job("x"), job("y")], { playing: true }),
    arrived([1, { phase: "ready" }]),
    { type: "jobs-changed", jobs: [job("z")], steps: 3, opening: true },
    { type: "run-ready", workers: 2 },
    { type: "workers-changed", workers: 1 },
    { type: "reports-forgotten", jobs: [0] },
    { type: "moved", step: 2 },
    { type: "chosen", key: 4 },
    { type: "hovered", key: 5 },
    { type: "played" },
    { type: "paused" },
    { type: "source-changed", source: "file" },
    { type: "loading-planned", total: 9 },
    { type: "loading-progressed", url: "x", loaded: 1 },
    { type: "loading-ended" },
    { type: "notice-raised", notice },
    { type: "notice-dismissed", id: 1 },
    { type: "notices-cleared", topic: "t" },
  ];
  let state = freeze(initialState("en"));
  for (const event of events) state = freeze(reduce(state, freeze(event)));
  assert.equal(state.language, "zh");
});
