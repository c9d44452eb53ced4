// What is to be seen of the present lab, made once for each change of what it depends on.

import { defaults, presentMoment, presentSettings } from "./state/selectors.js";

/** @typedef {import("./pkg/labs.js").Sheet} CoreSheet @typedef {import("./pkg/labs.js").Picture} Picture */
/** @typedef {import("./state/reducer.js").State} State @typedef {import("./pkg/labs.js").LabDescription} Lab */
/** Milliseconds of work for a picture in the list after which the page has its turn. */
const SLICE = 8;

/** @typedef {{ picture: Picture, square: boolean }} Preview `square`: whether a plane is as wide as tall */
/**
 * @typedef {object} ShownSheet
 * @property {import("./pkg/labs.js").SheetHead} head
 * @property {(from: number, count: number) => import("./pkg/labs.js").TableRow[]} rows of its table
 * @property {(index: number) => Picture | null} picture taken out of the sheet, to be freed by who took it; null once it was
 *   taken, or when there is a newer sheet
 */

/**
 * @param {object} options
 * @param {new (lab: string, settings: any, moment: any, reports: any[]) => CoreSheet} options.CoreSheet
 * @param {(error: unknown) => void} options.failed the labs could not make it
 * @returns {((state: State) => ShownSheet | null) & { renew: () => void }} null where it cannot be made; `renew` lets
 *   the next one be made in any case, because a new page takes all pictures again
 */
export function createShow({ CoreSheet, failed }) {
  /** @type {unknown[]} */
  let madeOf = [];
  /** @type {CoreSheet | null} */
  let made = null;
  /** @type {ShownSheet | null} */
  let sheet = null;

  return Object.assign(show, { renew: () => void (madeOf = []) });

  /** @param {State} state */
  function show(state) {
    const reports = state.run.jobs.map(({ report }) => report?.bytes ?? null);
    const settings = state.accepted[state.lab];
    const { step, chosen } = presentMoment(state);
    const { drawing } = state;
    const parts = [state.lab, settings, step, chosen, drawing, ...reports];
    if (parts.length === madeOf.length && parts.every((part, at) => part === madeOf[at])) return sheet;
    madeOf = parts;
    const before = made;
    try {
      made = new CoreSheet(state.lab, presentSettings(state), { step, chosen, drawing }, reports);
      sheet = wrap(made);
    } catch (error) {
      made = sheet = null;
      failed(error);
    }
    try {
      before?.free();
    } catch {
      // After a trap nothing of the labs can be freed.
    }
    return sheet;
  }

  /**
   * @param {CoreSheet} core
   * @returns {ShownSheet}
   */
  function wrap(core) {
    const head = core.head();
    const left = new Set(head.pictures.keys());
    return {
      head,
      rows: (from, count) => (core === made ? core.rows(from, count) : []),
      picture(index) {
        if (core !== made || !left.delete(index)) return null;
        return core.picture(index);
      },
    };
  }
}

/**
 * The picture by which a lab is known in the list: its first main one at its default settings, before anything was trained.
 * @param {object} options
 * @param {new (lab: string, settings: any, moment: any, reports: any[]) => CoreSheet} options.CoreSheet
 * @param {() => Promise<{ Workshop: new () => import("./pkg/core.js").Workshop }>} options.openCore what trains
 * @param {(lab: string, settings: import("./pkg/labs.js").Settings) => import("./pkg/labs.js").Plan} options.plan
 * @param {(name: string) => Promise<Uint8Array>} options.fetchNet the weights that stand in for a job
 * @returns {(lab: Lab) => Promise<Preview | null>} to be freed by who asked; null where nothing is to be seen without a run
 */
export function createPreview({ CoreSheet, openCore, plan, fetchNet }) {
  return async (lab) => {
    try {
      const settings = defaults(lab);
      const { steps, jobs } = plan(lab.id, settings);
      const first = await reportUntrained(lab, jobs[0]);
      const reports = jobs.map((_, index) => (index === 0 ? first : null));
      const sheet = new CoreSheet(lab.id, settings, { step: steps, chosen: null, drawing: null }, reports);
      try {
        return firstPicture(sheet, lab, jobs.length > 0 && !first);
      } finally {
        sheet.free();
      }
    } catch {
      // The list is of use without it, and the lab's own page says what is wrong.
      return null;
    }
  };

  /**
   * What a job comes to without training: one that starts by itself, or whose network is there.
   * @param {Lab} lab
   * @param {import("./pkg/labs.js").JobDescription} [job]
   */
  async function reportUntrained({ slots }, job) {
    if (!job?.starts && !job?.pretrained) return null;
    const weights = job.pretrained ? await fetchNet(job.pretrained) : null;
    const { Workshop } = await openCore();
    const workshop = new Workshop();
    try {
      workshop.open(0, job.task);
      if (weights) workshop.loadWeights(0, weights);
      else while (workshop.work(0, SLICE).more) await new Promise((done) => setTimeout(done));
      const wants = slots.flatMap((slot) => slot.wants);
      return workshop.report(0, [...new Set(wants)]).bytes;
    } finally {
      workshop.free();
    }
  }
}

/**
 * @param {CoreSheet} sheet
 * @param {Lab} lab
 * @param {boolean} runs whether the lab's curves need a run that has not been
 * @returns {Preview | null}
 */
function firstPicture(sheet, { slots }, runs) {
  const { pictures } = sheet.head();
  const main = slots.filter(({ place }) => place === "main");
  for (const { name, shape } of main) {
    const own = [...pictures.keys()].filter((index) => pictures[index].slot === name);
    if (own.length === 0) continue;
    // Of many that differ in one setting the first one is an extreme.
    const picture = sheet.picture(own[Math.floor(own.length / 2)]);
    const isBlank = picture.table().rows.length === 0 || (runs && picture.kind === "plane");
    if (!isBlank) return { picture, square: shape === "square" };
    picture.free();
  }
  return null;
}
