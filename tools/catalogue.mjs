// Writes www/pkg/catalogue.js and a lab-….js for each lab but the first: what the page shows of each before its labs have
// come, asked of those labs.
// usage: node tools/catalogue.mjs [FOLDER]      the folder where labs.js is; www/pkg when none is named

import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const usual = fileURLToPath(new URL("../www/pkg", import.meta.url));

/** @param {string} folder where labs.js and its wasm are */
async function load(folder) {
  const labs = await import(pathToFileURL(join(resolve(folder), "labs.js")).href);
  await labs.default({ module_or_path: await readFile(join(folder, "labs_bg.wasm")) });
  return labs;
}

/**
 * @param {string} folder
 * @returns {Promise<number[]>} what the output of each digit stands for in the figures
 */
export async function outputKeys(folder = usual) {
  const labs = await load(folder);
  return Array.from({ length: 10 }, (_, digit) => labs.outputKey(digit));
}

/**
 * @param {string} folder
 * @returns {Promise<number>} what the first test digit stands for in the figures
 */
export async function firstTestDigit(folder = usual) {
  return (await load(folder)).testDigitKey(0);
}

/**
 * @param {string} folder
 * @returns {Promise<import("../www/pkg/catalogue.js").Opening[]>}
 */
export async function openings(folder = usual) {
  const labs = await load(folder);
  return labs.catalogue().map((lab) => {
    const settings = Object.fromEntries(lab.fields.map((field) => [field.name, field.default]));
    const { steps, jobs } = labs.plan(lab.id, settings);
    const sheet = new labs.Sheet(
      lab.id,
      settings,
      { step: steps, chosen: null, drawing: null },
      jobs.map(() => null),
    );
    const opening = {
      lab: withoutLongWords(lab),
      fields: labs.check(lab.id, settings).fields,
      steps,
      jobs: jobs.map(({ name, color, limit, starts, learns, pretrained }) => ({
        name,
        color,
        limit,
        starts,
        learns,
        pretrained,
      })),
      // Rows, pictures and what is guessed come with the labs.
      head: { ...sheet.head(), guess: null, table: null },
    };
    sheet.free();
    return opening;
  });
}

/**
 * What is read on demand comes with the labs.
 * @param {import("../www/pkg/labs.js").LabDescription} lab
 */
function withoutLongWords(lab) {
  const none = { en: "", zh: "" };
  const fields = lab.fields.map((field) => ({ ...field, help: none }));
  const slots = lab.slots.map((slot) => ({ ...slot, help: none }));
  return { ...lab, about: none, formula: "", fields, slots };
}

const types = `/* What the page shows of each lab at its defaults before its labs have come. */
import type { FieldState, JobDescription, LabDescription, SheetHead } from "./labs.js";

export type Opening = {
  lab: LabDescription;
  fields: Record<string, FieldState>;
  steps: number;
  jobs: Pick<JobDescription, "name" | "color" | "limit" | "starts" | "learns" | "pretrained">[];
  head: SheetHead;
};
/** What the ways from lab to lab need of one. */
export type Brief = Pick<LabDescription, "id" | "sections" | "title" | "line">;

/** Every lab. */
export declare const list: Brief[];
/** The one that the page opens with. */
export declare const first: Opening;
/** The others, by id, each in a file of its own. */
export declare const others: Record<string, () => Promise<{ default: Opening }>>;
/** What the output of each digit stands for in the figures. */
export declare const outputKeys: number[];
/** What the first test digit stands for; the others follow. */
export declare const firstTestDigit: number;
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? usual;
  const all = await openings(folder);
  const [first, ...others] = all;
  const list = all.map(({ lab: { id, sections, title, line } }) => ({ id, sections, title, line }));
  const imports = others.map(({ lab: { id } }) => `"${id}": () => import("./lab-${id}.js")`);
  for (const opening of others)
    await writeFile(join(folder, `lab-${opening.lab.id}.js`), `export default ${JSON.stringify(opening)};\n`);
  await writeFile(join(folder, "catalogue.d.ts"), types);
  await writeFile(
    join(folder, "catalogue.js"),
    `export const list = ${JSON.stringify(list)};\n` +
      `export const first = ${JSON.stringify(first)};\n` +
      `export const others = { ${imports.join(", ")} };\n` +
      `export const outputKeys = ${JSON.stringify(await outputKeys(folder))};\n` +
      `export const firstTestDigit = ${await firstTestDigit(folder)};\n`,
  );
}
