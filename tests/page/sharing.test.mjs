// Finding a lab and giving it to others: the cards of the labs, the link, the frame in another page.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, labs, opened, site } from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page @param {string} hash */
const addressIs = (page, hash) => page.waitForFunction((expected) => location.hash === expected, hash);

test(
  "the cards of a chapter have their pictures while they are open",
  visit({ hash: "#/descent" }, async ({ page }) => {
    const pictures = page.locator(".nav-panel canvas");
    assert.equal(await pictures.count(), 0);
    const chapter = page.locator('.chapter-button[data-chapter="4"]');
    await chapter.click();
    const drawn = () =>
      page.waitForFunction(() => {
        const canvas = document.querySelector('.nav-panel [href^="#/descent"] canvas');
        return canvas instanceof HTMLCanvasElement && canvas.width > 90;
      });
    await drawn();
    assert.equal(await page.locator('.nav-panel [aria-current="page"]').count(), 1);
    await page.locator(".nav-panel a.lab-link:visible").first().focus();
    await page.keyboard.press("Escape");
    await page.locator(".nav-panel").waitFor({ state: "hidden" });
    assert.equal(await pictures.count(), 0);
    assert.equal(await chapter.evaluate((element) => element === document.activeElement), true);
  }),
);

test(
  "all labs have a page of their own, from which each can be opened, as it was left",
  visit({ hash: "#/descent?steps=7" }, async ({ page }) => {
    const ids = await labs(page);
    await page.locator(".chapter-buttons .all-labs").click();
    const overview = page.locator("[data-page=all]");
    await overview.waitFor();
    assert.match(await page.title(), /^All labs/);
    assert.equal(await overview.locator("a.lab-link").count(), ids.length);
    assert.equal(await page.locator('.chapter-buttons .all-labs[aria-current="page"]').count(), 1);
    await overview.locator('[href^="#/descent"]').click();
    await page.locator("[data-lab=descent]").waitFor();
    await addressIs(page, "#/descent?steps=7");
    await page.goBack();
    await overview.waitFor();
    assert.equal(await page.evaluate(() => location.hash), "#/all");
    await page.reload();
    await overview.waitFor();
  }),
);

test(
  "[ and ] go to the labs before and after, but not while something is typed",
  visit({ hash: "#/descent" }, async ({ page }) => {
    const ids = (await labs(page)).map((hash) => hash.replace("#/", ""));
    const at = ids.indexOf("descent");
    await page.keyboard.press("]");
    await page.locator(`[data-lab="${ids[at + 1]}"]`).waitFor();
    await opened(page);
    await page.keyboard.press("[");
    await page.locator("[data-lab=descent]").waitFor();
    await opened(page);
    await page.locator(".main-controls input[type=text]").first().focus();
    await page.keyboard.press("]");
    await page.locator("h1").focus();
    await page.keyboard.press("[");
    await page.locator(`[data-lab="${ids[at - 1]}"]`).waitFor();
    await button(page, "Train").waitFor();
  }),
);
