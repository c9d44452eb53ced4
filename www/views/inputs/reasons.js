// Why the drawing is read as it is: the gradient of the score, the training digits that are like it, what would have to
// change to be read as another digit, and what the first convolution makes of it.

import { createPicture, showSigned, whileSeen } from "./pictures.js";
import { showInk } from "./prediction.js";
import { h, setText, show } from "../dom.js";

/** @typedef {import("../../pkg/core.js").Prediction} Prediction @typedef {import("../../state/reducer.js").State} State */
/** @typedef {import("../../pkg/core.js").NearestImages} NearestImages */
/**
 * @typedef {object} Seen what is to be given reasons for
 * @property {Prediction} reading
 * @property {Float32Array} pixels that were read, from 0 to 1
 * @property {number} digit that is read
 * @property {number | null} chosen the digit that the visitor asks about
 *
 * @typedef {object} Reason one of the parts
 * @property {HTMLElement} element
 * @property {(seen: Seen) => Promise<void>} renew
 */

/** Milliseconds between two looks: while the network learns, its reasons change many times a second. */
const BETWEEN = 400;
/** So many training digits are shown. */
const NEAREST = 5;
/** So many feature maps at most. */
const MAPS = 32;
const TRAINING_DIGITS = { train: [{ set: /** @type {const} */ ("mnist"), count: null }], test: [] };

/**
 * @param {import("../dom.js").Context} context
 * @param {import("./drawing-part.js").DrawingPart} drawing
 */
export function createReasons({ words, language, actions }, drawing) {
  const count = new Intl.NumberFormat(language);
  const blank = h("p", { class: "help" }, words("why.blank"));
  const maps = createMaps();
  const nearest = createNearest();
  const reasons = [createGradient(), nearest, createChange(), maps];
  const parts = h("div", { class: "why-parts" }, ...reasons.map(({ element }) => element));
  const element = h("div", { class: "why" }, blank, parts);
  // Each by itself: while another reading is sought, which may take two seconds, the others do not wait for it.
  const looks = reasons.map((reason) => whileSeen(element, BETWEEN, () => look(reason)));
  const deaf = drawing.listen(lookAgain);
  /** @type {State["loading"]} */
  let loading = null;
  show(parts, false);

  function lookAgain() {
    for (const each of looks) each.ask();
  }

  /** @param {Reason} reason */
  async function look(reason) {
    const { reading, chosen } = drawing.shown();
    const digit = reading?.digit ?? null;
    show(blank, digit === null);
    show(parts, digit !== null);
    if (!reading || digit === null) return;
    const pixels = Float32Array.from(reading.centred, (pixel) => pixel / 255);
    try {
      await reason.renew({ reading, pixels, digit, chosen });
    } catch {
      // While a worker is being replaced nobody answers, and a network that goes on learning may read another digit by now;
      // the next reading asks again.
    }
  }

  /** @returns {Reason} */
  function createGradient() {
    const title = h("h3");
    const [signed, input] = [createPicture(), createPicture()];
    const said = h("p", { class: "help" });
    const element = h(
      "section",
      { class: "why-part", "data-why": "gradient", hidden: true },
      title,
      h("div", { class: "picture-row" }, input.element, signed.element),
      said,
    );
    return {
      element,
      async renew({ reading, pixels, digit: read, chosen }) {
        const digit = chosen ?? read;
        /** @type {Float32Array} */
        const found = await actions.ask("gradient", { pixels, output: digit });
        show(element, true);
        setText(title, words("why.gradient", { digit }));
        showInk(input.canvas, reading.centred, reading.centredSide, reading.centredSide);
        input.say(words("why.input"), words("why.input-spoken"));
        const most = showSigned(signed.canvas, found, reading.centredSide);
        signed.say("∂z/∂x", words("why.gradient-spoken", { digit }));
        setText(said, words("why.gradient-help", { digit, most: short(most) }));
      },
    };
  }

  function createNearest() {
    const list = h("ul", { class: "picture-row", role: "list" });
    const said = h("p", { class: "help" });
    const load = h(
      "button",
      { type: "button", on: { click: () => actions.load(TRAINING_DIGITS) } },
      words("why.load"),
    );
    const element = h(
      "section",
      { class: "why-part", "data-why": "nearest" },
      h("h3", {}, words("why.nearest")),
      list,
      said,
      load,
    );
    /** What was compared last with all that there was. @type {Uint8Array | null} */
    let compared = null;
    /** Rises when there may be more to compare. */
    let version = 0;

    /** @param {NearestImages} found */
    function fill({ searched, images }) {
      list.replaceChildren(
        ...images.map(({ index, label, distance, pixels }) => {
          const picture = createPicture();
          showInk(picture.canvas, pixels, 28, 28);
          const far = distance.toFixed(1);
          const spoken = words("why.near-spoken", { index: count.format(index), label, distance: far });
          picture.say(words("why.near", { label, distance: far }), spoken);
          return h("li", {}, picture.element);
        }),
      );
      setText(
        said,
        searched > 0 ? words("why.nearest-help", { count: count.format(searched) }) : words("why.none-there"),
      );
      show(load, searched === 0 && loading === null);
    }

    return {
      element,
      /** @param {Seen} seen */
      async renew({ reading: { centred } }) {
        if (compared && centred.every((pixel, at) => pixel === compared?.[at])) return;
        compared = null;
        const mine = version;
        fill(await actions.ask("nearest", { image: centred, most: NEAREST }));
        if (mine === version) compared = centred;
      },
      forget() {
        version += 1;
        compared = null;
      },
    };
  }

  /** @returns {Reason} */
  function createChange() {
    const title = h("h3");
    const [before, after, difference] = [createPicture(), createPicture(), createPicture()];
    const said = h("p");
    const element = h(
      "section",
      { class: "why-part", "data-why": "change", hidden: true },
      title,
      h("div", { class: "picture-row" }, before.element, after.element, difference.element),
      said,
      h("p", { class: "help" }, words("why.change-help")),
    );
    return {
      element,
      async renew({ reading: { centred, centredSide: side }, pixels, digit, chosen }) {
        const output = chosen === digit ? null : chosen;
        /** @type {import("../../pkg/core.js").ReadingChange | null} */
        const found = await actions.ask("reading-change", { pixels, output });
        show(element, found !== null);
        if (!found) return;
        const { from, to, isReached, steps, values, distance, added, removed } = found;
        setText(title, words("why.change", { to }));
        const ink = Uint8Array.from(values, (value) => Math.round(255 * value));
        showInk(before.canvas, centred, side, side);
        before.say(words("why.now", { from }));
        showInk(after.canvas, ink, side, side);
        after.say(words(isReached ? "why.changed" : "why.changed-in-vain", { to }));
        showSigned(
          difference.canvas,
          values.map((value, at) => value - centred[at] / 255),
          side,
        );
        difference.say(words("why.difference"));
        const numbers = {
          to,
          steps,
          ink: (added + removed).toFixed(1),
          added: added.toFixed(1),
          removed: removed.toFixed(1),
          distance: distance.toFixed(2),
        };
        setText(said, words(isReached ? "why.change-said" : "why.change-none", numbers));
      },
    };
  }

  function createMaps() {
    const title = h("h3", {}, words("why.maps"));
    const row = h("div", { class: "picture-row why-maps" });
    const said = h("p", { class: "help" });
    const link = h("a", { href: "#/convnet" }, words("why.convnet"));
    const element = h(
      "section",
      { class: "why-part", "data-why": "maps", hidden: true },
      title,
      row,
      said,
      h("p", {}, link),
    );
    return {
      element,
      /** @param {Seen} seen */
      async renew({ pixels }) {
        /** @type {import("../../pkg/core.js").LayerOutput[]} */
        const layers = await actions.ask("layers", { pixels });
        const first = layers.find(({ kind }) => kind === "conv2d");
        show(element, first !== undefined);
        if (!first) return;
        const [channels, height, width] = first.shape;
        const most = first.values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
        const shown = Math.min(MAPS, channels);
        while (row.childElementCount > shown) row.lastElementChild?.remove();
        while (row.childElementCount < shown) row.append(h("canvas", { role: "img" }));
        [...row.children].forEach((canvas, at) => {
          canvas.setAttribute("aria-label", words("why.map", { number: at + 1 }));
          const map = first.values.subarray(at * height * width, (at + 1) * height * width);
          showSigned(/** @type {HTMLCanvasElement} */ (canvas), map, width, most);
        });
        setText(said, words("why.maps-help", { shown, channels, width, height, most: short(most) }));
      },
      /** @param {string} lab where the page is */
      linkFrom: (lab) => show(/** @type {HTMLElement} */ (link.parentElement), lab !== "convnet"),
    };
  }

  return {
    element,
    /** @param {State} state */
    update(state) {
      maps.linkFrom(state.lab);
      if (state.loading === loading) return;
      loading = state.loading;
      // More training digits may be there.
      nearest.forget();
      lookAgain();
    },
    end() {
      deaf();
      for (const each of looks) each.end();
    },
  };
}

/** @param {number} value */
const short = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
