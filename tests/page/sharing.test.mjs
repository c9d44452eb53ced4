// Finding a lab and giving it to others: the cards of the labs, the link, the frame in another page.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, field, goTo, labs, notices, numberWithin, opened, site } from "./page.mjs";

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
    await opened(page);
  }),
);

test(
  "Share copies the link that shows what is seen, in the language it is seen in",
  visit({ hash: "#/descent?steps=7" }, async ({ page, context, url }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await button(page, "中文").click();
    await button(page, "分享").click();
    const note = page.locator(".share [role=status]");
    await note.filter({ hasText: "链接已复制" }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${url}#/descent?steps=7&lang=zh`);
    await button(page, "English").click();

    const other = await context.newPage();
    await other.goto(link);
    await opened(other);
    assert.equal(await other.evaluate(() => document.documentElement.lang), "zh-CN");
    assert.equal(await field(other, "steps").value(), "7");
    await addressIs(other, "#/descent?steps=7");
    assert.equal(await notices(other).count(), 0);
    await other.reload();
    await opened(other);
    assert.equal(await other.evaluate(() => document.documentElement.lang), "zh-CN");
    await button(page, "Share").waitFor();
  }),
);

test(
  "where the clipboard refuses, the link stands selected in a box",
  visit(
    {
      hash: "#/descent?steps=7",
      before: ({ page }) =>
        page.addInitScript(() => {
          navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
        }),
    },
    async ({ page, url }) => {
      await button(page, "Share").click();
      const box = page.locator(".share-box input");
      await box.waitFor();
      const selected = await box.evaluate((element) => {
        const input = /** @type {HTMLInputElement} */ (element);
        return input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0);
      });
      assert.equal(selected, `${url}#/descent?steps=7&lang=en`);
      await page.keyboard.press("Escape");
      await box.waitFor({ state: "hidden" });
      assert.equal(
        await button(page, "Share").evaluate((element) => element === document.activeElement),
        true,
      );
    },
  ),
);

test(
  "an embedded lab is stage and run bar alone, works, and leads to the whole page",
  visit({ hash: "#/descent?embed&steps=7" }, async ({ page, url }) => {
    const absent = ".page-head, .lab-head, .suggestions, .page-foot, .more, .neighbours";
    assert.equal(await page.locator(absent).count(), 0);
    assert.equal(await page.locator("h1").count(), 1);
    await page.locator(".stage canvas").first().waitFor();
    await field(page, "learningRate").fill("0.2");
    await addressIs(page, "#/descent?embed&learningRate=0.2&steps=7");
    const link = page.locator(".embed-foot a");
    assert.equal(await link.getAttribute("target"), "_top");
    // Whatever is still on its way would count as a fault once the page is left.
    await page.waitForLoadState("networkidle");

    const body = `<iframe width="800" height="500" src="${url}#/descent?embed&steps=7"></iframe>`;
    await page.route("**/course.html", (route) => route.fulfill({ contentType: "text/html", body }));
    await page.goto(`${url}course.html`);
    const frame = page.frameLocator("iframe");
    await frame.locator("[data-part=stage] canvas").first().waitFor();
    await frame.getByRole("link", { name: "Open in Fishbowl" }).click();
    await page.locator(".page-head").waitFor();
    await page.locator("[data-lab=descent] .lab-head").waitFor();
    await addressIs(page, "#/descent?steps=7");
  }),
);

test(
  "a link takes controls and parts away, says what it cannot, and keeps to it",
  visit({ hash: "#/descent?hide=surface,suggestions,table,colour" }, async ({ page }) => {
    await notices(page).first().waitFor();
    assert.match((await notices(page).first().textContent()) ?? "", /colour/);
    await addressIs(page, "#/descent?hide=surface,suggestions,table");
    assert.equal(await page.locator("[data-field=surface], .suggestions, [data-fold=table]").count(), 0);
    assert.equal(await page.locator("[data-field=learningRate]").count(), 1);
    await goTo(page, "graph");
    await page.locator(".suggestions").waitFor();
    await goTo(page, "descent");
    await addressIs(page, "#/descent?hide=surface,suggestions,table");
    assert.equal(await page.locator("[data-field=surface]").count(), 0);
  }),
);

test(
  "a lab that was left while it ran says so when one comes back, until it runs again",
  visit({ hash: "#/digits" }, async ({ page }) => {
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 1 });
    await goTo(page, "descent");
    await goTo(page, "digits");
    await page.getByText("Paused when you left.").first().waitFor();
    await button(page, "Step").click();
    await page.locator(".run-status").getByText("Paused.", { exact: true }).waitFor();

    await goTo(page, "learning-rate");
    await button(page, "Play").click();
    await page.locator(".chapter-buttons .all-labs").click();
    await page.locator("[data-page=all]").waitFor();
    await page.goBack();
    await page.locator(".run-status").getByText("Paused when you left.").waitFor();
    await button(page, "Play").click();
    await button(page, "Pause").waitFor();
    assert.equal(await page.locator(".run-status").textContent(), "");
  }),
);
