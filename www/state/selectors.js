// What views and actions read from the state.

/** @typedef {import("../pkg/labs.js").LabDescription} LabDescription */
/** @typedef {import("../pkg/labs.js").FieldDescription} FieldDescription */
/** @typedef {import("../pkg/labs.js").Problem} Problem */
/** @typedef {import("../pkg/labs.js").Settings} Settings @typedef {import("../pkg/core.js").JobReport} JobReport */
/** @typedef {import("./reducer.js").State} State @typedef {import("./reducer.js").Run} Run */
/** @typedef {import("./reducer.js").Moment} Moment */

/** So many of the visitor's own digits are kept; none goes to make room for another. */
export const MOST_OWN = 200;

/**
 * @param {State} state
 * @param {string} id of one of its labs
 * @returns {LabDescription}
 */
export function labOf(state, id) {
  const lab = state.catalogue.find((each) => each.id === id);
  if (!lab) throw new Error(`no such lab: ${id}`);
  return lab;
}

/**
 * @param {State} state
 * @returns {LabDescription}
 */
export const presentLab = (state) => labOf(state, state.lab);

/**
 * @param {LabDescription} lab
 * @returns {Settings} every field at its default
 */
export function defaults(lab) {
  return Object.fromEntries(lab.fields.map((field) => [field.name, field.default]));
}

/**
 * @param {State} state
 * @returns {Settings} every field of the present lab with its last valid value
 */
export function presentSettings(state) {
  return { ...defaults(presentLab(state)), ...state.accepted[state.lab] };
}

/**
 * Whether a lab's figure is one of these settings.
 * @param {{ only: [string, string[]] | null }} slot
 * @param {Settings} settings
 */
export function isMeant({ only }, settings) {
  return !only || only[1].includes(settings[only[0]]);
}

/**
 * @param {State} state
 * @returns {Settings} every field of the present lab as its form shows it
 */
export function presentDraft(state) {
  return { ...defaults(presentLab(state)), ...state.drafts[state.lab] };
}

/**
 * @param {State} state
 * @returns {import("./url.js").View} of the present lab
 */
export function presentView({ embed, hidden, lab }) {
  return { embed, hide: hidden[lab] ?? [] };
}

/**
 * @param {State} state
 * @param {Settings} changes of the form
 * @param {Problem[]} problems of the whole form with these changes
 * @returns {Settings} the fields that were touched, each with its last valid value
 */
export function acceptable(state, changes, problems) {
  const wrong = new Set(problems.map(({ field }) => rootOf(field)));
  const drafts = { ...state.drafts[state.lab], ...changes };
  const right = Object.entries(drafts).filter(([name]) => !wrong.has(name));
  return { ...state.accepted[state.lab], ...Object.fromEntries(right) };
}

/** @type {Moment} */
const beginning = { step: 0, chosen: null };

/**
 * @param {State} state
 * @returns {Moment} of the present lab
 */
export function presentMoment(state) {
  return state.moments[state.lab] ?? beginning;
}

/** The pace that begins slowly and then knows no limit. */
export const SLOW_START = "slow-start";

/**
 * @param {State} state
 * @returns {import("./reducer.js").Pace} the chosen one; else that of the lab for a figure, full speed for jobs, but
 *   a slow start where a drawing shows what each step does
 */
export function presentPace(state) {
  if (Object.hasOwn(state.paces, state.lab)) return state.paces[state.lab];
  const { inputs, pace } = presentLab(state);
  if (state.run.jobs.length === 0) return pace;
  return inputs.includes("drawing") ? SLOW_START : null;
}

/** @param {JobReport} report */
export function isOver({ phase }) {
  return phase === "finished" || phase === "diverged";
}

/**
 * One phase for all jobs.
 * @param {State} state
 * @returns {"opening" | "waiting" | "ready" | "finished" | "diverged"} `waiting` while none can go on before more data
 *   arrives, `ready` while one can, `diverged` when all did
 */
export function presentPhase({ run }) {
  const reports = run.jobs.flatMap(({ report }) => report ?? []);
  if (run.opening || (run.jobs.length > 0 && reports.length === 0)) return "opening";
  const phases = reports.map(({ phase }) => phase);
  if (phases.includes("ready")) return "ready";
  if (phases.includes("waiting")) return "waiting";
  if (reports.length < run.jobs.length || reports.length === 0) return "ready";
  return phases.includes("finished") ? "finished" : "diverged";
}

/**
 * How far all jobs are together.
 * @param {State} state
 * @returns {{ done: number, of: number | null, secondsLeft: number | null }} steps done; in all, null for a run without
 *   end; the seconds until then at the speed so far, null while that is unknown
 */
export function presentProgress(state) {
  const { jobs, workers } = state.run;
  const done = jobs.reduce((sum, { report }) => sum + (report?.done ?? 0), 0);
  // One without an end has none when it diverged either.
  const ends = jobs.map(({ report, limit }) => {
    if (!report) return limit;
    return report.of !== null && isOver(report) ? report.done : report.of;
  });
  if (jobs.length === 0 || ends.includes(null)) return { done, of: null, secondsLeft: null };
  const of = ends.reduce((/** @type {number} */ sum, end) => sum + Number(end), 0);
  return { done, of, secondsLeft: secondsLeft(jobs, ends.map(Number), workers, presentPace(state)) };
}

/**
 * @param {Run["jobs"]} jobs
 * @param {number[]} ends the steps of each job
 * @param {number} workers
 * @param {import("./reducer.js").Pace} pace
 * @returns {number | null}
 */
function secondsLeft(jobs, ends, workers, pace) {
  const done = jobs.map(({ report }) => report?.done ?? 0);
  const left = ends.map((end, job) => Math.max(0, end - done[job]));
  if (left.every((steps) => steps === 0)) return 0;
  // At a pace all jobs take their steps at the same time.
  if (typeof pace === "number") return Math.max(...left) / pace;
  const worked = jobs.reduce((sum, { report }) => sum + (report?.seconds ?? 0), 0);
  const steps = done.reduce((sum, each) => sum + each, 0);
  if (steps === 0 || worked === 0) return null;
  const each = jobs.map(({ report }, job) => {
    // A job that has not begun is taken to be as fast as the others are.
    const known = report && report.done > 0 && report.seconds > 0;
    return left[job] * (known ? report.seconds / report.done : worked / steps);
  });
  const sum = each.reduce((total, seconds) => total + seconds, 0);
  // No job is divided among workers, so the longest one is a lower bound.
  return Math.max(sum / Math.max(1, workers), ...each);
}

/**
 * @param {FieldDescription} field
 * @param {Settings} settings
 * @returns {boolean} whether the field matters while the others hold these values
 */
export function isShown(field, settings) {
  if (!field.only) return true;
  const [other, values] = field.only;
  return values.includes(settings[other]);
}

/**
 * The form's field that a fault lies in: `rates.length` lies in `rates`.
 * @param {string} name
 */
export function rootOf(name) {
  return name.split(/[.[]/, 1)[0];
}

/**
 * @param {State} state
 * @returns {boolean} whether the browser keeps anything of what the visitor made
 */
export function hasKept({ kept, own }) {
  return kept.networks + kept.drawing > 0 || (own.isKept && own.digits.length > 0);
}
