// A drawing as data: strokes, stamped digits and clearings, in the order they were made, so that each can be undone.
// It outlives the view that shows it.

/** @typedef {{ x: number, y: number }} Point in shares of the pad's side, 0 … 1 */
/** @typedef {{ kind: "stroke", points: Point[] } | { kind: "stamp", stamp: HTMLCanvasElement } | { kind: "clearing" }} Item */

/** The pen's width as a share of the pad's side. MNIST's lines are about 2 of 28 pixels wide. */
export const PEN = 0.08;
/** The larger side of a drawing, as a share of the pad's, for which that pen is right. */
const USUAL = 0.6;
/** The finest pen that is read: what is much smaller than a digit stays the blot that it is. */
const FINEST = PEN / 6;
/** Side of the picture that the network gets, in pixels: ten for each of MNIST's. */
export const SIDE = 280;

export class Drawing {
  constructor() {
    /** @type {Item[]} */
    this.items = [];
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    /** What the network gets: black ink, nothing where there is none. It is as it was when it was read last. */
    this.canvas = canvas;
    this.context = pencil(canvas, { willReadFrequently: true });
    /** Whether that is what is drawn. */
    this.isRead = true;
    /** The width of the pen that it was read with, as a share of the pad's side. */
    this.pen = PEN;
    /**
     * The steps on the way to the network's input, each of which can be left out for the rest of the visit. `pen`: a pen
     * that fits the drawing's size, else that which is seen on the pad; the others as the core has them.
     */
    this.steps = { pen: true, fit: true, centre: true };
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
    this.isRead = false;
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
    this.isRead = false;
    this.changed(null);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} side in its pixels
   * @param {string} ink
   * @param {number} [pen] its width as a share of the pad's side
   */
  paint(context, side, ink, pen = PEN) {
    context.clearRect(0, 0, side, side);
    for (const item of this.present()) {
      if (item.kind === "stroke") drawStroke(context, side, item.points, 0, pen);
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

  /** What has not been cleared. */
  present() {
    const last = this.items.findLastIndex(({ kind }) => kind === "clearing");
    return this.items.slice(last + 1);
  }

  /** @param {Partial<Drawing["steps"]>} changes which steps are taken from now on */
  take(changes) {
    this.steps = { ...this.steps, ...changes };
    this.isRead = false;
  }

  /** The pixels that the network gets. */
  pixels() {
    // All of it anew: a stroke that grows changes the pen of those before it.
    if (!this.isRead) {
      this.pen = this.steps.pen ? penFor(this.present()) : PEN;
      this.paint(this.context, SIDE, "#000", this.pen);
      this.isRead = true;
    }
    return this.context.getImageData(0, 0, SIDE, SIDE).data;
  }
}

/**
 * The pen that a drawing is read with. On the pad it is as wide for a small digit as for a large one, and cropped and
 * scaled to the same size the small one would be a blot, the large one a thread. So it is in proportion to the drawing:
 * the pad's own for one that takes 60 % of the pad. A stamped image brings its lines along, and what is drawn over it is
 * drawn with the pad's pen.
 * @param {Item[]} items what is on the pad
 * @returns {number} its width as a share of the pad's side
 */
export function penFor(items) {
  if (items.some(({ kind }) => kind === "stamp")) return PEN;
  const points = items.flatMap((item) => (item.kind === "stroke" ? item.points : []));
  const longest = Math.max(extent(points.map(({ x }) => x)), extent(points.map(({ y }) => y)));
  return Math.max(FINEST, (PEN * longest) / USUAL);
}

/** @param {number[]} places along one side of the pad; what lies outside it is not there */
function extent(places) {
  let [least, most] = [1, 0];
  for (const place of places) {
    const seen = Math.max(0, Math.min(1, place));
    [least, most] = [Math.min(least, seen), Math.max(most, seen)];
  }
  return Math.max(0, most - least);
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
 * @param {number} [pen] its width as a share of the side
 */
export function drawStroke(context, side, points, from, pen = PEN) {
  const [first, ...rest] = points.slice(from);
  if (!first) return;
  if (rest.length === 0) {
    // A line without a length leaves nothing; a press without a movement is to leave a dot.
    context.beginPath();
    context.arc(first.x * side, first.y * side, (pen * side) / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = pen * side;
  context.beginPath();
  context.moveTo(first.x * side, first.y * side);
  for (const { x, y } of rest) context.lineTo(x * side, y * side);
  context.stroke();
}
