// The drawing survives a reload: what was done on the pad lies in the tab's session storage, strokes as numbers, stamped
// digits as their pixels.

import { onceQuiet } from "../dom.js";
import { pencil } from "./drawing.js";
import { showInk } from "./prediction.js";

/** @typedef {import("./drawing.js").Drawing} Drawing @typedef {import("./drawing.js").Item} Item */
/** @typedef {{ number: number, label: number } | null} Stamped which test digit is on the pad */

const KEY = "fishbowl.drawing";
/** Milliseconds after the last change until it is kept. */
const REST = 500;
/** Characters; a longer drawing is kept from its last clearing on, or not at all. */
const MOST = 400_000;
/** Steps in which a place on the pad is kept, on each side. */
const STEPS = 100_000;

/** Of the drawing of this page. @type {(() => void) | undefined} */
let forget;

/** @returns {number} characters that are kept */
export function keptDrawing() {
  try {
    return sessionStorage.getItem(KEY)?.length ?? 0;
  } catch {
    return 0;
  }
}

/** Leaves nothing of the drawing, in the browser and on the pad. */
export function forgetDrawing() {
  forget?.();
  put("");
}

/**
 * Brings back what the page before has left, and keeps what is drawn from now on.
 * @param {Drawing} drawing
 * @param {() => Stamped} stamped
 * @param {(characters: number) => void} told how much is kept
 * @returns {{ stamped: Stamped, changed: () => void }} to be told of each change
 */
export function keepDrawing(drawing, stamped, told) {
  let isChanged = false;
  const rest = onceQuiet(REST, keep);
  addEventListener("pagehide", keep);
  forget = () => {
    rest.end();
    drawing.restore([]);
    isChanged = false;
  };

  function keep() {
    if (!isChanged) return;
    isChanged = false;
    const items = drawing.isExample ? [] : drawing.items;
    let text = write(items, stamped());
    if (text.length > MOST) {
      const last = items.findLastIndex(({ kind }) => kind === "clearing");
      text = write(items.slice(last + 1), stamped());
    }
    put(text.length > MOST ? "" : text);
    told(keptDrawing());
  }

  const found = read();
  if (found) drawing.restore(found.items);
  return {
    stamped: found?.stamped ?? null,
    changed() {
      isChanged = true;
      rest.ask();
    },
  };
}

/** @param {string} text */
function put(text) {
  try {
    if (text) sessionStorage.setItem(KEY, text);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage it lasts as long as the page.
  }
}

/**
 * @param {Item[]} items
 * @param {Stamped} stamped
 */
function write(items, stamped) {
  if (items.length === 0) return "";
  const kept = items.map((item) => {
    if (item.kind === "clearing") return null;
    if (item.kind === "stroke") return item.points.flatMap(({ x, y }) => [inSteps(x), inSteps(y)]);
    const { width, height } = item.stamp;
    const { data } = pencil(item.stamp).getImageData(0, 0, width, height);
    return btoa(String.fromCharCode(...data.filter((_, at) => at % 4 === 3)));
  });
  return JSON.stringify({ items: kept, stamped });
}

/** @param {number} share of the pad's side */
const inSteps = (share) => Math.round(share * STEPS);

/** @returns {{ items: Item[], stamped: Stamped } | null} null where there is nothing, or nothing that can be used */
function read() {
  try {
    const { items, stamped } = JSON.parse(sessionStorage.getItem(KEY) ?? "");
    return { items: items.map(itemOf), stamped: stampedOf(stamped) };
  } catch {
    return null;
  }
}

/** @param {any} kept @returns {Item} */
function itemOf(kept) {
  if (kept === null) return { kind: "clearing" };
  if (Array.isArray(kept)) {
    const isRight = kept.length > 0 && kept.length % 2 === 0;
    if (!isRight || !kept.every((step) => Math.abs(step) <= 100 * STEPS)) throw kept;
    const points = kept.flatMap((x, at) => {
      return at % 2 === 0 ? [{ x: x / STEPS, y: kept[at + 1] / STEPS }] : [];
    });
    return { kind: "stroke", points };
  }
  const ink = Uint8Array.from(atob(kept), (letter) => letter.charCodeAt(0));
  return { kind: "stamp", stamp: createStamp(ink) };
}

/**
 * @param {Uint8Array} ink of a square image
 * @returns {HTMLCanvasElement} which can be put on the pad, and written down again
 */
export function createStamp(ink) {
  const side = Math.sqrt(ink.length);
  const stamp = document.createElement("canvas");
  pencil(stamp, { willReadFrequently: true });
  showInk(stamp, ink, side, side);
  return stamp;
}

/** @param {any} kept @returns {Stamped} */
function stampedOf(kept) {
  if (!Number.isInteger(kept?.number) || !Number.isInteger(kept.label)) return null;
  return { number: kept.number, label: kept.label };
}
