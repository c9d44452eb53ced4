// Figures: values under the pointer and the keys, handles, the surface, tables, saving.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import {
  button,
  drawnFigures,
  field,
  figure,
  goTo,
  number,
  numberWithin,
  pause,
  phone,
  rows,
  site,
  swipe,
  tableHas,
  unfold,
} from "./page.mjs";

const { visit } = site();

/** @typedef {import("playwright-core").Page} Page */

test(
  "the values behind a figure can be read as a table in its place",
  visit({ hash: "#/descent" }, async ({ page }) => {
    const place = figure(page, "value");
    await unfold(place);
    await place.locator(".menu-button").click();
    await place.getByRole("button", { name: "Show values" }).click();
    await place.locator(".values tbody tr").first().waitFor();
    assert.ok((await place.locator(".values tbody tr").count()) > 5);
    assert.match((await place.locator(".values tbody").first().textContent()) ?? "", /25/);
  }),
);

test(
  "a figure shows the values under the pointer, and under the arrow keys",
  visit({ hash: "#/descent" }, async ({ page }) => {
    const place = figure(page, "value");
    await unfold(place);
    const canvas = place.locator("canvas").first();
    await page.waitForFunction(() => {
      const each = document.querySelector("[data-slot=value] canvas");
      return each instanceof HTMLCanvasElement && each.width > 300;
    });
    await canvas.scrollIntoViewIfNeeded();
    await canvas.hover();
    await place.locator(".readout-layer").waitFor();
    assert.match((await place.locator(".readout").textContent()) ?? "", /\d/);
    await page.mouse.move(1, 1);
    await place.locator(".readout-layer").waitFor({ state: "hidden" });
    await place.locator(".plot").focus();
    await page.keyboard.press("ArrowRight");
    await place.locator(".readout-layer").waitFor();
    assert.match((await place.locator("[role=status]").textContent()) ?? "", /\d/);
    await page.keyboard.press("Escape");
    await place.locator(".readout-layer").waitFor({ state: "hidden" });
  }),
);

/** @param {Page} page */
const start = async (page) => [
  Number(await field(page, "x0").value()),
  Number(await field(page, "x1").value()),
];

for (const [lab, slot] of [
  ["descent", "contour"],
  ["learning-rate", "paths"],
]) {
  test(
    `${lab}: a press on the contours moves the start there, in the form and the address`,
    visit({ hash: `#/${lab}` }, async ({ page }) => {
      await drawnFigures(page);
      const canvas = figure(page, slot).locator("canvas").first();
      await canvas.scrollIntoViewIfNeeded();
      const box = await canvas.boundingBox();
      assert.ok(box);
      // Right of the middle and below it: x0 above 0, x1 below.
      await page.mouse.click(box.x + 0.75 * box.width, box.y + 0.65 * box.height);
      await page.waitForFunction(() => /x0=[\d.]+&x1=-[\d.]+/.test(location.hash));
      const [x0, x1] = await start(page);
      assert.ok(x0 > 0 && x1 < 0, `(${x0}, ${x1})`);
    }),
  );

  test(
    `${lab}: the start is a handle that the arrow keys move`,
    visit({ hash: `#/${lab}` }, async ({ page }) => {
      await drawnFigures(page);
      const handle = figure(page, slot).getByRole("slider").first();
      const [x0, x1] = await start(page);
      await handle.focus();
      const before = await handle.getAttribute("aria-valuetext");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowUp");
      await page.waitForFunction(() => /x0=/.test(location.hash) && /x1=/.test(location.hash));
      const [nextX0, nextX1] = await start(page);
      assert.ok(nextX0 > x0 && nextX1 > x1, `(${x0}, ${x1}) → (${nextX0}, ${nextX1})`);
      assert.notEqual(await handle.getAttribute("aria-valuetext"), before);
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "slider");
    }),
  );
}

for (const [when, busy] of /** @type {[string, number][]} */ ([
  ["within one frame", 0],
  ["before a slow machine has drawn the last one", 600],
])) {
  test(
    `descent: arrow keys that come ${when} add up`,
    visit({ hash: "#/descent" }, async ({ page }) => {
      await drawnFigures(page);
      const [x0, x1] = await start(page);
      await figure(page, "contour").getByRole("slider").first().focus();
      await page.evaluate((milliseconds) => {
        for (const key of ["ArrowRight", "ArrowUp", "ArrowRight"]) {
          document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          const end = performance.now() + milliseconds;
          while (performance.now() < end);
        }
      }, busy);
      await page.waitForFunction(() => /x0=/.test(location.hash) && /x1=/.test(location.hash));
      const [nextX0, nextX1] = await start(page);
      assert.ok(nextX0 > x0 && nextX1 > x1, `(${x0}, ${x1}) → (${nextX0}, ${nextX1})`);
      assert.ok(Math.abs(nextX0 - x0 - 2 * (nextX1 - x1)) < 0.2, "two steps to the right, one up");
    }),
  );
}

test(
  "descent: a drag that leaves the figure stays at its edge",
  visit({ hash: "#/descent" }, async ({ page }) => {
    await drawnFigures(page);
    const handle = figure(page, "contour").getByRole("slider").first();
    const box = await handle.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(5, box.y + box.height / 2 + 20, { steps: 10 });
    await page.mouse.up();
    await page.waitForFunction(() => /x0=-/.test(location.hash));
    const [x0, x1] = await start(page);
    assert.ok(x0 < -3 && x1 < 4, `(${x0}, ${x1})`);
  }),
);

test(
  "descent on a phone: a swipe over the contours scrolls, a finger on the handle moves the start, a tap too",
  visit({ hash: "#/descent", context: phone }, async ({ page, context }) => {
    await drawnFigures(page);
    const session = await context.newCDPSession(page);
    await page.evaluate(() => scrollTo(0, 0));
    const canvas = figure(page, "contour").locator("canvas").first();
    const box = await canvas.boundingBox();
    const handle = await figure(page, "contour").getByRole("slider").first().boundingBox();
    assert.ok(box && handle);
    const [middle, top] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
    await swipe(session, middle, top, top + 40);
    await page.waitForFunction(() => /x1=/.test(location.hash));
    assert.equal(await page.evaluate(() => scrollY), 0);

    const before = await page.evaluate(() => location.hash);
    // Not so soon that it is taken for a part of the drag.
    await page.waitForTimeout(600);
    await page.touchscreen.tap(box.x + 0.7 * box.width, box.y + 0.5 * box.height);
    await page.waitForFunction((was) => location.hash !== was && /x0=[\d.]/.test(location.hash), before);

    // Last, because a swipe coasts on.
    const tapped = await page.evaluate(() => location.hash);
    const y = Math.min(box.y + 0.8 * box.height, 420);
    await swipe(session, box.x + 0.75 * box.width, y, y - 200);
    await page.waitForFunction(() => scrollY > 50);
    assert.equal(await page.evaluate(() => location.hash), tapped);
  }),
);

test(
  "a long table holds only the rows in sight, and is scrolled to any of them",
  visit({ hash: "#/descent?steps=1000&learningRate=0.001" }, async ({ page }) => {
    await tableHas(page, 1001);
    const box = page.locator(".scroll-box", { has: page.locator(".lab-table") });
    assert.ok((await page.locator(".lab-table tbody tr").count()) < 80);
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll(".lab-table [aria-rowindex]")];
      return rows.some((row) => Math.abs(Number(row.getAttribute("aria-rowindex")) - 500) < 30);
    });
    assert.ok((await page.locator(".lab-table tbody tr").count()) < 80);
  }),
);

test(
  "a row under the pointer lights its like in the figures",
  // Tall enough for both to be in sight.
  visit({ hash: "#/descent", context: { viewport: { width: 1280, height: 2600 } } }, async ({ page }) => {
    await drawnFigures(page);
    const table = await rows(page);
    const look = () =>
      figure(page, "contour")
        .locator("canvas")
        .first()
        .evaluate((element) => /** @type {HTMLCanvasElement} */ (element).toDataURL());
    const before = await look();
    await table.nth(3).hover();
    await page.locator(".lab-table .is-lit").waitFor();
    await page.waitForFunction(
      (was) =>
        /** @type {HTMLCanvasElement} */ (
          document.querySelector("[data-slot=contour] canvas")
        ).toDataURL() !== was,
      before,
    );
  }),
);

test(
  "descent: the surface turns by dragging and by the arrow keys",
  visit({ hash: "#/descent" }, async ({ page }) => {
    await drawnFigures(page);
    const canvas = figure(page, "surface").locator("canvas").first();
    await canvas.scrollIntoViewIfNeeded();
    const look = () => canvas.evaluate((element) => /** @type {HTMLCanvasElement} */ (element).toDataURL());
    const changes = async (/** @type {string} */ before) => {
      await page.waitForFunction((was) => {
        const chart = document.querySelector("[data-slot=surface] canvas");
        return /** @type {HTMLCanvasElement} */ (chart).toDataURL() !== was;
      }, before);
    };
    const first = await look();
    const box = await canvas.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 80, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await changes(first);
    await page.mouse.move(1, 1);
    const second = await look();
    await figure(page, "surface").locator(".plot").focus();
    await page.keyboard.press("ArrowUp");
    await changes(second);
  }),
);

test(
  "figures that are operated are no images to assistive technology, and their summary rests while a run goes on",
  visit({}, async ({ page }) => {
    await page.locator(".figure:not([hidden]) .plot").first().waitFor();
    assert.equal(await page.locator(".plot[role=img], .plot canvas[role=img]").count(), 0);
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 20 });
    const plot = figure(page, "loss").locator(".plot");
    await plot.focus();
    await page.evaluate(() => {
      const seen = Object.assign(window, { changes: 0 });
      const place = document.querySelector("[data-slot=loss] .plot-place > p:not([role])");
      new MutationObserver(() => (seen.changes += 1)).observe(/** @type {Node} */ (place), {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    const at = await number(page, "iteration");
    await numberWithin(page, "iteration", { from: at + 500 });
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).changes), 0);
    await pause(page);
    await page.waitForFunction(() => /** @type {any} */ (window).changes > 0);
  }),
);

test(
  "each figure can be saved as PNG and as SVG, with its title in the file's name",
  visit({}, async ({ page }) => {
    for (const [lab, chart] of [
      ["descent", "contour"],
      ["descent", "surface"],
      ["descent", "value"],
      ["learning-rate", "value"],
      ["digits", "weights"],
    ]) {
      await goTo(page, lab);
      await drawnFigures(page);
      const place = figure(page, chart);
      await unfold(place);
      await page.waitForFunction((slot) => {
        const canvas = document.querySelector(`[data-slot="${slot}"] canvas`);
        return canvas instanceof HTMLCanvasElement && canvas.width > 90;
      }, chart);
      for (const format of ["PNG", "SVG"]) {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          place
            .locator(".menu-button")
            .click()
            .then(() => place.getByRole("button", { name: `as ${format}` }).click()),
        ]);
        await page.keyboard.press("Escape");
        assert.equal(download.suggestedFilename(), `fishbowl-${chart}.${format.toLowerCase()}`);
        const bytes = await readFile(await download.path());
        assert.ok(bytes.length > 1000, `${chart} as ${format}: ${bytes.length} bytes`);
        if (format === "PNG") {
          assert.equal(bytes.subarray(1, 4).toString(), "PNG");
          assert.ok(bytes.readUInt32BE(16) >= 1440, "twice the pixels of a figure 720 wide");
        } else {
          const found = await page.evaluate((text) => {
            const svg = new DOMParser().parseFromString(text, "image/svg+xml");
            const name = svg.documentElement.localName;
            return {
              name,
              errors: svg.querySelectorAll("parsererror").length,
              parts: svg.querySelectorAll("*").length,
            };
          }, bytes.toString("utf8"));
          assert.equal(found.name, "svg");
          assert.equal(found.errors, 0);
          assert.ok(found.parts > 10, `${found.parts} parts`);
        }
      }
    }
  }),
);
