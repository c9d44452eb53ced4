// Moves a figure to any of its steps.

import { h, setAttribute, setText, show, uniqueId } from "./dom.js";
import { presentMoment } from "../state/selectors.js";

/** @param {import("./dom.js").Context} context */
export function createScrubber({ words, actions }) {
  const id = uniqueId("steps");
  const range = h("input", {
    type: "range",
    id,
    min: "0",
    step: "1",
    "aria-label": words("run.scrubber"),
    on: { input: () => actions.moveTo(range.valueAsNumber) },
  });
  const text = h("output", { for: id, class: "step-shown" });
  const element = h("div", { class: "scrubber", hidden: true }, range, text);
  return {
    element,
    /** @param {import("../state/reducer.js").State} state */
    update(state) {
      const { steps, jobs } = state.run;
      show(element, steps > 0 && jobs.length === 0);
      if (steps === 0) return;
      const { step } = presentMoment(state);
      setAttribute(range, "max", String(steps));
      if (range.valueAsNumber !== step) range.value = String(step);
      setAttribute(range, "aria-valuetext", words("run.step-of", { step, steps }));
      range.style.setProperty("--filled", `${(100 * step) / steps}%`);
      setText(text, `${step} / ${steps}`);
    },
  };
}
