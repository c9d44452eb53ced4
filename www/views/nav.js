// The labs by the chapters of the book: a bar whose buttons open the labs of a chapter, on narrow screens one button
// that opens all of them.

import { h, setAttribute, setText, uniqueId } from "./dom.js";
import { spelled } from "./head.js";
import { formatHash } from "../state/url.js";
import { presentLab } from "../state/selectors.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../pkg/core.js").LabDescription} Lab */

/** Where labs stand that are in no section of the book. */
const EXTRA = "extra";

/**
 * @param {State} state
 * @param {Context} context
 */
export function createNav(state, { words, say }) {
  const panelId = uniqueId("labs");
  const chapters = byChapter(state.catalogue);
  /** @type {Map<string, HTMLAnchorElement>} */
  const links = new Map();
  const sections = [...chapters].map(([chapter, labs]) => {
    const items = labs.map((lab) => {
      const link = h(
        "a",
        { class: "lab-link", href: `#/${lab.id}`, on: { click: () => close() } },
        h("strong", {}, say(lab.title)),
        h("span", { class: "lab-section" }, spelled(lab.sections).join(words("lab.between-sections"))),
        h("span", { class: "lab-line" }, say(lab.line)),
      );
      links.set(lab.id, link);
      return h("li", {}, link);
    });
    const heading = h("h2", {}, chapterName(chapter, words));
    return h("section", { class: "chapter", "data-chapter": chapter }, heading, h("ul", {}, ...items));
  });
  const buttons = [...chapters.keys()].map((chapter) =>
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
  const compact = h("button", {
    type: "button",
    class: "nav-compact",
    "aria-expanded": "false",
    "aria-controls": panelId,
    on: { click: () => toggle("all") },
  });
  const panel = h("div", { class: "nav-panel", id: panelId, hidden: true }, ...sections);
  const element = h(
    "nav",
    { class: "nav", "aria-label": words("nav.name"), on: { keydown, focusout } },
    compact,
    h("div", { class: "chapter-buttons" }, ...buttons),
    panel,
  );
  /** The chapter that is open, or all. @type {string | null} */
  let opened = null;

  /** @param {string} which */
  function toggle(which) {
    if (opened === which) return close();
    opened = which;
    update();
    document.addEventListener("pointerdown", pressed);
  }

  function close() {
    if (opened === null) return;
    opened = null;
    update();
    document.removeEventListener("pointerdown", pressed);
  }

  function update() {
    panel.hidden = opened === null;
    compact.setAttribute("aria-expanded", String(opened === "all"));
    for (const button of buttons)
      button.setAttribute("aria-expanded", String(button.dataset.chapter === opened));
    for (const section of sections) section.hidden = opened !== "all" && section.dataset.chapter !== opened;
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

  return {
    element,
    end: close,
    /** @param {State} now */
    update(now) {
      const lab = presentLab(now);
      const present = chapterOf(lab);
      setText(compact, `${chapterSign(present)}${say(lab.title)} ▾`);
      for (const button of buttons)
        setAttribute(button, "aria-current", button.dataset.chapter === present ? "true" : null);
      for (const each of now.catalogue) {
        // A link leads back to the lab as it was left.
        const hash = formatHash(each, now.accepted[each.id] ?? {}, now.fields[each.id] ?? {});
        const link = links.get(each.id);
        if (!link) continue;
        setAttribute(link, "href", hash);
        setAttribute(link, "aria-current", each.id === now.lab ? "page" : null);
      }
    },
  };
}

/**
 * @param {Lab[]} labs
 * @returns {Map<string, Lab[]>} in the order of the book
 */
function byChapter(labs) {
  /** @type {Map<string, Lab[]>} */
  const chapters = new Map();
  for (const lab of labs) {
    const chapter = chapterOf(lab);
    chapters.set(chapter, [...(chapters.get(chapter) ?? []), lab]);
  }
  const place = (/** @type {string} */ chapter) => (chapter === EXTRA ? Infinity : Number(chapter));
  return new Map([...chapters].sort(([one], [other]) => place(one) - place(other)));
}

/** @param {Lab} lab */
function chapterOf({ sections }) {
  return sections.length > 0 ? sections[0].split(".")[0] : EXTRA;
}

/** @param {string} chapter */
const chapterSign = (chapter) => (chapter === EXTRA ? "" : `${chapter} · `);

/**
 * @param {string} chapter
 * @param {Context["words"]} words
 */
function chapterName(chapter, words) {
  return chapter === EXTRA ? words("chapter.extra") : `${chapter} ${words(`chapter.${chapter}`)}`;
}

/**
 * The ways to the labs before and after, in the order of the book.
 * @param {Lab[]} catalogue
 * @param {Lab} lab
 * @param {Context} context
 */
export function createNeighbours(catalogue, lab, { words, say }) {
  const at = catalogue.findIndex(({ id }) => id === lab.id);
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
    link(catalogue[at - 1], "previous"),
    link(catalogue[at + 1], "next"),
  );
}
