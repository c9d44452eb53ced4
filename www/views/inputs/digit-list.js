// The ten outputs as a list to choose from: pointing at a digit, or the arrow keys, ask the figures to explain its output
// in place of that of the answer.

import { h, setAttribute, uniqueId } from "../dom.js";

/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

/**
 * @param {HTMLElement[]} rows one for each digit
 * @param {import("../dom.js").Context} context
 */
export function createDigitList(rows, { words, actions }) {
  for (const row of rows) {
    row.id = uniqueId("digit");
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
  }
  const element = h("ol", { class: "bars", role: "listbox", tabindex: "0" }, ...rows);
  element.setAttribute("aria-description", words("prediction.choose"));
  /** The digit that stays chosen when nothing is pointed at. @type {number | null} */
  let pinned = null;

  /** @param {number | null} digit */
  function pin(digit) {
    pinned = digit;
    for (const [at, row] of rows.entries()) setAttribute(row, "aria-selected", String(at === digit));
    setAttribute(element, "aria-activedescendant", digit === null ? null : rows[digit].id);
    actions.chooseOutput(digit);
  }

  for (const [digit, row] of rows.entries()) {
    row.addEventListener("pointerenter", () => actions.chooseOutput(digit));
    row.addEventListener("click", () => pin(pinned === digit ? null : digit));
  }
  element.addEventListener("pointerleave", () => actions.chooseOutput(pinned));
  element.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (event.key === "Escape" && pinned !== null) return pin(null);
    if (!step) return;
    event.preventDefault();
    const first = step > 0 ? 0 : rows.length - 1;
    pin(pinned === null ? first : (pinned + step + rows.length) % rows.length);
  });

  return {
    element,
    /** Nothing is drawn any more. */
    forget() {
      if (pinned !== null) pin(null);
    },
    /** @param {{ hovered: number | null, chosen: number | null }} keys what is pointed at or chosen anywhere */
    light({ hovered, chosen }) {
      for (const [digit, row] of rows.entries()) {
        const key = actions.outputKey(digit);
        setAttribute(row, "data-lit", key === hovered || key === chosen ? "" : null);
      }
    },
  };
}
