// The run: train, pause, step, reset, and what a change of the settings does to it.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  button,
  draw,
  elsewhere,
  field,
  figure,
  isDrawn,
  number,
  numberWithin,
  pad,
  pause,
  phone,
  predicts,
  resting,
  settled,
  site,
  trainTo,
  unfold,
} from "./page.mjs";

const { visit } = site();

test(
  "training lowers the loss below 0.5 and raises the test accuracy above 0.85, shown as plain numbers",
  visit({}, async ({ page }) => {
    await button(page, "Train").click();
    const early = await numberWithin(page, "iteration", { from: 1 });
    await numberWithin(page, "iteration", { from: early + 200 });
    await numberWithin(page, "loss", { to: 0.5 });
    await numberWithin(page, "test-accuracy", { from: 0.85, to: 1 });
    await pause(page);
    for (const name of ["iteration", "loss", "test-accuracy"])
      assert.match((await page.getByTestId(name).textContent()) ?? "", /^\d+(\.\d+)?$/, name);
    for (const name of ["loss", "accuracy", "weights"])
      assert.equal(await isDrawn(figure(page, name).locator("canvas").first()), true, name);
  }),
);

test(
  "Pause stops the run, Step adds exactly one iteration, Train goes on, Reset goes back to 0",
  visit({}, async ({ page }) => {
    await trainTo(page, 50);
    const paused = await number(page, "iteration");
    assert.equal(await settled(page, "iteration"), paused);

    await button(page, "Step").click();
    await numberWithin(page, "iteration", { from: paused + 1 });
    assert.equal(await settled(page, "iteration"), paused + 1);

    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: paused + 50 });
    await pause(page);

    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    assert.equal(await settled(page, "iteration"), 0);
    assert.equal(await page.getByTestId("loss").count(), 0, "a run without a step has no loss");
  }),
);

test(
  "a run that is reset and taken 20 steps again shows the same loss, in another page too; another seed another",
  visit({}, async ({ page, url }) => {
    /** @param {import("playwright-core").Page} place */
    async function lossAfter20(place) {
      for (let step = 0; step < 20; step++) await button(place, "Step").click();
      await numberWithin(place, "iteration", { from: 20, to: 20 });
      await settled(place, "loss");
      return place.getByTestId("loss").textContent();
    }
    const first = await lossAfter20(page);
    assert.match(first ?? "", /^\d+\.\d+$/);
    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    assert.equal(await lossAfter20(page), first);

    const other = await elsewhere(page);
    await other.goto(`${url}#/digits`);
    await button(other, "Train").waitFor();
    assert.equal(await lossAfter20(other), first);
    await other.context().close();

    await field(page, "seed").fill("2");
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    assert.notEqual(await lossAfter20(page), first);
  }),
);

test(
  "the learning rate acts on the running net: the iteration never goes back",
  visit({}, async ({ page }) => {
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 20 });
    await page.evaluate(() => {
      const place = document.querySelector("[data-testid=iteration]");
      const seen = [Number(place?.textContent)];
      Object.assign(window, { seen });
      new MutationObserver(() =>
        seen.push(Number(document.querySelector("[data-testid=iteration]")?.textContent)),
      ).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    const rate = field(page, "learningRate");
    await rate.place.locator("input[type=range]").focus();
    for (let press = 0; press < 5; press++) await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => /learningRate=/.test(location.hash));
    const changed = Number(await rate.value());
    assert.ok(changed < 0.1, `the slider went to ${changed}`);
    const at = await number(page, "iteration");
    await numberWithin(page, "iteration", { from: at + 100 });
    await pause(page);
    const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
    assert.ok(seen.length > 2);
    assert.deepEqual(
      seen,
      seen.toSorted((one, other) => one - other),
    );
  }),
);

test(
  "changing the hidden units begins a new net; the drawing stays and is read again",
  visit({}, async ({ page }) => {
    await draw(page, 7);
    await predicts(page, "7");
    await trainTo(page, 1200);
    await predicts(page, "7");
    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await predicts(page, /^\d$/);

    await trainTo(page, 30);
    await field(page, "hidden").fill("20");
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await page.waitForFunction(() =>
      /784–20–10/.test(document.querySelector("[data-testid=net]")?.textContent ?? ""),
    );
    assert.equal(await isDrawn(pad(page)), true);
    await predicts(page, /^\d$/);
    await trainTo(page, 1200);
    await predicts(page, "7");
  }),
);

test(
  "a slow speed takes its steps one by one, and Pause still answers at once",
  visit({}, async ({ page }) => {
    await page.getByLabel("Speed").selectOption("1");
    await button(page, "Train").click();
    const before = await numberWithin(page, "iteration", { from: 1 });
    await numberWithin(page, "iteration", { from: before + 2 });
    await pause(page);
    // Far fewer than a net at full speed would have taken.
    assert.ok((await number(page, "iteration")) < 100);
  }),
);

test(
  "the pre-trained network can be had back after a training",
  visit({}, async ({ page }) => {
    await draw(page, 4);
    await trainTo(page, 5);
    const back = page.locator("button", { hasText: "Use pre-trained network" });
    await unfold(back);
    await back.click();
    await page.getByText("Pre-trained network. Train starts a new one.").waitFor();
    await predicts(page, "4");
  }),
);

test(
  "a network that has trained a while shows its own test digits and confusion matrix",
  visit({}, async ({ page }) => {
    await trainTo(page, 700);
    await resting(page);
    await unfold(page.locator(".test-digits"));
    await page.locator(".test-digits").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("table.confusion td button")];
      return cells.reduce((sum, { textContent }) => sum + Number(textContent), 0) === 10000;
    });
    const cell = page.locator("table.confusion td button").nth(10 * 4 + 9);
    const count = Number(await cell.textContent());
    assert.ok(count > 0, "some 4 is always taken for a 9");
    await cell.click();
    await page.waitForFunction(
      (expected) => document.querySelector(".gallery .help")?.textContent?.includes(` of ${expected}.`),
      count,
    );
    assert.equal(await isDrawn(page.locator(".gallery-images canvas").first()), true);
  }),
);

test(
  "another network reads once it is chosen, also in the place of one that was trained",
  visit({}, async ({ page }) => {
    const layers = (/** @type {string} */ words) =>
      page.waitForFunction(
        (each) => document.querySelector("[data-testid=net]")?.textContent === each,
        words,
      );
    await draw(page, 7);
    await layers("6 conv–50–10");
    await unfold(field(page, "network").place);
    const network = field(page, "network").place.locator("select");
    await network.selectOption("two-layer");
    await layers("784–50–10");
    await predicts(page, "7");
    await trainTo(page, 20);
    await network.selectOption("lenet-5-relu");
    await layers("3 conv–84–10");
    await page.getByText("Pre-trained network. Train starts a new one.").waitFor();
    await predicts(page, "7");
  }),
);

test(
  "a suggestion sets the controls and runs",
  visit({}, async ({ page }) => {
    await page.locator(".suggestions a").nth(1).click();
    await numberWithin(page, "iteration", { from: 20 });
    assert.equal(await field(page, "activation").value(), "sigmoid");
    assert.equal(await page.locator(".suggestions [aria-current]").count(), 1);
    await pause(page);
  }),
);

test(
  "a run says once, when it has come to rest, where it stands",
  visit({}, async ({ page }) => {
    await page.evaluate(() => {
      const place = document.querySelector(".run-strip > [role=status]");
      const said = Object.assign(window, { said: /** @type {string[]} */ ([]) }).said;
      new MutationObserver(() => said.push(place?.textContent ?? "")).observe(/** @type {Node} */ (place), {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await trainTo(page, 300);
    await page.waitForFunction(() => /** @type {any} */ (window).said.length > 0);
    // Whatever else would be said comes soon.
    await page.waitForTimeout(1500);
    const said = await page.evaluate(() => /** @type {any} */ (window).said);
    assert.equal(said.length, 1, said.join(" | "));
    assert.ok(said[0].includes(String(await number(page, "iteration"))), said[0]);
  }),
);

test(
  "on a phone the curves of a training have their room, in sight or not, and nothing lies over what follows",
  visit({ context: phone }, async ({ page }) => {
    await button(page, "Step").click();
    await numberWithin(page, "iteration", { from: 1, to: 1 });
    const stage = page.locator("[data-part=stage]");
    // Other figures change with the network that has taken the pre-trained one's place.
    const heights = () =>
      page
        .locator("[data-slot=accuracy], [data-slot=loss]")
        .evaluateAll((curves) => curves.map((curve) => curve.clientHeight));
    await figure(page, "accuracy").waitFor();
    const before = await heights();
    await figure(page, "accuracy").scrollIntoViewIfNeeded();
    await page.waitForFunction(
      () => document.querySelectorAll("[data-slot=accuracy] canvas, [data-slot=loss] canvas").length >= 2,
    );
    const after = await heights();
    const [inside, content] = await stage.evaluate((element) => [element.clientHeight, element.scrollHeight]);
    assert.ok(content - inside <= 1, `${content} in ${inside}`);
    assert.ok(
      before.length === 2 && before.every((height, at) => Math.abs(after[at] - height) < 40),
      `${before} before they were in sight, ${after} then`,
    );
  }),
);
