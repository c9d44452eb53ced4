// Answers for the page's files when there is no network. tools/offline.mjs fills in what belongs to this version.
//
// Files are named after their content, so one store holds those of several versions: a page that is still open finds the
// files it began with, also after a new version has come to the server. index.html is asked for at each visit; without an
// answer the last one whose files are all here is shown.

/**
 * @typedef {object} Version
 * @property {string} version
 * @property {string[]} files what is kept as soon as this worker comes, relative to it
 * @property {string[]} data what is kept once it was fetched
 */

/** @type {Version} */
// @ts-expect-error: written there by the build
const OWN = globalThis.OWN_VERSION;
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const STORE = "fishbowl";
/** How many versions' files are kept, this one's among them. */
const VERSIONS = 3;
/** Milliseconds that index.html may take before the kept one is shown. */
const PATIENCE = 3000;
/** Below this path of the store lie the lists of files of versions; no file of the page is there. */
const LISTS = "kept-versions/";

/** @param {string} path relative to the page */
const at = (path) => new URL(path, worker.registration.scope).href;
const built = at("built/");

worker.addEventListener("install", (event) => event.waitUntil(keepOwn()));
worker.addEventListener("activate", (event) => event.waitUntil(take()));
worker.addEventListener("message", ({ data, ports, source }) => {
  if (source && data === "version") ports[0]?.postMessage(OWN.version);
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && new URL(request.url).pathname === new URL(at("")).pathname)
    event.respondWith(openPage(request));
  else if (request.url.startsWith(built)) event.respondWith(file(request));
});

/** All files of this version, or none of it: what is there already is not fetched again. */
async function keepOwn() {
  const store = await caches.open(STORE);
  const missing = [];
  for (const path of OWN.files) if (!(await store.match(at(path)))) missing.push(at(path));
  await store.addAll(missing);
  const page = await fetch(at(""), { cache: "no-cache" });
  // Between two deployments this may be the page of another version, whose files are not here.
  if (!page.ok || !(await page.clone().text()).includes(`"${OWN.version}"`))
    throw new Error("another version");
  await store.put(at(LISTS + OWN.version), new Response(JSON.stringify(OWN)));
  await store.put(at(""), page);
  await worker.skipWaiting();
}

async function take() {
  await worker.clients.claim();
  await forgetOld();
}

/** Forgets what belongs to none of the last versions. Data were fetched by other versions too, and are kept. */
async function forgetOld() {
  const store = await caches.open(STORE);
  const keys = (await store.keys()).map(({ url }) => url);
  // In the order in which they were put there.
  const lists = keys.filter((url) => url.startsWith(at(LISTS)));
  for (const url of lists.slice(0, -VERSIONS)) await store.delete(url);
  const wanted = new Set([at(""), ...lists.slice(-VERSIONS)]);
  for (const url of lists.slice(-VERSIONS)) {
    const { files, data } = await (await store.match(url))?.json();
    for (const path of [...files, ...data]) wanted.add(at(path));
  }
  for (const url of keys) if (!wanted.has(url)) await store.delete(url);
}

/** @param {Request} request */
async function openPage(request) {
  const kept = (await caches.open(STORE)).match(at(""));
  const fresh = fetch(request);
  fresh.catch(() => {}); // it may fail after the kept page was shown
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const first = await Promise.race([fresh, late.then(() => kept)]);
    return first ?? (await fresh);
  } catch (error) {
    const page = await kept;
    if (page) return page;
    throw error;
  }
}

/** @param {Request} request of a file that is named after its content */
async function file(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  // A full disk is no reason to fail.
  if (answer.status === 200) store.put(request.url, answer.clone()).catch(() => {});
  return answer;
}
