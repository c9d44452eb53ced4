// The pad: the network predicts what is drawn, by mouse and by finger.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  button,
  draw,
  figure,
  isDrawn,
  numberWithin,
  pad,
  phone,
  prediction,
  predicts,
  site,
  swipe,
  unfold,
  settled,
} from "./page.mjs";

const { visit } = site();

test(
  "an empty pad predicts as an em dash",
  visit({}, async ({ page }) => {
    // The example leaves nothing that could be undone.
    await button(page, "Clear").click();
    await predicts(page, "—");
    assert.equal(await button(page, "Undo").isDisabled(), true);
    assert.equal(await prediction(page).textContent(), "—");
    assert.equal(await isDrawn(pad(page)), false);
  }),
);

for (const digit of [0, 1, 4, 7]) {
  test(
    `the pre-trained network predicts ${digit} for a drawn ${digit}`,
    visit({}, async ({ page }) => {
      await draw(page, digit);
      await predicts(page, String(digit));
      assert.equal(await isDrawn(pad(page)), true);
    }),
  );
}

test(
  "below 50 % the words next to the digit say that it is in doubt, and which digit it may be instead",
  // Random weights: all outputs are about the same.
  visit({ hash: "#/digits?hidden=20" }, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, /^\d$/);
    const said = await page.locator(".reading-words .sure").textContent();
    const [, share, other, second] = /^Not sure: ([\d.]+)%, or (\d) with ([\d.]+)%$/.exec(said ?? "") ?? [];
    assert.ok(Number(share) < 50 && Number(second) <= Number(share), String(said));
    assert.notEqual(other, await prediction(page).textContent());
  }),
);

test(
  "a digit is predicted while it is drawn, before the pen is lifted",
  visit({}, async ({ page }) => {
    const box = await pad(page).boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + 0.2 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 0.8 * box.height, { steps: 10 });
    await predicts(page, /^\d$/);
    await page.mouse.up();
  }),
);

test(
  "Clear empties the pad, and Undo takes back the clearing and then stroke by stroke",
  visit({}, async ({ page }) => {
    await draw(page, 1);
    await predicts(page, "1");
    await button(page, "Clear").click();
    await predicts(page, "—");
    assert.equal(await isDrawn(pad(page)), false);
    await button(page, "Undo").click();
    await predicts(page, "1");
    assert.equal(await isDrawn(pad(page)), true);
    await button(page, "Undo").click();
    await predicts(page, "—");
    assert.equal(await isDrawn(pad(page)), false);
    assert.equal(await button(page, "Undo").isDisabled(), true);
  }),
);

test(
  "the probabilities of the ten digits sum to 1 and the highest is the digit predicted",
  visit({}, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, "7");
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
    await predicts(page, "4");
    for (const step of await steps.all()) assert.equal(await isDrawn(step), true);
    await button(page, "Clear").click();
    await predicts(page, "—");
    for (const step of await steps.all()) assert.equal(await isDrawn(step), false);
  }),
);

test(
  "a finger draws without scrolling a phone's page; beside the pad it scrolls",
  visit({ context: phone }, async ({ page, context }) => {
    const session = await context.newCDPSession(page);
    await page.evaluate(() => scrollTo(0, 40));
    const box = await pad(page).boundingBox();
    assert.ok(box);
    const scrolled = () => page.evaluate(() => [scrollX, scrollY]);
    const before = await scrolled();
    assert.ok(before[1] > 0, "there is room to scroll");
    await swipe(session, box.x + box.width / 2, box.y + 0.8 * box.height, box.y + 0.2 * box.height);
    await predicts(page, /^\d$/);
    await swipe(session, box.x + 0.3 * box.width, box.y + 0.2 * box.height, box.y + 0.8 * box.height);
    await page.waitForFunction(() => document.querySelectorAll(".pad-buttons button:disabled").length === 0);
    assert.deepEqual(await scrolled(), before);
    // The same movement elsewhere does scroll, so the test would have seen it.
    const beside = await page.locator(".bars").boundingBox();
    assert.ok(beside);
    await swipe(session, beside.x + 20, beside.y + 100, beside.y - 50);
    await page.waitForFunction((was) => scrollY !== was, before[1]);
  }),
);

/** How much of the pad has ink, by the visitor's canvas. @param {import("playwright-core").Page} page */
const ink = (page) =>
  pad(page).evaluate((element) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (element);
    const context = /** @type {HTMLCanvasElement} */ (element).getContext("2d");
    const pixels = context?.getImageData(0, 0, width, height).data ?? [];
    return pixels.filter((alpha, at) => at % 4 === 3 && alpha > 0).length / (width * height);
  });

test(
  "no ink is lost when one event brings many points",
  visit({}, async ({ page }) => {
    await pad(page).evaluate((canvas) => {
      const box = canvas.getBoundingClientRect();
      const at = (/** @type {number} */ share) => ({
        pointerId: 1,
        button: 0,
        bubbles: true,
        clientX: box.left + (0.1 + 0.8 * share) * box.width,
        clientY: box.top + box.height / 2,
      });
      canvas.dispatchEvent(new PointerEvent("pointerdown", at(0)));
      const move = new PointerEvent("pointermove", at(1));
      const points = Array.from(
        { length: 100 },
        (_, index) => new PointerEvent("pointermove", at((index + 1) / 100)),
      );
      move.getCoalescedEvents = () => points;
      canvas.dispatchEvent(move);
      canvas.dispatchEvent(new PointerEvent("pointerup", at(1)));
    });
    // A line through the middle: every column of the pad's middle has ink.
    const gaps = await pad(page).evaluate((element) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (element);
      const context = /** @type {HTMLCanvasElement} */ (element).getContext("2d");
      const row = context?.getImageData(0, height / 2, width, 1).data ?? [];
      let gaps = 0;
      for (let x = Math.round(0.12 * width); x < 0.88 * width; x++) if (row[4 * x + 3] === 0) gaps += 1;
      return gaps;
    });
    assert.equal(gaps, 0);
  }),
);

test(
  "a single click leaves a dot that can be undone",
  // The test itself reads the pad twice.
  visit({ expected: [/willReadFrequently/] }, async ({ page }) => {
    await pad(page).click();
    const share = await ink(page);
    assert.ok(share > 0.002 && share < 0.02, `${share} of the pad has ink`);
    await button(page, "Undo").click();
    assert.equal(await ink(page), 0);
  }),
);

for (const ratio of [1, 1.5, 2]) {
  test(
    `the pad is drawn as sharp as a screen of ratio ${ratio} is`,
    visit({ context: { deviceScaleFactor: ratio } }, async ({ page }) => {
      await draw(page, 1);
      const [shown, drawn] = await pad(page).evaluate((element) => [
        element.clientWidth,
        /** @type {HTMLCanvasElement} */ (element).width,
      ]);
      assert.equal(drawn, Math.round(shown * ratio));
    }),
  );
}

test(
  "a random test digit fills the pad, is predicted beside its label, and the focus stays",
  visit({}, async ({ page }) => {
    const random = button(page, "Random test digit");
    await random.focus();
    await page.keyboard.press("Enter");
    await predicts(page, /^\d$/);
    assert.equal(await isDrawn(pad(page)), true);
    await page.getByText(/^Test digit \d+ \(label: \d\)$/).waitFor();
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "Random test digit",
    );
    await button(page, "Undo").click();
    await predicts(page, "—");
  }),
);

test(
  "a test digit that is predicted wrongly says what it is, in orange",
  visit({}, async ({ page }) => {
    await unfold(page.locator(".test-digits"));
    const images = page.locator(".gallery-images button");
    await images.first().waitFor();
    // On the pad a digit is cropped and centred again, which may put the prediction right.
    for (let at = 0; at < 12; at++) {
      const spoken = (await images.nth(at).getAttribute("aria-label")) ?? "";
      const [, actual, predicted] = /actual (\d), predicted (\d)/.exec(spoken) ?? [];
      assert.notEqual(actual, predicted, "mistakes are shown first");
      await images.nth(at).click();
      await page.locator(".truth", { hasText: `(label: ${actual})` }).waitFor();
      await settled(page, "prediction");
      const isWrong = (await page.getByTestId("prediction").textContent()) !== actual;
      const marked = await page.locator("[data-part=reading]").getAttribute("data-wrong");
      assert.equal(marked !== null, isWrong, spoken);
      if (isWrong) return;
    }
    assert.fail("no mistake stayed one");
  }),
);

test(
  "a test digit can be chosen by its number; a wrong number is refused where it stands",
  visit({}, async ({ page }) => {
    await unfold(page.locator(".test-digits"));
    const input = page.getByLabel("Test digit no.");
    await input.fill("0");
    await input.press("Enter");
    // The first image of MNIST's test set is a 7.
    await predicts(page, "7");
    await input.fill("10000");
    await input.press("Enter");
    const message = page.locator(".test-image .field-error");
    await message.waitFor();
    assert.match((await message.textContent()) ?? "", /10000.*9999/);
    await predicts(page, "7");
  }),
);

test(
  "what is folded with the test digits shows the pre-trained network's confusion matrix and mistakes",
  visit({}, async ({ page }) => {
    await unfold(page.locator(".test-digits"));
    await page.locator(".gallery-images canvas").first().waitFor();
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("table.confusion td button")];
      return cells.reduce((sum, { textContent }) => sum + Number(textContent), 0) === 10000;
    });
    assert.ok((await numberWithin(page, "test-accuracy", { from: 0.9 })) <= 1);
    // A cell is marked, shows its digits, and gives all of them back when it is pressed again.
    const cell = page.locator("table.confusion td button").nth(10 * 4 + 9);
    const count = Number(await cell.textContent());
    await cell.click();
    assert.equal(await cell.getAttribute("aria-pressed"), "true");
    await page.waitForFunction(
      (expected) => document.querySelector(".gallery .help")?.textContent?.includes(` of ${expected}.`),
      count,
    );
    assert.equal(await page.evaluate(() => document.activeElement?.closest("table")?.className), "confusion");
    await cell.click();
    assert.equal(await cell.getAttribute("aria-pressed"), "false");
  }),
);

const caption = (/** @type {import("playwright-core").Page} */ page) =>
  figure(page, "speakers").locator(".caption");

for (const reducedMotion of /** @type {const} */ (["no-preference", "reduce"])) {
  test(
    `a digit writes itself after a while and makes room for the first stroke (motion: ${reducedMotion})`,
    visit({ context: { reducedMotion } }, async ({ page }) => {
      await predicts(page, "3");
      await page.getByText("Your turn").waitFor();
      await draw(page, 7);
      await predicts(page, "7");
      assert.equal(await page.getByText("Your turn").isVisible(), false);
      await button(page, "Undo").click();
      await predicts(page, "—");
      assert.equal(await isDrawn(pad(page)), false, "the example is gone for good");
    }),
  );
}

test(
  "the network tells which units decide, for the answer and for any digit that is pointed at or chosen",
  visit({ hash: "#/digits?network=digits" }, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, "7");
    const why = (/** @type {number} */ digit) =>
      caption(page)
        .filter({ hasText: new RegExp(`^Why ${digit}\\? 6 of 64 units .* \\d+% of the sum`) })
        .waitFor();
    await why(7);
    await page.locator(".bars li").nth(4).hover();
    await why(4);
    await page.mouse.move(2, 2);
    await why(7);
    // The keyboard stays at the digit that it has chosen, until Escape.
    const list = page.getByRole("listbox", { name: "Probability of each digit" });
    await list.press("ArrowUp");
    await why(9);
    assert.equal(await list.getByRole("option", { selected: true }).count(), 1);
    await list.press("Escape");
    await why(7);
    // What the picture shows can be had as numbers.
    const diagram = figure(page, "speakers");
    await diagram.getByRole("button", { name: "More about" }).click();
    await diagram.getByRole("button", { name: "Show values" }).click();
    await diagram.getByRole("cell", { name: /^score [+−]\d/ }).waitFor();
    await button(page, "Clear").click();
    await caption(page)
      .filter({ hasText: /^Draw a digit/ })
      .waitFor({ state: "attached" });
  }),
);

test(
  "the hidden units follow the drawing, and pointing at one tells what it does",
  visit({ hash: "#/digits?network=digits" }, async ({ page }) => {
    await draw(page, 1);
    await predicts(page, "1");
    await caption(page)
      .filter({ hasText: /^Why 1\?/ })
      .waitFor();
    const units = figure(page, "weights");
    await units.locator(".plot").focus();
    await page.keyboard.press("ArrowRight");
    await units.locator(".readout", { hasText: /unit \d+activation[\d.]+/ }).waitFor();
  }),
);

/** How many of the inked pixels of the pad have a colour. @param {import("playwright-core").Page} page */
const coloured = (page) =>
  pad(page).evaluate((element) => {
    const source = /** @type {HTMLCanvasElement} */ (element);
    const copy = document.createElement("canvas");
    copy.width = copy.height = source.width;
    const context = copy.getContext("2d");
    context?.drawImage(source, 0, 0);
    const pixels = context?.getImageData(0, 0, copy.width, copy.height).data ?? [];
    let count = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3] > 200 && Math.abs(pixels[at] - pixels[at + 2]) > 90) count += 1;
    }
    return count;
  });

test(
  "the ink explains itself once the pen rests, and can be told not to",
  visit({}, async ({ page }) => {
    await draw(page, 7);
    await page.getByText("Blue: for 7 · orange: against").waitFor();
    assert.ok((await coloured(page)) > 50, "parts of the ink have a colour");
    const toggle = button(page, "Explain ink");
    await toggle.click();
    assert.equal(await toggle.getAttribute("aria-pressed"), "false");
    assert.equal(await coloured(page), 0);
    await toggle.click();
    await page.getByText("Blue: for 7").waitFor();
    const box = await pad(page).boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.5 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.5 * box.height, { steps: 4 });
    assert.equal(await coloured(page), 0, "whoever draws sees plain ink");
    await page.mouse.up();
    await page.getByText(/^Blue: for \d/).waitFor();
  }),
);
