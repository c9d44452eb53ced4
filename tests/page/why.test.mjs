// What the network gets of a drawing, step by step, and why it reads what it reads.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./browser.mjs";
import { button, draw, goTo, opened, pad, predicts, site, strokes, unfold } from "./page.mjs";

const { visit } = site();
const axe = await readFile(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** @typedef {import("playwright-core").Page} Page @typedef {import("playwright-core").Locator} Locator */

/** @param {Page} page */
const steps = (page) => page.locator(".input-steps");
/** @param {Page} page @param {string} part */
const why = (page, part) => page.locator(`[data-why="${part}"]`);
/** @param {Page} page @param {string} name */
const stepSwitch = (page, name) => steps(page).getByRole("switch", { name, exact: true });

/**
 * Draws a digit as a small one in a corner.
 * @param {Page} page
 * @param {number} digit
 * @param {number} share of its usual size
 */
async function drawSmall(page, digit, share) {
  await pad(page).scrollIntoViewIfNeeded();
  const box = await pad(page).boundingBox();
  assert.ok(box);
  for (const points of strokes[digit]) {
    const places = points.map(([x, y]) => [
      box.x + (0.05 + share * x) * box.width,
      box.y + (0.05 + share * y) * box.height,
    ]);
    await page.mouse.move(places[0][0], places[0][1]);
    await page.mouse.down();
    for (const [x, y] of places.slice(1)) await page.mouse.move(x, y, { steps: 6 });
    await page.mouse.up();
  }
}

/** How many pixels of a picture have ink. @param {Locator} canvas */
const inked = (canvas) =>
  canvas.evaluate((element) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (element);
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [width, height];
    const context = copy.getContext("2d");
    context?.drawImage(/** @type {HTMLCanvasElement} */ (element), 0, 0);
    const data = context?.getImageData(0, 0, width, height).data ?? [];
    return data.filter((value, at) => at % 4 === 3 && value > 40).length / (width * height);
  });

/** @param {Page} page @returns {Promise<string[]>} what axe-core finds */
async function faultsOfAxe(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ content: axe });
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run(document);
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
  });
}

for (const digit of [0, 4, 7]) {
  test(
    `a small ${digit} is read as one, whatever the pen's width on the pad`,
    visit({}, async ({ page }) => {
      await drawSmall(page, digit, 0.2);
      await predicts(page, String(digit));
    }),
  );
}

test(
  "each step can be left out: picture and reading change at once, the part says so, and all come back",
  visit({}, async ({ page }) => {
    await unfold(steps(page));
    await drawSmall(page, 0, 0.2);
    await predicts(page, "0");
    const pictures = steps(page).locator("canvas");
    await assert.doesNotReject(pictures.nth(3).waitFor());
    const read = page.locator(".reading-words .sure");
    const before = { said: await read.textContent(), ink: await inked(pictures.nth(1)) };
    assert.ok((await inked(pictures.nth(0))) > 1.5 * before.ink, "the pen that is read is finer here");

    await unfold(steps(page));
    await stepSwitch(page, "Pen width").uncheck();
    await page.waitForFunction((said) => {
      return document.querySelector(".reading-words .sure")?.textContent !== said;
    }, before.said);
    const status = steps(page).getByRole("status");
    await page.waitForFunction(() => document.querySelector(".steps-said")?.textContent);
    assert.match((await status.textContent()) ?? "", /Left out: Pen width\./);
    assert.ok((await inked(pictures.nth(1))) > 1.5 * before.ink);

    // Also where the part is folded away, the pad says it.
    const onPad = button(page, "Steps are left out. All on");
    assert.equal(await onPad.isVisible(), true);
    await stepSwitch(page, "Crop and fit").uncheck();
    await page.waitForFunction(() => {
      const canvas = document.querySelectorAll(".input-steps canvas")[2];
      return /** @type {HTMLCanvasElement} */ (canvas).width === 28;
    });
    // It lasts for the visit, in another lab too.
    await goTo(page, "convnet");
    await button(page, "Steps are left out. All on").waitFor();
    await goTo(page, "digits");
    await onPad.click();
    await predicts(page, "0");
    await onPad.waitFor({ state: "hidden" });
    await unfold(steps(page));
    await page.waitForFunction(() => !document.querySelector(".steps-said")?.textContent);
    for (const name of ["Pen width", "Crop and fit", "Centre"])
      assert.equal(await stepSwitch(page, name).isChecked(), true, name);
  }),
);

test(
  "the switches work by keyboard, and the way back takes the keyboard along",
  visit({}, async ({ page }) => {
    await unfold(steps(page));
    await draw(page, 4);
    await predicts(page, "4");
    await stepSwitch(page, "Centre").focus();
    await page.keyboard.press("Space");
    const allOn = button(page, "All steps on");
    await allOn.waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await allOn.evaluate((element) => element === document.activeElement), true);
    await page.keyboard.press("Enter");
    await allOn.waitFor({ state: "hidden" });
    assert.equal(await stepSwitch(page, "Pen width").evaluate((box) => box === document.activeElement), true);
  }),
);

test(
  "why: a network without convolutions has no feature maps",
  visit({ hash: "#/digits?network=digits" }, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, "7");
    await unfold(page.locator(".why"));
    await page.waitForFunction(() =>
      /score z for 7/.test(document.querySelector('[data-why="gradient"]')?.textContent ?? ""),
    );
    assert.equal(await why(page, "maps").isVisible(), false);
  }),
);

test(
  "why: a gradient, a change that is read as the digit that was chosen, and the nearest training digits",
  visit({}, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, "7");
    await unfold(page.locator(".why"));
    const change = why(page, "change");
    await page.waitForFunction(() =>
      /ink change the reading to \d/.test(document.querySelector('[data-why="change"]')?.textContent ?? ""),
    );
    assert.match((await change.textContent()) ?? "", /Read as 7/);
    assert.match((await why(page, "gradient").textContent()) ?? "", /score z for 7/);
    await why(page, "maps").waitFor();

    // Another digit is aimed at by the bars.
    await page.locator(".bars li").nth(2).click();
    await unfold(page.locator(".why"));
    await page.waitForFunction(() =>
      /ink change the reading to 2/.test(document.querySelector('[data-why="change"]')?.textContent ?? ""),
    );
    await page.waitForFunction(() =>
      /score z for 2/.test(document.querySelector('[data-why="gradient"]')?.textContent ?? ""),
    );

    const nearest = why(page, "nearest");
    await nearest.scrollIntoViewIfNeeded();
    const load = nearest.getByRole("button");
    if (await load.isVisible()) await load.click();
    await page.waitForFunction(() => document.querySelectorAll('[data-why="nearest"] li').length === 5);
    await page.waitForFunction(() =>
      /the nearest of 60,000 /.test(document.querySelector('[data-why="nearest"]')?.textContent ?? ""),
    );
    const captions = await nearest.locator("figcaption").allTextContents();
    const found = captions.map((caption) => caption.split(" · "));
    const distances = found.map(([, distance]) => Number(distance));
    assert.deepEqual(
      distances,
      distances.toSorted((one, other) => one - other),
    );
    assert.ok(found.filter(([label]) => label === "7").length >= 3, captions.join(", "));
  }),
);

test(
  "why: a search for another reading that takes its time keeps nothing else waiting",
  visit(
    {
      before: ({ page }) =>
        page.addInitScript(() => {
          const { postMessage } = Worker.prototype;
          Worker.prototype.postMessage = function (message, /** @type {any} */ transfer) {
            if (message.question !== "reading-change") postMessage.call(this, message, transfer);
          };
        }),
    },
    async ({ page }) => {
      await draw(page, 7);
      await predicts(page, "7");
      await unfold(page.locator(".why"));
      await why(page, "gradient").getByText("score z for 7").first().waitFor();
      await button(page, "Clear").click();
      await draw(page, 4);
      await predicts(page, "4");
      await unfold(page.locator(".why"));
      await why(page, "gradient").getByText("score z for 4").first().waitFor();
      assert.equal(await why(page, "change").isVisible(), false);
    },
  ),
);

test(
  "why, of a convolutional network: its first feature maps",
  visit({ hash: "#/convnet" }, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, /^\d$/);
    await unfold(page.locator(".why"));
    await why(page, "maps").waitFor();
    assert.ok((await why(page, "maps").locator("canvas").count()) > 4);
    assert.equal(await why(page, "maps").getByRole("link").isVisible(), false, "it is this lab");
  }),
);

for (const locale of ["en-US", "zh-CN"]) {
  for (const width of [360, 1280]) {
    test(
      `axe-core finds nothing in the open parts, and nothing scrolls sideways: ${locale}, ${width} wide`,
      visit({ context: { locale, viewport: { width, height: 800 }, bypassCSP: true } }, async ({ page }) => {
        await opened(page);
        await draw(page, 7);
        await predicts(page, "7");
        await unfold(steps(page));
        await steps(page).getByRole("switch").first().uncheck();
        await unfold(page.locator(".why"));
        await why(page, "change").waitFor();
        assert.deepEqual(await faultsOfAxe(page), []);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wider <= 0, `${wider} pixels wider than the screen`);
      }),
    );
  }
}
