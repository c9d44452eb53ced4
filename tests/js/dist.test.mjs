import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { makeDist } from "../../tools/dist.mjs";

const page = `<title>Fishbowl</title>
    <link rel="stylesheet" href="./www/style/page.css" />
    <link rel="stylesheet" href="./www/style/more.css" />
    <link rel="preload" href="./www/pkg/core_bg.wasm" as="fetch" />
    <link rel="modulepreload" href="./www/other.js" />
    <script type="module" src="./www/main.js"></script>`;

describe("dist", () => {
  let root, output;

  const put = async (path, content = path) => {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), content);
  };
  const built = async () => (await readdir(join(output, "built"))).sort();
  const read = (path) => readFile(join(output, path), "utf8");
  /** @returns {Promise<string>} the one file with such a name */
  const named = async (pattern) => {
    const found = (await built()).filter((name) => pattern.test(name));
    assert.equal(found.length, 1, `${pattern}: ${found}`);
    return found[0];
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fishbowl-dist-"));
    output = join(root, "dist");
    await put("index.html", page);
    await put(
      "www/main.js",
      `import { other } from "./other.js";
       other(new URL("./pkg/core_bg.wasm", import.meta.url), new URL("./data/mnist.json", import.meta.url));
       new Worker(new URL("./worker/worker.js", import.meta.url), { type: "module" });
       import("./later.js");`,
    );
    await put("www/other.js", "export const other = (...all) => console.log(all);");
    await put(
      "www/later.js",
      'console.log("later", new URL("./weights/deep-convnet.safetensors", import.meta.url));',
    );
    await put("www/worker/worker.js", 'import { other } from "../other.js"; other("worker");');
    await put("www/style/page.css", "body { margin: 0 }");
    await put("www/style/more.css", "p { margin: 0 }");
    await put("www/pkg/core_bg.wasm");
    await put("www/pkg/labs_bg.wasm");
    await put("www/weights/deep-convnet.safetensors");
    const shard = (split) => ({ images: `${split}-images.gz`, labels: `${split}-labels.gz`, count: 1 });
    await put("www/data/mnist.json", JSON.stringify({ train: [shard("train")], test: [shard("test")] }));
    for (const name of ["train-images", "train-labels", "test-images", "test-labels"])
      await put(`www/data/${name}.gz`);
    await put("www/unused.js");
    await put("www/offline/service-worker.js", "console.log(globalThis.OWN_VERSION);");
  });

  afterEach(() => rm(root, { recursive: true }));

  test("bundles scripts and styles, names all files after their content, and lists those that come first", async () => {
    const { start, all } = await makeDist({ root, output });
    const html = await read("index.html");
    const [main, style] = [await named(/^main-.*js$/), await named(/^style-.*css$/)];
    assert.match(html, new RegExp(`<script type="module" src="./built/${main}">`));
    assert.match(html, new RegExp(`<link rel="stylesheet" href="./built/${style}" />`));
    assert.equal(html.match(/stylesheet/g)?.length, 1);
    assert.doesNotMatch(html, /www\//);
    assert.match(await read(`built/${style}`), /^body\{margin:0\}p\{margin:0\}/);

    const wasm = await named(/^core_bg-.*wasm$/);
    const hash = createHash("sha256").update("www/pkg/core_bg.wasm").digest("hex").slice(0, 8);
    assert.equal(wasm, `core_bg-${hash}.wasm`);
    assert.match(html, new RegExp(`href="./built/${wasm}"`));
    assert.deepEqual(new Set(start), new Set([main, style, wasm]));

    const script = await read(`built/${main}`);
    for (const name of [wasm, await named(/^mnist-.*json$/), await named(/^worker-.*js$/)])
      assert.ok(script.includes(`"./${name}"`), name);
    const later = await named(/^later-.*js$/);
    assert.ok(script.includes(later));
    assert.ok((await read(`built/${later}`)).includes(await named(/^deep-convnet-.*safetensors$/)));

    const list = JSON.parse(await read(`built/${await named(/^mnist-.*json$/)}`));
    assert.equal(list.train[0].images, await named(/^train-images-.*gz$/));
    assert.deepEqual(
      (await built()).filter((name) => !name.endsWith(".map")),
      all,
    );
    for (const name of all.filter((each) => /\.(js|css)$/.test(each))) {
      assert.match(await read(`built/${name}`), new RegExp(`sourceMappingURL=${name}.map`));
      assert.ok(JSON.parse(await read(`built/${name}.map`)).sources.length > 0);
    }
    assert.match(await read("_headers"), /\n\/built\/\*\n/);
  });

  test("lists for the service worker what a visit without a network needs, and what it has if it was fetched", async () => {
    const { all } = await makeDist({ root, output });
    const worker = await read("sw.js");
    const [, version] = /version:"(\w{12})"/.exec(worker) ?? [];
    assert.ok((await read("index.html")).includes(`<meta name="version" content="${version}" />`));
    const list = (/** @type {string} */ name) =>
      [...(new RegExp(`${name}:\\[([^\\]]*)`).exec(worker)?.[1] ?? "").matchAll(/built\/([^"]+)/g)].map(
        ([, file]) => file,
      );
    const isData = (/** @type {string} */ name) => /^(train|test)-/.test(name);
    assert.deepEqual(
      list("files"),
      all.filter((name) => !isData(name)),
    );
    assert.deepEqual(list("data"), all.filter(isData));
    await put("www/other.js", "export const other = () => 'another page';");
    await makeDist({ root, output });
    assert.ok(!(await read("sw.js")).includes(String(version)), "another content is another version");
  });

  test("gives a file a new name when its content changes, and what names it too; the others keep theirs", async () => {
    const before = (await makeDist({ root, output })).all;
    assert.deepEqual((await makeDist({ root, output })).all, before);
    await put("www/data/test-labels.gz", "changed");
    const { all } = await makeDist({ root, output });
    const changed = all.filter((name) => !before.includes(name)).map((name) => name.replace(/-[^-]*$/, ""));
    assert.deepEqual(changed.sort(), ["main", "mnist", "test-labels"]);
    assert.equal(all.length, before.length, "the old ones are gone");
  });

  for (const path of [
    "www/pkg/labs_bg.wasm",
    "www/pkg/core_bg.wasm",
    "www/data/mnist.json",
    "www/weights/deep-convnet.safetensors",
  ]) {
    test(`refuses to run without ${path} and leaves the old folder`, async () => {
      const { all } = await makeDist({ root, output });
      await rm(join(root, path));
      await assert.rejects(makeDist({ root, output }), new RegExp(`^Error: ${path} is missing: make `));
      assert.ok((await built()).includes(all[0]));
    });
  }

  test("refuses a page that names its files in another way, and leaves the old folder", async () => {
    const { all } = await makeDist({ root, output });
    await put("index.html", page.replace("./www/main.js", "/www/main.js"));
    await assert.rejects(makeDist({ root, output }), /index\.html must name its files/);
    assert.ok((await built()).includes(all[0]));
    assert.deepEqual(
      (await readdir(root)).filter((name) => name.endsWith(".partial")),
      [],
    );
  });
});
