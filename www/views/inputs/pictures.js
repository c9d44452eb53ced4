// Small pictures of what a network gets and makes of it, and work that waits until its place is seen.

import { coloured } from "./pad.js";
import { pencil } from "./drawing.js";
import { h, setText, show } from "../dom.js";

/**
 * A picture with what it shows below it; out of sight until it shows something.
 * @param {...(Node | null)} more below the caption
 */
export function createPicture(...more) {
  const canvas = h("canvas", { class: "pixels", role: "img" });
  const caption = h("figcaption");
  const element = h("figure", { class: "small-picture", hidden: true }, canvas, caption, ...more);
  return {
    canvas,
    element,
    /** @param {string} text @param {string} [spoken] to those who do not see the picture */
    say(text, spoken = text) {
      setText(caption, text);
      canvas.setAttribute("aria-label", spoken);
      show(element, true);
    },
  };
}

/**
 * Shows numbers of either sign: above 0 in the colour of what speaks for something, below 0 in the other one.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values row by row
 * @param {number} width
 * @param {number} [most] the size that has the full colour; else the largest
 * @returns {number} that size
 */
export function showSigned(canvas, values, width, most = largest(values)) {
  canvas.width = width;
  canvas.height = values.length / width;
  canvas.classList.add("signed");
  const shades = Uint8Array.from(values, (value) => Math.round(128 + (127 * value) / (most || 1)));
  const style = getComputedStyle(canvas);
  const pair = ["--accent", "--wrong"].map((name) => style.getPropertyValue(name));
  pencil(canvas).drawImage(coloured({ shades, side: width }, pair), 0, 0);
  return most;
}

/** @param {ArrayLike<number>} values */
function largest(values) {
  let most = 0;
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]) || 0);
  return most;
}

/**
 * Runs work while a place is in sight, one time after the other and not too often; what was asked for meanwhile is done
 * once more.
 * @param {HTMLElement} place
 * @param {number} between milliseconds from one beginning to the next
 * @param {() => unknown} work may take its time
 */
export function whileSeen(place, between, work) {
  let seen = false;
  let due = true;
  let working = false;
  let last = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const sights = new IntersectionObserver((changes) => {
    seen = changes.at(-1)?.isIntersecting ?? seen;
    run();
  });
  sights.observe(place);

  async function run() {
    clearTimeout(timer);
    if (!seen || !due || working) return;
    const rest = last + between - performance.now();
    if (rest > 0) {
      timer = setTimeout(run, rest);
      return;
    }
    due = false;
    working = true;
    last = performance.now();
    try {
      await work();
    } finally {
      working = false;
    }
    run();
  }

  return {
    ask() {
      due = true;
      run();
    },
    end() {
      seen = false;
      clearTimeout(timer);
      sights.disconnect();
    },
  };
}
