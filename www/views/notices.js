// What the visitor has to know, with what can be done about it. A message that stays is announced once.

import { problemSentence } from "./problems.js";
import { h, setText } from "./dom.js";
import { presentLab, presentProgress } from "../state/selectors.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../show.js").ShownSheet} ShownSheet */
/**
 * @typedef {object} Shown
 * @property {string} key the same for a message that stays, whatever its words
 * @property {boolean} isWarning
 * @property {boolean} isQuiet whether it stands beside what the run is doing instead of here
 * @property {string} sentence
 * @property {string[]} details
 * @property {{ name: string, of: unknown, act: () => unknown }[]} actions `of`: the remedy, by which two are told apart
 * @property {(() => void) | null} dismiss
 */

/** @param {Context} context */
export function createNotices(context) {
  const { words } = context;
  const cards = h("div", { class: "notice-cards" });
  const alert = h("p", { class: "only-heard", role: "alert" });
  const news = h("p", { class: "only-heard", role: "status" });
  const element = h(
    "section",
    { class: "notices", "aria-label": words("notice.region") },
    cards,
    alert,
    news,
  );
  let shownKey = "";
  /** @type {Set<string>} */
  let announced = new Set();

  /** @param {Shown[]} shown */
  function announce(shown) {
    const fresh = shown.filter(({ key }) => !announced.has(key));
    announced = new Set(shown.map(({ key }) => key));
    for (const [place, isWarning] of /** @type {const} */ ([
      [alert, true],
      [news, false],
    ])) {
      const said = fresh.filter((each) => each.isWarning === isWarning);
      // Emptied, so that the same words are heard when they come back.
      if (!shown.some((each) => each.isWarning === isWarning)) setText(place, "");
      if (said.length > 0)
        setText(place, said.map(({ sentence, details }) => [sentence, ...details].join(" ")).join(" "));
    }
  }

  /** How urgent the most urgent message is. @type {"warning" | "info" | null} */
  let tone = null;

  return {
    element,
    tone: () => tone,
    /**
     * @param {State} state
     * @param {ShownSheet | null} sheet
     */
    update(state, sheet) {
      const found = [...ofShell(state, context), ...ofExperiment(sheet, context)];
      const [guess] = ofGuess(state, sheet, context);
      // One thing at a time: a warning goes before how a guess went, and any message before a question.
      const others = found.filter(({ isQuiet }) => !isQuiet);
      const isNext = guess?.actions.length ? others.length === 0 : !others.some(({ isWarning }) => isWarning);
      const shown = guess && isNext ? [...found.filter(({ isQuiet }) => isQuiet), guess] : found;
      const key = JSON.stringify(shown);
      if (key === shownKey) return;
      shownKey = key;
      const cardsShown = shown.filter(({ isQuiet }) => !isQuiet);
      tone =
        cardsShown.length === 0 ? null : cardsShown.some(({ isWarning }) => isWarning) ? "warning" : "info";
      const focused = cards.contains(document.activeElement);
      cards.replaceChildren(...cardsShown.map((notice) => card(notice, words)));
      // A button that did its work is gone; the keyboard goes on from the place of the messages.
      if (focused) element.closest(".run-strip")?.querySelector("button")?.focus({ preventScroll: true });
      announce(shown);
    },
  };
}

/** @param {ShownSheet | null} sheet @returns {import("../pkg/labs.js").Notice[]} those beside what the run is doing */
export function quietNotices(sheet) {
  return (sheet?.head.notices ?? []).filter(({ tone }) => tone === "quiet");
}

/**
 * @param {State} state
 * @param {Context} context
 * @returns {Shown[]}
 */
function ofShell(state, context) {
  const lab = presentLab(state);
  return state.notices.map((notice) => ({
    key: `shell ${notice.id}`,
    isWarning: notice.kind === "error",
    isQuiet: false,
    sentence: context.words(`notice.${notice.code}`, notice.params),
    details: notice.problems.map((problem) => problemSentence(problem, context, lab)),
    actions: notice.actions.map((action) => ({
      name: context.words(`remedy.${action}`, notice.params),
      of: action,
      act: () => context.actions.remedy(action),
    })),
    dismiss: () => context.actions.dismiss(notice.id),
  }));
}

/**
 * The question before a run, and after it how the guess went.
 * @param {State} state
 * @param {ShownSheet | null} sheet
 * @param {Context} context
 * @returns {Shown[]}
 */
function ofGuess(state, sheet, { words, say, actions }) {
  const guess = sheet?.head.guess;
  if (!guess || state.embed) return [];
  const { question, options, answer } = guess;
  const of = JSON.stringify([question.en, options.map(({ en }) => en)]);
  const own = state.guesses[state.lab];
  const shown = { isWarning: false, isQuiet: false, details: [], dismiss: () => actions.guess(of, null) };
  if (own?.of === of) {
    if (own.option === null || !answer) return [];
    const told = say(answer.told);
    const isRight = own.option === answer.option;
    const sentence = isRight
      ? words("guess.right", { told })
      : words("guess.wrong", { told, guess: say(options[own.option]) });
    return [{ ...shown, key: `lab guess-told ${of}`, sentence, actions: [] }];
  }
  const { done } = presentProgress(state);
  if (answer || state.run.playing || state.run.opening || done > 0) return [];
  const ways = options.map((option, at) => ({ name: say(option), of: at, act: () => actions.guess(of, at) }));
  const sentence = words("guess.question", { question: say(question) });
  return [{ ...shown, key: `lab guess ${of}`, sentence, actions: ways }];
}

/**
 * @param {ShownSheet | null} sheet
 * @param {Context} context
 * @returns {Shown[]}
 */
function ofExperiment(sheet, { say, actions }) {
  return (sheet?.head.notices ?? []).map(({ code, tone, text, remedies }) => ({
    key: `lab ${code}`,
    isWarning: tone === "warning",
    isQuiet: tone === "quiet",
    sentence: say(text),
    details: [],
    actions: remedies.map((remedy) => ({
      name: say(remedy.text),
      of: remedy,
      act: () => actions.remedy(remedy),
    })),
    dismiss: null,
  }));
}

/**
 * @param {Shown} notice
 * @param {Context["words"]} words
 */
function card({ key, isWarning, sentence, details, actions, dismiss }, words) {
  const close = words("notice.dismiss");
  return h(
    "div",
    { class: isWarning ? "notice warning" : "notice", "data-notice": key.split(" ")[1] },
    h(
      "div",
      { class: "notice-text" },
      h("p", {}, sentence),
      details.length > 0 ? h("ul", {}, ...details.map((line) => h("li", {}, line))) : null,
    ),
    actions.length > 0
      ? h(
          "div",
          { class: "notice-actions" },
          ...actions.map(({ name, act }) => h("button", { type: "button", on: { click: act } }, name)),
        )
      : null,
    dismiss
      ? h(
          "button",
          { type: "button", class: "quiet", "aria-label": close, title: close, on: { click: dismiss } },
          "×",
        )
      : null,
  );
}
