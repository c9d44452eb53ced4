// The package for pages of one's own, as it is installed, in a page.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { tmpdir } from "node:os";
import { execFileSync } from "node:child_process";
import { launch, root } from "./browser.mjs";
import { makePackage } from "../../tools/package.mjs";

/** @type {string} */
let folder;
/** @type {import("node:http").Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fishbowl-package-"));
  const packed = await makePackage({ root, output: join(folder, "package") });
  const site = ["--prefix", join(folder, "site")];
  execFileSync("npm", ["install", ...site, "--offline", "--no-audit", "--no-fund", packed], {
    stdio: "pipe",
  });
  const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
  server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    const type = types[extname(path)] ?? "text/html";
    // A page that knows nothing of this project.
    const bytes =
      path === "/" ? "<!doctype html>" : await readFile(join(folder, "site", path)).catch(() => null);
    response.writeHead(bytes === null ? 404 : 200, { "Content-Type": type }).end(bytes);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(null)));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true });
});

test("the installed package trains in a page, alone and with a team", async () => {
  const page = await browser.newPage();
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await page.goto(`http://127.0.0.1:${port}/`);
  const found = await page.evaluate(async () => {
    const [binding, workers] = ["fishbowl.js", "team.js"].map((name) => `/node_modules/fishbowl/${name}`);
    const { default: init, Net, network } = await import(binding);
    const { Team } = await import(workers);
    await init();
    const spec = { ...network("simple"), seed: 1 };
    const net = new Net(spec);
    const [pixels, labels] = [new Float32Array([0, 1, 1, 0]), new Uint8Array([0, 1])];
    const losses = Array.from({ length: 200 }, () => net.stepOn(pixels, labels));
    const team = await Team.open(spec, 2);
    const weights = await team.weights();
    team.close();
    const before = new Net(spec).weights();
    return { first: losses[0], last: losses[199], weights, before };
  });
  assert.ok(found.last < found.first / 2, `${found.first} → ${found.last}`);
  assert.deepEqual(found.weights, found.before);
});
