import assert from "node:assert/strict";
import { test } from "node:test";
import { BETWEEN, FIRST, MOST, MOST_BYTES, REST, createKeeping } from "../../www/run/keeping.js";
import { createRun } from "../../www/run/run.js";
import { createStore } from "../../www/state/store.js";
import { initialState, reduce } from "../../www/state/reducer.js";
import { FakeWorker, bytesOf, module } from "./parts/fake-worker.mjs";
import { field, passing, visitorOf } from "./parts/visitor.mjs";

/** A browser's store: values under keys, as they come back from one. */
class FakeDatabase {
  /** @param {{ refuses?: boolean }} [how] */
  constructor({ refuses = false } = {}) {
    this.refuses = refuses;
    /** @type {[any, any][]} */
    this.entries = [];
    this.writes = 0;
    this.reads = 0;
  }

  check() {
    if (this.refuses) throw new Error("refused");
  }

  async keys() {
    this.check();
    return this.entries.map(([key]) => structuredClone(key));
  }

  /** @param {any} key */
  async get(key) {
    this.check();
    this.reads += 1;
    return this.entries.find(([each]) => isEqual(each, key))?.[1];
  }

  /** @param {any} change @param {(keys: any[]) => any[]} [sweep] */
  changeNow({ put, remove }, sweep = () => []) {
    this.check();
    this.writes += 1;
    const drop = (/** @type {any} */ key) =>
      (this.entries = this.entries.filter(([each]) => !isEqual(each, key)));
    remove.forEach(drop);
    for (const [key, bytes] of put) {
      drop(key);
      this.entries.push([structuredClone(key), bytes.slice()]);
    }
    // The keys that a sweep gets are new ones each time.
    sweep(this.entries.map(([key]) => structuredClone(key))).forEach(drop);
  }

  /** @param {any} change @param {(keys: any[]) => any[]} sweep */
  async change(change, sweep) {
    this.changeNow(change, sweep);
  }

  /** Labs, tasks and steps of what there is. */
  get known() {
    return this.entries.map(([[lab, task, , , , done]]) => [lab, new TextDecoder().decode(task), done]);
  }
}

const plain = (/** @type {any} */ key) =>
  JSON.stringify(
    [key].flat().map((part) => (part instanceof ArrayBuffer ? [...new Uint8Array(part)] : part)),
  );
const isEqual = (/** @type {any} */ one, /** @type {any} */ other) => plain(one) === plain(other);

const lab = (/** @type {string} */ id, /** @type {any[]} */ fields) => ({
  id,
  fields,
  slots: [],
  inputs: [],
});
const race = lab("race", [field("list", "1,2")]);
const net = lab("net", [field("hidden", "50"), field("rate", "0.1", true)]);
const figure = lab("figure", []);

/** @type {(lab: string, settings: Record<string, string>) => any} */
function plan(id, settings) {
  const job = (
    /** @type {string} */ name,
    /** @type {string} */ task,
    /** @type {any} */ pretrained = null,
  ) => ({
    name: { en: name, zh: name },
    color: 0,
    task: bytesOf(task),
    pretrained,
    limit: 100,
    starts: false,
    needs: { train: [], test: [] },
  });
  if (id === "race") return { steps: 0, jobs: settings.list.split(",").map((each) => job(each, each)) };
  if (id === "net")
    return { steps: 0, jobs: [job("network", `${settings.hidden} at ${settings.rate}`, "digits")] };
  return { steps: 9, jobs: [] };
}

/**
 * A page that opens with what the database has.
 * @param {import("node:test").TestContext} context
 * @param {{ database?: FakeDatabase, lab?: string, settings?: any, core?: string, refuses?: (message: any, worker: FakeWorker) => any,
 *   embed?: boolean }} [how]
 */
async function page(context, how = {}) {
  const { database = new FakeDatabase(), lab: id = "net", settings = {}, core = "core-1.wasm" } = how;
  context.mock.timers.reset();
  context.mock.timers.enable({
    apis: ["setTimeout", "setInterval", "Date"],
    now: 1000 + database.writes * 1000,
  });
  const pass = passing(context, 50);
  context.mock.method(globalThis, "fetch", async () => new Response(new Uint8Array([1, 2, 3])));
  /** @type {FakeWorker[]} */
  const workers = [];
  const store = createStore(reduce, initialState("en"));
  store.dispatch({ type: "catalogue-loaded", catalogue: /** @type {any} */ ([race, net, figure]) });
  if (how.embed) {
    store.dispatch({ type: "place-chosen", lab: id, settings: {}, fields: {} });
    store.dispatch({ type: "view-chosen", embed: true, hide: [] });
  }
  const keeping = createKeeping({ store, database: /** @type {any} */ (database), core });
  await keeping.loaded();
  const run = createRun({
    store,
    module: Promise.resolve(module),
    plan,
    manifestUrl: "https://page.example/data/mnist.json",
    urlOfNet: (name) => `https://page.example/weights/${name}.safetensors`,
    cores: 1,
    keeping,
    spawn: () => {
      /** @type {FakeWorker} */
      const worker = new FakeWorker({ refuses: (message) => how.refuses?.(message, worker) ?? null });
      workers.push(worker);
      return /** @type {any} */ (worker);
    },
  });
  const { visit, edit: change } = visitorOf(store, run, pass);
  /** @param {Record<string, string>} changes */
  async function edit(changes) {
    change(changes);
    await pass(300);
  }
  /** @param {string} task @param {any} progress */
  function advance(task, progress) {
    const worker = workers.at(-1);
    for (const [job, known] of worker?.jobs ?? []) if (known.task === task) worker?.advance(job, progress);
  }
  await visit(id, settings);
  return {
    run,
    store,
    keeping,
    database,
    workers,
    pass,
    visit,
    edit,
    advance,
    /** Trains a job so far, and lets it rest. @param {string} task @param {any} progress */
    async train(task, progress) {
      await run.play();
      advance(task, progress);
      run.pause();
      await pass(REST + 100);
    },
    shown: () => store.state.run.jobs.map(({ report }) => report?.done ?? null),
  };
}

test("what was trained is kept when it rests, and the next page opens with it", async (context) => {
  const { run, advance, pass, database } = await page(context);
  await run.play();
  advance("50 at 0.1", { done: 30 });
  run.pause();
  await pass(REST + 100);
  assert.deepEqual(database.known, [["net", "50 at 0.1", 30]]);
  const writes = database.writes;
  await pass(60_000);
  assert.equal(database.writes, writes, "what rests is written once");

  const next = await page(context, { database });
  assert.deepEqual(next.shown(), [30]);
  assert.deepEqual([next.store.state.run.source, next.store.state.run.playing], ["seed", false]);
  assert.equal(next.store.state.run.opening, false);
  assert.deepEqual(next.store.state.kept, { networks: 1, bytes: database.entries[0][1].length, drawing: 0 });
  await next.pass(REST + 100);
  assert.equal(database.writes, writes, "what was read is not written again");
  assert.equal(next.workers[0].of("ask").filter(({ question }) => question === "load-weights").length, 0);
  next.advance("50 at 0.1", { done: 31 });
  await next.pass(REST + 100);
  assert.deepEqual(database.known, [["net", "50 at 0.1", 31]], "the older one is gone");
});

test("while it trains it is written soon, then every ten seconds, and as the page goes", async (context) => {
  const { run, advance, pass, database, keeping } = await page(context);
  await run.play();
  for (let second = 1; second <= 4; second += 1) {
    advance("50 at 0.1", { done: second });
    await pass(1000);
  }
  assert.equal(database.writes, 1);
  for (let second = 5; second <= 35; second += 1) {
    advance("50 at 0.1", { done: second });
    await pass(1000);
  }
  assert.equal(database.writes, 1 + Math.floor((35_000 - FIRST) / BETWEEN));
  advance("50 at 0.1", { done: 99 });
  await pass();
  keeping.end();
  const [, , [, , done]] = [0, 0, database.known.at(-1) ?? []];
  assert.ok(Number(done) >= 34, `marked within two seconds: ${done}`);
  assert.equal((await page(context, { database })).shown()[0], done, "the newest one counts");
});

test("a page that is out of sight writes at once", async (context) => {
  const { run, advance, pass, database, keeping } = await page(context);
  await run.play();
  advance("50 at 0.1", { done: 12 });
  await pass();
  keeping.hide();
  await pass();
  assert.deepEqual(database.known, [["net", "50 at 0.1", 12]]);
});

test("what is reset, or begun again with other settings, is forgotten; a live change goes on", async (context) => {
  const { run, train, pass, edit, database } = await page(context);
  await train("50 at 0.1", { done: 10 });
  assert.equal(database.entries.length, 1);
  await run.reset();
  await pass(REST + 100);
  assert.deepEqual(database.known, []);
  await train("50 at 0.1", { done: 20 });
  await edit({ rate: "0.5" });
  await train("50 at 0.5", { done: 25 });
  assert.deepEqual(database.known, [["net", "50 at 0.5", 25]]);
  await edit({ hidden: "60" });
  await pass(REST + 100);
  assert.deepEqual(database.known, []);
});

test("a live change right after a reload is kept as well", async (context) => {
  const first = await page(context);
  await first.train("50 at 0.1", { done: 10 });
  const next = await page(context, { database: first.database });
  await next.edit({ rate: "0.5" });
  await next.pass(REST + 100);
  assert.deepEqual(first.database.known, [["net", "50 at 0.5", 10]]);
});

test("labs that are left are kept, several networks of one too", async (context) => {
  const { run, visit, advance, pass, database } = await page(context, { lab: "race" });
  await run.play();
  advance("1", { done: 5 });
  advance("2", { done: 7, phase: "diverged" });
  await visit("net");
  await run.play();
  advance("50 at 0.1", { done: 3 });
  await visit("figure");
  await pass(REST + 100);
  assert.deepEqual(database.known.sort(), [
    ["net", "50 at 0.1", 3],
    ["race", "1", 5],
    ["race", "2", 7],
  ]);
  const next = await page(context, { database, lab: "figure" });
  assert.equal(database.reads, 0, "no mark is read before its lab is opened");
  await next.visit("race");
  assert.deepEqual(next.shown(), [5, 7]);
  assert.equal(database.reads, 2);
  await next.visit("net");
  assert.deepEqual(next.shown(), [3]);
});

test("a file's network is kept although it has not learned", async (context) => {
  const { run, pass, database } = await page(context);
  await run.useFile(new Uint8Array(9));
  await pass(REST + 100);
  assert.deepEqual(database.known, [["net", "50 at 0.1", 0]]);
  const next = await page(context, { database });
  assert.equal(next.store.state.run.source, "file");
});

for (const [harm, spoil] of /** @type {[string, (entry: [any, any]) => void][]} */ ([
  ["of another version", ([key]) => (key[2] = "1 core-2.wasm")],
  ["under a key of another kind", ([key]) => (key[1] = "task")],
  ["with a negative count", ([key]) => (key[5] = -1)],
  ["that is not there", (entry) => (entry[1] = undefined)],
  ["of another length", (entry) => (entry[1] = new Uint8Array(3))],
  ["that is no bytes", (entry) => (entry[1] = "mark")],
])) {
  test(`a mark ${harm} is forgotten, and the lab opens as usual`, async (context) => {
    const first = await page(context);
    await first.train("50 at 0.1", { done: 30 });
    const { database } = first;
    spoil(database.entries[0]);
    const { store, shown, pass } = await page(context, { database });
    assert.deepEqual(shown(), [0]);
    assert.equal(store.state.run.source, "pretrained");
    await pass(REST + 100);
    assert.deepEqual([store.state.notices, database.known], [[], []]);
  });
}

for (const fatal of [false, true]) {
  test(`a mark that the core ${fatal ? "dies of" : "refuses"} is forgotten, and the lab opens as usual`, async (context) => {
    const first = await page(context);
    await first.train("50 at 0.1", { done: 30 });
    const { database } = first;
    const refuses = (/** @type {any} */ { type, mark }) =>
      type === "open" && mark ? { code: "wrong-kind", field: "mark", message: "no" } : null;
    const { store, shown, pass, workers } = await page(context, {
      database,
      refuses: (message, worker) => {
        if (fatal && refuses(message)) queueMicrotask(() => worker.die());
        return fatal ? null : refuses(message);
      },
    });
    await pass(200);
    assert.deepEqual(shown(), [0]);
    assert.equal(store.state.run.source, "pretrained");
    assert.equal(store.state.run.opening, false);
    if (!fatal) assert.deepEqual(store.state.notices, []);
    await pass(REST + 100);
    assert.deepEqual(database.known, []);
    assert.equal(workers.length, fatal ? 2 : 1, "no worker dies of it twice");
  });
}

test("the last ones are kept, within the budget", async (context) => {
  const { database, visit, train } = await page(context, { lab: "race" });
  for (let at = 0; at < MOST + 3; at += 1) {
    await visit("race", { list: String(at) });
    await train(String(at), { done: 1 });
  }
  assert.equal(database.entries.length, MOST);
  assert.ok(!database.known.some(([, task]) => ["0", "1", "2"].includes(String(task))));
  // A large one makes room for itself.
  const [key, bytes] = database.entries[MOST - 1];
  key[6] = MOST_BYTES - 3 * bytes.length;
  const next = await page(context, { database, lab: "figure" });
  assert.equal(next.store.state.kept.networks, 4);
  assert.ok(next.store.state.kept.bytes <= MOST_BYTES);
  assert.equal(database.entries.length, 4);
});

test("a run of more jobs than are kept is kept not at all", async (context) => {
  const list = Array.from({ length: MOST + 1 }, (_, at) => String(at)).join();
  const { run, workers, pass, database } = await page(context, { lab: "race", settings: { list } });
  await run.play();
  await pass(500);
  // They are dealt out a few at a time.
  for (const job of workers.at(-1)?.jobs.keys() ?? []) workers.at(-1)?.advance(job, { done: 2 });
  run.pause();
  await pass(REST + 100);
  assert.equal(database.known.length, 0);
});

test("what is forgotten while it is being written does not come", async (context) => {
  const { run, advance, pass, database, keeping } = await page(context);
  let letGo = () => {};
  const free = new Promise((resolve) => (letGo = () => resolve(null)));
  const change = database.change.bind(database);
  database.change = async (...given) => {
    database.change = change;
    await free;
    await change(...given);
  };
  await run.play();
  advance("50 at 0.1", { done: 3 });
  keeping.hide();
  await pass();
  // A second write waits for the first, and is forgotten before its turn.
  advance("50 at 0.1", { done: 4 });
  await pass(BETWEEN);
  const forgetting = run.forget();
  letGo();
  await forgetting;
  await pass(REST + 100);
  assert.deepEqual(database.known, []);
});

test("forgotten, nothing is left here or there, and nothing comes back", async (context) => {
  const { run, store, shown, visit, train, pass, database, keeping } = await page(context, { lab: "race" });
  await train("1", { done: 5 });
  await visit("net");
  await train("50 at 0.1", { done: 3 });
  assert.equal(store.state.kept.networks, 2);
  await run.forget();
  await pass(REST + 100);
  keeping.end();
  assert.deepEqual([database.known, store.state.kept.networks], [[], 0]);
  assert.deepEqual([shown(), store.state.run.source], [[0], "pretrained"]);
  await visit("race");
  assert.deepEqual(shown(), [0, 0]);
});

test("a page whose storage is refused works without, and so does one in a page of someone else", async (context) => {
  for (const how of [{ database: new FakeDatabase({ refuses: true }) }, { embed: true }]) {
    const { run, store, train, shown, database, keeping } = await page(context, how);
    await train("50 at 0.1", { done: 3 });
    keeping.end();
    assert.deepEqual([shown(), store.state.notices, database.known], [[3], [], []]);
    await run.forget();
    assert.deepEqual(shown(), [0]);
  }
});

test("two pages with the same network: the last writer wins, and the other's work is left alone", async (context) => {
  const database = new FakeDatabase();
  const one = await page(context, { database });
  const other = await page(context, { database, lab: "race" });
  await other.train("1", { done: 9 });
  await one.train("50 at 0.1", { done: 4 });
  await one.run.reset();
  await one.pass(REST + 100);
  assert.deepEqual(database.known, [["race", "1", 9]]);
});
