// Boot: catalogue → address → views → reader → labs → core. What is seen and drawn first needs no WebAssembly, and what reads a
// drawing comes before what trains.

import { createShellActions, firstLanguage } from "./shell-actions.js";
import { createEarly } from "./early.js";
import { createLabPage } from "./views/lab.js";
import { createOpenings } from "./openings.js";
import { createOverview } from "./views/overview.js";
import { createReader } from "./run/reader.js";
import { createFrame, createShell } from "./views/shell.js";
import { createStore } from "./state/store.js";
import { fetchBytes } from "./run/fetch-bytes.js";
import { inNextFrame } from "./views/dom.js";
import { initialState, reduce } from "./state/reducer.js";
import { labOf, presentLab, presentView } from "./state/selectors.js";
import { problemOf } from "./worker/protocol.js";
import { learnWords, translate } from "./locale/translate.js";
import { first, firstTestDigit, list, others, outputKeys } from "./pkg/catalogue.js";

/** The network that the reader has. */
const readersUrl = new URL("./weights/deep-convnet.safetensors", import.meta.url).href;

/** Milliseconds that the labs wait for what reads: one that hangs is not to hold up the other. */
const LONGEST_WAIT = 5000;

const store = createStore(reduce, initialState(firstLanguage(navigator.languages)));
const openings = createOpenings({ list, first, others });
store.dispatch({ type: "catalogue-loaded", catalogue: openings.labs() });

/** What the page asks, and what its workers train with. */
const urls = {
  labs: new URL("./pkg/labs_bg.wasm", import.meta.url),
  core: new URL("./pkg/core_bg.wasm", import.meta.url),
};

/** A network is fetched once, for the reader and for the workers. @type {Map<string, Promise<Uint8Array>>} */
const fetched = new Map();
const reader = createReader({
  module: new URL("./pkg/reader_bg.wasm", import.meta.url),
  net: readersUrl,
  fetchFile: fetchNet,
});
const shell = createShellActions({ store, outputKeys, firstTestDigit });
/** @type {(actions: import("./actions.js").Actions) => void} */
let came = () => {};
const early = createEarly({
  store,
  openings,
  reader,
  coming: new Promise((resolve) => (came = resolve)),
  trains: () => trains,
  shell,
});
/** Whether what trains is there. */
let trains = false;
/** Set once the labs are there. @type {Awaited<ReturnType<typeof import("./engine.js").startEngine>> | null} */
let engine = null;

addEventListener("hashchange", () => early.actions.readAddress());
await early.actions.readAddress();
await nextTask();
const update = await showPage(early.actions);
await painted();
await startCore();

async function startCore() {
  // Both would come later if they came together.
  if (presentLab(store.state).inputs.includes("drawing"))
    await Promise.race([reader.ready(), new Promise((done) => setTimeout(done, LONGEST_WAIT))]);
  try {
    const coming = compile(urls.labs);
    const core = compileCore(coming);
    const script = import("./engine.js");
    const kept = script.then(({ openKept }) => openKept({ store, urls }));
    const words = import("./locale/later.js").then(({ default: later }) => learnWords(later));
    const [{ startEngine }, labs, keeping] = await Promise.all([script, coming, kept, words]);
    const failed = (/** @type {unknown} */ error) => raise("run-failed", error);
    engine = await startEngine({ labs, core, keeping, store, shell, readersUrl, fetchNet, nextTask, failed });
    engine.actions.readAddress({ first: true });
    came(engine.actions);
    inNextFrame(update);
    await core;
    if (!store.state.embed) keepOffline();
  } catch (error) {
    raise("core-failed", error);
  }
}

/**
 * Figures first: a slow line carries one after the other.
 * @param {Promise<unknown>} figures
 * @returns {Promise<WebAssembly.Module>} never settled where it cannot be loaded, which is said
 */
async function compileCore(figures) {
  /** @type {Promise<never>} */
  const never = new Promise(() => {});
  await figures.catch(() => never);
  try {
    const module = await compile(urls.core);
    trains = true;
    return module;
  } catch (error) {
    raise("core-failed", error);
    return never;
  }
}

async function keepOffline() {
  const { keepOffline } = await import("./offline/register.js");
  await keepOffline(() => {
    const notice = { code: "new-version", params: {}, problems: [], topic: "version" };
    store.dispatch({ type: "notice-raised", notice: { ...notice, kind: "info", actions: ["reload"] } });
  });
}

/**
 * @param {"core-failed" | "run-failed"} code
 * @param {unknown} error
 */
function raise(code, error) {
  /** @type {import("./state/reducer.js").Event} */
  const event = {
    type: "notice-raised",
    notice: {
      kind: "error",
      code,
      params: {},
      problems: [problemOf(error)],
      actions: ["reload"],
      topic: "page",
    },
  };
  store.dispatch(event);
}

/**
 * @param {string} url
 * @returns {Promise<Uint8Array>}
 */
function fetchNet(url) {
  const bytes = fetched.get(url) ?? fetchBytes(url);
  fetched.set(url, bytes);
  // Who asks again is to be given another chance.
  bytes.catch(() => fetched.delete(url));
  return bytes;
}

/**
 * @param {import("./actions.js").Actions} actions
 * @returns {Promise<() => void>} shows it as it is now
 */
async function showPage(actions) {
  // In pieces, between which the browser can answer: together they would hold it up.
  let page = build(store.state);
  await nextTask();
  page.update(store.state, sheetOf(store.state));
  await nextTask();
  page.place();
  update();
  store.subscribe(() => inNextFrame(update));
  return update;

  function update() {
    const { state } = store;
    if (page.name !== placeOf(state) || page.language !== state.language) {
      const isSameLanguage = page.language === state.language;
      page.end();
      page = build(state);
      page.place();
      engine?.show.renew();
      if (isSameLanguage) moveToTop();
      else {
        // A phone has room for the other one only.
        for (const isOn of ["false", "true"])
          document.querySelector(/** @type {"button"} */ (`.languages [aria-pressed=${isOn}]`))?.focus();
      }
    }
    page.update(state, sheetOf(state));
  }

  /** @param {typeof store.state} state */
  function sheetOf(state) {
    if (state.page !== "lab") return null;
    return engine ? engine.show(state) : early.sheet();
  }

  /** @param {typeof store.state} state */
  function build(state) {
    /** @type {import("./views/dom.js").Context} */
    const context = {
      language: state.language,
      words: (key, params) => translate(state.language, key, params),
      say: (text) => text[state.language],
      actions,
      // The labs know what the list was made without.
      preview: (id) => engine?.preview(labOf(store.state, id)),
    };
    const around = state.embed ? createFrame(context) : createShell(state, context);
    const isLab = state.page === "lab";
    const contents = isLab ? createLabPage(state, context) : createOverview(state, context);
    const title = isLab ? context.say(presentLab(state).title) : context.words("nav.all");
    return {
      name: placeOf(state),
      language: state.language,
      place() {
        document.documentElement.toggleAttribute("data-embed", state.embed);
        document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
        document.title = `${title} · Fishbowl`;
        around.place(contents.element);
      },
      /** @param {typeof state} now @param {import("./show.js").ShownSheet | null} sheet */
      update(now, sheet) {
        around.update(now);
        contents.update(now, sheet);
      },
      end() {
        around.end();
        contents.end();
      },
    };
  }
}

/** @param {typeof store.state} state */
function placeOf(state) {
  const { embed, hide } = presentView(state);
  return state.page === "lab" ? `${state.lab} ${embed} ${hide}` : state.page;
}

/** @returns {Promise<void>} in a task of its own */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}

/**
 * What is fetched before the page is first painted holds that up, and the labs are larger than all the rest. A page that
 * nobody sees is not painted, and does not wait for it.
 * @returns {Promise<void>}
 */
async function painted() {
  if (!document.hidden) await new Promise(requestAnimationFrame);
  await nextTask();
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
