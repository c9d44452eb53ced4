// Opens the page in the real browser and watches over it: whatever goes wrong in the background fails the test.

import { after, before } from "node:test";
import assert from "node:assert/strict";
import { launch, root } from "./browser.mjs";
import { serve } from "../../tools/serve.mjs";

/** @typedef {import("playwright-core").Page} Page @typedef {import("playwright-core").BrowserContext} BrowserContext */
/**
 * @typedef {object} Visit what a test is given
 * @property {Page} page
 * @property {BrowserContext} context
 * @property {string} url of the page, without a hash
 *
 * @typedef {object} Options
 * @property {string} [hash] the place to open, "#/descent"
 * @property {boolean} [ready] false where the page is not expected to get as far as an open run
 * @property {import("playwright-core").BrowserContextOptions} [context]
 * @property {RegExp[]} [expected] faults that the test causes on purpose
 * @property {(visit: Visit) => Promise<unknown>} [before] runs before the page is opened
 */

/** Milliseconds. Only a page that hangs ever waits this long; machines that run tests may be slow. */
export const PATIENCE = Number(process.env.PATIENCE ?? 60000);

/** Everything that a test on a phone needs. */
export const phone = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

/**
 * One browser and one server for the tests of a file.
 * @returns {{ visit: (options: Options, body: (visit: Visit) => Promise<void>) => () => Promise<void> }}
 */
export function site() {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;
  before(async () => {
    [browser, server] = await Promise.all([launch(), serve({ root, port: 0 })]);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  return {
    visit:
      ({ hash = "", ready = true, context: settings = {}, expected = [], before: prepare }, body) =>
      async () => {
        const context = await browser.newContext({
          locale: "en-US",
          viewport: { width: 1280, height: 900 },
          ...settings,
        });
        context.setDefaultTimeout(PATIENCE);
        const page = await context.newPage();
        const url = `${server.url}/`;
        const faults = watch(context, page, server.url);
        try {
          await prepare?.({ page, context, url });
          await page.goto(url + hash);
          if (ready) await opened(page);
          await body({ page, context, url });
          // What was reported a moment ago may still be on its way.
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(null))));
          const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
          assert.deepEqual(unexpected, [], "the page reported faults");
        } finally {
          faults.stop();
          await context.close();
        }
      },
  };
}

/**
 * @param {BrowserContext} context
 * @param {Page} page
 * @param {string} origin
 * @returns {string[] & { stop: () => void }} what went wrong so far
 */
function watch(context, page, origin) {
  let watching = true;
  const faults = Object.assign(/** @type {string[]} */ ([]), { stop: () => (watching = false) });
  const note = (/** @type {string} */ fault) => watching && faults.push(fault);
  // Workers' messages and violations of the security policy arrive here too.
  context.on("console", (message) => {
    if (["error", "warning", "assert"].includes(message.type()))
      note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => note(`uncaught: ${error.error().stack ?? error.error()}`));
  context.on("request", (request) => {
    const from = new URL(request.url());
    if (!["data:", "blob:"].includes(from.protocol) && from.origin !== origin)
      note(`request to another origin: ${request.url()}`);
  });
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // The page was left before it came, or did not want it any more.
    if (reason !== "net::ERR_ABORTED") note(`request failed: ${request.url()} ${reason}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) note(`answer ${response.status()}: ${response.url()}`);
  });
  page.on("crash", () => note("the page crashed"));
  return faults;
}

/**
 * A page of another visitor, whose browser has kept nothing yet.
 * @param {Page} page of this one
 * @returns {Promise<Page>} to be closed with its context
 */
export async function elsewhere(page) {
  const browser = page.context().browser();
  assert.ok(browser, "the browser was launched by the test");
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(PATIENCE);
  return context.newPage();
}

/**
 * Waits until the lab stands ready: its figures are there, or its run is.
 * @param {Page} page
 */
export async function opened(page) {
  await page.locator("[data-part=stage]").waitFor();
  await page.waitForFunction(() => {
    const status = document.querySelector(".run-status")?.textContent ?? "";
    return !/^(Opening|正在打开)/.test(status);
  });
}

/**
 * Opens what is folded away, if it is.
 * @param {import("playwright-core").Locator} place within a fold, or not
 */
export async function unfold(place) {
  await place.evaluate((element) => {
    const fold = element.closest("details");
    if (fold) fold.open = true;
    // What is out of sight is left alone.
    element.scrollIntoView({ block: "nearest" });
  });
}

/**
 * The labs of the page, as the links of its chapters name them.
 * @param {Page} page
 * @returns {Promise<string[]>} hashes
 */
export function labs(page) {
  return page
    .locator(".nav a.lab-link")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
}

/**
 * Goes to a lab as a visitor does: opens its chapter and follows its link.
 * @param {Page} page
 * @param {string} lab its id
 */
export async function goTo(page, lab) {
  const link = page.locator(`.nav a.lab-link[href^="#/${lab}"]`);
  const chapter = await link.evaluate((element) =>
    element.closest("[data-chapter]")?.getAttribute("data-chapter"),
  );
  const wide = page.locator(`.chapter-button[data-chapter="${chapter}"]`);
  await ((await wide.isVisible()) ? wide : page.locator(".nav-compact")).click();
  await link.click();
  await page.locator(`[data-lab="${lab}"]`).waitFor();
  await opened(page);
}

/**
 * What stands at a test id, as a number; NaN for a dash.
 * @param {Page} page
 * @param {string} name
 */
export async function number(page, name) {
  const text = (await page.getByTestId(name).textContent()) ?? "";
  return text.trim() === "" ? NaN : Number(text.replace("−", "-"));
}

/**
 * Waits until the number at a test id lies in a range, the ends included.
 * @param {Page} page
 * @param {string} name
 * @param {{ from?: number, to?: number }} range
 */
export async function numberWithin(page, name, { from = -Infinity, to = Infinity }) {
  await page.waitForFunction(
    ([id, low, high]) => {
      const text = document.querySelector(`[data-testid="${id}"]`)?.textContent?.trim();
      return Boolean(text) && Number(text) >= Number(low) && Number(text) <= Number(high);
    },
    // JSON has no infinity.
    [name, Math.max(from, -1e300), Math.min(to, 1e300)],
  );
  return number(page, name);
}

/**
 * @param {Page} page
 * @param {string} name of the field, as in the address
 */
export function field(page, name) {
  const place = page.locator(`[data-field="${name}"]`);
  const text = place.locator("input[type=text]");
  return {
    place,
    text,
    /** Types a value, in whatever fold it is. */
    fill: async (/** @type {string} */ value) => {
      await unfold(place);
      await text.fill(value);
    },
    error: place.locator(".field-error"),
    /** What the form holds, whatever kind of input it is. */
    value: () =>
      place.evaluate((element) => {
        const input = element.querySelector(
          "input[type=radio]:checked, select, input[type=text], input[role=switch]",
        );
        if (input instanceof HTMLInputElement && input.type === "checkbox") return String(input.checked);
        return /** @type {HTMLInputElement | HTMLSelectElement | null} */ (input)?.value;
      }),
  };
}

/**
 * @param {Page} page
 * @param {string | RegExp} name
 */
export function button(page, name) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}

/**
 * @param {Page} page
 * @param {string} slot
 */
export function figure(page, slot) {
  return page.locator(`[data-slot="${slot}"]`);
}

/**
 * The rows of a lab's table, which is unfolded for it.
 * @param {Page} page
 */
export async function rows(page) {
  const table = page.locator(".lab-table");
  await unfold(table);
  return table.locator("tbody tr:not(.spacer)");
}

/** @param {Page} page */
export function notices(page) {
  return page.locator(".notices .notice");
}

/** @param {Page} page */
export function pad(page) {
  return page.locator('canvas[aria-label="Drawing pad"]');
}

/** @param {Page} page */
export function prediction(page) {
  return page.getByTestId("prediction");
}

/**
 * Waits until the prediction is this text, or matches.
 * @param {Page} page
 * @param {string | RegExp} expected
 */
export async function predicts(page, expected) {
  const pattern = typeof expected === "string" ? `^${expected}$` : expected.source;
  await page
    .waitForFunction((source) => {
      const text = document.querySelector("[data-testid=prediction]")?.textContent?.trim() ?? "";
      return new RegExp(source).test(text);
    }, pattern)
    .catch(async (error) => {
      throw new Error(
        `predicted "${await prediction(page).textContent()}" instead of ${pattern}: ${error.message}`,
      );
    });
}

/**
 * How a person writes some digits: strokes of points in shares of the pad's side.
 * @type {Record<string, [number, number][][]>}
 */
export const strokes = {
  0: [ellipse(0.5, 0.5, 0.19, 0.3)],
  1: [
    [
      [0.53, 0.18],
      [0.5, 0.5],
      [0.48, 0.83],
    ],
  ],
  4: [
    [
      [0.36, 0.2],
      [0.3, 0.53],
      [0.72, 0.5],
    ],
    [
      [0.64, 0.22],
      [0.6, 0.85],
    ],
  ],
  7: [
    [
      [0.28, 0.24],
      [0.71, 0.22],
      [0.58, 0.5],
      [0.45, 0.84],
    ],
  ],
};

/** @param {number} x @param {number} y @param {number} wide @param {number} tall @returns {[number, number][]} */
function ellipse(x, y, wide, tall) {
  return Array.from({ length: 33 }, (_, at) => {
    const angle = -Math.PI / 2 - (2 * Math.PI * at) / 32;
    return [x + wide * Math.cos(angle), y + tall * Math.sin(angle)];
  });
}

/**
 * @param {Page} page
 * @param {number} digit 0, 1, 4 or 7
 */
export async function draw(page, digit) {
  await pad(page).scrollIntoViewIfNeeded();
  const box = await pad(page).boundingBox();
  assert.ok(box, "there is a pad");
  for (const points of strokes[digit]) {
    const [first, ...rest] = points.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
    await page.mouse.move(first[0], first[1]);
    await page.mouse.down();
    for (const [x, y] of rest) await page.mouse.move(x, y, { steps: 6 });
    await page.mouse.up();
  }
}

/**
 * A finger moves up or down.
 * @param {import("playwright-core").CDPSession} session
 * @param {number} x
 * @param {number} from
 * @param {number} to all css pixels
 */
export async function swipe(session, x, from, to) {
  const send = (/** @type {"touchStart" | "touchMove"} */ type, /** @type {number} */ y) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: [{ x, y }] });
  await send("touchStart", from);
  for (let step = 1; step <= 12; step++) await send("touchMove", from + ((to - from) * step) / 12);
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

/**
 * Whether anything was drawn on each of some canvases, now: pixels of more than one kind.
 * @param {import("playwright-core").Locator} canvases
 * @returns {Promise<boolean[]>}
 */
function areDrawn(canvases) {
  return canvases.evaluateAll((elements) =>
    elements.map((element) => {
      const source = /** @type {HTMLCanvasElement} */ (element);
      if (source.width === 0 || source.height === 0) return false;
      // A copy, because reading a canvas may change how the browser draws it from then on.
      const copy = document.createElement("canvas");
      copy.width = source.width;
      copy.height = source.height;
      const context = copy.getContext("2d");
      context?.drawImage(source, 0, 0);
      const pixels = new Uint32Array(context?.getImageData(0, 0, copy.width, copy.height).data.buffer ?? []);
      return pixels.some((pixel) => pixel !== pixels[0]);
    }),
  );
}

/**
 * Waits for a canvas, and tells whether anything was drawn on it.
 * @param {import("playwright-core").Locator} canvas
 * @returns {Promise<boolean>}
 */
export async function isDrawn(canvas) {
  await canvas.waitFor({ state: "attached" });
  const [drawn] = await areDrawn(canvas);
  return drawn ?? false;
}

/**
 * Trains at full speed until the iteration is reached, and pauses there or a little later.
 * @param {Page} page
 * @param {number} iteration
 */
export async function trainTo(page, iteration) {
  await chooseSpeed(page, "full");
  await button(page, "Train").click();
  await numberWithin(page, "iteration", { from: iteration });
  await pause(page);
}

/**
 * @param {Page} page
 * @param {string} value of the option: "slow-start", "full", or steps a second
 */
export async function chooseSpeed(page, value) {
  await page.locator(".speed select").selectOption(value);
}

/**
 * Pauses and waits until the run has come to rest.
 * @param {Page} page
 */
export async function pause(page) {
  await button(page, "Pause").click();
  await resting(page);
}

/**
 * Waits until a paused run says so, and its last report is there.
 * @param {Page} page
 */
export async function resting(page) {
  await page.waitForFunction(() =>
    /^(Paused|Stopped|Finished|Network loaded|Random weights|Pre-trained)/.test(
      document.querySelector(".run-status")?.textContent ?? "",
    ),
  );
  await settled(page, "iteration");
}

/**
 * Waits until a number stays what it is for some looks.
 * @param {Page} page
 * @param {string} name
 */
export async function settled(page, name) {
  let last = "";
  for (let same = 0; same < 6;) {
    const text = (await page.getByTestId(name).textContent()) ?? "";
    same = text === last ? same + 1 : 0;
    last = text;
    await new Promise((done) => setTimeout(done, 60));
  }
  return Number(last);
}

/** @param {Page} page */
const shownFigures = (page) =>
  page
    .locator(".stage .figure:visible")
    .evaluateAll((elements) => elements.map((element) => element.getAttribute("data-slot") ?? ""));

/**
 * Waits until every figure of the stage that is shown has a picture. Some stand there only until others come in their place:
 * then those count.
 * @param {Page} page
 * @returns {Promise<string[]>} the names of their slots
 */
export async function drawnFigures(page) {
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll(".stage .figure:not([hidden])")];
    const widths = shown.map((each) => each.querySelector("canvas")?.width ?? 0);
    return widths.length > 0 && widths.every((width) => width > 90);
  });
  // Until then they cannot be seen, nor have the focus.
  await page.waitForSelector(".lab:not([data-settling])");
  const names = await shownFigures(page);
  for (const name of names) {
    const each = page.locator(`.stage .figure[data-slot="${name}"]`);
    await each.evaluate((element) => element.scrollIntoView({ block: "nearest" }));
    // It is sized in one frame and may be drawn in the next.
    const until = Date.now() + PATIENCE / 4;
    let isDone = false;
    while (!isDone && Date.now() < until)
      isDone = (await areDrawn(each.locator("canvas")))[0] === true || (await each.isHidden());
    assert.ok(isDone, `the figure ${name} is drawn`);
  }
  const still = await shownFigures(page);
  return still.join() === names.join() ? names : drawnFigures(page);
}

/** @param {Page} page @param {number} count */
export async function tableHas(page, count) {
  await rows(page);
  await page.waitForFunction(
    (expected) =>
      document.querySelector(".lab-table")?.getAttribute("aria-rowcount") === String(expected + 1),
    count,
  );
}
