// What the visitor has to know, with what can be done about it.

import { problemSentence } from "./problems.js";
import { h } from "./dom.js";
import { laneNames, presentLab, presentSettings } from "../state/selectors.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {{ key: string, kind: "info" | "error", sentence: string, details: string[], actions: string[],
 *   dismiss: (() => void) | null, params: Record<string, string | number> }} Shown */

/** Codes of a run's own notices that say that something went wrong. */
const FAULTS = new Set(["diverged", "walk-lost"]);

/** @param {Context} context */
export function createNotices(context) {
  const errors = h("div", { role: "alert" });
  const news = h("div", { role: "status" });
  const element = h(
    "section",
    { class: "notices", "aria-label": context.words("notice.region") },
    errors,
    news,
  );
  let shownKey = "";
  return {
    element,
    /** @param {State} state */
    update(state) {
      const shown = [...pageNotices(state, context), ...runNotices(state, context)];
      const key = JSON.stringify(shown);
      if (key === shownKey) return;
      shownKey = key;
      const cards = (/** @type {string} */ kind) =>
        shown.filter((each) => each.kind === kind).map((each) => card(each, context));
      errors.replaceChildren(...cards("error"));
      news.replaceChildren(...cards("info"));
    },
  };
}

/**
 * @param {State} state
 * @param {Context} context
 * @returns {Shown[]}
 */
function pageNotices(state, context) {
  const lab = presentLab(state);
  return state.notices.map(({ id, kind, code, params, problems, actions }) => ({
    key: `page-${id}`,
    kind,
    sentence: context.words(`notice.${code}`, params),
    details: problems.map((problem) => problemSentence(problem, context, lab)),
    actions: actions.map((action) => action),
    dismiss: () => context.actions.dismiss(id),
    params,
  }));
}

/**
 * What the run itself has to say: that it diverged, that it left the picture.
 * @param {State} state
 * @param {Context} context
 * @returns {Shown[]}
 */
function runNotices(state, context) {
  const { views } = state.run;
  const names = views.length > 1 ? laneNames(presentLab(state), presentSettings(state)) : [];
  /** @type {Map<string, Shown>} */
  const byCode = new Map();
  views.forEach((view, lane) => {
    if (!view?.notice) return;
    const { code, params } = view.notice;
    const sentence = context.words(`notice.${code}`, params);
    const shown = byCode.get(code) ?? {
      key: `run-${code}`,
      kind: FAULTS.has(code) ? "error" : "info",
      sentence: views.length > 1 ? context.words("notice.lanes") : sentence,
      details: [],
      actions: view.phase === "stopped" && view.canGoBack !== null && views.length === 1 ? ["go-back"] : [],
      dismiss: null,
      params: { iteration: view.canGoBack ?? 0 },
    };
    if (views.length > 1) shown.details.push(`${names[lane] ?? lane + 1}: ${sentence}`);
    byCode.set(code, shown);
  });
  return [...byCode.values()];
}

/**
 * @param {Shown} notice
 * @param {Context} context
 */
function card({ kind, sentence, details, actions, dismiss, params }, { words, actions: page }) {
  const buttons = actions.map((action) =>
    h(
      "button",
      { type: "button", on: { click: () => page.remedy(action) } },
      words(`remedy.${action}`, params),
    ),
  );
  const close = words("notice.dismiss");
  return h(
    "div",
    { class: `notice ${kind}` },
    h(
      "div",
      { class: "notice-text" },
      h("p", {}, sentence),
      details.length > 0 ? h("ul", {}, ...details.map((line) => h("li", {}, line))) : null,
    ),
    buttons.length > 0 ? h("div", { class: "notice-actions" }, ...buttons) : null,
    dismiss
      ? h(
          "button",
          { type: "button", class: "quiet", "aria-label": close, title: close, on: { click: dismiss } },
          "×",
        )
      : null,
  );
}
