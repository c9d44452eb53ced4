// How fast it runs.

import { h, show, uniqueId } from "./dom.js";
import { SLOW_START, presentPace } from "../state/selectors.js";

/** Steps a second that are offered. */
const PACES = [1, 3, 10, 30, 100, 1000];
const FULL_SPEED = "full";
/** Between thousands, in both languages. Intl would take a tenth of the time until the page stands to be there. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/**
 * @param {import("../pkg/labs.js").LabDescription} lab
 * @param {import("./dom.js").Context} context
 */
export function createSpeed(lab, { words, actions }) {
  const canStartSlowly = lab.inputs.includes("drawing");
  const id = uniqueId("speed");
  const paces = [...new Set([...PACES, lab.pace])].sort((one, other) => one - other);
  const slow = h("option", { value: SLOW_START }, words("run.slow-start"));
  const full = h("option", { value: FULL_SPEED }, words("run.full-speed"));
  const select = h(
    "select",
    {
      id,
      on: { change: () => actions.choosePace(paceOf(select.value)) },
    },
    canStartSlowly ? slow : null,
    ...paces.map((pace) =>
      h(
        "option",
        { value: String(pace) },
        words(pace === 1 ? "run.one-per-second" : "run.per-second", {
          pace: String(pace).replace(THOUSANDS, ","),
        }),
      ),
    ),
    full,
  );
  return {
    element: h("div", { class: "speed" }, h("label", { for: id }, words("run.speed")), select),
    /** @param {import("../state/reducer.js").State} state */
    update(state) {
      // A figure is drawn once for each step; only jobs know a speed beyond that.
      for (const option of [slow, full]) show(option, state.run.jobs.length > 0);
      const pace = presentPace(state);
      const value = pace === null ? FULL_SPEED : String(pace);
      if (select.value !== value) select.value = value;
    },
  };
}

/**
 * @param {string} value of an option
 * @returns {import("../state/reducer.js").Pace}
 */
function paceOf(value) {
  if (value === SLOW_START) return SLOW_START;
  return value === FULL_SPEED ? null : Number(value);
}
