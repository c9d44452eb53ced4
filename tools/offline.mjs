// Makes the service worker of a built page: the source with the list of what belongs to this version.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { build } from "esbuild";
import { builtFolder } from "./headers.mjs";

/** MNIST is kept once it was fetched: a visitor who does not train need not have it. */
const DATA = /^(train|test)-/;

/**
 * @param {object} options
 * @param {string} options.root
 * @param {string} options.html index.html as it was built
 * @param {string[]} options.all the files in built/
 * @returns {Promise<{ html: string, script: string }>} index.html that knows its version, and sw.js
 */
export async function offline({ root, html, all }) {
  const version = createHash("sha256").update(html).digest("hex").slice(0, 12);
  const paths = (/** @type {boolean} */ isData) =>
    all.filter((name) => DATA.test(name) === isData).map((name) => `${builtFolder}/${name}`);
  const own = { version, files: paths(false), data: paths(true) };
  const { outputFiles } = await build({
    entryPoints: [join(root, "www/offline/service-worker.js")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    define: { "globalThis.OWN_VERSION": JSON.stringify(own) },
  });
  const meta = `<meta name="version" content="${version}" />`;
  return { html: html.replace("</title>", `</title>\n    ${meta}`), script: outputFiles[0].text };
}
