// Lets a picture change gently: what it was fades over what it is now.

import { pixelRatio } from "../screen.js";

/** Milliseconds in which a picture gives way to that of another network, and to one that differs in a single step. */
export const DISSOLVE = 300;
export const STEP = 120;
/** Milliseconds without a change after which the next one stands for itself: those that come faster are a motion. */
const STILL = 250;

const isStill = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Lays a copy of a canvas over it that fades away. To be called just before the canvas is drawn anew.
 * @param {HTMLCanvasElement} canvas
 * @param {number} milliseconds
 * @param {import("./fit.js").Size} size what it will have. The page is not asked for it: it would be laid out twice.
 */
function fade(canvas, milliseconds, size) {
  if (isStill.matches || canvas.width === 0 || canvas.height === 0) return;
  // Of another size it would lie beside what it fades into.
  const apart = [canvas.width / pixelRatio() - size.width, canvas.height / pixelRatio() - size.height];
  if (apart.some((pixels) => Math.abs(pixels) > 1)) return;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  copy.getContext("2d")?.drawImage(canvas, 0, 0);
  copy.className = "fading";
  copy.setAttribute("aria-hidden", "true");
  canvas.after(copy);
  const fading = copy.animate({ opacity: [1, 0] }, { duration: milliseconds, easing: "ease-in-out" });
  fading.onfinish = fading.oncancel = () => copy.remove();
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {{ changed: () => void, replaced: () => void, before: (size: import("./fit.js").Size) => void }} `changed`: what the picture shows is other
 *   than before; `replaced`: it is that of another network; `before`: it is about to be drawn in this size
 */
export function createFading(canvas) {
  // What is still being put together does not fade.
  let changedAt = performance.now();
  let due = 0;
  return {
    changed() {
      const now = performance.now();
      if (now - changedAt >= STILL) due = Math.max(due, STEP);
      changedAt = now;
    },
    replaced: () => void (due = DISSOLVE),
    before(size) {
      if (due > 0) fade(canvas, due, size);
      due = 0;
    },
  };
}
