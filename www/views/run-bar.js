// Play, step, reset, speed, and the numbers of the run.

import { h, setAttribute, setText, show, uniqueId } from "./dom.js";
import { learnsFromData, presentPace, presentPhase, presentSettings } from "../state/selectors.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../worker/protocol.js").Lab} Lab @typedef {import("../worker/protocol.js").View} View */

/** Steps a second that are offered. */
const PACES = [1, 3, 10, 30, 100, 1000];
const FULL_SPEED = "full";

/**
 * @param {Lab} lab
 * @param {Context} context
 */
export function createRunBar(lab, context) {
  const { words, actions } = context;
  const rate = createRate();
  let playing = false;
  const verbShown = h("span");
  const toggle = h(
    "button",
    {
      type: "button",
      class: "primary toggle",
      on: { click: () => (playing ? actions.pause() : actions.play()) },
    },
    h("span", { class: "sign", "aria-hidden": "true" }),
    verbShown,
  );
  const step = h("button", { type: "button", on: { click: () => actions.step() } }, words("run.step"));
  const reset = h("button", { type: "button", on: { click: () => actions.reset() } }, words("run.reset"));
  const speed = createSpeed(lab, context);
  const status = h("p", { class: "run-status" });
  const spoken = h("p", { class: "only-heard", role: "status" });
  const progress = createProgress(context);
  const numbers = h("dl", { class: "numbers" });
  const element = h(
    "section",
    { class: "run-bar panel", "aria-label": words("run.name") },
    h("div", { class: "run-buttons" }, toggle, step, reset, speed.element),
    status,
    progress.element,
    numbers,
    spoken,
  );

  return {
    element,
    /** @param {State} state */
    update(state) {
      playing = state.run.playing;
      const phase = presentPhase(state);
      // Labs that learn from data train; the others play a movement.
      const verb = learnsFromData(lab, presentSettings(state)) ? "train" : "play";
      setText(verbShown, words(playing ? "run.pause" : `run.${verb}`));
      element.classList.toggle("is-playing", playing);
      setText(status, words(...statusOf(state, phase, verb)));
      speed.update(state);
      progress.update(state);
      const perSecond = rate(state);
      const name = words("run.images-per-second");
      const speedShown = {
        name: "images-per-second",
        label: { en: name, zh: name },
        value: perSecond ?? "—",
      };
      const shown = numbersShown(state.run.views);
      showNumbers(numbers, perSecond !== null && shown.length > 0 ? [...shown, speedShown] : shown, context);
      // Said once when it comes to rest, not at every view.
      const rest = !playing && phase !== "opening" && phase !== "waiting";
      const heard = rest
        ? numbersShown(state.run.views).map(({ label: name, value }) => `${context.say(name)} ${value}`)
        : [];
      setText(spoken, heard.join(", "));
    },
  };
}

/**
 * @param {State} state
 * @param {string} phase
 * @param {string} verb
 * @returns {[string, Record<string, string>]} key and parts of the sentence beside the buttons
 */
function statusOf(state, phase, verb) {
  const { seed = "0" } = presentSettings(state);
  if (phase === "waiting" && state.run.playing) return ["run.waiting", {}];
  if (state.run.playing) return ["run.running", {}];
  if (phase === "opening") return ["run.opening", {}];
  if (phase === "stopped") return ["run.stopped", {}];
  if (phase === "finished") return ["run.finished", {}];
  if (verb === "play") return ["run.ready", {}];
  if (state.run.source === "ready-made") return ["run.ready-made", { seed }];
  if (state.run.source === "file") return ["run.from-file", {}];
  const begun = state.run.views.some((view) => iterationOf(view) > 0);
  return begun ? ["run.paused", {}] : ["run.from-scratch", { seed }];
}

/** @param {View | null} view */
function iterationOf(view) {
  return Number(view?.numbers.find(({ name }) => name === "iteration")?.value) || 0;
}

/**
 * With several lanes only how far the slowest one is; the rest stands in the table.
 * @param {(View | null)[]} views
 * @returns {View["numbers"]}
 */
function numbersShown(views) {
  if (views.length <= 1) return views[0]?.numbers ?? [];
  const known = /** @type {View[]} */ (views.filter((view) => view !== null));
  const firsts = known.flatMap((view) => view.numbers.slice(0, 1));
  if (firsts.length < views.length) return [];
  return [firsts.reduce((slowest, each) => (Number(each.value) < Number(slowest.value) ? each : slowest))];
}

/**
 * @param {HTMLElement} list
 * @param {View["numbers"]} numbers
 * @param {Context} context
 */
function showNumbers(list, numbers, { say }) {
  // While a new run opens the old numbers stay: an empty strip would make the page jump.
  if (numbers.length === 0) return;
  const names = numbers.map(({ name }) => name).join();
  if (list.dataset.names !== names) {
    list.dataset.names = names;
    list.replaceChildren(
      ...numbers.map(({ name, label }) =>
        h("div", {}, h("dt", {}, say(label)), h("dd", { "data-testid": name })),
      ),
    );
  }
  numbers.forEach(({ value }, at) => setText(list.children[at].lastElementChild ?? list, value));
}

/**
 * @param {Lab} lab
 * @param {Context} context
 */
function createSpeed(lab, { words, actions }) {
  const id = uniqueId("speed");
  const paces = [...new Set([...PACES, ...(lab.pace === null ? [] : [lab.pace])])].sort(
    (one, other) => one - other,
  );
  const select = h(
    "select",
    {
      id,
      on: { change: () => actions.choosePace(select.value === FULL_SPEED ? null : Number(select.value)) },
    },
    ...paces.map((pace) => h("option", { value: String(pace) }, words("run.per-second", { pace }))),
    h("option", { value: FULL_SPEED }, words("run.full-speed")),
  );
  return {
    element: h("div", { class: "speed" }, h("label", { for: id }, words("run.speed")), select),
    /** @param {State} state */
    update(state) {
      const pace = presentPace(state);
      const value = pace === null ? FULL_SPEED : String(pace);
      if (select.value !== value) select.value = value;
    },
  };
}

/** @param {Context} context */
function createProgress({ words }) {
  const id = uniqueId("progress");
  const bar = h("progress", { id, max: "1" });
  const text = h("label", { for: id });
  const element = h("div", { class: "loading", hidden: true }, text, bar);
  return {
    element,
    /** @param {State} state */
    update({ loading }) {
      show(element, loading !== null);
      if (!loading) return;
      const sum = Object.values(loading.loaded).reduce((total, bytes) => total + bytes, 0);
      const share = loading.total > 0 ? Math.min(1, sum / loading.total) : 0;
      setAttribute(bar, "value", share.toFixed(3));
      const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
      setText(
        text,
        words("run.loading", {
          loaded: megabytes(Math.min(sum, loading.total)),
          total: megabytes(loading.total),
        }),
      );
    },
  };
}

/** Milliseconds over which the speed is measured. */
const MEASURE = 700;

/**
 * How many images a second all lanes learn, measured between views.
 * @returns {(state: State) => string | null} null for labs that learn from no images
 */
function createRate() {
  let run = -1;
  let from = { at: 0, images: 0 };
  let shown = "—";
  return ({ run: { number, views, playing } }) => {
    if (views.every((view) => (view?.images ?? null) === null)) return null;
    const images = views.reduce((sum, view) => sum + (view?.images ?? 0), 0);
    const at = performance.now();
    if (number !== run || images < from.images) {
      run = number;
      shown = "—";
      from = { at, images };
    } else if (!playing) {
      from = { at, images };
    } else if (at - from.at >= MEASURE) {
      // To three digits: more would only flicker.
      if (images > from.images)
        shown = String(Number((((images - from.images) * 1000) / (at - from.at)).toPrecision(3)));
      from = { at, images };
    }
    return shown;
  };
}
