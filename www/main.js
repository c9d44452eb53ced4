// Boot: language → catalogue → store → address → views. Everything that can load at the same time does.

import { createActions, firstLanguage } from "./actions.js";
import { createLabPage } from "./views/lab.js";
import { createOverview } from "./views/overview.js";
import { createRun } from "./run/run.js";
import { createFrame, createShell } from "./views/shell.js";
import { createPreview, createShow } from "./show.js";
import { createStore } from "./state/store.js";
import { inNextFrame } from "./views/dom.js";
import { initialState, reduce } from "./state/reducer.js";
import { presentLab, presentView } from "./state/selectors.js";
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
  addEventListener("pagehide", actions.settleAddress);
  document.addEventListener("visibilitychange", () => run.hide(document.hidden));
  showPage(actions);
}

/** @param {import("./actions.js").Actions} actions */
function showPage(actions) {
  /** @type {{ place: string, language: string, update: (state: typeof store.state, sheet: import("./show.js").ShownSheet | null) => void,
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

  const preview = createPreview({ CoreSheet: Sheet, plan });

  function update() {
    const { state } = store;
    if (page?.place !== placeOf(state) || page?.language !== state.language) {
      const cause = page && page.language === state.language ? "lab" : page ? "language" : "start";
      page?.end();
      page = build(state);
      show.renew();
      if (cause === "lab") moveToTop();
      if (cause === "language") {
        // A phone has room for the other one only.
        for (const isOn of ["false", "true"])
          document.querySelector(/** @type {"button"} */ (`.languages [aria-pressed=${isOn}]`))?.focus();
      }
    }
    page.update(state, state.page === "lab" ? show(state) : null);
  }

  /** @param {typeof store.state} state */
  function build(state) {
    /** @type {import("./views/dom.js").Context} */
    const context = {
      language: state.language,
      words: (key, params) => translate(state.language, key, params),
      say: (text) => text[state.language],
      actions,
      preview,
    };
    const shell = state.embed ? createFrame(context) : createShell(state, context);
    const isLab = state.page === "lab";
    const contents = isLab ? createLabPage(state, context) : createOverview(state, context);
    const title = isLab ? context.say(presentLab(state).title) : context.words("nav.all");
    document.documentElement.toggleAttribute("data-embed", state.embed);
    document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
    document.title = `${title} · Fishbowl`;
    shell.place(contents.element);
    return {
      place: placeOf(state),
      language: state.language,
      /** @param {typeof state} now @param {import("./show.js").ShownSheet | null} sheet */
      update(now, sheet) {
        shell.update(now);
        contents.update(now, sheet);
      },
      end() {
        shell.end();
        contents.end();
      },
    };
  }

  update();
  store.subscribe(() => inNextFrame(update));
}

/** @param {typeof store.state} state */
function placeOf(state) {
  const { embed, hide } = presentView(state);
  return state.page === "lab" ? `${state.lab} ${embed} ${hide}` : state.page;
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
