// The walls between the parts of the page: which may import which. tests/architecture has those of the core.

import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const www = fileURLToPath(new URL("../../www", import.meta.url));

/** What the browser starts by itself, or another page imports: the workers' scripts, and the page's modules. */
const scripts = ["worker/worker.js", "worker/team-worker.js", "offline/service-worker.js"];
const pages = ["main.js", "worker/team.js"];
/** Generated: what the page asks; what its workers train with; for reading before both; for pages of others. */
const LABS = "pkg/labs.js";
const CORE = "pkg/core.js";
const READER = "pkg/reader.js";
const BINDING = "pkg/fishbowl.js";

/**
 * For each part what it may import, and from where it may take types besides; `never`: names of the page that it must
 * not know. main.js builds all of it, and may import anything.
 * @type {{ part: string, imports: string[], types: string[], never: string[] }[]}
 */
const walls = [
  // Computes the next state from the last one and an event, wherever it runs.
  { part: "state/", imports: ["state/"], types: [LABS, CORE], never: ["document", "window", "navigator"] },
  // Shows the state and calls actions; `self` is the only global of a worker that has a name of its own.
  { part: "views/", imports: ["views/", "state/"], types: [LABS, CORE, "actions.js", "show.js"], never: [] },
  // A team is for other pages, and uses what they have.
  { part: "worker/team", imports: ["worker/", BINDING], types: [], never: ["document", "window"] },
  { part: "worker/", imports: ["worker/", CORE], types: [], never: ["document", "window"] },
  { part: "run/", imports: ["run/", "state/", "worker/", READER], types: [LABS, CORE], never: [] },
  // For visits without a network; of the experiments it knows nothing.
  { part: "offline/service-worker.js", imports: [], types: [], never: ["document", "window"] },
  { part: "offline/", imports: [], types: [], never: [] },
  { part: "locale/", imports: ["locale/"], types: [], never: ["document", "window"] },
  { part: "show.js", imports: ["state/"], types: [LABS, CORE], never: [] },
  // Before the labs have come.
  {
    part: "early.js",
    imports: ["state/"],
    types: [
      LABS,
      "pkg/catalogue.js",
      "actions.js",
      "openings.js",
      "shell-actions.js",
      "run/reader.js",
      "show.js",
    ],
    never: ["document"],
  },
  { part: "openings.js", imports: [], types: ["pkg/catalogue.js"], never: ["document"] },
  { part: "shell-actions.js", imports: ["state/url.js"], types: ["state/"], never: ["document"] },
  // With the labs.
  {
    part: "engine.js",
    imports: ["actions.js", "run/", "show.js", LABS, CORE],
    types: ["state/", "shell-actions.js"],
    never: [],
  },
  {
    part: "actions.js",
    imports: ["state/", "worker/client.js", "worker/protocol.js"],
    types: [LABS, "run/run.js", "shell-actions.js"],
    never: ["document"],
  },
  { part: "main.js", imports: [""], types: [], never: [] },
];

/**
 * What runs on both sides, in the page and in its workers: the messages that pass between them with what they are made of,
 * and the memory in which the workers of a team meet, which the page makes and therefore measures.
 */
const shared = [CORE, BINDING, "worker/protocol.js", "worker/pace.js", "worker/team-exchange.js"];

/** @typedef {{ imports: Set<string>, types: Set<string>, names: Set<string> }} Module paths below www/ */

/**
 * @param {string} path
 * @param {string} text
 * @returns {Module}
 */
function parse(path, text) {
  const found = { imports: new Set(), types: new Set(), names: new Set() };
  const resolve = (/** @type {string} */ name) =>
    name.startsWith(".") ? posix.join(posix.dirname(path), name) : name;
  /** @param {ts.Node} node */
  function visit(node) {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
      found.imports.add(resolve(/** @type {ts.StringLiteral} */ (node.moduleSpecifier).text));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      // Where a path is computed there is no wall to be seen.
      found.imports.add(
        ts.isStringLiteral(node.arguments[0]) ? resolve(node.arguments[0].text) : node.getText(),
      );
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      found.types.add(resolve(/** @type {ts.StringLiteral} */ (node.argument.literal).text));
    else if (ts.isIdentifier(node)) found.names.add(node.text);
    ts.forEachChild(node, visit);
    for (const doc of ts.getJSDocCommentsAndTags(node)) if (doc.parent === node) visit(doc);
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS));
  return found;
}

/** By path and text: the breaches below change one module at a time. @type {Map<string, Module>} */
const parsed = new Map();

/** @param {string} path @param {string} text */
function parseOnce(path, text) {
  const key = `${path}\n${text}`;
  const found = parsed.get(key) ?? parse(path, text);
  parsed.set(key, found);
  return found;
}

/** @returns {Map<string, string>} the text of every module of the page but the core, by its path */
function read() {
  const paths = readdirSync(www, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".js") && !path.startsWith("pkg/"));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(www, path), "utf8")]));
}

/** @param {Map<string, Module>} modules @param {string[]} from */
function reachable(modules, from) {
  const found = new Set(from);
  for (const path of found) for (const next of modules.get(path)?.imports ?? []) found.add(next);
  return found;
}

/**
 * What breaks a wall, a sentence each.
 * @param {Map<string, string>} texts
 */
function faults(texts) {
  const modules = new Map([...texts].map(([path, text]) => [path, parseOnce(path, text)]));
  const faults = [];
  const within = (/** @type {string} */ path, /** @type {string[]} */ parts) =>
    parts.some((part) => (part === "" || part.endsWith("/") ? path.startsWith(part) : path === part));
  for (const [path, { imports, types, names }] of modules) {
    const wall = walls.find(({ part }) => path.startsWith(part));
    if (!wall) {
      faults.push(`${path} belongs to no part`);
      continue;
    }
    for (const each of imports) {
      if (!within(each, wall.imports)) faults.push(`${path} imports ${each}`);
      else if (!each.startsWith("pkg/") && !modules.has(each))
        faults.push(`${path} imports ${each}, which does not exist`);
    }
    for (const each of types)
      if (!within(each, [...wall.imports, ...wall.types])) faults.push(`${path} takes types of ${each}`);
    for (const name of wall.never) if (names.has(name)) faults.push(`${path} names ${name}`);
    const round = reachable(modules, [...imports]);
    if (round.has(path)) faults.push(`${path} imports itself, by way of others`);
  }
  const [inWorkers, inPages] = [reachable(modules, scripts), reachable(modules, pages)];
  for (const path of inWorkers)
    if (inPages.has(path) && !shared.includes(path)) faults.push(`${path} is in the page and in workers`);
  for (const path of modules.keys())
    if (!inWorkers.has(path) && !inPages.has(path)) faults.push(`${path} is imported by no module`);
  return faults;
}

test("every module of the page keeps to the walls", () => {
  assert.deepEqual(faults(read()), []);
});

/** A line added to a module, and what must be said of it. */
const breaches = [
  ["views/stage.js", 'import "../worker/client.js";', "views/stage.js imports worker/client.js"],
  ["views/stage.js", 'import "../run/match.js";', "views/stage.js imports run/match.js"],
  ["views/stage.js", 'import("../run/" + name);', 'views/stage.js imports import("../run/" + name)'],
  ["state/url.js", 'export * from "../show.js";', "state/url.js imports show.js"],
  [
    "state/url.js",
    '/** @type {import("../run/run.js").Run} */ export let run;',
    "state/url.js takes types of run/run.js",
  ],
  [
    "state/url.js",
    '/** @typedef {import("../views/dom.js").Context} Context */',
    "state/url.js takes types of views/dom.js",
  ],
  ["state/url.js", "export const size = () => window.innerWidth;", "state/url.js names window"],
  ["worker/turns.js", "export const page = globalThis.document;", "worker/turns.js names document"],
  ["worker/turns.js", 'import "../state/url.js";', "worker/turns.js imports state/url.js"],
  ["worker/client.js", 'import "./turns.js";', "worker/turns.js is in the page and in workers"],
  ["run/pool.js", 'import "../views/dom.js";', "run/pool.js imports views/dom.js"],
  ["run/match.js", 'import "./cache.js";', "run/match.js imports itself, by way of others"],
  ["views/alone.js", "", "views/alone.js is imported by no module"],
  ["labs/digits.js", "", "labs/digits.js belongs to no part"],
  ["main.js", 'import "./gone.js";', "main.js imports gone.js, which does not exist"],
];

for (const [path, line, expected] of breaches) {
  test(`it is noticed: ${expected}`, () => {
    const texts = read();
    texts.set(path, `${texts.get(path) ?? ""}\n${line}\n`);
    assert.ok(faults(texts).includes(expected), faults(texts).join("\n"));
  });
}
