// Saving a run as a script that repeats it with NumPy alone.

import { h, saveFile, setAttribute, setText, show, uniqueId } from "../dom.js";
import { presentLab } from "../../state/selectors.js";

/** @typedef {import("../../state/reducer.js").State} State */

/** @param {import("../dom.js").Context} context */
export function createPython({ words, say, actions }) {
  const [pickId, reasonId] = [uniqueId("run"), uniqueId("reason")];
  const pick = h("select", { id: pickId, on: { change: renew } });
  const label = h("label", { for: pickId }, words("python.run"));
  const picking = h("span", { class: "row" }, label, pick);
  const button = h("button", { type: "button", on: { click: save } }, words("python.save"));
  const reason = h("p", { id: reasonId, class: "help" }, words("python.before"));
  const outcome = h("p", { role: "status" });
  const element = h(
    "div",
    { class: "python" },
    h("div", { class: "row" }, picking, button),
    reason,
    outcome,
    h("p", { class: "help" }, words("python.help")),
  );
  /** @type {State | null} */
  let state = null;
  let working = false;
  let names = "";
  let number = -1;

  /** The runs, by their places among the jobs. */
  function runs() {
    return (state?.run.jobs ?? []).flatMap((job, at) => (job.learns ? [{ job, at }] : []));
  }

  function chosen() {
    return runs().find(({ at }) => at === Number(pick.value));
  }

  function renew() {
    const all = runs();
    const present = all.map(({ job, at }) => `${at} ${say(job.name)}`).join("\n");
    if (present !== names) {
      names = present;
      const before = pick.value;
      pick.replaceChildren(...all.map(({ job, at }) => h("option", { value: at }, say(job.name))));
      if (all.some(({ at }) => String(at) === before)) pick.value = before;
    }
    show(picking, all.length > 1);
    const hasBegun = (chosen()?.job.report?.done ?? 0) > 0;
    button.disabled = working || !hasBegun;
    setAttribute(button, "aria-describedby", hasBegun ? null : reasonId);
    show(reason, !hasBegun);
  }

  async function save() {
    const run = chosen();
    if (!state || !run) return;
    const place = state.run.number;
    const title = `${say(presentLab(state).title)}, ${say(run.job.name)}`;
    working = true;
    setText(outcome, words("python.working"));
    renew();
    try {
      const found = await actions.savePython(run.at, title);
      if (!found) return setText(outcome, "");
      const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (found.bytes);
      saveFile(new Blob([bytes], { type: "application/zip" }), "fishbowl.zip");
      const { iterations, agreeing, parted } = found;
      const isHere = place === state.run.number;
      const all = agreeing === iterations;
      const saved = all ? "python.saved" : parted ? "python.saved-parted" : "python.saved-tried";
      setText(outcome, isHere ? words(saved, { iterations, agreeing }) : "");
    } finally {
      working = false;
      renew();
    }
  }

  return {
    element,
    /** @param {State} present */
    update(present) {
      state = present;
      // What was said was said of another run.
      if (number !== present.run.number && !working) setText(outcome, "");
      number = present.run.number;
      renew();
    },
    end() {},
  };
}
