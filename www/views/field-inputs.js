// The input for each kind of field. Number fields are text inputs: a browser's own number input would swallow what it
// cannot read, and the visitor could neither see nor mend it.

import { h, setAttribute, setText, show, uniqueId } from "./dom.js";

/** @typedef {import("../worker/protocol.js").Field} Field @typedef {import("../worker/protocol.js").FieldKind} FieldKind */
/** @typedef {import("../worker/protocol.js").Problem} Problem @typedef {import("./dom.js").Context} Context */
/**
 * @typedef {object} Input
 * @property {HTMLElement} element
 * @property {HTMLElement} focus carries the label, the help and the fault
 * @property {boolean} group whether it is a group of inputs under a legend
 * @property {(value: string) => string} spell a value in the visitor's words
 * @property {(value: string, problem: Problem | undefined) => void} update
 */

/** Up to this many options stand side by side; more go into a list. */
const MOST_SEGMENTS = 5;
/** Ten steps a decade, each round enough to say aloud. */
const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/**
 * @param {Field} field
 * @param {Context} context
 * @param {(text: string) => void} edit
 * @returns {Input}
 */
export function createInput(field, context, edit) {
  switch (field.kind.type) {
    case "log":
      return slider(field, context, edit, logScale(field.kind.min, field.kind.max, Number(field.default)));
    case "number":
      return slider(field, context, edit, evenScale(field.kind));
    case "count":
      return typed(field, edit, { inputmode: "numeric", size: 10, class: "number" });
    case "choice":
      return field.kind.options.length <= MOST_SEGMENTS
        ? segments(field, field.kind.options, context, edit)
        : list(field, field.kind.options, context, edit);
    case "expression":
      return expression(field, edit);
    case "numbers":
      return numbers(field, context, edit);
  }
}

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
function evenScale({ min, max, step }) {
  return {
    most: Math.round((max - min) / step),
    valueAt: (position) => String(Number((min + position * step).toPrecision(12))),
    positionOf: (value) => Math.round((value - min) / step),
  };
}

/**
 * @param {Field} field
 * @param {Context} context
 * @param {(text: string) => void} edit
 * @param {Scale} scale
 * @returns {Input}
 */
function slider(field, { words, say }, edit, scale) {
  const text = textInput(edit, { inputmode: "decimal", class: "number", size: "8" });
  const range = h("input", {
    type: "range",
    min: "0",
    max: String(scale.most),
    step: "1",
    "aria-label": words("controls.slider", { label: say(field.label) }),
    on: { input: () => edit(scale.valueAt(range.valueAsNumber)) },
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

/**
 * @param {Field} field
 * @param {(text: string) => void} edit
 * @param {Record<string, any>} attributes
 * @returns {Input}
 */
function typed(field, edit, attributes) {
  const input = textInput(edit, attributes);
  const { kind } = field;
  if (kind.type === "count") {
    input.addEventListener("keydown", (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const present = Number(input.value);
      if (!direction || !Number.isInteger(present)) return;
      event.preventDefault();
      edit(String(Math.max(kind.min, Math.min(kind.max, present + direction * (event.shiftKey ? 10 : 1)))));
    });
  }
  return {
    element: input,
    focus: input,
    group: false,
    spell: String,
    update: (value) => keepText(input, value),
  };
}

/**
 * @param {Field} field
 * @param {import("../worker/protocol.js").ChoiceOption[]} options
 * @param {Context} context
 * @param {(text: string) => void} edit
 * @returns {Input}
 */
function segments(field, options, { say }, edit) {
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
 * @param {import("../worker/protocol.js").ChoiceOption[]} options
 * @param {Context} context
 * @param {(text: string) => void} edit
 * @returns {Input}
 */
function list(field, options, { say }, edit) {
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
 * @param {(text: string) => void} edit
 * @returns {Input}
 */
function expression(field, edit) {
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
 * @param {Field} field
 * @param {Context} context
 * @param {(text: string) => void} edit
 * @returns {Input}
 */
function numbers(field, { words }, edit) {
  const input = textInput(edit, { class: "expression" });
  const chips = h("ul", { class: "chips" });
  return {
    element: h("div", {}, input, chips),
    focus: input,
    group: false,
    spell: String,
    update(value) {
      keepText(input, value);
      const parts = value.split(/[,，]/).map((part) => part.trim());
      const entries = parts.filter((part) => part !== "");
      chips.replaceChildren(
        ...entries.map((entry, at) => {
          const rest = entries.filter((_, other) => other !== at).join(", ");
          const spoken = words("controls.without", { value: entry });
          const button = h(
            "button",
            { type: "button", "aria-label": spoken, title: spoken, on: { click: () => edit(rest) } },
            entry,
            h("span", { "aria-hidden": "true" }, "×"),
          );
          // The last one cannot be taken away: there is nothing to show without it.
          button.disabled = entries.length === 1;
          return h("li", {}, button);
        }),
      );
    },
  };
}

/**
 * @param {(text: string) => void} edit
 * @param {Record<string, any>} attributes
 */
function textInput(edit, attributes) {
  const input = h("input", {
    type: "text",
    id: uniqueId("input"),
    autocomplete: "off",
    spellcheck: "false",
    ...attributes,
    on: { input: () => edit(input.value) },
  });
  return input;
}

/**
 * Writing an equal text again would move the visitor's cursor to its end.
 * @param {HTMLInputElement} input
 * @param {string} value
 */
function keepText(input, value) {
  if (input.value !== value) input.value = value;
}

/**
 * @param {import("../worker/protocol.js").ChoiceOption[]} options
 * @param {string} value
 * @param {Context["say"]} say
 */
function spellOption(options, value, say) {
  const option = options.find((each) => each.value === value);
  return option ? say(option.label) : value;
}
