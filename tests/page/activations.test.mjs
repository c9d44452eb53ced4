// Activation functions: the book's array, one ring for all plots, and layers that fold into one.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, drawnFigures, field, figure, numberWithin, site } from "./page.mjs";

const { visit } = site();

test(
  "five functions stand side by side; a ring in one of them moves the input of all",
  visit({ hash: "#/activations" }, async ({ page }) => {
    await page.getByTestId("sigmoid").waitFor();
    assert.deepEqual(await drawnFigures(page), ["functions", "array"]);
    assert.equal(await page.getByTestId("sigmoid").textContent(), "0.73105858");
    const captions = figure(page, "functions").locator(".caption");
    assert.equal(await captions.count(), 5);
    await figure(page, "functions").locator(".grip").nth(1).focus();
    for (let presses = 0; presses < 5; presses++) await page.keyboard.press("ArrowLeft");
    await numberWithin(page, "sigmoid", { to: 0.6 });
    const x = Number(await field(page, "x").value());
    assert.ok(x < 0.6, String(x));
    await page.waitForFunction(
      (value) =>
        document.querySelectorAll('[data-slot="functions"] .caption')[4].textContent?.includes(value),
      `identity: ${String(x).replace("-", "−")},`,
    );
  }),
);

test(
  "the values behind the array are the book's",
  visit({ hash: "#/activations" }, async ({ page }) => {
    await page.getByTestId("sigmoid").waitFor();
    await drawnFigures(page);
    const place = figure(page, "array");
    await place.locator(".menu-button").click();
    await place.getByRole("button", { name: "Show values" }).click();
    await place.locator(".values tbody tr").first().waitFor();
    const text = (await place.locator(".values").textContent()) ?? "";
    for (const value of ["0.2689414213", "0.7310585786", "0.8807970779"])
      assert.ok(text.includes(value), text);
  }),
);

test(
  "three linear layers fold into one step by step, in Chinese too; ReLU does not fold",
  visit({ hash: "#/activations", context: { locale: "zh-CN" } }, async ({ page }) => {
    await page.locator(".suggestions a").nth(2).click();
    await numberWithin(page, "weight", { from: 3.375, to: 3.375 });
    /** @param {string} words that the caption of the layers comes to hold */
    const captioned = (words) =>
      page.waitForFunction(
        (wanted) => document.querySelector('[data-slot="layers"] .caption')?.textContent?.includes(wanted),
        words,
      );
    await captioned("c³ = 3.375");
    await button(page, "重置").click();
    await captioned("乘以 1.5");
    await page.locator(".suggestions a").nth(3).click();
    await captioned("弯折");
    assert.equal(await page.locator(".scrubber").isVisible(), false);
  }),
);
