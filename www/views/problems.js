// What is wrong, as a sentence in the visitor's language.

import { rootOf } from "../state/selectors.js";

/** @typedef {import("../pkg/labs.js").Problem} Problem @typedef {import("./dom.js").Context} Context */

/**
 * @param {Problem} problem
 * @param {Context} context
 * @param {import("../pkg/labs.js").LabDescription} [lab] whose fields have labels
 * @returns {string}
 */
export function problemSentence(problem, { words, say }, lab) {
  // Bytes that are no network tell a visitor nothing.
  if (problem.code === "wrong-kind" && problem.field === "file") return words("problem.no-network");
  const field = lab?.fields.find(({ name }) => name === rootOf(problem.field));
  const name = field ? say(field.label) : problem.field;
  const value =
    problem.value === "" ? words("problem.nothing") : words("problem.quoted", { value: problem.value });
  const known = words(`problem.${problem.code}`, { field: name, value, message: problem.message });
  // A code this page does not know still has its English message.
  const first =
    known === `problem.${problem.code}` ? words("problem.unexpected", { message: problem.message }) : known;
  const { at, line } = problem;
  const place = line === undefined ? "problem.at" : "problem.at-line";
  const where = at === null ? "" : words(place, { at: at + 1, line: (line ?? 0) + 1 });
  const allowed = problem.allowed === "" ? "" : words("problem.allowed", { allowed: problem.allowed });
  return first + where + allowed;
}
