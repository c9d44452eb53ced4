// The way to the first reading: what is there before WebAssembly, before the core, and in the built page.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { tmpdir } from "node:os";
import { launch, root } from "./browser.mjs";
import { button, draw, field, figure, numberWithin, opened, pad, pause, predicts, site } from "./page.mjs";
import { list } from "../../www/pkg/catalogue.js";
import { makeDist } from "../../tools/dist.mjs";

const { visit } = site();

/**
 * Holds requests back until they are let go.
 * @param {import("playwright-core").Page} page
 * @param {string} pattern
 * @returns {Promise<() => void>}
 */
async function hold(page, pattern) {
  let letGo = () => {};
  const free = new Promise((resolve) => (letGo = () => resolve(null)));
  await page.route(pattern, async (route) => {
    await free;
    await route.continue();
  });
  return letGo;
}

test("title, sentence, pad and controls stand in the page before any WebAssembly is there", async () => {
  /** @type {() => void} */
  let letGo = () => {};
  const open = visit(
    {
      ready: false,
      hash: "#/digits?learningRate=0.5",
      before: async ({ page }) => void (letGo = await hold(page, "**/*.wasm")),
    },
    async ({ page }) => {
      await page.getByRole("heading", { level: 1, name: "Digits" }).waitFor();
      await page.locator(".line", { hasText: "Draw a digit and the network predicts it." }).waitFor();
      await button(page, "Train").waitFor();
      await pad(page).waitFor();
      assert.equal(await field(page, "learningRate").value(), "0.5");
      assert.equal(await field(page, "hidden").value(), "50");
      await draw(page, 1);
      letGo();
      await predicts(page, "1");
      await opened(page);
      assert.equal(await field(page, "learningRate").value(), "0.5");
      assert.match(page.url(), /#\/digits\?learningRate=0.5$/);
    },
  );
  await open();
});

test("a drawing is read before the labs are there, and what was asked of them meanwhile is done once they have come", async () => {
  /** @type {() => void} */
  let letGo = () => {};
  const open = visit(
    { ready: false, before: async ({ page }) => void (letGo = await hold(page, "**/labs_bg.wasm")) },
    async ({ page }) => {
      await draw(page, 1);
      await predicts(page, "1");
      await draw(page, 4);
      await field(page, "hidden").fill("20");
      await button(page, "Train").click();
      letGo();
      await numberWithin(page, "iteration", { from: 20 });
      await pause(page);
      await page.waitForURL(/hidden=20/);
    },
  );
  await open();
});

test("figures are drawn and moved before what trains is there, and a run that was begun meanwhile runs once it has come", async () => {
  /** @type {() => void} */
  let letGo = () => {};
  const open = visit(
    {
      hash: "#/descent",
      ready: false,
      before: async ({ page }) => void (letGo = await hold(page, "**/core_bg.wasm")),
    },
    async ({ page }) => {
      await figure(page, "surface").locator("canvas").first().waitFor();
      await field(page, "learningRate").fill("0.3");
      await page.waitForURL(/learningRate=0\.3/);
      await page.evaluate(() => void (location.hash = "#/digits"));
      await page.locator("[data-lab=digits]").waitFor();
      await draw(page, 4);
      await predicts(page, "4");
      await button(page, "Train").click();
      letGo();
      await numberWithin(page, "iteration", { from: 20 });
      await pause(page);
    },
  );
  await open();
});

test("a lab without a drawing loads nothing that reads one", async () => {
  /** @type {string[]} */
  const asked = [];
  const open = visit(
    {
      hash: "#/descent",
      before: async ({ page }) => void page.on("request", (request) => asked.push(request.url())),
    },
    async ({ page }) => {
      await figure(page, "surface").locator("canvas").first().waitFor();
      assert.ok(asked.some((path) => path.endsWith("labs_bg.wasm")));
      assert.deepEqual(
        asked.filter((path) => /reader_bg|safetensors|mnist/.test(path)),
        [],
      );
    },
  );
  await open();
});

/** Above this, Core Web Vitals calls a page unsteady. */
const STEADY = 0.1;

/**
 * Opens a lab and looks whether anything that is seen of it jumps.
 * @param {string} id
 * @param {{ viewport: { width: number, height: number }, slowness?: number }} how `slowness`: how many times as long the page
 *   takes for everything
 * @param {import("node:test").TestContext} context
 */
async function staysInPlace(id, { viewport, slowness = 1 }, context) {
  const open = visit(
    {
      hash: `#/${id}`,
      context: { viewport },
      before: async ({ page }) => {
        const session = await page.context().newCDPSession(page);
        await session.send("Emulation.setCPUThrottlingRate", { rate: slowness });
        await page.addInitScript(() => {
          const all = /** @type {any} */ (window);
          all.shifts = 0;
          new PerformanceObserver((list) => {
            for (const entry of /** @type {any[]} */ (list.getEntries())) all.shifts += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
        });
      },
    },
    async ({ page }) => {
      await page.waitForSelector(".lab:not([data-settling])");
      // What comes late is seen too.
      await page.waitForTimeout(300 * slowness);
      const shifts = await page.evaluate(() => /** @type {any} */ (window).shifts);
      context.diagnostic(`${viewport.width}: ${shifts.toFixed(3)}`);
      assert.ok(shifts <= STEADY, `${viewport.width}: ${shifts}`);
    },
  );
  await open();
}

for (const { id } of list)
  test(`nothing that is seen of ${id} jumps while its pieces come, on a phone, a tablet or a laptop`, async (context) => {
    for (const viewport of [
      { width: 412, height: 823 },
      { width: 1024, height: 768 },
      { width: 1350, height: 940 },
    ])
      await staysInPlace(id, { viewport }, context);
  });

// Its figures come in the most pieces.
test("nothing that is seen of weight-init jumps on a slow tablet", (context) =>
  staysInPlace("weight-init", { viewport: { width: 1024, height: 768 }, slowness: 4 }, context));

/** Below a path of its own, without any header but the type: the plainest host there is. */
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** @type {string} */
let folder;
/** @type {import("node:http").Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fishbowl-start-"));
  await makeDist({ root, output: join(folder, "dist") });
  server = createServer(async (request, response) => {
    const path = (request.url ?? "").replace(/^\/some\/where\//, "") || "index.html";
    try {
      if (!request.url?.startsWith("/some/where/")) throw new Error("outside");
      const bytes = await readFile(join(folder, "dist", path));
      response
        .writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" })
        .end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(null)));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true });
});

test("the built page draws, reads and trains below a path of any static host, and asks for nothing outside", async () => {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) faults.push(answer.url());
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await page.goto(`http://127.0.0.1:${port}/some/where/`);
  await opened(page);
  await draw(page, 1);
  await predicts(page, "1");
  await button(page, "Train").click();
  await numberWithin(page, "iteration", { from: 20 });
  await pause(page);
  assert.deepEqual(faults, []);
  await context.close();
});
