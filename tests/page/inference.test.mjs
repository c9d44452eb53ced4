// Inference: the switches of load_mnist, the shapes they lead to, and the times of batches.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, drawnFigures, field, figure, notices, numberWithin, rows, site, tableHas } from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page @param {string} name */
const toggle = (page, name) => field(page, name).place.locator("input[role=switch]").click();

test(
  "inference: every batch size classifies the test images with the given weights, again and again",
  visit({ hash: "#/inference?passes=1&batches=1, 100" }, async ({ page }) => {
    await tableHas(page, 2);
    await button(page, "over 5 times").click();
    for (let run = 0; run < 2; run++) {
      await button(page, "Run").click();
      await numberWithin(page, "test-accuracy", { from: 0.9 });
      await numberWithin(page, "faster", { from: 0.1 });
      await page.locator(".run-status", { hasText: "Finished. Run does it again." }).waitFor();
    }
    const lines = await rows(page);
    // The table is filled where it is seen.
    await lines.nth(1).waitFor();
    const found = await lines.allTextContents();
    assert.match(found[0], /one at a time0\.9\d+/);
    assert.match(found[1], /batch of 1000\.9\d+/);
    assert.deepEqual(await drawnFigures(page), ["shapes", "hidden", "time"]);
    await page.locator("[data-notice=guess-told]").waitFor();
  }),
);

test(
  "inference: without flatten the page says what NumPy says, and one button mends it",
  visit({ hash: "#/inference" }, async ({ page }) => {
    await toggle(page, "flatten");
    const told = notices(page).filter({
      hasText: "shapes (100,1,28,28) and (784,50) not aligned: 28 (dim 3) != 784 (dim 0)",
    });
    await told.waitFor();
    assert.equal(await button(page, "Run").isVisible(), false);
    await told.getByRole("button", { name: "Flatten the images" }).click();
    await button(page, "Run").waitFor();
    assert.equal(await field(page, "flatten").value(), "true");
    await toggle(page, "oneHot");
    await notices(page).filter({ hasText: "np.argmax(t, axis=1)" }).waitFor();
    await page.getByRole("button", { name: "中文" }).click();
    await notices(page).filter({ hasText: "t 的形状为 (100, 10)" }).waitFor();
    assert.match((await figure(page, "shapes").locator("h2").textContent()) ?? "", /数组的形状/);
  }),
);
