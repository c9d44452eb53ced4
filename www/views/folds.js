// Parts that are folded away, each as the visitor left it.

import { h } from "./dom.js";

const KEY = "fishbowl.open";

/** @type {Set<string>} */
const open = new Set(kept());

/**
 * @param {{ name: string, title: string }} options `name`: by which it is remembered
 * @param {...(Node | string | null)} contents
 */
export function createFold({ name, title }, ...contents) {
  const element = h(
    "details",
    { class: "fold", "data-fold": name, open: open.has(name), on: { toggle } },
    h("summary", {}, title),
    h("div", { class: "fold-contents" }, ...contents),
  );

  function toggle() {
    if (element.open === open.has(name)) return;
    if (element.open) open.add(name);
    else open.delete(name);
    try {
      localStorage.setItem(KEY, [...open].join(" "));
    } catch {
      // Without storage it lasts as long as the page.
    }
  }

  return element;
}

function kept() {
  try {
    return (localStorage.getItem(KEY) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}
