import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerError, createClient } from "../../www/worker/client.js";
import {
  ProtocolError,
  checkCommand,
  checkReport,
  isFatal,
  problemOf,
  questions,
  transferables,
} from "../../www/worker/protocol.js";

const view = {
  phase: "ready",
  notice: null,
  numbers: [],
  table: null,
  charts: [{ name: "loss", bytes: new Uint8Array(3) }],
  canGoBack: false,
};

test("messages of the catalogue pass", () => {
  const messages = [
    { type: "ping", id: 1 },
    { type: "open", id: 2, run: 3, lab: "digits", settings: { seed: "1" }, lane: 0 },
    { type: "start", run: 3, pace: null },
    { type: "start", run: 3, pace: 0.5 },
    { type: "step", run: 3, count: 1 },
    { type: "ask", id: 4, run: 3, question: "read", rgba: new Uint8ClampedArray(4), width: 1, height: 1 },
    { type: "ask", id: 5, run: 3, question: "digits", truth: null, reading: 9, wrongOnly: true, most: 10 },
  ];
  for (const message of messages) assert.equal(checkCommand(message), message);
  assert.ok(checkReport({ type: "view", run: 1, lane: 0, view }));
  assert.ok(checkReport({ type: "failed", error: { code: "x", message: "y" }, fatal: true }));
});

test("everything else is refused", () => {
  const wrong = [
    null,
    7,
    [],
    {},
    { type: "toString" },
    { type: "__proto__" },
    { type: "ping" },
    { type: "ping", id: -1 },
    { type: "ping", id: 1.5 },
    { type: "open", id: 1, run: 1, lab: "x", settings: { a: 1 }, lane: 0 },
    { type: "open", id: 1, run: 1, lab: "x", settings: null, lane: 0 },
    { type: "start", run: 1, pace: 0 },
    { type: "start", run: 1, pace: Infinity },
    { type: "start", run: 1 },
    { type: "step", run: 1, count: 0 },
    { type: "load", id: 1, split: "validation", images: "a", labels: "b", total: 1 },
    { type: "ask", id: 1, run: 1, question: "constructor" },
    { type: "ask", id: 1, run: 1, question: "read", rgba: [0, 0, 0, 0], width: 1, height: 1 },
    { type: "ask", id: 1, run: 1, question: "digits", truth: 10, reading: null, wrongOnly: false, most: 1 },
  ];
  for (const message of wrong) assert.throws(() => checkCommand(message), ProtocolError);
  assert.throws(
    () => checkReport({ type: "view", run: 1, lane: 0, view: { ...view, charts: [{ name: "x" }] } }),
    ProtocolError,
  );
  assert.throws(() => checkReport({ type: "start", run: 1, pace: null }), ProtocolError);
});

test("every question has its parts listed", () => {
  assert.deepEqual(Object.keys(questions).sort(), [
    "confusion",
    "digits",
    "go-back",
    "load-weights",
    "read",
    "restore",
    "save",
    "save-npz",
    "snapshot",
    "test-image",
    "use-ready-made",
  ]);
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

test("traps and exhausted memory are fatal, refusals are not", () => {
  assert.ok(isFatal(new WebAssembly.RuntimeError("unreachable")));
  assert.ok(isFatal(new RangeError("Maximum call stack size exceeded")));
  assert.ok(
    isFatal(new Error("recursive use of an object detected which would lead to unsafe aliasing in rust")),
  );
  assert.ok(!isFatal(Object.assign(new Error("no"), { code: "outside-range" })));
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

test("a silent worker is asked whether it lives and then declared dead", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const pass = (/** @type {number} */ milliseconds) => {
    for (let at = 0; at < milliseconds; at += 250) {
      now += 250;
      context.mock.timers.tick(250);
    }
  };
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

test("nobody watches a worker of whom nothing is expected", (context) => {
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
