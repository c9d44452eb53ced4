// A digit that writes itself while nobody has drawn yet, so that there is something to see at first sight.

/** @typedef {import("./drawing.js").Point} Point */

/** Milliseconds before the pen begins, and until it is done. */
const BEFORE = 600;
const WRITING = 900;

/**
 * @param {import("./drawing.js").Drawing} sheet
 * @param {() => void} done
 */
export function createExample(sheet, done) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let frame = 0;
  let begun = false;

  function begin() {
    if (sheet.isTouched || !sheet.isBlank) return;
    sheet.exemplify(PATH[0]);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      sheet.extend(PATH.slice(1));
      return done();
    }
    const start = performance.now();
    let written = 1;
    const write = (/** @type {number} */ now) => {
      if (!sheet.isExample) return;
      const share = Math.max(0, Math.min(1, (now - start) / WRITING));
      const until = 1 + Math.round(share * (PATH.length - 1));
      if (until > written) sheet.extend(PATH.slice(written, until));
      written = Math.max(written, until);
      if (written < PATH.length) frame = requestAnimationFrame(write);
      else done();
    };
    frame = requestAnimationFrame(write);
  }

  return {
    /** The network is there. Called again it does nothing. */
    beginSoon() {
      if (begun) return;
      begun = true;
      timer = setTimeout(begin, BEFORE);
    },
    /** What was half written is no digit. */
    end() {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      sheet.withdraw();
    },
  };
}

/** A 3 as a pen writes it: two bows, points in shares of the pad's side. */
const PATH = [...bow(0.36, 0.17, 0.15, [-155, 85]), ...bow(0.67, 0.2, 0.165, [-85, 150])];

/**
 * @param {number} middle its height
 * @param {number} wide
 * @param {number} tall radii
 * @param {[number, number]} turn from the right, clockwise, in degrees
 * @returns {Point[]}
 */
function bow(middle, wide, tall, [from, to]) {
  return Array.from({ length: 28 }, (_, at) => {
    const angle = ((from + ((to - from) * at) / 27) * Math.PI) / 180;
    return { x: 0.48 + wide * Math.cos(angle), y: middle + tall * Math.sin(angle) };
  });
}
