// What needs the core: the run, the figures, and all that one can do with them. Loaded with it, after what reads a drawing.

import { createActions } from "./actions.js";
import { createRun } from "./run/run.js";
import { createPreview, createShow } from "./show.js";
import init, { Sheet, Workshop, catalogue, check, drag, plan } from "./pkg/core.js";

/**
 * @param {object} options
 * @param {WebAssembly.Module} options.module
 * @param {import("./state/store.js").Store<import("./state/reducer.js").State, import("./state/reducer.js").Event>} options.store
 * @param {import("./shell-actions.js").ShellActions} options.shell
 * @param {(name: string) => string} options.urlOfNet
 * @param {(url: string) => Promise<Uint8Array>} options.fetchNet
 * @param {(error: unknown) => void} options.failed a figure could not be made
 */
export async function startEngine({ module, store, shell, urlOfNet, fetchNet, failed }) {
  await init({ module_or_path: module });
  store.dispatch({ type: "catalogue-loaded", catalogue: catalogue() });
  const run = createRun({
    store,
    module: Promise.resolve(module),
    plan,
    manifestUrl: new URL("./data/mnist.json", import.meta.url).href,
    urlOfNet,
    cores: navigator.hardwareConcurrency || 1,
    fetchNet,
  });
  const actions = createActions({ store, run, check, drag, shell });
  addEventListener("pagehide", actions.writeAddressNow);
  document.addEventListener("visibilitychange", () => run.hide(document.hidden));
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
