// The page of one lab, put together from its description: its head, what runs it, the stage, and what is folded away.

import { createDrawingPart } from "./inputs/drawing-part.js";
import { createFigure } from "./figures/figure.js";
import { createFold } from "./folds.js";
import { createForm } from "./fields/form.js";
import { createHead } from "./head.js";
import { createLater } from "./later.js";
import { createNeighbours } from "./nav.js";
import { createNotices } from "./notices.js";
import { createNumbers } from "./numbers.js";
import { createRunBar } from "./run-bar.js";
import { createSettling } from "./settling.js";
import { createStage } from "./stage.js";
import { createSuggestions } from "./suggestions.js";
import { createTable } from "./table.js";
import { h, setAttribute, show } from "./dom.js";
import { keptDrawing } from "./inputs/kept-drawing.js";
import {
  hasKept,
  isMeant,
  presentLab,
  presentMoment,
  presentSettings,
  presentView,
} from "../state/selectors.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../state/reducer.js").State} State */
/** @typedef {import("../pkg/labs.js").LabDescription} Lab @typedef {import("../show.js").ShownSheet} ShownSheet */
/** @typedef {import("./figures/figure.js").Figure} Figure */

/**
 * @param {State} state whose present lab it is
 * @param {Context} context
 */
export function createLabPage(state, context) {
  const { words } = context;
  const lab = presentLab(state);
  const { embed, hide } = presentView(state);
  const form = { ...lab, fields: lab.fields.filter(({ name }) => !hide.includes(name)) };
  const asks = (/** @type {Lab["inputs"][number]} */ input) => lab.inputs.includes(input);
  const head = createHead(lab, context);
  const notices = createNotices(context);
  const runBar = createRunBar(lab, context);
  const numbers = createNumbers(context);
  const main = createForm(form, "main", context);
  const drawing = asks("drawing") ? createDrawingPart(context, { isKept: !embed }) : null;
  let now = state;
  const teach =
    drawing && !embed
      ? createLater(
          async () => (await import("./inputs/folded.js")).createTeach(context, drawing),
          drawing.own,
        )
      : null;
  drawing?.listen(() => teach?.update(now));
  const figures = lab.slots.map((slot) => createFigure(slot, lab.id, context));
  const stage = createStage(
    figures.filter(({ slot }) => slot.place === "main"),
    drawing && [drawing.pad, drawing.prediction, drawing.seen, ...(teach ? [teach.element] : [])],
  );
  const suggestions = createSuggestions(lab, context, () => {
    stage.element.scrollIntoView({ block: "nearest" });
  });
  const inputSteps = drawing
    ? createLater(async () => (await import("./inputs/folded.js")).createInputSteps(context, drawing))
    : null;
  const reasons = drawing
    ? createLater(async () => (await import("./inputs/folded.js")).createReasons(context, drawing))
    : null;
  const testDigits = asks("test-digits")
    ? createLater(async () => (await import("./inputs/folded.js")).createTestDigits(context, drawing))
    : null;
  const netFile = asks("net-file")
    ? createLater(async () => (await import("./inputs/folded.js")).createNetFile(context))
    : null;
  // A lab without jobs is a figure, which Python has nothing to do with.
  const python = createLater(
    async () => (await import("./inputs/folded.js")).createPython(context),
    () => now.run.jobs.length > 0,
  );
  context.actions.noteDrawing(keptDrawing());
  const kept = createLater(
    async () => (await import("./inputs/folded.js")).createKept(context),
    () => hasKept(now),
  );
  const own = teach && createLater(async () => (await import("./inputs/folded.js")).createOwnList(context));
  const more = createMore(
    form,
    figures,
    { inputSteps, reasons, testDigits, netFile, python, own, kept },
    hide,
    context,
  );
  const title = h("h1", { class: "only-heard", tabindex: "-1" }, context.say(lab.title));
  const tries = embed || hide.includes("suggestions") ? null : suggestions.element;

  const strip = h(
    "section",
    { class: "run-strip", "aria-label": words("run.strip"), tabindex: "-1" },
    h("div", { class: "run-row" }, runBar.element, main.element),
    numbers.element,
    h("div", { class: "run-words" }, runBar.scrubber, runBar.status, notices.element),
    runBar.bar,
    numbers.spoken,
  );
  const element = h(
    "article",
    { class: "lab", "data-lab": lab.id },
    h("div", { class: "first-screen" }, embed ? title : head.element, strip, tries, stage.element),
    embed ? null : more.element,
    embed ? null : createNeighbours(state.catalogue, lab, context),
  );

  const settling = createSettling(
    element,
    figures.map(({ place }) => place),
    () => figures.some(({ isAwaited, slot }) => isAwaited && isMeant(slot, presentSettings(now))),
  );
  const countNetworks = createNetworkCount();
  let described = lab;

  /** The longer words come with the labs. @param {Lab} known */
  function describe(known) {
    if (known === described) return;
    described = known;
    for (const part of [head, main, more]) part.describe(known);
    for (const figure of figures) {
      const slot = known.slots.find(({ name }) => name === figure.slot.name);
      if (slot) figure.describe(slot);
    }
  }

  return {
    element,
    /**
     * @param {State} state
     * @param {ShownSheet | null} sheet
     */
    update(state, sheet) {
      now = state;
      const keys = { hovered: state.hovered, chosen: presentMoment(state).chosen };
      describe(presentLab(state));
      suggestions.update(state);
      runBar.update(state, sheet);
      main.update(state);
      numbers.update(state, sheet);
      notices.update(state, sheet);
      setAttribute(strip, "data-notice", notices.tone());
      const networks = countNetworks(state);
      const { playing } = state.run;
      for (const figure of figures) figure.update(sheet, keys, { networks, playing });
      // Without a network there is nothing that could read a drawing.
      stage.showDrawing(state.run.jobs.length > 0);
      stage.update();
      more.update(state, sheet, keys);
      kept.update(state);
      drawing?.update(state, keys);
      inputSteps?.update(state);
      reasons?.update(state);
      teach?.update(state);
      own?.update(state);
      testDigits?.update(state);
      netFile?.update(state);
      python.update(state);
      const isSaid = state.notices.length > 0;
      // What begins by itself is about to bring figures.
      const isBegun = state.run.jobs.every(
        ({ starts, limit, report }) => !starts || limit === 0 || (report?.done ?? 0) > 0,
      );
      settling.update(isSaid || stage.isShown(), isSaid || (!state.run.opening && isBegun));
    },
    end() {
      for (const part of [
        head,
        suggestions,
        numbers,
        stage,
        more,
        settling,
        drawing,
        inputSteps,
        reasons,
        teach,
        own,
        testDigits,
        netFile,
        python,
        kept,
        ...figures,
      ])
        part?.end();
    },
  };
}

/** @returns {(state: State) => number} how often the first job's network took the place of another one, so far */
function createNetworkCount() {
  let count = 0;
  /** @type {{ source: string, report: import("../pkg/core.js").JobReport } | null} */
  let last = null;
  return ({ run: { source, jobs } }) => {
    const report = jobs[0]?.report;
    // Until its first report the network before it is shown.
    if (!report || report === last?.report) return count;
    if (last && (source !== last.source || report.done < last.report.done)) count += 1;
    last = { source, report };
    return count;
  };
}

/** @typedef {{ element: HTMLElement }} Shown */

/**
 * What is folded away: all other settings, further figures, the table, test digits, files.
 * @param {Lab} lab
 * @param {Figure[]} figures
 * @param {Record<"inputSteps" | "reasons" | "testDigits" | "netFile" | "own", Shown | null>
 *   & Record<"python" | "kept", Shown>} inputs
 * @param {string[]} hide what a link takes away
 * @param {Context} context
 */
function createMore(lab, figures, inputs, hide, context) {
  const { inputSteps, reasons, testDigits, netFile, python, own, kept } = inputs;
  const { words, say } = context;
  const form = createForm(lab, "more", context);
  const table = createTable(context);
  const tableFold = createFold({ name: "table", title: words("table.name") }, table.element);
  const others = figures
    .filter(({ slot }) => slot.place === "more")
    .map((figure) => ({
      figure,
      fold: createFold(
        { name: `${lab.id}-${figure.slot.name}`, title: say(figure.slot.title) },
        figure.place,
      ),
    }));
  const pythonFold = createFold({ name: "python", title: words("python.fold") }, python.element);
  const keptFold = createFold({ name: "kept", title: words("kept.fold") }, kept.element);
  show(keptFold, false);
  const ownFold = own && createFold({ name: "own-digits", title: words("own.title") }, own.element);
  const element = h(
    "div",
    { class: "more", "data-part": "more" },
    inputSteps && createFold({ name: "input-steps", title: words("steps.fold") }, inputSteps.element),
    reasons && createFold({ name: "why", title: words("why.fold") }, reasons.element),
    form.isEmpty || hide.includes("settings")
      ? null
      : createFold({ name: "settings", title: words("controls.more") }, form.element),
    ...others.map(({ fold }) => fold),
    testDigits && createFold({ name: "test-digits", title: words("gallery.fold") }, testDigits.element),
    hide.includes("table") ? null : tableFold,
    netFile && createFold({ name: "net-file", title: words("net.fold") }, netFile.element),
    pythonFold,
    ownFold,
    keptFold,
  );
  return {
    element,
    describe: form.describe,
    /**
     * @param {State} state
     * @param {ShownSheet | null} sheet
     * @param {{ hovered: number | null, chosen: number | null }} keys
     */
    update(state, sheet, keys) {
      form.update(state);
      if (sheet) show(tableFold, sheet.head.table !== null && sheet.head.table.rows > 0);
      table.update(sheet, keys);
      show(
        pythonFold,
        state.run.jobs.some(({ learns }) => learns),
      );
      for (const { figure, fold } of others) {
        // What reports hold only on demand is not known to be missing before it was asked for.
        const comes = figure.slot.wants.length > 0 && state.run.jobs.length > 0;
        show(fold, figure.isShown || comes);
      }
      // Once all is forgotten, it says so.
      if (hasKept(state)) show(keptFold, true);
    },
    end: () => table.end(),
  };
}
