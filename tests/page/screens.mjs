// Walks through the first screen as someone who has never seen it, and takes a picture of each stage: draws a digit, sees
// why it is predicted, trains a network, turns the learning rate up until it breaks, is told why, and goes back. Each time
// what the stage is about has to be in sight, without scrolling.
// usage: node tests/page/screens.mjs [FOLDER]      tests/output/screens when none is named

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import en from "../../www/locale/en.js";
import zh from "../../www/locale/zh.js";
import { launch, root } from "./browser.mjs";
import { PATIENCE, draw, field, numberWithin, opened, pad, prediction, predicts, strokes } from "./page.mjs";
import { serve } from "../../tools/serve.mjs";

/** @typedef {import("playwright-core").Page} Page @typedef {import("playwright-core").Locator} Locator */
/**
 * @typedef {object} Hand how a visitor acts
 * @property {import("playwright-core").BrowserContextOptions} context
 * @property {(page: Page, words: Words) => Promise<void>} draw puts a digit on the pad
 * @property {(page: Page) => Promise<void>} ask asks about another digit than the one predicted
 * @property {(place: Locator) => Promise<void>} press
 * @property {(slider: Locator) => Promise<void>} toTheEnd
 *
 * @typedef {Record<string, string>} Words
 */

/** Milliseconds until what moves has come to rest. */
const STILL = 500;
/** CSS pixels of a tall figure that tell what it is. */
const BEGINNING = 60;
/** More stops of the Tab key than any page has. */
const MOST_STOPS = 120;

/** @type {Record<string, Hand>} */
const hands = {
  mouse: {
    context: {},
    draw: (page) => draw(page, 7),
    ask: (page) => page.locator(".bars li").nth(1).hover(),
    press: (place) => place.click(),
    async toTheEnd(slider) {
      const box = await boxOf(slider);
      const middle = box.y + box.height / 2;
      const { mouse } = slider.page();
      await mouse.move(box.x + box.width * 0.6, middle);
      await mouse.down();
      await mouse.move(box.x + box.width + 20, middle, { steps: 8 });
      await mouse.up();
    },
  },
  finger: {
    context: { hasTouch: true, isMobile: true },
    async draw(page) {
      const box = await boxOf(pad(page));
      const session = await page.context().newCDPSession(page);
      const send = (/** @type {"touchStart" | "touchMove"} */ type, /** @type {[number, number]} */ [x, y]) =>
        session.send("Input.dispatchTouchEvent", {
          type,
          touchPoints: [{ x: box.x + x * box.width, y: box.y + y * box.height }],
        });
      for (const [first, ...rest] of strokes[7]) {
        await send("touchStart", first);
        let from = first;
        for (const to of rest) {
          for (let step = 1; step <= 6; step++)
            await send("touchMove", [mix(from[0], to[0], step / 6), mix(from[1], to[1], step / 6)]);
          from = to;
        }
        await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
      }
    },
    ask: (page) => page.locator(".bars li").nth(1).tap(),
    press: (place) => place.tap(),
    async toTheEnd(slider) {
      const box = await boxOf(slider);
      await slider.page().touchscreen.tap(box.x + box.width - 2, box.y + box.height / 2);
    },
  },
  keyboard: {
    context: {},
    async draw(page, words) {
      await pressed(page.getByRole("button", { name: words["pad.random"] }));
    },
    async ask(page) {
      await tabTo(page.locator(".bars"));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
    },
    press: pressed,
    async toTheEnd(slider) {
      await tabTo(slider);
      await slider.page().keyboard.press("End");
    },
  },
};

/** Who comes with what. @type {[width: number, height: number, hands: string[]][]} */
const visitors = [
  [390, 844, ["finger"]],
  [1024, 768, ["finger", "keyboard"]],
  [1280, 800, ["mouse", "keyboard"]],
  [1440, 900, ["mouse"]],
];

const folder = process.argv[2] ?? join(root, "tests/output/screens");
await mkdir(folder, { recursive: true });
const [browser, server] = await Promise.all([launch(), serve({ root, port: 0 })]);
let failed = 0;
try {
  for (const [width, height, each] of visitors)
    for (const language of ["en", "zh"])
      for (const hand of each) {
        const name = `${width}x${height}-${language}-${hand}`;
        const began = performance.now();
        try {
          await walk({ name, width, height, language, hand });
          console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
        } catch (error) {
          failed += 1;
          console.error(`${name}: ${error instanceof Error ? error.message : error}`);
        }
      }
} finally {
  await browser.close();
  await server.close();
}
console.log(`${folder}: ${failed === 0 ? "every stage was in sight" : `${failed} walks failed`}`);
process.exitCode = failed === 0 ? 0 : 1;

/** @param {{ name: string, width: number, height: number, language: string, hand: string }} visitor */
async function walk({ name, width, height, language, hand }) {
  /** @type {Words} */
  const words = language === "zh" ? zh : en;
  const { context: options, ...act } = hands[hand];
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language === "zh" ? "zh-CN" : "en-US",
    colorScheme: "light",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  /** @type {string[]} */
  const faults = [];
  context.on("weberror", (error) => faults.push(String(error.error())));
  context.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  try {
    const page = await context.newPage();
    let number = 0;
    const shoot = async (/** @type {string} */ stage, /** @type {Record<string, Locator>} */ seen) => {
      await page.waitForTimeout(STILL);
      number += 1;
      await page.screenshot({ path: join(folder, `${name}-${number}-${stage}.png`) });
      for (const [what, place] of Object.entries(seen))
        assert.ok(await inSight(place), `${stage}: ${what} is out of sight`);
    };
    const train = page.getByRole("button", { name: words["run.train"], exact: true });
    const rate = field(page, "learningRate").place.locator("input[type=range]");
    const always = { pad: pad(page), prediction: prediction(page), rate };

    await page.goto(`${server.url}/#/digits`);
    await opened(page);
    await predicts(page, "3");
    await shoot("first-sight", { ...always, train });

    await act.draw(page, words);
    const testDigit = new RegExp(`^${words["prediction.test-digit"].split("{")[0]}\\d`);
    if (hand === "keyboard") await page.getByText(testDigit).waitFor();
    else await predicts(page, "7");
    await shoot("drawn", { ...always, train, bars: page.locator(".bars li").last() });

    await act.ask(page);
    await shoot("why", { network: page.locator('[data-slot="weights"] canvas').first(), ...always });

    await act.press(train);
    // Behind the first evaluation, of the network that it is now.
    await numberWithin(page, "iteration", { from: 650 });
    await numberWithin(page, "test-accuracy", { from: 0.85, to: 1 });
    await shoot("trains", always);

    const warning = page.locator(".notices .notice.warning").first();
    await act.toTheEnd(rate);
    await warning.waitFor();
    await shoot("broken", { ...always, warning });

    await act.press(warning.getByRole("button").first());
    await warning.waitFor({ state: "hidden" });
    await numberWithin(page, "loss", { from: 0, to: 2.3 });
    await shoot("back", { ...always, train });
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

/** @param {number} from @param {number} to @param {number} share */
function mix(from, to, share) {
  return from + (to - from) * share;
}

/** @param {Locator} place */
async function boxOf(place) {
  const box = await place.boundingBox();
  assert.ok(box, "it is on the page");
  return box;
}

/** @param {Locator} place whose upper part is to be within the window, with nothing over it */
function inSight(place) {
  return place.evaluate((element, beginning) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, beginning));
    return found !== null && (element.contains(found) || found.contains(element));
  }, BEGINNING);
}

/** Goes there as someone without a pointer does. @param {Locator} place */
async function tabTo(place) {
  const { keyboard } = place.page();
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (await place.evaluate((element) => element === document.activeElement)) return;
    await keyboard.press("Tab");
  }
  throw new Error("the Tab key does not lead there");
}

/** @param {Locator} place */
async function pressed(place) {
  await tabTo(place);
  await place.page().keyboard.press("Enter");
}
