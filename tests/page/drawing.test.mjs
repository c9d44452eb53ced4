// The pad: what is drawn is read, by mouse and by finger.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, draw, isDrawn, numberWithin, pad, phone, prediction, reads, site } from "./page.mjs";

const { visit } = site();

test(
  "an empty pad reads as an em dash",
  visit({}, async ({ page }) => {
    assert.equal(await prediction(page).textContent(), "—");
    assert.equal(await isDrawn(pad(page)), false);
  }),
);

for (const digit of [0, 1, 4, 7]) {
  test(
    `a drawn ${digit} is read as ${digit} by the ready-made net`,
    visit({}, async ({ page }) => {
      await draw(page, digit);
      await reads(page, String(digit));
      assert.equal(await isDrawn(pad(page)), true);
    }),
  );
}

test(
  "a digit is read while it is drawn, before the pen is lifted",
  visit({}, async ({ page }) => {
    const box = await pad(page).boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + 0.2 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 0.8 * box.height, { steps: 10 });
    await reads(page, /^\d$/);
    await page.mouse.up();
  }),
);

test(
  "Clear empties the pad, and Undo takes back the clearing and then stroke by stroke",
  visit({}, async ({ page }) => {
    await draw(page, 1);
    await reads(page, "1");
    await button(page, "Clear").click();
    await reads(page, "—");
    assert.equal(await isDrawn(pad(page)), false);
    await button(page, "Undo").click();
    await reads(page, "1");
    assert.equal(await isDrawn(pad(page)), true);
    await button(page, "Undo").click();
    await reads(page, "—");
    assert.equal(await isDrawn(pad(page)), false);
    assert.equal(await button(page, "Undo").isDisabled(), true);
  }),
);

test(
  "the probabilities of the ten digits sum to 1 and the highest is the digit read",
  visit({}, async ({ page }) => {
    await draw(page, 7);
    await reads(page, "7");
    const shares = await page.locator(".bars .share").allTextContents();
    const values = shares.map((text) => Number.parseFloat(text.replace(/[^\d.]/g, "")) || 0);
    assert.equal(values.length, 10);
    const sum = values.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - 100) < 1, `the shares sum to ${sum} %: ${shares}`);
    assert.equal(values.indexOf(Math.max(...values)), 7);
  }),
);

test(
  "what the network sees is shown step by step, and is gone with the drawing",
  visit({}, async ({ page }) => {
    const steps = page.locator(".seen canvas");
    assert.equal(await steps.count(), 3);
    await draw(page, 4);
    await reads(page, "4");
    for (const step of await steps.all()) assert.equal(await isDrawn(step), true);
    await button(page, "Clear").click();
    await reads(page, "—");
    for (const step of await steps.all()) assert.equal(await isDrawn(step), false);
  }),
);

test(
  "a finger draws without scrolling a phone's page; beside the pad it scrolls",
  visit({ context: phone }, async ({ page, context }) => {
    const session = await context.newCDPSession(page);
    await pad(page).evaluate((element) => element.scrollIntoView({ block: "center" }));
    const box = await pad(page).boundingBox();
    assert.ok(box);
    const scrolled = () => page.evaluate(() => [scrollX, scrollY]);
    /** @param {number} x @param {number} from @param {number} to all css pixels */
    async function swipe(x, from, to) {
      await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y: from }] });
      for (let step = 1; step <= 12; step++) {
        const y = from + ((to - from) * step) / 12;
        await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x, y }] });
      }
      await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    }
    const before = await scrolled();
    assert.ok(before[1] > 0, "there is room to scroll");
    await swipe(box.x + box.width / 2, box.y + 0.8 * box.height, box.y + 0.2 * box.height);
    await reads(page, /^\d$/);
    await swipe(box.x + 0.3 * box.width, box.y + 0.2 * box.height, box.y + 0.8 * box.height);
    await page.waitForFunction(() => document.querySelectorAll(".pad-buttons button:disabled").length === 0);
    assert.deepEqual(await scrolled(), before);
    // The same movement elsewhere does scroll, so the test would have seen it.
    const heading = await page.locator(".reading").boundingBox();
    assert.ok(heading);
    const y = Math.min(heading.y + heading.height / 2, 600);
    await swipe(20, y, y - 250);
    await page.waitForFunction((was) => scrollY !== was, before[1]);
  }),
);

test(
  "a random test digit fills the pad and is read",
  visit({}, async ({ page }) => {
    await button(page, "A random test digit").click();
    await reads(page, /^\d$/);
    assert.equal(await isDrawn(pad(page)), true);
    await page.getByText(/^On the pad: test digit no\. \d+, a \d\.$/).waitFor();
    await button(page, "Undo").click();
    await reads(page, "—");
  }),
);

test(
  "a test digit can be chosen by its number; a wrong number is refused where it stands",
  visit({}, async ({ page }) => {
    const input = page.getByLabel("or number");
    await input.fill("0");
    await input.press("Enter");
    // The first image of MNIST's test set is a 7.
    await reads(page, "7");
    await input.fill("10000");
    await input.press("Enter");
    const message = page.locator(".stamp-input .field-error");
    await message.waitFor();
    assert.match((await message.textContent()) ?? "", /10000.*9999/);
    await reads(page, "7");
  }),
);

test(
  "once the test digits are there, the ready-made net's confusion matrix and readings of them are shown",
  visit({}, async ({ page }) => {
    await button(page, /Load the test digits/).click();
    const gallery = page.locator(".gallery canvas").first();
    await gallery.waitFor();
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("table.confusion td button")];
      return cells.reduce((sum, { textContent }) => sum + Number(textContent), 0) === 10000;
    });
    await page.locator("table.confusion").waitFor();
    assert.ok((await numberWithin(page, "test-accuracy", { from: 0.9 })) <= 1);
  }),
);
