// One's own digits: each can go again, all can be taken along as a file, and those of a file can join.

import { problemSentence } from "../problems.js";
import { showInk } from "./prediction.js";
import { h, saveFile, setText, show } from "../dom.js";

/** @typedef {import("../../state/reducer.js").State} State @typedef {import("../../state/reducer.js").OwnDigit} OwnDigit */

const SIDE = 28;
const FILE = "my-digits.zip";

/** @param {import("../dom.js").Context} context */
export function createOwnList(context) {
  const { words, actions } = context;
  const list = h("ul", { class: "own-list", "aria-label": words("own.title") });
  const count = h("p", { class: "help", tabindex: "-1" });
  const outcome = h("span", { role: "status" });
  const undo = h("button", { type: "button", hidden: true, on: { click: putBack } }, words("own.undo"));
  const save = h("button", { type: "button", on: { click: download } }, words("own.save"));
  const load = h("button", { type: "button", on: { click: choose } }, words("own.load"));
  const removeAll = h(
    "button",
    { type: "button", on: { click: () => remove(shown) } },
    words("own.remove-all"),
  );
  const element = h(
    "div",
    { class: "own-digits" },
    count,
    list,
    h("div", { class: "row" }, save, load, removeAll),
    h("p", { class: "row" }, outcome, undo),
    h("p", { class: "help" }, words("own.help")),
  );
  /** @type {OwnDigit[]} */
  let shown = [];
  /** What was removed last. @type {OwnDigit[]} */
  let removed = [];

  /** @param {OwnDigit[]} some */
  function remove(some) {
    removed = some;
    actions.changeOwn({ type: "remove", ids: some.map(({ id }) => id) });
    say(words(some.length === 1 ? "own.removed-one" : "own.removed", { count: some.length }));
    // The button that was pressed is gone.
    undo.focus();
  }

  function putBack() {
    actions.changeOwn({ type: "add", digits: removed });
    removed = [];
    say("");
    count.focus();
  }

  /** @param {string} sentence */
  function say(sentence) {
    setText(outcome, sentence);
    show(undo, removed.length > 0);
  }

  async function download() {
    const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (await actions.saveOwn());
    saveFile(new Blob([bytes], { type: "application/zip" }), FILE);
  }

  function choose() {
    const picker = h("input", { type: "file", accept: ".zip" });
    picker.addEventListener("change", () => picker.files?.[0] && upload(picker.files[0]));
    picker.click();
  }

  /** @param {File} file */
  async function upload(file) {
    removed = [];
    try {
      say(words("own.loaded", await actions.loadOwn(file)));
    } catch (error) {
      const problem = problemSentence(/** @type {any} */ (error), context);
      say(words("own.refused", { file: file.name, problem }));
    }
  }

  /** @param {OwnDigit} digit */
  function item(digit) {
    const { label, read, pixels } = digit;
    const canvas = h("canvas", { class: "pixels", "aria-hidden": "true" });
    showInk(canvas, pixels, SIDE, SIDE);
    const name = words(label === read ? "own.remove" : "own.remove-wrong", { label, read });
    const caption = label === read ? String(label) : `${read}→${label}`;
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "digit-image",
          "aria-label": name,
          title: name,
          on: { click: () => remove([digit]) },
        },
        canvas,
        h("span", { "aria-hidden": "true" }, caption),
      ),
    );
  }

  return {
    element,
    /** @param {State} state */
    update({ own }) {
      if (own.digits !== shown || list.childElementCount !== own.digits.length) {
        shown = own.digits;
        list.replaceChildren(...shown.toReversed().map(item));
      }
      const key = shown.length === 0 ? "own.none" : own.isKept ? "own.count" : "own.count-unkept";
      setText(count, words(key, { count: shown.length }));
      save.disabled = removeAll.disabled = shown.length === 0;
    },
    end() {},
  };
}
