// What stands under the pointer or the arrow keys: a cross-hair with the values, a cell, a node, or one image of a grid
// enlarged. What stands for something lights its likes elsewhere, and can be chosen.

import { h, setAttribute, setText, show, uniqueId } from "../dom.js";

/** @typedef {import("../../pkg/labs.js").Picture} Picture @typedef {import("../../pkg/labs.js").Readout} Readout */

/** How far an arrow key moves on a plane, as a share of the width. */
const STRIDE = 1 / 60;
/** CSS pixels by which an arrow key looks for the next cell, node or image. */
const FEELER = 4;
/** CSS pixels between the point and its label. */
const GAP = 12;
/** Kinds of pictures whose values lie anywhere, not in things beside each other. */
const CONTINUOUS = new Set(["plane", "surface"]);
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {object} options
 * @param {HTMLElement} options.host around the frame
 * @param {HTMLElement} options.frame takes the focus and holds the canvas
 * @param {HTMLCanvasElement} options.canvas
 * @param {import("../dom.js").Context} options.context
 * @param {() => Picture | null} options.picture
 * @param {() => { width: number, height: number }} options.size CSS pixels
 */
export function addReadout({ host, frame, canvas, context, picture, size }) {
  const { words, say, actions } = context;
  const across = h("div", { class: "cross-hair across" });
  const upright = h("div", { class: "cross-hair upright" });
  const heading = h("strong");
  const rows = h("ul");
  const label = h("div", { class: "readout" }, heading, rows);
  const layer = h(
    "div",
    { class: "readout-layer", "aria-hidden": "true", hidden: true },
    across,
    upright,
    label,
  );
  const spoken = h("p", { class: "only-heard", role: "status" });
  const options = h("div", { class: "only-heard", role: "presentation" });
  /** Made for the first image that is pointed at. @type {HTMLCanvasElement | null} */
  let enlarged = null;
  frame.append(layer);
  host.append(spoken);

  /** @type {{ x: number, y: number } | null} where the visitor points, CSS pixels in the canvas */
  let point = null;
  let byKey = false;
  /** @type {Readout | undefined} */
  let found;
  /** @type {number | null} */
  let lit = null;
  let isList = false;
  /** @type {Picture | null} */
  let known = null;
  /** @type {{ chosen: number | null }} */
  const state = { chosen: null };

  function renew() {
    const present = picture();
    found = point && present ? present.readout(point.x, point.y) : undefined;
    show(layer, Boolean(found));
    light(found?.key ?? null);
    if (!found || !present) return;
    fill(found, present);
    place(found);
    if (!byKey) return;
    if (isList) setAttribute(frame, "aria-activedescendant", options.children[found.index ?? 0]?.id ?? null);
    else setText(spoken, sentence(found));
  }

  /** @param {number | null} key */
  function light(key) {
    if (key === lit) return;
    lit = key;
    actions.hover(key);
  }

  /** @param {Readout} thing */
  const sentence = (thing) =>
    [say(thing.title), ...thing.rows.map((row) => `${say(row.name)} ${row.value}`)]
      .filter(Boolean)
      .join(", ");

  /** @param {Readout} thing @param {Picture} present */
  function fill(thing, present) {
    const image = thing.index === undefined ? undefined : present.image(thing.index);
    const shape = image && present.images();
    for (const line of [across, upright]) show(line, present.kind === "plane");
    if (image && shape) {
      if (!enlarged) heading.after((enlarged = h("canvas", { class: "enlarged" })));
      enlarged.width = shape.width;
      enlarged.height = shape.height;
      const pixels = new ImageData(new Uint8ClampedArray(image.rgba), shape.width, shape.height);
      enlarged.getContext("2d")?.putImageData(pixels, 0, 0);
    }
    if (enlarged) show(enlarged, Boolean(image));
    setText(heading, say(thing.title) || (image ? say(image.caption) : ""));
    rows.replaceChildren(
      ...thing.rows.map((row) => {
        const dot = h("span", { class: "dot" });
        dot.style.background = row.color;
        return h("li", {}, dot, h("span", {}, say(row.name)), h("b", {}, row.value));
      }),
    );
  }

  /** @param {Readout} thing */
  function place({ px, py }) {
    across.style.transform = `translateY(${py}px)`;
    upright.style.transform = `translateX(${px}px)`;
    const { width, height } = size();
    const left = px + GAP + label.offsetWidth <= width ? px + GAP : px - GAP - label.offsetWidth;
    const top = Math.min(py + GAP, height - label.offsetHeight);
    const edge = Math.max(0, Math.min(left, width - label.offsetWidth));
    label.style.transform = `translate(${edge}px, ${Math.max(0, top)}px)`;
  }

  function hide() {
    point = null;
    byKey = false;
    setAttribute(frame, "aria-activedescendant", null);
    renew();
  }

  /** @param {PointerEvent} event */
  function follow(event) {
    const box = canvas.getBoundingClientRect();
    point = { x: event.clientX - box.left, y: event.clientY - box.top };
    byKey = false;
    renew();
  }

  function choose() {
    const key = found?.key;
    if (key !== undefined) actions.choose(key === state.chosen ? null : key);
  }

  /** @param {[number, number]} direction */
  function move(direction) {
    const present = picture();
    if (!present) return;
    const { width, height } = size();
    byKey = true;
    if (!point) {
      point = CONTINUOUS.has(present.kind) ? { x: width / 2, y: height / 2 } : firstThing(present);
    } else if (CONTINUOUS.has(present.kind)) {
      const [x, y] = [point.x + direction[0] * width * STRIDE, point.y + direction[1] * width * STRIDE];
      point = { x: Math.max(0, Math.min(width - 1, x)), y: Math.max(0, Math.min(height - 1, y)) };
    } else {
      point = nextThing(present, point, direction) ?? point;
    }
    renew();
  }

  /** @param {Picture} present */
  function firstThing(present) {
    const { width, height } = size();
    for (let y = FEELER; y < height; y += FEELER) {
      for (let x = FEELER; x < width; x += FEELER) if (present.readout(x, y)) return { x, y };
    }
    return { x: 0, y: 0 };
  }

  /**
   * @param {Picture} present
   * @param {{ x: number, y: number }} from
   * @param {[number, number]} direction
   */
  function nextThing(present, from, [dx, dy]) {
    const { width, height } = size();
    const here = identity(present.readout(from.x, from.y));
    let { x, y } = from;
    for (;;) {
      x += dx * FEELER;
      y += dy * FEELER;
      if (x < 0 || y < 0 || x >= width || y >= height) return null;
      const there = present.readout(x, y);
      // Half a step in, so that the next look does not fall on the edge.
      if (there && identity(there) !== here) return { x: x + (dx * FEELER) / 2, y: y + (dy * FEELER) / 2 };
    }
  }

  canvas.addEventListener("pointermove", follow);
  canvas.addEventListener("pointerdown", follow);
  // A finger that was lifted leaves what it pointed at in sight; the next press elsewhere takes it away.
  canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && hide());
  frame.addEventListener("blur", hide);
  frame.addEventListener("focus", listOptions);
  canvas.addEventListener("click", () => {
    if (!point || picture()?.gripAt(point.x, point.y) === undefined) choose();
  });
  frame.addEventListener("keydown", (event) => {
    if (event.target !== frame || event.defaultPrevented) return;
    const direction = DIRECTIONS[event.key];
    if (event.key === "Escape") return hide();
    if (event.key === "Enter" || (event.key === " " && isList)) {
      event.preventDefault();
      return choose();
    }
    if (!direction) return;
    event.preventDefault();
    move(direction);
  });

  /** What a list holds is only written down for those who enter it. */
  function listOptions() {
    const present = picture();
    if (!isList || !present) return;
    const { count } = present.images() ?? { count: 0 };
    options.replaceChildren(
      ...Array.from({ length: count }, (_, index) => {
        const caption = say(present.image(index).caption) || String(index + 1);
        return h("div", { role: "option", id: uniqueId("option"), "aria-selected": "false" }, caption);
      }),
    );
  }

  return Object.assign(state, {
    renew,

    /**
     * Images that can be chosen are a list; whatever else answers to keys says so.
     * @param {Picture} present as it was just drawn
     */
    takeRole(present) {
      if (present === known) return;
      known = present;
      const images = present.kind === "image-grid" ? present.images() : undefined;
      const first = images && firstThing(present);
      isList = first !== undefined && present.readout(first.x, first.y)?.key !== undefined;
      setAttribute(frame, "role", isList ? "listbox" : "application");
      setAttribute(frame, "aria-roledescription", isList ? null : words(`figure.kind-${present.kind}`));
      if (isList && !options.isConnected) frame.append(options);
      if (!isList) options.remove();
      if (isList && document.activeElement === frame && options.childElementCount !== images?.count)
        listOptions();
    },
  });
}

/** @param {Readout | undefined} thing */
function identity(thing) {
  return thing && (thing.index ?? `${thing.px} ${thing.py}`);
}
