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

test("every network that a lab begins with comes with the page", async () => {
  const main = await readFile(new URL("../../www/main.js", import.meta.url), "utf8");
  const [, nets] = /^const nets = \{([^}]*)\};$/m.exec(main) ?? [];
  const names = new Set(catalogue.flatMap(({ jobs }) => jobs.flatMap(({ pretrained }) => pretrained ?? [])));
  assert.ok(names.has("digits"), "the reader knows this one");
  for (const name of names)
    assert.match(nets, new RegExp(`\\b"?${name}"?: new URL\\("./weights/${name}.safetensors"`));
});
