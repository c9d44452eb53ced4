// Handles on a picture: moved by mouse, pen, finger and arrow keys. What moving one means is the lab's.

import { capture } from "./turning.js";
import { h, setAttribute } from "../dom.js";

/** @typedef {import("../../pkg/labs.js").Picture} Picture @typedef {import("../../pkg/labs.js").Handle} Handle */

/** CSS pixels: how large a handle is for the finger, and at least where handles stand close to each other. */
const SIDE = 44;
const LEAST_SIDE = 24;
/** How often the way to a place outside is halved to find the edge. */
const HALVINGS = 8;
/** Milliseconds within which a further key goes on from where the last one moved to: where the picture has moved by then it
 * may be on its way, and where it has not it may be slow. */
const TOGETHER = { moved: 400, unmoved: 2000 };
/** Significant digits of a value that is spoken. */
const DIGITS = 3;
/** A value of ARIA is written without a power of ten. */
const DECIMAL = new Intl.NumberFormat("en", { maximumSignificantDigits: DIGITS, useGrouping: false });
/** @type {Record<string, [-1 | 0 | 1, -1 | 0 | 1]>} arrow keys, in the directions of the axes */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {object} options
 * @param {HTMLElement} options.frame
 * @param {HTMLCanvasElement} options.canvas
 * @param {import("../dom.js").Context} options.context
 * @param {() => Picture | null} options.picture as it is drawn
 * @param {() => import("./fit.js").Size} options.size of the picture
 */
export function addGrips({ frame, canvas, context, picture, size }) {
  const { say, words, actions } = context;
  const layer = h("div", { class: "grips" });
  frame.append(layer);
  /** @type {Handle[]} */
  let handles = [];
  /** What is dragged, where it was taken (CSS pixels from the pointer), and the last place inside.
   * @type {{ pointer: number, grip: number, column: number | null, offset: [number, number], last: [number, number] } | null} */
  let drag = null;
  /** Where keys have moved a handle to, in units of the axes, when, and where it was drawn then. What is drawn may still be
   * behind.
   * @type {{ handle: number, place: [number, number], at: number, drawn: Handle } | null} */
  let ahead = null;

  function renew() {
    const present = picture();
    if (!present) return;
    handles = present.grips();
    while (layer.childElementCount > handles.length) layer.lastElementChild?.remove();
    while (layer.childElementCount < handles.length) layer.append(createHandle(layer.childElementCount));
    handles.forEach((handle, at) => {
      const element = /** @type {HTMLElement} */ (layer.children[at]);
      const side = sideOf(handle, handles);
      element.style.width = element.style.height = `${side}px`;
      element.style.transform = `translate(${handle.px - side / 2}px, ${handle.py - side / 2}px)`;
      const [x, y] = [spelled(handle.x), spelled(handle.y)];
      setAttribute(element, "aria-label", say(handle.name) || words("figure.handle"));
      setAttribute(element, "aria-valuenow", DECIMAL.format(handle.y));
      setAttribute(element, "aria-valuetext", `${x}, ${y}`);
    });
    frame.classList.toggle("can-press", hasOwnGrip(present));
  }

  /** @param {number} at */
  function createHandle(at) {
    return h("div", {
      class: "grip",
      role: "slider",
      tabindex: "0",
      on: {
        pointerdown: (/** @type {PointerEvent} */ event) => {
          const handle = handles[at];
          if (event.button !== 0 || drag || !handle) return;
          const [x, y] = placeOf(event);
          begin(event, handle.grip, [handle.px - x, handle.py - y], [handle.px, handle.py]);
        },
        pointermove: move,
        pointerup: end,
        pointercancel: end,
        lostpointercapture: end,
        keydown: (/** @type {KeyboardEvent} */ event) => {
          const direction = DIRECTIONS[event.key];
          const handle = handles[at];
          if (!direction || !handle) return;
          event.preventDefault();
          const which = handles.slice(0, at).filter(({ grip }) => grip === handle.grip).length;
          const place = picture()?.nudge(handle.grip, ...direction, which);
          if (!place) return;
          const now = performance.now();
          const isMoved = handle.x !== ahead?.drawn.x || handle.y !== ahead.drawn.y;
          const isTogether = ahead && now - ahead.at < TOGETHER[isMoved ? "moved" : "unmoved"];
          const goesOn = isTogether && ahead?.handle === at ? ahead.place : null;
          const next = /** @type {[number, number]} */ (
            [handle.x, handle.y].map((drawn, axis) => {
              const by = place[axis] - drawn;
              // At the end of its axis it is where it is drawn, however often the key was pressed.
              return by === 0 && direction[axis] !== 0 ? drawn : (goesOn?.[axis] ?? drawn) + by;
            })
          );
          ahead = { handle: at, place: next, at: now, drawn: handle };
          const toward = /** @type {-1 | 0 | 1} */ (direction[0] || direction[1]);
          actions.drag(handle.grip, ...next, toward);
        },
      },
    });
  }

  /** @param {PointerEvent} event @returns {[number, number]} CSS pixels in the canvas */
  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /**
   * @param {PointerEvent} event
   * @param {number} grip
   * @param {[number, number]} offset
   * @param {[number, number]} last
   */
  function begin(event, grip, offset, last) {
    ahead = null;
    drag = { pointer: event.pointerId, grip, column: columnOf(grip, last[0]), offset, last };
    capture(/** @type {HTMLElement} */ (event.currentTarget), event.pointerId);
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (event.pointerId !== drag?.pointer) return;
    const [x, y] = placeOf(event);
    moveTo([x + drag.offset[0], y + drag.offset[1]]);
  }

  /** @param {[number, number]} place CSS pixels */
  function moveTo(place) {
    const present = picture();
    if (!present || !drag) return;
    const inside = nearestInside(present, drag.last, place);
    const value = inside && present.at(inside[0], inside[1]);
    if (!inside || !value) return;
    drag.last = inside;
    actions.drag(drag.grip, drag.column ?? value[0], value[1]);
  }

  /**
   * Handles that share a grip are the bars of a series: one that was taken stays the one that is moved.
   * @param {number} grip
   * @param {number} px
   * @returns {number | null}
   */
  function columnOf(grip, px) {
    const bars = handles.filter((handle) => handle.grip === grip);
    if (bars.length < 2) return null;
    return bars.reduce((near, bar) => (Math.abs(bar.px - px) < Math.abs(near.px - px) ? bar : near)).x;
  }

  /** @param {PointerEvent} event */
  function end(event) {
    if (event.pointerId === drag?.pointer) drag = null;
  }

  /** Whether a press beside all handles moves something. @param {Picture} present */
  function hasOwnGrip(present) {
    const { width, height } = size();
    return [0.3, 0.5, 0.7].some((share) => present.gripAt(width * share, height * share) !== undefined);
  }

  canvas.addEventListener("pointerdown", (event) => {
    // A finger scrolls the page; only its tap moves what a press moves.
    if (event.button !== 0 || event.pointerType === "touch" || drag) return;
    const place = placeOf(event);
    const grip = picture()?.gripAt(...place);
    if (grip === undefined) return;
    begin(event, grip, [0, 0], place);
    moveTo(place);
  });
  canvas.addEventListener("pointermove", move);
  for (const ending of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]))
    canvas.addEventListener(ending, end);
  canvas.addEventListener("click", (event) => {
    if (/** @type {PointerEvent} */ (event).pointerType !== "touch") return;
    const place = placeOf(/** @type {PointerEvent} */ (event));
    const present = picture();
    const grip = present?.gripAt(...place);
    const value = grip === undefined ? undefined : present?.at(...place);
    if (grip !== undefined && value) actions.drag(grip, columnOf(grip, place[0]) ?? value[0], value[1]);
  });

  return {
    renew,
    end: () => (drag = null),
  };
}

/**
 * Handles that stand close to each other are smaller, so that none covers another.
 * @param {Handle} handle
 * @param {Handle[]} all
 */
function sideOf(handle, all) {
  const distances = all
    .filter((other) => other !== handle)
    .map((other) => Math.max(Math.abs(other.px - handle.px), Math.abs(other.py - handle.py)));
  return Math.max(LEAST_SIDE, Math.min(SIDE, ...distances));
}

/**
 * The place inside the plot area that lies nearest to where the pointer is, along each axis by itself.
 * @param {Picture} picture
 * @param {[number, number]} last a place inside
 * @param {[number, number]} wanted
 * @returns {[number, number] | undefined}
 */
function nearestInside(picture, last, wanted) {
  const inside = (/** @type {number} */ x, /** @type {number} */ y) => picture.at(x, y) !== undefined;
  if (inside(...wanted)) return wanted;
  if (!inside(...last)) return undefined;
  const x = edge(last[0], wanted[0], (each) => inside(each, last[1]));
  return [x, edge(last[1], wanted[1], (each) => inside(x, each))];
}

/**
 * @param {number} from inside
 * @param {number} to
 * @param {(value: number) => boolean} inside
 */
function edge(from, to, inside) {
  if (inside(to)) return to;
  let [near, far] = [from, to];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (near + far) / 2;
    if (inside(middle)) near = middle;
    else far = middle;
  }
  return near;
}

/** @param {number} value */
const spelled = (value) => String(Number(value.toPrecision(DIGITS)));
