// Learning rates: all walks begin where the contours are clicked.

import { startByDragging } from "./descent.js";

/** @type {import("../views/lab.js").MakeTouch} */
export function createTouch({ lab, context, charts }) {
  const contour = charts.get("contour");
  if (contour) startByDragging(contour, lab, context.actions);
  return {};
}
