// The way to the first prediction in the built page, with an empty cache each time, here and as on a phone far from a mast;
// and how busy the page's thread is while it trains.

import { button, number, opened } from "../page/page.mjs";
import { serve } from "../../tools/serve.mjs";

/** @typedef {{ pad: number, reading: number, figures: number, longest: number }} Start milliseconds since the page was opened */

/** @typedef {{ browser: import("playwright-core").Browser, root: string }} Site `root` is what makeDist made */

/** What Lighthouse calls slow 4G: milliseconds there and back, bytes a second; and a processor so many times as slow. */
const SLOW_NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: 1.6e6 / 8,
  uploadThroughput: 0.75e6 / 8,
};
const SLOW_PROCESSOR = 4;

/**
 * @param {Site} site
 * @param {number} times
 * @param {{ slow?: boolean }} [options] whether on a slow network and a slow processor
 * @returns {Promise<Start[]>}
 */
export async function measureStart({ browser, root }, times, { slow = false } = {}) {
  const server = await serve({ root, port: 0 });
  try {
    const starts = [];
    for (let time = 0; time < times; time += 1) {
      const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      if (slow) {
        const session = await context.newCDPSession(page);
        await session.send("Network.enable");
        await session.send("Network.emulateNetworkConditions", SLOW_NETWORK);
        await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW_PROCESSOR });
      }
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

/**
 * The share of its time that the page's thread is busy, at rest and while it trains at full speed.
 * @param {Site} site
 * @returns {Promise<{ resting: number, training: number }>}
 */
export async function measureBusy({ browser, root }) {
  const server = await serve({ root, port: 0 });
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await opened(page);
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const metrics = async () => {
      const { metrics } = await session.send("Performance.getMetrics");
      return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    };
    const share = async () => {
      const before = await metrics();
      await page.waitForTimeout(5000);
      const after = await metrics();
      return (after.TaskDuration - before.TaskDuration) / (after.Timestamp - before.Timestamp);
    };
    // The example writes itself first.
    await page.waitForTimeout(4000);
    const resting = await share();
    await button(page, "Train").click();
    while (!((await number(page, "iteration")) > 100)) await page.waitForTimeout(50);
    await page.waitForTimeout(3000);
    return { resting, training: await share() };
  } finally {
    await context.close();
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
