// What the page knows of each lab before its labs are there: of the first one at once, of another once it is asked for, and
// of all of them how they are called.

/** @typedef {import("./pkg/catalogue.js").Opening} Opening @typedef {import("./pkg/catalogue.js").Brief} Brief */
/** @typedef {ReturnType<typeof createOpenings>} Openings */

const none = { en: "", zh: "" };

/**
 * @param {object} catalogue
 * @param {Brief[]} catalogue.list
 * @param {Opening} catalogue.first
 * @param {Record<string, () => Promise<{ default: Opening }>>} catalogue.others
 */
export function createOpenings({ list, first, others }) {
  const known = new Map(list.map((brief) => [brief.id, bare(brief)]));
  known.set(first.lab.id, first);
  const learned = new Set([first.lab.id]);

  return {
    labs: () => [...known.values()].map(({ lab }) => lab),
    /** @param {string} id of any lab; the first one's opening for another */
    of: (id) => known.get(id) ?? first,
    /** @param {string} id */
    isKnown: (id) => learned.has(id) || !Object.hasOwn(others, id),
    /**
     * What cannot be fetched stays bare until the labs say it.
     * @param {string} id of one that is not known
     */
    async learn(id) {
      try {
        const { default: opening } = await others[id]();
        known.set(id, opening);
        learned.add(id);
      } catch {
        // The labs will say whether it came.
      }
    },
  };
}

/**
 * @param {Brief} brief
 * @returns {Opening}
 */
function bare(brief) {
  return {
    lab: { ...brief, about: none, formula: "", fields: [], slots: [], inputs: [], suggestions: [], pace: 1 },
    fields: {},
    steps: 0,
    jobs: [],
    head: { guess: null, notices: [], numbers: [], table: null, pictures: [] },
  };
}
