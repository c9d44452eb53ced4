// Digits that real writers drew with a pen are read, wherever a file of them is at hand. The project holds none.

import { test } from "node:test";
import assert from "node:assert/strict";
import { penDigits, readPenDigits } from "../bench/handwriting.mjs";
import { site } from "./page.mjs";

const { visit } = site();
const file = process.env.PEN_DIGITS;

for (const [place, share] of /** @type {const} */ ([
  ["small", 0.15],
  ["as large as is usual", 0.6],
  ["from edge to edge", 0.95],
]))
  test(
    `at least 95 of 100 pen digits are read, drawn ${place}`,
    { skip: file ? false : "PEN_DIGITS names no file" },
    // What the network got is looked at again and again to see when it rests.
    visit({ expected: [/willReadFrequently/] }, async ({ page }) => {
      const digits = await penDigits(file ?? "", 100);
      const { page: read } = await readPenDigits(page, digits, share);
      assert.ok(read > 0.945, `${Math.round(read * 100)} of 100`);
    }),
  );
