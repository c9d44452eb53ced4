// Numerical differentiation: the book's numbers, the ring of x, the ring of h, and what is said where h is lost.

import { test } from "node:test";
import assert from "node:assert/strict";
import { drawnFigures, field, figure, notices, number, numberWithin, site } from "./page.mjs";

const { visit } = site();

test(
  "the book's slopes at 5 and 10 are there to the last digit; the ring on the curve moves x",
  visit({ hash: "#/differentiation" }, async ({ page }) => {
    assert.deepEqual(await drawnFigures(page), ["curve", "error"]);
    assert.equal(await page.getByTestId("numerical").textContent(), "0.1999999999990898");
    await page.locator(".suggestions a").first().click();
    await numberWithin(page, "analytic", { from: 0.3, to: 0.3 });
    assert.equal(await page.getByTestId("numerical").textContent(), "0.2999999999986347");
    const ring = figure(page, "curve").locator(".grip");
    const box = await ring.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 120, box.y, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(() => Number(/[?&]x=([\d.]+)/.exec(location.hash)?.[1]) < 9);
    const x = Number(await field(page, "x").value());
    // The derivative of 0.01x² + 0.1x.
    await numberWithin(page, "analytic", { from: 0.02 * x + 0.1 - 1e-9, to: 0.02 * x + 0.1 + 1e-9 });
  }),
);

test(
  "arrow keys move h on the error plot; where h is lost the page says so and offers the book's",
  visit({ hash: "#/differentiation?h=1e-50", context: { locale: "zh-CN" } }, async ({ page }) => {
    await drawnFigures(page);
    assert.equal(await number(page, "numerical"), 0);
    const said = notices(page).first();
    assert.match((await said.textContent()) ?? "", /舍入/);
    await said.getByRole("button").first().click();
    await numberWithin(page, "numerical", { from: 0.19, to: 0.21 });
    assert.equal(await field(page, "h").value(), "0.0001");
    await figure(page, "error").locator(".grip").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => /[?&]h=(?!1e-50)/.test(location.hash));
    assert.ok(Number(await field(page, "h").value()) > 1e-4);
  }),
);

test(
  "partial derivatives: each slice has a ring of its own that moves one variable",
  visit({ hash: "#/differentiation?experiment=partial" }, async ({ page }) => {
    await page.getByTestId("partial-x0").waitFor();
    assert.deepEqual(await drawnFigures(page), ["contour", "slices"]);
    assert.equal(await page.getByTestId("partial-x0").textContent(), "6.00000000000378");
    assert.equal(await page.getByTestId("partial-x1").textContent(), "7.999999999999119");
    await figure(page, "slices").locator(".grip").nth(1).focus();
    await page.keyboard.press("ArrowLeft");
    await numberWithin(page, "partial-x1", { to: 7.9 });
    assert.equal(await field(page, "x0").value(), "3");
  }),
);
