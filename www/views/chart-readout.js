// What stands under the pointer: a cross-hair with the values, or one picture of a grid enlarged. By mouse, touch and
// arrow keys.

import { h, setText, show } from "./dom.js";

/** @typedef {import("./charts.js").Picture} Picture @typedef {import("./charts.js").Readout} Readout */

/** How far an arrow key moves, as a share of the width. */
const STRIDE = 1 / 60;
/** CSS pixels between the point and its label. */
const GAP = 12;

/**
 * @param {object} options
 * @param {HTMLCanvasElement} options.canvas
 * @param {HTMLElement} options.plot
 * @param {import("./dom.js").Context} options.context
 * @param {() => Picture | null} options.picture
 * @param {() => import("./charts.js").Look} options.look
 */
export function addReadout({ canvas, plot, context, picture, look }) {
  const across = h("div", { class: "cross-hair across" });
  const upright = h("div", { class: "cross-hair upright" });
  const heading = h("strong");
  const rows = h("ul");
  const label = h("div", { class: "readout" }, heading, rows);
  /** Made for the first picture that is pointed at. @type {HTMLCanvasElement | null} */
  let enlarged = null;
  const spoken = h("p", { class: "only-heard", role: "status" });
  const overlay = h(
    "div",
    { class: "readout-layer", "aria-hidden": "true", hidden: true },
    across,
    upright,
    label,
  );
  plot.append(overlay, spoken);

  /** @type {{ x: number, y: number } | null} where the reader points, CSS pixels in the canvas */
  let point = null;
  let byKey = false;
  /** @type {number | null} */
  let index = null;
  /** @type {(index: number) => void} */
  let pick = () => {};

  function renew() {
    const found = point && picture()?.readout(point.x, point.y);
    index = found?.index ?? null;
    show(overlay, Boolean(found));
    if (!found) return;
    fill(found);
    place(found);
    if (byKey)
      setText(
        spoken,
        [heading.textContent, ...found.rows.map((row) => `${context.say(row.name)} ${row.value}`)].join(", "),
      );
  }

  /** @param {Readout} found */
  function fill(found) {
    const image = found.index === undefined ? undefined : picture()?.image(found.index);
    const size = image && picture()?.images();
    show(across, !image);
    show(upright, !image);
    if (image && size) {
      if (!enlarged) heading.after((enlarged = h("canvas", { class: "enlarged" })));
      enlarged.width = size.width;
      enlarged.height = size.height;
      const pixels = new ImageData(new Uint8ClampedArray(image.rgba), size.width, size.height);
      enlarged.getContext("2d")?.putImageData(pixels, 0, 0);
    }
    setText(heading, context.say(found.title) || (image ? context.say(image.caption) : ""));
    rows.replaceChildren(
      ...found.rows.map((row) => {
        const dot = h("span", { class: "dot" });
        dot.style.background = row.color;
        return h("li", {}, dot, h("span", {}, context.say(row.name)), h("b", {}, row.value));
      }),
    );
  }

  /** @param {Readout} found */
  function place({ px, py }) {
    across.style.transform = `translateY(${py}px)`;
    upright.style.transform = `translateX(${px}px)`;
    const { clientWidth: width, clientHeight: height } = plot;
    const left = px + GAP + label.offsetWidth <= width ? px + GAP : px - GAP - label.offsetWidth;
    const top = Math.min(py + GAP, height - label.offsetHeight);
    const edge = Math.max(0, Math.min(left, width - label.offsetWidth));
    label.style.transform = `translate(${edge}px, ${Math.max(0, top)}px)`;
  }

  function hide() {
    point = null;
    byKey = false;
    renew();
  }

  /** @param {PointerEvent} event */
  function follow(event) {
    const box = canvas.getBoundingClientRect();
    point = { x: event.clientX - box.left, y: event.clientY - box.top };
    byKey = false;
    renew();
  }

  canvas.addEventListener("pointermove", follow);
  canvas.addEventListener("pointerdown", follow);
  canvas.addEventListener("pointerleave", hide);
  canvas.addEventListener("blur", hide);
  canvas.addEventListener("click", () => {
    if (index !== null) pick(index);
  });
  canvas.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (event.key === "Escape") return hide();
    if (event.key === "Enter" && index !== null) return pick(index);
    // A view that turns its figure with the arrows has taken the event already.
    if (!direction || event.defaultPrevented) return;
    event.preventDefault();
    const { width, height, columns } = look();
    const images = picture()?.images();
    const perRow = columns ?? 1;
    const strideX = images ? width / perRow : width * STRIDE;
    const strideY = images ? height / Math.ceil(images.count / perRow) : width * STRIDE;
    const from = point ?? (images ? { x: strideX / 2, y: strideY / 2 } : { x: width / 2, y: height / 2 });
    const moved = point ? { x: from.x + direction[0] * strideX, y: from.y + direction[1] * strideY } : from;
    point = { x: Math.max(0, Math.min(width - 1, moved.x)), y: Math.max(0, Math.min(height - 1, moved.y)) };
    byKey = true;
    renew();
  });

  return {
    renew,
    /** @param {(index: number) => void} listener */
    onPick(listener) {
      pick = listener;
      canvas.classList.add("can-pick");
    },
  };
}
