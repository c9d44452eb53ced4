import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { makePackage } from "../../tools/package.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
const run = promisify(execFile);

describe("the packed binding, installed in an empty folder", () => {
  let folder, site;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "fishbowl-package-"));
    site = join(folder, "site");
    await mkdir(site);
    const packed = await makePackage({ root, output: join(folder, "package") });
    await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", packed], {
      cwd: site,
    });
  });
  after(() => rm(folder, { recursive: true }));

  test("has its files, licences and a description, and nothing else", async () => {
    const installed = join(site, "node_modules/fishbowl");
    const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
    const { version } =
      /^version = "(?<version>.*)"$/m.exec(await readFile(join(root, "Cargo.toml"), "utf8"))?.groups ?? {};
    assert.equal(manifest.version, version);
    assert.equal(manifest.license, "MIT OR Apache-2.0");
    assert.equal(manifest.dependencies, undefined);
    for (const name of [
      "LICENSE-MIT",
      "LICENSE-APACHE",
      "fishbowl.d.ts",
      "team.js",
      "team-worker.js",
      "team.d.ts",
    ])
      assert.ok((await readFile(join(installed, name))).length > 0, name);
    const readme = await readFile(join(installed, "README.md"), "utf8");
    assert.match(readme, /import init, \{ Net, digitFromPixels \} from "fishbowl"/);
    assert.doesNotMatch(readme, /\.\/pkg|www\/|make serve/);
    for (const name of ["team.js", "team-worker.js"])
      assert.doesNotMatch(await readFile(join(installed, name), "utf8"), /\.\.\//, name);
  });

  test("trains and reads in Node", async () => {
    await writeFile(
      join(site, "train.mjs"),
      `import { readFile } from "node:fs/promises";
       import init, { Net, network } from "fishbowl";
       await init({ module_or_path: await readFile(new URL(import.meta.resolve("fishbowl/fishbowl_bg.wasm"))) });
       const net = new Net({ ...network("simple"), seed: 1 });
       const [pixels, labels] = [new Float32Array([0, 1, 1, 0]), new Uint8Array([0, 1])];
       const losses = Array.from({ length: 200 }, () => net.stepOn(pixels, labels));
       console.log(JSON.stringify([losses[0], losses.at(-1), [...net.predict(pixels)]]));
       net.free();`,
    );
    const { stdout } = await run(process.execPath, ["train.mjs"], { cwd: site });
    const [first, last, outputs] = JSON.parse(stdout);
    assert.ok(last < first / 2, `${first} → ${last}`);
    assert.ok(outputs.every(Number.isFinite));
  });

  test("is typed", async () => {
    const path = join(site, "typed.ts");
    await writeFile(
      path,
      `import init, { Net, type NetSpec, type Tensor, digitFromPixels } from "fishbowl";
       import { Team } from "fishbowl/team.js";
       export async function work(spec: NetSpec): Promise<Tensor[]> {
         await init();
         const net = new Net(spec);
         const losses: Float32Array = net.train(3);
         const digit: Float32Array | undefined = digitFromPixels(new Uint8ClampedArray(4), 1, 1);
         const team = await Team.open(spec, 2);
         net.setWeights(await team.weights());
         // @ts-expect-error there is no such setting
         new Net({ ...spec, batch: 3 } satisfies NetSpec);
         return losses.length > 0 && digit ? net.weights() : [];
       }`,
    );
    for (const resolution of ["Bundler", "NodeNext"]) {
      const program = ts.createProgram([path], {
        strict: true,
        noEmit: true,
        types: [],
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
        module: resolution === "Bundler" ? ts.ModuleKind.ESNext : ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind[resolution],
      });
      const faults = ts.getPreEmitDiagnostics(program);
      assert.deepEqual(
        faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
        [],
        resolution,
      );
    }
  });
});
