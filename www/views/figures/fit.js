// How large a picture is drawn in the room that there is.

/** A picture that keeps its proportions is not made narrower than this share of the room. */
const LEAST_SHARE = 0.4;
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
  let [low, high] = [width * LEAST_SHARE, width];
  const least = picture.height(low);
  if (least === undefined || least > room.height) return { width, height: Math.ceil(wanted) };
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if ((picture.height(middle) ?? Infinity) <= room.height) low = middle;
    else high = middle;
  }
  return { width: Math.floor(low), height: Math.ceil(picture.height(Math.floor(low)) ?? wanted) };
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
 * In how many columns equal tiles stand so that they are as large as possible and all fit.
 * @param {number} count
 * @param {Size} room
 * @param {{ caption: number, gap: number, least: number }} tile CSS pixels: height of the caption, the gap, and the
 *   narrowest tile
 * @returns {{ columns: number, side: number }} the side of a tile, which is as wide as tall below its caption
 */
export function tiled(count, room, { caption, gap, least }) {
  const most = Math.max(1, Math.floor((room.width + gap) / (least + gap)));
  let best = { columns: Math.min(count, most), side: 0 };
  for (let columns = 1; columns <= Math.min(count, most); columns++) {
    const rows = Math.ceil(count / columns);
    const wide = (room.width - gap * (columns - 1)) / columns;
    const tall = (room.height - gap * (rows - 1)) / rows - caption;
    const side = Math.floor(Math.min(wide, tall));
    if (side > best.side) best = { columns, side };
  }
  // Where they cannot all fit, they stand as close as is still readable.
  return best.side >= least ? best : { columns: Math.min(count, most), side: least };
}
