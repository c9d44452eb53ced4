// The whole state of the page, and the one function that changes it. Pure: no clock, no DOM, no wasm.

import { isOver, rootOf } from "./selectors.js";

/** @typedef {import("../pkg/labs.js").LabDescription} LabDescription */
/** @typedef {import("../pkg/labs.js").FieldState} FieldState */
/** @typedef {import("../pkg/core.js").JobReport} JobReport @typedef {import("../pkg/labs.js").Text} Text */
/** @typedef {import("../pkg/labs.js").Problem} Problem @typedef {import("../pkg/labs.js").Settings} Settings */
/** @typedef {"en" | "zh"} Language */
/** @typedef {number | null | "slow-start"} Pace steps a second, null for full speed, or slowly at first */

/**
 * @typedef {"seed" | "pretrained" | "file"} Source where the present networks come from
 *
 * @typedef {"load-again" | "go-on" | "start-over" | "reload"} ShellRemedy
 *
 * @typedef {object} Notice of the shell; those of the experiment come with the sheet
 * @property {number} id
 * @property {"info" | "error"} kind
 * @property {string} code the sentence's key in the locales, without "notice."
 * @property {Record<string, string | number>} params
 * @property {Problem[]} problems listed below the sentence
 * @property {ShellRemedy[]} actions what can be done about it; the button's key in the locales, without "remedy."
 * @property {string} topic a new notice takes the place of an older one on the same topic
 *
 * @typedef {{ step: number, chosen: number | null }} Moment how far a figure was moved, and what was chosen
 *
 * @typedef {object} Job
 * @property {Text} name
 * @property {number} color of the palette
 * @property {number | null} limit its steps; null for a run without end
 * @property {boolean} starts whether it begins without being asked
 * @property {boolean} learns whether it is a training, which can be taken away as a script
 * @property {boolean} [continues] whether training goes on from the network that stands in
 * @property {JobReport | null} report the last one; null before the first
 *
 * @typedef {object} Run
 * @property {number} number rises with each place that is opened
 * @property {boolean} opening whether the first reports are still to come
 * @property {boolean} playing whether the visitor wants it to run, even while it waits for data
 * @property {Source} source
 * @property {number} steps how many steps a figure can be moved through; 0 where nothing moves, or where jobs do
 * @property {number} workers how many share the jobs out
 * @property {Job[]} jobs
 *
 * @typedef {object} Loading
 * @property {Record<string, number>} loaded bytes by URL
 * @property {number} total bytes, 0 while unknown
 *
 * @typedef {object} Kept what the browser keeps of the page
 * @property {number} networks how many trained ones
 * @property {number} bytes of these
 * @property {number} drawing bytes of the drawing; 0 where there is none
 *
 * @typedef {object} Guess
 * @property {string} of what was asked, with what may be answered
 * @property {number | null} option that was guessed; null where the question was passed by, or its answer was read
 *
 * @typedef {object} State
 * @property {Language} language
 * @property {LabDescription[]} catalogue
 * @property {"lab" | "all"} page what is looked at: the present lab, or the list of all labs
 * @property {boolean} embed whether the lab stands in a page of someone else, without what surrounds it here
 * @property {Record<string, string[]>} hidden per lab, the fields and parts that its link takes away
 * @property {string} lab
 * @property {Record<string, Settings>} drafts per lab, what its form shows; only fields that were touched
 * @property {Record<string, Settings>} accepted per lab, the last valid values; only fields that were touched
 * @property {Record<string, Record<string, Problem>>} problems per lab and field
 * @property {Record<string, Record<string, FieldState>>} fields per lab and field, of the last valid values
 * @property {Record<string, Pace>} paces per lab
 * @property {Record<string, Moment>} moments per lab
 * @property {Record<string, Guess>} guesses per lab, the last one
 * @property {Record<string, "left" | "hidden" | null>} unseen per lab, why its run was paused without being asked
 * @property {number | null} hovered the key of what is pointed at
 * @property {Uint8Array | null} drawing what the first job's network makes of the drawing; null while the pad is blank
 * @property {Run} run
 * @property {Own} own
 * @property {Kept} kept
 * @property {Loading | null} loading
 * @property {Notice[]} notices
 * @property {number} lastNotice
 */

/**
 * @typedef {object} OwnDigit a drawing of the visitor's, named by them
 * @property {string} id
 * @property {number} label what it is
 * @property {number} read what it was read as
 * @property {Uint8Array} pixels 28×28, 0 to 255, as MNIST has them
 *
 * @typedef {object} Own
 * @property {OwnDigit[]} digits the oldest first; another list when they have changed
 * @property {Record<string, boolean>} visit for each drawing that was judged in this visit, whether it was read right
 * @property {boolean} isKept whether the browser keeps them
 *
 * @typedef {{ type: "judge", digit: OwnDigit } | { type: "take-back", id: string }
 *   | { type: "remove", ids: string[] } | { type: "add", digits: OwnDigit[] }} OwnChange `judge`: the visitor says what a
 *   drawing is, which joins the others and counts for the visit; `take-back`: nothing was said of it; `add`: from a file,
 *   or back after they were removed
 */

/**
 * @typedef {{ type: "catalogue-loaded", catalogue: LabDescription[] }
 *   | { type: "language-chosen", language: Language }
 *   | { type: "overview-chosen" }
 *   | { type: "view-chosen", embed: boolean, hide: string[] }
 *   | { type: "place-chosen", lab: string, settings: Settings, fields: Record<string, FieldState> }
 *   | { type: "fields-edited", lab: string, changes: Settings, problems: Problem[],
 *       accepted: Settings, fields: Record<string, FieldState> }
 *   | { type: "pace-chosen", pace: Pace }
 *   | { type: "moved", step: number } | { type: "chosen", key: number | null } | { type: "hovered", key: number | null }
 *   | { type: "run-expected", jobs: Job[], steps: number, source: Source }
 *   | { type: "drawing-explained", explanation: Uint8Array | null }
 *   | { type: "run-opened", jobs: Job[], steps: number, source: Source, playing: boolean }
 *   | { type: "jobs-changed", jobs: Job[], steps: number, opening: boolean }
 *   | { type: "run-ready", workers: number } | { type: "workers-changed", workers: number }
 *   | { type: "reports-arrived", reports: { job: number, report: JobReport }[] }
 *   | { type: "reports-forgotten", jobs: number[] }
 *   | { type: "played" } | { type: "paused" }
 *   | { type: "pause-noted", lab: string, why: "left" | "hidden" | null }
 *   | { type: "source-changed", source: Source }
 *   | { type: "own-changed", own: Own }
 *   | { type: "kept-changed" } & Partial<Kept>
 *   | { type: "loading-planned", total: number }
 *   | { type: "loading-progressed", url: string, loaded: number }
 *   | { type: "loading-ended" }
 *   | { type: "notice-raised", notice: Omit<Notice, "id"> }
 *   | { type: "guessed", of: string, option: number | null }
 *   | { type: "notice-dismissed", id: number }
 *   | { type: "notices-cleared", topic: string }} Event
 */

/**
 * @param {Language} language
 * @returns {State}
 */
export function initialState(language) {
  return {
    language,
    catalogue: [],
    page: "lab",
    embed: false,
    hidden: {},
    lab: "",
    drafts: {},
    accepted: {},
    problems: {},
    fields: {},
    paces: {},
    moments: {},
    guesses: {},
    unseen: {},
    hovered: null,
    drawing: null,
    run: { number: 0, opening: true, playing: false, source: "seed", steps: 0, workers: 1, jobs: [] },
    own: { digits: [], visit: {}, isKept: false },
    kept: { networks: 0, bytes: 0, drawing: 0 },
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
    case "overview-chosen":
      return state.page === "all" ? state : { ...state, page: "all", embed: false, hovered: null };
    case "view-chosen":
      return { ...state, embed: event.embed, hidden: { ...state.hidden, [state.lab]: event.hide } };
    case "place-chosen":
      return choosePlace(state, event.lab, event.settings, event.fields);
    case "fields-edited":
      return notePause(editFields(state, event), event.lab, null);
    case "pace-chosen":
      return { ...state, paces: { ...state.paces, [state.lab]: event.pace } };
    case "moved":
      return notePause(withMoment(state, { step: clamp(event.step, state.run.steps) }), state.lab, null);
    case "chosen":
      return withMoment(state, { chosen: event.key });
    case "drawing-explained":
      return event.explanation === state.drawing ? state : { ...state, drawing: event.explanation };
    case "hovered":
      return event.key === state.hovered ? state : { ...state, hovered: event.key };
    // What the catalogue knows of a run that nobody can open yet.
    case "run-expected":
      return withRun(state, { jobs: event.jobs, steps: event.steps, source: event.source, opening: true });
    case "run-opened":
      return openRun(state, event);
    case "jobs-changed":
      return changeJobs(state, event);
    case "run-ready":
      return withRun(state, { opening: false, workers: event.workers });
    case "workers-changed":
      return withRun(state, { workers: event.workers });
    case "reports-arrived":
      return takeReports(state, event.reports);
    case "reports-forgotten":
      return event.jobs.length === 0 ? state : forgetReports(state, event.jobs);
    case "played":
      return notePause(withRun(state, { playing: true }), state.lab, null);
    case "paused":
      return withRun(state, { playing: false });
    case "pause-noted":
      return notePause(state, event.lab, event.why);
    case "source-changed":
      return withRun(state, { source: event.source });
    case "own-changed":
      return { ...state, own: event.own };
    case "kept-changed": {
      const { type: _, ...change } = event;
      return { ...state, kept: { ...state.kept, ...change } };
    }
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
    case "guessed":
      return { ...state, guesses: { ...state.guesses, [state.lab]: { of: event.of, option: event.option } } };
    case "notice-dismissed":
      return { ...state, notices: state.notices.filter(({ id }) => id !== event.id) };
    case "notices-cleared":
      return state.notices.some(({ topic }) => topic === event.topic)
        ? { ...state, notices: state.notices.filter(({ topic }) => topic !== event.topic) }
        : state;
  }
}

/**
 * @param {State} state
 * @param {Partial<Run>} change
 * @returns {State} the same object when nothing changed
 */
function withRun(state, change) {
  const { run } = state;
  const names = /** @type {(keyof Run)[]} */ (Object.keys(change));
  if (names.every((name) => run[name] === change[name])) return state;
  return { ...state, run: { ...run, ...change } };
}

/**
 * @param {State} state
 * @param {string} lab
 * @param {"left" | "hidden" | null} why null once the visitor has taken it in hand again
 * @returns {State} the same object when nothing changed
 */
function notePause(state, lab, why) {
  if ((state.unseen[lab] ?? null) === why) return state;
  return { ...state, unseen: { ...state.unseen, [lab]: why } };
}

/**
 * @param {State} state
 * @param {Partial<Moment>} change
 * @returns {State} the same object when nothing changed
 */
function withMoment(state, change) {
  const before = state.moments[state.lab] ?? { step: 0, chosen: null };
  const after = { ...before, ...change };
  if (before.step === after.step && before.chosen === after.chosen) return state;
  return { ...state, moments: { ...state.moments, [state.lab]: after } };
}

/**
 * @param {number} step
 * @param {number} steps
 */
function clamp(step, steps) {
  return Math.max(0, Math.min(steps, Math.round(step)));
}

/**
 * @param {State} state
 * @param {string} lab
 * @param {Settings} settings
 * @param {Record<string, FieldState>} fields
 * @returns {State}
 */
function choosePlace(state, lab, settings, fields) {
  return {
    ...state,
    page: "lab",
    lab,
    hovered: null,
    drawing: null,
    drafts: { ...state.drafts, [lab]: settings },
    accepted: { ...state.accepted, [lab]: settings },
    problems: { ...state.problems, [lab]: {} },
    fields: { ...state.fields, [lab]: fields },
  };
}

/**
 * What is wrong stays in the form, so that it can be mended, but never reaches the experiment.
 * @param {State} state
 * @param {Extract<Event, { type: "fields-edited" }>} edit
 * @returns {State}
 */
function editFields(state, { lab, changes, problems, accepted, fields }) {
  return {
    ...state,
    drafts: { ...state.drafts, [lab]: { ...state.drafts[lab], ...changes } },
    accepted: { ...state.accepted, [lab]: accepted },
    problems: {
      ...state.problems,
      [lab]: Object.fromEntries(problems.map((problem) => [rootOf(problem.field), problem])),
    },
    fields: { ...state.fields, [lab]: fields },
  };
}

/**
 * A lab that is seen for the first time shows its last step.
 * @param {State} state
 * @param {Extract<Event, { type: "run-opened" }>} event
 * @returns {State}
 */
function openRun(state, { jobs, steps, source, playing }) {
  const before = state.moments[state.lab];
  const step = clamp(before?.step ?? steps, steps);
  const opening = jobs.length > 0;
  const number = state.run.number + 1;
  const opened = withRun(state, { number, opening, playing, source, steps, jobs });
  return withMoment(opened, { step });
}

/**
 * A figure that stood at its end stays there, however many steps it has now.
 * @param {State} state
 * @param {Extract<Event, { type: "jobs-changed" }>} event
 * @returns {State}
 */
function changeJobs(state, { jobs, steps, opening }) {
  const step = state.moments[state.lab]?.step ?? 0;
  const atEnd = step === state.run.steps;
  const same = jobs.length === state.run.jobs.length && jobs.every((job, at) => job === state.run.jobs[at]);
  const changed = withRun(state, {
    jobs: same ? state.run.jobs : jobs,
    steps,
    opening: opening || state.run.opening,
    playing: state.run.playing && (jobs.length > 0 || steps > 0),
  });
  return withMoment(changed, { step: atEnd && !state.run.playing ? steps : clamp(step, steps) });
}

/**
 * @param {State} state
 * @param {{ job: number, report: JobReport }[]} reports
 * @returns {State}
 */
function takeReports(state, reports) {
  const jobs = [...state.run.jobs];
  for (const { job, report } of reports) if (jobs[job]) jobs[job] = { ...jobs[job], report };
  const over = jobs.length > 0 && jobs.every(({ report }) => report !== null && isOver(report));
  return withRun(state, { jobs, playing: state.run.playing && !over });
}

/**
 * @param {State} state
 * @param {number[]} forgotten
 * @returns {State}
 */
function forgetReports(state, forgotten) {
  const jobs = state.run.jobs.map((job, at) => (forgotten.includes(at) ? { ...job, report: null } : job));
  return withRun(state, { jobs });
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
