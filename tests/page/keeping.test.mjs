// What the browser keeps: a trained network and a drawing survive a reload, until they are forgotten.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  button,
  draw,
  field,
  figure,
  goTo,
  isDrawn,
  notices,
  numberWithin,
  opened,
  pause,
  predicts,
  resting,
  settled,
  site,
  trainTo,
  unfold,
} from "./page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const { visit } = site();

/** @param {Page} page */
const status = (page) => page.locator(".run-status").textContent();

/** What a run has come to, as it is shown. @param {Page} page */
async function shown(page) {
  const text = (/** @type {string} */ name) => page.getByTestId(name).textContent();
  return {
    iteration: await settled(page, "iteration"),
    loss: await text("loss"),
    accuracy: await text("test-accuracy"),
    curve: await points(page),
  };
}

/** The values of the loss curve. @param {Page} page */
async function points(page) {
  const curve = figure(page, "loss");
  await unfold(curve);
  if (!(await curve.locator(".values tbody").isVisible())) {
    await curve.getByRole("button", { name: "More about" }).click();
    await curve.getByRole("button", { name: "Show values" }).click();
  }
  await curve.locator(".values tbody tr").first().waitFor();
  return curve.locator(".values tbody tr").allTextContents();
}

/** @param {Page} page */
async function reload(page) {
  await page.reload();
  await opened(page);
}

/** How many marks the browser has. @param {Page} page */
function marks(page) {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open("fishbowl", 1);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const keys = request.result.transaction("marks").objectStore("marks").getAllKeys();
          keys.onsuccess = () => {
            request.result.close();
            resolve(keys.result.length);
          };
        };
      }),
  );
}

/**
 * Waits until the browser has so many marks.
 * @param {Page} page
 * @param {number} count
 */
async function marksAre(page, count) {
  for (let tries = 0; (await marks(page)) !== count; tries++) {
    assert.ok(tries < 200, `${await marks(page)} marks, not ${count}`);
    await page.waitForTimeout(50);
  }
}

/** @param {Page} page */
const forgetButton = (page) =>
  button(page, "Forget the networks, the drawing and the digits kept in this browser");

/** @param {Page} page */
async function forget(page) {
  await unfold(page.locator("[data-fold=kept] button"));
  await forgetButton(page).click();
}

test(
  "a trained network is there after a reload as it was, and Train goes on from it",
  visit({}, async ({ page }) => {
    await trainTo(page, 300);
    const before = await shown(page);
    assert.ok(before.curve.length > 5);
    await marksAre(page, 1);
    await reload(page);
    assert.equal(await status(page), "Paused.");
    assert.deepEqual(await shown(page), before);
    assert.equal(await notices(page).count(), 0);
    await button(page, "Train").click();
    const on = await numberWithin(page, "iteration", { from: before.iteration + 50 });
    await pause(page);
    const after = await shown(page);
    assert.ok(after.iteration >= on);
    const place = page.getByTestId("iteration");
    assert.notEqual(await place.textContent(), String(before.iteration));
    await marksAre(page, 1);
    await reload(page);
    assert.deepEqual(await shown(page), after);
  }),
);

test(
  "a run that is reloaded while it trains loses a few seconds at most",
  visit({}, async ({ page }) => {
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 100 });
    await marksAre(page, 1);
    await reload(page);
    assert.equal(await status(page), "Paused.");
    // What is written as the page goes may not arrive; what was written two seconds after it began has.
    await numberWithin(page, "iteration", { from: 1 });
  }),
);

test(
  "labs with several networks come back too, each with the settings that it had",
  visit({ hash: "#/learning-rate?task=mnist&rates=0.01,0.1&iterations=2000" }, async ({ page }) => {
    await button(page, "Train").click();
    await page.waitForFunction(
      () =>
        /^Running/.test(document.querySelector(".run-status")?.textContent ?? "") &&
        Number(document.querySelector("progress")?.value) > 0.02,
    );
    await button(page, "Pause").click();
    await marksAre(page, 2);
    await goTo(page, "digits");
    await trainTo(page, 100);
    const digits = await settled(page, "iteration");
    await marksAre(page, 3);
    const learned = await page.evaluate(() => location.hash);
    await reload(page);
    assert.equal(await settled(page, "iteration"), digits);
    assert.equal(await page.evaluate(() => location.hash), learned);
    await page.evaluate(() => location.assign("#/digits?hidden=20"));
    await page.locator(".run-status", { hasText: "Random weights." }).waitFor();
    await page.evaluate(() => location.assign("#/learning-rate?task=mnist&rates=0.01,0.1&iterations=2000"));
    await page.locator("[data-lab=learning-rate]").waitFor();
    await page.getByText("Paused.").waitFor();
    assert.ok(await page.evaluate(() => Number(document.querySelector("progress")?.value) > 0.02));
  }),
);

test(
  "Reset forgets the network, and other settings put another in its place",
  visit({}, async ({ page }) => {
    await trainTo(page, 50);
    await marksAre(page, 1);
    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await marksAre(page, 0);
    await reload(page);
    assert.match((await status(page)) ?? "", /^Pre-trained network\./);
    await trainTo(page, 50);
    await marksAre(page, 1);
    await field(page, "hidden").fill("20");
    await page.locator(".run-status", { hasText: "Random weights." }).waitFor();
    await marksAre(page, 0);
    await trainTo(page, 50);
    const at = await settled(page, "iteration");
    await marksAre(page, 1);
    await reload(page);
    assert.equal(await settled(page, "iteration"), at);
    assert.equal(await field(page, "hidden").value(), "20");
  }),
);

test(
  "a drawing is there after a reload, is read the same, can be undone, and no example writes itself",
  visit({}, async ({ page }) => {
    await draw(page, 4);
    await predicts(page, "4");
    const sure = page.locator(".sure");
    const before = await sure.textContent();
    await reload(page);
    await predicts(page, "4");
    assert.equal(await sure.textContent(), before);
    assert.equal(await isDrawn(page.locator(".pad")), true);
    await page.locator(".ink-legend").waitFor();
    // The example would have begun by now.
    await page.waitForTimeout(1500);
    await predicts(page, "4");
    await button(page, "Undo").click();
    await button(page, "Undo").click();
    await predicts(page, "—");
    assert.equal(await button(page, "Undo").isDisabled(), true);
    await button(page, "Random test digit").click();
    await page.locator(".truth").filter({ hasText: /\S/ }).waitFor();
    const truth = await page.locator(".truth").textContent();
    const read = await page.getByTestId("prediction").textContent();
    await page.waitForTimeout(700);
    await reload(page);
    await predicts(page, read ?? "");
    assert.equal(await page.locator(".truth").textContent(), truth);
  }),
);

test(
  "what is kept is said and can be forgotten; then the page opens as for the first time",
  visit({}, async ({ page }) => {
    const fold = page.locator("[data-fold=kept]");
    assert.equal(await fold.isVisible(), false);
    await draw(page, 1);
    await trainTo(page, 50);
    await marksAre(page, 1);
    await unfold(page.locator("[data-fold=kept] button"));
    await fold.getByText(/Trained networks: 1 \(0\.\d MB\)\. Drawing: \d+ kB\./).waitFor();
    await reload(page);
    await resting(page);
    await forget(page);
    await fold.getByText("Nothing is kept.").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Kept in this browser");
    await page.locator(".run-status", { hasText: "Pre-trained network." }).waitFor();
    await predicts(page, "—");
    await marksAre(page, 0);
    await reload(page);
    assert.match((await status(page)) ?? "", /^Pre-trained network\./);
    assert.equal(await fold.isVisible(), false);
    // Nobody has drawn yet: the example writes itself.
    await predicts(page, "3");
  }),
);

test(
  "what is broken, of another version or no mark at all is forgotten without a word",
  visit({}, async ({ page }) => {
    for (const harm of ["bytes", "value", "version", "key"]) {
      await trainTo(page, 50);
      await marksAre(page, 1);
      // Written once more when it has been evaluated.
      await page.waitForTimeout(1000);
      await page.evaluate((how) => {
        // The page's last write would mend it again.
        addEventListener("pagehide", (event) => event.stopImmediatePropagation(), true);
        Object.defineProperty(document, "hidden", { value: false });
        return new Promise((resolve, reject) => {
          const request = indexedDB.open("fishbowl", 1);
          request.onerror = () => reject(request.error);
          request.onsuccess = () => {
            const transaction = request.result.transaction("marks", "readwrite");
            const store = transaction.objectStore("marks");
            store.openCursor().onsuccess = ({ target }) => {
              const cursor = /** @type {IDBRequest<IDBCursorWithValue | null>} */ (target).result;
              if (!cursor) return;
              const key = /** @type {any[]} */ (cursor.key);
              const bytes = cursor.value;
              store.delete(key);
              if (how === "bytes") bytes.fill(7, 100, 2000);
              if (how === "version") key[2] = "another";
              store.put(how === "value" ? { no: "bytes" } : bytes, how === "key" ? ["nonsense", 3] : key);
            };
            transaction.oncomplete = resolve;
          };
        });
      }, harm);
      await reload(page);
      assert.match((await status(page)) ?? "", /^Pre-trained network\./, harm);
      assert.equal(await notices(page).count(), 0, harm);
      await marksAre(page, 0);
    }
    await page.evaluate(() => sessionStorage.setItem("fishbowl.drawing", '{"items":[[1,"x"],"?"]}'));
    await reload(page);
    await predicts(page, "3");
  }),
);

for (const [how, stub] of /** @type {[string, () => void][]} */ ([
  [
    "refused",
    () => {
      const refuse = () => {
        throw new DOMException("no", "SecurityError");
      };
      IDBFactory.prototype.open = refuse;
      Object.defineProperty(window, "sessionStorage", { get: refuse });
    },
  ],
  // A request that is never answered.
  ["never answered", () => void (IDBFactory.prototype.open = () => /** @type {any} */ ({}))],
])) {
  test(
    `where storage is ${how} the page works without`,
    visit({ before: ({ page }) => page.addInitScript(stub) }, async ({ page }) => {
      await draw(page, 1);
      await predicts(page, "1");
      await trainTo(page, 50);
      assert.equal(await notices(page).count(), 0);
      await button(page, "Reset").click();
      await numberWithin(page, "iteration", { from: 0, to: 0 });
      await trainTo(page, 50);
    }),
  );
}

test(
  "of two pages that train the same network the last one is found, and it is whole",
  visit({}, async ({ page, context, url }) => {
    const other = await context.newPage();
    await other.goto(url);
    await opened(other);
    await trainTo(page, 50);
    await page.waitForTimeout(800);
    await trainTo(other, 400);
    await other.waitForTimeout(800);
    const last = await settled(other, "iteration");
    await marksAre(page, 1);
    await reload(page);
    assert.equal(await settled(page, "iteration"), last);
    await other.close();
  }),
);

test(
  "a lab in a page of someone else keeps nothing and opens fresh",
  visit({ hash: "#/digits?embed" }, async ({ page }) => {
    await trainTo(page, 50);
    await draw(page, 1);
    await page.waitForTimeout(800);
    assert.equal(await marks(page), 0);
    await reload(page);
    await predicts(page, "3");
  }),
);
