import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createHashWriter, formatHash, parseHash, sameValue } from "../../www/state/url.js";

/** @type {(name: string, usual: string) => any} */
const field = (name, usual) => ({ name, default: usual });
/** @type {any[]} */
const catalogue = [
  { id: "digits", fields: [field("learningRate", "0.1"), field("seed", "1"), field("f", "x0^2 + x1^2")] },
  { id: "descent", fields: [field("x0", "-3")] },
];
/** Stands for the core's check: numbers only, but for expressions. */
const check = (/** @type {string} */ _lab, /** @type {Record<string, string>} */ settings) =>
  Object.entries(settings)
    .filter(([name, value]) => name !== "f" && !Number.isFinite(Number(value)))
    .map(([name, value]) => ({
      code: "not-a-number",
      field: name,
      value,
      allowed: "",
      at: null,
      message: "",
    }));
const parse = (/** @type {string} */ hash) => parseHash(hash, catalogue, check);

test("only what is not the default stands in the address", () => {
  assert.equal(formatHash(catalogue[0], { learningRate: "0.10", seed: "7" }), "#/digits?seed=7");
  assert.equal(formatHash(catalogue[0], {}), "#/digits");
});

test("every address that is written is read back as it was", () => {
  for (const value of ["a b", "x0**2 & x1=3", "π ≥ 1 + 2%", "#/?", "100% %zz", "\u{1F41F}"]) {
    const settings = { f: value, seed: "42" };
    assert.deepEqual(parse(formatHash(catalogue[0], settings)), { lab: "digits", settings, problems: [] });
  }
});

test("an empty address is the first lab, without a complaint", () => {
  for (const hash of ["", "#", "#/", "#/digits", "#digits"]) {
    assert.deepEqual(parse(hash), { lab: "digits", settings: {}, problems: [] });
  }
});

test("an unknown lab gives the first one and says so", () => {
  const { lab, problems } = parse("#/nowhere?seed=2");
  assert.equal(lab, "digits");
  assert.deepEqual(
    problems.map(({ code, value }) => [code, value]),
    [["unknown-lab", "nowhere"]],
  );
  assert.match(problems[0].allowed, /digits \| descent/);
});

test("unknown names and refused values fall back to the default and are named", () => {
  const { settings, problems } = parse("#/digits?learningRate=fast&colour=red&seed=9");
  assert.deepEqual(settings, { seed: "9" });
  assert.deepEqual(
    problems.map(({ code, field: name, value }) => [code, name, value]),
    [
      ["unknown-field", "colour", "red"],
      ["not-a-number", "learningRate", "fast"],
    ],
  );
});

test("absurd addresses are survived, and quoted only in part", () => {
  const long = "9".repeat(100_000);
  for (const hash of [
    `#/${long}`,
    `#/digits?${long}=${long}`,
    "#/digits?%E0%A4%A",
    "#/%E0%A4%A",
    "#/digits?&&&==",
    "#/__proto__",
    "#/digits?__proto__=1&constructor=2",
  ]) {
    const { lab, settings, problems } = parse(hash);
    assert.equal(lab, "digits");
    assert.deepEqual(settings, {});
    for (const { field: name, value } of problems)
      assert.ok([...name].length <= 60 && [...value].length <= 60);
  }
});

test("two spellings of a number are the same value, two texts are not", () => {
  assert.ok(sameValue("1e-3", "0.001"));
  assert.ok(sameValue(" 0.1 ", "0.1"));
  assert.ok(!sameValue("", "0"));
  assert.ok(!sameValue("sgd", "adam"));
});

test("many changes of the address are written as one, the last", async () => {
  /** @type {string[]} */
  const written = [];
  const writer = createHashWriter((hash) => written.push(hash), 20);
  for (let at = 0; at < 10; at++) writer.put(`#/${at}`);
  assert.deepEqual(written, []);
  await pause(60);
  assert.deepEqual(written, ["#/9"]);
  writer.put("#/now");
  writer.flush();
  writer.put("#/never");
  writer.drop();
  await pause(60);
  assert.deepEqual(written, ["#/9", "#/now"]);
});
