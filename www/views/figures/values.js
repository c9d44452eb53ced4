// The numbers behind the pictures of a figure, as tables.

import { h, setText } from "../dom.js";

/** @typedef {import("../../pkg/labs.js").PictureTable} PictureTable */

/**
 * @param {HTMLElement} box
 * @param {PictureTable[]} tables
 * @param {import("../dom.js").Context} context
 */
export function fillValues(box, tables, { say }) {
  while (box.childElementCount > tables.length) box.lastElementChild?.remove();
  tables.forEach(({ columns, rows }, at) => {
    const table = /** @type {HTMLTableElement} */ (box.children[at] ?? box.appendChild(newTable()));
    const head = table.rows[0];
    const names = columns.map(say);
    if (names.join("\n") !== [...head.cells].map(({ textContent }) => textContent).join("\n"))
      head.replaceChildren(...names.map((name) => h("th", { scope: "col" }, name)));
    const body = table.tBodies[0];
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach((cells, index) => {
      const row = body.rows[index] ?? body.insertRow();
      while (row.cells.length > cells.length) row.deleteCell(-1);
      while (row.cells.length < cells.length) row.insertCell();
      cells.forEach((cell, column) => setText(row.cells[column], String(cell)));
    });
  });
}

const newTable = () => h("table", {}, h("thead", {}, h("tr")), h("tbody"));
