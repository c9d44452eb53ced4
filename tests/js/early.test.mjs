import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { first, firstTestDigit, list, others, outputKeys } from "../../www/pkg/catalogue.js";
import { createEarly } from "../../www/early.js";
import { createOpenings } from "../../www/openings.js";
import { createActions } from "../../www/actions.js";
import { createShellActions } from "../../www/shell-actions.js";
import { createStore } from "../../www/state/store.js";
import { initialState, reduce } from "../../www/state/reducer.js";

describe("before the core is there", () => {
  let store, shell, early, come, done, openings;
  /** @type {any} */
  let reader;
  /** Whether what trains has come, too. */
  let trained = false;

  beforeEach(async () => {
    trained = false;
    Object.assign(globalThis, { location: { hash: "#/digits?learningRate=0.5&nonsense=1" } });
    store = createStore(reduce, initialState("en"));
    openings = createOpenings({
      list,
      first,
      others: { ...others, graph: () => Promise.reject(new Error("offline")) },
    });
    store.dispatch({ type: "catalogue-loaded", catalogue: openings.labs() });
    reader = { asked: 0, ready: async () => void (reader.asked += 1), read: () => ({ digit: 1 }) };
    done = [];
    const coming = new Promise((resolve) => {
      come = () => {
        const note = (name) => [name, (...given) => (done.push([name, ...given]), name)];
        resolve(Object.fromEntries(["edit", "play", "ask", "readAddress", "remedy", "watch"].map(note)));
        return coming;
      };
    });
    shell = createShellActions({ store, outputKeys, firstTestDigit });
    early = createEarly({ store, openings, reader, coming, trains: () => trained, shell });
    await early.actions.readAddress();
  });

  test("the state has the lab of the address, its values as they are spelled, and its run as it will open", async () => {
    const { lab, drafts, run } = store.state;
    assert.equal(lab, "digits");
    assert.deepEqual(drafts.digits, { learningRate: "0.5" });
    assert.deepEqual([run.jobs.length, run.source, run.opening], [1, "pretrained", true]);
    assert.ok(early.sheet().head.numbers.some(({ name }) => name === "iteration"));
    assert.equal(early.sheet(), early.sheet());
    location.hash = "#/descent?steps=3";
    await early.actions.readAddress();
    assert.deepEqual([store.state.lab, store.state.run.source], ["descent", "seed"]);
    assert.deepEqual(store.state.drafts.descent, { steps: "3" });
  });

  test("the last of two addresses wins, whichever lab is known first, and the core's word goes before", async () => {
    /** @type {string[]} */
    const places = [];
    const dispatch = store.dispatch;
    store.dispatch = (/** @type {any} */ event) => {
      if (event.type === "place-chosen") places.push(event.lab);
      dispatch(event);
    };
    location.hash = "#/convolution";
    const slow = early.actions.readAddress();
    location.hash = "#/digits?hidden=20";
    await early.actions.readAddress();
    await slow;
    assert.equal(store.state.lab, "digits");
    assert.deepEqual(store.state.drafts.digits, { hidden: "20" });
    assert.deepEqual(places, ["digits"], "nothing goes there twice");
    location.hash = "#/overfitting";
    const overtaken = early.actions.readAddress();
    await come();
    await overtaken;
    assert.equal(store.state.lab, "digits", "the core goes there");
    assert.deepEqual(done, [["readAddress"]]);
  });

  test("a lab whose description does not come has its title, and no controls until the core is there", async () => {
    location.hash = "#/graph";
    await early.actions.readAddress();
    const { lab, catalogue } = store.state;
    assert.equal(lab, "graph");
    assert.deepEqual(catalogue.find(({ id }) => id === "graph").fields, []);
    assert.notEqual(catalogue.find(({ id }) => id === "graph").title.en, "");
    location.hash = "#/constructor";
    await early.actions.readAddress();
    assert.equal(store.state.lab, "digits", "no lab has this name");
  });

  test("of another form of the network nothing is read before the core knows which one it is", async () => {
    location.hash = "#/digits?hidden=20";
    await early.actions.readAddress();
    assert.equal(store.state.run.source, "seed");
    await come();
    assert.equal(await early.actions.ask("predict", {}), "ask");
  });

  test("there is every action that the core has", () => {
    const run = /** @type {any} */ (new Proxy({}, { get: () => () => {} }));
    const all = createActions({
      store,
      run,
      own: run,
      check: /** @type {any} */ (null),
      drag: /** @type {any} */ (null),
      shell,
    });
    assert.deepEqual(Object.keys(early.actions).sort(), Object.keys(all).sort());
  });

  test("what is asked of the core waits for it and is done in its order; the language does not wait", async () => {
    early.actions.edit({ hidden: "30" });
    const played = early.actions.play();
    early.actions.chooseLanguage("zh");
    assert.equal(store.state.language, "zh");
    assert.deepEqual(done, []);
    await come();
    assert.equal(await played, "play");
    assert.deepEqual(done, [["edit", { hidden: "30" }], ["play"]]);
    early.actions.watch("curves", true);
    assert.deepEqual(done.at(-1), ["watch", "curves", true]);
  });

  test("the reader reads until the network is in a worker, and what it cannot read the core does", async () => {
    assert.deepEqual(await early.actions.ask("predict", {}), { digit: 1 });
    const other = early.actions.ask("test-image", { index: 3 });
    await come();
    assert.equal(await other, "ask");
    assert.deepEqual(await early.actions.ask("predict", {}), { digit: 1 });
    assert.equal(reader.asked, 2, "what trains is not there yet");
    trained = true;
    const steps = { fit: true, centre: false };
    assert.equal(await early.actions.ask("predict", { steps }), "ask", "the reader leaves out no step");
    const all = { fit: true, centre: true };
    assert.deepEqual(await early.actions.ask("predict", { steps: all }), { digit: 1 });
    reader.read = () => undefined;
    assert.equal(await early.actions.ask("predict", {}), "ask");
    reader.read = () => ({ digit: 1 });
    const report = {
      phase: "ready",
      done: 0,
      of: null,
      seconds: 0,
      examples: 0,
      wayBack: null,
      bytes: new Uint8Array(),
    };
    store.dispatch({ type: "reports-arrived", reports: [{ job: 0, report }] });
    assert.equal(await early.actions.ask("predict", {}), "ask");
    assert.equal(reader.asked, 2, "not once another can read");
  });
});
