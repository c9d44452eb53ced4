// Perceptrons: the line, the truth table, and the way to XOR.

import { test } from "node:test";
import assert from "node:assert/strict";
import { drawnFigures, field, figure, notices, site } from "./page.mjs";

const { visit } = site();

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {string} text */
const suggestion = (page, text) => page.locator(".suggestions a", { hasText: text });

/** @param {Page} page @param {string} name @param {string} words that the number is to be */
const says = (page, name, words) =>
  page.waitForFunction(
    ([id, expected]) => document.querySelector(`[data-testid="${id}"]`)?.textContent?.trim() === expected,
    [name, words],
  );

test(
  "perceptron: it opens as the book's AND; a press in the plane moves the line and makes it OR",
  visit({ hash: "#/perceptron" }, async ({ page }) => {
    assert.deepEqual((await drawnFigures(page)).sort(), ["network", "plane", "truth"]);
    await says(page, "is", "AND");
    await says(page, "right", "4 / 4");
    const canvas = figure(page, "plane").locator("canvas").first();
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    assert.ok(box);
    // Between (0, 0) and the other three.
    await page.mouse.click(box.x + 0.45 * box.width, box.y + 0.55 * box.height);
    await says(page, "is", "OR");
    assert.ok(Number(await field(page, "b").value()) > -0.5);
  }),
);

test(
  "perceptron: the ends of the line are handles that the arrow keys move",
  visit({ hash: "#/perceptron" }, async ({ page }) => {
    await drawnFigures(page);
    const handle = figure(page, "plane").getByRole("slider").last();
    await handle.focus();
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(() => /w1=[\d.]+&w2=[\d.]+&b=-[\d.]+/.test(location.hash));
    const weights = [Number(await field(page, "w1").value()), Number(await field(page, "w2").value())];
    assert.ok(weights[0] < weights[1], `${weights}: the right end went up`);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "slider");
  }),
);

test(
  "perceptron: one line cannot be XOR, and the remedy leads to two layers that are",
  visit({ hash: "#/perceptron" }, async ({ page }) => {
    await suggestion(page, "XOR: no line separates it").click();
    const notice = notices(page).first();
    await notice.waitFor();
    assert.match((await notice.textContent()) ?? "", /Impossible/);
    await notice.getByRole("button", { name: "Use two layers" }).click();
    await says(page, "is", "XOR");
    await says(page, "right", "4 / 4");
    await says(page, "s1", "−0.5·1 + (−0.5)·1 + 0.7 = −0.3 → 0");
  }),
);

test(
  "perceptron: a press in the truth table sends that input through and chooses that gate",
  visit({ hash: "#/perceptron" }, async ({ page }) => {
    await drawnFigures(page);
    await says(page, "y", "0.5·1 + 0.5·1 − 0.7 = 0.3 > 0 → 1");
    const handle = figure(page, "truth").getByRole("slider").first();
    await handle.focus();
    await page.keyboard.press("ArrowUp");
    await says(page, "y", "0.5·0 + 0.5·1 − 0.7 = −0.2 ≤ 0 → 0");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => /gate=nand/.test(location.hash));
    await says(page, "right", "0 / 4");
  }),
);

test(
  "perceptron in Chinese: what is impossible is said",
  visit({ hash: "#/perceptron?gate=xor", context: { locale: "zh-CN" } }, async ({ page }) => {
    await drawnFigures(page);
    assert.equal(await page.locator("h1").textContent(), "感知机");
    assert.match((await notices(page).first().textContent()) ?? "", /没有一条直线/);
  }),
);
