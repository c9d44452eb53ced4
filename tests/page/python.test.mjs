// A run that is saved as Python: NumPy finds the losses of the page.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./browser.mjs";
import { button, goTo, number, numberWithin, opened, site, trainTo, unfold } from "./page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const { visit } = site();
const run = promisify(execFile);
const env = { ...process.env, PYTHONPATH: join(root, ".tools/python") };

/**
 * Saves the chosen run and repeats it.
 * @param {Page} page
 * @returns {Promise<{ losses: number[], printed: string }>} what the script finds and says; rejects where it fails
 */
async function repeat(page) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    unfold(page.locator(".python")).then(() => button(page, "Save as Python").click()),
  ]);
  assert.equal(download.suggestedFilename(), "fishbowl.zip");
  const folder = await mkdtemp(join(tmpdir(), "fishbowl-python-"));
  try {
    await run("python3", ["-m", "zipfile", "-e", await download.path(), folder]);
    const { stdout } = await run("python3", [join(folder, "train.py")], { env });
    const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
    const losses = rows.filter(([at, , , apart]) => /^\d+$/.test(at) && /^\d\.\de-\d+$/.test(apart ?? ""));
    return { losses: losses.map(([, loss]) => Number(loss)), printed: stdout };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test(
  "a run of Digits is repeated by NumPy, also after a reload",
  visit({ hash: "#/digits?hidden=20" }, async ({ page }) => {
    await unfold(page.locator(".python"));
    const save = button(page, "Save as Python");
    assert.equal(await save.isDisabled(), true, "nothing to repeat yet");
    await page.getByText("Train first").waitFor();
    for (let step = 1; step <= 3; step += 1) {
      await button(page, "Step").click();
      await numberWithin(page, "iteration", { from: step, to: step });
    }
    const { losses, printed } = await repeat(page);
    assert.equal(losses.length, 3, printed);
    assert.ok(Math.abs(losses[2] - Number(await number(page, "loss"))) < 1e-3, printed);
    await page.getByText("The script repeats the first 3 ").waitFor();

    // As when the page is left: what it has come to is kept, but no image.
    await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    await page.reload();
    await opened(page);
    await numberWithin(page, "iteration", { from: 3, to: 3 });
    assert.deepEqual((await repeat(page)).losses, losses);
  }),
);

test(
  "of several runs one is chosen",
  visit({ hash: "#/overfitting" }, async ({ page }) => {
    await trainTo(page, 4);
    await unfold(page.locator(".python"));
    await page.getByLabel("Which run").selectOption({ label: "Dropout 0.2" });
    const { losses, printed } = await repeat(page);
    assert.ok(losses.length >= 4, printed);
    // A figure has nothing to be taken away.
    await goTo(page, "descent");
    await page.locator("[data-fold=python]").waitFor({ state: "hidden" });
  }),
);
