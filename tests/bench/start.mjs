// The way to the first prediction in the built page, with an empty cache each time.

import { serve } from "../../tools/serve.mjs";

/** @typedef {{ pad: number, reading: number, figures: number, longest: number }} Start milliseconds since the page was opened */

/**
 * @param {{ browser: import("playwright-core").Browser, root: string }} site `root` is what makeDist made
 * @param {number} times
 * @returns {Promise<Start[]>}
 */
export async function measureStart({ browser, root }, times) {
  const server = await serve({ root, port: 0 });
  try {
    const starts = [];
    for (let time = 0; time < times; time += 1) {
      const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      await page.addInitScript(watch);
      await page.goto(server.url, { waitUntil: "commit" });
      await page.waitForFunction(() => /** @type {any} */ (globalThis).start.figures > 0);
      starts.push(await page.evaluate(() => /** @type {any} */ (globalThis).start));
      await context.close();
    }
    return starts;
  } finally {
    await server.close();
  }
}

/** Runs in the page, before everything else: draws a line as soon as there is a pad, and looks each frame. */
function watch() {
  const start = { pad: 0, reading: 0, figures: 0, longest: 0 };
  Object.assign(globalThis, { start });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      if (start.reading === 0 || startTime < start.reading) start.longest = Math.max(start.longest, duration);
  }).observe({ type: "longtask", buffered: true });
  requestAnimationFrame(function look() {
    const pad = document.querySelector('canvas[aria-label="Drawing pad"]');
    if (pad && start.pad === 0) {
      start.pad = performance.now();
      const { left, top, width, height } = pad.getBoundingClientRect();
      const point = (type, y) =>
        pad.dispatchEvent(
          new PointerEvent(type, {
            bubbles: true,
            pointerId: 1,
            isPrimary: true,
            buttons: 1,
            clientX: left + width / 2,
            clientY: top + y * height,
          }),
        );
      point("pointerdown", 0.2);
      for (let step = 1; step <= 8; step += 1) point("pointermove", 0.2 + step * 0.07);
      point("pointerup", 0.76);
    }
    const digit = document.querySelector("[data-testid=prediction]")?.textContent ?? "";
    if (start.reading === 0 && /\d/.test(digit)) start.reading = performance.now();
    const figures = [...document.querySelectorAll(".stage .figure:not([hidden]) canvas")];
    if (figures.some((each) => each instanceof HTMLCanvasElement && each.width > 90))
      start.figures = performance.now();
    else requestAnimationFrame(look);
  });
}
