import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import early from "../../www/locale/en.js";
import earlyZh from "../../www/locale/zh.js";
import later from "../../www/locale/later.js";
import { learnWords, translate } from "../../www/locale/translate.js";

/** @type {Record<string, string>} */
const en = { ...early, ...later.en };
/** @type {Record<string, string>} */
const zh = { ...earlyZh, ...later.zh };

/** What Chinese texts of this field leave in Latin letters: names, units, file kinds. */
const LATIN = new Set(
  "MNIST MB kB PNG WebAssembly SIMD SVG safetensors npz NumPy W b gzip Python Y LeCun C Cortes Burges mini batch epoch ReLU Xavier He zip train py x z softmax L Simonyan DeepFool Moosavi Dezfooli images labels idx ubyte".split(
    " ",
  ),
);
const parts = (/** @type {string} */ sentence) =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have the same sentences", () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
});

test("both languages fill in the same parts", () => {
  for (const key of Object.keys(en)) assert.deepEqual(parts(zh[key]), parts(en[key]), key);
});

test("no sentence is empty and no English is left in the Chinese", () => {
  for (const [key, sentence] of Object.entries(zh)) {
    assert.notEqual(sentence.trim(), "", key);
    const words = sentence.replace(/\{\w+\}/g, "").match(/[A-Za-z]+/g) ?? [];
    assert.deepEqual(
      words.filter((word) => !LATIN.has(word)),
      [],
      key,
    );
  }
});

test("no Chinese is left in the English", () => {
  for (const [key, sentence] of Object.entries(en)) assert.doesNotMatch(sentence, /\p{Script=Han}/u, key);
});

test("only one button is called Train; what is folded away may speak of a trained network", () => {
  const buttons = [
    "run.",
    "pad.",
    "remedy.",
    "controls.",
    "figure.",
    "lab.about",
    "gallery.load",
    "notice.dismiss",
  ];
  const names = Object.entries(en).filter(([key]) => buttons.some((button) => key.startsWith(button)));
  const short = names.filter(([, sentence]) => !/[.…]$/.test(sentence) && /\btrain\b/i.test(sentence));
  assert.deepEqual(
    short.map(([key]) => key),
    ["run.train"],
  );
});

test("every sentence the scripts name is there", async () => {
  const folder = new URL("../../www/", import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    /^(views|run|state|worker)\/.*\.js$|^[^/]+\.js$/.test(file),
  );
  for (const file of files) {
    const source = await readFile(new URL(file, folder), "utf8");
    for (const [, key] of source.matchAll(/\bwords\(\s*"([\w.-]+)"/g))
      assert.ok(Object.hasOwn(en, key), `${file}: ${key}`);
    // What is raised may be one of two.
    for (const [, codes] of source.matchAll(/raise\(\s*"(?:error|info)",\s*([^{]+?),\s*\{/g)) {
      for (const [, code] of codes.matchAll(/"([\w-]+)"/g)) {
        assert.ok(Object.hasOwn(en, `notice.${code}`), `${file}: notice.${code}`);
      }
    }
    for (const [, actions] of source.matchAll(/actions: ([^{}]*?\])/g)) {
      for (const [, action] of actions.matchAll(/"([\w-]+)"/g)) {
        assert.ok(Object.hasOwn(en, `remedy.${action}`), `${file}: remedy.${action}`);
      }
    }
  }
});

test("every kind of fault of the core has its sentence", async () => {
  const source = await readFile(new URL("../../src/error.rs", import.meta.url), "utf8");
  const [, body] = source.match(/pub enum Code \{([\s\S]*?)\n\}/) ?? [];
  const codes = [...body.matchAll(/^ {4}(\w+),/gm)].map(([, name]) =>
    name.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase(),
  );
  assert.ok(codes.length > 10);
  for (const code of codes) assert.ok(Object.hasOwn(en, `problem.${code}`), code);
});

test("words that come later are known from then on, and none comes twice", () => {
  for (const key of Object.keys(later.en)) assert.equal(translate("en", key), key);
  learnWords(later);
  for (const [key, sentence] of Object.entries(later.zh)) assert.equal(translate("zh", key), sentence);
  for (const known of [early, earlyZh])
    for (const key of Object.keys(known)) assert.ok(!Object.hasOwn(later.en, key), key);
});

test("parts are filled in; what is missing stays visible", () => {
  assert.equal(translate("en", "run.per-second", { pace: 3 }), "3 steps/s");
  assert.equal(translate("en", "run.per-second"), "{pace} steps/s");
  assert.equal(translate("zh", "no.such.key"), "no.such.key");
  assert.equal(translate("en", "problem.quoted", { value: "$& {value}" }), "“$& {value}”");
});
