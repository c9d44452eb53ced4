import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_OPEN } from "../../www/run/dealing.js";
import { createPool } from "../../www/run/pool.js";
import { FakeWorker, allAnswered, bytesOf, module, noNeeds } from "./parts/fake-worker.mjs";

/**
 * @param {import("node:test").TestContext} context
 * @param {{ cores?: number, refuses?: (message: any) => any, starts?: (worker: number) => boolean }} [how] `starts`:
 *   whether there is a script for this one of the workers that are made
 */
async function stage(context, { cores = 2, refuses, starts = () => true } = {}) {
  // Watches over workers and waits for idle ones would keep the test alive.
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  /** @type {FakeWorker[]} */
  const workers = [];
  /** The last report of each job. @type {Map<number, any>} */
  const reports = new Map();
  /** @type {any[]} */
  const deaths = [];
  /** @type {any[]} */
  const failures = [];
  let dealt = 0;
  const pool = createPool({
    module: Promise.resolve(module),
    cores,
    spawn: () => {
      const worker = new FakeWorker({ refuses, missing: !starts(workers.length) });
      workers.push(worker);
      return /** @type {any} */ (worker);
    },
    reports: {
      arrived: (found) => found.forEach(({ job, report }) => reports.set(job, report)),
      died: (problem, lost, begun) => deaths.push({ problem, lost, begun }),
      failed: (problem, job) => failures.push({ problem, job }),
      dealt: () => (dealt += 1),
    },
  });
  const add = (/** @type {number} */ count) =>
    Array.from({ length: count }, (_, index) => pool.add(bytesOf(`task ${index}`), noNeeds));
  await allAnswered();
  return { pool, workers, reports, deaths, failures, add, dealt: () => dealt };
}

/** @param {FakeWorker[]} workers @param {number} job */
const workerOf = (workers, job) => workers.find((worker) => !worker.terminated && worker.jobs.has(job));

test("the first worker starts with the page, the others with jobs for them", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 4 });
  assert.equal(workers.length, 1);
  assert.equal(workers[0].of("boot").length, 1);
  add(3);
  pool.deal();
  await allAnswered();
  assert.equal(workers.length, 3, "as many as there are jobs");
  add(20);
  pool.deal();
  await allAnswered();
  assert.equal(workers.length, 4, "and no more than there are processors");
  assert.equal(pool.workers, 4);
});

test("each job is opened once and reports", async (context) => {
  const { pool, workers, reports, add } = await stage(context, { cores: 3 });
  const ids = add(7);
  pool.deal();
  pool.deal();
  await allAnswered();
  assert.deepEqual([...reports.keys()].sort(), ids);
  assert.equal(workers.flatMap((worker) => worker.of("open")).length, 7);
  const loads = workers.map(({ jobs }) => jobs.size);
  assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, String(loads));
});

test("more jobs than can be open wait, and are dealt as others finish and are closed", async (context) => {
  const { pool, workers, reports, add } = await stage(context, { cores: 2 });
  const ids = add(32);
  pool.deal();
  pool.start(null);
  await allAnswered();
  const open = () => workers.flatMap(({ jobs }) => [...jobs.keys()]);
  assert.equal(open().length, 2 * MOST_OPEN);
  const finished = new Set();
  while (finished.size < ids.length) {
    const [next] = open();
    assert.ok(workers.every(({ jobs }) => jobs.size <= MOST_OPEN));
    workerOf(workers, next)?.advance(next, { phase: "finished", done: 100 });
    finished.add(next);
    await allAnswered();
    assert.ok(!open().includes(next), "closed after its last report");
  }
  assert.deepEqual(
    [...finished].sort((a, b) => a - b),
    ids,
  );
  assert.ok(ids.every((id) => reports.get(id).phase === "finished"));
  const begun = workers.flatMap((worker) => worker.of("open")).filter(({ mark }) => mark === null);
  assert.equal(begun.length, 32, "none was begun twice");
});

test("where all can be open, those that finished stay so, for questions", async (context) => {
  const { pool, workers, add } = await stage(context);
  const [id] = add(3);
  pool.deal();
  await allAnswered();
  workerOf(workers, id)?.advance(id, { phase: "finished", done: 9 });
  await allAnswered();
  assert.deepEqual(await pool.ask(id, "confusion"), { question: "confusion", done: 9 });
  assert.equal(workers.flatMap((worker) => worker.of("close")).length, 0);
});

test("a question to a job that was closed opens it again where it was", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 1 });
  const ids = add(MOST_OPEN + 1);
  pool.deal();
  await allAnswered();
  workers[0].advance(ids[2], { phase: "finished", done: 70 });
  await allAnswered();
  assert.ok(!workers[0].jobs.has(ids[2]));
  assert.deepEqual(await pool.ask(ids[2], "confusion"), { question: "confusion", done: 70 });
});

test("taken back, all jobs begin again, those that were closed included", async (context) => {
  const { pool, workers, reports, add } = await stage(context, { cores: 1 });
  const ids = add(MOST_OPEN + 2);
  pool.deal();
  await allAnswered();
  for (const id of ids.slice(0, 3)) {
    workers[0].advance(id, { phase: "finished", done: 70 });
    await allAnswered();
  }
  await pool.rewind();
  await allAnswered();
  assert.equal(workers[0].jobs.size, MOST_OPEN);
  for (const [, { done }] of workers[0].jobs) assert.equal(done, 0);
  for (const id of workers[0].jobs.keys()) assert.equal(reports.get(id).done, 0);
  assert.equal(pool.report(ids[2]), null, "nothing is left of a job that has not begun again");
});

test("what was reported before a job was taken back is old", async (context) => {
  const { pool, workers, reports, add } = await stage(context, { cores: 1 });
  const [id] = add(1);
  pool.deal();
  await allAnswered();
  const rewound = pool.rewind();
  workers[0].say({ type: "reports", reports: [{ job: id, report: { ...reports.get(id), done: 99 } }] });
  await rewound;
  assert.equal(reports.get(id).done, 0);
});

test("a worker that dies is replaced, and its jobs go on from their last marks", async (context) => {
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const { pool, workers, deaths, add } = await stage(context, { cores: 2 });
  const ids = add(2);
  pool.deal();
  pool.start(null);
  await allAnswered();
  const [first, second] = workers;
  now = 5000;
  first.advance(ids[0], { done: 40 });
  await allAnswered();
  now = 5100;
  first.advance(ids[0], { done: 44 });
  await allAnswered();
  first.die();
  await allAnswered();
  assert.ok(first.terminated && !second.terminated);
  assert.equal(deaths.length, 1);
  assert.equal(deaths[0].begun, true);
  assert.deepEqual(
    deaths[0].lost.map(({ job, mark }) => [job, mark.report.done]),
    [[ids[0], 40]],
  );
  assert.ok(!workers[2].jobs.has(ids[0]), "not before it is asked for");
  pool.deal();
  await allAnswered();
  assert.equal(workers[2].jobs.get(ids[0])?.done, 40);
  assert.equal(second.of("open").length, 1, "the other worker was left alone");
});

test("a further worker that cannot start is done without: its jobs go to those that live", async (context) => {
  const { pool, workers, reports, deaths, failures, add } = await stage(context, {
    cores: 3,
    starts: (worker) => worker === 0,
  });
  const ids = add(3);
  pool.deal();
  const asked = pool.ask(ids[2], "confusion");
  const rewound = pool.rewind();
  await pool.allOpened();
  assert.deepEqual([...workers[0].jobs.keys()].sort(), ids);
  assert.deepEqual([...reports.keys()].sort(), ids);
  assert.equal(workers.length, 3, "none is tried again by itself");
  assert.ok(workers[1].terminated && workers[2].terminated);
  assert.equal(pool.workers, 1);
  assert.deepEqual([deaths, failures], [[], []]);
  assert.deepEqual(await asked, { question: "confusion", done: 0 }, "what was asked of its jobs is answered");
  await rewound;
});

test("without a further worker as many jobs are open as one may have, and the others wait", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 2, starts: (worker) => worker === 0 });
  const ids = add(MOST_OPEN + 3);
  pool.deal();
  pool.start(null);
  await allAnswered();
  assert.equal(workers[0].jobs.size, MOST_OPEN);
  for (let finished = 0; finished < ids.length; finished += 1) {
    const [next] = workers[0].jobs.keys();
    workers[0].advance(next, { phase: "finished", done: 100 });
    await allAnswered();
    assert.ok(workers[0].jobs.size <= MOST_OPEN);
  }
  assert.deepEqual(
    ids.map((id) => pool.report(id)?.phase),
    ids.map(() => "finished"),
  );
});

test("a worker that could not start is tried again when the run starts", async (context) => {
  let online = false;
  const { pool, workers, deaths, add } = await stage(context, {
    cores: 2,
    starts: (worker) => worker === 0 || online,
  });
  add(MOST_OPEN + 2);
  pool.deal();
  await allAnswered();
  add(1);
  pool.deal();
  await allAnswered();
  assert.equal(workers.length, 2, "not for each job");
  online = true;
  pool.start(null);
  await allAnswered();
  assert.deepEqual(
    workers.map(({ jobs }) => jobs.size),
    [MOST_OPEN, 0, 3],
  );
  assert.deepEqual(workers[2].of("start"), [{ type: "start", pace: null }]);
  assert.equal(pool.workers, 2);
  assert.deepEqual(deaths, []);
});

test("a worker without memory for the core is done without, unless it is the only one", async (context) => {
  const refusal = { code: "unexpected", message: "out of memory" };
  let boots = 0;
  const { pool, workers, deaths, add } = await stage(context, {
    cores: 2,
    refuses: ({ type }) => (type === "boot" && ++boots > 1 ? refusal : null),
  });
  const ids = add(2);
  pool.deal();
  await pool.allOpened();
  assert.deepEqual([...workers[0].jobs.keys()].sort(), ids);
  assert.equal(deaths.length, 0);
  workers[0].die();
  pool.deal();
  await allAnswered();
  assert.deepEqual(
    deaths.map(({ lost, begun }) => [lost.length, begun]),
    [
      [2, true],
      [2, false],
    ],
  );
});

test("where no worker can start that is told, and each further try is asked for", async (context) => {
  let online = false;
  const { pool, workers, deaths, add } = await stage(context, { cores: 2, starts: () => online });
  assert.equal(workers.length, 1);
  assert.equal(deaths.length, 0, "as long as there is nothing to do");
  const ids = add(2);
  pool.deal();
  await allAnswered();
  assert.deepEqual(
    deaths.map(({ lost, begun }) => [lost.length, begun]),
    [[2, false]],
  );
  const tried = workers.length;
  await allAnswered();
  assert.equal(workers.length, tried);
  online = true;
  pool.start(null);
  await allAnswered();
  assert.equal(workers.filter(({ terminated }) => !terminated).length, 2);
  assert.ok(ids.every((id) => workerOf(workers, id)?.of("start").length === 1));
});

test("the worker in place of one that died is done without as well where it cannot start", async (context) => {
  const { pool, workers, deaths, add } = await stage(context, { cores: 2, starts: (worker) => worker < 2 });
  const ids = add(2);
  pool.deal();
  await allAnswered();
  workers[0].die();
  pool.deal();
  await allAnswered();
  assert.equal(deaths.length, 1);
  assert.deepEqual([...workers[1].jobs.keys()].sort(), ids);
});

test("what is asked of a worker that dies is refused, and nothing waits for ever", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 1 });
  const [id] = add(1);
  pool.deal();
  await allAnswered();
  workers[0].postMessage = (message) => void workers[0].heard.push(message);
  const asked = [pool.ask(id, "confusion"), pool.goBack(id), pool.leave(id)];
  await allAnswered();
  workers[0].die();
  const outcomes = await Promise.allSettled(asked);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected", "fulfilled"],
  );
  assert.equal(/** @type {any} */ (outcomes[2]).value, null, "there was no mark");
});

test("a job that a worker refuses is told of, and the others go on", async (context) => {
  const refusal = {
    code: "outside-range",
    field: "layers[0].units",
    value: "0",
    allowed: "≥ 1",
    at: null,
    message: "no",
  };
  const { pool, workers, failures, reports, add } = await stage(context, {
    cores: 1,
    refuses: (message) => (message.type === "open" && message.job === 2 ? refusal : null),
  });
  const ids = add(3);
  pool.deal();
  await pool.allOpened();
  assert.deepEqual(failures, [{ problem: refusal, job: ids[1] }]);
  assert.deepEqual([...reports.keys()], [ids[0], ids[2]]);
  assert.equal(workers[0].of("open").length, 3);
});

test("a worker without jobs is let go after a while, but never the first", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 3 });
  const ids = add(3);
  pool.deal();
  await allAnswered();
  for (const id of ids.slice(1)) pool.remove(id);
  context.mock.timers.tick(9_000);
  assert.ok(workers.every(({ terminated }) => !terminated));
  add(1);
  pool.deal();
  await allAnswered();
  context.mock.timers.tick(2_000);
  assert.deepEqual(
    workers.map(({ terminated }) => terminated),
    [false, false, true],
    "one has work again, the other one has none",
  );
  pool.remove(ids[0]);
  context.mock.timers.tick(60_000);
  assert.equal(workers[0].terminated, false);
});

test("all workers together report at most 25 times a second, and less where the page is hidden", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 3 });
  const ids = add(3);
  pool.deal();
  await allAnswered();
  const every = () => workers.map((worker) => worker.of("watch").at(-1).every);
  assert.deepEqual(every(), [120, 120, 120]);
  pool.watch(["weights"], true);
  assert.deepEqual(every(), [3000, 3000, 3000]);
  assert.deepEqual(workers[2].of("watch").at(-1).wants, ["weights"]);
  pool.watch([], false);
  pool.remove(ids[2]);
  add(0);
  pool.watch([], false);
  assert.deepEqual(every().slice(0, 2), [80, 80]);
});

/**
 * Six jobs on two workers, the second of which has finished its own; that of the first with the fewest steps is `behind`.
 * What is asked of the first is held back once it is asked for a mark to move a job by, until `release`.
 * @param {import("node:test").TestContext} context
 * @param {number | null} [pace]
 */
async function stageOneDry(context, pace = null) {
  // No time passes, so that no mark is due but the first.
  context.mock.method(performance, "now", () => 0);
  const staged = await stage(context, { cores: 2 });
  const { pool, workers, add } = staged;
  add(6);
  pool.deal();
  pool.start(pace);
  await allAnswered();
  const [full, dry] = workers;
  const [first, behind, last] = full.jobs.keys();
  full.advance(first, { done: 30 });
  full.advance(behind, { done: 10 });
  full.advance(last, { done: 20 });
  await allAnswered();
  /** @type {any[]} */
  const held = [];
  const post = full.postMessage.bind(full);
  let holds = false;
  full.postMessage = (message) => {
    holds ||= message.type === "mark";
    if (holds) held.push(message);
    else post(message);
  };
  async function release() {
    holds = false;
    full.postMessage = post;
    for (const message of held.splice(0)) post(message);
    await allAnswered();
  }
  for (const job of [...dry.jobs.keys()]) {
    dry.advance(job, { phase: "finished", done: 100 });
    await allAnswered();
  }
  return { ...staged, full, dry, behind, held, release };
}

test("a worker that has nothing to do takes over jobs of another, from where they are", async (context) => {
  const { pool, workers, reports, full, dry, behind, held, release, dealt } = await stageOneDry(context);
  assert.deepEqual(
    held.map(({ job }) => job),
    [behind],
  );
  const dealtBefore = dealt();
  full.advance(behind, { done: 11 });
  assert.equal(reports.get(behind).done, 10, "what it does before it is closed is done again elsewhere");
  await release();
  assert.deepEqual(dry.jobs.get(behind), { task: "task 2", done: 11, phase: "ready" });
  assert.equal(full.jobs.has(behind), false);
  assert.equal(reports.get(behind).done, 11);
  assert.ok(dealt() > dealtBefore, "its new worker may lack data");
  dry.advance(behind, { done: 12 });
  await allAnswered();
  assert.equal(workers.flatMap((worker) => worker.of("open")).length, 7, "two and one are as even as can be");
  assert.deepEqual(await pool.ask(behind, "confusion"), { question: "confusion", done: 12 });
});

test("at a pace or at rest every job stays in its worker", async (context) => {
  const { pool, workers, held, release, dry } = await stageOneDry(context, 10);
  assert.deepEqual(held, []);
  await release();
  pool.pause();
  dry.say({ type: "reports", reports: [] });
  await allAnswered();
  assert.equal(workers.flatMap((worker) => worker.of("open")).length, 6);
});

test("what is asked of a job that is being moved finds it where it has come to", async (context) => {
  const { pool, reports, dry, behind, release } = await stageOneDry(context);
  const changed = pool.change(behind, bytesOf("faster"), noNeeds);
  const asked = pool.ask(behind, "confusion");
  await release();
  assert.equal(await changed, true);
  assert.deepEqual(await asked, { question: "confusion", done: 10 });
  assert.deepEqual(dry.jobs.get(behind), { task: "faster", done: 10, phase: "ready" });
  await pool.rewind();
  assert.deepEqual([dry.jobs.get(behind)?.done, reports.get(behind).done], [0, 0]);
});

for (const [
  what,
  act,
] of /** @type {[string, (pool: import("../../www/run/pool.js").Pool, job: number) => unknown][]} */ ([
  ["begun again", (pool, job) => pool.begin(job, bytesOf("another"), noNeeds)],
  ["closed", (pool, job) => pool.remove(job)],
  ["left", (pool, job) => pool.leave(job)],
  ["one of those that take a single step", (pool) => pool.step(1)],
  ["paused", (pool) => pool.pause()],
])) {
  test(`a job that is to be moved and meanwhile is ${what} stays where it is`, async (context) => {
    const { pool, reports, full, dry, behind, release, failures } = await stageOneDry(context);
    act(pool, behind);
    await release();
    assert.equal(dry.jobs.has(behind), false);
    assert.deepEqual(failures, []);
    if (!full.jobs.has(behind)) return;
    full.advance(behind, { done: 13 });
    assert.equal(reports.get(behind).done, 13, "its reports are heard again");
  });
}

test("a job is not lost when either worker dies while it is moved", async (context) => {
  for (const dying of /** @type {const} */ (["full", "dry"])) {
    const staged = await stageOneDry(context);
    const { pool, workers, deaths, behind, release } = staged;
    staged[dying].die();
    await release();
    pool.deal();
    await allAnswered();
    assert.equal(deaths.length, 1);
    assert.ok(workerOf(workers, behind), dying);
    context.mock.timers.reset();
  }
});

test("once a worker that could not start does, it takes over some of the others' jobs", async (context) => {
  let online = false;
  const { pool, workers, add } = await stage(context, {
    cores: 2,
    starts: (worker) => worker === 0 || online,
  });
  add(4);
  pool.deal();
  pool.start(null);
  await pool.allOpened();
  assert.equal(workers[0].jobs.size, 4);
  assert.equal(pool.workers, 1);
  online = true;
  /** @type {any[]} */
  const unread = [];
  const post = FakeWorker.prototype.postMessage;
  const { mock } = context.mock.method(
    FakeWorker.prototype,
    "postMessage",
    /** @this {FakeWorker} @param {any} message */ function (message) {
      if (this === workers[2]) unread.push(message);
      else post.call(this, message);
    },
  );
  pool.tryAgain();
  workers[0].say({ type: "reports", reports: [] });
  await allAnswered();
  assert.equal(workers.length, 3);
  assert.equal(workers[0].jobs.size, 4, "as long as its script loads it gets none");
  mock.restore();
  for (const message of unread) workers[2].postMessage(message);
  await allAnswered();
  await allAnswered();
  assert.deepEqual(
    workers.filter(({ terminated }) => !terminated).map(({ jobs }) => jobs.size),
    [2, 2],
  );
  assert.equal(pool.workers, 2);
});

test("once every job is over the workers pause, so that none trains on by itself when it is changed", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 2 });
  const ids = add(2);
  pool.deal();
  pool.start(null);
  await allAnswered();
  workers[0].advance(ids[0], { phase: "diverged", done: 9 });
  assert.equal(workers.flatMap((worker) => worker.of("pause")).length, 0, "one is still at work");
  workers[1].advance(ids[1], { phase: "finished", done: 100 });
  assert.ok(workers.every((worker) => worker.of("pause").length === 1));
  await pool.goBack(ids[0]);
  await pool.begin(ids[1], bytesOf("another"), noNeeds);
  assert.ok(workers.every((worker) => worker.of("start").length === 1));
});

test("a changed task is offered; refused, the job can begin again where it is", async (context) => {
  const { pool, workers, reports, add } = await stage(context, { cores: 1 });
  const [id] = add(1);
  pool.deal();
  await allAnswered();
  workers[0].advance(id, { done: 30 });
  assert.equal(await pool.change(id, bytesOf("faster"), noNeeds), true);
  assert.deepEqual(workers[0].jobs.get(id), { task: "faster", done: 30, phase: "ready" });
  workers[0].takesChanges = false;
  assert.equal(await pool.change(id, bytesOf("wider"), noNeeds), false);
  assert.equal(workers[0].jobs.get(id)?.task, "faster");
  await pool.begin(id, bytesOf("wider"), noNeeds);
  assert.deepEqual(workers[0].jobs.get(id), { task: "wider", done: 0, phase: "ready" });
  assert.equal(reports.get(id).done, 0);
});

test("a job that is left gives its mark and goes on from it elsewhere", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 1 });
  const [id] = add(1);
  pool.deal();
  await allAnswered();
  workers[0].advance(id, { done: 30, phase: "diverged" });
  const mark = await pool.leave(id);
  assert.equal(workers[0].jobs.size, 0);
  const again = pool.add(bytesOf("task 0"), noNeeds, { mark, report: mark?.report });
  pool.deal();
  await allAnswered();
  assert.deepEqual(workers[0].jobs.get(again), { task: "task 0", done: 30, phase: "diverged" });
});

test("new workers hear that the run is under way and what is watched", async (context) => {
  const { pool, workers, add } = await stage(context, { cores: 2 });
  pool.watch(["weights"], false);
  add(1);
  pool.deal();
  pool.start(10);
  add(1);
  pool.deal();
  await allAnswered();
  assert.deepEqual(workers[1].of("start"), [{ type: "start", pace: 10 }]);
  assert.deepEqual(workers[1].of("watch").at(-1).wants, ["weights"]);
  pool.pause();
  assert.ok(workers.every((worker) => worker.of("pause").length === 1));
});
