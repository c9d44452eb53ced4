// Under the pad: was the drawing read right, and if not, what is it? One press answers; the drawing joins one's own digits.

import { h, setAttribute, setText, show } from "../dom.js";
import { MOST_OWN, presentSettings } from "../../state/selectors.js";

/** @typedef {import("../../state/reducer.js").State} State @typedef {import("../../state/reducer.js").OwnDigit} OwnDigit */
/** @typedef {import("./drawing.js").Item} Item */
/** @typedef {{ first: Item, digit: number, pixels: Uint8Array }} Read a drawing of the visitor's, by its first stroke */

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
/** Shades of 256 by which two images of one drawing may differ. */
const ROUNDED = 16;
const LAB = "#/deep?experiment=own";

/** What each drawing of this page is called: it outlives the view. @type {WeakMap<Item, string>} */
const names = new WeakMap();

/**
 * @param {import("../dom.js").Context} context
 * @param {{ own: () => Read | null }} drawing
 */
export function createTeach({ words, actions }, drawing) {
  const question = h("p", { class: "teach-question" });
  const buttons = DIGITS.map((label) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": "false",
        "aria-label": words("own.is", { label }),
        on: { click: () => judge(label) },
      },
      String(label),
    ),
  );
  const score = h("span", { class: "teach-score", role: "status", "data-testid": "own-score" });
  const teach = h("a", { href: LAB });
  const element = h(
    "section",
    { class: "teach", "aria-label": words("own.region"), hidden: true },
    question,
    h("div", { class: "teach-digits", role: "group", "aria-label": words("own.which") }, ...buttons),
    h("p", { class: "teach-foot" }, score, teach),
  );
  /** @type {State | null} */
  let state = null;

  /** @param {Read} read @returns {string} what it is called */
  function nameOf({ first, pixels }) {
    let name = names.get(first);
    if (!name) {
      // After a reload the drawing is there again, and is the same one still, but for what keeping it has rounded.
      const known = state?.own.digits.find((each) =>
        each.pixels.every((value, at) => Math.abs(value - pixels[at]) <= ROUNDED),
      );
      name = known?.id ?? crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      names.set(first, name);
    }
    return name;
  }

  /** @param {number} label */
  function judge(label) {
    const read = drawing.own();
    if (!read) return;
    const id = nameOf(read);
    const before = state?.own.digits.find((each) => each.id === id);
    if (before?.label === label) return actions.changeOwn({ type: "take-back", id });
    const { digit, pixels } = read;
    // What it is was said of what was read then, unless more was drawn since.
    const isSame = before?.pixels.every((value, at) => value === pixels[at]);
    const seen = before && isSame ? before.read : digit;
    actions.changeOwn({ type: "judge", digit: { id, label, read: seen, pixels: pixels.slice() } });
  }

  return {
    element,
    /** @param {State} present */
    update(present) {
      state = present;
      const { digits, visit } = present.own;
      const read = drawing.own();
      const judged = Object.values(visit);
      // Once it was there it stays, or what stands below would move with each drawing.
      if (read || judged.length > 0) show(element, true);
      const own = read && digits.find(({ id }) => id === nameOf(read));
      const isFull = read !== null && !own && digits.length >= MOST_OWN;
      setText(question, questionOf(read, own ?? null, isFull));
      for (const label of DIGITS) {
        buttons[label].disabled = read === null;
        setAttribute(buttons[label], "aria-pressed", String(own?.label === label));
        setAttribute(buttons[label], "data-read", read?.digit === label ? "" : null);
      }
      const right = judged.filter(Boolean).length;
      setText(score, judged.length > 0 ? words("own.score", { right, all: judged.length }) : "");
      const isThere = present.lab === "deep" && presentSettings(present).experiment === "own";
      show(teach, digits.length > 0 && !isThere);
      setText(teach, words(digits.length === 1 ? "own.teach-one" : "own.teach", { count: digits.length }));
    },
    end() {},
  };

  /**
   * @param {Read | null} read
   * @param {OwnDigit | null} own what the visitor has said of it
   * @param {boolean} isFull
   */
  function questionOf(read, own, isFull) {
    if (!read) return words("own.draw");
    if (isFull) return words("own.full", { most: MOST_OWN });
    if (!own) return words("own.question", { digit: read.digit });
    return own.label === own.read
      ? words("own.right", { label: own.label })
      : words("own.wrong", { label: own.label, read: own.read });
  }
}
