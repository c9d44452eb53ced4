// Boot: language → catalogue → store → address → views. Everything that can load at the same time does.

import { createActions, firstLanguage } from "./actions.js";
import { createLabPage } from "./views/lab.js";
import { createNotices } from "./views/notices.js";
import { createRun } from "./run.js";
import { createShell } from "./views/shell.js";
import { createStore } from "./state/store.js";
import { createTouch as touchDescent } from "./labs/descent.js";
import { createTouch as touchDigits } from "./labs/digits.js";
import { createTouch as touchLearningRate } from "./labs/learning-rate.js";
import { inNextFrame } from "./views/dom.js";
import { initialState, reduce } from "./state/reducer.js";
import { presentLab } from "./state/selectors.js";
import { translate } from "./locale/translate.js";
import init, { catalogue, check, Picture } from "./pkg/fishbowl.js";

/** Labs whose figures are touched. @type {Record<string, import("./views/lab.js").MakeTouch>} */
const touches = {
  digits: touchDigits,
  descent: touchDescent,
  "learning-rate": touchLearningRate,
};

const language = firstLanguage(navigator.languages);
const module = compile(new URL("./pkg/fishbowl_bg.wasm", import.meta.url));
const weights = fetchWeights(new URL("./weights.safetensors", import.meta.url));
// Whoever needs them sees the fault; here it is only kept from being reported as nobody's.
weights.catch(() => {});

const store = createStore(reduce, initialState(language));
// Made before anything has loaded, because its first worker loads meanwhile.
const run = createRun({
  store,
  module,
  manifestUrl: new URL("./data/mnist.json", import.meta.url).href,
  readyMade: () => weights.catch(() => fetchWeights(new URL("./weights.safetensors", import.meta.url))),
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
  const actions = createActions({ store, run, check, makePicture: (parts) => new Picture(parts) });
  actions.readAddress();
  addEventListener("hashchange", actions.readAddress);
  addEventListener("pagehide", actions.settleAddress);
  showPage(actions);
}

/** @param {import("./actions.js").Actions} actions */
function showPage(actions) {
  /** @type {{ lab: string, language: string, update: (state: typeof store.state) => void, end: () => void } | null} */
  let page = null;

  function update() {
    const { state } = store;
    if (page?.lab !== state.lab || page?.language !== state.language) {
      const cause = page && page.language === state.language ? "lab" : page ? "language" : "start";
      page?.end();
      page = build(state);
      if (cause === "lab") moveToTop();
      if (cause === "language")
        document.querySelector(/** @type {"button"} */ (".languages [aria-pressed=true]"))?.focus();
    }
    page.update(state);
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
    const lab = presentLab(state);
    const notices = createNotices(context);
    const shell = createShell(state, context);
    const labPage = createLabPage(lab, context, touches[lab.id]);
    document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
    document.title = `${context.say(lab.title)} · Fishbowl`;
    shell.place(notices.element, labPage.element);
    return {
      lab: lab.id,
      language: state.language,
      /** @param {typeof state} now */
      update(now) {
        shell.update(now);
        notices.update(now);
        labPage.update(now);
      },
      end: labPage.end,
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

/**
 * @param {URL} url
 * @returns {Promise<Uint8Array>}
 */
async function fetchWeights(url) {
  const response = await fetch(url);
  if (!response.ok) {
    const why = `HTTP ${response.status}`;
    throw Object.assign(new Error(why), { code: "load-failed", field: "weights.safetensors", value: why });
  }
  return new Uint8Array(await response.arrayBuffer());
}
