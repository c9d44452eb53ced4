// What needs the core: the run, the figures, and all that one can do with them. Loaded with it, after what reads a drawing.

import { createActions } from "./actions.js";
import { createDatabase } from "./run/database.js";
import { createKeeping } from "./run/keeping.js";
import { createRun } from "./run/run.js";
import { createPreview, createShow } from "./show.js";
import init, { Sheet, Workshop, catalogue, check, drag, plan } from "./pkg/core.js";

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
 * @param {(error: unknown) => void} options.failed a figure could not be made
 */
export async function startEngine({ module, keeping, store, shell, readersUrl, fetchNet, failed }) {
  await init({ module_or_path: module });
  await keeping.loaded();
  store.dispatch({ type: "catalogue-loaded", catalogue: catalogue() });
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
  const actions = createActions({ store, run, check, drag, shell });
  addEventListener("pagehide", actions.writeAddressNow);
  addEventListener("pagehide", keeping.end);
  document.addEventListener("visibilitychange", () => {
    run.hide(document.hidden);
    if (document.hidden) keeping.hide();
  });
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
