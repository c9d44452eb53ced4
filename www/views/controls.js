// The form of a lab, made from the description of its fields.

import { createInput } from "./field-inputs.js";
import { problemSentence } from "./problems.js";
import { h, setAttribute, setText, show, uniqueId } from "./dom.js";
import { isShown, presentDraft } from "../state/selectors.js";
import { sameValue } from "../state/url.js";

/** @typedef {import("../worker/protocol.js").Field} Field @typedef {import("../worker/protocol.js").Lab} Lab */
/** @typedef {import("../worker/protocol.js").Problem} Problem @typedef {import("./dom.js").Context} Context */
/** @typedef {import("../state/reducer.js").State} State */

/**
 * @param {Lab} lab
 * @param {Context} context
 */
export function createControls(lab, context) {
  const controls = lab.fields.map((field) => createControl(field, lab, context));
  const heading = h("h2", {}, context.words("controls.heading"));
  const element = h(
    "form",
    { class: "controls panel", on: { submit: (/** @type {Event} */ event) => event.preventDefault() } },
    heading,
    h("div", { class: "fields" }, ...controls.map((control) => control.element)),
  );
  return {
    element,
    /** @param {State} state */
    update(state) {
      const draft = presentDraft(state);
      const problems = state.problems[lab.id] ?? {};
      lab.fields.forEach((field, at) => {
        const control = controls[at];
        show(control.element, isShown(field, draft));
        control.update(draft[field.name], problems[field.name]);
      });
    },
  };
}

/**
 * @param {Field} field
 * @param {Lab} lab
 * @param {Context} context
 */
function createControl(field, lab, context) {
  const { words, say, actions } = context;
  const label = say(field.label);
  const helpId = uniqueId("help");
  const errorId = uniqueId("error");
  const input = createInput(field, context, (text) => actions.edit({ [field.name]: text }));
  const help = h("p", { class: "help", id: helpId }, say(field.help));
  const error = h("p", { class: "field-error", id: errorId, role: "alert", hidden: true });
  const usual = h(
    "button",
    {
      type: "button",
      class: "quiet use-default",
      hidden: true,
      "aria-label": words("controls.back-to", { label, value: input.spell(field.default) }),
      title: words("controls.back-to", { label, value: input.spell(field.default) }),
      on: { click: () => actions.useDefault(field.name) },
    },
    "↺",
  );
  const grouped = input.group;
  const name = grouped ? h("legend", {}, label) : h("label", { for: input.focus.id }, label);
  const head = grouped ? name : h("div", { class: "field-head" }, name, usual);
  const element = h(
    grouped ? "fieldset" : "div",
    { class: "field", "data-field": field.name, "data-kind": field.kind.type },
    head,
  );
  if (grouped) element.append(usual);
  element.append(input.element, error, help);
  setAttribute(input.focus, "aria-describedby", `${errorId} ${helpId}`);

  /** @type {string | null} */
  let shownValue = null;
  /** @type {Problem | undefined} */
  let shownProblem;
  return {
    element,
    /**
     * @param {string} value
     * @param {Problem | undefined} problem
     */
    update(value, problem) {
      if (value === shownValue && problem === shownProblem) return;
      shownValue = value;
      shownProblem = problem;
      input.update(value, problem);
      show(usual, !sameValue(value, field.default));
      show(error, Boolean(problem));
      setText(error, problem ? problemSentence(problem, context, lab) : "");
      setAttribute(input.focus, "aria-invalid", problem ? "true" : null);
      element.classList.toggle("is-wrong", Boolean(problem));
    },
  };
}
