// A guess before a run that teaches something.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, chooseSpeed, numberWithin, opened, pause, site } from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page */
const question = (page) => page.locator("[data-notice=guess]");
/** @param {import("playwright-core").Page} page */
const told = (page) => page.locator("[data-notice=guess-told]");

test(
  "a guess is asked for before the run, and the page says afterwards how it went",
  visit(
    { hash: "#/learning-rate?task=mnist&rates=0.0001, 0.1&iterations=60&hidden=10" },
    async ({ page }) => {
      assert.match((await question(page).textContent()) ?? "", /Which rate has the lowest loss in the end\?/);
      assert.deepEqual(await question(page).locator(".notice-actions button").allTextContents(), [
        "η = 0.0001",
        "η = 0.1",
      ]);
      await button(page, "η = 0.0001").click();
      // The run is to answer.
      await page.waitForFunction(() => !document.querySelector(".notice"));
      await button(page, "Train").click();
      await told(page).waitFor();
      assert.match(
        (await told(page).textContent()) ?? "",
        /^You guessed η = 0\.0001\. η = 0\.1 ends lowest, with a loss of [\d.]+\./,
      );
      await page.getByRole("button", { name: "中文" }).click();
      await told(page)
        .filter({ hasText: /^你猜的是 η = 0\.0001。η = 0\.1的最终损失最低/ })
        .waitFor();
      await told(page).getByRole("button").click();
      await page.waitForFunction(() => !document.querySelector(".notice"));
    },
  ),
);

test(
  "a question can be passed by, blocks nothing, and other settings are another question",
  visit({ hash: "#/overfitting" }, async ({ page }) => {
    await question(page).getByRole("button", { name: "Dismiss" }).click();
    await page.waitForFunction(() => !document.querySelector(".notice"));
    await page.goto(page.url().replace("#/overfitting", "#/optimizers?task=mnist"));
    await opened(page);
    await question(page).waitFor();
    await chooseSpeed(page, "10");
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 1 });
    assert.equal(await question(page).count(), 0, "a run that has begun is not guessed");
    await pause(page);
    assert.equal(await question(page).count(), 0, "nor one that rests on its way");
    await page.goto(page.url().replace(/#.*/, "#/overfitting?dropout=0.5"));
    await opened(page);
    await question(page).waitFor();
  }),
);

test(
  "what comes back through a graph can be guessed before it is played",
  visit({ hash: "#/graph" }, async ({ page }) => {
    await button(page, "Reset").click();
    assert.match((await question(page).textContent()) ?? "", /What derivative comes back to apple\?/);
    await button(page, "2.2").click();
    await button(page, "Play").click();
    await told(page).waitFor();
    assert.match((await told(page).textContent()) ?? "", /^You guessed it: 2\.2 comes back to apple\./);
  }),
);
