// Tells the visitor what became of a run, as a notice of the page.

import { innermost, isLoss } from "../worker/client.js";
import { problemOf } from "../worker/protocol.js";

/** @typedef {import("../state/reducer.js").State} State @typedef {import("../state/reducer.js").Event} Event */
/** @typedef {import("../state/reducer.js").Notice} Notice */
/** @typedef {(kind: "info" | "error", code: string, more?: Partial<Omit<Notice, "id" | "kind" | "code">>) => void} Raise */

/** @param {import("../state/store.js").Store<State, Event>} store */
export function createNotices(store) {
  /** @type {Raise} */
  function raise(kind, code, more) {
    const notice = { kind, code, params: {}, problems: [], actions: [], topic: "run", ...more };
    store.dispatch({ type: "notice-raised", notice });
  }

  return {
    raise,

    /** @param {unknown} error */
    reportFault(error) {
      if (isLoss(error)) return;
      raise("error", "run-failed", { problems: [problemOf(innermost(error))], actions: ["start-over"] });
    },
  };
}
