// A panel that one button opens over the page, and that Escape, a press elsewhere or leaving it closes.

import { h, uniqueId } from "./dom.js";

/**
 * @param {{ name: string, sign?: string, class?: string }} options `name`: what the button is called; `sign`: what it
 *   shows instead
 * @param {...(Node | string | null)} contents
 */
export function createMenu({ name, sign, class: kind = "" }, ...contents) {
  const id = uniqueId("menu");
  const panel = h("div", { class: "menu-panel", id, hidden: true }, ...contents);
  const button = h(
    "button",
    {
      type: "button",
      class: "quiet menu-button",
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-label": sign ? name : null,
      title: sign ? name : null,
      on: { click: () => (panel.hidden ? open() : close()) },
    },
    sign ? h("span", { "aria-hidden": "true" }, sign) : name,
  );
  const element = h("div", { class: `menu ${kind}`, on: { keydown, focusout } }, button, panel);

  function open() {
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", pressed);
  }

  function close() {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", pressed);
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    close();
    button.focus();
  }

  /** @param {PointerEvent} event */
  function pressed(event) {
    if (!element.contains(/** @type {Node} */ (event.target))) close();
  }

  /** @param {FocusEvent} event */
  function focusout({ relatedTarget }) {
    if (relatedTarget && !element.contains(/** @type {Node} */ (relatedTarget))) close();
  }

  return { element, panel, close, end: close };
}
