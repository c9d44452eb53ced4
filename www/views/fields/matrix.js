// Rows and columns of numbers, each in an input of its own. A table that is pasted takes the place of all.

import { h, setAttribute, uniqueId } from "../dom.js";

/** What separates numbers and rows in the address; the labs know the whole grammar. */
const BETWEEN_NUMBERS = ", ";
const BETWEEN_ROWS = "; ";
/** In a cell that is added. */
const NEW = "0";

/**
 * @param {import("./inputs.js").Field} field
 * @param {{ mostRows: number, mostColumns: number }} kind
 * @param {import("./inputs.js").Context} context
 * @param {import("./inputs.js").Edit} edit
 * @returns {import("./inputs.js").Input}
 */
export function matrix(field, { mostRows, mostColumns }, { words, say }, edit) {
  const label = say(field.label);
  const body = h("tbody");
  const table = h("table", { class: "matrix-input", role: "presentation" }, body);
  const resize = {
    addRow: button("＋", "controls.add-row", (rows) => [...rows, rows[0].map(() => NEW)]),
    removeRow: button("−", "controls.remove-row", (rows) => rows.slice(0, -1)),
    addColumn: button("＋", "controls.add-column", (rows) => rows.map((row) => [...row, NEW])),
    removeColumn: button("−", "controls.remove-column", (rows) => rows.map((row) => row.slice(0, -1))),
  };
  const element = h(
    "div",
    { class: "matrix-field", id: uniqueId("matrix"), role: "presentation" },
    h("div", { class: "scroll-box" }, table),
    h(
      "div",
      { class: "matrix-sizes" },
      h("span", {}, words("controls.rows"), resize.removeRow, resize.addRow),
      h("span", {}, words("controls.columns"), resize.removeColumn, resize.addColumn),
    ),
  );
  /** What the inputs show, which may hold a fault, and how that is spelled. @type {string[][]} */
  let cells = [];
  let spelled = "";

  /**
   * @param {string} sign
   * @param {string} key
   * @param {(rows: string[][]) => string[][]} change
   */
  function button(sign, key, change) {
    const name = words(key, { label });
    return h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-label": name,
        title: name,
        on: { click: () => put(change(cells)) },
      },
      h("span", { "aria-hidden": "true" }, sign),
    );
  }

  /** @param {string[][]} rows */
  function put(rows) {
    build(rows);
    edit(spelled);
  }

  /** @param {string[][]} rows */
  function build(rows) {
    cells = rows.map((row) => [...row]);
    spelled = spell(cells);
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach((row, r) => {
      const line = body.rows[r] ?? body.insertRow();
      while (line.cells.length > row.length) line.deleteCell(-1);
      row.forEach((text, c) => {
        const cell = line.cells[c] ?? line.insertCell();
        const input = /** @type {HTMLInputElement} */ (
          cell.firstElementChild ?? cell.appendChild(newInput(r, c))
        );
        if (input.value !== text) input.value = text;
      });
    });
    resize.addRow.disabled = rows.length >= mostRows;
    resize.removeRow.disabled = rows.length <= 1;
    resize.addColumn.disabled = (rows[0]?.length ?? 0) >= mostColumns;
    resize.removeColumn.disabled = (rows[0]?.length ?? 0) <= 1;
  }

  /** @param {number} row @param {number} column */
  function newInput(row, column) {
    const input = h("input", {
      type: "text",
      class: "number",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": words("controls.cell", { label, row: row + 1, column: column + 1 }),
      on: {
        input: () => {
          cells[row][column] = input.value;
          spelled = spell(cells);
          edit(spelled);
        },
        paste: (/** @type {ClipboardEvent} */ event) => {
          const text = (event.clipboardData?.getData("text") ?? "").trim();
          // A single number is pasted where the cursor is.
          if (!/[\s,;，；]/.test(text)) return;
          event.preventDefault();
          edit(text.replace(/\r?\n/g, BETWEEN_ROWS).replace(/\t/g, BETWEEN_NUMBERS));
        },
      },
    });
    return input;
  }

  return {
    element,
    focus: element,
    group: true,
    spell: String,
    update(value, problem, rows) {
      // What the visitor is typing stays as it is; the rows are those of the last value that was right.
      if (value === spelled && cells.length > 0) return mark(problem);
      if (!problem && rows.length > 0) build(rows);
      spelled = value;
      mark(problem);
    },
  };

  /** @param {import("./inputs.js").Problem | undefined} problem */
  function mark(problem) {
    setAttribute(table, "data-wrong", problem ? "" : null);
  }
}

/** @param {string[][]} rows */
const spell = (rows) => rows.map((row) => row.join(BETWEEN_NUMBERS)).join(BETWEEN_ROWS);
