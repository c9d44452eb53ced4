// Loss functions: bars that are dragged, labels that are chosen, and accuracy that stands still.

import { test } from "node:test";
import assert from "node:assert/strict";
import { drawnFigures, field, figure, number, numberWithin, site } from "./page.mjs";

const { visit } = site();

test(
  "the book's losses are there; a bar that is dragged changes them, and the outputs still add up to 1",
  visit({ hash: "#/loss" }, async ({ page }) => {
    await page.getByTestId("cross-entropy").waitFor();
    assert.deepEqual(await drawnFigures(page), ["outputs", "costs", "arrays"]);
    assert.equal(await page.getByTestId("cross-entropy").textContent(), "0.510825457099338");
    assert.equal(await page.getByTestId("squared").textContent(), "0.0975");
    // The bar of the right class, by its upper end.
    const bar = figure(page, "outputs").locator(".grip").nth(2);
    const box = await bar.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + 80, { steps: 5 });
    await page.mouse.up();
    await numberWithin(page, "cross-entropy", { from: 0.7 });
    const y = ((await field(page, "y").value()) ?? "").split(",").map(Number);
    assert.ok(Math.abs(y.reduce((sum, each) => sum + each, 0) - 1) < 1e-9, String(y));
    assert.ok(Math.abs((await number(page, "cross-entropy")) + Math.log(y[2] + 1e-7)) < 1e-9);
  }),
);

test(
  "a press on the arrays, or an arrow key, chooses the right class; the form of the label changes no loss",
  visit({ hash: "#/loss", context: { locale: "zh-CN" } }, async ({ page }) => {
    await page.getByTestId("cross-entropy").waitFor();
    await drawnFigures(page);
    await figure(page, "arrays").locator(".grip").focus();
    await page.keyboard.press("ArrowDown");
    await numberWithin(page, "cross-entropy", { from: 16, to: 17 });
    assert.equal(await field(page, "label").value(), "3");
    await page.locator(".suggestions a").nth(2).click();
    await numberWithin(page, "cross-entropy", { from: 0.51, to: 0.511 });
    assert.equal(await field(page, "form").value(), "number");
  }),
);

test(
  "accuracy stands still while the loss moves with the bias",
  visit({ hash: "#/loss?experiment=accuracy" }, async ({ page }) => {
    await page.getByTestId("accuracy").waitFor();
    assert.deepEqual(await drawnFigures(page), ["samples", "against"]);
    const [loss, accuracy] = [await number(page, "loss"), await number(page, "accuracy")];
    await field(page, "b").fill("-3.1");
    await numberWithin(page, "loss", { to: loss - 0.01 });
    assert.equal(await number(page, "accuracy"), accuracy);
    assert.equal(await number(page, "accuracy-slope"), 0);
    assert.ok((await number(page, "loss-slope")) < -0.1);
  }),
);
