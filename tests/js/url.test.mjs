import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  OVERVIEW,
  PARTS,
  RESERVED,
  createHashWriter,
  formatHash,
  isOverview,
  parseHash,
  parseView,
} from "../../www/state/url.js";
import { first, others } from "../../www/pkg/catalogue.js";

/** @type {(name: string, usual: string) => any} */
const field = (name, usual) => ({ name, default: usual });
/** @type {any[]} */
const catalogue = [
  { id: "digits", fields: [field("learningRate", "0.1"), field("seed", "1"), field("f", "x0^2 + x1^2")] },
  { id: "descent", fields: [field("x0", "-3")] },
];
/** The core's numbers: `1e-1`, but no other notation of JavaScript. @param {string} text */
const numberOf = (text) => (/^[-+.\de]+$/.test(text.trim()) ? Number(text) : NaN);
/** Stands for the core's check: numbers, but for expressions; a seed of 13 does not go with a rate of 1. */
const check = (/** @type {string} */ id, /** @type {Record<string, string>} */ settings) => {
  const lab = catalogue.find((each) => each.id === id);
  const values = Object.fromEntries(
    lab.fields.map((/** @type {any} */ { name, default: usual }) => [name, settings[name] ?? usual]),
  );
  const isRight = (/** @type {string} */ name) => name === "f" || Number.isFinite(numberOf(values[name]));
  const problem = (/** @type {string} */ code, /** @type {string} */ name) => ({
    code,
    field: name,
    value: values[name],
    allowed: "",
    at: null,
    message: "",
  });
  const names = Object.keys(values);
  const problems = names.filter((name) => !isRight(name)).map((name) => problem("not-a-number", name));
  if (values.seed === "13" && values.learningRate === "1") problems.push(problem("outside-range", "seed"));
  const state = (/** @type {any} */ { name, default: usual }) => ({
    isDefault: name === "f" ? values[name] === usual : numberOf(values[name]) === numberOf(usual),
    rows: [],
  });
  const right = lab.fields.filter((/** @type {any} */ { name }) => isRight(name));
  return {
    problems,
    fields: Object.fromEntries(right.map((/** @type {any} */ each) => [each.name, state(each)])),
  };
};
const parse = (/** @type {string} */ hash) => {
  const { fields, ...place } = parseHash(hash, catalogue, check);
  assert.deepEqual(fields, check(place.lab, place.settings).fields, "the fields are those of the settings");
  return place;
};
/** @type {(settings: Record<string, string>) => string} */
const format = (settings) => formatHash(catalogue[0], settings, check("digits", settings).fields);

test("only what is not the default stands in the address, however that is spelled", () => {
  assert.equal(format({ learningRate: "0.10", seed: "7" }), "#/digits?seed=7");
  assert.equal(format({ learningRate: "1e-1", seed: " 1" }), "#/digits");
  assert.equal(format({}), "#/digits");
  assert.equal(
    formatHash(catalogue[0], { seed: "7" }, {}),
    "#/digits?seed=7",
    "what is not known is written",
  );
});

test("another notation of the default is refused, not taken for it", () => {
  const { settings, problems } = parse("#/digits?seed=0x1");
  assert.deepEqual(settings, {});
  assert.deepEqual(
    problems.map(({ code, field: name, value }) => [code, name, value]),
    [["not-a-number", "seed", "0x1"]],
  );
});

test("what does not go together is left out and named, and the rest is kept", () => {
  const { settings, problems } = parse("#/digits?seed=13&learningRate=1");
  assert.deepEqual(settings, { learningRate: "1" });
  assert.deepEqual(
    problems.map(({ field: name }) => name),
    ["seed"],
  );
});

test("every address that is written is read back as it was", () => {
  for (const value of ["a b", "x0**2 & x1=3", "π ≥ 1 + 2%", "#/?", "100% %zz", "\u{1F41F}"]) {
    const settings = { f: value, seed: "42" };
    assert.deepEqual(parse(format(settings)), { lab: "digits", settings, problems: [] });
  }
});

test("an empty address is the first lab, without a complaint", () => {
  for (const hash of ["", "#", "#/", "#/digits", "#digits"]) {
    assert.deepEqual(parse(hash), { lab: "digits", settings: {}, problems: [] });
  }
});

test("the list of all labs has an address, which is not taken for a lab", () => {
  for (const hash of ["#/all", "#all", "#/all?seed=2"]) {
    assert.equal(isOverview(hash), true, hash);
    assert.deepEqual(parse(hash).problems, [], hash);
  }
  for (const hash of ["", "#/", "#/digits", "#/allx", "#/digits?all"])
    assert.equal(isOverview(hash), false, hash);
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

const view = (/** @type {string} */ query) => parseView(`#/digits${query}`, catalogue[0]);

test("a link says how its lab is framed, in what language, and what is taken away", () => {
  const plain = { embed: false, hide: [], language: null, problems: [] };
  assert.deepEqual(view("?seed=7"), plain);
  assert.deepEqual(view("?embed&seed=7"), { ...plain, embed: true });
  assert.deepEqual(view("?lang=zh"), { ...plain, language: "zh" });
  assert.deepEqual(view("?hide=table,seed,,table").hide, ["table", "seed"]);
  assert.deepEqual(parse("#/digits?embed&hide=table&seed=7&lang=en"), {
    lab: "digits",
    settings: { seed: "7" },
    problems: [],
  });
});

test("what a link cannot hide or be is named, and the rest of it counts", () => {
  const { problems, ...rest } = view("?hide=table,colour&lang=fr&embed=maybe");
  assert.deepEqual(rest, { embed: false, hide: ["table"], language: null });
  assert.deepEqual(
    problems.map(({ code, field: name, value }) => [code, name, value]),
    [
      ["not-a-choice", "embed", "maybe"],
      ["not-a-choice", "lang", "fr"],
      ["not-a-choice", "hide", "colour"],
    ],
  );
  assert.match(problems[2].allowed, /suggestions .* seed/);
});

test("the frame of a lab is written as it is read, and the language only where it is asked for", () => {
  const framed = { embed: true, hide: ["table", "seed"] };
  const hash = formatHash(catalogue[0], { seed: "7" }, {}, framed);
  assert.equal(hash, "#/digits?embed&hide=table,seed&seed=7");
  const { embed, hide } = parseView(hash, catalogue[0]);
  assert.deepEqual({ embed, hide }, framed);
  assert.equal(formatHash(catalogue[0], {}, {}, { language: "zh" }), "#/digits?lang=zh");
});

test("no lab and no field has a name that addresses use for something else", async () => {
  const taken = [...RESERVED, ...PARTS];
  for (const load of [async () => ({ default: first }), ...Object.values(others)]) {
    const { lab } = (await load()).default;
    const { id, fields } = lab;
    assert.notEqual(id, OVERVIEW);
    for (const { name } of fields) {
      assert.ok(!taken.includes(name), `${id}: ${name}`);
      // As `hide` lists them.
      assert.match(name, /^\w+$/, `${id}: ${name}`);
    }
  }
});

test("a long value is named in the address, and found again by its name; a link for others holds all of it", () => {
  const rows = "5.1,3.5,1.4,0.2,setosa\n".repeat(200);
  const settings = { f: rows, seed: "42" };
  const hash = format(settings);
  assert.ok(hash.length < 60, hash);
  assert.deepEqual(parse(hash), { lab: "digits", settings, problems: [] });
  const fields = check("digits", settings).fields;
  const whole = formatHash(catalogue[0], settings, fields, { whole: true });
  assert.ok(whole.length > rows.length);
  assert.deepEqual(parse(whole).settings, settings);
  // In a page of someone else nothing is kept that a name could stand for.
  assert.ok(formatHash(catalogue[0], settings, fields, { embed: true }).length > rows.length);
  assert.notEqual(format({ f: `${rows}6,2,4,1,a` }), format({ f: `${rows}6,2,4,1,b` }));
});

test("a name that means nothing here is told and left out", () => {
  const { settings, problems } = parse("#/digits?f=%40nowhere&seed=7");
  assert.deepEqual(settings, { seed: "7" });
  assert.deepEqual(
    problems.map(({ code, field: name }) => [code, name]),
    [["not-kept", "f"]],
  );
});
