// A number beside that of another field, or none: a button that begins with one, and then its text and a button that ends it.

import { keepText, textInput } from "./text.js";
import { h, show } from "../dom.js";

/** How the address spells that there is none. */
const NONE = "none";

/**
 * @param {import("./inputs.js").Field} field
 * @param {{ of: string, min: number, max: number }} kind
 * @param {import("./inputs.js").Context} context
 * @param {import("./inputs.js").Edit} edit
 * @param {(name: string) => string} valueOf what another field holds
 * @returns {import("./inputs.js").Input}
 */
export function beside(field, { of, min }, { words, say }, edit, valueOf) {
  const label = say(field.label);
  const input = textInput(edit, { inputmode: "decimal", class: "number", size: "7" });
  const begin = h(
    "button",
    {
      type: "button",
      class: "begin-beside",
      on: {
        click: () => {
          edit(another(Number(valueOf(of)), min));
          showNumber(true);
          input.focus();
        },
      },
    },
    h("span", {}, h("span", { "aria-hidden": "true" }, "＋ "), h("span", { class: "what" }, label)),
    h("small", { class: "effect-tag" }, words("controls.both-start-over")),
  );
  const endName = words("controls.without", { value: label });
  const end = h(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-label": endName,
      title: endName,
      on: {
        click: () => {
          edit(NONE);
          showNumber(false);
          begin.focus();
        },
      },
    },
    h("span", { "aria-hidden": "true" }, "×"),
  );
  const present = h("div", { class: "beside-number", hidden: true }, input, end);

  /** At once, so that the keyboard can go on there. @param {boolean} isThere */
  function showNumber(isThere) {
    show(begin, !isThere);
    show(present, isThere);
  }

  return {
    element: h("div", { class: "beside" }, begin, present),
    focus: input,
    group: false,
    spell: String,
    update(value) {
      showNumber(value.trim() !== NONE);
      keepText(input, value);
    },
  };
}

/**
 * @param {number} value of the other field
 * @param {number} min
 * @returns {string} a tenth of it, or three times as much where a tenth is too little
 */
function another(value, min) {
  const other = value / 10 >= min ? value / 10 : 3 * value;
  return String(Number((Number.isFinite(other) && other >= min ? other : min).toPrecision(3)));
}
