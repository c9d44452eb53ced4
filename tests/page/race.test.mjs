// A run that begins slowly, and two networks that race.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  button,
  chooseSpeed,
  draw,
  field,
  figure,
  isDrawn,
  notices,
  number,
  numberWithin,
  pause,
  predicts,
  prediction,
  site,
} from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page @returns {Promise<string[]>} what the curves of a figure are called */
const legend = (page, /** @type {string} */ slot) =>
  figure(page, slot).locator(".legend li").allTextContents();

test(
  "Train begins slowly, another speed takes its place at once, and what was reached is said until Reset",
  visit({}, async ({ page }) => {
    const speed = page.locator(".speed select");
    assert.equal(await speed.inputValue(), "slow-start");
    assert.equal(await speed.locator("option").first().textContent(), "Slow start");
    await page.evaluate(() => {
      /** When each iteration was first seen. @type {[number, number][]} */
      const seen = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const iteration = Number(document.querySelector("[data-testid=iteration]")?.textContent);
        if (iteration > (seen.at(-1)?.[0] ?? 0)) seen.push([iteration, performance.now()]);
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 40 });
    /** @type {[number, number][]} */
    const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
    const early = seen.filter(([iteration]) => iteration <= 40);
    // 40 of the first iterations take 1.4 s, so that each picture can be seen; at full speed they came in one report.
    assert.ok(early.length >= 8, `only ${early.map(([iteration]) => iteration)} were seen`);
    await chooseSpeed(page, "full");
    await numberWithin(page, "iteration", { from: 700 });
    const status = page.locator(".run-status");
    const sentence =
      /Over 90% of the test digits after [\d.]+ s of computing, [\d,]+ mini-batches, on this computer\./;
    await page.waitForFunction(
      (source) => new RegExp(source).test(document.querySelector(".run-status")?.textContent ?? ""),
      sentence.source,
    );
    assert.equal(await notices(page).count(), 0, "it stands beside what the run does");
    await pause(page);
    assert.match((await status.textContent()) ?? "", new RegExp(`^Paused\\. ${sentence.source}$`));
    await button(page, "Reset").click();
    await page.waitForFunction(
      () => document.querySelector(".run-status")?.textContent === "Random weights. Ready to train.",
    );
  }),
);

test(
  "another rate races beside the first: both from the seed, both in one chart, both read the drawing; one may diverge",
  visit({}, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, "7");
    await chooseSpeed(page, "full");
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 300 });
    const rate = field(page, "beside");
    await rate.place.getByRole("button", { name: /Another rate/ }).click();
    await page.waitForFunction(() => /beside=0\.01/.test(location.hash));
    // The one that trains alone had come further.
    await numberWithin(page, "iteration", { to: 200 });
    await numberWithin(page, "iteration", { from: 650 });
    await numberWithin(page, "test-accuracy", { from: 0.85 });
    await numberWithin(page, "test-accuracy-beside", { from: 0.3 });
    assert.ok((await number(page, "loss-beside")) > (await number(page, "loss")) / 2);
    for (const slot of ["loss", "accuracy"]) {
      assert.deepEqual((await legend(page, slot)).slice(0, 2), ["η = 0.1", "η = 0.01"], slot);
      assert.equal(await isDrawn(figure(page, slot).locator("canvas").first()), true, slot);
    }
    await predicts(page, "7");
    const other = page.getByTestId("prediction-beside");
    await page.waitForFunction(() =>
      /^η = 0\.01: \d · \d+\.\d%$/.test(
        document.querySelector("[data-testid=prediction-beside]")?.textContent ?? "",
      ),
    );

    await rate.fill("0.02");
    await page.waitForFunction(() =>
      [...document.querySelectorAll("[data-slot=loss] .legend li")].some(
        ({ textContent }) => textContent === "η = 0.02",
      ),
    );
    // From the seed a rate of ten diverges; on the way it may also kill all units, and nothing diverges then.
    await button(page, "Pause").click();
    await button(page, "Reset").click();
    await rate.fill("10");
    await page.waitForFunction(() => /beside=10/.test(location.hash));
    await button(page, "Train").click();
    const shown = notices(page).filter({ hasText: "η = 10 diverged at iteration" });
    await shown.waitFor();
    const at = await number(page, "iteration");
    await numberWithin(page, "iteration", { from: at + 100 });
    assert.equal(await button(page, "Pause").isVisible(), true, "the other one trains on");
    await pause(page);

    // Nothing of the race is left in the address or beside the pad, and the first network is what it was.
    const before = await number(page, "iteration");
    await rate.place.getByRole("button", { name: "Remove Another rate" }).click();
    await other.waitFor({ state: "hidden" });
    await page.waitForFunction(() => !/beside/.test(location.hash));
    await numberWithin(page, "iteration", { from: before });
    assert.equal(await prediction(page).textContent(), "7");
    assert.equal(await page.getByTestId("loss-beside").count(), 0);
  }),
);

test(
  "a link to a race opens it, and what it says that is wrong is named",
  visit({ hash: "#/digits?beside=0.03&seed=2" }, async ({ page }) => {
    assert.equal(await field(page, "beside").value(), "0.03");
    assert.equal(await number(page, "iteration"), 0);
    await page.evaluate(() => location.assign("#/digits?beside=20"));
    await notices(page).filter({ hasText: "Another rate" }).waitFor();
    await page.getByRole("button", { name: /Another rate/ }).waitFor();
  }),
);
