// Values too long for an address, such as pasted rows: the address names them by a checksum, the browser keeps them.

/** Characters: a longer value is named. */
const LONGEST = 2000;
/** How many the browser keeps, the newest ones. */
const MOST = 8;
/** No value of a field begins like this. */
const SIGN = "@";
const KEY = "fishbowl.long-values";

/** Those of this visit, also where the browser keeps nothing. @type {Map<string, string>} */
const known = new Map();

/**
 * @param {string} value
 * @returns {string} itself, or its name where it is long
 */
export function named(value) {
  if (value.length <= LONGEST) return value;
  const name = SIGN + checksum(value);
  if (known.get(name) !== value) {
    known.set(name, value);
    keep(name, value);
  }
  return name;
}

/**
 * @param {string} value of an address
 * @returns {string | null} what it names; null where that is not known here
 */
export function unnamed(value) {
  if (!value.startsWith(SIGN)) return value;
  return known.get(value) ?? kept().find(([name]) => name === value)?.[1] ?? null;
}

/** Leaves nothing in the browser; what this visit has seen stays known until it ends. */
export function forgetLongValues() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Not allowed: nothing was kept either.
  }
}

/** @returns {[string, string][]} names and values, the newest last */
function kept() {
  try {
    const pairs = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    const isPair = (/** @type {unknown} */ pair) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
    return Array.isArray(pairs) ? pairs.filter(isPair) : [];
  } catch {
    // Not allowed here, or no list of ours.
    return [];
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function keep(name, value) {
  const others = kept().filter(([other]) => other !== name);
  try {
    localStorage.setItem(KEY, JSON.stringify([...others, [name, value]].slice(-MOST)));
  } catch {
    // Full, or not allowed: known during this visit at least.
  }
}

/**
 * 53 bits of a checksum (cyrb53), which tell apart what one visitor pastes.
 * @param {string} text
 */
function checksum(text) {
  let [low, high] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (4294967296 * (2097151 & high) + (low >>> 0)).toString(36);
}
