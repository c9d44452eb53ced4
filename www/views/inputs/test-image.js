// Chooses a test digit for the pad by its number.

import { problemSentence } from "../problems.js";
import { h, setAttribute, setText, show, uniqueId } from "../dom.js";

/**
 * @param {import("../dom.js").Context} context
 * @param {{ stamp: (number: number) => Promise<void>, last: number }} pad
 */
export function createTestImageInput(context, { stamp, last }) {
  const { words } = context;
  const errorId = uniqueId("error");
  const input = h("input", {
    type: "text",
    id: uniqueId("number"),
    class: "number",
    size: "6",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-describedby": errorId,
    on: { change: choose },
  });
  const error = h("p", { class: "field-error", id: errorId, role: "alert", hidden: true });
  const element = h(
    "div",
    { class: "test-image" },
    h("label", { for: input.id }, words("pad.number")),
    input,
    error,
  );

  function choose() {
    const text = input.value.trim();
    const number = Number(text);
    const wrong = text !== "" && !(Number.isInteger(number) && number >= 0 && number <= last);
    show(error, wrong);
    setAttribute(input, "aria-invalid", wrong ? "true" : null);
    if (text === "") return;
    if (!wrong) return void stamp(number);
    const problem = {
      code: "outside-range",
      field: words("pad.number"),
      value: text,
      allowed: `0 … ${last}`,
    };
    setText(error, problemSentence({ ...problem, at: null, message: "" }, context));
  }

  return { element };
}
