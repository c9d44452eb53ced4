// Makes the few files that a browser loads out of the many in www/: scripts and styles bundled and minified, with their
// source maps, and every file named after its content. They all lie in one folder and name each other relative to it.

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { build } from "esbuild";

/** The list of MNIST's files, which names them. */
const MANIFEST = "www/data/mnist.json";
/** How scripts name other files: the only form that is found, and that works unbundled too. */
const REFERENCE = /new URL\((["'])([^"'`$]+)\1, import\.meta\.url\)/g;

/** @typedef {{ name: string, imports: string[] }} Script a bundle, and what it loads at once besides itself */

/**
 * @param {object} options
 * @param {string} options.root where index.html and www/ are
 * @param {string} options.output the folder for the files, which is made
 * @returns {Promise<{ html: string, start: string[], all: string[] }>} index.html with the new names, as lying beside
 *   `output`; the files that it loads by itself, and all of them but source maps
 */
export async function bundle({ root, output }) {
  await mkdir(output, { recursive: true });
  /** By path below the root. @type {Map<string, Promise<Script>>} */
  const placed = new Map();
  /** @type {Set<string>} */
  const all = new Set();

  /** @param {string} path @returns {Promise<Script>} */
  function place(path) {
    const known = placed.get(path) ?? make(path);
    placed.set(path, known);
    return known;
  }

  /** @param {string} path @returns {Promise<Script>} */
  async function make(path) {
    if (path.endsWith(".js")) return script(path);
    if (path !== MANIFEST) return { name: await copy(path), imports: [] };
    const list = JSON.parse(await readFile(join(root, path), "utf8"));
    for (const shard of [...list.train, ...list.test])
      for (const part of ["images", "labels"]) shard[part] = await copy(`${dirname(path)}/${shard[part]}`);
    const text = JSON.stringify(list);
    const name = hashed(path, text);
    await writeFile(join(output, name), text);
    all.add(name);
    return { name, imports: [] };
  }

  /** @param {string} path */
  async function copy(path) {
    const name = hashed(path, await readFile(join(root, path)));
    await copyFile(join(root, path), join(output, name));
    all.add(name);
    return name;
  }

  /** @param {string} path @returns {Promise<Script>} */
  async function script(path) {
    const { metafile } = await build({ ...common, entryPoints: [join(root, path)], splitting: true });
    const made = Object.entries(metafile.outputs);
    for (const [file] of made) if (!file.endsWith(".map")) all.add(basename(file));
    const entry = made.find(
      ([, { entryPoint }]) => entryPoint && join(root, path).endsWith(basename(entryPoint)),
    );
    if (!entry) throw new Error(`${path} gave no script`);
    const [file, { imports }] = entry;
    const atOnce = imports.filter(({ kind, external }) => kind === "import-statement" && !external);
    return { name: basename(file), imports: atOnce.map((each) => basename(each.path)) };
  }

  /** @type {import("esbuild").Plugin} */
  const references = {
    name: "references",
    setup(builder) {
      builder.onLoad({ filter: /\.js$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const found = [...text.matchAll(REFERENCE)];
        const names = await Promise.all(
          found.map(([, , to]) => place(relative(root, join(dirname(path), to)).replaceAll("\\", "/"))),
        );
        let at = 0;
        const contents = text.replaceAll(
          REFERENCE,
          () => `new URL("./${names[at++].name}", import.meta.url)`,
        );
        return { contents, loader: "js" };
      });
    },
  };
  /** @satisfies {import("esbuild").BuildOptions} */
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: /** @type {const} */ ("esm"),
    target: "es2022",
    sourcemap: /** @type {const} */ ("linked"),
    metafile: /** @type {const} */ (true),
    outdir: output,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    logLevel: /** @type {const} */ ("warning"),
    plugins: [references],
  };

  const source = await readFile(join(root, "index.html"), "utf8");
  const sheets = [...source.matchAll(/<link rel="stylesheet" href="(\.\/www\/[^"]+)" \/>\s*/g)];
  const stdin = {
    contents: sheets.map(([, path]) => `@import "${path}";`).join("\n"),
    resolveDir: root,
    loader: /** @type {const} */ ("css"),
  };
  const styles = await build({ ...common, stdin, entryNames: "style-[hash]" });
  const style = Object.keys(styles.metafile.outputs).find((file) => file.endsWith(".css"));
  if (!style) throw new Error("index.html names no style sheet");
  all.add(basename(style));

  const start = [basename(style)];
  const folder = basename(output);
  let html = source.replace(
    sheets[0][0],
    `<link rel="stylesheet" href="./${folder}/${basename(style)}" />\n    `,
  );
  for (const [link] of sheets.slice(1)) html = html.replace(link, "");
  html = html.replaceAll(/<link rel="modulepreload" href="[^"]+" \/>\s*/g, "");
  for (const [named, attribute, path] of source.matchAll(/((?:href|src)=)"\.\/(www\/[^"]+)"/g)) {
    if (!html.includes(named)) continue;
    const { name, imports } = await place(path);
    start.push(name, ...imports);
    html = html.replace(named, `${attribute}"./${folder}/${name}"`);
    // What a script imports would be known only once that is there.
    const preloads = imports.map((each) => `<link rel="modulepreload" href="./${folder}/${each}" />\n    `);
    html = html.replace('<script type="module"', `${preloads.join("")}<script type="module"`);
  }
  if (/["'](\.\/|\/)?www\//.test(html))
    throw new Error('index.html must name its files as "./www/…", each in double quotes');
  return { html, start, all: [...all].sort() };
}

/**
 * @param {string} path
 * @param {string | Buffer} content
 */
function hashed(path, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const extension = extname(path);
  return `${basename(path, extension)}-${hash}${extension}`;
}
