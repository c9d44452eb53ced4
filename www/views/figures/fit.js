// How large a picture is drawn in the room that there is.

/** A picture that keeps its proportions is not made narrower than this share of the room. */
const LEAST_SHARE = 0.4;
/** How many times as high as it asks for such a picture becomes. */
const MOST_GROWN = 2;
/** How often the width is halved in; ten times finds it to a pixel. */
const HALVINGS = 10;

/**
 * @typedef {{ width: number, height: number }} Size CSS pixels; an infinite height means any
 */

/**
 * A picture with a height of its own gets it, as far as the room allows: one that grows taller as it grows wider is made
 * narrower until it fits.
 * @param {{ height: (width: number) => number | undefined }} picture
 * @param {Size} room
 * @returns {Size} with an infinite height for a picture that takes any
 */
export function fitted(picture, room) {
  const width = Math.floor(room.width);
  const wanted = picture.height(width);
  if (wanted === undefined) return { width, height: Infinity };
  if (wanted <= room.height) return { width, height: Math.ceil(wanted) };
  const heightAt = (/** @type {number} */ each) => picture.height(each) ?? wanted;
  const found = Math.floor(
    largest(width * LEAST_SHARE, width, (each) => heightAt(each) <= room.height) || width,
  );
  return { width: found, height: Math.ceil(heightAt(found)) };
}

/**
 * A picture whose parts move apart where there is more room than it asks for.
 * @param {Size} size that it asks for
 * @param {Size} room
 * @returns {Size}
 */
export function grown({ width, height }, room) {
  return height < room.height
    ? { width: room.width, height: Math.min(room.height, MOST_GROWN * height) }
    : { width, height };
}

/**
 * @param {{ height: (width: number) => number | undefined }} picture with a height of its own
 * @param {number} width CSS pixels
 * @returns {number} the least height that it can be drawn in
 */
export function leastHeight(picture, width) {
  const heights = [picture.height(width), picture.height(width * LEAST_SHARE)];
  return Math.ceil(Math.min(...heights.map((height) => height ?? 0)));
}

/**
 * In how many columns equal tiles stand so that they are as wide as possible and all fit. Where they cannot all fit they
 * are as narrow as is still readable.
 * @param {number} count
 * @param {Size} room
 * @param {object} tile CSS pixels
 * @param {number} tile.caption the height of its caption
 * @param {number} tile.gap
 * @param {number} tile.least the narrowest
 * @param {(width: number) => number} tile.heightAt how high it is below its caption
 * @returns {{ columns: number, width: number, height: number, total: number, leastHeight: number }} `total`: the height of
 *   all of them; `leastHeight`: what they need at least
 */
export function tiled(count, room, { caption, gap, least, heightAt }) {
  const most = Math.min(count, Math.max(1, Math.floor((room.width + gap) / (least + gap))));
  const widest = (/** @type {number} */ columns) => (room.width - gap * (columns - 1)) / columns;
  const needed = (/** @type {number} */ columns, /** @type {number} */ width) =>
    Math.ceil(count / columns) * (heightAt(width) + caption + gap) - gap;
  let best = { columns: most, width: 0 };
  for (let columns = 1; columns <= most; columns++) {
    const width = largest(least, widest(columns), (each) => needed(columns, each) <= room.height);
    // Of two ways that are about as good the one with more even rows came first.
    if (width > 1.02 * best.width) best = { columns, width };
  }
  // Where not all can be seen: a picture by itself takes what there is, several are as large as is usual.
  const usual = count === 1 ? widest(1) : Math.min(widest(most), 2 * least);
  const width = Math.floor(best.width > 0 ? best.width : usual);
  const { columns } = best;
  return {
    columns,
    width,
    height: Math.floor(heightAt(width)),
    total: Math.ceil(needed(columns, width)),
    leastHeight: Math.ceil(needed(most, least)),
  };
}

/**
 * @param {number} low
 * @param {number} high
 * @param {(value: number) => boolean} fits for all below a value, if for it
 * @returns {number} the largest that fits; 0 if not even the lowest does
 */
function largest(low, high, fits) {
  if (high < low || !fits(low)) return 0;
  if (fits(high)) return high;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
