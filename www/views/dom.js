// Making elements without a framework.

/** @typedef {(key: string, params?: Record<string, string | number>) => string} Words */
/**
 * What every view is given.
 * @typedef {object} Context
 * @property {import("../state/reducer.js").Language} language
 * @property {Words} words a sentence of the shell by its key
 * @property {(text: import("../pkg/labs.js").Text) => string} say a text of the core
 * @property {import("../actions.js").Actions} actions
 * @property {(lab: string) => Promise<import("../show.js").Preview | null> | undefined} preview undefined while the labs are not there
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties] attributes; `class`, `on` (listeners by event); null and false leave out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/**
 * Touching the DOM only when something changed keeps 25 reports a second cheap.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value null removes it
 */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...Element} children
 */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** @param {HTMLElement} element @param {boolean} shown */
export function show(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

let lastId = 0;

/** @param {string} stem */
export function uniqueId(stem) {
  return `${stem}-${++lastId}`;
}

/** @type {Set<() => void>} */
const due = new Set();
let isAsked = false;
/** Whether work was left by the last frame. */
let isLate = false;

/** Milliseconds of a frame's work after which the rest waits for the frame after: the first drawings take as long. */
const LONG_FRAME = 24;

/**
 * Runs each piece of work once in the next frame, however often it was asked for. Work asks for further work: that runs in
 * the same frame, so that a figure is not drawn a frame after the sheet that it is made of; only where a frame takes too
 * long does the rest wait.
 * @param {() => void} work
 */
export function inNextFrame(work) {
  due.add(work);
  askForFrame();
}

/** Whether frames take too long for their work, and what it shows comes later. */
export const isWorkLate = () => isLate;

function askForFrame() {
  if (isAsked || due.size === 0) return;
  isAsked = true;
  requestAnimationFrame(workOff);
}

function workOff() {
  const done = new Set();
  const begun = performance.now();
  try {
    // What is added meanwhile is visited too; what has run already waits for the frame after.
    for (const work of due) {
      if (done.has(work)) continue;
      if (done.size > 0 && performance.now() - begun > LONG_FRAME) break;
      done.add(work);
      due.delete(work);
      work();
    }
  } finally {
    isAsked = false;
    isLate = due.size > 0;
    askForFrame();
  }
}

/**
 * Offers bytes to the visitor as a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveFile(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  // The download has its own hold on the bytes once it began; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/**
 * Runs the first call at once and then at most one every so often, the last one for certain.
 * @param {number | (() => number)} pause milliseconds
 * @param {() => void} work
 * @returns {() => void}
 */
export function atMostEvery(pause, work) {
  let last = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    if (timer !== undefined) return;
    const between = typeof pause === "function" ? pause() : pause;
    const wait = Math.max(0, last + between - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      last = performance.now();
      work();
    }, wait);
  };
}

/**
 * Runs the work once nothing has asked for it for a while.
 * @param {number} pause milliseconds
 * @param {() => void} work
 * @returns {{ ask: () => void, end: () => void }}
 */
export function onceQuiet(pause, work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const end = () => clearTimeout(timer);
  return {
    ask() {
      end();
      timer = setTimeout(work, pause);
    },
    end,
  };
}

/**
 * A box that is wider than its place can be scrolled; then, and only then, the keyboard has to reach it.
 * @param {HTMLElement} box
 * @returns {{ renew: () => void, disconnect: () => void }} `renew` after its contents have changed
 */
export function focusWhenScrolled(box) {
  const look = () => {
    setAttribute(box, "tabindex", box.scrollWidth > box.clientWidth ? "0" : null);
    markCuts(box);
  };
  const observer = new ResizeObserver(look);
  observer.observe(box);
  box.addEventListener(
    "scroll",
    atMostEvery(BETWEEN_CUTS, () => markCuts(box)),
  );
  return { renew: atMostEvery(BETWEEN_LOOKS, look), disconnect: () => observer.disconnect() };
}

/**
 * Marks the sides at which more follows, for the style to let them fade.
 * @param {HTMLElement} box
 * @returns {{ before: boolean, after: boolean }}
 */
export function markCuts(box) {
  const before = box.scrollLeft > 1;
  const after = box.scrollLeft + box.clientWidth < box.scrollWidth - 1;
  setAttribute(box, "data-cut", [before && "before", after && "after"].filter(Boolean).join(" ") || null);
  return { before, after };
}

/** Milliseconds between two measurements of what changes all the time, and of what is being moved. */
const BETWEEN_LOOKS = 500;
export const BETWEEN_CUTS = 100;
