// What the network gets: the drawing step by step on the way to its 28 × 28 pixels, each step with a switch that leaves
// it out.

import { createPicture, whileSeen } from "./pictures.js";
import { PEN, pencil } from "./drawing.js";
import { showInk } from "./prediction.js";
import { h, setText, show, uniqueId } from "../dom.js";

/** @typedef {keyof import("./drawing-part.js").Steps} Step */

/** Pixels of the pictures that are drawn here. */
const SIDE = 112;
/** Milliseconds between two looks, so that the pen is not held up. */
const BETWEEN = 60;
const STEPS = /** @type {Step[]} */ (["pen", "fit", "centre"]);

/**
 * @param {import("../dom.js").Context} context
 * @param {import("./drawing-part.js").DrawingPart} drawing
 */
export function createInputSteps({ words }, drawing) {
  const { sheet } = drawing;
  const drawn = createPicture();
  drawn.say(words("steps.drawn"));
  const switches = STEPS.map((step) => {
    const id = uniqueId(`step-${step}`);
    const box = h("input", {
      type: "checkbox",
      role: "switch",
      id,
      on: { change: () => drawing.takeSteps({ [step]: box.checked }) },
    });
    const label = h("label", { class: "step-switch" }, box, words(`steps.${step}`));
    return { step, box, picture: createPicture(label) };
  });
  const [pen, fit, centre] = switches.map(({ picture }) => picture);
  const allOn = h(
    "button",
    {
      type: "button",
      on: {
        click() {
          drawing.takeSteps({ pen: true, fit: true, centre: true });
          switches[0].box.focus();
        },
      },
    },
    words("steps.all-on"),
  );
  const said = h("p", { class: "steps-said", role: "status" });
  const off = h("div", { class: "steps-warning", hidden: true }, said, allOn);
  const pictures = [drawn, pen, fit, centre];
  const element = h(
    "div",
    { class: "input-steps" },
    h("p", { class: "help" }, words("steps.help")),
    h("div", { class: "picture-row" }, ...pictures.map((picture) => picture.element)),
    off,
  );
  const looks = whileSeen(element, BETWEEN, look);
  const deaf = drawing.listen(looks.ask);

  function look() {
    const { reading } = drawing.shown();
    const { steps } = sheet;
    for (const { step, box } of switches) box.checked = steps[step];
    const missing = STEPS.filter((step) => !steps[step]).map((step) => words(`steps.${step}`));
    show(off, missing.length > 0);
    setText(said, missing.length > 0 ? words("steps.off", { steps: missing.join(" · ") }) : "");
    pen.say(words(steps.pen ? "steps.pen-on" : "steps.pen-off", { percent: (100 * sheet.pen).toFixed(1) }));
    fit.say(words(steps.fit ? "steps.fit-on" : "steps.fit-off"));
    centre.say(words(steps.centre ? "steps.centre-on" : "steps.centre-off"));
    for (const { canvas } of [drawn, pen]) canvas.width = canvas.height = SIDE;
    sheet.paint(pencil(drawn.canvas), SIDE, "#000", PEN);
    if (!reading) {
      for (const { canvas } of [fit, centre]) canvas.width = canvas.height = SIDE;
      return;
    }
    pencil(pen.canvas).drawImage(sheet.canvas, 0, 0, SIDE, SIDE);
    showInk(fit.canvas, reading.small, reading.smallSide, reading.smallSide);
    showInk(centre.canvas, reading.centred, reading.centredSide, reading.centredSide);
  }

  return {
    element,
    end() {
      deaf();
      looks.end();
    },
  };
}
