// What the page can do before its labs are there: show the lab of the address as the catalogue has it, and read drawings.
// What is asked of them meanwhile waits, in its order.

import { defaults, presentLab } from "./state/selectors.js";
import { isOverview, labIn, parseHash, parseView } from "./state/url.js";

/** @typedef {import("./state/reducer.js").State} State @typedef {import("./state/reducer.js").Event} Event */
/** @typedef {import("./pkg/catalogue.js").Opening} Opening @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./show.js").ShownSheet} ShownSheet @typedef {import("./pkg/labs.js").Settings} Settings */

/** The network that the reader has. */
const READERS = "deep-convnet";

/** What waits for the labs. @satisfies {(keyof Actions)[]} */
const LATER = /** @type {const} */ ([
  "edit",
  "moveTo",
  "useFile",
  "play",
  "pause",
  "step",
  "reset",
  "load",
  "watch",
  "savePython",
  "usePretrained",
  "forget",
  "changeOwn",
  "saveOwn",
  "loadOwn",
  "drag",
  "useDefault",
  "useSuggestion",
  "choosePace",
  "writeAddressNow",
]);

/**
 * @param {object} options
 * @param {import("./state/store.js").Store<State, Event>} options.store
 * @param {import("./openings.js").Openings} options.openings
 * @param {import("./run/reader.js").DrawingReader} options.reader
 * @param {Promise<Actions>} options.coming what the labs can do; never settled where they cannot be loaded
 * @param {() => boolean} options.trains whether what trains is there as well, which reads too
 * @param {import("./shell-actions.js").ShellActions} options.shell what needs no labs
 * @returns {{ actions: Actions, sheet: () => ShownSheet }} actions that are those of the labs once they have come, and what is known
 *   of the present lab's figures: their places
 */
export function createEarly({ store, openings, reader, coming, trains, shell }) {
  /** @type {Actions | null} */
  let labs = null;
  coming.then((actions) => (labs = actions));

  const opening = () => openings.of(store.state.lab);

  /** Goes to the place that the address names, as far as it can be known. */
  async function readAddress() {
    const id = labIn(location.hash);
    if (!openings.isKnown(id)) {
      await openings.learn(id);
      if (labIn(location.hash) !== id) return;
      if (labs) return labs.readAddress();
      store.dispatch({ type: "catalogue-loaded", catalogue: openings.labs() });
    }
    goToAddress();
  }

  function goToAddress() {
    const check = (/** @type {string} */ id, /** @type {Settings} */ given) => {
      const { lab, fields } = openings.of(id);
      const usual = defaults(lab);
      const changed = Object.entries(given).map(([name, value]) => {
        return [name, { ...fields[name], isDefault: value === usual[name] }];
      });
      return { problems: [], fields: { ...fields, ...Object.fromEntries(changed) } };
    };
    const { hash } = location;
    const { lab, settings, fields } = parseHash(hash, store.state.catalogue, check);
    store.dispatch({ type: "place-chosen", lab, settings, fields });
    const { embed, hide, language } = parseView(hash, presentLab(store.state));
    if (language) shell.visitIn(language);
    if (isOverview(hash)) return store.dispatch({ type: "overview-chosen" });
    store.dispatch({ type: "view-chosen", embed, hide });
    const { steps, jobs } = opening();
    // Whether a network stands in for that of other settings, the labs will know.
    const isOther = presentLab(store.state).fields.some(
      ({ name, live }) => !live && fields[name]?.isDefault === false,
    );
    const isReady = !isOther && jobs.some(({ pretrained }) => pretrained !== null);
    store.dispatch({
      type: "run-expected",
      steps,
      source: isReady ? "pretrained" : "seed",
      jobs: jobs.map(({ name, color, limit, starts, learns }) => {
        return { name, color, limit, starts, learns, report: null };
      }),
    });
  }

  /** Whether the present network is the one that the reader has, and no worker has it yet. */
  function standsIn() {
    const { source, jobs } = store.state.run;
    const isIts = opening().jobs[0]?.pretrained === READERS;
    return source === "pretrained" && isIts && !jobs[0]?.report;
  }

  /** @type {Actions["ask"]} */
  async function ask(question, parts, transfer, job) {
    // The reader takes all steps.
    const leavesOut = Object.values(parts?.steps ?? {}).includes(false);
    if (question === "predict" && !job && !leavesOut && standsIn()) {
      if (!trains()) await reader.ready();
      const found = standsIn() ? reader.read(/** @type {any} */ (parts)) : undefined;
      if (found !== undefined) return found;
    }
    return (labs ?? (await coming)).ask(question, parts, transfer, job);
  }

  /** @param {Parameters<Actions["remedy"]>[0]} remedy */
  async function remedy(remedy) {
    // The only notice that there can be by then says that something did not come.
    if (!labs && remedy === "reload") location.reload();
    else (labs ?? (await coming)).remedy(remedy);
  }

  /** @param {keyof Actions} name */
  const later = (name) => [
    name,
    (/** @type {any[]} */ ...given) => {
      const call = (/** @type {any} */ actions) => actions[name](...given);
      return labs ? call(labs) : coming.then(call);
    },
  ];
  const actions = {
    ...shell,
    .../** @type {Pick<Actions, typeof LATER[number]>} */ (Object.fromEntries(LATER.map(later))),
    ask,
    remedy,
    /** @param {Parameters<Actions["readAddress"]>[0]} [how] @returns {Promise<void> | void} once the lab is known */
    readAddress: (how) => (labs ? labs.readAddress(how) : readAddress()),
  };
  return { actions, sheet: () => sheetOf(opening()) };
}

/** @type {WeakMap<Opening, ShownSheet>} */
const sheets = new WeakMap();

/** @param {Opening} opening */
function sheetOf(opening) {
  const sheet = sheets.get(opening) ?? { head: opening.head, rows: () => [], picture: () => null };
  sheets.set(opening, sheet);
  return sheet;
}
