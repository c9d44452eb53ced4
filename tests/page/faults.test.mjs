// What goes wrong is said where it happened, nothing is lost, and there is a way on.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./browser.mjs";
import {
  button,
  draw,
  field,
  goTo,
  isDrawn,
  notices,
  number,
  numberWithin,
  opened,
  pad,
  pause,
  predicts,
  site,
  trainTo,
  unfold,
} from "./page.mjs";

const { visit } = site();

/** Chromium reports what a test takes away on purpose in these words. */
const LOAD_FAILURES = [/Failed to load resource/, /request failed/, /^answer \d+/];

const NOT_LOADED = /Some data could not be loaded/;
/** A file that is gone, or is another one than the list says, may be that of a newer version of the page. */
const OUTDATED = /The page has been updated or cannot be reached/;

/** @param {import("playwright-core").Page} page @param {RegExp} words */
async function notice(page, words) {
  await page.waitForFunction(
    (source) =>
      [...document.querySelectorAll(".notices .notice")].some(({ textContent }) =>
        new RegExp(source).test(textContent ?? ""),
      ),
    words.source,
  );
  return notices(page).filter({ hasText: words }).first();
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @param {Buffer} buffer
 */
async function chooseFile(page, name, buffer) {
  await unfold(page.locator(".net-file"));
  await page
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

for (const [name, label, value, why, allowed] of /** @type {const} */ ([
  ["hidden", "Hidden units", "many", /not a number/, "1"],
  ["hidden", "Hidden units", "", /nothing/, "1000"],
  ["hidden", "Hidden units", "1001", /outside/, "1000"],
  ["hidden", "Hidden units", "2.5", /2\.5/, "1000"],
  ["seed", "Seed", "-1", /outside/, "0"],
  ["batch", "Mini-batch size", "0", /outside/, "1"],
  ["learningRate", "Learning rate", "fast", /not a number/, "10"],
  ["learningRate", "Learning rate", "1e9", /outside/, "10"],
  ["learningRate", "Learning rate", "NaN", /NaN/, "10"],
])) {
  test(
    `“${value}” in ${label} is refused beside the field; the running net goes on`,
    visit({}, async ({ page }) => {
      await button(page, "Train").click();
      const before = await numberWithin(page, "iteration", { from: 30 });
      const input = field(page, name);
      const usual = await input.value();
      await input.fill(value);
      await input.error.waitFor();
      const message = (await input.error.textContent()) ?? "";
      assert.ok(message.includes(label), message);
      assert.match(message, why);
      assert.match(message, new RegExp(`Allowed: .*${allowed}`));
      assert.equal(await input.text.getAttribute("aria-invalid"), "true");
      await numberWithin(page, "iteration", { from: before + 30 });
      assert.equal(await page.evaluate(() => location.hash), "#/digits");
      await pause(page);
      const paused = await number(page, "iteration");
      await input.fill(usual ?? "");
      await input.error.waitFor({ state: "hidden" });
      assert.ok((await number(page, "iteration")) >= paused, "mending the field does not begin it again");
    }),
  );
}

for (const [how, words, answer] of /** @type {const} */ ([
  ["does not arrive", NOT_LOADED, (route) => route.abort("connectionfailed")],
  ["is refused for a while", NOT_LOADED, (route) => route.fulfill({ status: 503, body: "Come back later." })],
  ["is missing", OUTDATED, (route) => route.fulfill({ status: 404, body: "There is no such file." })],
  [
    "is cut short",
    OUTDATED,
    async (route) => {
      const whole = await readFile(join(root, "www/data/train-1-images.gz"));
      await route.fulfill({ status: 200, body: whole.subarray(0, whole.length / 2) });
    },
  ],
  [
    "is 200 MB of zeros, packed",
    OUTDATED,
    (route) => route.fulfill({ status: 200, body: gzipSync(Buffer.alloc(200e6), { level: 1 }) }),
  ],
  [
    "is a page of a captive portal",
    OUTDATED,
    (route) => route.fulfill({ status: 200, body: "<!doctype html><p>Log in" }),
  ],
])) {
  test(
    `a part of MNIST that ${how} gives a notice whose Try again sets the waiting training going`,
    visit({ expected: LOAD_FAILURES }, async ({ page }) => {
      await draw(page, 4);
      await page.route("**/train-1-images.gz", /** @type {any} */ (answer));
      await button(page, "Train").click();
      const shown = await notice(page, words);
      assert.match((await shown.textContent()) ?? "", /train-1-images\.gz/);
      // The first part, 10,000 images, is learned meanwhile: batches come in the same order however fast they load.
      await numberWithin(page, "iteration", { from: 100 });
      await predicts(page, /^\d$/);
      await button(page, "Pause").waitFor();
      await page.unroute("**/train-1-images.gz");
      await shown.getByRole("button", { name: "Try again" }).click();
      await page.waitForFunction(
        () => !/^Loading/.test(document.querySelector(".run-status")?.textContent ?? ""),
      );
      await notices(page).filter({ hasText: words }).waitFor({ state: "detached" });
      await numberWithin(page, "iteration", { from: 650 });
      await pause(page);
    }),
  );
}

test(
  "when the list of MNIST's parts is missing the page says so, and Try again sets the waiting run going",
  visit({ expected: LOAD_FAILURES }, async ({ page }) => {
    await page.route("**/mnist.json", (route) => route.fulfill({ status: 404, body: "" }));
    await button(page, "Train").click();
    const shown = await notice(page, OUTDATED);
    await page.unroute("**/mnist.json");
    await shown.getByRole("button", { name: "Try again" }).click();
    await numberWithin(page, "iteration", { from: 10 });
    await pause(page);
  }),
);

test(
  "without the pre-trained weights the page says so and trains from scratch",
  visit(
    {
      expected: [...LOAD_FAILURES, /preload/],
      before: ({ page }) =>
        page.route("**/weights/deep-convnet.safetensors", (route) =>
          route.fulfill({ status: 404, body: "" }),
        ),
    },
    async ({ page }) => {
      await notice(page, /pre-trained network could not be loaded/);
      await trainTo(page, 20);
      await draw(page, 1);
      await predicts(page, /^\d$/);
    },
  ),
);

test(
  "weights files that are broken, of another kind or too large are refused; net and drawing stay",
  visit({}, async ({ page }) => {
    const good = await readFile(join(root, "www/weights/digits.safetensors"));
    const overflowing = Buffer.from(good);
    overflowing.writeBigUInt64LE(0xffff_ffff_ffff_fff0n, 0);
    await draw(page, 7);
    await trainTo(page, 40);
    const before = await number(page, "iteration");
    const net = await page.getByTestId("net").textContent();
    for (const [name, bytes] of /** @type {[string, Buffer][]} */ ([
      ["truncated.safetensors", good.subarray(0, good.length / 2)],
      ["empty.safetensors", Buffer.alloc(0)],
      ["page.html", Buffer.from("<!doctype html><title>No weights</title>")],
      ["overflowing.safetensors", overflowing],
      ["zeros.safetensors", Buffer.alloc(1 << 20)],
      ["large.safetensors", Buffer.alloc(16 * 1024 * 1024 + 1)],
    ])) {
      await chooseFile(page, name, bytes);
      const shown = await notice(page, new RegExp(`“${name.replace(".", "\\.")}” cannot be used`));
      assert.ok((await shown.locator("li").count()) > 0, `${name}: the reason is given`);
    }
    assert.equal(await number(page, "iteration"), before);
    assert.equal(await page.getByTestId("net").textContent(), net);
    await predicts(page, /^\d$/);
    assert.equal(await isDrawn(pad(page)), true);
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: before + 20 });
    await pause(page);
    // A good file clears the complaint.
    await chooseFile(page, "good.safetensors", good);
    await page.getByText("Network loaded from file").waitFor();
    assert.equal(await notices(page).count(), 0);
    await predicts(page, "7");
  }),
);

/**
 * Loads a net whose second weights are so large that the first step from it throws the loss out of all numbers.
 * @param {import("playwright-core").Page} page
 */
async function useExplosiveNet(page) {
  await button(page, "Step").click();
  await numberWithin(page, "iteration", { from: 1, to: 1 });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    unfold(page.locator(".net-file")).then(() => button(page, "Download network").click()),
  ]);
  const file = await readFile(await download.path());
  const begin = 8 + Number(file.readBigUInt64LE(0));
  const { dtype, data_offsets: ends } = JSON.parse(file.toString("utf8", 8, begin))["2.weight"];
  assert.equal(dtype, "F32");
  for (let at = begin + ends[0]; at < begin + ends[1]; at += 4)
    file.writeFloatLE(file.readFloatLE(at) * 1e20, at);
  await chooseFile(page, "explosive.safetensors", file);
  await page.getByText("Network loaded from file").waitFor();
}

test(
  "a loss that is no number stops the run, says where, and offers the last good weights, which work",
  visit({ hash: "#/digits?learningRate=10&init=he" }, async ({ page }) => {
    await draw(page, 1);
    await useExplosiveNet(page);
    await button(page, "Train").click();
    const shown = await notice(page, /diverged: at iteration [\d,]+ the loss was (NaN|−?∞)/);
    const text = (await shown.textContent()) ?? "";
    const diverged = Number(/at iteration ([\d,]+)/.exec(text)?.[1].replace(/,/g, ""));
    await page.getByText("Stopped.", { exact: true }).waitFor();
    const back = shown.getByRole("button", { name: /Go back to iteration/ });
    const good = Number(/iteration ([\d,]+)/.exec((await back.textContent()) ?? "")?.[1].replace(/,/g, ""));
    assert.ok(good <= diverged, `${good} lies before ${diverged}`);
    await back.click();
    await numberWithin(page, "iteration", { from: good, to: good });
    await notices(page).first().waitFor({ state: "detached" });
    await predicts(page, /^\d$/);
    await button(page, "Step").click();
    await numberWithin(page, "iteration", { from: good + 1, to: good + 1 });
  }),
);

test(
  "Reset after a divergence begins again from the settings",
  visit({ hash: "#/digits?init=he" }, async ({ page }) => {
    await useExplosiveNet(page);
    await button(page, "Train").click();
    await notice(page, /diverged/);
    await button(page, "Reset").click();
    await numberWithin(page, "iteration", { from: 0, to: 0 });
    await notices(page).first().waitFor({ state: "detached" });
    await trainTo(page, 50);
    await numberWithin(page, "loss", { to: 3 });
  }),
);

test(
  "a learning rate that ruins the net is noticed: the page says why the loss exploded, what it left, and what to try",
  visit({ hash: "#/digits?learningRate=10&init=he" }, async ({ page }) => {
    await button(page, "Train").click();
    const shown = await notice(page, /steps overshoot the minimum and grow; \d+ of 50 hidden units are dead/);
    await shown.getByRole("button", { name: /Go back to iteration/ }).waitFor();
    await page.getByText(/\d+ of 50 units are dead \(hatched\)/).waitFor();
    await shown.getByRole("button", { name: "Set the learning rate to 1" }).click();
    await page.waitForFunction(() => location.hash.includes("learningRate=1&"));
  }),
);

test(
  "what a step too long killed is mended by a new start at a lower rate",
  visit({ hash: "#/digits?learningRate=3" }, async ({ page }) => {
    await button(page, "Train").click();
    const shown = await notice(page, /hidden units are dead: after too large a step/);
    await shown.getByRole("button", { name: "Start over with a learning rate of 0.3" }).click();
    await page.waitForFunction(() => location.hash.includes("learningRate=0.3"));
    await notices(page).first().waitFor({ state: "detached" });
    await numberWithin(page, "iteration", { from: 100 });
    await pause(page);
    await numberWithin(page, "loss", { to: 2 });
  }),
);

test(
  "a worker that is killed while it trains is replaced: the run is offered again and goes on, the drawing stays",
  visit({}, async ({ page }) => {
    await draw(page, 7);
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 700 });
    // The snapshot that the page keeps is taken every few seconds; a paused run has one of its last iteration.
    await pause(page);
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: (await number(page, "iteration")) + 50 });
    const [worker] = page.workers();
    await worker.evaluate(() => self.close()).catch(() => {});
    const shown = await notice(page, /was restarted\. Restored to iteration \d+/);
    const kept = Number(/iteration (\d+)/.exec((await shown.textContent()) ?? "")?.[1]);
    assert.ok(kept >= 700, `the snapshot is of iteration ${kept}`);
    await numberWithin(page, "iteration", { from: kept, to: kept });
    await button(page, "Train").waitFor();
    await predicts(page, "7");
    await shown.getByRole("button", { name: `Continue from iteration ${kept}` }).click();
    await numberWithin(page, "iteration", { from: kept + 50 });
    await pause(page);
    assert.equal(await notices(page).count(), 0);
    assert.equal(await isDrawn(pad(page)), true);
  }),
);

test(
  "a worker that is killed while the pre-trained network predicts is replaced, and predicts the drawing again",
  visit({}, async ({ page }) => {
    await draw(page, 1);
    await predicts(page, "1");
    await page
      .workers()[0]
      .evaluate(() => self.close())
      .catch(() => {});
    await draw(page, 1);
    await notice(page, /was restarted\. Your settings and your drawing are kept/);
    await predicts(page, /^\d$/);
    await button(page, "Clear").click();
    await draw(page, 4);
    await predicts(page, "4");
  }),
);

/**
 * Labs and a core some of whose calls are others.
 * @param {(script: string) => string} change of their JavaScript
 */
const changedCore = (change) => ({
  before: (/** @type {{ page: import("playwright-core").Page }} */ { page }) =>
    page.route(/\/pkg\/(labs|core)\.js$/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: change(await answer.text()) });
    }),
});

/** @param {string} method of the core, which traps as a Rust panic does once `trap` is set */
const trapping = (method) =>
  changedCore((core) =>
    core.replaceAll(
      new RegExp(`wasm\\.(${method})\\(`, "g"),
      `(globalThis.trap ? (() => { throw new WebAssembly.RuntimeError("unreachable"); }) : wasm.$1)(`,
    ),
  );

/** The core traps in each piece of work. */
const deadly = changedCore((core) =>
  core.replaceAll(
    /wasm\.workshop_(work|step)\(/g,
    `(() => { throw new WebAssembly.RuntimeError("unreachable"); })(`,
  ),
);

for (const [moment, method] of /** @type {const} */ ([
  ["training", "workshop_work"],
  ["predicting a drawing", "workshop_predict"],
])) {
  test(
    `a trap in the core while ${moment} replaces the worker; its run goes on from the last snapshot`,
    visit(trapping(method), async ({ page }) => {
      await draw(page, 1);
      await trainTo(page, 700);
      await predicts(page, "1");
      const kept = await number(page, "iteration");
      await page.workers()[0].evaluate(() => Object.assign(self, { trap: true }));
      if (moment === "training") await button(page, "Train").click();
      else await draw(page, 1);
      const shown = await notice(page, /was restarted\. Restored to iteration \d+/);
      await numberWithin(page, "iteration", { from: kept, to: kept });
      await predicts(page, "1");
      await shown.getByRole("button", { name: `Continue from iteration ${kept}` }).click();
      await numberWithin(page, "iteration", { from: kept + 50 });
      await pause(page);
    }),
  );
}

test(
  "a worker that dies again and again is not started forever; the page says so and stays in use",
  visit(deadly, async ({ page }) => {
    for (let death = 0; death < 3; death++) {
      await button(page, "Train").click();
      await notice(page, death < 2 ? /was restarted/ : /keeps stopping/);
    }
    await goTo(page, "learning-rate");
    await goTo(page, "digits");
    await draw(page, 1);
    await predicts(page, "1");
  }),
);

test(
  "offline after it has loaded the page trains on, switches labs and changes its language",
  visit({}, async ({ page, context }) => {
    await button(page, "Train").click();
    await numberWithin(page, "iteration", { from: 20 });
    await page.waitForFunction(
      () => !/^Loading/.test(document.querySelector(".run-status")?.textContent ?? ""),
    );
    await context.setOffline(true);
    const at = await number(page, "iteration");
    await numberWithin(page, "iteration", { from: at + 300 });
    await pause(page);
    await draw(page, 0);
    await predicts(page, /^\d$/);
    for (const lab of ["descent", "digits"]) {
      await goTo(page, lab);
      assert.equal(await notices(page).count(), 0);
    }
    await button(page, "中文").click();
    await page.waitForFunction(() => document.documentElement.lang === "zh-CN");
    await context.setOffline(false);
  }),
);

test(
  "offline a lab makes do with the worker there is; its training waits for data, and for Try again",
  visit({ expected: [/INTERNET_DISCONNECTED|worker\.js net::ERR_/] }, async ({ page, context }) => {
    await context.setOffline(true);
    await page.evaluate(() => location.assign("#/learning-rate?task=mnist&rates=0.01,0.1&iterations=50"));
    await page.locator('[data-lab="learning-rate"]').waitFor();
    await opened(page);
    // The second run is ready as well, in the first worker.
    await page.getByText("Ready to train").waitFor();
    // What may be guessed is no fault.
    await notices(page).getByRole("button", { name: "Dismiss" }).click();
    await page.waitForFunction(() => !document.querySelector(".notice"));
    await button(page, "Train").click();
    const shown = await notice(page, NOT_LOADED);
    assert.equal(await notices(page).count(), 1);
    await context.setOffline(false);
    await shown.getByRole("button", { name: "Try again" }).click();
    await page.getByText(/^Finished\./).waitFor();
    assert.equal(await notices(page).count(), 0);
  }),
);

for (const missing of ["labs", "core"]) {
  const path = `**/${missing}_bg.wasm`;
  test(
    `a ${missing}_bg.wasm that does not come is said, and drawings are read all the same`,
    visit(
      {
        expected: LOAD_FAILURES,
        ready: false,
        before: ({ page }) => page.route(path, (route) => route.fulfill({ status: 404, body: "" })),
      },
      async ({ page }) => {
        const shown = await notice(page, /could not be loaded; drawings are still read/);
        await draw(page, 1);
        await predicts(page, "1");
        await page.getByRole("button", { name: "中文" }).click();
        await notice(page, /加载失败；手写数字仍可识别/);
        await page.getByRole("button", { name: "English" }).click();
        await page.unroute(path);
        await shown.getByRole("button", { name: "Reload the page" }).click();
        await opened(page);
      },
    ),
  );
}

test(
  "a browser that runs no modules is told what is needed instead of an empty page",
  visit(
    {
      expected: [/./],
      ready: false,
      before: ({ page }) => page.route("**/main.js", (route) => route.fulfill({ status: 404, body: "" })),
    },
    async ({ page }) => {
      await page.getByText("Fishbowl needs a browser with").waitFor();
    },
  ),
);
