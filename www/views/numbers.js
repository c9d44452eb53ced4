// The numbers of the present moment, and how many examples a second are learned.

import { focusWhenScrolled, h, onceQuiet, setAttribute, setText, show } from "./dom.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../show.js").ShownSheet} ShownSheet */

/** Characters: longer values are calculations, which need a line of their own. */
const LONGEST = 14;
/** Milliseconds over which the speed is measured. */
const MEASURE = 700;
/** Milliseconds: at rest the numbers are announced once nothing has changed for so long, on the way only this often. */
const QUIET = 700;
const BETWEEN_WORDS = 20_000;

/** @param {Context} context */
export function createNumbers({ words, say }) {
  const list = h("dl", { class: "numbers", hidden: true });
  const spoken = h("p", { class: "only-heard", role: "status" });
  const rate = createRate();
  let names = "";
  let sentence = "";
  let spokenAt = performance.now();
  let hasRun = false;
  const speak = onceQuiet(QUIET, speakNow);
  const widths = focusWhenScrolled(list);

  function speakNow() {
    spokenAt = performance.now();
    setText(spoken, sentence);
  }

  return {
    element: list,
    spoken,
    /**
     * @param {State} state
     * @param {ShownSheet | null} sheet
     */
    update(state, sheet) {
      if (!sheet) return;
      const numbers = sheet.head.numbers.map(({ name, label, value }) => ({
        name,
        label: say(label),
        value,
      }));
      const perSecond = rate(state);
      if (perSecond !== null && numbers.length > 0)
        numbers.push({
          name: "examples-per-second",
          label: words("run.examples-per-second"),
          value: perSecond,
        });
      const present = numbers.map(({ name }) => name).join();
      if (present !== names) {
        names = present;
        list.replaceChildren(
          ...numbers.map(({ name }) => h("div", {}, h("dt"), h("dd", { "data-testid": name }))),
        );
        show(list, numbers.length > 0);
      }
      setAttribute(list, "data-wide", numbers.some(({ value }) => value.length > LONGEST) ? "" : null);
      numbers.forEach(({ label, value }, at) => {
        const [name, number] = list.children[at].children;
        setText(name, label);
        setAttribute(name, "title", label);
        setText(number, value);
      });
      widths.renew();
      announce(state, sheet);
    },
    end() {
      widths.disconnect();
      speak.end();
    },
  };

  /** @param {State} state @param {ShownSheet} sheet */
  function announce({ run }, sheet) {
    hasRun ||= run.playing;
    if (!hasRun) return;
    const next = sheet.head.numbers.map(({ label, value }) => `${say(label)} ${value}`).join(", ");
    if (next === sentence) return;
    sentence = next;
    if (!run.playing) speak.ask();
    else if (performance.now() - spokenAt >= BETWEEN_WORDS) speakNow();
  }
}

/**
 * How many examples a second all jobs learn, measured between reports.
 * @returns {(state: State) => string | null} null as long as it is not known, and in labs that learn from no examples
 */
function createRate() {
  let run = -1;
  let from = { at: 0, examples: 0 };
  /** @type {string | null} */
  let shown = null;
  return ({ run: { number, jobs, playing } }) => {
    const examples = jobs.reduce((sum, { report }) => sum + (report?.examples ?? 0), 0);
    const at = performance.now();
    if (number !== run || examples < from.examples) {
      run = number;
      shown = null;
      from = { at, examples };
    } else if (!playing) {
      from = { at, examples };
    } else if (at - from.at >= MEASURE) {
      // To three digits: more would only flicker.
      if (examples > from.examples)
        shown = String(Number((((examples - from.examples) * 1000) / (at - from.at)).toPrecision(3)));
      from = { at, examples };
    }
    return shown;
  };
}
