import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { AnswerError, createClient } from "../../www/worker/client.js";
import {
  ProtocolError,
  checkCommand,
  checkReport,
  commands,
  isFatal,
  problemOf,
  questions,
  transferables,
} from "../../www/worker/protocol.js";

const report = {
  phase: "ready",
  done: 3,
  of: null,
  seconds: 0.5,
  examples: 300,
  wayBack: null,
  bytes: new Uint8Array(3),
};
const task = new Uint8Array(5);

test("messages of the catalogue pass", () => {
  const rgba = new Uint8ClampedArray(4);
  const pixels = new Float32Array(784);
  const files = { images: new Uint8Array(2), labels: new Uint8Array(2) };
  const messages = [
    { type: "ping", id: 1 },
    { type: "shard", id: 1, set: "mnist", split: "train", index: 0, total: 60_000, ...files },
    { type: "open", id: 2, job: 3, task, mark: null },
    { type: "open", id: 2, job: 3, task, mark: new Uint8Array(9) },
    { type: "change", id: 2, job: 3, task },
    { type: "close", job: 3 },
    { type: "look", id: 4, job: 3, step: 812, toward: 0 },
    { type: "look", id: 4, job: 3, step: null, toward: 1 },
    { type: "mark", id: 4, job: 0 },
    { type: "start", pace: null },
    { type: "start", pace: 0.5 },
    { type: "start", pace: "slow-start" },
    { type: "pause" },
    { type: "step", count: 1 },
    { type: "watch", wants: ["weights"], every: 40 },
    { type: "ask", id: 4, job: 3, question: "predict", rgba, width: 1, height: 1 },
    { type: "ask", id: 4, job: 3, question: "layers", pixels },
    { type: "ask", id: 4, job: 3, question: "contributions", pixels, output: 9 },
    {
      type: "ask",
      id: 5,
      job: 3,
      question: "digits",
      actual: null,
      predicted: 9,
      mistakesOnly: true,
      most: 10,
    },
  ];
  for (const message of messages) assert.equal(checkCommand(message), message);
  assert.ok(checkReport({ type: "reports", reports: [{ job: 1, report }] }));
  assert.ok(checkReport({ type: "reports", reports: [] }));
  assert.ok(checkReport({ type: "failed", error: { code: "x", message: "y" }, fatal: true }));
  assert.ok(checkReport({ type: "failed", error: { code: "x", message: "y" }, fatal: false, job: 3 }));
});

test("everything else is refused", () => {
  const open = { type: "open", id: 1, job: 1, task, mark: null };
  const shard = {
    type: "shard",
    id: 1,
    set: "mnist",
    split: "train",
    index: 0,
    images: task,
    labels: task,
    total: 1,
  };
  const digits = {
    type: "ask",
    id: 1,
    job: 1,
    question: "digits",
    actual: 1,
    predicted: null,
    mistakesOnly: false,
    most: 1,
  };
  const wrong = [
    null,
    7,
    [],
    {},
    { type: "toString" },
    { type: "__proto__" },
    { type: ["ping"], id: 1 },
    { type: "ping" },
    { type: "ping", id: -1 },
    { type: "ping", id: 1.5 },
    { ...open, job: undefined },
    { ...open, job: -1 },
    { ...open, task: [1, 2] },
    { ...open, mark: undefined },
    { type: "start", pace: 0 },
    { type: "start", pace: Infinity },
    { type: "start", pace: "slow" },
    { type: "start" },
    { type: "start" },
    { type: "step", count: 0 },
    { type: "watch", wants: [7], every: 40 },
    { type: "watch", wants: "weights", every: 40 },
    { type: "watch", wants: [], every: NaN },
    { ...shard, split: "validation" },
    { ...shard, set: "iris" },
    { ...shard, set: { toString: () => "mnist" } },
    { ...shard, index: -1 },
    { ...shard, total: -1 },
    { type: "ask", id: 1, job: 1, question: "constructor" },
    { type: "ask", id: 1, job: 1, question: "predict", rgba: [0, 0, 0, 0], width: 1, height: 1 },
    { type: "ask", id: 1, job: 1, question: "layers", pixels: [0.5] },
    { ...digits, actual: "1" },
    { ...digits, actual: 256 },
    { ...digits, predicted: undefined },
  ];
  for (const message of wrong) assert.throws(() => checkCommand(message), ProtocolError);
  for (const part of [
    { phase: "running" },
    { done: -1 },
    { done: "3" },
    { of: undefined },
    { seconds: NaN },
    { bytes: null },
  ]) {
    const reports = [{ job: 1, report: { ...report, ...part } }];
    assert.throws(() => checkReport({ type: "reports", reports }), ProtocolError, JSON.stringify(part));
  }
  assert.throws(() => checkReport({ type: "reports", reports: [{ report }] }), ProtocolError);
  assert.throws(() => checkReport({ type: "start", pace: null }), ProtocolError);
});

test("every question and every command is known to the worker, and no other", async () => {
  const source = await readFile(new URL("../../www/worker/worker.js", import.meta.url), "utf8");
  const names = (/** @type {string} */ table) => {
    const [, body] = source.match(new RegExp(`const ${table} = \\{\n([\\s\\S]*?)\n\\};`)) ?? [];
    return [...body.matchAll(/^ {2}"?([\w-]+)"?:/gm)].map(([, name]) => name).sort();
  };
  assert.deepEqual(names("ask"), Object.keys(questions).sort());
  assert.deepEqual([...names("answers"), ...names("orders")].sort(), Object.keys(commands).sort());
  const asked = Object.entries(commands).filter(([, parts]) => Object.hasOwn(parts, "id"));
  assert.deepEqual(names("answers"), asked.map(([name]) => name).sort());
});

test("whole buffers are handed over once each, parts of larger ones are not", () => {
  const one = new Uint8Array(4);
  const part = new Uint8Array(new ArrayBuffer(8), 2, 4);
  assert.deepEqual(
    transferables({ type: "x", a: one, b: [one, part], c: { d: { e: new Float32Array(2) } } }).length,
    2,
  );
  assert.deepEqual(transferables({ type: "x" }), []);
});

test("traps and exhausted stacks are fatal, refusals and other range errors are not", () => {
  const aliasing = "recursive use of an object detected which would lead to unsafe aliasing in rust";
  assert.ok(isFatal(new WebAssembly.RuntimeError("unreachable")));
  assert.ok(isFatal(new RangeError("Maximum call stack size exceeded")));
  assert.ok(isFatal(Object.assign(new Error("too much recursion"), { name: "InternalError" })));
  assert.ok(isFatal(new Error(aliasing)));
  assert.ok(!isFatal(new RangeError("Invalid typed array length: -1")));
  assert.ok(!isFatal(new RangeError("Array buffer allocation failed")));
  assert.ok(!isFatal(Object.assign(new Error("no"), { code: "outside-range" })));
  assert.ok(!isFatal("Maximum call stack"));
});

test("an error keeps its parts, and whatever is thrown becomes one", () => {
  const error = Object.assign(new Error("learningRate is 11"), {
    code: "outside-range",
    field: "learningRate",
    value: 11,
    allowed: "0 … 10",
    at: 3,
  });
  assert.deepEqual(problemOf(error), {
    code: "outside-range",
    field: "learningRate",
    value: "11",
    allowed: "0 … 10",
    at: 3,
    message: "learningRate is 11",
  });
  assert.equal(problemOf("boom").message, "boom");
  assert.equal(problemOf(undefined).code, "unexpected");
});

/** A worker of the test's own: notes what it is sent, says what the test wants it to say. */
function stage() {
  /** @type {any} */
  const worker = {
    sent: [],
    terminated: false,
    postMessage: (message) => worker.sent.push(message),
    terminate: () => (worker.terminated = true),
  };
  /** @type {any[]} */
  const reports = [];
  /** @type {any[]} */
  const deaths = [];
  const client = createClient({
    spawn: () => worker,
    report: (message) => reports.push(message),
    died: (problem) => deaths.push(problem),
  });
  const say = (/** @type {any} */ data) => worker.onmessage({ data });
  return { worker, client, reports, deaths, say };
}

test("answers find their questions, in whatever order they come", async () => {
  const { client, worker, say } = stage();
  const first = client.ask({ type: "ping" });
  const second = client.ask({ type: "ping" });
  say({ type: "result", id: worker.sent[1].id, value: "b" });
  say({ type: "result", id: worker.sent[0].id, value: "a" });
  assert.deepEqual(await Promise.all([first, second]), ["a", "b"]);
  client.end();
});

test("a refusal rejects its question and leaves the worker alone", async () => {
  const { client, worker, say, deaths } = stage();
  const asked = client.ask({ type: "ping" });
  say({
    type: "failed",
    id: worker.sent[0].id,
    error: { code: "truncated", message: "short" },
    fatal: false,
  });
  await assert.rejects(
    asked,
    (error) => error instanceof AnswerError && error.problem.code === "truncated" && !error.fatal,
  );
  assert.deepEqual(deaths, []);
  client.end();
});

test("a trap ends the worker once and rejects all that is open", async () => {
  const { client, worker, say, deaths } = stage();
  const asked = [client.ask({ type: "ping" }), client.ask({ type: "ping" })];
  say({
    type: "failed",
    id: worker.sent[0].id,
    error: { code: "unexpected", message: "unreachable" },
    fatal: true,
  });
  for (const each of asked)
    await assert.rejects(each, (error) => error instanceof AnswerError && error.fatal);
  await assert.rejects(client.ask({ type: "ping" }));
  assert.ok(worker.terminated);
  assert.equal(deaths.length, 1);
});

/** @param {import("node:test").TestContext} context */
function clockOf(context) {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let now = 0;
  context.mock.method(performance, "now", () => now);
  return {
    /** Lets time pass with all that is due in it. @param {number} milliseconds */
    pass(milliseconds) {
      for (let at = 0; at < milliseconds; at += 250) {
        now += 250;
        context.mock.timers.tick(250);
      }
    },
    /** The machine sleeps: time passes and nothing happens. @param {number} milliseconds */
    sleep(milliseconds) {
      now += milliseconds;
      context.mock.timers.tick(250);
    },
  };
}

test("a silent worker is asked whether it lives and then declared dead", (context) => {
  const { pass } = clockOf(context);
  const { client, worker, say, deaths } = stage();
  client.expectReports(true);
  pass(2250);
  assert.equal(worker.sent.at(-1).type, "ping");
  say({ type: "result", id: worker.sent.at(-1).id, value: null });
  pass(2000);
  assert.equal(deaths.length, 0);
  pass(2500);
  assert.equal(deaths.length, 1);
  assert.equal(deaths[0].code, "worker-lost");
});

test("a worker whose script takes long to load is given the time", async (context) => {
  const { pass } = clockOf(context);
  const { client, say, worker, deaths } = stage();
  const booted = client.ask({ type: "boot" });
  pass(25_000);
  assert.equal(deaths.length, 0);
  say({ type: "result", id: worker.sent[0].id, value: null });
  await booted;
  client.expectReports(true);
  pass(5000);
  assert.equal(deaths.length, 1, "from its first word on its silence counts");
  const other = stage();
  other.client.expectReports(true);
  pass(35_000);
  assert.equal(other.deaths.length, 1, "but not all the time");
});

test("a worker is not declared dead for what passed while the machine slept", (context) => {
  const { pass, sleep } = clockOf(context);
  const { client, worker, say, deaths } = stage();
  client.expectReports(true);
  pass(2250);
  assert.equal(worker.sent.at(-1).type, "ping", "just before it fell asleep");
  const ping = worker.sent.at(-1);
  sleep(60_000);
  assert.equal(deaths.length, 0, "its answer is still to be delivered");
  say({ type: "result", id: ping.id, value: null });
  pass(2000);
  sleep(60_000);
  pass(1000);
  assert.equal(deaths.length, 0);
  pass(5000);
  assert.equal(deaths.length, 1, "silence while awake still counts");
});

test("a worker that dies before it said anything is known as such", async () => {
  /** @type {any[]} */
  const begun = [];
  /** @type {any} */
  const worker = { postMessage() {}, terminate() {} };
  createClient({ spawn: () => worker, report() {}, died: (_, value) => begun.push(value) });
  worker.onerror({ preventDefault() {}, message: "" });
  assert.deepEqual(begun, [false]);
});

test("a worker of which nothing is expected is not watched", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const { client, worker, deaths } = stage();
  client.expectReports(true);
  client.expectReports(false);
  now = 60_000;
  context.mock.timers.tick(60_000);
  assert.deepEqual([worker.sent, deaths], [[], []]);
});
