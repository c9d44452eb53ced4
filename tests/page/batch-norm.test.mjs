// Batch normalization: 32 networks, two for each scale of initial weights.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, field, figure, notices, rows, site, tableHas } from "./page.mjs";

const { visit } = site();

test(
  "batch-norm: small figures take the place of the two networks and fill in; the outcome is counted",
  visit({ hash: "#/batch-norm?scales=3&epochs=2&samples=200" }, async ({ page }) => {
    await figure(page, "networks").locator("canvas").first().waitFor();
    await tableHas(page, 6);
    await button(page, "Train").click();
    await figure(page, "accuracy").locator("canvas").first().waitFor();
    const captions = await figure(page, "accuracy").locator(".caption").allTextContents();
    assert.deepEqual(captions, ["σ = 1", "σ = 0.01", "σ = 0.0001"]);
    assert.equal(await figure(page, "networks").isVisible(), false);
    const outcome = notices(page).filter({ hasText: /at \d of 3 scales with batch normalization/ });
    await outcome.waitFor();
    assert.equal(await page.locator("[data-testid=ended]").textContent(), "6 / 6");
    const lines = await rows(page);
    await lines.first().waitFor();
    const [first] = await lines.allTextContents();
    assert.match(first, /σ = 1, Batch Norm.*finished/);
  }),
);

test(
  "batch-norm: sixteen scales by default, told in Chinese too; fewer of them are fewer networks",
  visit({ hash: "#/batch-norm", context: { locale: "zh-CN" } }, async ({ page }) => {
    await tableHas(page, 32);
    assert.match((await page.locator("h1").textContent()) ?? "", /Batch Normalization/);
    assert.match(
      (await (await rows(page)).first().textContent()) ?? "",
      /σ = 1，Batch Norm(未开始|等待数据)/,
    );
    await field(page, "scales").fill("4");
    await tableHas(page, 8);
  }),
);
