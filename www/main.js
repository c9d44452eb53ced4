// Boot: language → catalogue → store → address → views. Everything that can load at the same time does.

import { createActions, firstLanguage } from "./actions.js";
import { createLabPage } from "./views/lab.js";
import { createRun } from "./run/run.js";
import { createShell } from "./views/shell.js";
import { createShow } from "./show.js";
import { createStore } from "./state/store.js";
import { inNextFrame } from "./views/dom.js";
import { initialState, reduce } from "./state/reducer.js";
import { presentLab } from "./state/selectors.js";
import { problemOf } from "./worker/protocol.js";
import { translate } from "./locale/translate.js";
import init, { Sheet, catalogue, check, drag, plan } from "./pkg/fishbowl.js";

const language = firstLanguage(navigator.languages);
const module = compile(new URL("./pkg/fishbowl_bg.wasm", import.meta.url));

const store = createStore(reduce, initialState(language));
// Made before anything has loaded, because its first worker loads meanwhile.
const run = createRun({
  store,
  module,
  plan,
  manifestUrl: new URL("./data/mnist.json", import.meta.url).href,
  urlOfNet: (name) => new URL(`./weights/${name}.safetensors`, import.meta.url).href,
  cores: navigator.hardwareConcurrency || 1,
});

try {
  await init({ module_or_path: await module });
  start();
} catch (error) {
  document.querySelector("#boot")?.classList.add("at-once");
  throw error;
}

function start() {
  store.dispatch({ type: "catalogue-loaded", catalogue: catalogue() });
  const actions = createActions({ store, run, check, drag });
  actions.readAddress();
  addEventListener("hashchange", actions.readAddress);
  addEventListener("pagehide", actions.writeAddressNow);
  document.addEventListener("visibilitychange", () => run.hide(document.hidden));
  showPage(actions);
}

/** @param {import("./actions.js").Actions} actions */
function showPage(actions) {
  /** @type {{ lab: string, language: string, update: (state: typeof store.state, sheet: import("./show.js").ShownSheet | null) => void,
   *   end: () => void } | null} */
  let page = null;
  const show = createShow({
    CoreSheet: Sheet,
    failed(error) {
      const how = {
        topic: "page",
        problems: [problemOf(error)],
        actions: /** @type {["reload"]} */ (["reload"]),
      };
      run.raise("error", "run-failed", how);
    },
  });

  function update() {
    const { state } = store;
    if (page?.lab !== state.lab || page?.language !== state.language) {
      const cause = page && page.language === state.language ? "lab" : page ? "language" : "start";
      page?.end();
      page = build(state);
      show.renew();
      if (cause === "lab") moveToTop();
      if (cause === "language")
        document.querySelector(/** @type {"button"} */ (".languages [aria-pressed=true]"))?.focus();
    }
    page.update(state, show(state));
  }

  /** @param {typeof store.state} state */
  function build(state) {
    /** @type {import("./views/dom.js").Context} */
    const context = {
      language: state.language,
      words: (key, params) => translate(state.language, key, params),
      say: (text) => text[state.language],
      actions,
    };
    const shell = createShell(state, context);
    const labPage = createLabPage(state, context);
    document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
    document.title = `${context.say(presentLab(state).title)} · Fishbowl`;
    shell.place(labPage.element);
    return {
      lab: state.lab,
      language: state.language,
      /** @param {typeof state} now @param {import("./show.js").ShownSheet | null} sheet */
      update(now, sheet) {
        shell.update(now);
        labPage.update(now, sheet);
      },
      end() {
        shell.end();
        labPage.end();
      },
    };
  }

  update();
  store.subscribe(() => inNextFrame(update));
}

/** After another lab was chosen, the keyboard and the eye start at its title. */
function moveToTop() {
  document.querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/**
 * @param {URL} url
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(url) {
  const response = fetch(url);
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    // A server that does not know application/wasm; anything else fails again here.
    const again = await fetch(url);
    if (!again.ok) throw error;
    return WebAssembly.compile(await again.arrayBuffer());
  }
}
