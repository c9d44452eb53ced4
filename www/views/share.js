// The button that copies a link to what is seen; where the browser refuses, the link stands there to be copied by hand.

import { h, onceQuiet, setText, show, uniqueId } from "./dom.js";

/** Milliseconds that "copied" stays. */
const STAYS = 4000;

/** @param {import("./dom.js").Context} context */
export function createShare({ words, actions }) {
  const id = uniqueId("link");
  const button = h("button", { type: "button", on: { click: share } }, words("share.name"));
  const note = h("p", { class: "share-note", role: "status" });
  const input = h("input", { type: "text", id, readonly: true, on: { focus: () => input.select() } });
  const box = h(
    "div",
    { class: "share-box", hidden: true },
    h("label", { for: id }, words("share.by-hand")),
    input,
  );
  const element = h("div", { class: "share", on: { keydown, focusout } }, button, note, box);
  const forget = onceQuiet(STAYS, () => setText(note, ""));

  async function share() {
    const { link, copied } = await actions.copyLink();
    setText(note, copied ? words("share.copied") : "");
    if (copied) forget.ask();
    show(box, !copied);
    if (copied) return;
    input.value = link;
    input.focus();
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    if (event.key !== "Escape" || box.hidden) return;
    show(box, false);
    button.focus();
  }

  /** @param {FocusEvent} event */
  function focusout({ relatedTarget }) {
    if (!element.contains(/** @type {Node | null} */ (relatedTarget))) show(box, false);
  }

  return { element, end: forget.end };
}
