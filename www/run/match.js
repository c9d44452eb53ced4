// Which of the jobs at work are the jobs of changed settings. Equal tasks give equal results, so those go on.

/**
 * @param {readonly { task: Uint8Array, name: string }[]} before what is at work
 * @param {readonly { task: Uint8Array, name: string }[]} after what is wanted
 * @returns {({ from: number, same: boolean } | null)[]} for each job that is wanted the one that goes on as it: the same
 *   one, or one whose task has changed; null where it is new
 */
export function matchJobs(before, after) {
  const left = new Set(before.keys());
  /** @type {({ from: number, same: boolean } | null)[]} */
  const found = after.map(() => null);
  /** @param {boolean} same @param {(from: number, to: number) => boolean} fits */
  const pair = (same, fits) => {
    for (const to of after.keys()) {
      if (found[to]) continue;
      const from = [...left].find((each) => fits(each, to));
      if (from === undefined) continue;
      left.delete(from);
      found[to] = { from, same };
    }
  };
  // In its own place first: two jobs may have equal tasks.
  pair(true, (from, to) => from === to && isEqual(before[from].task, after[to].task));
  pair(true, (from, to) => isEqual(before[from].task, after[to].task));
  pair(false, (from, to) => before[from].name === after[to].name);
  // A list of as many jobs is the same list with some of them changed; of another length, jobs came or went.
  if (before.length === after.length) pair(false, () => true);
  return found;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function isEqual(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
