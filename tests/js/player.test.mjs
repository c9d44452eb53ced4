import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlayer } from "../../www/run/player.js";
import { createStore } from "../../www/state/store.js";
import { initialState, reduce } from "../../www/state/reducer.js";
import { presentMoment } from "../../www/state/selectors.js";

/**
 * A figure of `steps` steps on a clock of the test's own.
 * @param {import("node:test").TestContext} context
 * @param {number} steps
 */
function stage(context, steps) {
  let now = 0;
  context.mock.method(performance, "now", () => now);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const store = createStore(reduce, initialState("en"));
  /** @type {any} */
  const lab = { id: "walk", fields: [], slots: [], pace: 10 };
  store.dispatch({ type: "catalogue-loaded", catalogue: [lab] });
  store.dispatch({ type: "run-opened", jobs: [], steps, source: "seed", playing: false });
  return {
    store,
    player: createPlayer({ store }),
    step: () => presentMoment(store.state).step,
    /** @param {number} milliseconds */
    pass(milliseconds) {
      for (let left = milliseconds; left > 0; left -= 1) {
        now += 1;
        context.mock.timers.tick(1);
      }
    },
    /** The page is not run for a while. @param {number} milliseconds */
    stall(milliseconds) {
      now += milliseconds;
      context.mock.timers.tick(milliseconds);
    },
  };
}

test("a figure opens at its end; Play shows it from the beginning, and pauses at the end", (context) => {
  const { store, player, step, pass } = stage(context, 12);
  assert.equal(step(), 12);
  player.play();
  assert.deepEqual([step(), store.state.run.playing], [0, true]);
  pass(99);
  assert.equal(step(), 0, "the beginning can be seen");
  pass(2);
  assert.equal(step(), 1);
  pass(500);
  assert.equal(step(), 6);
  pass(2000);
  assert.deepEqual([step(), store.state.run.playing], [12, false]);
});

test("a pause keeps the place, and Play goes on from there", (context) => {
  const { player, step, pass } = stage(context, 100);
  player.play();
  pass(520);
  player.pause();
  pass(1000);
  assert.equal(step(), 5);
  player.play();
  assert.equal(step(), 5);
  pass(110);
  assert.equal(step(), 6);
});

test("a single step pauses; at the end it begins again", (context) => {
  const { store, player, step, pass } = stage(context, 3);
  player.step();
  assert.equal(step(), 1);
  player.play();
  player.step();
  assert.deepEqual([step(), store.state.run.playing], [2, false]);
  pass(1000);
  assert.equal(step(), 2);
  player.step();
  player.step();
  assert.equal(step(), 1);
  player.reset();
  assert.equal(step(), 0);
});

test("the pace may change on the way, and be faster than the page is drawn", (context) => {
  const { store, player, step, pass } = stage(context, 1000);
  player.play();
  pass(1005);
  assert.equal(step(), 10);
  store.dispatch({ type: "pace-chosen", pace: 250 });
  player.changePace();
  pass(1000);
  assert.ok(Math.abs(step() - 260) <= 4, String(step()));
});

test("what a stalled page has missed is not made up for", (context) => {
  const { player, step, pass, stall } = stage(context, 1000);
  player.play();
  pass(205);
  stall(20_000);
  assert.ok(step() <= 4, String(step()));
  pass(1000);
  assert.ok(step() <= 14, String(step()));
});
