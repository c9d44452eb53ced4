// Train or Play, Step, Reset, the speed, how far it is, and in a word or two what it is doing. Only for what runs.

import { quietNotices } from "./notices.js";
import { createScrubber } from "./scrubber.js";
import { createSpeed } from "./speed.js";
import { h, setAttribute, setText, show } from "./dom.js";
import { presentPhase, presentProgress } from "../state/selectors.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../show.js").ShownSheet} ShownSheet */

/** Seconds: less than this is not worth announcing. */
const LEAST_LEFT = 2;

/**
 * @param {import("../pkg/labs.js").LabDescription} lab
 * @param {Context} context
 */
export function createRunBar(lab, context) {
  const { words, say, actions } = context;
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
  const scrubber = createScrubber(context);
  const element = h(
    "div",
    { class: "run-buttons", role: "group", "aria-label": words("run.name"), "data-part": "run" },
    toggle,
    step,
    reset,
    speed.element,
  );
  // What happened while nobody looked is heard on coming back.
  const news = h("p", { class: "only-heard", role: "status" });
  element.append(news);
  const status = h("p", { class: "run-status" });
  const bar = h("progress", {
    class: "progress",
    max: "1",
    "aria-label": words("run.progress"),
    hidden: true,
  });

  return {
    element,
    status,
    scrubber: scrubber.element,
    bar,
    /**
     * @param {State} state
     * @param {ShownSheet | null} sheet
     */
    update(state, sheet) {
      const { run } = state;
      const trains = run.jobs.length > 0;
      // What starts by itself is over in a moment: nothing is to be pressed.
      const runs = trains ? !run.jobs.every(({ starts }) => starts) : run.steps > 0;
      show(element, runs);
      playing = run.playing;
      setText(verbShown, words(playing ? "run.pause" : verbOf(run)));
      element.classList.toggle("is-playing", playing);
      speed.update(state);
      scrubber.update(state);
      // A figure says where it is by its slider.
      const unseen = unseenPause(state);
      const doing = trains && runs ? words(...statusOf(state)) : unseen && runs ? words(unseen) : "";
      const quiet = quietNotices(sheet).map(({ text }) => say(text));
      // That it runs can be seen, and there is one line.
      const parts = run.playing && quiet.length > 0 ? quiet : [doing, ...quiet];
      const said = runs ? parts.join(" ") : "";
      setText(status, said);
      setAttribute(status, "title", quiet.length > 0 ? said : null);
      setText(news, unseen && runs ? status.textContent : "");
      const share = runs ? shareOf(state) : null;
      show(bar, share !== null);
      if (share !== null) setAttribute(bar, "value", share.toFixed(3));
    },
  };
}

/**
 * @param {State["run"]} run
 * @returns {string} the key of what the first button does
 */
function verbOf({ jobs }) {
  if (jobs.length === 0) return "run.play";
  return jobs.some(({ learns }) => learns) ? "run.train" : "run.run";
}

/**
 * @param {State} state
 * @returns {number | null} how much of what can be counted is done; null when nothing is being waited for
 */
function shareOf(state) {
  const { loading, run } = state;
  if (loading) return loading.total > 0 ? Math.min(1, loadedBytes(loading) / loading.total) : 0;
  const { done, of } = presentProgress(state);
  return of !== null && of > 0 && (run.playing || done > 0) ? done / of : null;
}

/** @param {import("../state/reducer.js").Loading} loading */
function loadedBytes({ loaded, total }) {
  const sum = Object.values(loaded).reduce((bytes, more) => bytes + more, 0);
  return total > 0 ? Math.min(sum, total) : sum;
}

/**
 * @param {State} state
 * @returns {[string, Record<string, string | number>?]} key and parts of the sentence beside the buttons
 */
function statusOf(state) {
  const { run, loading } = state;
  const phase = presentPhase(state);
  if (loading && run.playing) {
    const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
    return ["run.loading", { loaded: megabytes(loadedBytes(loading)), total: megabytes(loading.total) }];
  }
  if (phase === "waiting" && run.playing) return ["run.waiting"];
  if (run.playing) return runningStatus(state);
  if (phase === "opening") return ["run.opening"];
  if (phase === "diverged") return ["run.stopped"];
  const learns = run.jobs.some(({ learns }) => learns);
  if (phase === "finished") return [learns ? "run.finished" : "run.done"];
  const begun = run.jobs.some(({ report }) => (report?.done ?? 0) > 0);
  const continues = run.jobs.some((job) => job.continues && job.learns);
  if (run.source === "pretrained" && !(continues && begun))
    return [continues ? "run.continues" : learns ? "run.pretrained" : "run.given"];
  if (begun) return [unseenPause(state) ?? "run.paused"];
  return [run.source === "file" ? "run.from-file" : "run.from-seed"];
}

/**
 * @param {State} state
 * @returns {string | null} the key of the sentence about a pause that the visitor did not ask for
 */
function unseenPause({ unseen, lab, run }) {
  const why = run.playing ? null : unseen[lab];
  return why ? `run.paused-${why}` : null;
}

/**
 * @param {State} state
 * @returns {[string, Record<string, string | number>?]}
 */
function runningStatus(state) {
  const { secondsLeft } = presentProgress(state);
  if (secondsLeft === null || secondsLeft < LEAST_LEFT) return ["run.running"];
  if (secondsLeft < 90) return ["run.seconds-left", { seconds: Math.round(secondsLeft) }];
  return ["run.minutes-left", { minutes: Math.round(secondsLeft / 60) }];
}
