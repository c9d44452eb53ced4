// A drawing as data: strokes, stamped digits and clearings, in the order they were made, so that each can be undone.
// It outlives the view that shows it.

/** @typedef {{ x: number, y: number }} Point in shares of the pad's side, 0 … 1 */
/** @typedef {{ kind: "stroke", points: Point[] } | { kind: "stamp", stamp: HTMLCanvasElement } | { kind: "clearing" }} Item */

/** The pen's width as a share of the pad's side. MNIST's lines are about 2 of 28 pixels wide. */
const PEN = 0.08;
/** Side of the picture that the network gets, in pixels: ten for each of MNIST's. */
export const SIDE = 280;

export class Drawing {
  constructor() {
    /** @type {Item[]} */
    this.items = [];
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    /** What the network gets: black ink, nothing where there is none. */
    this.canvas = canvas;
    this.context = pencil(canvas, { willReadFrequently: true });
    /** Whether the visitor has drawn, stamped or cleared anything. */
    this.isTouched = false;
    /** Whether what is drawn is an example, which makes room for whatever comes next. */
    this.isExample = false;
    /** Called after every change: with a stroke that was only made longer and its first new point, or with null when
     * everything is to be drawn again. */
    this.changed = (/** @type {{ points: Point[], from: number } | null} */ _longer) => {};
  }

  get isBlank() {
    const last = this.items.findLastIndex(({ kind }) => kind === "clearing");
    return last === this.items.length - 1;
  }

  /** @param {Item[]} items in place of those that there are */
  restore(items) {
    this.items = items;
    this.isTouched = true;
    this.isExample = false;
    this.redraw();
  }

  /** @param {Point} point where a stroke begins that shows what can be drawn */
  exemplify(point) {
    this.begin(point);
    this.isExample = true;
    this.isTouched = false;
  }

  /** Leaves nothing of an example; what the visitor does makes that room. */
  makeRoom() {
    if (!this.isExample) return;
    this.isTouched = true;
    this.withdraw();
  }

  /** Leaves nothing of an example, as if it had never been there: it may be given again. */
  withdraw() {
    if (!this.isExample) return;
    this.isExample = false;
    this.items = [];
    this.redraw();
  }

  /** @param {Point} point */
  begin(point) {
    this.makeRoom();
    this.isTouched = true;
    this.items.push({ kind: "stroke", points: [point] });
    this.extend([]);
  }

  /** @param {Point[]} points further points of the stroke begun last */
  extend(points) {
    const stroke = this.items.at(-1);
    if (stroke?.kind !== "stroke") return;
    // The line goes on from the last point that was drawn.
    const from = Math.max(0, stroke.points.length - 1);
    stroke.points.push(...points);
    drawStroke(this.context, SIDE, stroke.points, from);
    this.changed({ points: stroke.points, from });
  }

  /** @param {HTMLCanvasElement} stamp a small picture that fills the pad, black ink on nothing */
  stamp(stamp) {
    this.makeRoom();
    this.isTouched = true;
    this.items.push({ kind: "clearing" }, { kind: "stamp", stamp });
    this.redraw();
  }

  clear() {
    if (this.isExample) return this.makeRoom();
    if (!this.isBlank) this.items.push({ kind: "clearing" });
    this.redraw();
  }

  undo() {
    if (this.isExample) return this.makeRoom();
    const gone = this.items.pop();
    // A stamp came with the clearing before it.
    if (gone?.kind === "stamp") this.items.pop();
    this.redraw();
  }

  redraw() {
    this.paint(this.context, SIDE, "#000");
    this.changed(null);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} side in its pixels
   * @param {string} ink
   */
  paint(context, side, ink) {
    context.clearRect(0, 0, side, side);
    const last = this.items.findLastIndex(({ kind }) => kind === "clearing");
    for (const item of this.items.slice(last + 1)) {
      if (item.kind === "stroke") drawStroke(context, side, item.points, 0);
      else if (item.kind === "stamp") context.drawImage(item.stamp, 0, 0, side, side);
    }
    // Stamps are black; everything takes the colour of the ink.
    context.save();
    context.globalCompositeOperation = "source-in";
    context.fillStyle = ink;
    context.fillRect(0, 0, side, side);
    context.restore();
    context.strokeStyle = context.fillStyle = ink;
  }

  /** The pixels that the network gets. */
  pixels() {
    return this.context.getImageData(0, 0, SIDE, SIDE).data;
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function pencil(canvas, settings) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));
  context.imageSmoothingQuality = "high";
  return context;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 * @param {Point[]} points
 * @param {number} from only the points from here on are new
 */
export function drawStroke(context, side, points, from) {
  const [first, ...rest] = points.slice(from);
  if (!first) return;
  if (rest.length === 0) {
    // A line without a length leaves nothing; a press without a movement is to leave a dot.
    context.beginPath();
    context.arc(first.x * side, first.y * side, (PEN * side) / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = PEN * side;
  context.beginPath();
  context.moveTo(first.x * side, first.y * side);
  for (const { x, y } of rest) context.lineTo(x * side, y * side);
  context.stroke();
}
