// Every lab of the list: it opens and draws; and what is special to some.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  button,
  drawnFigures,
  field,
  figure,
  goTo,
  labs,
  notices,
  number,
  numberWithin,
  rows,
  site,
  tableHas,
} from "./page.mjs";

const { visit } = site();

test(
  "every lab of the list opens, draws its figures, and leaves no fault behind",
  visit({}, async ({ page }) => {
    const hashes = await labs(page);
    assert.ok(hashes.length >= 3);
    for (const hash of hashes) {
      const lab = hash.replace(/^#\/|\?.*$/g, "");
      await goTo(page, lab);
      const figures = await drawnFigures(page);
      assert.ok(figures.length > 0, `${lab} has figures`);
      for (const part of ["head", "stage", "more"])
        assert.equal(await page.locator(`[data-part=${part}]`).count(), 1, `${lab}: ${part}`);
      assert.ok((await page.locator("h1").textContent())?.trim());
      await page.locator(".about .menu-button").click();
      await page.locator(".about .menu-panel:visible").waitFor();
      await page.keyboard.press("Escape");
    }
  }),
);

test(
  "a lab without anything to run has no buttons for it; one that trains has them, and a figure with steps a slider",
  visit({ hash: "#/digits" }, async ({ page }) => {
    assert.equal(await button(page, "Train").isVisible(), true);
    assert.equal(await page.locator(".scrubber").isVisible(), false);
    await goTo(page, "descent");
    assert.equal(await button(page, "Play").isVisible(), true);
    assert.equal(await page.locator(".scrubber").isVisible(), true);
  }),
);

test(
  "descent: the book's descent from (−3, 4) ends where the book says; the table has each step",
  visit({ hash: "#/descent?steps=100" }, async ({ page }) => {
    await tableHas(page, 101);
    const box = page.locator(".scroll-box", { has: page.locator(".lab-table") });
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const last = page.locator('.lab-table [aria-rowindex="102"]');
    await last.waitFor();
    const text = (await last.textContent()) ?? "";
    assert.match(text, /6\.11\d*e-10/);
    assert.match(text, /8\.14\d*e-10|8\.15\d*e-10/);
  }),
);

test(
  "descent: Step takes one step, Play the rest, Reset goes back, the slider anywhere",
  visit({ hash: "#/descent?steps=5" }, async ({ page }) => {
    await numberWithin(page, "step", { from: 5, to: 5 });
    await button(page, "Reset").click();
    await numberWithin(page, "step", { from: 0, to: 0 });
    await button(page, "Step").click();
    await numberWithin(page, "step", { from: 1, to: 1 });
    assert.equal(await number(page, "x0"), -2.4);
    await button(page, "Play").click();
    await numberWithin(page, "step", { from: 5, to: 5 });
    await button(page, "Play").waitFor();
    await page.getByRole("slider", { name: "Step shown" }).fill("2");
    await numberWithin(page, "step", { from: 2, to: 2 });
  }),
);

test(
  "descent: a learning rate of 10 says what went wrong once, with a remedy that mends it",
  visit({ hash: "#/descent?learningRate=10" }, async ({ page }) => {
    const shown = notices(page).first();
    await shown.waitFor();
    assert.match((await shown.textContent()) ?? "", /left the plot|Diverged/);
    assert.match((await page.locator(".notices [role=alert]").textContent()) ?? "", /left the plot|Diverged/);
    const before = await field(page, "learningRate").value();
    await shown.getByRole("button").first().click();
    await page.waitForFunction(
      (was) =>
        /** @type {any} */ (document.querySelector("[data-field=learningRate] input[type=text]")).value !==
        was,
      before,
    );
  }),
);

test(
  "descent: one's own expression is drawn; a mistake in it is shown at its place and the former path stays",
  visit({ hash: "#/descent?surface=own" }, async ({ page }) => {
    const input = field(page, "expression");
    await input.fill("(x0 - 1)^2 + x1^2");
    await page.waitForFunction(() => location.hash.includes("expression="));
    await drawnFigures(page);
    await button(page, "Reset").click();
    // (−3 − 1)² + 4², where it starts.
    await numberWithin(page, "value", { from: 32, to: 32 });
    const address = await page.evaluate(() => location.hash);
    await input.fill("(x0 - 1)^2 + tann(x1)");
    await input.error.waitFor();
    const message = (await input.error.textContent()) ?? "";
    assert.match(message, /See character 14\b/);
    const marker = (await input.place.locator(".marker").textContent()) ?? "";
    assert.equal(marker.split("\n")[1].indexOf("▲"), 13);
    assert.equal(await page.evaluate(() => location.hash), address);
    assert.equal(await number(page, "value"), 32);
    await input.fill("x0^2 + ");
    await page.waitForFunction(() =>
      /See character \d+/.test(
        document.querySelector("[data-field=expression] .field-error")?.textContent ?? "",
      ),
    );
  }),
);

test(
  "learning-rate: every rate has its picture, its row and its chip, with what came of it",
  visit({ hash: "#/learning-rate" }, async ({ page }) => {
    await tableHas(page, 5);
    assert.equal(await figure(page, "paths").locator("canvas").count(), 5);
    const captions = await figure(page, "paths").locator(".caption").allTextContents();
    const text = (await (await rows(page)).allTextContents()).join("\n");
    for (const rate of ["0.0001", "0.03", "0.8", "1", "1.1"]) {
      assert.ok(text.includes(rate), rate);
      assert.ok(
        captions.some((caption) => caption.includes(rate)),
        `${rate}: ${captions}`,
      );
    }
    // One grammar for the field, its chips and the jobs.
    await field(page, "rates").fill("0.1、0.2\t0.3");
    await tableHas(page, 3);
    const chips = field(page, "rates").place.locator(".chips li");
    assert.equal(await chips.count(), 3);
  }),
);

test(
  "learning-rate: three networks learn MNIST at three rates to the end, with progress and time left",
  visit({ hash: "#/learning-rate?task=mnist&rates=0.01,0.1,1&iterations=100" }, async ({ page }) => {
    await button(page, "Train").click();
    await page.getByText(/^Finished\./).waitFor();
    await tableHas(page, 3);
    const found = await rows(page);
    await page.waitForFunction(() => document.querySelectorAll(".lab-table [aria-rowindex]").length === 3);
    const cells = await found.evaluateAll((all) =>
      all.map((row) => [...row.children].map(({ textContent }) => textContent)),
    );
    // Name, outcome, loss, test accuracy.
    for (const [, outcome, loss, accuracy] of cells) {
      assert.match(outcome ?? "", /^(finished|no progress)$/, JSON.stringify(cells));
      assert.ok(Number(loss) > 0 && Number(accuracy) > 0 && Number(accuracy) < 1, JSON.stringify(cells));
    }
    assert.equal(await number(page, "iteration"), 100);
    await drawnFigures(page);
    assert.equal(await figure(page, "loss").locator(".legend li").count(), 3);
    assert.equal(await page.locator(".progress").getAttribute("value"), "1.000");
  }),
);
