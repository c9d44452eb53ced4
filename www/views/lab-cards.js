// The labs by the chapters of the book, each as a card with its picture. Pictures are made while the cards are seen.

import { fitted } from "./figures/fit.js";
import { h, inNextFrame, setAttribute } from "./dom.js";
import { isDark, onScreenChange, pixelRatio } from "./screen.js";
import { formatHash } from "../state/url.js";
import { spelled } from "./head.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../pkg/labs.js").LabDescription} Lab */

/** Where labs stand that are in no section of the book. */
export const EXTRA = "extra";
/** CSS pixels: a picture is drawn in this room and shown smaller, so that its lines keep their proportions. */
const ROOM = { width: 384, height: 224 };

/**
 * @param {Lab[]} catalogue
 * @param {Context} context
 * @param {() => void} [chosen] what follows a choice
 */
export function createLabCards(catalogue, { words, say, preview, language }, chosen = () => {}) {
  /** @type {Map<string, { lab: Lab, link: HTMLAnchorElement, chapter: string }>} */
  const cards = new Map();
  /** Labs of which nothing is to be seen without a run. @type {Set<string>} */
  const bare = new Set();
  /** @type {string[]} */
  let waiting = [];
  /** Labs whose pictures cannot be made yet. @type {Set<string>} */
  const early = new Set();
  /** Of which chapter pictures are shown; null for none. @type {string | null} */
  let shown = null;

  const sections = [...byChapter(catalogue)].map(([chapter, labs]) => {
    const items = labs.map((lab) => {
      const link = h(
        "a",
        { class: "lab-link", href: `#/${lab.id}`, on: { click: chosen } },
        h("strong", {}, say(lab.title)),
        h("span", { class: "lab-section" }, spelled(lab.sections).join(words("lab.between-sections"))),
        h("span", { class: "lab-line" }, say(lab.line)),
      );
      cards.set(lab.id, { lab, link, chapter });
      return h("li", {}, link);
    });
    const heading = h("h2", {}, chapterName(chapter, words));
    return h("section", { class: "chapter", "data-chapter": chapter }, heading, h("ul", {}, ...items));
  });

  /** One picture a frame: all of them at once would hold the page up. */
  async function drawNext() {
    const id = waiting.shift();
    const card = id === undefined ? undefined : cards.get(id);
    if (card) await drawPicture(card);
    if (waiting.length > 0) inNextFrame(drawNext);
  }

  /** @param {{ lab: Lab, link: HTMLAnchorElement }} card */
  async function drawPicture({ lab, link }) {
    const coming = preview(lab.id);
    if (coming === undefined) return void early.add(lab.id);
    const found = await coming;
    // Gone when the cards were closed meanwhile.
    const canvas = link.querySelector("canvas");
    if (!found) {
      bare.add(lab.id);
      return canvas?.remove();
    }
    const { picture, square } = found;
    try {
      const isSquare = square && picture.kind === "plane";
      const room = isSquare ? { ...ROOM, width: Math.min(ROOM.width, ROOM.height) } : ROOM;
      const { width, height } = fitted(picture, room);
      const size = { width, height: Number.isFinite(height) ? height : room.height };
      if (!canvas) return;
      const ratio = pixelRatio() * (canvas.clientHeight / ROOM.height);
      picture.draw(canvas, { ...size, ratio, dark: isDark(), chinese: language === "zh" });
    } finally {
      picture.free();
    }
  }

  function drawAll() {
    waiting = [...cards.values()]
      .filter(({ lab, chapter }) => (shown === "all" || shown === chapter) && !bare.has(lab.id))
      .map(({ lab }) => lab.id);
    inNextFrame(drawNext);
  }

  /** Without a canvas there are no pixels to keep. */
  function removePictures() {
    waiting = [];
    early.clear();
    for (const { link } of cards.values()) link.querySelector("canvas")?.remove();
  }

  /** @type {(() => void) | null} */
  let endScreen = null;

  function close() {
    if (shown === null) return;
    shown = null;
    endScreen?.();
    removePictures();
  }

  return {
    sections,
    close,

    /** @param {string} chapter that is seen, or all */
    open(chapter) {
      close();
      shown = chapter;
      for (const section of sections)
        section.hidden = chapter !== "all" && section.dataset.chapter !== chapter;
      for (const { lab, link, chapter: own } of cards.values())
        if ((chapter === "all" || own === chapter) && !bare.has(lab.id))
          link.prepend(h("canvas", { "aria-hidden": "true", width: 1, height: 1 }));
      drawAll();
      endScreen = onScreenChange(drawAll);
    },

    /** @param {string} id of the lab that is gone to */
    follow: (id) => cards.get(id)?.link.click(),

    /** @param {State} now */
    update(now) {
      if (early.size > 0) {
        waiting.push(...early);
        early.clear();
        inNextFrame(drawNext);
      }
      for (const { lab, link } of cards.values()) {
        // A link leads back to the lab as it was left.
        const hash = formatHash(lab, now.accepted[lab.id] ?? {}, now.fields[lab.id] ?? {}, {
          hide: now.hidden[lab.id],
        });
        setAttribute(link, "href", hash);
        const isHere = now.page === "lab" && lab.id === now.lab;
        setAttribute(link, "aria-current", isHere ? "page" : null);
      }
    },
  };
}

/**
 * @param {Lab[]} labs
 * @returns {Map<string, Lab[]>} in the order of the book
 */
export function byChapter(labs) {
  /** @type {Map<string, Lab[]>} */
  const chapters = new Map();
  for (const lab of labs) {
    const chapter = chapterOf(lab);
    chapters.set(chapter, [...(chapters.get(chapter) ?? []), lab]);
  }
  // As they stand in the list where they begin at the same section.
  const section = (/** @type {Lab} */ { sections: [first = ""] }) => Number(first.split(".")[1] ?? 0);
  for (const found of chapters.values()) found.sort((one, other) => section(one) - section(other));
  const place = (/** @type {string} */ chapter) => (chapter === EXTRA ? Infinity : Number(chapter));
  return new Map([...chapters].sort(([one], [other]) => place(one) - place(other)));
}

/** @param {Lab[]} labs @returns {Lab[]} in the order of the book */
export const inBookOrder = (labs) => [...byChapter(labs).values()].flat();

/** @param {Lab} lab */
export function chapterOf({ sections }) {
  return sections.length > 0 ? sections[0].split(".")[0] : EXTRA;
}

/**
 * @param {string} chapter
 * @param {Context["words"]} words
 */
export function chapterName(chapter, words) {
  return chapter === EXTRA ? words("chapter.extra") : `${chapter} ${words(`chapter.${chapter}`)}`;
}
