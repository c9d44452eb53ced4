import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOW_START, isPace, stepsPerSecond } from "../../www/worker/pace.js";
import { SLICE, createTurns } from "../../www/worker/turns.js";

/**
 * A worker on a clock of the test's own. A step takes `cost` milliseconds, an evaluation `evaluation`.
 * @param {import("node:test").TestContext} context
 * @param {{ cost?: number, evaluation?: number, limit?: number }} [how]
 */
function stage(context, { cost = 4, evaluation = 30, limit = Infinity } = {}) {
  let now = 0;
  context.mock.method(performance, "now", () => now);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** The jobs that worked, in order. @type {string[]} */
  const log = [];
  /** @type {Map<number, { done: number, left: number, waiting?: boolean, broken?: boolean, survey?: number }>} */
  const jobs = new Map();
  const job = (/** @type {number} */ id) => {
    const found = jobs.get(id) ?? { done: 0, left: 0 };
    jobs.set(id, found);
    return found;
  };
  const spend = (/** @type {number} */ time) => (now += time);
  const workshop = {
    work(/** @type {number} */ id, /** @type {number} */ budget) {
      const each = job(id);
      if (each.broken) throw new Error("broken");
      log.push(`work ${id}`);
      let steps = 0;
      for (const begun = now; now - begun < budget && each.done < limit && !each.waiting; steps += 1) {
        each.done += 1;
        spend(cost);
      }
      return { steps, more: each.done < limit && !each.waiting };
    },
    step(/** @type {number} */ id, /** @type {number} */ count, /** @type {number} */ budget) {
      const each = job(id);
      let steps = 0;
      log.push(`step ${id}`);
      for (const begun = now; now - begun < budget && steps < count && !each.waiting; steps += 1) {
        each.done += 1;
        spend(cost);
      }
      return { steps, more: !each.waiting };
    },
    evaluate(/** @type {number} */ id) {
      job(id).left = evaluation;
    },
    finishEvaluation(/** @type {number} */ id, /** @type {number} */ budget) {
      const each = job(id);
      log.push(`evaluate ${id}`);
      const time = Math.min(budget, each.left);
      each.left -= time;
      spend(time);
      return each.left > 0;
    },
    survey(/** @type {number} */ id, /** @type {string[]} */ wants, /** @type {number} */ budget) {
      const each = job(id);
      log.push(`survey ${id} ${wants.join()}`);
      const time = Math.min(budget, each.survey ?? 0);
      each.survey = (each.survey ?? 0) - time;
      spend(time);
      return each.survey > 0;
    },
    report: (/** @type {number} */ id, /** @type {string[]} */ wants) =>
      /** @type {any} */ ({ done: job(id).done, wants: [...wants] }),
  };
  /** @type {{ at: number, reports: { job: number, report: any }[] }[]} */
  const reports = [];
  /** @type {[number, string][]} */
  const failures = [];
  /** @type {(() => void)[]} */
  const hops = [];
  const turns = createTurns({
    workshop,
    report: (found) => reports.push({ at: now, reports: found }),
    failed: (id, error) => failures.push([id, String(error)]),
    hop: (work) => hops.push(work),
  });
  /** Works and lets time pass. @param {number} milliseconds */
  const run = (milliseconds) => {
    const end = now + milliseconds;
    while (now < end) {
      const before = now;
      hops.splice(0).forEach((work) => work());
      if (now === before) now += 1;
      context.mock.timers.tick(now - before);
    }
  };
  return { turns, log, jobs: job, reports, failures, hops, run, now: () => now };
}

test("jobs work in turn, a slice each, and messages pass between", (context) => {
  const { turns, log, run, hops } = stage(context);
  for (const job of [1, 2, 3]) turns.add(job);
  turns.start(null);
  assert.equal(hops.length, 1);
  run(9 * SLICE);
  assert.deepEqual(log.slice(0, 7), ["work 1", "work 2", "work 3", "work 1", "work 2", "work 3", "work 1"]);
  assert.equal(hops.length, 1, "one hop at a time");
});

test("a pause is heard after a slice, and the evaluation after it is made in slices too", (context) => {
  const { turns, log, run, reports, jobs } = stage(context, { evaluation: 100 });
  turns.add(1);
  turns.start(null);
  run(60);
  const { done } = jobs(1);
  turns.pause();
  log.length = 0;
  run(300);
  assert.equal(jobs(1).done, done, "not one more step");
  assert.deepEqual(new Set(log), new Set(["evaluate 1"]));
  assert.equal(log.length, Math.ceil(100 / SLICE));
  assert.equal(reports.at(-1)?.reports[0].report.done, done);
});

test("mistakes that are on screen are told as they are found", (context) => {
  const { turns, run, reports } = stage(context, { evaluation: 1000 });
  turns.add(1);
  turns.watch({ wants: ["mistakes"], every: 40 });
  run(600);
  assert.ok(reports.length > 3, `${reports.length} reports before it has ended`);
});

test("Play goes on in the middle of such an evaluation", (context) => {
  const { turns, log, run } = stage(context, { evaluation: 1000 });
  turns.add(1);
  turns.start(null);
  run(30);
  turns.pause();
  run(30);
  turns.start(null);
  log.length = 0;
  run(30);
  assert.deepEqual(new Set(log), new Set(["work 1"]));
});

test("single steps are taken one for one, in slices, before the evaluation that follows the last", (context) => {
  const { turns, log, run, jobs } = stage(context, { cost: 20, evaluation: 30 });
  turns.add(1);
  turns.add(2);
  run(400);
  log.length = 0;
  turns.step(3);
  run(30);
  turns.step(2);
  run(1000);
  assert.deepEqual([jobs(1).done, jobs(2).done], [5, 5]);
  const kinds = log.map((entry) => entry.split(" ")[0]);
  assert.equal(kinds.lastIndexOf("step") < kinds.indexOf("evaluate"), true, log.join());
});

test("steps that wait for data are taken when it has come", (context) => {
  const { turns, run, jobs } = stage(context);
  turns.add(1);
  run(400);
  jobs(1).waiting = true;
  turns.step(1);
  run(400);
  assert.equal(jobs(1).done, 0);
  jobs(1).waiting = false;
  turns.dataArrived();
  run(50);
  assert.equal(jobs(1).done, 1);
});

for (const { pace, title, least, most } of [
  { pace: 1000, title: "reports are as far apart as was asked", least: 80, most: 120 },
  {
    pace: null,
    title: "reports are more than three times as far apart at full speed",
    least: 260,
    most: 300,
  },
])
  test(`${title}, whatever many jobs there are`, (context) => {
    const { turns, run, reports } = stage(context);
    turns.watch({ wants: [], every: 80 });
    for (let job = 0; job < 8; job += 1) turns.add(job);
    turns.start(pace);
    run(3000);
    const gaps = reports.slice(1).map(({ at }, index) => at - reports[index].at);
    assert.ok(gaps.length >= 8 && gaps.every((gap) => gap >= least && gap <= most), gaps.join());
    const told = new Set(reports.flatMap(({ reports: found }) => found.map(({ job }) => job)));
    assert.equal(told.size, 8);
  });

test("the last report of a job comes by itself", (context) => {
  const { turns, run, reports, log } = stage(context, { limit: 7 });
  turns.add(1);
  turns.start(null);
  run(500);
  assert.equal(reports.at(-1)?.reports[0].report.done, 7);
  log.length = 0;
  run(500);
  assert.deepEqual(log, [], "nothing is left to do");
});

test("what comes into view is reported at once, even of a run that rests", (context) => {
  const { turns, run, reports } = stage(context);
  turns.add(1);
  run(1000);
  const before = reports.length;
  turns.watch({ wants: ["weights"], every: 40 });
  run(50);
  assert.equal(reports.length, before + 1);
  assert.deepEqual(reports.at(-1)?.reports[0].report.wants, ["weights"]);
  turns.watch({ wants: [], every: 1000 });
  run(50);
  assert.equal(reports.length, before + 1, "what leaves the view is not worth a report");
});

test("at a pace all jobs step together and are shown together", (context) => {
  const { turns, run, jobs, reports } = stage(context, { cost: 1 });
  for (const job of [1, 2, 3]) turns.add(job);
  run(400);
  reports.length = 0;
  turns.start(10);
  run(1050);
  for (const job of [1, 2, 3]) assert.ok(Math.abs(jobs(job).done - 11) <= 1, String(jobs(job).done));
  for (const { reports: found } of reports) {
    assert.deepEqual(
      found.map(({ job }) => job),
      [1, 2, 3],
    );
    assert.equal(new Set(found.map(({ report }) => report.done)).size, 1);
  }
  assert.ok(reports.length >= 9, String(reports.length));
});

test("a machine that cannot keep up still looks at its messages and does not race on after a pause", (context) => {
  const { turns, run, jobs, hops } = stage(context, { cost: 30 });
  turns.add(1);
  turns.start(1000);
  run(3000);
  assert.ok(hops.length <= 1);
  assert.ok(jobs(1).done <= 101, String(jobs(1).done));
  turns.pause();
  const { done } = jobs(1);
  run(1000);
  assert.equal(jobs(1).done, done);
});

test("a job that fails is told of once and the others work on", (context) => {
  const { turns, run, jobs, failures } = stage(context);
  turns.add(1);
  turns.add(2);
  jobs(1).broken = true;
  turns.start(null);
  run(200);
  assert.deepEqual(failures, [[1, "Error: broken"]]);
  assert.ok(jobs(2).done > 10);
});

test("a job that is removed is neither worked nor reported any more", (context) => {
  const { turns, run, log, reports } = stage(context);
  turns.add(1);
  turns.add(2);
  turns.start(null);
  run(100);
  turns.remove(1);
  log.length = reports.length = 0;
  run(200);
  assert.ok(log.every((entry) => entry.endsWith(" 2")));
  assert.ok(reports.every(({ reports: found }) => found.every(({ job }) => job === 2)));
});

test("a slow start takes 2.5 s for 100 steps and 3 s more for 600, then there is no limit", () => {
  const until = (/** @type {number} */ steps) =>
    Array.from({ length: steps }, (_, done) => 1 / Number(stepsPerSecond(SLOW_START, done))).reduce(
      (sum, seconds) => sum + seconds,
    );
  assert.ok(Math.abs(until(100) - 2.5) < 0.1, String(until(100)));
  assert.ok(Math.abs(until(600) - 5.5) < 0.2, String(until(600)));
  for (let done = 1; done < 600; done += 1)
    assert.ok(
      Number(stepsPerSecond(SLOW_START, done)) > Number(stepsPerSecond(SLOW_START, done - 1)),
      "it never slows down",
    );
  assert.equal(stepsPerSecond(SLOW_START, 600), null);
  for (const done of [0, 599, 600]) {
    assert.equal(stepsPerSecond(null, done), null);
    assert.equal(stepsPerSecond(30, done), 30);
  }
  for (const pace of [null, 0.5, 30, SLOW_START]) assert.equal(isPace(pace), true, String(pace));
  for (const pace of [0, -1, NaN, Infinity, "30", "slow", undefined, {}]) assert.equal(isPace(pace), false);
});

test("a slow start depends on the steps done, not on when it was begun", (context) => {
  const { turns, run, jobs } = stage(context, { cost: 1 });
  turns.add(1);
  run(400);
  turns.start(SLOW_START);
  run(1000);
  turns.pause();
  const { done } = jobs(1);
  assert.ok(done > 10 && done < 40, `${done} after a second`);
  run(2000);
  turns.start(SLOW_START);
  run(1500);
  assert.ok(Math.abs(jobs(1).done - 100) < 12, `${jobs(1).done} after 2.5 s`);
  run(2800);
  assert.ok(jobs(1).done > 500 && jobs(1).done < 600, `${jobs(1).done} after 5.3 s`);
  run(300);
  assert.ok(jobs(1).done >= 600, `${jobs(1).done} after 5.6 s`);
  run(1000);
  const full = jobs(1).done;
  run(1000);
  assert.ok(jobs(1).done - full > 900, "then as fast as it goes");
});

test("another pace takes the place of a slow start at once, and one that goes on has no slow start", (context) => {
  const { turns, run, jobs } = stage(context, { cost: 1 });
  turns.add(1);
  run(400);
  turns.start(SLOW_START);
  run(500);
  const { done } = jobs(1);
  assert.ok(done < 20, String(done));
  turns.start(null);
  run(500);
  assert.ok(jobs(1).done > done + 400, String(jobs(1).done));
  // Another job, opened from a mark.
  turns.remove(1);
  turns.add(2, 5000);
  turns.start(SLOW_START);
  run(500);
  assert.ok(jobs(2).done > 400, String(jobs(2).done));
  // And taken back to its beginning.
  turns.changed(2, 0);
  const before = jobs(2).done;
  run(500);
  assert.ok(jobs(2).done - before < 20, String(jobs(2).done - before));
});

test("two jobs start slowly side by side and are shown together", (context) => {
  const { turns, run, jobs, reports } = stage(context, { cost: 1 });
  turns.add(1);
  turns.add(2);
  run(400);
  reports.length = 0;
  turns.start(SLOW_START);
  run(2000);
  assert.ok(Math.abs(jobs(1).done - jobs(2).done) <= 1, `${jobs(1).done} and ${jobs(2).done}`);
  const alone = reports.filter(({ reports: found }) => found.length < 2).length;
  assert.ok(alone <= 1, `${alone} of ${reports.length} reports were of one alone`);
});

test("what takes long and is on screen is done while a run rests, after its evaluation, and shown while it comes", (context) => {
  const { turns, log, run, reports, jobs } = stage(context, { evaluation: 30 });
  turns.add(1);
  turns.watch({ wants: ["landscape"], every: 40 });
  jobs(1).survey = 500;
  run(1000);
  const kinds = log.map((entry) => entry.split(" ")[0]);
  assert.ok(kinds.indexOf("survey") > kinds.lastIndexOf("evaluate"), log.join());
  assert.deepEqual(
    new Set(log.filter((entry) => entry.startsWith("survey"))),
    new Set(["survey 1 landscape"]),
  );
  assert.equal(jobs(1).survey, 0);
  assert.ok(reports.length > 4, `${reports.length} reports`);
  // It stands back while the run goes on, and is asked for again when that rests.
  jobs(1).survey = 500;
  turns.start(null);
  log.length = 0;
  run(100);
  assert.deepEqual(new Set(log), new Set(["work 1"]));
  turns.pause();
  run(1000);
  assert.equal(jobs(1).survey, 0);
});

test("what nobody sees is not computed, and begins once it comes into view", (context) => {
  const { turns, run, jobs } = stage(context);
  turns.add(1);
  jobs(1).survey = 100;
  run(1000);
  assert.equal(jobs(1).survey, 100);
  turns.watch({ wants: ["landscape"], every: 40 });
  run(1000);
  assert.equal(jobs(1).survey, 0);
});
