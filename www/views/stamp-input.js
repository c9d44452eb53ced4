// Chooses a test digit for the pad, by its number or by chance: the way to use the pad without a pointer.

import { problemSentence } from "./problems.js";
import { h, setAttribute, setText, show, uniqueId } from "./dom.js";

/** Test digits are numbered from 0. */
const LAST = 9999;

/**
 * @param {import("./dom.js").Context} context
 * @param {(number: number) => Promise<void>} stamp
 */
export function createStampInput(context, stamp) {
  const { words } = context;
  const errorId = uniqueId("error");
  const label = words("pad.number");
  const input = h("input", {
    type: "text",
    id: uniqueId("number"),
    class: "number",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-describedby": errorId,
    on: { change: choose },
  });
  const any = h("button", { type: "button", on: { click: chooseAny } }, words("pad.any"));
  const error = h("p", { class: "field-error", id: errorId, role: "alert", hidden: true });
  const element = h(
    "div",
    { class: "stamp-input", role: "group", "aria-label": words("pad.test-digit") },
    any,
    h("span", {}, h("label", { for: input.id }, label), input),
    error,
  );

  function choose() {
    const text = input.value.trim();
    const number = Number(text);
    const wrong = text === "" || !Number.isInteger(number) || number < 0 || number > LAST;
    show(error, wrong && text !== "");
    setAttribute(input, "aria-invalid", wrong && text !== "" ? "true" : null);
    if (!wrong) return void stamp(number);
    const problem = {
      code: "outside-range",
      field: words("pad.test-digit"),
      value: text,
      allowed: `0, 1 … ${LAST}`,
      at: null,
    };
    setText(error, problemSentence({ ...problem, message: "" }, context));
  }

  async function chooseAny() {
    any.disabled = true;
    await stamp(Math.floor(Math.random() * (LAST + 1)));
    any.disabled = false;
  }

  return {
    element,
    /** @param {number} number the test digit that is now on the pad */
    show(number) {
      input.value = String(number);
      show(error, false);
      setAttribute(input, "aria-invalid", null);
    },
  };
}
