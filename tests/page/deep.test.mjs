// Deep networks: what trained ones get wrong, architectures that open, and small ones in training.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, field, figure, number, site, tableHas } from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page @param {string} slot */
const captions = async (page, slot) =>
  (await figure(page, slot).locator(".caption").allTextContents()).join(" ");

test(
  "deep: the digits that three trained networks get wrong fill in by themselves; one goes on the pad",
  visit({ hash: "#/deep" }, async ({ page }) => {
    await figure(page, "wrong").locator("canvas").first().waitFor();
    await page.locator("[data-testid=evaluated]").waitFor({ state: "detached" });
    assert.match(await captions(page, "wrong"), /DeepConvNet: \d+ of 10,000 test digits wrong/);
    assert.equal(await button(page, "Train").isVisible(), false, "nothing is to be pressed");
    for (const name of ["deep-accuracy", "lenet-accuracy", "simple-accuracy"]) {
      const accuracy = await number(page, name);
      assert.ok(accuracy > 0.9 && accuracy < 1, `${name}: ${accuracy}`);
    }
    await tableHas(page, 3);
    await figure(page, "wrong")
      .locator("canvas")
      .first()
      .click({ position: { x: 60, y: 40 } });
    // Cropped and centred again it may be read right.
    await page.locator(".truth", { hasText: /^Test digit \d+ \(label: \d\)/ }).waitFor();
    await field(page, "wrong").place.locator("select").selectOption("all");
    await page.waitForFunction(() => /that all 3 get wrong/.test(document.body.textContent ?? ""));
  }),
);

test(
  "deep: a block of an architecture opens when it is selected, and no pad waits for a network",
  visit({ hash: "#/deep?experiment=architectures" }, async ({ page }) => {
    await figure(page, "blocks").locator("canvas").first().waitFor();
    assert.match(await captions(page, "inside"), /^conv 1: 34\.9 k parameters/);
    assert.equal(await page.getByLabel("Drawing pad").isVisible(), false);
    assert.equal(await page.locator("[data-testid=parameters]").textContent(), "60.97 M");
    const blocks = figure(page, "blocks").locator("[tabindex='0']").first();
    await blocks.focus();
    for (const key of ["ArrowRight", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    await page.waitForFunction(() => !/conv 1: 34/.test(document.body.textContent ?? ""));
    await field(page, "architecture").place.locator("select").selectOption("resnet152");
    await page.waitForFunction(() => /the first of 3 units/.test(document.body.textContent ?? ""));
    await tableHas(page, 8);
  }),
);

test(
  "deep: three small networks train side by side",
  visit({ hash: "#/deep?experiment=train&iterations=2&batch=20" }, async ({ page }) => {
    await figure(page, "networks").locator("canvas").first().waitFor();
    await button(page, "Train").click();
    await figure(page, "wrong").locator("canvas").nth(2).waitFor();
    assert.match(await captions(page, "wrong"), /small VGG: [\d,]+ of 1,000 test digits wrong/);
    await tableHas(page, 3);
  }),
);
