// Every suggestion of every lab, in both languages: it sets its controls, draws its figures, and nothing goes wrong.

import { test } from "node:test";
import assert from "node:assert/strict";
import { PATIENCE, goTo, isDrawn, labs, site } from "./page.mjs";

const { visit } = site();

/**
 * Waits until all pictures on the stage have a size and the first one is drawn. A matrix of one row may be small.
 * @param {import("playwright-core").Page} page
 */
async function stageIsDrawn(page) {
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll(".stage .figure:not([hidden])")];
    const widths = shown.map((each) => each.querySelector("canvas")?.width ?? 0);
    return widths.length > 0 && widths.every((width) => width > 20);
  });
  const first = page.locator(".stage .figure:visible canvas").first();
  const until = Date.now() + PATIENCE / 4;
  let drawn = false;
  while (!drawn && Date.now() < until) drawn = await isDrawn(first);
  assert.ok(drawn, "the first picture is drawn");
}

/**
 * What a visitor should never read.
 * @param {import("playwright-core").Page} page
 */
async function isReadable(page) {
  const text = await page.locator("main").innerText();
  assert.doesNotMatch(text, /\bNaN\b|\bundefined\b|\[object |\bInfinity\b/);
}

for (const [language, locale] of /** @type {const} */ ([
  ["en", "en-US"],
  ["zh", "zh-CN"],
])) {
  test(
    `each suggestion of each lab shows its figures without a fault (${language})`,
    visit({ context: { locale } }, async ({ page }) => {
      let tried = 0;
      for (const hash of await labs(page)) {
        const lab = hash.replace(/^#\/|\?.*$/g, "");
        await goTo(page, lab);
        await stageIsDrawn(page);
        await isReadable(page);
        const links = page.locator(".suggestions a");
        const count = await links.count();
        assert.ok(count > 0, `${lab} suggests something`);
        for (let at = 0; at < count; at++) {
          const link = links.nth(at);
          const name = `${lab}: ${await link.textContent()}`;
          await link.click();
          await page.waitForFunction(
            (index) =>
              document.querySelectorAll(".suggestions a")[index]?.getAttribute("aria-current") === "true",
            at,
          );
          await stageIsDrawn(page).catch((error) => assert.fail(`${name}: ${error}`));
          await isReadable(page);
          tried += 1;
        }
      }
      assert.ok(tried >= 60, `${tried} suggestions`);
    }),
  );
}
