// The run, the figures, and all that one can do with them. Loaded after what reads a drawing, with the labs; the core, which
// trains, comes behind them.

import { createActions } from "./actions.js";
import { createDatabase } from "./run/database.js";
import { createKeeping } from "./run/keeping.js";
import { createOwnDigits, digitsOf, filesOf } from "./run/own-digits.js";
import { createRun } from "./run/run.js";
import { createPreview, createShow } from "./show.js";
import startCore, { Workshop, packDigits, unpackDigits } from "./pkg/core.js";
import init, { Sheet, catalogue, check, drag, plan } from "./pkg/labs.js";

/**
 * What an earlier page has kept; asked for while the labs and the core, whose names say which they are, are on their way.
 * @param {Pick<Parameters<typeof createKeeping>[0], "store"> & { urls: Record<string, URL> }} options
 */
export function openKept({ store, urls }) {
  const core = Object.values(urls).map(({ href }) => href.replace(/.*\//, ""));
  return createKeeping({ store, database: createDatabase(), core: core.join(" ") });
}

/** The networks that the page brings along, but for the one that the reader has, by the names that jobs have for them. @type {Record<string, string>} */
const nets = {
  digits: new URL("./weights/digits.safetensors", import.meta.url).href,
  "two-layer": new URL("./weights/two-layer.safetensors", import.meta.url).href,
  "three-layer": new URL("./weights/three-layer.safetensors", import.meta.url).href,
  "simple-convnet": new URL("./weights/simple-convnet.safetensors", import.meta.url).href,
  "lenet-5-relu": new URL("./weights/lenet-5-relu.safetensors", import.meta.url).href,
};

/**
 * @param {object} options
 * @param {WebAssembly.Module} options.labs
 * @param {Promise<WebAssembly.Module>} options.core
 * @param {import("./run/keeping.js").Keeping} options.keeping
 * @param {import("./state/store.js").Store<import("./state/reducer.js").State, import("./state/reducer.js").Event>} options.store
 * @param {import("./shell-actions.js").ShellActions} options.shell
 * @param {string} options.readersUrl of the network that the reader has
 * @param {(url: string) => Promise<Uint8Array>} options.fetchNet
 * @param {() => Promise<void>} options.nextTask
 * @param {(error: unknown) => void} options.failed a figure could not be made
 */
export async function startEngine({
  labs,
  core,
  keeping,
  store,
  shell,
  readersUrl,
  fetchNet,
  nextTask,
  failed,
}) {
  await init({ module_or_path: labs });
  await keeping.loaded();
  const known = catalogue();
  // In pieces, between which the browser can answer, as the page itself.
  await nextTask();
  store.dispatch({ type: "catalogue-loaded", catalogue: known });
  const urlOfNet = (/** @type {string} */ name) => nets[name] ?? readersUrl;
  const run = createRun({
    store,
    module: core,
    plan,
    manifestUrl: new URL("./data/mnist.json", import.meta.url).href,
    urlOfNet,
    cores: navigator.hardwareConcurrency || 1,
    fetchNet,
    keeping,
  });
  const openCore = once(core);
  const actions = createActions({ store, run, own: ownDigits({ store, run, openCore }), check, drag, shell });
  addEventListener("pagehide", actions.writeAddressNow);
  addEventListener("pagehide", keeping.end);
  document.addEventListener("visibilitychange", () => {
    run.hide(document.hidden);
    if (document.hidden) keeping.hide();
  });
  await nextTask();
  return {
    actions,
    show: createShow({ CoreSheet: Sheet, failed }),
    preview: createPreview({
      CoreSheet: Sheet,
      openCore,
      plan,
      fetchNet: (name) => fetchNet(urlOfNet(name)),
    }),
  };
}

/**
 * The core on the page's own thread, for what is asked seldom and done at once.
 * @param {Promise<WebAssembly.Module>} module
 */
function once(module) {
  /** @type {Promise<unknown> | undefined} */
  let started;
  return async () => {
    await (started ??= module.then((compiled) => startCore({ module_or_path: compiled })));
    return { Workshop, packDigits, unpackDigits };
  };
}

/**
 * What can be done with the visitor's own digits.
 * @param {object} options
 * @param {Parameters<typeof startEngine>[0]["store"]} options.store
 * @param {import("./run/run.js").Run} options.run
 * @param {ReturnType<typeof once>} options.openCore
 */
function ownDigits({ store, run, openCore }) {
  const own = createOwnDigits({ store });
  own.open();
  let { digits } = store.state.own;
  store.subscribe(() => {
    if (store.state.own.digits === digits) return;
    ({ digits } = store.state.own);
    run.ownChanged();
  });
  addEventListener("storage", own.changedElsewhere);
  return {
    change: own.change,
    forget: own.forget,

    /** All of them as a file; rejects where there are none. */
    async save() {
      const { packDigits } = await openCore();
      const { images, labels } = filesOf(store.state.own.digits);
      return packDigits(images, labels);
    },

    /** How many digits there are in a file, and how many of them are new. @param {Uint8Array} file rejects with what is wrong with it */
    async load(file) {
      const { unpackDigits } = await openCore();
      const found = digitsOf(unpackDigits(file));
      const before = store.state.own.digits.length;
      own.change({ type: "add", digits: found });
      return { found: found.length, joined: store.state.own.digits.length - before };
    },
  };
}
