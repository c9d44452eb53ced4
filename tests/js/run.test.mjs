import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "../../www/run/run.js";
import { createStore } from "../../www/state/store.js";
import { initialState, reduce } from "../../www/state/reducer.js";
import { presentMoment, presentPhase } from "../../www/state/selectors.js";
import { FakeWorker, bytesOf, module } from "./parts/fake-worker.mjs";
import { field, passing, visitorOf } from "./parts/visitor.mjs";

const lab = (/** @type {string} */ id, /** @type {any[]} */ fields) => ({
  id,
  fields,
  slots: [
    { name: "weights", wants: ["weights"] },
    { name: "loss", wants: [] },
  ],
  inputs: [],
  suggestions: [],
  pace: 10,
});
/** A race has a job for each entry of its list; the rate acts on the way, the look on the picture only. */
const race = lab("race", [field("list", "1,2"), field("rate", "0.1", true), field("look", "plain")]);
/** One network that comes ready, a figure, and one that is either. */
const net = lab("net", [
  field("hidden", "50"),
  field("rate", "0.1", true),
  field("beside", "none", true),
  field("from", "digits"),
]);
/** A network that comes ready: evaluated as it is, or trained on. */
const ready = lab("ready", [field("train", "no")]);
const figure = lab("figure", [field("steps", "20")]);
const either = lab("either", [field("task", "figure")]);

/** @type {(lab: string, settings: Record<string, string>) => any} */
function plan(id, settings) {
  const job = (/** @type {string} */ name, /** @type {string} */ task, pretrained = null) => ({
    name: { en: name, zh: name },
    color: 0,
    task: bytesOf(task),
    pretrained,
    continues: false,
    starts: false,
    abreast: false,
    limit: 100,
    needs: { train: [], test: [] },
  });
  if (id === "race") {
    const entries = settings.list.split(",");
    return { steps: 0, jobs: entries.map((entry) => job(entry, `${entry} at ${settings.rate}`)) };
  }
  if (id === "net") {
    const { hidden, rate, beside } = settings;
    if (beside !== "none") {
      const jobs = [rate, beside].map((each) => ({ ...job(each, `${hidden} at ${each}`), abreast: true }));
      return { steps: 0, jobs };
    }
    const pretrained = /** @type {any} */ (hidden === "7" ? null : settings.from);
    return { steps: 0, jobs: [job("network", `${settings.hidden} at ${settings.rate}`, pretrained)] };
  }
  if (id === "ready") {
    const starts = settings.train === "no";
    const given = job("deep", starts ? "look" : "tune", /** @type {any} */ ("deep-convnet"));
    return { steps: 0, jobs: [{ ...given, starts, continues: true }] };
  }
  if (id === "figure") return { steps: Number(settings.steps), jobs: [] };
  return settings.task === "figure" ? { steps: 9, jobs: [] } : { steps: 0, jobs: [job("a", "a")] };
}

/**
 * @param {import("node:test").TestContext} context
 * @param {{ cores?: number, lab?: string, settings?: any, refuses?: (message: any) => any, fetchFails?: boolean,
 *   onLine?: boolean, missing?: () => boolean }} [how] `missing`: whether there is no script for a worker
 */
async function stage(context, how = {}) {
  const { cores = 1, lab: id = "race", settings = {}, refuses, fetchFails, onLine = true } = how;
  const { missing = () => false } = how;
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, "navigator", { value: { onLine }, configurable: true });
  context.after(() =>
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true }),
  );
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const pass = passing(context, 10);
  context.mock.method(globalThis, "fetch", async () => {
    if (fetchFails) return new Response("", { status: 404 });
    return new Response(new Uint8Array([1, 2, 3]));
  });
  /** @type {FakeWorker[]} */
  const workers = [];
  const store = createStore(reduce, initialState("en"));
  /** @type {any} */
  const catalogue = [race, net, ready, figure, either];
  store.dispatch({ type: "catalogue-loaded", catalogue });
  const run = createRun({
    store,
    module: Promise.resolve(module),
    plan,
    manifestUrl: "https://page.example/data/mnist.json",
    urlOfNet: (name) => `https://page.example/weights/${name}.safetensors`,
    cores,
    spawn: () => {
      const worker = new FakeWorker({ refuses, missing: missing() });
      workers.push(worker);
      return /** @type {any} */ (worker);
    },
  });
  const { visit, edit } = visitorOf(store, run, pass);
  await visit(id, settings);
  return {
    run,
    store,
    workers,
    pass,
    visit,
    edit,
    /** What the jobs at work have come to, by task. */
    atWork: () =>
      Object.fromEntries(
        workers
          .filter(({ terminated }) => !terminated)
          .flatMap((worker) => [...worker.jobs.values()].map(({ task, done }) => [task, done])),
      ),
    /** Lets the job of a task get on. @param {string} task @param {any} progress */
    advance(task, progress) {
      for (const worker of workers) {
        for (const [job, known] of worker.jobs) if (known.task === task) worker.advance(job, progress);
      }
    },
    /** How many messages of a kind all workers have had. @param {string} type */
    count: (type) => workers.flatMap((worker) => worker.of(type)).length,
    shown: () => store.state.run.jobs.map(({ name, report }) => [name.en, report?.done ?? null]),
  };
}

test("a place is opened, its jobs report, and Play sets them going", async (context) => {
  const { run, store, workers, shown, advance, pass } = await stage(context);
  assert.deepEqual(shown(), [
    ["1", 0],
    ["2", 0],
  ]);
  assert.equal(presentPhase(store.state), "ready");
  await run.play();
  assert.equal(workers[0].of("start").length, 1);
  assert.equal(store.state.run.playing, true);
  advance("1 at 0.1", { done: 40 });
  advance("2 at 0.1", { done: 100, phase: "finished" });
  assert.deepEqual(shown(), [
    ["1", 40],
    ["2", 100],
  ]);
  run.pause();
  assert.equal(store.state.run.playing, false);
  await pass();
  assert.equal(workers[0].of("pause").length >= 1, true);
});

test("a look back pauses the run, and of many places in a row the last one counts", async (context) => {
  const { run, store, workers, shown, advance, pass } = await stage(context);
  await run.play();
  advance("1 at 0.1", { done: 40 });
  advance("2 at 0.1", { done: 60 });
  await Promise.all([30, 20, 7].map((step) => run.look(step)));
  assert.equal(store.state.run.playing, false);
  assert.deepEqual(
    workers[0].of("look").map(({ step }) => step),
    [30, 30, 7, 7],
  );
  assert.deepEqual(shown(), [
    ["1", 7],
    ["2", 7],
  ]);
  await run.look(null);
  await pass();
  assert.deepEqual(shown(), [
    ["1", 40],
    ["2", 60],
  ]);
});

test("a look that is refused is told, and the next one is not held up", async (context) => {
  const refuses = (/** @type {any} */ { type, step }) =>
    type === "look" && step === 3 ? { code: "not-ready", message: "none is kept" } : null;
  const { run, store, shown, advance } = await stage(context, { refuses });
  await run.play();
  advance("1 at 0.1", { done: 40 });
  await run.look(3);
  assert.deepEqual(
    store.state.notices.map(({ code }) => code),
    ["run-failed"],
  );
  await run.look(5);
  assert.equal(shown()[0][1], 5);
});

test("settings that change the picture only reach no worker", async (context) => {
  const { workers, edit, pass } = await stage(context);
  const before = workers[0].heard.length;
  edit({ look: "fancy" });
  await pass(1000);
  assert.equal(workers[0].heard.length, before);
});

test("a setting that acts on the way is offered, and one that is refused begins again", async (context) => {
  const { run, workers, edit, pass, advance, atWork, count } = await stage(context, { cores: 2 });
  await run.play();
  advance("1 at 0.1", { done: 30 });
  edit({ rate: "0.5" });
  await pass(300);
  assert.deepEqual(atWork(), { "1 at 0.5": 30, "2 at 0.5": 0 });
  assert.equal(count("open"), 2);
  for (const worker of workers) worker.takesChanges = false;
  edit({ rate: "0.9" });
  await pass(300);
  assert.deepEqual(atWork(), { "1 at 0.9": 0, "2 at 0.9": 0 });
});

test("jobs that stay in a changed list go on, new ones begin, the others end", async (context) => {
  const { edit, pass, advance, atWork, shown, count } = await stage(context, { settings: { list: "1,2,3" } });
  advance("1 at 0.1", { done: 10 });
  advance("3 at 0.1", { done: 30 });
  edit({ list: "3,4,1" });
  assert.deepEqual(
    shown(),
    [
      ["3", 30],
      ["4", 0],
      ["1", 10],
    ],
    "at once; the new one in the place of the one that went",
  );
  await pass(300);
  assert.deepEqual(atWork(), { "3 at 0.1": 30, "4 at 0.1": 0, "1 at 0.1": 10 });
  assert.equal(count("change"), 0, "the list does not act on the way");
  edit({ list: "3" });
  await pass(300);
  assert.deepEqual(atWork(), { "3 at 0.1": 30 });
  assert.deepEqual(shown(), [["3", 30]]);
});

test("what is typed away and back within a moment has lost nothing", async (context) => {
  const { edit, pass, advance, atWork } = await stage(context);
  advance("2 at 0.1", { done: 20 });
  edit({ list: "1" });
  await pass(60);
  edit({ list: "1,2" });
  await pass(500);
  assert.deepEqual(atWork(), { "1 at 0.1": 0, "2 at 0.1": 20 });
});

test("while something is dragged the jobs follow every 60 ms, the last value for certain", async (context) => {
  const { edit, pass, count, atWork } = await stage(context);
  for (let step = 1; step <= 60; step += 1) {
    edit({ rate: `0.${step}` }, true);
    await pass(10);
  }
  const offers = count("change") / 2;
  assert.ok(offers >= 6 && offers <= 11, String(offers));
  await pass(100);
  assert.deepEqual(Object.keys(atWork()), ["1 at 0.60", "2 at 0.60"]);
});

test("a lab that is left is paused, and comes back as it was, what has diverged included", async (context) => {
  const { run, store, visit, advance, atWork, shown, workers } = await stage(context);
  await run.play();
  advance("1 at 0.1", { done: 30 });
  advance("2 at 0.1", { done: 12, phase: "diverged" });
  await visit("figure");
  assert.equal(store.state.run.playing, false);
  assert.equal(workers[0].of("pause").length, 1);
  assert.deepEqual(atWork(), {});
  await visit("race", { look: "fancy" });
  assert.deepEqual(shown(), [
    ["1", 30],
    ["2", 12],
  ]);
  assert.deepEqual(
    [...workers[0].jobs.values()].map(({ done, phase }) => [done, phase]),
    [
      [30, "ready"],
      [12, "diverged"],
    ],
  );
  assert.equal(store.state.run.playing, false);
  await visit("figure");
  await visit("race", { rate: "0.2" });
  assert.deepEqual(
    shown(),
    [
      ["1", 0],
      ["2", 0],
    ],
    "other settings, another experiment",
  );
});

test("a network that comes ready stands in until training begins, from the seed", async (context) => {
  const { run, store, workers, atWork, advance, shown, edit, pass, visit } = await stage(context, {
    lab: "net",
  });
  const loads = () => workers[0].of("ask").filter(({ question }) => question === "load-weights").length;
  assert.equal(loads(), 1);
  assert.equal(store.state.run.source, "pretrained");
  assert.equal(store.state.run.opening, false);
  edit({ rate: "0.5" });
  await pass(300);
  assert.equal(loads(), 1, "a setting that acts on the way leaves it in place");
  edit({ hidden: "60" });
  await pass(300);
  assert.equal(loads(), 2, "the network of a new job is stood in for as well");
  await run.play();
  await pass();
  assert.equal(store.state.run.source, "seed");
  assert.equal(workers[0].of("open").length, 3, "begun again");
  assert.equal(workers[0].of("start").length, 1);
  advance("60 at 0.5", { done: 7 });
  run.pause();
  await run.usePretrained();
  assert.equal(store.state.run.source, "pretrained");
  assert.equal(loads(), 3);
  assert.deepEqual(shown(), [["network", 0]]);
  await run.reset();
  assert.equal(store.state.run.source, "seed");
  assert.deepEqual(atWork(), { "60 at 0.5": 0 });
  await visit("figure");
  await visit("net");
  assert.equal(store.state.run.source, "pretrained", "what was not trained is not kept");
});

test("another network that comes ready is brought when it is chosen, before and after a training", async (context) => {
  const { run, store, workers, advance, shown, edit, pass, visit } = await stage(context, { lab: "net" });
  const loads = () => workers[0].of("ask").filter(({ question }) => question === "load-weights").length;
  assert.equal(loads(), 1);
  edit({ from: "other" });
  await pass(300);
  assert.deepEqual([loads(), store.state.run.source], [2, "pretrained"]);
  await run.play();
  await pass();
  advance("50 at 0.1", { done: 7 });
  run.pause();
  edit({ rate: "0.2" });
  await pass(300);
  assert.deepEqual([loads(), shown()], [2, [["network", 7]]], "what acts on the way brings none");
  edit({ from: "digits" });
  await pass(300);
  assert.deepEqual([loads(), store.state.run.source, shown()], [3, "pretrained", [["network", 0]]]);
  // What was trained waits for the network that it began with.
  await run.play();
  await pass();
  advance("50 at 0.2", { done: 9 });
  run.pause();
  await visit("figure");
  await visit("net", { from: "other", rate: "0.2" });
  assert.deepEqual([store.state.run.source, shown()], ["pretrained", [["network", 0]]]);
  await visit("figure");
  await visit("net", { from: "digits", rate: "0.2" });
  assert.deepEqual([store.state.run.source, shown()], ["seed", [["network", 9]]]);
});

test("one that joins a race begins with the other, which begins again; the one that stays goes on", async (context) => {
  const { run, store, workers, edit, pass, advance, atWork, shown } = await stage(context, {
    lab: "net",
    cores: 2,
  });
  await run.play();
  await pass();
  advance("50 at 0.1", { done: 500 });
  edit({ beside: "0.01" });
  await pass(300);
  assert.deepEqual(atWork(), { "50 at 0.1": 0, "50 at 0.01": 0 });
  assert.equal(store.state.run.playing, true, "the race runs as the one did");
  advance("50 at 0.1", { done: 40 });
  advance("50 at 0.01", { done: 30 });
  edit({ beside: "0.03" });
  await pass(300);
  assert.deepEqual(atWork(), { "50 at 0.1": 40, "50 at 0.03": 30 }, "another rate acts on the way");
  edit({ hidden: "60" });
  await pass(300);
  assert.deepEqual(atWork(), { "60 at 0.1": 0, "60 at 0.03": 0 });
  advance("60 at 0.1", { done: 70, phase: "diverged" });
  assert.equal(store.state.run.playing, true, "one that diverged does not stop the other");
  edit({ beside: "none" });
  await pass(300);
  assert.deepEqual(atWork(), { "60 at 0.1": 70 });
  assert.deepEqual(shown(), [["network", 70]]);
  assert.equal(workers.flatMap((worker) => worker.of("change")).length, 1);
});

test("no network stands in for those of a race, and what was left alone is not brought back into one", async (context) => {
  const { run, store, edit, pass, advance, atWork, visit } = await stage(context, { lab: "net", cores: 2 });
  assert.equal(store.state.run.source, "pretrained");
  edit({ beside: "0.01" });
  await pass(300);
  assert.equal(store.state.run.source, "seed");
  edit({ beside: "none" });
  await pass(300);
  assert.deepEqual([store.state.run.source, atWork()], ["seed", { "50 at 0.1": 0 }]);
  await run.play();
  await pass();
  advance("50 at 0.1", { done: 500 });
  await visit("figure");
  await visit("net", { beside: "0.01" });
  assert.deepEqual(atWork(), { "50 at 0.1": 0, "50 at 0.01": 0 });
  advance("50 at 0.1", { done: 20 });
  advance("50 at 0.01", { done: 20 });
  await visit("figure");
  await visit("net", { beside: "0.01" });
  assert.deepEqual(atWork(), { "50 at 0.1": 20, "50 at 0.01": 20 }, "a race that was left goes on");
});

test("a network that comes ready stands in for no network of another form", async (context) => {
  const { store, workers, edit, pass, visit } = await stage(context, { lab: "net" });
  const loads = () => workers[0].of("ask").filter(({ question }) => question === "load-weights").length;
  assert.deepEqual([loads(), store.state.run.source], [1, "pretrained"]);
  edit({ hidden: "7" });
  await pass(300);
  assert.deepEqual([loads(), store.state.run.source], [1, "seed"]);
  await visit("figure");
  await visit("net", { hidden: "7" });
  assert.deepEqual([loads(), store.state.run.source], [1, "seed"]);
});

test("a network that is only evaluated is worked on and brought its data without being asked", async (context) => {
  const { store, workers, count } = await stage(context, { lab: "ready" });
  assert.equal(store.state.run.source, "pretrained");
  assert.equal(count("start"), 1);
  assert.equal(workers[0].of("ask").filter(({ question }) => question === "load-weights").length, 1);
});

test("a training that goes on from a network that comes ready waits for it, and Reset brings it back", async (context) => {
  const { run, store, workers, pass, advance, atWork } = await stage(context, { lab: "figure" });
  store.dispatch({ type: "place-chosen", lab: "ready", settings: { train: "yes" }, fields: {} });
  run.openPlace();
  const played = run.play();
  await pass();
  await played;
  await pass();
  const loads = () => workers[0].of("ask").filter(({ question }) => question === "load-weights").length;
  assert.equal(store.state.run.source, "pretrained");
  const told = workers[0].heard.map(({ type, question }) => question ?? type);
  assert.ok(told.lastIndexOf("load-weights") < told.lastIndexOf("start"), `${told}`);
  advance("tune", { done: 7 });
  run.pause();
  await run.play();
  await pass();
  assert.equal(loads(), 1, "it goes on");
  assert.deepEqual(atWork(), { tune: 7 });
  await run.reset();
  assert.equal(loads(), 2);
  assert.deepEqual(atWork(), { tune: 0 });
  assert.equal(store.state.run.source, "pretrained");
});

test("Train pressed at once does not train the network that stands in", async (context) => {
  const { run, store, workers, pass } = await stage(context, { lab: "figure" });
  store.dispatch({ type: "place-chosen", lab: "net", settings: {}, fields: {} });
  run.openPlace();
  const played = run.play();
  await pass();
  await played;
  await pass();
  assert.equal(store.state.run.source, "seed");
  const [job] = workers[0].jobs.keys();
  const last = workers[0].heard.filter((message) => message.job === job).at(-1);
  assert.equal(last.type, "open", "nothing was put in its place after it was begun");
  assert.equal(workers[0].of("start").length, 1);
});

test("where the ready network cannot be had, the page says so and goes on without", async (context) => {
  const { store, shown } = await stage(context, { lab: "net", fetchFails: true });
  assert.equal(store.state.run.source, "seed");
  assert.deepEqual(shown(), [["network", 0]]);
  assert.deepEqual(
    store.state.notices.map(({ code, actions }) => [code, actions]),
    [["pretrained-missing", ["reload"]]],
  );
});

test("a file that is refused leaves a training running; one that is taken pauses it", async (context) => {
  let refused = true;
  const problem = { code: "wrong-kind", field: "file", message: "no" };
  const { run, store, workers, advance, visit, shown, edit, pass } = await stage(context, {
    lab: "net",
    refuses: ({ question, bytes }) =>
      question === "load-weights" && bytes.length === 9 && refused ? problem : null,
  });
  await run.play();
  advance("50 at 0.1", { done: 30 });
  await assert.rejects(run.useFile(new Uint8Array(9)));
  assert.deepEqual([store.state.run.playing, store.state.run.source], [true, "seed"]);
  assert.equal(workers[0].of("pause").length, 0);
  assert.deepEqual(shown(), [["network", 30]]);
  refused = false;
  await run.useFile(new Uint8Array(9));
  await pass();
  assert.deepEqual([store.state.run.playing, store.state.run.source], [false, "file"]);
  assert.deepEqual(shown(), [["network", 0]]);
  await visit("figure");
  await visit("net");
  assert.equal(store.state.run.source, "file", "it is kept, though not trained");
  edit({ hidden: "60" });
  await pass(300);
  assert.equal(store.state.run.source, "pretrained", "a file has its own shape");
});

test("what is over begins again when it is played, what is not goes on", async (context) => {
  const { run, workers, advance, shown } = await stage(context);
  await run.play();
  advance("1 at 0.1", { done: 100, phase: "finished" });
  run.pause();
  await run.play();
  assert.equal(workers[0].of("rewind").length, 0, "one of them can go on");
  advance("2 at 0.1", { done: 9, phase: "diverged" });
  await run.play();
  assert.equal(workers[0].of("rewind").length, 2);
  assert.deepEqual(shown(), [
    ["1", 0],
    ["2", 0],
  ]);
});

test("a pause is heard even while a run is still made ready", async (context) => {
  const { run, store, workers, advance, pass } = await stage(context);
  await run.play();
  for (const task of ["1 at 0.1", "2 at 0.1"]) advance(task, { done: 100, phase: "finished" });
  const starts = workers[0].of("start").length;
  const played = run.play();
  run.pause();
  await played;
  await pass();
  assert.equal(store.state.run.playing, false);
  assert.equal(workers[0].of("start").length, starts);
});

test("after a death the jobs are back where they were, and go on is offered; the third time too", async (context) => {
  const { run, store, workers, advance, atWork, pass } = await stage(context);
  await run.play();
  await pass(2000);
  advance("1 at 0.1", { done: 40 });
  await pass(2000);
  advance("2 at 0.1", { done: 44 });
  await pass();
  for (const [death, code] of ["worker-replaced", "worker-replaced", "worker-keeps-dying"].entries()) {
    workers[death].die();
    await pass(100);
    assert.equal(store.state.run.playing, false);
    const notice = store.state.notices.at(-1);
    assert.equal(notice?.code, code);
    assert.deepEqual(notice?.actions, ["go-on", "start-over"]);
    assert.equal(notice?.params.iteration, 40);
  }
  assert.deepEqual(atWork(), {}, "not by itself");
  await run.goOn();
  assert.deepEqual(atWork(), { "1 at 0.1": 40, "2 at 0.1": 44 });
  assert.equal(store.state.run.playing, true);
  assert.equal(workers[3].of("start").length, 1);
});

for (const [onLine, code, actions] of /** @type {const} */ ([
  [true, "page-outdated", ["reload"]],
  [false, "worker-keeps-dying", ["go-on", "start-over"]],
])) {
  test(`a worker whose script cannot be had, ${onLine ? "online" : "offline"}: ${code}`, async (context) => {
    let missing = true;
    const { run, store, workers, pass, atWork } = await stage(context, { onLine, missing: () => missing });
    await pass();
    const [notice] = store.state.notices;
    assert.deepEqual([notice.code, notice.actions], [code, actions]);
    const tries = workers.length;
    await pass(1000);
    assert.equal(workers.length, tries, "it is not tried for ever");
    missing = false;
    await run.goOn();
    await pass();
    assert.deepEqual(atWork(), { "1 at 0.1": 0, "2 at 0.1": 0 });
    assert.equal(store.state.run.playing, true);
  });
}

test("a job that fails by itself pauses the run and says why", async (context) => {
  const { run, store, workers } = await stage(context);
  await run.play();
  const [job] = workers[0].jobs.keys();
  const error = { code: "size-mismatch", message: "no", field: "train.images" };
  workers[0].say({ type: "failed", job, error, fatal: false });
  assert.equal(store.state.run.playing, false);
  assert.deepEqual(store.state.notices[0].problems, [error]);
});

test("a figure is played on the page, and no worker hears of it", async (context) => {
  const { run, store, workers, pass } = await stage(context, { lab: "figure" });
  assert.deepEqual(presentMoment(store.state).step, 20);
  const before = workers[0].heard.length;
  await run.play();
  await pass(520);
  assert.deepEqual([presentMoment(store.state).step, store.state.run.playing], [5, true]);
  run.pause();
  await run.step();
  assert.equal(presentMoment(store.state).step, 6);
  await run.reset();
  assert.equal(presentMoment(store.state).step, 0);
  const heard = workers[0].heard.slice(before).map(({ type }) => type);
  assert.deepEqual([...new Set(heard)], ["pause"]);
});

test("settings may turn a figure into a run and back; neither is played on as the other", async (context) => {
  const { run, store, edit, pass, atWork } = await stage(context, { lab: "either" });
  await run.play();
  await pass(320);
  assert.equal(presentMoment(store.state).step, 3);
  edit({ task: "run" });
  assert.equal(store.state.run.playing, false);
  await pass(300);
  assert.deepEqual(atWork(), { a: 0 });
  await run.play();
  edit({ task: "figure" });
  await pass(300);
  assert.equal(store.state.run.playing, false);
  assert.deepEqual(atWork(), {});
  assert.equal(presentMoment(store.state).step, 9);
});

test("only what is on screen is wanted", async (context) => {
  const { run, workers, visit } = await stage(context);
  const wants = () => workers[0].of("watch").at(-1)?.wants;
  run.watch("weights", true);
  run.watch("loss", true);
  assert.deepEqual(wants(), ["weights"]);
  run.watch("weights", false);
  assert.deepEqual(wants(), []);
  run.watch("weights", true);
  run.hide(true);
  assert.ok(workers[0].of("watch").at(-1).every >= 1000);
  await visit("figure");
  assert.deepEqual(wants(), [], "another lab, other slots");
});

test("a lab that is left while it runs is paused, and says so until it is taken in hand again", async (context) => {
  const { run, store, visit } = await stage(context);
  await run.play();
  await visit("figure");
  assert.deepEqual([store.state.run.playing, store.state.unseen], [false, { race: "left" }]);
  run.play();
  store.dispatch({ type: "overview-chosen" });
  run.closePlace();
  assert.deepEqual([store.state.run.playing, store.state.unseen], [false, { race: "left", figure: "left" }]);
  await visit("figure");
  store.dispatch({ type: "moved", step: 1 });
  await visit("race");
  assert.deepEqual(store.state.unseen, { race: "left", figure: null });
  await run.play();
  assert.equal(store.state.unseen.race, null);
  run.pause();
  await visit("figure");
  assert.equal(store.state.unseen.race, null, "what rests already is not paused");
});

test("other settings of the same lab are no leaving", async (context) => {
  const { run, store, visit } = await stage(context);
  await run.play();
  await visit("race", { list: "1,2,3" });
  assert.deepEqual([store.state.run.playing, store.state.unseen], [false, {}]);
});

test("a page that nobody sees for half a minute pauses; one that is seen again before trains on", async (context) => {
  const { run, store, pass } = await stage(context);
  await run.play();
  run.hide(true);
  await pass(29_000);
  run.hide(false);
  await pass(60_000);
  assert.deepEqual([store.state.run.playing, store.state.unseen], [true, {}]);
  run.hide(true);
  await pass(30_000);
  assert.deepEqual([store.state.run.playing, store.state.unseen], [false, { race: "hidden" }]);
  run.hide(false);
  await run.play();
  assert.deepEqual([store.state.run.playing, store.state.unseen], [true, { race: null }]);
});
