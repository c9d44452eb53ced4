// One's own digits: what is drawn is judged with one press, is kept, and teaches the deep network.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import assert from "node:assert/strict";
import { root } from "./browser.mjs";
import { button, draw, figure, isDrawn, notices, pad, phone, predicts, site, unfold } from "./page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const { visit } = site();
const axe = await readFile(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** @param {Page} page */
const row = (page) => page.locator(".teach");
/** @param {Page} page @param {number} digit */
const answer = (page, digit) => row(page).locator(".teach-digits button").nth(digit);
/** @param {Page} page */
const fold = (page) => page.locator("[data-fold=own-digits]");
/** @param {Page} page */
const list = (page) => fold(page).locator(".own-list li");

/** The page shows what has changed in its next frame. @param {Page} page @param {number} count of one's own digits */
const listHas = (page, count) =>
  page.waitForFunction((all) => document.querySelectorAll(".own-list li").length === all, count);

/** @param {Page} page @param {string} sentence of how often a drawing was read right */
const scoreIs = (page, sentence) =>
  page.waitForFunction(
    (said) => document.querySelector("[data-testid=own-score]")?.textContent === said,
    sentence,
  );

/**
 * Draws a digit and says what it is.
 * @param {Page} page
 * @param {number} digit that is drawn, and read
 * @param {number} label
 */
async function teach(page, digit, label) {
  await page.locator(".pad-buttons button").nth(1).click();
  await draw(page, digit);
  await predicts(page, String(digit));
  await answer(page, label).click();
  await page.waitForFunction(
    (at) => document.querySelectorAll(".teach-digits button")[at].getAttribute("aria-pressed") === "true",
    label,
  );
}

/** @param {Page} page @returns {Promise<string[]>} what axe-core finds */
async function faultsOfAxe(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ content: axe });
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run(document);
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
  });
}

test(
  "nothing is asked of the example and of a test digit; one press names a drawing, another one changes or takes it back",
  visit({}, async ({ page }) => {
    await page.waitForFunction(() => document.querySelector("[data-testid=prediction]")?.textContent === "3");
    assert.equal(await row(page).count(), 0, "of the example");
    await draw(page, 7);
    await predicts(page, "7");
    await row(page).getByText("Read as 7. Which digit is it?").waitFor();
    await scoreIs(page, "");
    await answer(page, 7).click();
    await row(page).getByText("Read right as 7").waitFor();
    await scoreIs(page, "Read right this visit: 1 of 1.");
    await answer(page, 1).click();
    await row(page).getByText("Read as 7; it is a 1").waitFor();
    await scoreIs(page, "Read right this visit: 0 of 1.");
    await answer(page, 1).click();
    await row(page).getByText("Which digit is it?").waitFor();
    await scoreIs(page, "");
    await teach(page, 4, 4);
    await teach(page, 0, 6);
    await row(page).locator("a", { hasText: "2" }).waitFor();
    await scoreIs(page, "Read right this visit: 1 of 2.");
    await page.locator(".pad-buttons button").nth(2).click();
    await page.locator(".truth").getByText("Test digit").waitFor();
    // A test digit is nobody's own.
    await page.locator(".teach-digits button:disabled").nth(9).waitFor();
  }),
);

test(
  "own digits are there after a reload, go away as a file and come back, and can be removed and put back",
  visit({}, async ({ page }) => {
    await page.waitForFunction(() => document.querySelector("[data-testid=prediction]")?.textContent === "3");
    await draw(page, 1);
    await predicts(page, "1");
    await answer(page, 1).click();
    await teach(page, 4, 9);
    await page.waitForTimeout(600);
    await page.reload();
    await row(page).getByText("Read as 4; it is a 9").waitFor();
    await scoreIs(page, "Read right this visit: 1 of 2.");
    await unfold(fold(page));
    await list(page).nth(1).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      fold(page).getByRole("button", { name: "Download my digits" }).click(),
    ]);
    const file = await download.path();
    await list(page).first().locator("button").click();
    await listHas(page, 1);
    await fold(page).getByRole("button", { name: "Put back" }).click();
    await listHas(page, 2);
    await fold(page).getByRole("button", { name: "Remove all" }).click();
    await fold(page).getByText("None yet").waitFor();
    await page.reload();
    await unfold(fold(page));
    await fold(page).getByText("None yet").waitFor();
    const choose = async (
      /** @type {Parameters<import("playwright-core").FileChooser["setFiles"]>[0]} */ chosen,
    ) => {
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        button(page, "Load digits …").click(),
      ]);
      await chooser.setFiles(chosen);
    };
    await choose({
      name: "none.zip",
      mimeType: "application/zip",
      buffer: Buffer.from("none"),
    });
    await fold(page).getByText("none.zip was not loaded.").waitFor();
    await choose(file);
    await fold(page).getByText("2 of 2 digits in the file joined").waitFor();
    await listHas(page, 2);
  }),
);

for (const [language, locale] of [
  ["English", "en-US"],
  ["Chinese", "zh-CN"],
]) {
  test(
    `the deep network is taught one's own digits; before and after are shown: in ${language}`,
    visit({ hash: "#/deep?experiment=own&teachings=2&mnist=40", context: { locale } }, async ({ page }) => {
      await figure(page, "networks").locator("canvas").first().waitFor();
      await notices(page)
        .getByText(/digits of your own|你自己的数字/)
        .waitFor();
      await page.waitForFunction(
        () => document.querySelector("[data-testid=prediction]")?.textContent === "3",
      );
      await draw(page, 7);
      await predicts(page, "7");
      await answer(page, 2).click();
      await figure(page, "own").locator("canvas").first().waitFor();
      assert.equal(await row(page).locator("a:visible").count(), 0, "a link to where one is");
      await teach(page, 1, 1);
      await page.waitForFunction(() =>
        /2/.test(document.querySelector('[data-slot="own"]')?.textContent ?? ""),
      );
      await page.locator("[data-part=run] button").first().click();
      await page.waitForFunction(
        () => / → \d+ \/ 1,000/.test(document.querySelector("[data-testid=mnist-right]")?.textContent ?? ""),
        null,
        { timeout: 180_000 },
      );
      await page.waitForFunction(
        () => document.querySelector("[data-testid=iteration]")?.textContent === "2",
        null,
        { timeout: 180_000 },
      );
      assert.match((await page.locator("[data-testid=own-right]").textContent()) ?? "", /^1 → [12] \/ 2$/);
      const plot = figure(page, "taught").locator("canvas").first();
      await plot.waitFor();
      assert.equal(await isDrawn(plot), true);
      // What is drawn now joins for the next time, and what was found of the others stays.
      await teach(page, 4, 4);
      assert.match((await page.locator("[data-testid=own-right]").textContent()) ?? "", /\/ 2$/);
    }),
  );
}

for (const { name, context } of [
  { name: "360 wide", context: phone },
  { name: "1280 wide, dark", context: { colorScheme: /** @type {const} */ ("dark") } },
]) {
  test(
    `axe-core finds nothing on the row and the list, and the page does not jump: ${name}`,
    visit({ context: { ...context, bypassCSP: true } }, async ({ page }) => {
      await page.waitForFunction(
        () => document.querySelector("[data-testid=prediction]")?.textContent === "3",
      );
      await page.evaluate(() => {
        const counted = Object.assign(window, { shifted: 0 });
        new PerformanceObserver((entries) => {
          for (const entry of /** @type {any[]} */ (entries.getEntries())) counted.shifted += entry.value;
        }).observe({ type: "layout-shift" });
      });
      await draw(page, 1);
      await answer(page, 1).waitFor();
      assert.deepEqual(await faultsOfAxe(page), []);
      await answer(page, 1).click();
      await row(page).getByRole("link").waitFor();
      const shifted = await page.evaluate(() => /** @type {any} */ (window).shifted);
      assert.ok(shifted < 0.1, `shifted by ${shifted}`);
      await unfold(fold(page));
      await list(page).first().waitFor();
      assert.deepEqual(await faultsOfAxe(page), []);
      assert.equal(await isDrawn(pad(page)), true);
    }),
  );
}
