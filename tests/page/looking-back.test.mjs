// Looking back along the curves of a training, and going on from there.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  button,
  draw,
  field,
  figure,
  notices,
  number,
  numberWithin,
  pause,
  predicts,
  resting,
  settled,
  site,
  trainTo,
} from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page @returns {import("playwright-core").Locator} the handle on the loss */
const handle = (page) => figure(page, "loss").getByRole("slider");

test(
  "dragging along the loss curve shows the net as it was, and a button brings back what it had come to",
  visit({}, async ({ page }) => {
    await draw(page, 4);
    await predicts(page, "4");
    await trainTo(page, 700);
    await resting(page);
    const newest = await number(page, "iteration");
    const [loss, accuracy] = [await number(page, "loss"), await number(page, "test-accuracy")];
    assert.ok(accuracy > 0.85, String(accuracy));

    const box = await figure(page, "loss").locator("canvas").first().boundingBox();
    assert.ok(box);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.8, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.3, y, { steps: 5 });
    await page.mouse.move(box.x + 3, y, { steps: 5 });
    await page.mouse.up();
    await numberWithin(page, "iteration", { to: newest / 4 });
    const seen = await settled(page, "iteration");
    await numberWithin(page, "test-accuracy", { to: accuracy - 0.05 });
    assert.notEqual(await number(page, "loss"), loss);
    assert.match(await notices(page).innerText(), new RegExp(`iteration ${seen} of `));

    await button(page, /^Back to iteration/).click();
    await numberWithin(page, "iteration", { from: newest, to: newest });
    assert.equal(await number(page, "loss"), loss);
    await numberWithin(page, "test-accuracy", { from: accuracy, to: accuracy });
  }),
);

test(
  "Continue from here goes on from what is seen, and the old curve stays for comparison",
  visit({}, async ({ page }) => {
    await trainTo(page, 400);
    const newest = await number(page, "iteration");
    await handle(page).focus();
    for (let press = 0; press < 8; press++) await page.keyboard.press("ArrowLeft");
    // A fortieth of the axis each, however fast they come.
    await numberWithin(page, "iteration", { to: newest * 0.85 });
    const seen = await settled(page, "iteration");
    await button(page, "Step").click();
    await numberWithin(page, "iteration", { from: seen + 1, to: seen + 1 });
    await figure(page, "loss").getByText("before", { exact: true }).waitFor();

    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await button(page, "Step").click();
    await numberWithin(page, "iteration", { from: 1, to: 1 });
    await figure(page, "loss").getByText("before", { exact: true }).waitFor({ state: "detached" });
  }),
);

test(
  "a run that diverged is looked at before it did, and goes on from there at another rate",
  visit({ hash: "#/digits?learningRate=10&init=he" }, async ({ page }) => {
    await button(page, "Train").click();
    await page.locator("[data-notice=diverged]").waitFor();
    await handle(page).focus();
    for (let press = 0; press < 60; press++) await page.keyboard.press("ArrowLeft");
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await page.locator("[data-notice=looking-back]").waitFor();
    await field(page, "learningRate").fill("0.1");
    await button(page, "Continue from here").click();
    await numberWithin(page, "iteration", { from: 200 });
    await numberWithin(page, "loss", { to: 1 });
    await pause(page);
  }),
);
