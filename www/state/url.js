// The address as the saved experiment: `#/lab?name=value`, only what is not the default, the seed included.

import { named, unnamed } from "./long-values.js";
import { presentLab, presentView, rootOf } from "./selectors.js";

/** @typedef {import("../pkg/labs.js").LabDescription} LabDescription */
/** @typedef {import("../pkg/labs.js").Settings} Settings @typedef {import("../pkg/labs.js").Problem} Problem */
/** @typedef {import("../pkg/labs.js").Checked} Checked @typedef {import("../pkg/labs.js").FieldState} FieldState */
/** @typedef {{ embed: boolean, hide: string[] }} View how a lab is put before others */
/** @typedef {{ lab: string, settings: Settings, problems: Problem[], fields: Record<string, FieldState> }} Place */

/** The address of the list of all labs; no lab has this id. */
export const OVERVIEW = "all";

/** What an address may say beside the settings of a lab; no field has these names. */
export const RESERVED = ["embed", "hide", "lang"];
/** What `hide` may name beside the fields of a lab; no field has these names either. */
export const PARTS = ["suggestions", "settings", "table"];
/** @type {import("./reducer.js").Language[]} */
const LANGUAGES = ["en", "zh"];

/** A value longer than this is not quoted in a message, and no field takes one. */
const LONGEST_QUOTE = 60;

/**
 * @param {string} hash with its "#"
 * @param {LabDescription[]} catalogue not empty
 * @param {(lab: string, settings: Settings) => Checked} check
 * @returns {Place} always a place that can be opened; `problems` names what had to be left out
 */
export function parseHash(hash, catalogue, check) {
  const { id, query } = split(hash);
  const lab = catalogue.find((each) => each.id === id);
  if (!lab) {
    const allowed = catalogue.map((each) => each.id).join(" | ");
    const problems = id === "" || id === OVERVIEW ? [] : [problem("unknown-lab", "lab", id, allowed)];
    return { ...strip(catalogue[0].id, {}, check), problems };
  }

  /** @type {Settings} */
  const settings = {};
  /** @type {Problem[]} */
  const unknown = [];
  for (const [name, value] of new URLSearchParams(query)) {
    if (RESERVED.includes(name)) continue;
    const whole = unnamed(value);
    if (!lab.fields.some((field) => field.name === name)) {
      unknown.push(problem("unknown-field", name, value, ""));
    } else if (whole === null) unknown.push(problem("not-kept", name, value, ""));
    else settings[name] = whole;
  }
  const place = strip(lab.id, settings, check);
  return { ...place, problems: [...unknown, ...place.problems] };
}

/**
 * @param {string} hash with its "#"
 * @returns {string} the id that it names, which may be no lab's
 */
export function labIn(hash) {
  return split(hash).id;
}

/**
 * @param {string} hash with its "#"
 * @returns {boolean} whether it leads to the list of all labs
 */
export function isOverview(hash) {
  return split(hash).id === OVERVIEW;
}

/**
 * How the place of an address is to be shown: `embed`, `hide=suggestions,hidden` and `lang=zh`.
 * @param {string} hash with its "#"
 * @param {LabDescription} lab that it names
 * @returns {View & { language: import("./reducer.js").Language | null, problems: Problem[] }}
 */
export function parseView(hash, lab) {
  const query = new URLSearchParams(split(hash).query);
  /** @type {Problem[]} */
  const problems = [];
  const refuse = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string[]} */ allowed) =>
    problems.push(problem("not-a-choice", name, value, allowed.join(" | ")));

  const embed = query.get("embed");
  if (embed) refuse("embed", embed, ["embed"]);
  const lang = query.get("lang");
  const language = LANGUAGES.find((each) => each === lang) ?? null;
  if (lang !== null && !language) refuse("lang", lang, LANGUAGES);
  const known = [...PARTS, ...lab.fields.map(({ name }) => name)];
  const hide = [...new Set((query.get("hide") ?? "").split(",").filter(Boolean))];
  for (const name of hide) if (!known.includes(name)) refuse("hide", name, known);
  return { embed: embed === "", hide: hide.filter((name) => known.includes(name)), language, problems };
}

/** @param {string} hash with its "#" */
function split(hash) {
  const [path, query = ""] = splitOnce(hash.replace(/^#\/?/, ""), "?");
  return { id: decode(path), query };
}

/**
 * Leaves out what cannot be used and what is the default anyway.
 * @param {string} lab
 * @param {Settings} given
 * @param {(lab: string, settings: Settings) => Checked} check
 * @returns {Place}
 */
function strip(lab, given, check) {
  /** @type {Problem[]} */
  const problems = [];
  let settings = given;
  // Without a wrong value another may turn out to be wrong; each round leaves out at least one.
  for (;;) {
    const names = Object.keys(settings);
    const { problems: found, fields } = check(lab, settings);
    if (found.length === 0 || names.length === 0) {
      const own = names.filter((name) => !fields[name]?.isDefault);
      return { lab, settings: pick(settings, own), problems, fields };
    }
    problems.push(...found);
    const wrong = new Set(found.map(({ field }) => rootOf(field)));
    const right = names.filter((name) => !wrong.has(name));
    // A fault of values that do not go together may be named after a field that has its default.
    settings = right.length < names.length ? pick(settings, right) : {};
  }
}

/**
 * @param {Settings} settings
 * @param {string[]} names
 * @returns {Settings}
 */
function pick(settings, names) {
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}

/**
 * @param {LabDescription} lab
 * @param {Settings} settings
 * @param {Record<string, FieldState>} fields of these settings
 * @param {Partial<View> & { language?: string, whole?: boolean }} [view] `whole`: long values too, for others to open
 * @returns {string} with its "#"
 */
export function formatHash(lab, settings, fields, { embed = false, hide = [], language, whole } = {}) {
  const query = new URLSearchParams();
  for (const { name } of lab.fields) {
    const value = settings[name];
    // An embedded lab keeps nothing in the browser.
    if (value !== undefined && !fields[name]?.isDefault)
      query.set(name, whole || embed ? value : named(value));
  }
  const view = [
    embed && "embed",
    hide.length > 0 && `hide=${hide.join(",")}`,
    query.toString(),
    language && `lang=${language}`,
  ];
  const text = view.filter(Boolean).join("&");
  return `#/${lab.id}${text && `?${text}`}`;
}

/**
 * The address of what is seen.
 * @param {import("./reducer.js").State} state
 * @param {{ language?: string, whole?: boolean }} [more] what others are to see beside the settings
 * @returns {string} with its "#"
 */
export function presentHash(state, more = {}) {
  const { lab, accepted, fields } = state;
  if (state.page === "all") return `#/${OVERVIEW}${more.language ? `?lang=${more.language}` : ""}`;
  return formatHash(presentLab(state), accepted[lab] ?? {}, fields[lab] ?? {}, {
    ...presentView(state),
    ...more,
  });
}

/**
 * Writes the address at most every so often: browsers refuse more than about three changes a second.
 * @param {(hash: string) => void} write
 * @param {number} pause milliseconds
 */
export function createHashWriter(write, pause) {
  /** @type {string | null} */
  let waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === null) return;
    const hash = waiting;
    waiting = null;
    write(hash);
  }

  return {
    /** @param {string} hash */
    put(hash) {
      waiting = hash;
      timer ??= setTimeout(flush, pause);
    },
    /** Writes at once what is still waiting. */
    flush,
    /** Forgets what is still waiting, because the address was changed from outside. */
    drop() {
      waiting = null;
    },
  };
}

/**
 * @param {string} text
 * @param {string} separator
 */
function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} code
 * @param {string} field
 * @param {string} value
 * @param {string} allowed
 * @returns {Problem}
 */
function problem(code, field, value, allowed) {
  return { code, field: shorten(field), value: shorten(value), allowed, at: null, message: code };
}

/** @param {string} text */
function shorten(text) {
  const characters = [...text];
  return characters.length <= LONGEST_QUOTE ? text : `${characters.slice(0, LONGEST_QUOTE - 1).join("")}…`;
}
