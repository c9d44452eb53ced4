// The ink explains itself: once the pen rests, each part of the drawing is coloured by how it speaks for the answer, or for
// the output that was chosen in its place.

import { SIDE } from "./drawing.js";
import { h, onceQuiet, setAttribute, setText, show } from "../dom.js";

/** @typedef {import("../../pkg/core.js").Attribution} Attribution */

/** Milliseconds between the last change of the drawing and its explanation. */
const REST = 300;

/** Whether the visitor wants it, for the life of the page. */
let wanted = true;

/**
 * @param {object} options
 * @param {import("./drawing.js").Drawing} options.sheet
 * @param {ReturnType<typeof import("./pad.js").createPad>} options.pad
 * @param {import("../dom.js").Context} options.context
 * @param {() => number | null} options.output which output is explained; null for none
 */
export function createInk({ sheet, pad, context, output }) {
  const { words, actions } = context;
  const toggle = h(
    "button",
    { type: "button", class: "ink-toggle", title: words("ink.help"), on: { click: flip } },
    words("ink.toggle"),
  );
  const legend = h("p", { class: "ink-legend", hidden: true });
  let asking = false;
  let askAgain = false;
  /** Whether nobody answered the last time. */
  let failed = false;
  /** Rises with each change of the drawing: an explanation of an older one comes to nothing. */
  let version = 0;
  /** The output that is explained on the pad. @type {number | null} */
  let shown = null;
  const rest = onceQuiet(REST, ask);
  setAttribute(toggle, "aria-pressed", String(wanted));

  function flip() {
    wanted = !wanted;
    setAttribute(toggle, "aria-pressed", String(wanted));
    if (wanted) ask();
    else uncolour();
  }

  function uncolour() {
    shown = null;
    pad.colour(null);
    show(legend, false);
  }

  async function ask() {
    const digit = output();
    if (!wanted || digit === null || sheet.isBlank || pad.isDrawing()) return;
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    failed = false;
    const mine = version;
    try {
      const rgba = sheet.pixels();
      const { fit, centre } = sheet.steps;
      const parts = { rgba, width: SIDE, height: SIDE, output: digit, steps: { fit, centre } };
      const found = await actions.ask("attribution", parts, [rgba.buffer]);
      if (found && wanted && mine === version && !pad.isDrawing()) colour(found, digit);
    } catch {
      // While a worker is being replaced, or is not there yet, nobody answers; its first report asks again.
      failed = true;
    } finally {
      asking = false;
    }
    if (!askAgain) return;
    askAgain = false;
    ask();
  }

  /**
   * @param {Attribution} found
   * @param {number} digit
   */
  function colour(found, digit) {
    shown = digit;
    pad.colour(found);
    setText(legend, words(found.isExact ? "ink.legend" : "ink.legend-approximate", { digit }));
    show(legend, true);
  }

  return {
    toggle,
    legend,
    /** The drawing has changed. */
    changed() {
      version += 1;
      if (shown !== null) uncolour();
      rest.ask();
    },
    /** The pen was lifted. */
    lifted: rest.ask,
    /** The network or the choice has changed: what is on the pad is brought up to date. */
    renew() {
      if (shown !== null || asking || failed) ask();
    },
    end: () => rest.end(),
  };
}
