// SimpleConvNet: feature maps of a drawing, filters before and after, and the loss around the weights.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, draw, drawnFigures, figure, notices, numberWithin, predicts, site } from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page @param {string} slot */
const captions = (page, slot) => figure(page, slot).locator(".caption").allTextContents();
/** @param {import("playwright-core").Page} page @param {RegExp} words */
const isSaid = (page, words) =>
  page.waitForFunction(
    ([pattern]) =>
      new RegExp(pattern).test(document.querySelector("[data-slot=landscape] .caption")?.textContent ?? ""),
    [words.source],
  );

test(
  "convnet: the pre-trained network reads a drawn digit and shows what each layer makes of it",
  visit({ hash: "#/convnet" }, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, "7");
    const caption = async (/** @type {string} */ slot) => (await captions(page, slot))[0];
    await figure(page, "maps1").locator(".caption", { hasText: "largest" }).waitFor();
    assert.match(await caption("maps1"), /^Convolution: 30 × 24 × 24, largest [\d.]+$/);
    assert.match(await caption("maps2"), /^ReLU: 30 × 24 × 24, largest [\d.]+$/);
    assert.match(await caption("maps3"), /^Max pooling: 30 × 12 × 12, largest [\d.]+$/);
    assert.deepEqual([await caption("before"), await caption("after")], ["random, seed 1", "pre-trained"]);
    await button(page, "Clear").click();
    await figure(page, "maps1").locator(".caption", { hasText: "Draw a digit." }).waitFor();
    assert.deepEqual(await drawnFigures(page), ["maps1", "maps2", "maps3", "before", "after"]);
  }),
);

test(
  "convnet: trained here from random weights; the guess is answered by its last evaluation",
  visit({ hash: "#/convnet?samples=300&epochs=2&filters=4" }, async ({ page }) => {
    await button(page, "under 90%").click();
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 6 });
    await page.locator("[data-notice=guess-told]").waitFor();
    assert.match((await notices(page).first().textContent()) ?? "", /You guessed .* of 1,000 test images/);
    assert.deepEqual(await captions(page, "after"), ["6 iterations"]);
    const shown = ["maps1", "maps2", "maps3", "before", "after", "loss", "accuracy"];
    assert.deepEqual(await drawnFigures(page), shown);
  }),
);

test(
  "convnet: the loss around the weights is computed once it is looked at, and fills in",
  visit({ hash: "#/convnet", context: { locale: "zh-CN" } }, async ({ page }) => {
    await draw(page, 1);
    // Nothing is computed, nor fetched, for what is not shown.
    assert.equal(await figure(page, "landscape").isVisible(), false);
    await page.evaluate(() => void (location.hash = "#/convnet?view=landscape"));
    await isSaid(page, /300 张测试图像：中心 .*已计算 289 点中的 289 点/);
    // It comes a frame after what is said.
    await figure(page, "relief").waitFor();
    assert.deepEqual(await drawnFigures(page), ["landscape", "relief"]);
    await page.getByRole("button", { name: "EN" }).click();
    // It comes a frame after the page in the other language.
    const found = await page.waitForFunction(() => {
      const told = document.querySelector("[data-slot=landscape] .caption")?.textContent ?? "";
      const around = /^Around the weights at the start, 300 test images: ([\d.]+) in the middle, ([\d.]+) on/;
      return around.exec(told)?.slice();
    });
    const [told, middle, edge] = /** @type {string[]} */ (await found.jsonValue());
    assert.ok(Number(middle) < 0.5 && Number(edge) > Number(middle), told);
  }),
);

test(
  "convnet: a page that is made anew in another language asks for what it showed without a break",
  visit(
    {
      hash: "#/convnet?view=landscape",
      before: ({ page }) =>
        page.addInitScript(() => {
          const asked = Object.assign(window, { asked: /** @type {string[]} */ ([]) }).asked;
          const { postMessage } = Worker.prototype;
          Worker.prototype.postMessage = function (message, ...more) {
            if (message.type === "watch") asked.push(message.wants.join());
            postMessage.call(this, message, .../** @type {[any]} */ (more));
          };
        }),
    },
    async ({ page }) => {
      await figure(page, "relief").locator("canvas").waitFor();
      const asked = () =>
        page.evaluate(() => /** @type {{ asked: string[] }} */ (/** @type {any} */ (window)).asked.splice(0));
      assert.match((await asked()).at(-1) ?? "", /landscape/);
      await page.getByRole("button", { name: "中文" }).click();
      await figure(page, "relief").getByText("三维图").waitFor();
      await figure(page, "relief").locator("canvas").waitFor();
      for (const wants of await asked()) assert.match(wants, /landscape/);
    },
  ),
);
