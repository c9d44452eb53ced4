// What surrounds every lab: name, chapters, language, credits.

import { createNav } from "./nav.js";
import { createShare } from "./share.js";
import { formatHash } from "../state/url.js";
import { h, setAttribute, svg } from "./dom.js";
import { presentLab, presentView } from "../state/selectors.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("./dom.js").Context} Context */

/** Each language is named in its own. @type {["en" | "zh", string, string][]} */
const LANGUAGES = [
  ["en", "English", "en"],
  ["zh", "中文", "zh-CN"],
];

/**
 * @param {State} state
 * @param {Context} context
 */
export function createShell(state, context) {
  const { words, actions, language } = context;
  const nav = createNav(state, context);
  const main = h("main", { id: "main", tabindex: "-1" });
  // The address belongs to the labs, so this link moves the focus by itself.
  const skip = h(
    "a",
    {
      class: "skip",
      href: "#main",
      on: { click: skipTo },
    },
    words("page.skip"),
  );
  /** @param {Event} event */
  function skipTo(event) {
    event.preventDefault();
    // The next stop is what runs the experiment.
    /** @type {HTMLElement | null} */
    const strip = main.querySelector(".run-strip");
    (strip ?? main).focus();
  }
  const languages = LANGUAGES.map(([code, name, lang]) =>
    h(
      "button",
      {
        type: "button",
        lang,
        "aria-pressed": String(code === language),
        on: { click: () => actions.chooseLanguage(code) },
      },
      name,
    ),
  );
  const share = createShare(context);
  const home = state.catalogue[0]?.id ?? "";
  const brand = h(
    "a",
    { class: "brand", href: `#/${home}`, title: words("page.tagline") },
    logo(),
    h("strong", {}, "Fishbowl"),
  );
  const head = h(
    "header",
    { class: "page-head" },
    brand,
    nav.element,
    share.element,
    h("div", { class: "languages", role: "group", "aria-label": words("page.language") }, ...languages),
  );
  const foot = h(
    "footer",
    { class: "page-foot" },
    h("p", {}, words("page.private")),
    h("p", {}, words("page.credits")),
  );
  return {
    /** @param {...HTMLElement} parts the contents of the page */
    place(...parts) {
      main.replaceChildren(...parts);
      document.querySelector("#page")?.replaceChildren(skip, head, main, foot);
    },
    update: nav.update,
    end() {
      nav.end();
      share.end();
    },
  };
}

/**
 * What surrounds a lab in a page of someone else: only the way to all the rest.
 * @param {Context} context
 */
export function createFrame({ words }) {
  const main = h("main", { id: "main", tabindex: "-1" });
  const link = h("a", { target: "_top", rel: "noopener" }, words("embed.open"));
  const foot = h("footer", { class: "embed-foot" }, link);
  return {
    /** @param {...HTMLElement} parts the contents of the page */
    place(...parts) {
      main.replaceChildren(...parts);
      document.querySelector("#page")?.replaceChildren(main, foot);
    },
    /** @param {State} now */
    update(now) {
      const { lab, accepted, fields, language } = now;
      const view = { ...presentView(now), embed: false, language };
      setAttribute(link, "href", formatHash(presentLab(now), accepted[lab] ?? {}, fields[lab] ?? {}, view));
    },
    end() {},
  };
}

function logo() {
  return svg(
    "svg",
    { viewBox: "0 0 32 32", class: "logo", "aria-hidden": "true" },
    svg("path", { class: "bowl", d: "M9 5h14l-1.5 3.2A11.5 11.5 0 1 1 10.5 8.2Z" }),
    svg("path", { class: "fish", d: "M9 18c3-4 8-4 11 0-3 4-8 4-11 0Zm11 0 4-3v6Z" }),
  );
}
