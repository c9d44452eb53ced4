// The chapters of the book in the bar, whose buttons open the cards of their labs; on narrow screens one button that
// opens all of them. [ and ] go to the previous and the next lab.

import { EXTRA, byChapter, chapterName, chapterOf, createLabCards, inBookOrder } from "./lab-cards.js";
import { h, setAttribute, setText, uniqueId } from "./dom.js";
import { OVERVIEW } from "../state/url.js";
import { presentLab } from "../state/selectors.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../pkg/labs.js").LabDescription} Lab */

/** By key, how many labs on; the second pair is what a Chinese keyboard types. @type {Record<string, number>} */
const TURNS = { "[": -1, "]": 1, "【": -1, "】": 1 };

/**
 * @param {State} state
 * @param {Context} context
 */
export function createNav(state, context) {
  const { words, say } = context;
  const panelId = uniqueId("labs");
  const cards = createLabCards(state.catalogue, context, () => close());
  const buttons = [...byChapter(state.catalogue).keys()].map((chapter) =>
    h(
      "button",
      {
        type: "button",
        class: "chapter-button",
        "data-chapter": chapter,
        "aria-expanded": "false",
        "aria-controls": panelId,
        on: { click: () => toggle(chapter) },
      },
      chapterName(chapter, words),
    ),
  );
  const toAll = () =>
    h("a", { class: "all-labs", href: `#/${OVERVIEW}`, on: { click: () => close() } }, words("nav.all"));
  const allLinks = [toAll(), toAll()];
  const compact = h("button", {
    type: "button",
    class: "nav-compact",
    "aria-expanded": "false",
    "aria-controls": panelId,
    on: { click: () => toggle("all") },
  });
  const panel = h("div", { class: "nav-panel", id: panelId, hidden: true }, ...cards.sections, allLinks[0]);
  const element = h(
    "nav",
    { class: "nav", "aria-label": words("nav.name"), on: { keydown, focusout } },
    compact,
    h("div", { class: "chapter-buttons" }, ...buttons, allLinks[1]),
    panel,
  );
  /** The chapter that is open, or all. @type {string | null} */
  let opened = null;
  /** @type {State} */
  let shown = state;

  /** @param {string} which */
  function toggle(which) {
    if (opened === which) return close();
    opened = which;
    update();
    cards.open(which);
    document.addEventListener("pointerdown", pressed);
  }

  function close() {
    if (opened === null) return;
    opened = null;
    update();
    cards.close();
    document.removeEventListener("pointerdown", pressed);
  }

  function update() {
    panel.hidden = opened === null;
    compact.setAttribute("aria-expanded", String(opened === "all"));
    for (const button of buttons)
      button.setAttribute("aria-expanded", String(button.dataset.chapter === opened));
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    if (event.key !== "Escape" || opened === null) return;
    const from = opened === "all" ? compact : buttons.find((button) => button.dataset.chapter === opened);
    close();
    from?.focus();
  }

  /** @param {FocusEvent} event */
  function focusout({ relatedTarget }) {
    if (relatedTarget && !element.contains(/** @type {Node} */ (relatedTarget))) close();
  }

  /** @param {PointerEvent} event */
  function pressed(event) {
    if (!element.contains(/** @type {Node} */ (event.target))) close();
  }

  /** @param {KeyboardEvent} event */
  function turn(event) {
    const by = TURNS[event.key];
    // Some keyboards type these with AltGr, which is Ctrl and Alt to the browser.
    const isCommand =
      event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));
    if (by === undefined || isCommand || event.isComposing || isTyping(event.target)) return;
    const labs = inBookOrder(shown.catalogue);
    const at = labs.findIndex(({ id }) => shown.page === "lab" && id === shown.lab);
    const next = labs[at + by];
    if (next) cards.follow(next.id);
  }
  document.addEventListener("keydown", turn);

  return {
    element,
    end() {
      close();
      document.removeEventListener("keydown", turn);
    },
    /** @param {State} now */
    update(now) {
      shown = now;
      const lab = now.page === "lab" ? presentLab(now) : null;
      const present = lab && chapterOf(lab);
      setText(compact, `${lab ? `${chapterSign(chapterOf(lab))}${say(lab.title)}` : words("nav.all")} ▾`);
      for (const button of buttons)
        setAttribute(button, "aria-current", button.dataset.chapter === present ? "true" : null);
      for (const link of allLinks) setAttribute(link, "aria-current", lab ? null : "page");
      cards.update(now);
    },
  };
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  const isText =
    "textarea, select, [contenteditable], input:not([type=range], [type=radio], [type=checkbox])";
  return target instanceof Element && target.matches(isText);
}

/** @param {string} chapter */
const chapterSign = (chapter) => (chapter === EXTRA ? "" : `${chapter} · `);

/**
 * The ways to the labs before and after, in the order of the book.
 * @param {Lab[]} catalogue
 * @param {Lab} lab
 * @param {Context} context
 */
export function createNeighbours(catalogue, lab, { words, say }) {
  const labs = inBookOrder(catalogue);
  const at = labs.findIndex(({ id }) => id === lab.id);
  const link = (/** @type {Lab | undefined} */ other, /** @type {"previous" | "next"} */ which) =>
    other
      ? h(
          "a",
          { href: `#/${other.id}`, rel: which === "next" ? "next" : "prev", class: which },
          h("span", { class: "help" }, words(`nav.${which}`)),
          " ",
          say(other.title),
        )
      : null;
  return h(
    "nav",
    { class: "neighbours", "aria-label": words("nav.neighbours") },
    link(labs[at - 1], "previous"),
    link(labs[at + 1], "next"),
  );
}
