// The pad to draw on, with pen, mouse or finger.

import { SIDE, drawStroke, pencil } from "./drawing.js";
import { h } from "../dom.js";
import { onScreenChange, pixelRatio } from "../screen.js";

/** @typedef {import("./drawing.js").Drawing} Drawing @typedef {import("./drawing.js").Point} Point */

/** @typedef {import("../../pkg/core.js").Attribution} Attribution @typedef {Attribution["field"]} Field */

/** The power of a value that its opacity is: below 1, small ones can be seen, too. */
const SOFTNESS = 0.55;

/**
 * @param {Drawing} drawing
 * @param {import("../dom.js").Context} context
 * @param {() => void} changed
 * @param {() => void} lifted the pen was
 */
export function createPad(drawing, { words, language }, changed, lifted) {
  // The English name is the one that scripts look for; other languages name the pad by its title.
  const title = h("h2", { id: "pad-title", class: "part-title" }, words("pad.title"));
  const canvas = h("canvas", { class: "pad", "aria-label": "Drawing pad", role: "img" });
  canvas.setAttribute("aria-description", words("pad.keyboard"));
  if (language !== "en") canvas.setAttribute("aria-labelledby", "pad-title");
  const ink = pencil(canvas);
  const crop = h("div", { class: "crop", hidden: true, "aria-hidden": "true" });
  const clear = h("button", { type: "button", on: { click: () => drawing.clear() } }, words("pad.clear"));
  const undo = h("button", { type: "button", on: { click: () => drawing.undo() } }, words("pad.undo"));
  const frame = h("div", { class: "pad-frame" }, canvas, crop);
  /** @type {number | null} */
  let pointer = null;

  /** Each part of the drawing by what it says, and where that lies. @type {{ canvas: HTMLCanvasElement, field: Field } | null} */
  let colours = null;

  const inkColor = () => getComputedStyle(canvas).color;

  function redraw() {
    if (!colours) return drawing.paint(ink, canvas.width, inkColor());
    // What says nothing is pale, so that the colours of the rest can be seen.
    drawing.paint(ink, canvas.width, getComputedStyle(canvas).getPropertyValue("--line"));
    const scale = canvas.width / SIDE;
    const { x, y, side } = colours.field;
    ink.save();
    ink.globalCompositeOperation = "source-atop";
    ink.drawImage(colours.canvas, x * scale, y * scale, side * scale, side * scale);
    ink.restore();
  }

  function fit() {
    const side = Math.round(canvas.clientWidth * pixelRatio());
    if (side === 0 || side === canvas.width) return;
    canvas.width = canvas.height = side;
    redraw();
  }

  function updateButtons() {
    undo.disabled = drawing.items.length === 0 || drawing.isExample;
    clear.disabled = drawing.isBlank;
    // What can be pressed no longer would take the keyboard's place on the page with it.
    const held = [undo, clear].find((each) => each.disabled && each === document.activeElement);
    /** @type {HTMLButtonElement | null | undefined} */ (
      held?.parentElement?.querySelector("button:enabled")
    )?.focus();
  }

  drawing.changed = (longer) => {
    if (longer && canvas.width > 0 && !colours) {
      ink.strokeStyle = ink.fillStyle = inkColor();
      drawStroke(ink, canvas.width, longer.points, longer.from);
    } else {
      redraw();
    }
    updateButtons();
    changed();
  };

  /**
   * @param {PointerEvent} event
   * @param {DOMRect} box
   * @returns {Point}
   */
  const place = (event, box) => ({
    x: (event.clientX - box.left) / box.width,
    y: (event.clientY - box.top) / box.height,
  });

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault();
    pointer = event.pointerId;
    // A synthetic pointer cannot be captured; drawing works without.
    try {
      canvas.setPointerCapture(pointer);
    } catch {}
    drawing.begin(place(event, canvas.getBoundingClientRect()));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    const box = canvas.getBoundingClientRect();
    drawing.extend((events.length > 0 ? events : [event]).map((each) => place(each, box)));
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
    canvas.addEventListener(name, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      lifted();
    });
  }
  const sizes = new ResizeObserver(fit);
  try {
    // Also called when only the screen's pixels change.
    sizes.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    // Safari knows no such box, but tells of another screen.
    sizes.observe(canvas);
  }
  const screen = onScreenChange(() => {
    fit();
    redraw();
  });
  updateButtons();

  return {
    parts: { title, frame },
    buttons: [undo, clear],
    frame,
    isDrawing: () => pointer !== null,
    /** @param {Attribution | null} attribution by which the drawing is coloured; null for plain ink */
    colour(attribution) {
      if (!attribution && !colours) return;
      const style = getComputedStyle(canvas);
      const pair = /** @type {const} */ (["--accent", "--wrong"]).map((name) => style.getPropertyValue(name));
      colours = attribution && { canvas: coloured(attribution, pair), field: attribution.field };
      redraw();
    },
    /** @param {{ x: number, y: number, width: number, height: number } | null} box shares of the side */
    showCrop(box) {
      crop.hidden = box === null;
      if (!box) return;
      crop.style.left = `${100 * box.x}%`;
      crop.style.top = `${100 * box.y}%`;
      crop.style.width = `${100 * box.width}%`;
      crop.style.height = `${100 * box.height}%`;
    },
    end() {
      sizes.disconnect();
      screen();
      drawing.changed = () => {};
    },
  };
}

/**
 * What speaks for the output in one colour, what speaks against it in another, the more the less transparent.
 * @param {Pick<Attribution, "shades" | "side">} attribution `side`: pixels in a row
 * @param {string[]} colors for and against
 */
export function coloured({ shades, side }, [pro, contra]) {
  const canvas = h("canvas");
  canvas.width = side;
  canvas.height = shades.length / side;
  const context = pencil(canvas);
  shades.forEach((shade, at) => {
    const value = (shade - 128) / (shade < 128 ? 128 : 127);
    if (value === 0) return;
    context.globalAlpha = Math.abs(value) ** SOFTNESS;
    context.fillStyle = value > 0 ? pro : contra;
    context.fillRect(at % side, Math.floor(at / side), 1, 1);
  });
  return canvas;
}
