// What the browser keeps of the page, and the way to forget it.

import { forgetLongValues } from "../../state/long-values.js";
import { forgetDrawing } from "./kept-drawing.js";
import { h, setText, show } from "../dom.js";

/** @param {import("../dom.js").Context} context */
export function createKept({ words, actions }) {
  const forget = h("button", { type: "button", on: { click: forgetAll } }, words("kept.forget"));
  const what = h("p", { role: "status" });
  const element = h("div", { class: "kept" }, h("p", { class: "help" }, words("kept.help")), what, forget);

  async function forgetAll() {
    // The button goes, and the keyboard is to stay near it.
    element.closest("details")?.querySelector("summary")?.focus();
    forgetDrawing();
    forgetLongValues();
    actions.noteDrawing(0);
    await actions.forget();
  }

  return {
    element,
    /** @param {import("../../state/reducer.js").State} state */
    update({ kept: { networks, bytes, drawing }, own }) {
      const digits = own.isKept ? own.digits.length : 0;
      const parts = [
        networks > 0 && words("kept.networks", { networks, megabytes: (bytes / 1e6).toFixed(1) }),
        drawing > 0 && words("kept.drawing", { kilobytes: Math.ceil(drawing / 1000) }),
        digits > 0 && words("kept.own", { own: digits }),
      ].filter(Boolean);
      setText(what, parts.join(" ") || words("kept.nothing"));
      show(forget, parts.length > 0);
    },
    end() {},
  };
}
