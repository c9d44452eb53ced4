// Forward propagation: what a visitor does with the network, and with softmax.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, drawnFigures, field, figure, notices, numberWithin, site } from "./page.mjs";

const { visit } = site();

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {string} text */
const suggestion = (page, text) => page.locator(".suggestions a", { hasText: text });

/** @param {Page} page @param {string} name @param {RegExp} pattern what the number is to look like */
const says = (page, name, pattern) =>
  page.waitForFunction(
    ([id, source]) =>
      new RegExp(source).test(document.querySelector(`[data-testid="${id}"]`)?.textContent?.trim() ?? ""),
    [name, pattern.source],
  );

test(
  "forward: the book's numbers stand there at once; Step goes from neuron to neuron",
  visit({ hash: "#/forward" }, async ({ page }) => {
    assert.deepEqual((await drawnFigures(page)).sort(), ["layer", "network"]);
    await says(page, "y", /^\(0\.31682708, 0\.69627909\)$/);
    await button(page, "Reset").click();
    await button(page, "Step").click();
    await says(page, "sum", /^1·0\.1 \+ 0\.5·0\.2 \+ 0\.1 = 0\.3$/);
    await says(page, "activated", /^sigmoid\(0\.3\) = 0\.57444252$/);
  }),
);

test(
  "forward: another input gives another output, and stays in the address",
  visit({ hash: "#/forward" }, async ({ page }) => {
    await says(page, "y", /^\(0\.31682708/);
    await field(page, "x").place.locator("input").first().fill("-3");
    await page.waitForFunction(() => /x=-3/.test(decodeURIComponent(location.hash)));
    await says(page, "y", /^\((?!0\.31682708)0\.\d+, 0\.\d+\)$/);
  }),
);

test(
  "forward: weights that do not fit are said, with a remedy that mends them",
  visit({ hash: "#/forward?w2=0.1,0.4;0.2,0.5" }, async ({ page }) => {
    const notice = notices(page).first();
    await notice.waitFor();
    assert.match((await notice.textContent()) ?? "", /W2 has the shape \(2, 2\); \(3, 2\) fits/);
    await notice.getByRole("button").first().click();
    await page.waitForFunction(() => document.querySelectorAll(".notices .notice").length === 0);
  }),
);

test(
  "forward: scores of 1010 overflow as written, and the arrow keys move a bar",
  visit({ hash: "#/forward" }, async ({ page }) => {
    await suggestion(page, "(1010, 1000, 990) overflows").click();
    await notices(page).first().waitFor();
    assert.match((await notices(page).first().textContent()) ?? "", /exp\(1010\) is ∞/);
    await suggestion(page, "Softmax of (0.3, 2.9, 4.0)").click();
    await says(page, "y", /^\(0\.01821127, 0\.24519181, 0\.73659691\)$/);
    const bar = figure(page, "scores").getByRole("slider").first();
    await bar.focus();
    await page.keyboard.press("ArrowUp");
    await says(page, "y", /^\((?!0\.01821127)/);
    await numberWithin(page, "total", { from: 1, to: 1 });
    await page.waitForFunction(() => /a=0\.8/.test(decodeURIComponent(location.hash)));
  }),
);

test(
  "forward in Chinese: figures and sentences",
  visit({ hash: "#/forward", context: { locale: "zh-CN" } }, async ({ page }) => {
    await drawnFigures(page);
    assert.equal(await page.locator("h1").textContent(), "前向传播");
    assert.match((await figure(page, "network").textContent()) ?? "", /神经网络/);
  }),
);
