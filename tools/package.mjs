// Makes the npm package of the core for pages of one's own: package/, and the packed file in it.
// usage: node tools/package.mjs

import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";

/** The chapter of README.md that is the package's own. */
const CHAPTER = "## Use the core in a page of your own";
/** What the page's folders are called from a script of theirs, all of which lie together in the package. */
const FOLDER = /\.\.\/pkg\/(?=fishbowl)/g;

/**
 * Makes the package from www/pkg and www/worker.
 * @param {{ root: string, output: string }} folders
 * @returns {Promise<string>} the packed file
 */
export async function makePackage({ root, output }) {
  const partial = `${output}.partial`;
  await rm(partial, { recursive: true, force: true });
  try {
    await mkdir(partial, { recursive: true });
    for (const name of ["fishbowl.js", "fishbowl.d.ts", "fishbowl_bg.wasm", "fishbowl_bg.wasm.d.ts"])
      await copyFile(join(root, "www/pkg", name), join(partial, name));
    for (const name of ["LICENSE-MIT", "LICENSE-APACHE"])
      await copyFile(join(root, name), join(partial, name));
    for (const name of ["team", "team-worker"]) await bundleScript(root, name, partial);
    await writeFile(join(partial, "team.d.ts"), teamTypes(root));
    const cargo = await readFile(join(root, "Cargo.toml"), "utf8");
    const version = /^version = "(.*)"$/m.exec(cargo)?.[1] ?? "";
    await writeFile(join(partial, "package.json"), `${JSON.stringify(manifest(version), null, 2)}\n`);
    await writeFile(join(partial, "README.md"), readme(await readFile(join(root, "README.md"), "utf8")));
    const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts"], {
      cwd: partial,
      encoding: "utf8",
    });
    await rm(output, { recursive: true, force: true });
    await rename(partial, output);
    return join(output, JSON.parse(packed)[0].filename);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** @param {string} version */
function manifest(version) {
  return {
    name: "fishbowl",
    version,
    description:
      "Neural networks that train and read in a page, a worker or Node: Rust as WebAssembly with SIMD",
    license: "MIT OR Apache-2.0",
    type: "module",
    exports: {
      ".": { types: "./fishbowl.d.ts", default: "./fishbowl.js" },
      "./team.js": { types: "./team.d.ts", default: "./team.js" },
      "./fishbowl_bg.wasm": "./fishbowl_bg.wasm",
      "./package.json": "./package.json",
    },
    types: "./fishbowl.d.ts",
    files: ["*.js", "*.d.ts", "*.wasm", "LICENSE-*"],
  };
}

/** @param {string} text of README.md */
function readme(text) {
  const start = text.indexOf(CHAPTER);
  if (start < 0) throw new Error(`README.md has no chapter "${CHAPTER}"`);
  const chapter = text.slice(start + CHAPTER.length, text.indexOf("\n## ", start + 1));
  const own = chapter
    .replace(/^[\s\S]*?(?=```js)/, "\n\n")
    .replaceAll('"./pkg/fishbowl.js"', '"fishbowl"')
    .replaceAll('"./worker/team.js"', '"fishbowl/team.js"');
  return `# fishbowl\n\nNeural networks that train and read in a page, a worker or Node.${own.trimEnd()}\n`;
}

/**
 * @param {string} root
 * @param {string} name of a script in www/worker
 * @param {string} output
 */
async function bundleScript(root, name, output) {
  const { outputFiles } = await build({
    entryPoints: [join(root, "www/worker", `${name}.js`)],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    external: ["../pkg/fishbowl.js"],
  });
  await writeFile(join(output, `${name}.js`), outputFiles[0].text.replaceAll(FOLDER, "./"));
}

/** @param {string} root */
function teamTypes(root) {
  const path = join(root, "www/worker/team.js");
  const options = { allowJs: true, declaration: true, emitDeclarationOnly: true, skipLibCheck: true };
  const program = ts.createProgram([path], {
    ...options,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  let types = "";
  program.emit(program.getSourceFile(path), (_, text) => (types = text));
  // The types of what happens inside are nobody's business.
  return types.replaceAll(/^export type (Message|Client) = .*\n/gm, "").replaceAll(FOLDER, "./");
}

async function main() {
  const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
  const packed = await makePackage({ root, output: join(root, "package") });
  console.log(`package: ${relative(root, packed)}   (npm install ${relative(root, packed)})`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`package: ${error.message}`);
    process.exit(1);
  });
}
