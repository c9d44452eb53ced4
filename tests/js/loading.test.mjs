import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { AnswerError } from "../../www/worker/client.js";
import { LoadError } from "../../www/run/fetch-bytes.js";
import { checkManifest, cover } from "../../www/run/manifest.js";
import { createLoading } from "../../www/run/loading.js";
import { createShards } from "../../www/run/shards.js";

const URL_OF_LIST = "https://page.example/www/data/mnist.json";
const share = (/** @type {number | null} */ count) => ({ set: /** @type {const} */ ("mnist"), count });
const needs = (/** @type {any[]} */ train, /** @type {any[]} */ test = []) => ({ train, test });
const ALL = needs([share(null)], [share(null)]);

/** Files as the tools cut them: six shards to learn from and one to test, 10,000 images each as the list has it. */
function makeFiles() {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  const put = (/** @type {string} */ name) => {
    const bytes = gzipSync(Buffer.from(`what ${name} holds`));
    files.set(new URL(name, URL_OF_LIST).href, bytes);
    return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  const shard = (/** @type {string} */ split, /** @type {number} */ index) => {
    const [images, labels] = ["images", "labels"].map((part) => `${split}-${index}-${part}.gz`);
    const [one, other] = [put(images), put(labels)];
    const sha256 = { images: one.sha256, labels: other.sha256 };
    return { images, labels, count: 10_000, bytes: one.length + other.length, sha256 };
  };
  const list = {
    train: Array.from({ length: 6 }, (_, index) => shard("train", index)),
    test: [shard("test", 0)],
    trainTotal: 60_000,
    testTotal: 10_000,
  };
  files.set(URL_OF_LIST, new TextEncoder().encode(JSON.stringify(list)));
  return { files, list };
}

/** A server of the test's own, which counts what it is asked for. */
function serve({ files = makeFiles().files } = {}) {
  /** @type {string[]} */
  const fetched = [];
  return {
    files,
    fetched,
    async fetchBytes(/** @type {string} */ url, report = (/** @type {number} */ _loaded) => {}) {
      const name = url.split("/").at(-1) ?? "";
      fetched.push(name);
      await Promise.resolve();
      const bytes = files.get(url);
      if (!bytes) throw new LoadError(name, "HTTP 404", { outdated: true });
      report(bytes.length);
      return new Uint8Array(bytes);
    },
  };
}

/** A worker that takes shards. @param {(message: any) => void} [check] throws to refuse */
function makeClient(check = () => {}) {
  /** @type {string[]} */
  const had = [];
  return {
    had,
    async ask(/** @type {any} */ message, transfer = []) {
      check(message);
      // As the browser does with what is handed over.
      const { images, labels } = structuredClone(message, { transfer });
      had.push(new TextDecoder().decode(images).split(" ")[1]);
      assert.match(new TextDecoder().decode(labels), /labels\.gz holds$/);
      assert.match(had.at(-1) ?? "", new RegExp(`^${message.split}-${message.index}-images`));
    },
  };
}

/** @param {any} [how] */
function stage(how = {}) {
  const server = serve(how);
  /** @type {Record<string, number>} */
  const progress = {};
  const shards = createShards({
    manifestUrl: URL_OF_LIST,
    progressed: (url, loaded) => (progress[url.split("/").at(-1) ?? ""] = loaded),
    fetchBytes: server.fetchBytes,
  });
  return { ...server, shards, progress };
}

test("only the shards that hold what is needed are covered", () => {
  const manifest = checkManifest("mnist.json", makeFiles().list, { needsSums: true });
  const names = (/** @type {any[]} */ ...wanted) =>
    cover(manifest, wanted).map(({ split, index }) => `${split} ${index}`);
  assert.deepEqual(names(needs([share(300)])), ["train 0"]);
  assert.deepEqual(names(needs([share(10_000)])), ["train 0"]);
  assert.deepEqual(names(needs([share(10_001)])), ["train 0", "train 1"]);
  assert.deepEqual(names(needs([share(300)]), needs([share(25_000)], [share(1)])), [
    "test 0",
    "train 0",
    "train 1",
    "train 2",
  ]);
  assert.equal(names(ALL).length, 7);
  assert.deepEqual(names(needs([{ set: "iris", count: null }], [{ set: "own", count: 9 }])), []);
  assert.deepEqual(names(), []);
});

test("a list of files that is not one is refused by the name of its part", () => {
  const refusal = (/** @type {(list: any) => any} */ change) => {
    const list = structuredClone(makeFiles().list);
    try {
      checkManifest("mnist.json", change(list) ?? list, { needsSums: true });
    } catch (error) {
      assert.ok(error instanceof LoadError);
      assert.ok(error.value !== "" && error.allowed !== "", error.field);
      return error.field.replace("mnist.json: ", "");
    }
    return null;
  };
  assert.equal(
    refusal(() => []),
    "{}",
  );
  assert.equal(
    refusal(() => "MNIST"),
    "{}",
  );
  assert.equal(
    refusal((list) => void (list.train = {})),
    "train",
  );
  assert.equal(
    refusal((list) => void (list.test = [])),
    "test",
  );
  assert.equal(
    refusal((list) => void (list.train[2] = null)),
    "train[2].images",
  );
  for (const name of ["https://elsewhere.example/x.gz", "../x.gz", "a/b.gz", "", 7, ".htaccess"]) {
    assert.equal(
      refusal((list) => void (list.train[1].images = name)),
      "train[1].images",
      String(name),
    );
  }
  for (const count of [0, -1, 1.5, 1e12, "10000", null, NaN]) {
    assert.equal(
      refusal((list) => void (list.train[0].count = count)),
      "train[0].count",
      String(count),
    );
  }
  assert.equal(
    refusal((list) => void (list.test[0].bytes = 1e12)),
    "test[0].bytes",
  );
  assert.equal(
    refusal((list) => void (list.trainTotal = 50_000)),
    "trainTotal",
  );
  assert.equal(
    refusal((list) => void (list.train[3].sha256.labels = "abc")),
    "train[3].sha256.labels",
  );
  assert.equal(
    refusal((list) => void delete list.train[3].sha256),
    "train[3].sha256.images",
  );
  assert.equal(
    refusal(() => null),
    null,
    "and the right one is taken",
  );
  const bare = makeFiles().list;
  for (const each of [...bare.train, ...bare.test]) Reflect.deleteProperty(each, "sha256");
  assert.equal(checkManifest("mnist.json", bare, { needsSums: false }).train[0].images.sha256, null);
});

test("the list that the tools make passes", async () => {
  const list = JSON.parse(await readFile(new URL("../../www/data/mnist.json", import.meta.url), "utf8"));
  const manifest = checkManifest("mnist.json", list, { needsSums: "sha256" in list.train[0] });
  assert.equal(cover(manifest, [ALL]).length, list.train.length + list.test.length);
});

test("a worker is given what its jobs need, test images first, and nothing twice", async () => {
  const { shards, fetched } = stage();
  const client = makeClient();
  await shards.bring(/** @type {any} */ (client), [needs([share(300)], [share(null)])]);
  assert.deepEqual(client.had, ["test-0-images.gz", "train-0-images.gz"]);
  assert.equal(fetched.length, 5);
  assert.equal(await shards.lacks(/** @type {any} */ (client), [needs([share(9)])]), false);
  assert.equal(await shards.lacks(/** @type {any} */ (client), [ALL]), true);
  await Promise.all([
    shards.bring(/** @type {any} */ (client), [ALL]),
    shards.bring(/** @type {any} */ (client), [ALL]),
  ]);
  assert.equal(client.had.length, 7);
  assert.equal(new Set(client.had).size, 7);
});

test("what several workers want is fetched once, and each gets a copy of its own", async () => {
  const { shards, fetched, progress } = stage();
  const clients = Array.from({ length: 5 }, () => makeClient());
  await Promise.all(clients.map((client) => shards.bring(/** @type {any} */ (client), [ALL])));
  for (const { had } of clients) assert.equal(had.length, 7);
  assert.equal(fetched.length, 15, "the list and fourteen files");
  assert.equal(new Set(fetched).size, 15);
  const late = makeClient();
  await shards.bring(/** @type {any} */ (late), [ALL]);
  assert.equal(late.had.length, 7);
  assert.equal(fetched.length, 15);
  assert.equal(Object.keys(progress).length, 14);
});

test("a file that is another than the list says stops there, and is fetched again when that is asked for", async () => {
  const { shards, files } = stage();
  const client = makeClient();
  const url = new URL("train-1-images.gz", URL_OF_LIST).href;
  const right = /** @type {Uint8Array} */ (files.get(url));
  files.set(url, gzipSync(Buffer.from("what train-0-images.gz holds")));
  await assert.rejects(
    shards.bring(/** @type {any} */ (client), [ALL]),
    (error) =>
      error instanceof LoadError &&
      error.code === "size-mismatch" &&
      error.field === "train-1-images.gz" &&
      error.outdated,
  );
  assert.deepEqual(client.had, ["test-0-images.gz", "train-0-images.gz"]);
  files.set(url, right);
  await shards.bring(/** @type {any} */ (client), [ALL]);
  assert.equal(client.had.length, 7);
  assert.equal(new Set(client.had).size, 7);
});

test("a damaged file is found where sums cannot be checked, and one that the core refuses is not kept", async () => {
  const { files, list } = makeFiles();
  for (const each of [...list.train, ...list.test]) Reflect.deleteProperty(each, "sha256");
  files.set(URL_OF_LIST, new TextEncoder().encode(JSON.stringify(list)));
  const url = new URL("train-0-images.gz", URL_OF_LIST).href;
  const right = /** @type {Uint8Array} */ (files.get(url));
  const broken = new Uint8Array(right);
  broken[broken.length - 6] ^= 1;
  files.set(url, broken);
  const server = serve({ files });
  const shards = createShards({
    manifestUrl: URL_OF_LIST,
    progressed() {},
    fetchBytes: server.fetchBytes,
    needsSums: false,
  });
  const wanted = [needs([share(1)])];
  await assert.rejects(
    shards.bring(/** @type {any} */ (makeClient()), wanted),
    (error) => error instanceof LoadError && error.code === "compression",
  );
  files.set(url, right);
  let refuses = true;
  const client = makeClient(() => {
    if (refuses) throw new AnswerError(/** @type {any} */ ({ code: "truncated", message: "" }), false);
  });
  await assert.rejects(shards.bring(/** @type {any} */ (client), wanted), AnswerError);
  refuses = false;
  await shards.bring(/** @type {any} */ (client), wanted);
  assert.equal(server.fetched.filter((name) => name === "train-0-images.gz").length, 3);
});

/** @param {ReturnType<typeof stage>} parts */
function loadingOf({ fetchBytes }) {
  /** @type {any[]} */
  const events = [];
  /** @type {any[]} */
  const notices = [];
  const loading = createLoading({
    store: /** @type {any} */ ({ dispatch: (/** @type {any} */ event) => events.push(event) }),
    manifestUrl: URL_OF_LIST,
    raise: (kind, code, more) => notices.push({ code, ...more }),
    makeShards: (options) => createShards({ ...options, fetchBytes }),
  });
  return { loading, events, notices };
}

test("progress is that of all workers' needs, each file counted once", async () => {
  const parts = stage();
  const { loading, events, notices } = loadingOf(parts);
  const wants = [needs([share(300)]), needs([share(15_000)])].map((each) => ({
    client: /** @type {any} */ (makeClient()),
    needs: [each],
  }));
  assert.equal(await loading.load(wants), true);
  const { list } = makeFiles();
  const planned = events.filter(({ type }) => type === "loading-planned");
  assert.deepEqual(
    planned.map(({ total }) => total),
    [list.train[0].bytes + list.train[1].bytes],
  );
  const loaded = new Map(
    events.filter(({ type }) => type === "loading-progressed").map((each) => [each.url, each.loaded]),
  );
  assert.equal(
    [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0),
    planned[0].total,
  );
  assert.equal(events.at(-1).type, "loading-ended");
  assert.deepEqual(notices, []);

  events.length = 0;
  assert.equal(await loading.load(wants), true);
  assert.deepEqual(events, [], "nothing is missing");
  const late = { client: /** @type {any} */ (makeClient()), needs: [needs([share(300)])] };
  await loading.load([late]);
  assert.ok(!events.some(({ type }) => type === "loading-planned"), "it is all here");
});

test("what is no longer on the server asks for a new page, what fails otherwise for another try", async () => {
  const parts = stage();
  const { loading, notices } = loadingOf(parts);
  const wants = [{ client: /** @type {any} */ (makeClient()), needs: [ALL] }];
  const list = /** @type {Uint8Array} */ (parts.files.get(URL_OF_LIST));
  parts.files.delete(URL_OF_LIST);
  assert.equal(await loading.load(wants), false);
  assert.equal(notices[0].code, "page-outdated");
  assert.deepEqual(notices[0].actions, ["reload", "load-again"]);
  assert.equal(notices[0].problems[0].field, "mnist.json");

  parts.files.set(URL_OF_LIST, new TextEncoder().encode("[]"));
  await loading.load(wants);
  assert.equal(notices[1].code, "data-failed");
  assert.deepEqual(notices[1].actions, ["load-again"]);
  assert.match(notices[1].problems[0].field, /^mnist\.json: /);

  parts.files.set(URL_OF_LIST, list);
  assert.equal(await loading.load(wants), true);
  assert.equal(wants[0].client.had.length, 7);
});

test("a worker that is lost while it is given its data is no fault of the data", async () => {
  const { loading, notices } = loadingOf(stage());
  const client = makeClient(() => {
    throw new AnswerError(/** @type {any} */ ({ code: "worker-lost", message: "" }), true);
  });
  const other = makeClient();
  const wants = [client, other].map((each) => ({ client: /** @type {any} */ (each), needs: [ALL] }));
  assert.equal(await loading.load(wants), false);
  assert.deepEqual(notices, []);
  assert.equal(other.had.length, 7);
});
