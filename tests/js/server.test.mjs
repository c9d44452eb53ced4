import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { contentSecurityPolicy, headersFile, securityHeaders } from "../../tools/headers.mjs";
import { serve } from "../../tools/serve.mjs";

const shard = gzipSync("an IDX file");
const script = "export const text = 'a script';\n".repeat(20);
const files = {
  "index.html": "<!doctype html><title>Fishbowl</title>",
  "package.json": "{}",
  "www/main.js": script,
  "www/style/page.css": "body {}",
  "www/pkg/fishbowl_bg.wasm": "\0asm",
  "www/data/train-0-images.gz": shard,
  "www/weights/digits.safetensors": "weights",
  "www/.secret": "secret",
  "www/.hidden/file.js": "secret",
  "built/main-0123.js": script,
  "www-other/main.js": "secret",
  "outside/secret.txt": "secret",
};

describe("the local server", () => {
  let root, server;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "fishbowl-server-"));
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(root, path, ".."), { recursive: true });
      await writeFile(join(root, path), content);
    }
    await symlink("../outside/secret.txt", join(root, "www", "link.txt"));
    server = await serve({ root, port: 0 });
  });

  after(async () => {
    await server.close();
    await rm(root, { recursive: true });
  });

  // Not fetch: it would tidy the path and unpack the body.
  const ask = (path, { method = "GET", headers = {} } = {}) =>
    new Promise((done, failed) => {
      const { hostname, port } = new URL(server.url);
      request({ hostname, port, path, method, headers, agent: false }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () =>
          done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      })
        .on("error", failed)
        .end();
    });

  test("serves the page under / and /index.html, with a query as well", async () => {
    for (const path of ["/", "/index.html", "/?from=a-link"]) {
      const { status, headers, body } = await ask(path);
      assert.equal(status, 200);
      assert.equal(headers["content-type"], "text/html; charset=utf-8");
      assert.equal(body.toString(), files["index.html"]);
    }
  });

  test("names the type of each kind of file", async () => {
    const types = {
      "/www/main.js": "text/javascript; charset=utf-8",
      "/www/style/page.css": "text/css; charset=utf-8",
      "/www/pkg/fishbowl_bg.wasm": "application/wasm",
      "/www/data/train-0-images.gz": "application/gzip",
      "/www/weights/digits.safetensors": "application/octet-stream",
    };
    for (const [path, type] of Object.entries(types)) {
      assert.equal((await ask(path)).headers["content-type"], type, path);
    }
  });

  test("refuses everything that is not the page's", async () => {
    const paths = [
      "/package.json",
      "/outside/secret.txt",
      "/www",
      "/www/",
      "/www/style",
      "/www//main.js",
      "/www/missing.js",
      "/www/.secret",
      "/www/%2esecret",
      "/www/.hidden/file.js",
      "/www/../package.json",
      "/www/%2e%2e/package.json",
      "/www/..%2fpackage.json",
      "/www/..%5cpackage.json",
      "/../package.json",
      "//package.json",
      "/www/main.js%00",
      "/www/%E0%A4%A",
      "/www/link.txt",
      "/www-other/main.js",
      "http://localhost/package.json",
    ];
    for (const path of paths) {
      const { status, headers, body } = await ask(path);
      assert.equal(status, 404, path);
      assert.equal(headers["content-type"], "text/plain; charset=utf-8", path);
      assert.doesNotMatch(body.toString(), /secret/, path);
    }
  });

  test("sends the security headers with every answer", async () => {
    for (const path of ["/", "/www/main.js", "/missing"]) {
      const { headers } = await ask(path);
      for (const [name, value] of Object.entries(securityHeaders)) {
        assert.equal(headers[name.toLowerCase()], value, `${path}: ${name}`);
      }
    }
    assert.match(contentSecurityPolicy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
    assert.doesNotMatch(contentSecurityPolicy, /unsafe-inline|'unsafe-eval'|https?:/);
  });

  test("packs text and wasm when the browser takes gzip, and never a shard", async () => {
    const headers = { "accept-encoding": "gzip, deflate, br" };
    const packed = await ask("/www/main.js", { headers });
    assert.equal(packed.headers["content-encoding"], "gzip");
    assert.equal(packed.headers["vary"], "Accept-Encoding");
    assert.equal(gunzipSync(packed.body).toString(), script);
    assert.equal(Number(packed.headers["content-length"]), packed.body.length);
    assert.equal((await ask("/www/pkg/fishbowl_bg.wasm", { headers })).headers["content-encoding"], "gzip");

    const data = await ask("/www/data/train-0-images.gz", { headers });
    assert.equal(data.headers["content-encoding"], undefined);
    assert.deepEqual(data.body, shard);

    for (const refused of ["identity", "gzip;q=0", "gzip;q=0.0, br"]) {
      const plain = await ask("/www/main.js", { headers: { "accept-encoding": refused } });
      assert.equal(plain.headers["content-encoding"], undefined, refused);
      assert.equal(plain.body.toString(), script);
    }
  });

  test("answers 304 to a browser that has the file, and the new file once it changed", async () => {
    const first = await ask("/www/style/page.css");
    assert.equal(first.headers["cache-control"], "no-cache");
    const headers = { "if-none-match": first.headers["etag"] };
    const second = await ask("/www/style/page.css", { headers });
    assert.equal(second.status, 304);
    assert.equal(second.body.length, 0);
    assert.equal(second.headers["etag"], first.headers["etag"]);
    assert.equal(
      (await ask("/www/style/page.css", { headers: { ...headers, "accept-encoding": "gzip" } })).status,
      200,
    );

    await writeFile(join(root, "www/style/page.css"), "body { margin: 0 }");
    const third = await ask("/www/style/page.css", { headers });
    assert.equal(third.status, 200);
    assert.equal(third.body.toString(), "body { margin: 0 }");
  });

  test("lets files that are named after their content be kept for ever", async () => {
    const { headers } = await ask("/built/main-0123.js");
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
  });

  test("answers HEAD without a body and refuses other methods", async () => {
    const head = await ask("/www/main.js", { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(Number(head.headers["content-length"]), Buffer.byteLength(script));
    assert.equal(head.body.length, 0);
    const post = await ask("/www/main.js", { method: "POST" });
    assert.equal(post.status, 405);
    assert.equal(post.headers["allow"], "GET, HEAD");
  });

  /**
   * Runs the tool until it ends or has said where the page is.
   * @returns {Promise<{ code: number | null, message: string }>}
   */
  const run = (args, environment = {}) =>
    new Promise((done) => {
      const tool = fileURLToPath(new URL("../../tools/serve.mjs", import.meta.url));
      const { HOST, PORT, FISHBOWL_HOST, ...others } = process.env;
      const env = { ...others, ...environment };
      const child = spawn(process.execPath, [tool, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
      let message = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (message += chunk));
      child.stdout.once("data", () => child.kill());
      child.on("close", (code) => done({ code, message }));
    });

  test("is heard by this machine alone unless it is told an address", async () => {
    const local = /^Fishbowl is at http:\/\/localhost:\d+ /;
    const anywhere = /^Fishbowl is at http:\/\/0\.0\.0\.0:\d+ /;
    const start = async (args, environment) =>
      (await run(["0", "--dir", root, ...args], environment)).message;
    assert.match(await start([]), local);
    // An empty address is none: to the system it would be every address there is.
    assert.match(await start([], { FISHBOWL_HOST: "" }), local);
    assert.match(await start(["--host", ""]), local);
    // Shells and package managers write other things into HOST.
    assert.match(await start([], { HOST: "x86_64-conda-linux-gnu" }), local);
    assert.match(await start([], { HOST: "" }), local);
    assert.match(await start([], { FISHBOWL_HOST: "0.0.0.0" }), anywhere);
    assert.match(await start(["--host", "0.0.0.0"], { FISHBOWL_HOST: "127.0.0.1" }), anywhere);
    for (const host of [undefined, "", "127.0.0.1"]) {
      const other = await serve({ root, host });
      try {
        assert.match(other.url, /^http:\/\/localhost:/);
        // The addresses by which other machines know this one are not answered.
        const { port } = new URL(other.url);
        const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
        for (const { address } of addresses.filter(
          ({ internal, family }) => !internal && family === "IPv4",
        )) {
          const answer = new Promise((done, failed) => {
            request({ host: address, port }, done).on("error", failed).end();
          });
          await assert.rejects(answer, { code: "ECONNREFUSED" });
        }
      } finally {
        await other.close();
      }
    }
  });

  test("says so when the address is none of this machine", async () => {
    for (const host of ["x86_64-conda-linux-gnu", "256.1.1.1", "192.0.2.1"]) {
      const { code, message } = await run(["0", "--dir", root, "--host", host]);
      assert.equal(code, 1, host);
      assert.match(message, new RegExp(`^serve: "${host}" is no address of this machine; leave it out`));
    }
  });

  test("says so when the port is in use or is none", async () => {
    const { port } = new URL(server.url);
    const busy = await run([port, "--dir", root]);
    assert.equal(busy.code, 1);
    assert.match(busy.message, new RegExp(`^serve: port ${port} is in use`));
    const absurd = await run(["70000", "--dir", root]);
    assert.equal(absurd.code, 1);
    assert.match(absurd.message, /^serve: the port is "70000"/);
  });
});

test("a static host gets the same headers, Cache-Control by one rule for each path", () => {
  const text = headersFile();
  const everywhere = text.slice(0, text.indexOf("\n/\n"));
  for (const [name, value] of Object.entries(securityHeaders))
    assert.ok(everywhere.includes(`  ${name}: ${value}`));
  assert.doesNotMatch(everywhere, /Cache-Control/);
  assert.match(text, /\n\/built\/\*\n {2}Cache-Control: public, max-age=31536000, immutable\n/);
});

test("other pages may frame this one: embed is made for them", () => {
  const names = Object.keys(securityHeaders).map((name) => name.toLowerCase());
  assert.ok(!names.includes("x-frame-options"));
  assert.doesNotMatch(contentSecurityPolicy, /frame-ancestors/);
});
