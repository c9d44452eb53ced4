// The workers of the present run: one for each lane. Replaces a worker that died, and keeps each lane's last snapshot.

import { createClient } from "./client.js";
import { createShards } from "./shards.js";

/** @typedef {import("./protocol.js").Message} Message @typedef {import("./protocol.js").View} View */
/** @typedef {import("./protocol.js").Settings} Settings @typedef {import("./protocol.js").Problem} Problem */
/** @typedef {import("./protocol.js").Split} Split @typedef {import("./client.js").Client} Client */
/** @typedef {{ bytes: Uint8Array, iteration: number }} Snapshot */
/**
 * @typedef {{ client: Client, snapshot: Snapshot | null, iteration: number, snapshotAt: number, asking: boolean }} Lane
 *
 * @typedef {object} Reports
 * @property {(run: number, lane: number, view: View) => void} viewArrived
 * @property {(lane: number, report: Message) => void} loadingProgressed
 * @property {(lane: number, problem: Problem) => void} laneDied the lane already has a new worker, with no run in it
 * @property {(problem: Problem) => void} runFailed
 */

/** Milliseconds between two snapshots of a running lane. */
const BETWEEN_SNAPSHOTS = 2000;

/** @typedef {ReturnType<typeof createFleet>} Fleet */

/**
 * @param {object} options
 * @param {Promise<WebAssembly.Module>} options.module
 * @param {string} options.manifestUrl
 * @param {Reports} options.reports
 */
export function createFleet({ module, manifestUrl, reports }) {
  const shards = createShards(manifestUrl);
  /** The first worker starts with the page, long before it is known which lab is opened. @type {Lane[]} */
  const lanes = [makeLane(0)];
  /** @type {Set<Split>} */
  const wanted = new Set();
  let run = 0;
  let running = false;

  /**
   * @param {number} index
   * @returns {Lane}
   */
  function makeLane(index) {
    const client = createClient({
      spawn,
      report: (message) => heard(index, message),
      died: (problem) => replace(index, problem),
    });
    // Sent at once although the module may still be compiling: the worker's script loads meanwhile.
    module.then((compiled) => client.ask({ type: "boot", module: compiled })).catch(() => {});
    return { client, snapshot: null, iteration: 0, snapshotAt: 0, asking: false };
  }

  /**
   * @param {number} index
   * @param {Problem} problem
   */
  function replace(index, problem) {
    const { snapshot } = lanes[index];
    lanes[index] = { ...makeLane(index), snapshot };
    reports.laneDied(index, problem);
  }

  /**
   * @param {number} index
   * @param {Message} message
   */
  function heard(index, message) {
    if (message.type === "loading") reports.loadingProgressed(index, message);
    if (message.run !== run) return;
    if (message.type === "failed") reports.runFailed(message.error);
    if (message.type !== "view") return;
    noteIteration(lanes[index], message.view);
    reports.viewArrived(run, index, message.view);
    keepSnapshot(lanes[index]);
  }

  /** @param {Lane} lane */
  async function keepSnapshot(lane) {
    const fresh = performance.now() - lane.snapshotAt < BETWEEN_SNAPSHOTS;
    const moved = lane.iteration > 0 && lane.iteration !== lane.snapshot?.iteration;
    if (lane.asking || !moved || (running && fresh)) return;
    lane.asking = true;
    lane.snapshotAt = performance.now();
    const asked = run;
    try {
      const bytes = await lane.client.ask({ type: "ask", run, question: "snapshot" });
      if (asked === run) lane.snapshot = { bytes, iteration: lane.iteration };
    } catch {
      // A lane without a snapshot is offered from the start instead.
    } finally {
      lane.asking = false;
    }
  }

  /**
   * @param {Lane} lane
   * @param {View} view
   */
  function noteIteration(lane, view) {
    lane.iteration = Number(view.numbers.find(({ name }) => name === "iteration")?.value) || 0;
  }

  /** @param {Message} message */
  const tellAll = (message) => lanes.forEach(({ client }) => client.tell({ ...message, run }));

  /** @param {boolean} value */
  function setRunning(value) {
    running = value;
    for (const { client } of lanes) client.expectReports(value);
  }

  /**
   * Opens a run in one lane.
   * @param {number} index
   * @param {string} lab
   * @param {Settings} settings
   * @returns {Promise<View>}
   */
  async function openLane(index, lab, settings) {
    const lane = lanes[index];
    await module;
    const view = await lane.client.ask({ type: "open", run, lab, settings, lane: index });
    noteIteration(lane, view);
    // Lanes that need no data, such as those of a race on a formula, are not given any.
    if (wanted.size > 0 && (index === 0 || view.phase === "waiting")) bring(index).catch(() => {});
    return view;
  }

  /** @param {number} index */
  const bring = (index) => shards.bring(lanes[index].client, [...wanted]);

  return {
    /**
     * Opens a run in as many lanes as it needs.
     * @param {number} number
     * @param {string} lab
     * @param {Settings} settings
     * @param {number} count
     * @returns {Promise<View[]>}
     */
    open(number, lab, settings, count) {
      run = number;
      setRunning(false);
      for (const lane of lanes.splice(count)) lane.client.end();
      while (lanes.length < count) lanes.push(makeLane(lanes.length));
      for (const lane of lanes)
        Object.assign(lane, { snapshot: null, iteration: 0, snapshotAt: performance.now() });
      return Promise.all(lanes.map((_, index) => openLane(index, lab, settings)));
    },

    openLane,

    /** @param {number | null} pace */
    start(pace) {
      setRunning(true);
      tellAll({ type: "start", pace });
    },

    pause() {
      setRunning(false);
      tellAll({ type: "pause" });
    },

    /** @returns {Promise<View[]>} of all lanes, back before their first step */
    rewind() {
      setRunning(false);
      for (const lane of lanes) Object.assign(lane, { snapshot: null, iteration: 0 });
      return Promise.all(lanes.map(({ client }) => client.ask({ type: "rewind", run })));
    },

    /** @param {number} count */
    step(count) {
      setRunning(false);
      tellAll({ type: "step", count });
    },

    /** @param {number | null} pace */
    changePace(pace) {
      tellAll({ type: "pace", pace });
    },

    /** Called when every lane has come to its end by itself. */
    ended() {
      setRunning(false);
    },

    /**
     * @param {Settings} settings
     * @returns {Promise<boolean>} whether every lane took them on the way
     */
    async set(settings) {
      const answers = await Promise.all(
        lanes.map(({ client }) => client.ask({ type: "set", run, settings })),
      );
      return answers.every(({ live }) => live);
    },

    /**
     * @param {string} question
     * @param {Record<string, unknown>} [parts]
     * @param {Transferable[]} [transfer]
     * @param {number} [index]
     * @returns {Promise<any>}
     */
    async ask(question, parts = {}, transfer = [], index = 0) {
      const asked = run;
      const { client } = lanes[index] ?? notOpen();
      await module;
      return client.ask({ type: "ask", run: asked, question, ...parts }, transfer);
    },

    /**
     * Brings every lane the data of these splits; also those that are opened later.
     * @param {Split[]} splits
     */
    async load(splits) {
      for (const split of splits) wanted.add(split);
      await Promise.all(lanes.map((_, index) => bring(index)));
    },

    /** @param {number} index */
    snapshot: (index) => lanes[index]?.snapshot ?? null,

    /** @param {number} index */
    forget(index) {
      if (lanes[index]) lanes[index].snapshot = null;
    },

    manifest: shards.manifest,
  };
}

function spawn() {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "fishbowl" });
}

/** @returns {never} */
function notOpen() {
  throw Object.assign(new Error("nothing is open yet"), { code: "not-ready", field: "run", value: "open" });
}
