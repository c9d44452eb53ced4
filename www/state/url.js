// The address as the saved experiment: `#/lab?name=value`, only what is not the default, the seed included.

import { rootOf } from "./selectors.js";

/** @typedef {import("../worker/protocol.js").Lab} Lab @typedef {import("../worker/protocol.js").Settings} Settings */
/** @typedef {import("../worker/protocol.js").Problem} Problem */
/** @typedef {{ lab: string, settings: Settings, problems: Problem[] }} Place */

/** A value longer than this is not quoted in a message, and no field takes one. */
const LONGEST_QUOTE = 60;

/**
 * @param {string} hash with its "#"
 * @param {Lab[]} catalogue not empty
 * @param {(lab: string, settings: Settings) => Problem[]} check
 * @returns {Place} always a place that can be opened; `problems` names what had to be left out
 */
export function parseHash(hash, catalogue, check) {
  const [path, query = ""] = splitOnce(hash.replace(/^#\/?/, ""), "?");
  const id = decode(path);
  const lab = catalogue.find((each) => each.id === id);
  if (!lab) {
    const allowed = catalogue.map((each) => each.id).join(" | ");
    const problems = id === "" ? [] : [problem("unknown-lab", "lab", id, allowed)];
    return { lab: catalogue[0].id, settings: {}, problems };
  }

  /** @type {Settings} */
  const settings = {};
  /** @type {Problem[]} */
  const problems = [];
  for (const [name, value] of new URLSearchParams(query)) {
    const field = lab.fields.find((each) => each.name === name);
    if (!field) problems.push(problem("unknown-field", name, value, ""));
    else if (!sameValue(value, field.default)) settings[name] = value;
  }
  for (const found of check(lab.id, settings)) {
    const name = rootOf(found.field);
    if (!Object.hasOwn(settings, name)) continue;
    delete settings[name];
    problems.push(found);
  }
  return { lab: lab.id, settings, problems };
}

/**
 * @param {Lab} lab
 * @param {Settings} settings
 * @returns {string} with its "#"
 */
export function formatHash(lab, settings) {
  const query = new URLSearchParams();
  for (const { name, default: usual } of lab.fields) {
    const value = settings[name];
    if (value !== undefined && !sameValue(value, usual)) query.set(name, value);
  }
  const text = query.toString();
  return `#/${lab.id}${text && `?${text}`}`;
}

/**
 * Whether two spellings mean the same: `0.10` and `0.1`, or `1e-3` and `0.001`.
 * @param {string} one
 * @param {string} other
 */
export function sameValue(one, other) {
  if (one.trim() === other.trim()) return true;
  if (one.trim() === "" || other.trim() === "") return false;
  return Number(one) === Number(other);
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
