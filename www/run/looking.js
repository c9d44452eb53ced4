// Looks back: every job is shown as it was at a step. While one drags, the last place wanted counts.

/**
 * @typedef {object} Place
 * @property {number | null} step null for what the jobs had come to
 * @property {-1 | 0 | 1} toward the direction in which another step than the present one is meant; 0 for the nearest
 */

/**
 * @param {object} options
 * @param {(place: Place) => Promise<unknown>} options.look shows all jobs there
 * @param {(error: unknown) => void} options.failed
 * @returns {(place: Place) => Promise<void>} settled when nothing more is to be shown
 */
export function createLooking({ look, failed }) {
  /** @type {Place | null} */
  let wanted = null;
  /** @type {Promise<void> | null} */
  let looking = null;

  async function catchUp() {
    try {
      while (wanted) {
        const place = wanted;
        wanted = null;
        await look(place);
      }
    } catch (error) {
      wanted = null;
      failed(error);
    } finally {
      looking = null;
    }
  }

  return (place) => {
    wanted = place;
    looking ??= catchUp();
    return looking;
  };
}
