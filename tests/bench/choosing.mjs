// How soon a lab's first figure stands there once the lab is chosen, on a built page that is warm.

import { labs, opened } from "../page/page.mjs";
import { serve } from "../../tools/serve.mjs";

/** @typedef {{ lab: string, time: number }} Choice milliseconds */

/**
 * Goes through all labs once to warm the page, then so many times more.
 * @param {{ browser: import("playwright-core").Browser, root: string }} site `root` is what makeDist made
 * @param {number} times
 * @returns {Promise<Choice[]>} each lab with its median
 */
export async function measureChoosing({ browser, root }, times) {
  const server = await serve({ root, port: 0 });
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await opened(page);
    const names = (await labs(page)).map((hash) => hash.replace(/^#\/|\?.*$/g, ""));
    /** @type {Map<string, number[]>} */
    const found = new Map(names.map((lab) => [lab, []]));
    for (let time = -1; time < times; time += 1)
      for (const lab of names) {
        const taken = await page.evaluate(choose, lab);
        if (time >= 0) found.get(lab)?.push(taken);
        // What begins by itself, and the rest of the page, come to rest.
        await page.waitForTimeout(700);
      }
    return [...found].map(([lab, all]) => ({ lab, time: all.sort((a, b) => a - b)[all.length >> 1] }));
  } finally {
    await context.close();
    await server.close();
  }
}

/**
 * Runs in the page.
 * @param {string} lab
 * @returns {Promise<number>} milliseconds until a figure of its stage is drawn and shown
 */
function choose(lab) {
  const begun = performance.now();
  location.hash = `#/${lab}`;
  return new Promise((resolve) => {
    requestAnimationFrame(function look() {
      const place = document.querySelector(`[data-lab="${lab}"]`);
      const figures = [...(place?.querySelectorAll(".stage .figure:not([hidden]) canvas") ?? [])];
      const isThere = (/** @type {Element} */ canvas) =>
        canvas instanceof HTMLCanvasElement &&
        canvas.width > 20 &&
        canvas.checkVisibility({ opacityProperty: true });
      if (figures.some(isThere)) resolve(performance.now() - begun);
      else requestAnimationFrame(look);
    });
  });
}
