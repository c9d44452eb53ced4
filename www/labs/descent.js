// Gradient descent: the start is chosen on the contours, the surface is turned by dragging.

/** @typedef {import("../views/charts.js").ChartView} ChartView @typedef {import("../actions.js").Actions} Actions */

/** Radians for each pixel dragged and for each press of an arrow key. */
const TURN_BY_PIXEL = 0.01;
const TURN_BY_KEY = 0.1;
/** Where the surface is seen from at first, and how far it may be tilted. */
const FIRST_YAW = 0.6;
const FIRST_PITCH = 0.5;
const MOST_PITCH = 1.4;

/** How the surface was left turned. */
const view = { yaw: FIRST_YAW, pitch: FIRST_PITCH };

/** @type {import("../views/lab.js").MakeTouch} */
export function createTouch({ lab, context, charts }) {
  for (const { name } of lab.charts) {
    const chart = charts.get(name);
    if (!chart) continue;
    if (name === "surface") turnByDragging(chart);
    else if (name === "contour") startByDragging(chart, lab, context.actions);
  }
  return {};
}

/**
 * @param {ChartView} chart
 * @param {import("../worker/protocol.js").Lab} lab
 * @param {Actions} actions
 */
export function startByDragging(chart, lab, actions) {
  const { canvas } = chart;
  canvas.classList.add("can-drag");
  onDrag(canvas, (event) => {
    const box = canvas.getBoundingClientRect();
    const found = chart.picture()?.at(event.clientX - box.left, event.clientY - box.top);
    if (!found) return;
    const [x0, x1] = ["x0", "x1"].map((name, at) => {
      const kind = lab.fields.find((field) => field.name === name)?.kind;
      const [min, max] = kind?.type === "number" ? [kind.min, kind.max] : [-Infinity, Infinity];
      return String(Number(Math.max(min, Math.min(max, found[at])).toPrecision(3)));
    });
    actions.edit({ x0, x1 }, { dragging: true });
  });
}

/** @param {ChartView} chart */
function turnByDragging(chart) {
  const { canvas } = chart;
  canvas.classList.add("can-turn");
  /** @param {number} yaw @param {number} pitch */
  const turn = (yaw, pitch) => {
    view.yaw += yaw;
    view.pitch = Math.max(0, Math.min(MOST_PITCH, view.pitch + pitch));
    chart.turn(view.yaw, view.pitch);
  };
  turn(0, 0);
  onDrag(canvas, (event, last) => {
    turn((event.clientX - last.x) * TURN_BY_PIXEL, (event.clientY - last.y) * TURN_BY_PIXEL);
  });
  canvas.addEventListener(
    "keydown",
    (event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!by) return;
      event.preventDefault();
      turn(by[0] * TURN_BY_KEY, by[1] * TURN_BY_KEY);
    },
    { capture: true },
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(event: PointerEvent, last: { x: number, y: number }) => void} drag also called for the first touch
 */
function onDrag(canvas, drag) {
  /** @type {{ x: number, y: number } | null} */
  let last = null;
  const move = (/** @type {PointerEvent} */ event) => {
    if (!last) return;
    drag(event, last);
    last = { x: event.clientX, y: event.clientY };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    last = { x: event.clientX, y: event.clientY };
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // A synthetic pointer cannot be captured; dragging works without while it stays inside.
    }
    move(event);
  });
  canvas.addEventListener("pointermove", move);
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(name, () => (last = null));
  }
}
