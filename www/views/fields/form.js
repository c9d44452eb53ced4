// Controls made from the descriptions of fields: the main ones beside the run, all others folded away.

import { createInfo } from "../info.js";
import { createInput } from "./inputs.js";
import { problemSentence } from "../problems.js";
import { h, setAttribute, setText, show, uniqueId } from "../dom.js";
import { isShown, presentDraft } from "../../state/selectors.js";

/** @typedef {import("../../pkg/labs.js").FieldDescription} Field */
/** @typedef {import("../../pkg/labs.js").FieldState} FieldState @typedef {import("../../pkg/labs.js").Problem} Problem */
/** @typedef {import("../../pkg/labs.js").LabDescription} Lab @typedef {import("../dom.js").Context} Context */
/** @typedef {import("../../state/reducer.js").State} State */

/**
 * @param {Lab} lab
 * @param {"main" | "more"} place
 * @param {Context} context
 */
export function createForm(lab, place, context) {
  const fields = lab.fields.filter((field) => field.place === place);
  const controls = fields.map((field) => createControl(field, lab, context));
  const element = h(
    "form",
    {
      class: place === "main" ? "controls main-controls" : "controls",
      "data-part": place === "main" ? "main-controls" : null,
      "aria-label": context.words(place === "main" ? "controls.main" : "controls.more"),
      hidden: fields.length === 0,
      on: { submit: (/** @type {Event} */ event) => event.preventDefault() },
    },
    ...controls.map((control) => control.element),
  );
  return {
    element,
    isEmpty: fields.length === 0,
    /** @param {Lab} known */
    describe(known) {
      fields.forEach(({ name }, at) =>
        controls[at].describe(known.fields.find((field) => field.name === name)),
      );
    },
    /** @param {State} state */
    update(state) {
      const draft = presentDraft(state);
      const problems = state.problems[lab.id] ?? {};
      const known = state.fields[lab.id] ?? {};
      fields.forEach((field, at) => {
        const control = controls[at];
        show(control.element, isShown(field, draft));
        control.update(draft, known[field.name], problems[field.name], state.run.jobs.length > 0);
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
  const errorId = uniqueId("error");
  /** What the form holds. @type {import("../../pkg/labs.js").Settings} */
  let draft = {};
  const input = createInput(
    field,
    context,
    (text, how) => actions.edit({ [field.name]: text }, how),
    (name) => draft[name] ?? "",
  );
  const help = createInfo("", words("controls.about", { label }));
  const sentence = h("span");
  const effect = h("span", { class: "effect" });
  /** The same in sight, in a word or two. */
  const tag = h("small", { class: "effect-tag", "aria-hidden": "true" });
  help.text.append(sentence, " ", effect);
  const error = h("p", { class: "field-error", id: errorId, role: "alert", hidden: true });
  const backTo = words("controls.back-to", { label, value: input.spell(field.default) });
  const usual = h(
    "button",
    {
      type: "button",
      class: "quiet use-default",
      hidden: true,
      "aria-label": backTo,
      title: backTo,
      on: { click: () => actions.useDefault(field.name) },
    },
    h("span", { "aria-hidden": "true" }, "↺"),
  );
  const nameId = uniqueId("name");
  const name = input.group
    ? h("span", { class: "field-name", id: nameId }, label)
    : h("label", { class: "field-name", for: input.focus.id }, label);
  const element = h(
    "div",
    {
      class: "field",
      "data-field": field.name,
      "data-kind": field.kind.type,
      "data-group": input.group,
    },
    h("div", { class: "field-title" }, name, tag),
    h("div", { class: "field-input" }, input.element),
    h("div", { class: "field-buttons" }, usual, help.button),
    error,
    help.text,
  );
  const spoken = input.group ? element : input.focus;
  if (input.group) {
    element.setAttribute("role", "group");
    element.setAttribute("aria-labelledby", nameId);
  }
  setAttribute(spoken, "aria-describedby", `${errorId} ${help.id}`);

  /** @type {string | null} */
  let shownValue = null;
  /** @type {Problem | undefined} */
  let shownProblem;
  /** @type {FieldState | undefined} */
  let shownState;
  describe(field);

  /** @param {Field | undefined} known */
  function describe(known) {
    if (known) setText(sentence, say(known.help));
  }

  return {
    element,
    describe,
    /**
     * @param {import("../../pkg/labs.js").Settings} form what the form holds
     * @param {FieldState | undefined} known of the last valid value
     * @param {Problem | undefined} problem
     * @param {boolean} hasJobs
     */
    update(form, known, problem, hasJobs) {
      draft = form;
      const value = draft[field.name];
      setText(effect, hasJobs ? words(field.live ? "controls.live" : "controls.starts-over") : "");
      setText(tag, hasJobs ? words(field.live ? "controls.live-tag" : "controls.starts-over-tag") : "");
      if (value === shownValue && problem === shownProblem && known === shownState) return;
      shownValue = value;
      shownProblem = problem;
      shownState = known;
      input.update(value, problem, known?.rows ?? []);
      show(usual, problem !== undefined || known?.isDefault === false);
      show(error, problem !== undefined);
      setText(error, problem ? problemSentence(problem, context, lab) : "");
      if (!input.group) setAttribute(input.focus, "aria-invalid", problem ? "true" : null);
      element.classList.toggle("is-wrong", problem !== undefined);
    },
  };
}
