// What needs the core: the run, the figures, and all that one can do with them. Loaded with it, after what reads a drawing.

import { createActions } from "./actions.js";
import { createDatabase } from "./run/database.js";
import { createKeeping } from "./run/keeping.js";
import { createOwnDigits, digitsOf, filesOf } from "./run/own-digits.js";
import { createRun } from "./run/run.js";
import { createPreview, createShow } from "./show.js";
import init, { Sheet, Workshop, catalogue, check, drag, packDigits, plan, unpackDigits } from "./pkg/core.js";

/**
 * What an earlier page has kept; asked for while the core is still on its way.
 * @param {Pick<Parameters<typeof createKeeping>[0], "store" | "core">} options
 */
export function openKept({ store, core }) {
  return createKeeping({ store, database: createDatabase(), core });
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
 * @param {WebAssembly.Module} options.module
 * @param {import("./run/keeping.js").Keeping} options.keeping
 * @param {import("./state/store.js").Store<import("./state/reducer.js").State, import("./state/reducer.js").Event>} options.store
 * @param {import("./shell-actions.js").ShellActions} options.shell
 * @param {string} options.readersUrl of the network that the reader has
 * @param {(url: string) => Promise<Uint8Array>} options.fetchNet
 * @param {() => Promise<void>} options.nextTask
 * @param {(error: unknown) => void} options.failed a figure could not be made
 */
export async function startEngine({ module, keeping, store, shell, readersUrl, fetchNet, nextTask, failed }) {
  await init({ module_or_path: module });
  await keeping.loaded();
  const known = catalogue();
  // In pieces, between which the browser can answer, as the page itself.
  await nextTask();
  store.dispatch({ type: "catalogue-loaded", catalogue: known });
  const urlOfNet = (/** @type {string} */ name) => nets[name] ?? readersUrl;
  const run = createRun({
    store,
    module: Promise.resolve(module),
    plan,
    manifestUrl: new URL("./data/mnist.json", import.meta.url).href,
    urlOfNet,
    cores: navigator.hardwareConcurrency || 1,
    fetchNet,
    keeping,
  });
  const actions = createActions({ store, run, own: ownDigits(store, run), check, drag, shell });
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
      Workshop,
      plan,
      fetchNet: (name) => fetchNet(urlOfNet(name)),
    }),
  };
}

/**
 * What can be done with the visitor's own digits.
 * @param {Parameters<typeof startEngine>[0]["store"]} store
 * @param {import("./run/run.js").Run} run
 */
function ownDigits(store, run) {
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

    /** @returns {Uint8Array} all of them as a file; throws where there are none */
    save() {
      const { images, labels } = filesOf(store.state.own.digits);
      return packDigits(images, labels);
    },

    /** @param {Uint8Array} file @returns {{ found: number, joined: number }} digits; throws what is wrong with it */
    load(file) {
      const found = digitsOf(unpackDigits(file));
      const before = store.state.own.digits.length;
      own.change({ type: "add", digits: found });
      return { found: found.length, joined: store.state.own.digits.length - before };
    },
  };
}
