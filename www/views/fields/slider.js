// A number on a slider, with its text beside it.

import { keepText, textInput } from "./text.js";
import { h, setAttribute } from "../dom.js";

/** Ten steps a decade, each round enough to say aloud. */
const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** @typedef {{ most: number, valueAt: (position: number) => string, positionOf: (value: number) => number }} Scale */

/**
 * @param {number} min
 * @param {number} max
 * @param {number} usual always one of the slider's places
 * @returns {Scale}
 */
export function logScale(min, max, usual) {
  const values = new Set([min, max, usual]);
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
    for (const mantissa of MANTISSAS) {
      // Through text, because 1.2 × 10^-4 is not the number that "0.00012" means.
      const value = Number(`${mantissa}e${power}`);
      if (value >= min && value <= max) values.add(value);
    }
  }
  const places = [...values].filter(Number.isFinite).sort((one, other) => one - other);
  const distance = (/** @type {number} */ one, /** @type {number} */ other) =>
    Math.abs(Math.log(one / other));
  return {
    most: places.length - 1,
    valueAt: (position) => String(places[position]),
    positionOf: (value) =>
      places.reduce(
        (best, place, at) => (distance(place, value) < distance(places[best], value) ? at : best),
        0,
      ),
  };
}

/**
 * @param {{ min: number, max: number, step: number }} kind
 * @returns {Scale}
 */
export function evenScale({ min, max, step }) {
  return {
    most: Math.round((max - min) / step),
    valueAt: (position) => String(Number((min + position * step).toPrecision(12))),
    positionOf: (value) => Math.round((value - min) / step),
  };
}

/**
 * @param {import("./inputs.js").Field} field
 * @param {import("./inputs.js").Context} context
 * @param {import("./inputs.js").Edit} edit
 * @param {Scale} scale
 * @returns {import("./inputs.js").Input}
 */
export function slider(field, { words, say }, edit, scale) {
  const text = textInput(edit, { inputmode: "decimal", class: "number", size: "7" });
  const range = h("input", {
    type: "range",
    min: "0",
    max: String(scale.most),
    step: "1",
    "aria-label": words("controls.slider", { label: say(field.label) }),
    on: { input: () => edit(scale.valueAt(range.valueAsNumber), { dragging: true }) },
  });
  return {
    element: h("div", { class: "slider" }, range, text),
    focus: text,
    group: false,
    spell: String,
    update(value) {
      keepText(text, value);
      const number = Number(value);
      // With a fault in the text the slider stays at the value that still counts.
      if (value.trim() === "" || !Number.isFinite(number)) return;
      const position = String(Math.max(0, Math.min(scale.most, scale.positionOf(number))));
      if (range.value !== position) range.value = position;
      setAttribute(range, "aria-valuetext", value);
      range.style.setProperty("--filled", `${(100 * Number(position)) / Math.max(1, scale.most)}%`);
    },
  };
}
