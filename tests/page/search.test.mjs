// Random search: trials as points, curves and rows, and the frame that says where to search next.

import { test } from "node:test";
import assert from "node:assert/strict";
import { button, field, figure, notices, rows, site, tableHas } from "./page.mjs";

const { visit } = site();
const QUICK = "#/search?trials=6&epochs=2&samples=200&rates=1e-3,0.1";

test(
  "search: trials are ranked, a row that is pointed at is lit, and the best open in Digits",
  visit({ hash: QUICK }, async ({ page }) => {
    await figure(page, "trials").locator("canvas").first().waitFor();
    await figure(page, "validation").locator("canvas").first().waitFor();
    await button(page, "Train").click();
    await notices(page).filter({ hasText: "The best trial" }).waitFor();
    assert.equal(await page.locator("[data-testid=ended]").textContent(), "6 / 6");
    const captions = await figure(page, "best").locator(".caption").allTextContents();
    assert.deepEqual(
      captions.map((caption) => caption.slice(0, 7)),
      ["Best 1:", "Best 2:", "Best 3:", "Best 4:", "Best 5:", "Best 6:"],
    );
    await tableHas(page, 6);
    const first = (await rows(page)).first();
    await first.hover();
    await page.waitForFunction(() => document.querySelector(".lab-table tr.is-lit"));
    const link = first.getByRole("link", { name: /Digits at η = / });
    const rate = /η = (\S+)/.exec((await link.textContent()) ?? "")?.[1];
    await link.click();
    await page.waitForFunction(() => location.hash.startsWith("#/digits?"));
    assert.equal(await field(page, "learningRate").value(), rate);
  }),
);

test(
  "search: a ring moved by keys frames a range, loses nothing, and is searched when one says so",
  visit({ hash: QUICK }, async ({ page }) => {
    await button(page, "Train").click();
    await notices(page).filter({ hasText: "The best trial" }).waitFor();
    const ring = figure(page, "trials").getByRole("slider", { name: "search from" });
    await ring.focus();
    for (let press = 0; press < 8; press++) await page.keyboard.press("ArrowRight");
    const framed = notices(page).filter({ hasText: /The frame holds \d trials/ });
    await framed.waitFor();
    assert.equal(await page.locator("[data-testid=ended]").textContent(), "6 / 6", "nothing is lost");
    await framed.getByRole("button", { name: "Search this range" }).click();
    await page.waitForFunction(() => !location.hash.includes("nextRates"));
    const low = Number(String(await field(page, "rates").value()).split(",")[0]);
    assert.ok(low > 1.5e-3 && low < 0.1, String(low));
    await notices(page).filter({ hasText: "The best trial" }).waitFor();
  }),
);

test(
  "search: in Chinese too",
  visit({ hash: "#/search", context: { locale: "zh-CN" } }, async ({ page }) => {
    await tableHas(page, 100);
    assert.match((await page.locator("h1").textContent()) ?? "", /超参数的最优化/);
    await field(page, "trials").fill("3");
    await tableHas(page, 3);
  }),
);
