// The input for each kind of field. Number fields are text inputs: a browser's own number input would swallow what it
// cannot read, and the visitor could neither see nor mend it.

import { beside } from "./beside.js";
import { list, segments, toggle } from "./choice.js";
import { matrix } from "./matrix.js";
import { numbers } from "./numbers.js";
import { evenScale, logScale, slider } from "./slider.js";
import { textArea, textInput, keepText } from "./text.js";
import { h, setText, show } from "../dom.js";

/** @typedef {import("../../pkg/labs.js").FieldDescription} Field @typedef {import("../../pkg/labs.js").Problem} Problem */
/** @typedef {import("../dom.js").Context} Context */
/**
 * @typedef {object} Input
 * @property {HTMLElement} element
 * @property {HTMLElement} focus carries the label, the help and the fault
 * @property {boolean} group whether it is a group of inputs under a legend
 * @property {(value: string) => string} spell a value in the visitor's words
 * @property {(value: string, problem: Problem | undefined, rows: string[][]) => void} update `rows`: the numbers of the
 *   last valid value, as the labs read them
 *
 * @typedef {(text: string, how?: { dragging?: boolean }) => void} Edit
 */

/** Up to this many options, with this many characters in all, stand side by side; others go into a list. */
const MOST_SEGMENTS = 4;
const MOST_CHARACTERS = 32;

/**
 * @param {Field} field
 * @param {Context} context
 * @param {Edit} edit
 * @param {(name: string) => string} valueOf what another field of the form holds
 * @returns {Input}
 */
export function createInput(field, context, edit, valueOf) {
  const { kind } = field;
  switch (kind.type) {
    case "log":
      return slider(field, context, edit, logScale(kind.min, kind.max, Number(field.default)));
    case "beside":
      return beside(field, kind, context, edit, valueOf);
    case "number":
      return slider(field, context, edit, evenScale(kind));
    case "count":
      return count(kind, edit);
    case "choice":
      return kind.options.length <= MOST_SEGMENTS && lengthOf(kind.options, context) <= MOST_CHARACTERS
        ? segments(field, kind.options, context, edit)
        : list(field, kind.options, context, edit);
    case "toggle":
      return toggle(field, context, edit);
    case "expression":
    case "calculation":
      return formula(edit);
    case "rows":
      return rows(edit);
    case "numbers":
      return numbers(field, context, edit);
    case "matrix":
      return matrix(field, kind, context, edit);
  }
}

/**
 * @param {import("./choice.js").Option[]} options
 * @param {Context} context
 */
function lengthOf(options, { say, language }) {
  // A Chinese character is about twice as wide.
  const width = language === "zh" ? 2 : 1;
  return options.reduce((sum, { label }) => sum + width * say(label).length, 0);
}

/**
 * @param {{ min: number, max: number }} kind
 * @param {Edit} edit
 * @returns {Input}
 */
function count({ min, max }, edit) {
  const input = textInput(edit, { inputmode: "numeric", size: 8, class: "number" });
  input.addEventListener("keydown", (event) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const present = Number(input.value);
    if (!direction || !Number.isInteger(present)) return;
    event.preventDefault();
    edit(String(Math.max(min, Math.min(max, present + direction * (event.shiftKey ? 10 : 1)))));
  });
  return {
    element: input,
    focus: input,
    group: false,
    spell: String,
    update: (value) => keepText(input, value),
  };
}

/**
 * What is typed in the notation of mathematics, with a mark below the place of a fault.
 * @param {Edit} edit
 * @returns {Input}
 */
function formula(edit) {
  const input = textInput(edit, { class: "expression", autocapitalize: "off" });
  const marker = h("pre", { class: "marker", "aria-hidden": "true", hidden: true });
  return {
    element: h("div", { class: "with-marker" }, input, marker),
    focus: input,
    group: false,
    spell: String,
    update(value, problem) {
      keepText(input, value);
      const at = problem?.at ?? null;
      show(marker, at !== null);
      if (at !== null) setText(marker, `${value}\n${" ".repeat(at)}▲`);
    },
  };
}

/**
 * Rows that are typed or pasted.
 * @param {Edit} edit
 * @returns {Input}
 */
function rows(edit) {
  const input = textArea(edit, { class: "rows", rows: 3, wrap: "off", autocapitalize: "off" });
  return {
    element: input,
    focus: input,
    group: false,
    spell: (value) => `${value.split("\n", 1)[0]} …`,
    update: (value) => keepText(input, value),
  };
}
