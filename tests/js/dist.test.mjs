import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { hashedFolder } from "../../tools/headers.mjs";
import { makeDist } from "../../tools/dist.mjs";

describe("dist", () => {
  let root, output;

  const put = async (path, content = path) => {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), content);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fishbowl-dist-"));
    output = join(root, "dist");
    await put(
      "index.html",
      '<link href="./www/style/page.css"><script type="module" src="./www/main.js"></script>',
    );
    for (const path of [
      "main.js",
      "style/page.css",
      "pkg/fishbowl.js",
      "pkg/fishbowl_bg.wasm",
      "pkg/fishbowl.d.ts",
    ]) {
      await put(`www/${path}`);
    }
    for (const path of ["data/mnist.json", "weights/digits.safetensors", ".hidden"]) await put(`www/${path}`);
  });

  afterEach(() => rm(root, { recursive: true }));

  test("puts the page's files into a folder named after their content", async () => {
    const folder = await makeDist({ root, output });
    assert.match(folder, hashedFolder);
    assert.deepEqual((await readdir(output)).sort(), ["_headers", "index.html", folder].sort());
    assert.deepEqual((await readdir(join(output, folder, "pkg"))).sort(), [
      "fishbowl.js",
      "fishbowl_bg.wasm",
    ]);
    await assert.rejects(readFile(join(output, folder, ".hidden")), /ENOENT/);
    assert.equal(
      await readFile(join(output, "index.html"), "utf8"),
      `<link href="./${folder}/style/page.css"><script type="module" src="./${folder}/main.js"></script>`,
    );
    assert.ok((await readFile(join(output, "_headers"), "utf8")).includes(`/${folder}/*`));

    assert.equal(await makeDist({ root, output }), folder, "the same files, the same name");
    await put("www/main.js", "changed");
    const next = await makeDist({ root, output });
    assert.notEqual(next, folder);
    assert.deepEqual((await readdir(output)).sort(), ["_headers", "index.html", next].sort());
  });

  for (const path of ["www/pkg/fishbowl_bg.wasm", "www/data/mnist.json", "www/weights/digits.safetensors"]) {
    test(`refuses to run without ${path} and leaves the old folder`, async () => {
      const folder = await makeDist({ root, output });
      await rm(join(root, path));
      await assert.rejects(makeDist({ root, output }), new RegExp(`^Error: ${path} is missing: make `));
      assert.ok((await readdir(output)).includes(folder));
    });
  }

  test("refuses references that the new folder name would break", async () => {
    await put("www/main.js", 'fetch("/www/data/mnist.json")');
    await assert.rejects(makeDist({ root, output }), /www\/main\.js names a file by way of "www\/"/);
    await put("www/main.js", "");
    await put("index.html", '<script type="module" src="/www/main.js"></script>');
    await assert.rejects(makeDist({ root, output }), /index\.html must name its files/);
  });
});
