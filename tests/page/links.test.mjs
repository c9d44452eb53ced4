// The address: a link reproduces an experiment, and the page writes what would reproduce the present one.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  button,
  draw,
  elsewhere,
  field,
  goTo,
  notices,
  numberWithin,
  opened,
  predicts,
  site,
  unfold,
} from "./page.mjs";

const { visit } = site();

/** @param {import("playwright-core").Page} page @param {string} hash */
const addressIs = (page, hash) => page.waitForFunction((expected) => location.hash === expected, hash);

test(
  "a link sets every control it names, and stays as it was",
  visit(
    {
      hash: "#/digits?learningRate=0.01&hidden=20&activation=tanh&optimizer=momentum&init=he&batch=50&seed=7",
    },
    async ({ page }) => {
      const expected = {
        learningRate: "0.01",
        hidden: "20",
        activation: "tanh",
        optimizer: "momentum",
        init: "he",
        batch: "50",
        seed: "7",
      };
      for (const [name, value] of Object.entries(expected))
        assert.equal(await field(page, name).value(), value, name);
      assert.equal(await page.evaluate(() => location.hash), `#/digits?${new URLSearchParams(expected)}`);
      await button(page, "Step").click();
      await numberWithin(page, "iteration", { from: 1, to: 1 });
      assert.match((await page.getByTestId("net").textContent()) ?? "", /784–20–10/);
    },
  ),
);

test(
  "a link to a network of another form shows that network, not the pre-trained one, and only what is known of it",
  visit({ hash: "#/digits?hidden=20" }, async ({ page }) => {
    await page.locator(".run-status", { hasText: "Random weights" }).waitFor();
    assert.equal(await page.getByTestId("net").textContent(), "784–20–10");
    const numbers = () => page.locator(".numbers dd").allTextContents();
    assert.ok(!(await numbers()).includes("—"), String(await numbers()));
    await field(page, "hidden").fill("50");
    await page.waitForFunction(
      () => document.querySelector("[data-testid=net]")?.textContent === "784–50–10",
    );
    // The pre-trained network is that of the defaults.
    await field(page, "hidden").fill("30");
    await unfold(page.locator(".net-file"));
    await button(page, "Use pre-trained network").click();
    await page.waitForFunction(
      () => document.querySelector("[data-testid=net]")?.textContent === "6 conv–50–10",
    );
    await addressIs(page, "#/digits");
    await numberWithin(page, "test-accuracy", { from: 0.98, to: 1 });
    assert.ok(!(await numbers()).includes("—"), String(await numbers()));
    // Another form of the network is another network at once.
    await field(page, "hidden").fill("12");
    await page.waitForFunction(
      () => document.querySelector("[data-testid=net]")?.textContent === "784–12–10",
    );
    await page.locator(".run-status", { hasText: "Random weights" }).waitFor();
  }),
);

test(
  "the link of an experiment gives the same loss in another page",
  visit({}, async ({ page, url }) => {
    await field(page, "hidden").fill("12");
    await field(page, "seed").fill("5");
    await page.waitForFunction(() => location.hash.includes("seed=5") && location.hash.includes("hidden=12"));
    /** @param {import("playwright-core").Page} place */
    async function firstLosses(place) {
      const losses = [];
      for (let step = 1; step <= 3; step++) {
        await button(place, "Step").click();
        await numberWithin(place, "iteration", { from: step, to: step });
        losses.push(await place.getByTestId("loss").textContent());
      }
      return losses;
    }
    const losses = await firstLosses(page);
    const other = await elsewhere(page);
    await other.goto(url + (await page.evaluate(() => location.hash)));
    await opened(other);
    assert.deepEqual(await firstLosses(other), losses);
    await other.context().close();
  }),
);

test(
  "only what is not the default is written to the address",
  visit({ hash: "#/digits?learningRate=0.10&seed=7&hidden=50" }, async ({ page }) => {
    await addressIs(page, "#/digits?seed=7");
    await field(page, "hidden").fill("30");
    await addressIs(page, "#/digits?hidden=30&seed=7");
    await field(page, "seed").fill("1");
    await addressIs(page, "#/digits?hidden=30");
    await field(page, "hidden").place.locator(".use-default").click();
    await addressIs(page, "#/digits");
    assert.equal(await field(page, "hidden").value(), "50");
  }),
);

test(
  "the bare page has the address of its first lab",
  visit({ hash: "" }, async ({ page }) => {
    await addressIs(page, "#/digits");
  }),
);

test(
  "what an address holds beyond the possible is named and left out; the rest counts and the page works",
  visit(
    { hash: "#/digits?speed=11&hidden=-5&learningRate=abc&optimizer=magic&batch=1e99&seed=99" },
    async ({ page }) => {
      const notice = notices(page).first();
      await notice.waitFor();
      const text = (await notice.textContent()) ?? "";
      for (const part of [
        "speed",
        "Hidden units",
        "-5",
        "Learning rate",
        "abc",
        "Optimizer",
        "magic",
        "1e99",
      ])
        assert.ok(text.includes(part), `the notice names ${part}: ${text}`);
      await addressIs(page, "#/digits?seed=99");
      assert.equal(await field(page, "hidden").value(), "50");
      await draw(page, 1);
      await predicts(page, "1");
      await button(page, "Step").click();
      await numberWithin(page, "iteration", { from: 1, to: 1 });
    },
  ),
);

for (const hash of [
  "#/teapot",
  "#/%E0%A4%A",
  "#/digits?%E0%A4%A=%&&==&seed",
  `#/digits?seed=${"9".repeat(5000)}`,
]) {
  test(
    `an address like ${hash.slice(0, 30)} gives a notice and a page that works`,
    visit({ hash }, async ({ page }) => {
      await notices(page).first().waitFor();
      await page.locator("[data-lab=digits]").waitFor();
      await draw(page, 7);
      await predicts(page, "7");
    }),
  );
}

test(
  "a notice can be dismissed",
  visit({ hash: "#/teapot" }, async ({ page }) => {
    const notice = notices(page);
    await notice.first().waitFor();
    assert.match((await notice.first().textContent()) ?? "", /teapot/);
    await button(page, "Dismiss").click();
    await notice.first().waitFor({ state: "detached" });
  }),
);

for (const lab of ["digits", "descent", "learning-rate"]) {
  test(
    `each suggestion of ${lab} sets the controls that its link names`,
    visit({ hash: `#/${lab}`, expected: [] }, async ({ page }) => {
      const links = page.locator(".suggestions a");
      const count = await links.count();
      assert.ok(count > 0);
      for (let at = 0; at < count; at++) {
        const href = (await links.nth(at).getAttribute("href")) ?? "";
        await links.nth(at).click();
        await addressIs(page, href);
        for (const [name, value] of new URLSearchParams(href.split("?")[1]))
          await page.waitForFunction(
            ([id, expected]) => {
              const input = document.querySelector(
                `[data-field="${id}"] :is(input[type=radio]:checked, select, input[type=text])`,
              );
              return /** @type {HTMLInputElement} */ (input)?.value === expected;
            },
            [name, value],
          );
        await opened(page);
      }
    }),
  );
}

test(
  "the page's language is the browser's; a choice is remembered and keeps lab, settings and drawing",
  visit({ hash: "#/digits?seed=3" }, async ({ page }) => {
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await draw(page, 1);
    await predicts(page, "1");
    await button(page, "中文").click();
    await page.waitForFunction(() => document.documentElement.lang === "zh-CN");
    assert.match((await page.locator("h1").textContent()) ?? "", /\p{Script=Han}/u);
    assert.match(await page.title(), /\p{Script=Han}/u);
    await page.getByRole("button", { name: "训练", exact: true }).waitFor();
    await predicts(page, "1");
    assert.equal(await field(page, "seed").value(), "3");
    assert.equal(await page.evaluate(() => location.hash), "#/digits?seed=3");

    await page.reload();
    await opened(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
    await button(page, "English").click();
    await page.waitForFunction(() => document.documentElement.lang === "en");
    await button(page, "Train").waitFor();
  }),
);

test(
  "a link may choose the language of a visit; it is no setting, and does not stay in the address",
  visit({ hash: "#/digits?lang=zh&seed=3" }, async ({ page }) => {
    await addressIs(page, "#/digits?seed=3");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
    assert.equal(await notices(page).count(), 0);
    await button(page, "English").click();
    await page.reload();
    await opened(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await page.evaluate(() => location.assign("#/digits?lang=fr"));
    await notices(page).first().waitFor();
    assert.match((await notices(page).first().textContent()) ?? "", /fr.*en \| zh/);
  }),
);

test(
  "the list of all labs has an address, and a lab that there is not is still named",
  visit({ hash: "#/all", ready: false }, async ({ page }) => {
    await page.locator("[data-page=all] h1").waitFor();
    await page.evaluate(() => location.assign("#/alle"));
    await page.locator("[data-lab=digits]").waitFor();
    await notices(page).first().waitFor();
    assert.match((await notices(page).first().textContent()) ?? "", /alle/);
  }),
);

test(
  "a Chinese browser gets a Chinese page without a word of English left",
  visit({ context: { locale: "zh-CN" } }, async ({ page }) => {
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
    for (const place of ["h1", ".line", ".run-status", ".fold summary", ".suggestions a", ".net-file .help"])
      assert.match((await page.locator(place).first().textContent()) ?? "", /\p{Script=Han}/u, place);
    const names = await page.getByRole("button").allTextContents();
    const english = names.filter(
      // A unit and a kind of file are the same in every language.
      (name) => /[A-Za-z]{2,}/.test(name.replace(/\d MB|\.npz|PNG|SVG/, "")) && name !== "English",
    );
    assert.deepEqual(english, []);
  }),
);

test(
  "Back and Forward move between labs, each as it was left",
  visit({ hash: "#/digits" }, async ({ page }) => {
    await field(page, "hidden").fill("20");
    await addressIs(page, "#/digits?hidden=20");
    await goTo(page, "descent");
    await addressIs(page, "#/descent");
    await field(page, "steps").fill("7");
    await addressIs(page, "#/descent?steps=7");
    await page.goBack();
    await page.locator("[data-lab=digits]").waitFor();
    await addressIs(page, "#/digits?hidden=20");
    assert.equal(await field(page, "hidden").value(), "20");
    await page.goForward();
    await page.locator("[data-lab=descent]").waitFor();
    assert.equal(await field(page, "steps").value(), "7");
    assert.equal(await page.locator(".nav a[aria-current=page]").count(), 1);
  }),
);

test(
  "a trained net is still there after a look at another lab",
  visit({}, async ({ page }) => {
    for (let step = 1; step <= 3; step++) {
      await button(page, "Step").click();
      await numberWithin(page, "iteration", { from: step, to: step });
    }
    const loss = await page.getByTestId("loss").textContent();
    await goTo(page, "descent");
    await page.goBack();
    await page.locator("[data-lab=digits]").waitFor();
    await numberWithin(page, "iteration", { from: 3, to: 3 });
    assert.equal(await page.getByTestId("loss").textContent(), loss);
  }),
);

test(
  "an address that is still to be written does not keep the visitor from going elsewhere",
  visit({ hash: "#/descent" }, async ({ page }) => {
    await page.evaluate(() => {
      const slider = /** @type {HTMLInputElement} */ (
        document.querySelector("[data-field=learningRate] [type=range]")
      );
      slider.value = String(Number(slider.value) + 0.01);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      // Until the address is due.
      for (const begun = performance.now(); performance.now() - begun < 500;);
      location.hash = "#/graph";
    });
    await page.locator("[data-lab=graph]").waitFor();
    assert.match(await page.evaluate(() => location.hash), /^#\/graph/);
  }),
);
