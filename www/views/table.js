// The table of a lab. Of many rows only those in sight are taken from the labs and stand in the page.

import { createCell } from "./table-cell.js";
import { h, inNextFrame, setAttribute } from "./dom.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../show.js").ShownSheet} ShownSheet */

/** A table is taken for on screen a little before it is scrolled to. */
const NEARBY = { rootMargin: "200px" };
/** Rows beyond the edge that are kept ready for scrolling. */
const MARGIN = 8;
/** CSS pixels of a row before one was measured. */
const USUAL_HEIGHT = 30;

/** @param {Context} context */
export function createTable(context) {
  const { say, words, actions } = context;
  const head = h("tr");
  const above = h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));
  const below = h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));
  const body = h("tbody");
  const table = h("table", { class: "lab-table" }, h("thead", {}, head), body);
  const element = h(
    "div",
    { class: "scroll-box", tabindex: "0", role: "region", "aria-label": words("table.name") },
    table,
  );
  /** @type {ShownSheet | null} */
  let sheet = null;
  let columns = "";
  let rowHeight = USUAL_HEIGHT;
  let shown = { from: -1, count: -1 };
  /** @type {ShownSheet | null} */
  let filled = null;
  let onScreen = false;
  /** @type {{ hovered: number | null, chosen: number | null }} */
  let keys = { hovered: null, chosen: null };

  function fill() {
    const found = sheet?.head.table;
    // Folded away it is not on screen.
    if (!sheet || !found || !onScreen) return;
    // Who looks at the end goes on seeing the end.
    const atEnd =
      filled !== null &&
      filled !== sheet &&
      element.scrollTop > 0 &&
      element.scrollTop + element.clientHeight >= element.scrollHeight - 4;
    const names = found.columns.map(say);
    if (names.join("\n") !== columns) {
      columns = names.join("\n");
      head.replaceChildren(...names.map((name) => h("th", { scope: "col" }, name)));
    }
    setAttribute(table, "aria-rowcount", String(found.rows + 1));
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - MARGIN);
    const count = Math.min(found.rows - first, Math.ceil(element.clientHeight / rowHeight) + 2 * MARGIN);
    const from = Math.max(0, Math.min(first, found.rows - count));
    if (filled === sheet && from === shown.from && count === shown.count) return;
    filled = sheet;
    shown = { from, count };
    const rows = sheet.rows(from, count).map(({ key, cells }, at) => {
      const row = h(
        "tr",
        { "aria-rowindex": from + at + 2, "data-key": key },
        ...cells.map((cell) => createCell(cell, context)),
      );
      return row;
    });
    spacer(above, from);
    spacer(below, found.rows - from - count);
    const focused = body.contains(document.activeElement) ? placeOf(document.activeElement) : null;
    body.replaceChildren(above, ...rows, below);
    if (focused) focusAgain(rows, focused.row - from, focused.link);
    light();
    const measured = rows[0]?.offsetHeight ?? 0;
    if (measured > 0 && Math.abs(measured - rowHeight) > 1) {
      rowHeight = measured;
      inNextFrame(fill);
    }
    if (atEnd) element.scrollTop = element.scrollHeight;
  }

  /** @param {HTMLTableRowElement} row @param {number} rows */
  function spacer(row, rows) {
    row.hidden = rows <= 0;
    row.cells[0].style.height = `${rows * rowHeight}px`;
  }

  /** @param {Element | null} link */
  function placeOf(link) {
    const row = link?.closest("tr");
    const links = row ? [...row.querySelectorAll("a")] : [];
    return {
      row: Number(row?.getAttribute("aria-rowindex")) - 2,
      link: links.indexOf(/** @type {any} */ (link)),
    };
  }

  /** @param {HTMLElement[]} rows @param {number} at @param {number} link */
  function focusAgain(rows, at, link) {
    rows[at]?.querySelectorAll("a")[link]?.focus({ preventScroll: true });
  }

  function light() {
    for (const row of body.rows) {
      const key = row.dataset.key === undefined ? null : Number(row.dataset.key);
      row.classList.toggle("is-lit", key !== null && key === keys.hovered);
      setAttribute(row, "aria-current", key !== null && key === keys.chosen ? "true" : null);
    }
  }

  /** @param {Event} event @returns {number | null} */
  function keyAt(event) {
    const row = /** @type {Element} */ (event.target).closest("tr");
    const key = row?.dataset.key;
    return key === undefined ? null : Number(key);
  }

  body.addEventListener("pointerover", (event) => actions.hover(keyAt(event)));
  body.addEventListener("pointerleave", () => actions.hover(null));
  body.addEventListener("click", (event) => {
    const key = keyAt(event);
    if (key !== null) actions.choose(key === keys.chosen ? null : key);
  });
  element.addEventListener("scroll", () => inNextFrame(fill), { passive: true });
  const sizes = new ResizeObserver(() => inNextFrame(fill));
  sizes.observe(element);
  const sights = new IntersectionObserver((changes) => {
    onScreen = changes.at(-1)?.isIntersecting ?? false;
    fill();
  }, NEARBY);
  sights.observe(element);

  return {
    element,
    /**
     * @param {ShownSheet | null} present
     * @param {{ hovered: number | null, chosen: number | null }} lit
     */
    update(present, lit) {
      keys = lit;
      if (present && present !== sheet) {
        sheet = present;
        fill();
      }
      light();
    },
    end() {
      sizes.disconnect();
      sights.disconnect();
    },
  };
}
