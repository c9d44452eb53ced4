// What is to be seen of the present lab, made once for each change of what it depends on.

import { presentMoment, presentSettings } from "./state/selectors.js";

/** @typedef {import("./pkg/fishbowl.js").Sheet} CoreSheet @typedef {import("./pkg/fishbowl.js").Picture} Picture */
/** @typedef {import("./state/reducer.js").State} State */
/**
 * @typedef {object} ShownSheet
 * @property {import("./pkg/fishbowl.js").SheetHead} head
 * @property {(from: number, count: number) => import("./pkg/fishbowl.js").TableRow[]} rows of its table
 * @property {(index: number) => Picture | null} picture taken out of the sheet, to be freed by who took it; null once it was
 *   taken, or when there is a newer sheet
 */

/**
 * @param {object} options
 * @param {new (lab: string, settings: any, moment: any, reports: any[]) => CoreSheet} options.CoreSheet
 * @param {(error: unknown) => void} options.failed the core could not make it
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
      // After a trap nothing of the core can be freed.
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
