// Irises: two gradients beside each other, and rows that a visitor pastes.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, figure, notices, rows, site } from "./page.mjs";

const { visit } = site();

const row = (/** @type {number} */ index) =>
  index % 2 ? `${5 + index / 100},3.1,1.4,0.2,small` : `${6 + index / 100},2.9,5.0,1.8,large`;

test(
  "iris: both gradients give the same curve, and the slower one is named",
  visit({ hash: "#/iris" }, async ({ page }) => {
    await figure(page, "decision").locator("canvas").first().waitFor();
    await button(page, "Train").click();
    await notices(page)
      .filter({ hasText: /The same curve twice.*times as long/ })
      .waitFor();
    // The table is filled where it is seen.
    const first = (await rows(page)).first();
    await first.waitFor();
    assert.match((await first.textContent()) ?? "", /numerical gradient.*finished/);
    assert.equal(await page.locator("[data-testid=test-accuracy]").textContent(), "1");
  }),
);

test(
  "iris: pasted rows are learned; a mistake is told with its line and column; a long paste survives a reload",
  visit({ hash: "#/iris?data=own&epochs=3" }, async ({ page }) => {
    const area = page.locator("[data-field=rows] textarea");
    await area.fill("1,2,3,4,a\n5,6,7.x,8,b");
    await page.locator("[data-field=rows] .field-error", { hasText: "See line 2, column 5." }).waitFor();
    const many = Array.from({ length: 300 }, (_, index) => row(index)).join("\n");
    await area.fill(many);
    await page.waitForFunction(() => location.hash.includes("rows=%40"));
    assert.ok(page.url().length < 200, page.url());
    await page.reload();
    await figure(page, "decision").locator("canvas").first().waitFor();
    assert.equal(await area.inputValue(), many);
    await button(page, "Train").click();
    await page.waitForFunction(
      () => document.querySelector("[data-testid=iteration]")?.textContent === "720",
    );
  }),
);

test(
  "iris: three species in Chinese, over another pair of axes",
  visit({ hash: "#/iris?data=three", context: { locale: "zh-CN" } }, async ({ page }) => {
    await figure(page, "decision").locator("canvas").first().waitFor();
    assert.match((await page.locator("h1").textContent()) ?? "", /鸢尾花/);
    await page.locator("[data-field=axes] select").selectOption("widths");
    await page.waitForFunction(() => location.hash.includes("axes=widths"));
  }),
);
