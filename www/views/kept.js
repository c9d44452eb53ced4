// What the browser keeps of the page, and the way to forget it.

import { createFold } from "./folds.js";
import { forgetLongValues } from "../state/long-values.js";
import { forgetDrawing, keptDrawing } from "./inputs/kept-drawing.js";
import { h, setText, show } from "./dom.js";

/** @param {import("./dom.js").Context} context */
export function createKept({ words, actions }) {
  const forget = h("button", { type: "button", on: { click: forgetAll } }, words("kept.forget"));
  const what = h("p", { role: "status" });
  const summary = words("kept.fold");
  const element = createFold(
    { name: "kept", title: summary },
    h("p", { class: "help" }, words("kept.help")),
    what,
    forget,
  );
  let hasForgotten = false;
  actions.noteDrawing(keptDrawing());

  async function forgetAll() {
    // The button goes, and the keyboard is to stay near it.
    element.querySelector("summary")?.focus();
    hasForgotten = true;
    forgetDrawing();
    forgetLongValues();
    actions.noteDrawing(0);
    await actions.forget();
  }

  return {
    element,
    /** @param {import("../state/reducer.js").State} state */
    update({ kept: { networks, bytes, drawing }, own }) {
      const digits = own.isKept ? own.digits.length : 0;
      const isKept = networks + drawing + digits > 0;
      const parts = [
        networks > 0 && words("kept.networks", { networks, megabytes: (bytes / 1e6).toFixed(1) }),
        drawing > 0 && words("kept.drawing", { kilobytes: Math.ceil(drawing / 1000) }),
        digits > 0 && words("kept.own", { own: digits }),
        !isKept && words("kept.nothing"),
      ];
      setText(what, parts.filter(Boolean).join(" "));
      show(forget, isKept);
      show(element, isKept || hasForgotten);
    },
  };
}
