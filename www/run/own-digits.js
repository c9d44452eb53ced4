// The digits that the visitor draws and names: a set of their own, kept in the browser, and how often a drawing was read
// right in this visit. What the browser keeps is outside input: it may be broken, or changed by another tab.

import { MOST_OWN } from "../state/selectors.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../state/reducer.js").OwnDigit} OwnDigit @typedef {import("../state/reducer.js").Own} Own */
/** @typedef {import("../state/reducer.js").OwnChange} OwnChange */

/** Pixels of each side, as MNIST has them. */
const SIDE = 28;
const KEY = "fishbowl.own-digits";
const VISIT = "fishbowl.own-visit";

/** @typedef {ReturnType<typeof createOwnDigits>} OwnDigits */

/**
 * @param {object} options
 * @param {import("../state/store.js").Store<State, Event>} options.store
 * @param {() => Storage} [options.forGood] throws where the browser refuses it
 * @param {() => Storage} [options.forVisit]
 */
export function createOwnDigits({ store, forGood = () => localStorage, forVisit = () => sessionStorage }) {
  /** @param {Own} own */
  const tell = (own) => store.dispatch({ type: "own-changed", own });

  /** What was changed in another tab is known before anything is changed here. */
  function present() {
    const { own } = store.state;
    const kept = own.isKept ? readDigits(forGood) : null;
    return kept && !isSame(kept, own.digits) ? { ...own, digits: kept } : own;
  }

  /** @param {Own} own */
  function keep(own) {
    const isKept = store.state.embed ? false : writeDigits(forGood, own.digits);
    writeVisit(forVisit, own.visit);
    tell({ ...own, isKept });
  }

  return {
    /** Brings back what the browser has. */
    open() {
      if (store.state.embed) return;
      const digits = readDigits(forGood);
      tell({ digits: digits ?? [], visit: readVisit(forVisit), isKept: digits !== null });
    },

    /** Another tab has changed them, or the visitor has cleared the page's data. */
    changedElsewhere() {
      const own = present();
      if (own !== store.state.own) tell(own);
    },

    /** @param {OwnChange} change */
    change(change) {
      keep(changed(present(), change));
    },

    /** Leaves none, here and in the browser. */
    forget() {
      keep({ digits: [], visit: {}, isKept: true });
    },
  };
}

/**
 * @param {Own} own
 * @param {OwnChange} change
 * @returns {Own}
 */
export function changed(own, change) {
  const { digits, visit } = own;
  if (change.type === "judge") {
    const { digit } = change;
    const isKnown = digits.some(({ id }) => id === digit.id);
    const others = digits.map((each) => (each.id === digit.id ? digit : each));
    return {
      ...own,
      digits: isKnown ? others : [...digits, digit].slice(0, Math.max(MOST_OWN, digits.length)),
      visit: { ...visit, [digit.id]: digit.label === digit.read },
    };
  }
  if (change.type === "take-back") {
    const { [change.id]: _, ...others } = visit;
    return { ...own, digits: digits.filter(({ id }) => id !== change.id), visit: others };
  }
  if (change.type === "remove")
    return { ...own, digits: digits.filter(({ id }) => !change.ids.includes(id)) };
  const fresh = change.digits.filter((digit) => !digits.some((each) => isSameDigit(each, digit)));
  return { ...own, digits: [...digits, ...fresh].slice(0, Math.max(MOST_OWN, digits.length)) };
}

/** @param {OwnDigit} one @param {OwnDigit} other @returns {boolean} whether both are the same drawing with the same name */
function isSameDigit(one, other) {
  return one.id === other.id || (one.label === other.label && isSameImage(one.pixels, other.pixels));
}

/** @param {Uint8Array} one @param {Uint8Array} other */
function isSameImage(one, other) {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/** @param {OwnDigit[]} some @param {OwnDigit[]} others */
function isSame(some, others) {
  const isOne = (/** @type {OwnDigit} */ { id, label, read }, /** @type {number} */ at) =>
    id === others[at].id && label === others[at].label && read === others[at].read;
  return some.length === others.length && some.every(isOne);
}

/**
 * @param {() => Storage} storage
 * @returns {OwnDigit[] | null} what is none is passed over; null where the browser refuses to say
 */
function readDigits(storage) {
  try {
    const text = storage().getItem(KEY);
    return text === null ? [] : parseDigits(text);
  } catch {
    return null;
  }
}

/** @param {string} text as it was kept @returns {OwnDigit[]} */
export function parseDigits(text) {
  try {
    const found = JSON.parse(text);
    const ids = new Set();
    return (Array.isArray(found) ? found : []).slice(0, MOST_OWN).flatMap((entry) => {
      const digit = digitOf(entry);
      if (!digit || ids.has(digit.id)) return [];
      ids.add(digit.id);
      return [digit];
    });
  } catch {
    return [];
  }
}

/** @param {unknown} entry @returns {OwnDigit | null} */
function digitOf(entry) {
  if (!Array.isArray(entry)) return null;
  const [id, label, read, text] = entry;
  if (typeof id !== "string" || !isDigit(label) || !isDigit(read) || typeof text !== "string") return null;
  try {
    const pixels = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return pixels.length === SIDE * SIDE ? { id, label, read, pixels } : null;
  } catch {
    return null;
  }
}

/** @param {unknown} value */
const isDigit = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9;

/** @param {OwnDigit[]} digits @returns {string} */
export function formatDigits(digits) {
  const plain = digits.map(({ id, label, read, pixels }) => {
    return [id, label, read, btoa(String.fromCharCode(...pixels))];
  });
  return JSON.stringify(plain);
}

/**
 * @param {() => Storage} storage
 * @param {OwnDigit[]} digits
 * @returns {boolean} whether they are kept
 */
function writeDigits(storage, digits) {
  try {
    if (digits.length > 0) storage().setItem(KEY, formatDigits(digits));
    else storage().removeItem(KEY);
    return true;
  } catch {
    // Full, or refused as in private windows: they last as long as the page.
    return false;
  }
}

/** @param {() => Storage} storage @returns {Own["visit"]} */
function readVisit(storage) {
  try {
    const found = Object.entries(JSON.parse(storage().getItem(VISIT) ?? "{}"));
    return Object.fromEntries(found.filter(([, isRight]) => typeof isRight === "boolean"));
  } catch {
    return {};
  }
}

/** @param {() => Storage} storage @param {Own["visit"]} visit */
function writeVisit(storage, visit) {
  try {
    storage().setItem(VISIT, JSON.stringify(visit));
  } catch {
    // It lasts as long as the page.
  }
}

/**
 * @param {OwnDigit[]} digits
 * @returns {{ images: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer> }} IDX files; empty ones where there is none
 */
export function filesOf(digits) {
  const count = digits.length;
  if (count === 0) return { images: new Uint8Array(), labels: new Uint8Array() };
  const images = new Uint8Array(16 + count * SIDE * SIDE);
  const labels = new Uint8Array(8 + count);
  images.set([0, 0, 8, 3]);
  labels.set([0, 0, 8, 1]);
  const sizes = new DataView(images.buffer);
  [count, SIDE, SIDE].forEach((size, axis) => sizes.setUint32(4 + 4 * axis, size));
  new DataView(labels.buffer).setUint32(4, count);
  digits.forEach(({ label, pixels }, at) => {
    images.set(pixels, 16 + at * SIDE * SIDE);
    labels[8 + at] = label;
  });
  return { images, labels };
}

/**
 * @param {{ pixels: Uint8Array, labels: Uint8Array }} found in a file
 * @returns {OwnDigit[]} which nobody has read yet
 */
export function digitsOf({ pixels, labels }) {
  return [...labels].map((label, at) => ({
    id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`,
    label,
    read: label,
    pixels: pixels.slice(at * SIDE * SIDE, (at + 1) * SIDE * SIDE),
  }));
}
