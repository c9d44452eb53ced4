// The whole state of the page, and the one function that changes it. Pure: no clock, no DOM, no wasm.

import { rootOf } from "./selectors.js";

/** @typedef {import("../worker/protocol.js").Lab} Lab @typedef {import("../worker/protocol.js").Settings} Settings */
/** @typedef {import("../worker/protocol.js").View} View */
/** @typedef {import("../worker/protocol.js").Problem} Problem @typedef {import("../worker/protocol.js").Phase} Phase */
/** @typedef {"en" | "zh"} Language */

/**
 * @typedef {"ready-made" | "scratch" | "file"} Source where the present net comes from
 *
 * @typedef {object} Notice
 * @property {number} id
 * @property {"info" | "error"} kind
 * @property {string} code the sentence's key in the locales, without "notice."
 * @property {Record<string, string | number>} params
 * @property {Problem[]} problems listed below the sentence
 * @property {string[]} actions what can be done about it, by name; see `actions.js`
 * @property {string} topic a new notice takes the place of an older one on the same topic
 *
 * @typedef {object} Run
 * @property {number} number rises with each opening; reports of older runs are dropped
 * @property {boolean} opening
 * @property {boolean} playing whether the visitor wants it to run, even while it waits for data
 * @property {Source} source
 * @property {(View | null)[]} views the last view of each lane
 *
 * @typedef {object} Loading
 * @property {Record<string, number>} loaded bytes by URL
 * @property {number} total bytes, 0 while unknown
 *
 * @typedef {object} State
 * @property {Language} language
 * @property {Lab[]} catalogue
 * @property {string} lab
 * @property {Record<string, Settings>} drafts per lab, what its form shows; only fields that were touched
 * @property {Record<string, Settings>} accepted per lab, the last valid values; only fields that were touched
 * @property {Record<string, Record<string, Problem>>} problems per lab and field
 * @property {Record<string, number | null>} paces per lab, steps a second or null for as fast as it goes
 * @property {Run} run
 * @property {Loading | null} loading
 * @property {Notice[]} notices
 * @property {number} lastNotice
 */

/**
 * @typedef {{ type: "catalogue-loaded", catalogue: Lab[] }
 *   | { type: "language-chosen", language: Language }
 *   | { type: "place-chosen", lab: string, settings: Settings }
 *   | { type: "fields-edited", lab: string, changes: Settings, problems: Problem[] }
 *   | { type: "pace-chosen", pace: number | null }
 *   | { type: "run-opened", number: number, lanes: number, source: Source, playing: boolean }
 *   | { type: "run-open-failed", number: number }
 *   | { type: "view-arrived", number: number, lane: number, view: View }
 *   | { type: "played" } | { type: "paused" }
 *   | { type: "source-changed", source: Source }
 *   | { type: "loading-planned", total: number }
 *   | { type: "loading-progressed", url: string, loaded: number }
 *   | { type: "loading-ended" }
 *   | { type: "notice-raised", notice: Omit<Notice, "id"> }
 *   | { type: "notice-dismissed", id: number }
 *   | { type: "topic-settled", topic: string }} Event
 */

/**
 * @param {Language} language
 * @returns {State}
 */
export function initialState(language) {
  return {
    language,
    catalogue: [],
    lab: "",
    drafts: {},
    accepted: {},
    problems: {},
    paces: {},
    run: { number: 0, opening: true, playing: false, source: "scratch", views: [] },
    loading: null,
    notices: [],
    lastNotice: 0,
  };
}

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State} the same object when nothing changed
 */
export function reduce(state, event) {
  switch (event.type) {
    case "catalogue-loaded":
      return { ...state, catalogue: event.catalogue, lab: state.lab || (event.catalogue[0]?.id ?? "") };
    case "language-chosen":
      return event.language === state.language ? state : { ...state, language: event.language };
    case "place-chosen":
      return choosePlace(state, event.lab, event.settings);
    case "fields-edited":
      return editFields(state, event.lab, event.changes, event.problems);
    case "pace-chosen":
      return { ...state, paces: { ...state.paces, [state.lab]: event.pace } };
    case "run-opened":
      return withRun(state, {
        number: event.number,
        opening: true,
        playing: event.playing,
        source: event.source,
        // The figures keep their last picture until the first one of the new run arrives, so nothing flickers.
        views: Array.from({ length: event.lanes }, () => null),
      });
    case "run-open-failed":
      return event.number === state.run.number ? withRun(state, { opening: false, playing: false }) : state;
    case "view-arrived":
      return takeView(state, event.number, event.lane, event.view);
    case "played":
      return withRun(state, { playing: true });
    case "paused":
      return withRun(state, { playing: false });
    case "source-changed":
      return withRun(state, { source: event.source });
    case "loading-planned":
      return { ...state, loading: { loaded: state.loading?.loaded ?? {}, total: event.total } };
    case "loading-progressed": {
      if (!state.loading) return state;
      const loaded = { ...state.loading.loaded, [event.url]: event.loaded };
      return { ...state, loading: { ...state.loading, loaded } };
    }
    case "loading-ended":
      return { ...state, loading: null };
    case "notice-raised":
      return raise(state, event.notice);
    case "notice-dismissed":
      return { ...state, notices: state.notices.filter(({ id }) => id !== event.id) };
    case "topic-settled":
      return state.notices.some(({ topic }) => topic === event.topic)
        ? { ...state, notices: state.notices.filter(({ topic }) => topic !== event.topic) }
        : state;
  }
}

/**
 * @param {State} state
 * @param {Partial<Run>} change
 * @returns {State}
 */
function withRun(state, change) {
  return { ...state, run: { ...state.run, ...change } };
}

/**
 * @param {State} state
 * @param {string} lab
 * @param {Settings} settings
 * @returns {State}
 */
function choosePlace(state, lab, settings) {
  return {
    ...state,
    lab,
    drafts: { ...state.drafts, [lab]: settings },
    accepted: { ...state.accepted, [lab]: settings },
    problems: { ...state.problems, [lab]: {} },
  };
}

/**
 * What is wrong stays in the form, so that it can be mended, but never reaches the experiment.
 * @param {State} state
 * @param {string} lab
 * @param {Settings} changes
 * @param {Problem[]} found everything wrong with the whole form after the change
 * @returns {State}
 */
function editFields(state, lab, changes, found) {
  const drafts = { ...state.drafts[lab], ...changes };
  const problems = Object.fromEntries(found.map((problem) => [rootOf(problem.field), problem]));
  const accepted = { ...state.accepted[lab] };
  for (const [name, text] of Object.entries(drafts)) {
    if (!Object.hasOwn(problems, name)) accepted[name] = text;
  }
  return {
    ...state,
    drafts: { ...state.drafts, [lab]: drafts },
    accepted: { ...state.accepted, [lab]: accepted },
    problems: { ...state.problems, [lab]: problems },
  };
}

/**
 * @param {State} state
 * @param {number} number
 * @param {number} lane
 * @param {View} view
 * @returns {State}
 */
function takeView(state, number, lane, view) {
  if (number !== state.run.number || lane >= state.run.views.length) return state;
  const views = state.run.views.with(lane, view);
  const opening = state.run.opening && views.includes(null);
  const over = views.every((each) => each !== null && isOver(each.phase));
  return withRun(state, { views, opening, playing: state.run.playing && !over });
}

/** @param {Phase} phase */
function isOver(phase) {
  return phase === "finished" || phase === "stopped";
}

/**
 * @param {State} state
 * @param {Omit<Notice, "id">} notice
 * @returns {State}
 */
function raise(state, notice) {
  const id = state.lastNotice + 1;
  const others = state.notices.filter(({ topic }) => topic !== notice.topic);
  return { ...state, lastNotice: id, notices: [...others, { ...notice, id }] };
}
