// Tables of numbers, brought up to date row by row.

import { h, setText } from "./dom.js";

/** @typedef {import("../worker/protocol.js").Table} Table @typedef {import("./dom.js").Context} Context */

/** More rows than this are not shown; the first ones are left out. */
const MOST_ROWS = 500;

/**
 * @param {HTMLElement} box the scrolling element that holds the table
 * @param {Table} table
 * @param {Context} context
 */
export function fillTable(box, { columns, rows }, { say }) {
  let table = box.querySelector("table");
  if (!table) {
    table = h("table", {}, h("thead", {}, h("tr")), h("tbody"));
    box.replaceChildren(table);
  }
  const head = /** @type {HTMLElement} */ (table.querySelector("thead tr"));
  const names = columns.map(say);
  if (
    head.childElementCount !== names.length ||
    [...head.children].some((cell, at) => cell.textContent !== names[at])
  ) {
    head.replaceChildren(...names.map((name) => h("th", { scope: "col" }, name)));
  }

  const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
  const body = table.tBodies[0];
  const shown = rows.slice(-MOST_ROWS);
  while (body.rows.length > shown.length) body.deleteRow(-1);
  shown.forEach((cells, at) => {
    const row = body.rows[at] ?? body.insertRow();
    while (row.cells.length > cells.length) row.deleteCell(-1);
    while (row.cells.length < cells.length) row.insertCell();
    cells.forEach((cell, column) =>
      setText(row.cells[column], typeof cell === "object" ? say(cell) : String(cell)),
    );
  });
  if (atEnd) box.scrollTop = box.scrollHeight;
}

/**
 * The table of a run: what each step, or each lane, came to.
 * @param {Context} context
 */
export function createRunTable(context) {
  const name = context.words("table.name");
  const box = h("div", { class: "scroll-box", tabindex: "0", role: "region", "aria-label": name });
  const element = h("section", { class: "run-table panel", hidden: true }, h("h2", {}, name), box);
  return {
    element,
    /** @param {Table} table */
    show(table) {
      element.hidden = false;
      fillTable(box, table, context);
    },
  };
}

/**
 * One table from those of all lanes.
 * @param {(import("../worker/protocol.js").View | null)[]} views
 * @returns {Table | null}
 */
export function mergeTables(views) {
  const tables = views.flatMap((view) => (view?.table ? [view.table] : []));
  if (tables.length === 0) return null;
  return { columns: tables[0].columns, rows: tables.flatMap(({ rows }) => rows) };
}
