// One figure: caption, picture, legend, values under the pointer, the numbers behind it, and saving.

import { addReadout } from "./chart-readout.js";
import { addSaving } from "./chart-saving.js";
import { fillTable } from "./table.js";
import { atMostEvery, h, inNextFrame, setAttribute, show, uniqueId } from "./dom.js";

/** @typedef {import("./dom.js").Context} Context @typedef {import("../worker/protocol.js").Text} Text */
/** @typedef {import("../worker/protocol.js").ChartDescription} ChartDescription */
/**
 * @typedef {{ width: number, height: number, ratio: number, dark: boolean, chinese: boolean, yaw?: number,
 *   pitch?: number, columns?: number }} Look
 * @typedef {{ px: number, py: number, title: Text, index?: number,
 *   rows: { name: Text, color: string, value: string }[] }} Readout
 * @typedef {{ name: Text, color: string, dash: number[] }} LegendEntry
 *
 * @typedef {object} Picture a chart in the page's wasm memory; must be freed
 * @property {(canvas: HTMLCanvasElement, look: Look) => void} draw
 * @property {(canvas: HTMLCanvasElement, look: Look) => void} drawForExport
 * @property {(look: Look) => string} svg
 * @property {(dark: boolean) => LegendEntry[]} legend
 * @property {(x: number, y: number) => Readout | undefined} readout
 * @property {(x: number, y: number) => ArrayLike<number> | undefined} at
 * @property {() => import("../worker/protocol.js").Table} table
 * @property {() => { width: number, height: number, count: number } | undefined} images
 * @property {(index: number) => { rgba: Uint8ClampedArray, caption: Text, wrong: boolean }} image
 * @property {() => void} free
 *
 * @typedef {object} ChartView
 * @property {string} name
 * @property {HTMLElement} element
 * @property {HTMLCanvasElement} canvas
 * @property {(parts: Uint8Array[]) => void} show
 * @property {() => Picture | null} picture
 * @property {(yaw: number, pitch: number) => void} turn for surfaces
 * @property {(pick: (index: number) => void) => void} onPick for image grids: click or Enter on an image
 * @property {() => void} end
 */

/** Milliseconds between two updates of what only few look at: the numbers behind a figure, its spoken summary. */
const BETWEEN_SUMMARIES = 1000;
/** Milliseconds between two drawings of a figure that is out of sight, and of many pictures, which cost most. */
const BETWEEN_UNSEEN = 1000;
const BETWEEN_GRIDS = 250;
/** CSS pixels: how wide a picture of a grid may be, the gap beside it, and its caption; as `plot` lays them out. */
const TILE = 60;
const TILE_ON_PHONES = 48;
const GAP = 6;
const CAPTION = 16;

const darkness = matchMedia("(prefers-color-scheme: dark)");

/**
 * @param {ChartDescription} description
 * @param {Context} context
 * @returns {ChartView}
 */
export function createChart(description, context) {
  const { words, say, actions } = context;
  const title = say(description.title);
  const titleId = uniqueId("chart");
  const canvas = h("canvas", { role: "img", tabindex: "0", "aria-label": title });
  const plot = h("div", { class: "chart-plot", "data-shape": description.shape }, canvas);
  const legend = h("ul", { class: "legend" });
  const numbers = h("details", { class: "numbers-behind" }, h("summary", {}, words("chart.numbers")));
  const table = h("div", {
    class: "scroll-box",
    tabindex: "0",
    role: "region",
    "aria-label": words("chart.numbers-of", { title }),
  });
  numbers.append(table);
  const tools = h("div", { class: "chart-tools" });
  const help = say(description.help);
  const element = h(
    "figure",
    {
      class: "chart",
      "data-chart": description.name,
      "data-shape": description.shape,
      "aria-labelledby": titleId,
    },
    h("figcaption", {}, h("h2", { id: titleId }, title), tools),
    help ? h("p", { class: "help" }, help) : null,
    legend,
    plot,
    numbers,
  );

  /** @type {Picture | null} */
  let picture = null;
  /** @type {Uint8Array[]} */
  let shown = [];
  let legendShown = "";
  let visible = true;
  /** CSS pixels, kept because asking the page for them 25 times a second would make it lay itself out each time. */
  let size = { width: 0, height: 0 };
  let ended = false;
  let drawn = false;
  const turned = {
    yaw: /** @type {number | undefined} */ (undefined),
    pitch: /** @type {number | undefined} */ (undefined),
  };

  /** @returns {Look} */
  function look() {
    const images = picture?.images();
    return {
      ...size,
      ratio: window.devicePixelRatio || 1,
      dark: darkness.matches,
      chinese: context.language === "zh",
      ...(turned.yaw === undefined ? {} : turned),
      ...(images ? { columns: layOut(images).columns } : {}),
    };
  }

  /**
   * How a grid of pictures is laid out: each pixel of a picture takes a whole number of the screen's.
   * @param {{ width: number, height: number, count: number }} images
   */
  function layOut({ width, height, count }) {
    const ratio = window.devicePixelRatio || 1;
    const room = size.width;
    const pixel = Math.max(1, Math.floor(((room < 400 ? TILE_ON_PHONES : TILE) * ratio) / width)) / ratio;
    // Few pictures in a single row keep their size instead of filling the width.
    const columns = Math.max(1, Math.min(Math.max(count, 6), Math.floor(room / (pixel * width + GAP))));
    const caption = picture && count > 0 && say(picture.image(0).caption) ? CAPTION : 0;
    return { columns, high: Math.ceil(count / columns) * (pixel * height + caption + GAP) + 1 };
  }

  function draw() {
    if (ended || !picture) return;
    const images = picture.images();
    // A grid is as high as its pictures need; the other shapes have their height from the stylesheet.
    if (images && size.width > 0) {
      size.height = Math.ceil(layOut(images).high);
      plot.style.height = `${size.height}px`;
    }
    const present = look();
    if (present.width === 0 || present.height === 0) return;
    picture.draw(canvas, present);
    drawn = true;
    drawLegend(present.dark);
    readout.renew();
    summarizeSoon();
  }

  const drawUnseen = atMostEvery(BETWEEN_UNSEEN, draw);
  const drawGrid = atMostEvery(BETWEEN_GRIDS, () => inNextFrame(draw));
  const drawSoon = () => (visible ? inNextFrame(draw) : drawUnseen());

  /** @param {boolean} dark */
  function drawLegend(dark) {
    const entries = picture?.legend(dark) ?? [];
    const key = JSON.stringify(entries);
    if (key === legendShown) return;
    legendShown = key;
    legend.replaceChildren(...entries.map((entry) => h("li", {}, legendLine(entry), say(entry.name))));
    show(legend, entries.length > 0);
  }

  function summarize() {
    if (ended || !picture) return;
    const { columns, rows } = picture.table();
    const last = rows.at(-1) ?? [];
    const spell = (/** @type {import("../worker/protocol.js").Cell} */ cell) =>
      typeof cell === "object" ? say(cell) : String(cell);
    const parts = columns.map((column, at) => `${say(column)} ${spell(last[at] ?? "–")}`).slice(0, 8);
    const images = picture.images();
    const summary = images ? words("chart.images", { count: images.count }) : parts.join(", ");
    setAttribute(canvas, "aria-label", rows.length > 0 ? `${title}: ${summary}` : title);
    if (numbers.open) fillTable(table, { columns, rows }, context);
  }
  const summarizeSoon = atMostEvery(BETWEEN_SUMMARIES, summarize);
  numbers.addEventListener("toggle", summarize);

  const readout = addReadout({ canvas, plot, context, picture: () => (drawn ? picture : null), look });
  addSaving({ tools, title, name: description.name, picture: () => picture, look, words });

  const sizes = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = plot;
    if (width === size.width && height === size.height) return;
    size = { width, height };
    inNextFrame(draw);
  });
  sizes.observe(plot);
  // A little beyond the window, so that scrolling does not come upon an empty figure.
  const nearby = { rootMargin: "300px" };
  const sights = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    if (visible) drawSoon();
  }, nearby);
  sights.observe(element);
  darkness.addEventListener("change", drawSoon);
  // Moving the window to another screen changes the ratio without a resize.
  const ratio = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  ratio.addEventListener("change", drawSoon);

  return {
    name: description.name,
    element,
    canvas,
    picture: () => picture,
    onPick: readout.onPick,
    show(parts) {
      if (ended || (parts.length === shown.length && parts.every((part, at) => part === shown[at]))) return;
      shown = parts;
      picture?.free();
      picture = null;
      picture = actions.makePicture(parts);
      if (visible && description.shape === "grid") drawGrid();
      else drawSoon();
    },
    turn(yaw, pitch) {
      Object.assign(turned, { yaw, pitch });
      drawSoon();
    },
    end() {
      ended = true;
      sizes.disconnect();
      sights.disconnect();
      darkness.removeEventListener("change", drawSoon);
      ratio.removeEventListener("change", drawSoon);
      picture?.free();
      picture = null;
    },
  };
}

/**
 * A short piece of the line as it is drawn, dashes included: colour alone would not tell lines apart.
 * @param {LegendEntry} entry
 */
function legendLine({ color, dash }) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "line");
  const attributes = {
    x1: 1,
    y1: 5,
    x2: 25,
    y2: 5,
    stroke: color,
    "stroke-width": 2.5,
    "stroke-dasharray": dash.join(" "),
  };
  for (const [name, value] of Object.entries(attributes))
    if (value !== "") line.setAttribute(name, String(value));
  for (const [name, value] of Object.entries({ width: 26, height: 10, "aria-hidden": true })) {
    svg.setAttribute(name, String(value));
  }
  svg.append(line);
  return svg;
}
