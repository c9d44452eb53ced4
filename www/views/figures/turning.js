// A surface is turned by dragging and by the arrow keys.

/** Radians for each pixel dragged and for each press of an arrow key. */
const TURN_BY_PIXEL = 0.01;
const TURN_BY_KEY = 0.1;
/** Where a surface is seen from at first, and how far it may be tilted. */
const FIRST = { yaw: 0.6, pitch: 0.5 };
const MOST_PITCH = 1.4;

/** How each surface was left turned, for the life of the page. @type {Map<string, { yaw: number, pitch: number }>} */
const left = new Map();

/**
 * @param {object} options
 * @param {HTMLElement} options.frame
 * @param {string} options.name
 * @param {() => { readonly kind: string } | null} options.picture
 * @param {() => void} options.redraw
 */
export function addTurning({ frame, name, picture, redraw }) {
  const view = left.get(name) ?? { ...FIRST };
  left.set(name, view);
  /** @type {{ id: number, x: number, y: number } | null} */
  let drag = null;
  const isSurface = () => picture()?.kind === "surface";

  /** @param {number} yaw @param {number} pitch */
  function turn(yaw, pitch) {
    view.yaw += yaw;
    view.pitch = Math.max(0, Math.min(MOST_PITCH, view.pitch + pitch));
    redraw();
  }

  frame.addEventListener("pointerdown", (event) => {
    if (!isSurface() || event.button !== 0 || drag) return;
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY };
    capture(frame, event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drag?.id) return;
    turn((event.clientX - drag.x) * TURN_BY_PIXEL, (event.clientY - drag.y) * TURN_BY_PIXEL);
    drag = { id: drag.id, x: event.clientX, y: event.clientY };
  });
  for (const ending of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
    frame.addEventListener(ending, (event) => {
      if (event.pointerId === drag?.id) drag = null;
    });
  }
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by || !isSurface() || event.target !== frame) return;
    event.preventDefault();
    turn(by[0] * TURN_BY_KEY, by[1] * TURN_BY_KEY);
  });

  return { look: () => (isSurface() ? view : {}) };
}

/**
 * A synthetic pointer cannot be captured; dragging works without while it stays inside.
 * @param {HTMLElement} element
 * @param {number} pointer
 */
export function capture(element, pointer) {
  try {
    element.setPointerCapture(pointer);
  } catch {}
}
