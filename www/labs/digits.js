// Digits: the pad, what the net reads on it, and what lies behind its accuracy.

import { acceptDrops, createNetFile } from "../views/net-file.js";
import { createConfusion } from "../views/confusion.js";
import { createDigitGallery } from "../views/digit-gallery.js";
import { createDrawingPad } from "../views/drawing-pad.js";
import { createStampInput } from "../views/stamp-input.js";
import { createReading } from "../views/reading.js";
import { Drawing, SIDE } from "../views/drawing.js";
import { h, setText } from "../views/dom.js";

/** @typedef {import("../worker/protocol.js").Reading} Reading @typedef {import("../worker/protocol.js").View} View */
/** @typedef {import("../worker/protocol.js").TestImage} TestImage */

/** One drawing for the life of the page: no change of lab, language or run loses it. @type {Drawing | undefined} */
let drawing;
/** Milliseconds without a stroke after which the page has nothing better to do. */
const QUIET = 1200;
/** The test digits are fetched once, when the page has nothing better to do. */
let testDigitsFetched = false;

/** @type {import("../views/lab.js").MakeTouch} */
export function createTouch({ context }) {
  const { words, actions } = context;
  const sheet = (drawing ??= new Drawing());
  const reading = createReading(context, sheet.canvas);
  const pad = createDrawingPad(sheet, context, () => read());
  const gallery = createDigitGallery(context, stamp);
  const confusion = createConfusion(context, (truth, digit) => {
    gallery.choose({ truth, reading: digit, wrongOnly: false });
    gallery.element.scrollIntoView({ block: "nearest" });
    gallery.element.focus({ preventScroll: true });
  });
  const netFile = createNetFile(context);
  const stampInput = createStampInput(context, stamp);
  const stamped = h("p", { class: "help", role: "status" });
  const drawn = [pad.element, stampInput.element, stamped, reading.element, reading.seen];
  const panel = h("section", { class: "pad-panel panel", "aria-label": words("pad.name") }, ...drawn);
  const drops = new AbortController();
  acceptDrops(document.body, actions.useFile, drops.signal);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let quiet;
  let asking = false;
  let askAgain = false;
  /** @type {View | null} */
  let seenView = null;
  reading.update(null);
  read();

  /** Asks what the pad shows: one question at a time, and the last drawing counts. */
  async function read() {
    if (sheet.isBlank) {
      setText(stamped, "");
      showReading(null);
      return;
    }
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const rgba = sheet.pixels();
      const found = /** @type {Reading | null} */ (
        await actions.ask("read", { rgba, width: SIDE, height: SIDE }, [rgba.buffer])
      );
      if (!sheet.isBlank) showReading(found);
    } catch {
      // While a worker is being replaced nobody reads; its first view asks again.
    } finally {
      asking = false;
    }
    if (askAgain) {
      askAgain = false;
      read();
    }
    fetchTestDigitsSoon();
  }

  /** @param {Reading | null} found */
  function showReading(found) {
    reading.update(found);
    const crop = found?.crop;
    pad.showCrop(
      crop
        ? { x: crop.x / SIDE, y: crop.y / SIDE, width: crop.width / SIDE, height: crop.height / SIDE }
        : null,
    );
  }

  /**
   * Puts a test digit onto the pad; the way to use it without a pointer.
   * @param {number} number its place in the test set
   */
  async function stamp(number) {
    const image = await testImage(number);
    if (!image) return;
    sheet.stamp(inkOf(image.pixels));
    stampInput.show(number);
    setText(stamped, words("pad.stamped", { number, label: image.label }));
    pad.element.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {number} index
   * @returns {Promise<TestImage | null>}
   */
  async function testImage(index) {
    const found = await actions.ask("test-image", { index }).catch(() => null);
    if (found) return found;
    // The test digits are not there yet.
    await actions.load(["test"]);
    return actions.ask("test-image", { index }).catch(() => null);
  }

  /** Once nobody has drawn for a while: judging ten thousand digits would hold up the reading of this one. */
  function fetchTestDigitsSoon() {
    const connection = /** @type {{ saveData?: boolean } | undefined} */ (
      Reflect.get(navigator, "connection")
    );
    if (testDigitsFetched || connection?.saveData) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      testDigitsFetched = true;
      actions.load(["test"]);
    }, QUIET);
  }

  return {
    beside: [panel, netFile.element],
    below: [confusion.element, gallery.element],
    update(state) {
      gallery.update(state.loading !== null);
      const view = state.run.views[0];
      if (!view || view === seenView) return;
      seenView = view;
      read();
      gallery.netChanged(state.run.playing);
      confusion.netChanged(state.run.playing);
    },
    end() {
      drops.abort();
      clearTimeout(quiet);
      pad.end();
      gallery.end();
      confusion.end();
    },
  };
}

/**
 * Black ink on nothing.
 * @param {Uint8Array} pixels of MNIST, 255 for ink
 * @returns {HTMLCanvasElement}
 */
function inkOf(pixels) {
  const side = Math.sqrt(pixels.length);
  const ink = new ImageData(side, side);
  pixels.forEach((value, at) => (ink.data[4 * at + 3] = value));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  canvas.getContext("2d")?.putImageData(ink, 0, 0);
  return canvas;
}
