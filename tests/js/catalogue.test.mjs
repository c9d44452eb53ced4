import assert from "node:assert/strict";
import { test } from "node:test";
import { first, firstTestDigit, list, others, outputKeys } from "../../www/pkg/catalogue.js";
import {
  firstTestDigit as firstTestDigitOfCore,
  openings,
  outputKeys as outputKeysOfCore,
} from "../../tools/catalogue.mjs";
import { readFile } from "node:fs/promises";

const catalogue = [
  first,
  ...(await Promise.all(Object.values(others).map((load) => load()))).map((each) => each.default),
];

test("what stands in the page before the core has come is what the core says of all labs", async () => {
  const found = await openings();
  assert.ok(found.length >= 8);
  assert.deepEqual(catalogue, JSON.parse(JSON.stringify(found)));
  const briefs = catalogue.map(({ lab: { id, sections, title, line } }) => ({ id, sections, title, line }));
  assert.deepEqual(list, briefs, "in the order of the labs");
  assert.deepEqual(outputKeys, await outputKeysOfCore());
  assert.equal(firstTestDigit, await firstTestDigitOfCore());
});

test("every network that a lab begins with comes with the page, that of the reader before all else", async () => {
  const text = (/** @type {string} */ name) =>
    readFile(new URL(`../../www/${name}`, import.meta.url), "utf8");
  const urls = (/** @type {string} */ words) =>
    [...words.matchAll(/new URL\("\.\/weights\/([^"]+)\.safetensors"/g)].map(([, name]) => name);
  const usual = catalogue.flatMap(({ jobs }) => jobs.flatMap(({ pretrained }) => pretrained ?? []));
  const fields = first.lab.fields.filter(({ name }) => name === "network");
  const chosen = fields.flatMap(({ kind }) =>
    "options" in kind ? kind.options.map(({ value }) => value) : [],
  );
  const names = new Set([...usual, ...chosen]);
  assert.deepEqual(urls(await text("main.js")), ["deep-convnet"]);
  assert.deepEqual(["deep-convnet", ...urls(await text("engine.js"))].sort(), [...names].sort());
});
