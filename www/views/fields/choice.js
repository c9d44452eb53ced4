// One of a few options, and yes or no.

import { h, uniqueId } from "../dom.js";

/** @typedef {{ value: string, label: import("../../pkg/labs.js").Text }} Option */
/** @typedef {import("./inputs.js").Input} Input @typedef {import("./inputs.js").Context} Context */
/** @typedef {import("./inputs.js").Field} Field @typedef {import("./inputs.js").Edit} Edit */

/**
 * @param {Field} field
 * @param {Option[]} options
 * @param {Context} context
 * @param {Edit} edit
 * @returns {Input}
 */
export function segments(field, options, { say }, edit) {
  const name = uniqueId(field.name);
  const radios = options.map(({ value }) =>
    h("input", { type: "radio", name, value, id: uniqueId("option"), on: { change: () => edit(value) } }),
  );
  const element = h(
    "div",
    { class: "segments", role: "presentation" },
    ...options.map(({ label }, at) =>
      h("label", { for: radios[at].id }, radios[at], h("span", {}, say(label))),
    ),
  );
  return {
    element,
    focus: element,
    group: true,
    spell: (value) => spellOption(options, value, say),
    update(value) {
      for (const radio of radios) radio.checked = radio.value === value;
    },
  };
}

/**
 * @param {Field} field
 * @param {Option[]} options
 * @param {Context} context
 * @param {Edit} edit
 * @returns {Input}
 */
export function list(field, options, { say }, edit) {
  const select = h(
    "select",
    { id: uniqueId(field.name), on: { change: () => edit(select.value) } },
    ...options.map(({ value, label }) => h("option", { value }, say(label))),
  );
  return {
    element: select,
    focus: select,
    group: false,
    spell: (value) => spellOption(options, value, say),
    update(value) {
      if (select.value !== value) select.value = value;
    },
  };
}

/**
 * @param {Field} field
 * @param {Context} context
 * @param {Edit} edit
 * @returns {Input}
 */
export function toggle(field, { words }, edit) {
  const box = h("input", {
    type: "checkbox",
    role: "switch",
    id: uniqueId(field.name),
    on: { change: () => edit(String(box.checked)) },
  });
  return {
    element: box,
    focus: box,
    group: false,
    spell: (value) => words(value === "true" ? "controls.on" : "controls.off"),
    update(value) {
      box.checked = value === "true";
    },
  };
}

/**
 * @param {Option[]} options
 * @param {string} value
 * @param {Context["say"]} say
 */
function spellOption(options, value, say) {
  const option = options.find((each) => each.value === value);
  return option ? say(option.label) : value;
}
