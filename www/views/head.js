// The head of a lab: its title and one sentence; the formula, more words and the sections of the book unfold.

import { createMenu } from "./menu.js";
import { focusWhenScrolled, h, setText, show } from "./dom.js";

/**
 * @param {import("../pkg/labs.js").LabDescription} lab
 * @param {import("./dom.js").Context} context
 */
export function createHead(lab, { words, say }) {
  const formula = h("div", { class: "formula", role: "group", "aria-label": words("lab.formula") });
  const more = h("p");
  const widths = focusWhenScrolled(formula);
  const sections = spelled(lab.sections).join(words("lab.between-sections"));
  const about = createMenu(
    { name: sections ? words("lab.about-with", { sections }) : words("lab.about"), class: "about" },
    more,
    formula,
    sections
      ? h(
          "p",
          { class: "help" },
          words(lab.sections.length > 1 ? "lab.sections" : "lab.section", { sections }),
        )
      : null,
  );
  const element = h(
    "header",
    { class: "lab-head", "data-part": "head" },
    h("h1", { tabindex: "-1" }, say(lab.title)),
    h("p", { class: "line" }, say(lab.line)),
    about.element,
  );
  describe(lab);

  /** @param {typeof lab} known */
  function describe(known) {
    setText(more, say(known.about));
    // The markup is our own, from the lab's Rust source; nothing a visitor typed gets here.
    formula.innerHTML = known.formula;
    show(formula, known.formula !== "");
  }

  return {
    element,
    describe,
    end() {
      widths.disconnect();
      about.end();
    },
  };
}

/**
 * Sections that follow each other, as ranges: 5.1–5.6.
 * @param {string[]} sections
 * @returns {string[]}
 */
export function spelled(sections) {
  /** @type {string[][]} */
  const groups = [];
  for (const section of sections) {
    const last = groups.at(-1);
    if (last && follows(last[last.length - 1], section)) last.push(section);
    else groups.push([section]);
  }
  return groups.flatMap((group) => (group.length > 2 ? `${group[0]}–${group[group.length - 1]}` : group));
}

/** @param {string} one @param {string} other */
function follows(one, other) {
  const [[chapter, section], [nextChapter, nextSection]] = [one.split("."), other.split(".")];
  return chapter === nextChapter && Number(nextSection) === Number(section) + 1;
}
