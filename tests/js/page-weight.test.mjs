import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { budget, weigh } from "../../tools/page-files.mjs";

test("a first visit loads no more than the budget allows (bytes after gzip)", async () => {
  const { page, weights } = await weigh(fileURLToPath(new URL("../..", import.meta.url)));
  assert.ok(page.gzip <= budget.page, `the page has ${page.gzip} bytes, more than ${budget.page}`);
  assert.ok(
    weights.gzip <= budget.weights,
    `the weights have ${weights.gzip} bytes, more than ${budget.weights}`,
  );
});
