// The gradient check: right, with a planted bug, and a small net step by step.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, field, figure, notices, rows, site, tableHas } from "./page.mjs";

const { visit } = site();

test(
  "gradient-check: the book's net is checked without being asked, and agrees",
  visit({ hash: "#/gradient-check" }, async ({ page }) => {
    await notices(page)
      .filter({ hasText: /agree: the backward pass is right/ })
      .waitFor();
    await figure(page, "where").locator("canvas").first().waitFor();
    await tableHas(page, 4);
    const lines = await rows(page);
    // The table is filled where it is seen.
    await lines.nth(3).waitFor();
    const found = await lines.allTextContents();
    assert.ok(
      found.every((row) => row.includes("agrees")),
      found.join("; "),
    );
  }),
);

test(
  "gradient-check: a planted bug waits for a guess, and is found",
  visit({ hash: "#/gradient-check?mistake=bias&hidden=10" }, async ({ page }) => {
    await button(page, "Run").click();
    await notices(page).filter({ hasText: "Found: the gradients of b1, b2 are wrong." }).waitFor();
  }),
);

test(
  "gradient-check: a small net goes back node by node, in Chinese too",
  visit({ hash: "#/gradient-check?task=steps", context: { locale: "zh-CN" } }, async ({ page }) => {
    await figure(page, "graph").locator("canvas").first().waitFor();
    assert.match((await page.locator("h1").textContent()) ?? "", /梯度确认/);
    await field(page, "expression").fill("(x - t)^2 / 2");
    await page.waitForFunction(() => location.hash.includes("expression="));
  }),
);
