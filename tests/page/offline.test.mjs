// The built page without a network, and beside a newer version of itself.

import { after, before, beforeEach, afterEach, test } from "node:test";
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { launch, root } from "./browser.mjs";
import { PATIENCE, button, draw, figure, numberWithin, opened, pause, predicts } from "./page.mjs";
import { makeDist } from "../../tools/dist.mjs";
import { serve } from "../../tools/serve.mjs";

/** @type {string} */
let folder;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("playwright-core").BrowserContext} */
let context;
/** @type {{ url: string, close: () => Promise<void> }} */
let server;
const dist = () => join(folder, "dist");

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fishbowl-offline-"));
  await makeDist({ root, output: join(folder, "first") });
  browser = await launch();
});
beforeEach(async () => {
  await cp(join(folder, "first"), dist(), { recursive: true });
  server = await serve({ root: dist(), port: 0 });
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(PATIENCE);
});
afterEach(async () => {
  await context.close();
  await server.close();
  await rm(dist(), { recursive: true });
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** @param {string} hash */
async function visit(hash) {
  const page = await context.newPage();
  await page.goto(`${server.url}/${hash}`);
  await opened(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return page;
}

/** What another version would be: other names for two files, and the lists that say so. */
async function deploy() {
  const script = await readFile(join(dist(), "sw.js"), "utf8");
  const [, version] = /version:"(\w+)"/.exec(script) ?? [];
  for (const name of ["sw.js", "index.html"]) {
    const text = await readFile(join(dist(), name), "utf8");
    await writeFile(join(dist(), name), text.replaceAll(version, "123456789abc"));
  }
}

/** @param {import("playwright-core").Page} page */
const lookForNewer = (page) =>
  page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));

test("after one visit every lab opens and a drawing is read without a network, and what trained before has its data", async () => {
  const first = await visit("#/digits");
  await button(first, "Train").click();
  await numberWithin(first, "iteration", { from: 20 });
  await pause(first);
  await first.waitForFunction(async () => {
    const names = (await (await caches.open("fishbowl")).keys()).map(({ url }) => url);
    return names.some((url) => url.includes("train-images"));
  });
  // The browser's own cache would do for a while.
  const session = await context.newCDPSession(first);
  await session.send("Network.clearBrowserCache");
  await first.close();
  await server.close();

  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(`${server.url}/#/overfitting`);
  await opened(page);
  await page.goto(`${server.url}/#/descent`);
  await figure(page, "surface").locator("canvas").first().waitFor();
  await page.goto(`${server.url}/#/digits`);
  await opened(page);
  await draw(page, 1);
  await predicts(page, "1");
  assert.deepEqual(faults, []);
});

test("a newer version is told of once it is there, and the page that is open goes on with its own files", async () => {
  const page = await visit("#/descent");
  await lookForNewer(page);
  assert.equal(await page.locator(".notice").count(), 0, "there is none yet");
  await deploy();
  await rm(join(dist(), "built"), { recursive: true });
  await lookForNewer(page).catch(() => {});
  assert.equal(await page.locator(".notice").count(), 0, "a version without its files does not come");

  await cp(join(folder, "first", "built"), join(dist(), "built"), { recursive: true });
  await lookForNewer(page);
  await page.locator('[data-notice="new-version"], .notice', { hasText: "newer Fishbowl" }).waitFor();
  await page.goto(`${server.url}/#/digits`);
  await draw(page, 4);
  await button(page, "Reload the page").click();
  await page.waitForFunction(() =>
    document.querySelector('meta[name="version"]')?.getAttribute("content")?.startsWith("1234"),
  );
  await opened(page);
  await lookForNewer(page);
  assert.equal(await page.locator(".notice").count(), 0, "it is the newer one");
});
