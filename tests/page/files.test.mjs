// The network as a file: saved, loaded, dropped, refused.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./browser.mjs";
import {
  button,
  draw,
  goTo,
  notices,
  number,
  numberWithin,
  pause,
  prediction,
  predicts,
  site,
  trainTo,
  unfold,
} from "./page.mjs";

const { visit } = site();

test(
  "a trained net that is downloaded and loaded again predicts the same, and learns on",
  visit({}, async ({ page }) => {
    await draw(page, 4);
    await trainTo(page, 300);
    const shares = () => page.locator(".bars .share").allTextContents();
    const before = { digit: await prediction(page).textContent(), shares: await shares() };
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      unfold(page.locator(".net-file")).then(() => button(page, "Download network").click()),
    ]);
    const bytes = await readFile(await download.path());
    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await page.waitForFunction(
      (old) =>
        [...document.querySelectorAll(".bars .share")].map(({ textContent }) => textContent).join() !== old,
      before.shares.join(),
    );
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "mine.safetensors", mimeType: "application/octet-stream", buffer: bytes });
    await page.getByText("Network loaded from file").waitFor();
    await predicts(page, before.digit ?? "");
    await page.waitForFunction(
      (old) =>
        [...document.querySelectorAll(".bars .share")].map(({ textContent }) => textContent).join() === old,
      before.shares.join(),
    );
    const at = (await number(page, "iteration")) || 0;
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: at + 20 });
    await pause(page);
  }),
);

test(
  "weights that were downloaded for NumPy are loaded with the activation function of the form",
  visit({ hash: "#/digits?activation=tanh&hidden=20" }, async ({ page }) => {
    await draw(page, 4);
    await trainTo(page, 100);
    const shares = () => page.locator(".bars .share").allTextContents();
    const before = (await shares()).join();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      unfold(page.locator(".net-file")).then(() =>
        button(page, "Download network as .npz, for NumPy").click(),
      ),
    ]);
    assert.equal(download.suggestedFilename(), "fishbowl.npz");
    const bytes = await readFile(await download.path());
    assert.equal(bytes.subarray(0, 2).toString(), "PK");
    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "book.npz", mimeType: "application/octet-stream", buffer: bytes });
    await page.getByText("Network loaded from file").waitFor();
    assert.equal(await page.getByTestId("net").textContent(), "784–20–10");
    // The same weights between the same functions read the same.
    await page.waitForFunction(
      (old) =>
        [...document.querySelectorAll(".bars .share")].map(({ textContent }) => textContent).join() === old,
      before,
    );
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 20 });
    await pause(page);
  }),
);

test(
  "a net from a file, whatever its shape, is still there after a look at another lab",
  visit({ hash: "#/digits?hidden=20" }, async ({ page }) => {
    await page.locator("input[type=file]").setInputFiles(join(root, "www/weights/digits.safetensors"));
    await page.getByText("Network loaded from file").waitFor();
    await draw(page, 7);
    await predicts(page, "7");
    await goTo(page, "descent");
    await goTo(page, "digits");
    await page.getByText("Network loaded from file").waitFor();
    await page.waitForFunction(
      () => document.querySelector("[data-testid=net]")?.textContent === "784–88–64–10",
    );
    await predicts(page, "7");
  }),
);

for (const { locale, named, shown } of [
  { locale: "en-US", named: "cannot be used", shown: /file\.W1: “\[2, 1, 3, 3\]” is not supported/ },
  { locale: "zh-CN", named: "无法使用", shown: /file\.W1.*\[2, 1, 3, 3\].*\p{Script=Han}/u },
])
  test(
    `an .npz that is no network of dense layers for digits is refused with its reason (${locale})`,
    visit({ context: { locale } }, async ({ page }) => {
      const net = await page.getByTestId("net").textContent();
      /** @param {string} name of a file that NumPy made */
      async function refusal(name) {
        await page.locator("input[type=file]").setInputFiles(join(root, `tests/fixtures/npz/${name}.npz`));
        const card = notices(page).filter({ hasText: `${name}.npz` });
        await card.waitFor();
        return (await card.textContent()) ?? "";
      }
      const convolution = await refusal("convolution");
      assert.ok(convolution.includes(named), convolution);
      assert.match(convolution, shown);
      assert.match(await refusal("dense"), /3 → 2.*784 → 10/);
      assert.equal(await page.getByTestId("net").textContent(), net);
    }),
  );

test(
  "a weights file that is dropped onto the page is taken",
  visit({}, async ({ page }) => {
    await draw(page, 1);
    const transfer = await page.evaluateHandle(async () => {
      const bytes = await (await fetch("./www/weights/digits.safetensors")).arrayBuffer();
      const data = new DataTransfer();
      data.items.add(new File([bytes], "dropped.safetensors"));
      return data;
    });
    for (const type of ["dragenter", "dragover", "drop"])
      await page.dispatchEvent("body", type, { dataTransfer: transfer });
    await page.getByText("Network loaded from file").waitFor();
    await predicts(page, "1");
  }),
);
