// What views and actions read from the state.

/** @typedef {import("../worker/protocol.js").Lab} Lab @typedef {import("../worker/protocol.js").Settings} Settings */
/** @typedef {import("../worker/protocol.js").Field} Field @typedef {import("../worker/protocol.js").Phase} Phase */
/** @typedef {import("./reducer.js").State} State */

/**
 * @param {State} state
 * @returns {Lab}
 */
export function presentLab(state) {
  const lab = state.catalogue.find(({ id }) => id === state.lab);
  if (!lab) throw new Error(`no such lab: ${state.lab}`);
  return lab;
}

/**
 * @param {Lab} lab
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
 * @param {State} state
 * @returns {Settings} every field of the present lab as its form shows it
 */
export function presentDraft(state) {
  return { ...defaults(presentLab(state)), ...state.drafts[state.lab] };
}

/**
 * @param {State} state
 * @returns {number | null}
 */
export function presentPace(state) {
  return Object.hasOwn(state.paces, state.lab) ? state.paces[state.lab] : presentLab(state).pace;
}

/**
 * One phase for all lanes.
 * @param {State} state
 * @returns {Phase | "opening"}
 */
export function presentPhase(state) {
  const phases = state.run.views.map((view) => view?.phase);
  if (phases.length === 0 || phases.includes(undefined)) return "opening";
  for (const phase of /** @type {Phase[]} */ (["waiting", "running", "ready"])) {
    if (phases.includes(phase)) return phase;
  }
  return phases.includes("finished") ? "finished" : "stopped";
}

/**
 * @param {Field} field
 * @param {Settings} settings
 * @returns {boolean} whether the field matters while the others hold these values
 */
export function isShown(field, settings) {
  if (!field.only) return true;
  const [other, values] = field.only;
  return values.includes(settings[other]);
}

/**
 * How many lanes the settings ask for: one for each value of the lab's list of values.
 * @param {Lab} lab
 * @param {Settings} settings
 */
export function laneNames(lab, settings) {
  if (!lab.lanesFrom) return [""];
  const values = settings[lab.lanesFrom].split(/[,，、\s]+/).filter((value) => value !== "");
  return values.length > 0 ? values : [""];
}

/**
 * Whether the lab learns from MNIST while its settings are these.
 * @param {Lab} lab
 * @param {Settings} settings
 */
export function learnsFromData(lab, settings) {
  if (lab.data === "none") return false;
  return !lab.dataWhen || lab.dataWhen[1].includes(settings[lab.dataWhen[0]]);
}

/**
 * The form's field that a fault lies in: `rates.length` lies in `rates`.
 * @param {string} name
 */
export function rootOf(name) {
  return name.split(/[.[]/, 1)[0];
}
