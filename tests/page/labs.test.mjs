// Every lab of the list: it opens, draws, shows its numbers, and saves its figures; and what is special to some.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./browser.mjs";
import {
  button,
  draw,
  field,
  isDrawn,
  notices,
  number,
  numberWithin,
  opened,
  pause,
  prediction,
  reads,
  site,
  trainTo,
} from "./page.mjs";

const { visit } = site();

/** @typedef {import("playwright-core").Page} Page */

/**
 * Waits until every figure that is shown has a picture.
 * @param {Page} page
 * @returns {Promise<string[]>} their names
 */
async function drawnFigures(page) {
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll(".figures .chart")].filter(
      (chart) => /** @type {HTMLElement} */ (chart).offsetParent !== null,
    );
    const widths = shown.map((chart) => chart.querySelector("canvas")?.width ?? 0);
    return widths.length > 0 && widths.every((width) => width > 300);
  });
  const names = [];
  for (const chart of await page.locator(".figures .chart:visible").all()) {
    const name = (await chart.getAttribute("data-chart")) ?? "";
    await chart.scrollIntoViewIfNeeded();
    await page.waitForFunction((id) => {
      const canvas = document.querySelector(`[data-chart="${id}"] canvas`);
      return canvas instanceof HTMLCanvasElement && canvas.width > 0;
    }, name);
    assert.equal(await isDrawn(chart.locator("canvas").first()), true, `the figure ${name} is drawn`);
    names.push(name);
  }
  return names;
}

test(
  "every lab of the list opens, draws its figures, shows numbers, and leaves no fault behind",
  visit({}, async ({ page }) => {
    const hrefs = await page
      .locator("nav a")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    assert.ok(hrefs.length >= 3);
    for (const href of hrefs) {
      await page.locator(`nav a[href="${href}"]`).click();
      await page.locator(`[data-lab="${href?.replace("#/", "")}"]`).waitFor();
      await opened(page);
      const figures = await drawnFigures(page);
      assert.ok(figures.length > 0, `${href} has figures`);
      const numbers = await page.locator(".run-bar .numbers dd").count();
      const rows = await page.locator(".run-table tbody tr").count();
      assert.ok(numbers + rows > 0, `${href} shows numbers`);
      assert.ok((await page.locator("h1").textContent())?.trim());
      assert.ok((await page.locator(".formula math").count()) > 0, `${href} shows its formula`);
    }
  }),
);

test(
  "the numbers behind a figure can be read as a table",
  visit({ hash: "#/descent" }, async ({ page }) => {
    const chart = page.locator("[data-chart=value]");
    await chart.locator("summary").click();
    await chart.locator("tbody tr").first().waitFor();
    assert.ok((await chart.locator("tbody tr").count()) > 5);
    assert.match((await chart.locator("tbody").textContent()) ?? "", /25/);
  }),
);

test(
  "a figure shows the values under the pointer, and under the arrow keys",
  visit({ hash: "#/descent" }, async ({ page }) => {
    const chart = page.locator("[data-chart=value]");
    const canvas = chart.locator("canvas").first();
    await drawnFigures(page);
    await canvas.scrollIntoViewIfNeeded();
    await canvas.hover();
    await chart.locator(".readout-layer").waitFor();
    assert.match((await chart.locator(".readout").textContent()) ?? "", /\d/);
    await page.mouse.move(1, 1);
    await chart.locator(".readout-layer").waitFor({ state: "hidden" });
    await canvas.focus();
    await page.keyboard.press("ArrowRight");
    await chart.locator(".readout-layer").waitFor();
    assert.match((await chart.locator("[role=status]").textContent()) ?? "", /\d/);
    await page.keyboard.press("Escape");
    await chart.locator(".readout-layer").waitFor({ state: "hidden" });
  }),
);

for (const lab of ["descent", "learning-rate"]) {
  test(
    `${lab}: a click in the contours moves the start there, in the form and the address`,
    visit({ hash: `#/${lab}` }, async ({ page }) => {
      await drawnFigures(page);
      const canvas = page.locator("[data-chart=contour] canvas").first();
      await canvas.scrollIntoViewIfNeeded();
      const box = await canvas.boundingBox();
      assert.ok(box);
      // Right of the middle and below it: x0 above 0, x1 below.
      await page.mouse.click(box.x + 0.75 * box.width, box.y + 0.7 * box.height);
      await page.waitForFunction(() => /x0=[\d.]+&x1=-[\d.]+/.test(location.hash));
      const [x0, x1] = [Number(await field(page, "x0").value()), Number(await field(page, "x1").value())];
      assert.ok(x0 > 0 && x1 < 0, `(${x0}, ${x1})`);
      if (lab === "descent")
        await page.waitForFunction(
          (start) => document.querySelector(".run-table tbody tr")?.textContent?.includes(start),
          String(x0),
        );
    }),
  );
}

test(
  "descent: the book's walk from (−3, 4) ends where the book says; the table has each step",
  visit({ hash: "#/descent?steps=100" }, async ({ page }) => {
    await page.waitForFunction(() => document.querySelectorAll(".run-table tbody tr").length >= 101);
    const last = (await page.locator(".run-table tbody tr").last().textContent()) ?? "";
    assert.match(last, /6\.11\d*e-10/);
    assert.match(last, /8\.14\d*e-10|8\.15\d*e-10/);
  }),
);

test(
  "descent: Step takes one step of the walk, Play the rest, Reset goes back",
  visit({ hash: "#/descent?steps=5" }, async ({ page }) => {
    await button(page, "Reset").click();
    const rows = page.locator(".run-table tbody tr");
    await page.waitForFunction(() => document.querySelectorAll(".run-table tbody tr").length === 1);
    await button(page, "Step").click();
    await page.waitForFunction(() => document.querySelectorAll(".run-table tbody tr").length === 2);
    assert.match((await rows.nth(1).textContent()) ?? "", /-2\.4/);
    await button(page, "Play").click();
    await page.getByText(/^Finished\./).waitFor();
    assert.equal(await rows.count(), 6);
  }),
);

test(
  "descent: a learning rate of 10 leaves the picture, and the page says at which step",
  visit({ hash: "#/descent?learningRate=10" }, async ({ page }) => {
    const shown = notices(page).first();
    await shown.waitFor();
    assert.match((await shown.textContent()) ?? "", /left the picture at step 1\b/);
  }),
);

test(
  "descent: one's own expression is drawn; a mistake in it is shown at its place and the former walk stays",
  visit({ hash: "#/descent?surface=own" }, async ({ page }) => {
    const input = field(page, "expression");
    await input.text.fill("(x0 - 1)^2 + x1^2");
    await page.waitForFunction(() => location.hash.includes("expression="));
    await opened(page);
    await drawnFigures(page);
    // (−3 − 1)² + 4², where the walk starts.
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".run-table tbody tr:first-child td")].some(
        ({ textContent }) => textContent === "32",
      ),
    );
    const address = await page.evaluate(() => location.hash);
    await input.text.fill("(x0 - 1)^2 + tann(x1)");
    await input.error.waitFor();
    const message = (await input.error.textContent()) ?? "";
    assert.match(message, /See character 14\b/);
    const marker = (await input.place.locator(".marker").textContent()) ?? "";
    assert.equal(marker.split("\n")[1].indexOf("▲"), 13);
    assert.equal(await page.evaluate(() => location.hash), address);
    assert.ok((await page.locator(".run-table tbody tr").count()) > 1);
    await input.text.fill("x0^2 + ");
    await page.waitForFunction(() =>
      /See character \d+/.test(
        document.querySelector("[data-field=expression] .field-error")?.textContent ?? "",
      ),
    );
  }),
);

test(
  "descent: the surface turns by dragging and by the arrow keys",
  visit({ hash: "#/descent" }, async ({ page }) => {
    await drawnFigures(page);
    const canvas = page.locator("[data-chart=surface] canvas").first();
    await canvas.scrollIntoViewIfNeeded();
    const look = () => canvas.evaluate((element) => /** @type {HTMLCanvasElement} */ (element).toDataURL());
    const changes = async (/** @type {string} */ before) => {
      await page.waitForFunction((was) => {
        const chart = document.querySelector("[data-chart=surface] canvas");
        return /** @type {HTMLCanvasElement} */ (chart).toDataURL() !== was;
      }, before);
    };
    const first = await look();
    const box = await canvas.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 80, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await changes(first);
    await page.mouse.move(1, 1);
    const second = await look();
    await canvas.focus();
    await page.keyboard.press("ArrowUp");
    await changes(second);
  }),
);

test(
  "learning-rate: every rate of the list has its row, with what came of it",
  visit({ hash: "#/learning-rate" }, async ({ page }) => {
    const rows = page.locator(".run-table tbody tr");
    await page.waitForFunction(() => document.querySelectorAll(".run-table tbody tr").length === 5);
    const text = (await rows.allTextContents()).join("\n");
    for (const rate of ["1e-10", "0.01", "0.1", "1", "10"]) assert.ok(text.includes(rate), rate);
    await field(page, "rates").text.fill("0.1, 0.2");
    await page.waitForFunction(() => document.querySelectorAll(".run-table tbody tr").length === 2);
  }),
);

test(
  "learning-rate: three nets learn MNIST at three rates, each in a worker of its own, to the end",
  visit({ hash: "#/learning-rate?task=mnist&rates=0.01,0.1,1&iterations=100" }, async ({ page }) => {
    await button(page, "Train").click();
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll(".run-table tbody tr")];
      return rows.length === 3 && rows.every(({ textContent }) => textContent?.includes("100 / 100"));
    });
    await page.getByText(/^Finished\./).waitFor();
    assert.equal(page.workers().length, 3);
    const cells = await page
      .locator(".run-table tbody tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map(({ textContent }) => textContent)));
    const losses = cells.map((row) => Number(row[1]));
    assert.ok(losses[1] < losses[0], `0.1 learns more than 0.01: ${losses}`);
    for (const row of cells) assert.ok(Number(row[2]) > 0.05, `the accuracy of ${row}`);
    await drawnFigures(page);
    assert.equal(await page.locator("[data-chart=loss] .legend li").count(), 3);
  }),
);

test(
  "each figure can be saved as PNG and as SVG, with its title in the file's name",
  visit({}, async ({ page }) => {
    for (const [lab, chart] of [
      ["descent", "contour"],
      ["descent", "surface"],
      ["descent", "value"],
      ["learning-rate", "value"],
      ["digits", "weights"],
    ]) {
      await page.locator(`nav a[href^="#/${lab}"]`).click();
      await page.locator(`[data-lab=${lab}]`).waitFor();
      await opened(page);
      await drawnFigures(page);
      for (const format of ["PNG", "SVG"]) {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page
            .locator(`[data-chart=${chart}]`)
            .getByRole("button", { name: `as ${format}` })
            .click(),
        ]);
        assert.equal(download.suggestedFilename(), `fishbowl-${chart}.${format.toLowerCase()}`);
        const bytes = await readFile(await download.path());
        assert.ok(bytes.length > 1000, `${chart} as ${format}: ${bytes.length} bytes`);
        if (format === "PNG") {
          assert.equal(bytes.subarray(1, 4).toString(), "PNG");
          assert.ok(bytes.readUInt32BE(16) >= 1440, "twice the pixels of a figure 720 wide");
        } else {
          const found = await page.evaluate((text) => {
            const svg = new DOMParser().parseFromString(text, "image/svg+xml");
            const name = svg.documentElement.localName;
            return {
              name,
              errors: svg.querySelectorAll("parsererror").length,
              parts: svg.querySelectorAll("*").length,
            };
          }, bytes.toString("utf8"));
          assert.equal(found.name, "svg");
          assert.equal(found.errors, 0);
          assert.ok(found.parts > 10, `${found.parts} parts`);
        }
      }
    }
  }),
);

test(
  "a trained net that is downloaded and loaded again reads the same, and learns on",
  visit({}, async ({ page }) => {
    await draw(page, 4);
    await trainTo(page, 300);
    const shares = () => page.locator(".bars .share").allTextContents();
    const before = { digit: await prediction(page).textContent(), shares: await shares() };
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(page, "Download the net").click(),
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
    await page.getByText("The net from your file").waitFor();
    await reads(page, before.digit ?? "");
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
      button(page, "Download the net as .npz, for NumPy").click(),
    ]);
    assert.equal(download.suggestedFilename(), "fishbowl.npz");
    const bytes = await readFile(await download.path());
    assert.equal(bytes.subarray(0, 2).toString(), "PK");
    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "book.npz", mimeType: "application/octet-stream", buffer: bytes });
    await page.getByText("The net from your file").waitFor();
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
    await page.locator("input[type=file]").setInputFiles(join(root, "www/weights.safetensors"));
    await page.getByText("The net from your file").waitFor();
    await draw(page, 7);
    await reads(page, "7");
    await page.locator("nav a", { hasText: "Gradient descent" }).click();
    await page.locator("[data-lab=descent]").waitFor();
    await page.locator("nav a", { hasText: "Digits" }).click();
    await page.getByText("The net from your file").waitFor();
    await page.waitForFunction(
      () => document.querySelector("[data-testid=net]")?.textContent === "784–88–64–10",
    );
    await reads(page, "7");
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
      const bytes = await (await fetch("./www/weights.safetensors")).arrayBuffer();
      const data = new DataTransfer();
      data.items.add(new File([bytes], "dropped.safetensors"));
      return data;
    });
    for (const type of ["dragenter", "dragover", "drop"])
      await page.dispatchEvent("body", type, { dataTransfer: transfer });
    await page.getByText("The net from your file").waitFor();
    await reads(page, "1");
  }),
);
