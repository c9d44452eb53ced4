// The page itself: how smooth it stays, how soon a figure follows a control, and what its parts
// cost: the sheet of every lab, and the pool of workers.

import { button, chooseSpeed, field, number, opened, unfold } from "../page/page.mjs";

/**
 * @typedef {{ browser: import("playwright-core").Browser, url: string }} Site `url` of the server
 */
/** @typedef {import("playwright-core").Page} Page */

/** Jobs that the pool is given, and the epochs that each learns: some seconds for one worker. */
const JOBS = 32;
const EPOCHS = "20";
/** How often the sheet of one lab is made. */
const SHEETS = 30;
/** Milliseconds for which the slider is dragged. */
const DRAG = 2000;

/**
 * @param {Site} site
 * @param {number} rounds of the pool
 */
export async function measurePage(site, rounds) {
  const smooth = await within(site, "", measureSmoothness);
  const dragged = await within(site, "/#/descent", timeToRedraw);
  const sheets = await within(site, "", measureSheets);
  /** How many times as long one worker takes as two do, in turns. @type {number[]} */
  const gains = [];
  for (let round = 0; round < rounds; round += 1) {
    // Any document of the site is isolated as the page is; this one does nothing by itself.
    const [one, two] = [1, 2].map(
      (cores) => () => within(site, "/www/worker/team.js", (page) => timePool(page, cores)),
    );
    gains.push((await one()) / (await two()));
  }
  return { smooth, dragged, sheets, gains };
}

/**
 * Opens a page with an empty cache for one measurement.
 * @template Found
 * @param {Site} site
 * @param {string} path
 * @param {(page: Page) => Promise<Found>} measure
 * @returns {Promise<Found>}
 */
async function within({ browser, url }, path, measure) {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(url + path, { waitUntil: "commit" });
    return await measure(page);
  } finally {
    await context.close();
  }
}

/** @param {Page} page */
async function measureSmoothness(page) {
  await opened(page);
  await chooseSpeed(page, "full");
  await button(page, "Train").click();
  while (!((await number(page, "iteration")) > 100)) await page.waitForTimeout(50);
  // Once the data has arrived; its parsing is part of loading.
  await page.waitForTimeout(3000);
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        let longTasks = 0;
        let longest = 0;
        new PerformanceObserver((list) => {
          for (const task of list.getEntries()) {
            longTasks += 1;
            longest = Math.max(longest, task.duration);
          }
        }).observe({ entryTypes: ["longtask"] });
        const begun = performance.now();
        let last = begun;
        let frames = 0;
        let missed = 0;
        requestAnimationFrame(function frame(now) {
          frames += 1;
          missed += Math.max(0, Math.round((now - last) / (1000 / 60)) - 1);
          last = now;
          if (now - begun < 5000) requestAnimationFrame(frame);
          else resolve({ frames, missed, longTasks, longest });
        });
      }),
  );
}

/**
 * Milliseconds from each move of the learning rate's slider to the end of the frame in which a figure was drawn that
 * knows it. The mouse is a real one: where in a frame an input arrives is part of the time.
 * @param {Page} page
 * @returns {Promise<number[]>}
 */
async function timeToRedraw(page) {
  await opened(page);
  const slider = field(page, "learningRate").place.locator("input[type=range]");
  await unfold(slider);
  await slider.scrollIntoViewIfNeeded();
  await slider.evaluate(async (element) => {
    const module = "/www/pkg/labs.js";
    const { Sheet, Picture } = await import(module);
    /** When each input came, and what it took, in the same order. */
    const [begun, times] = /** @type {number[][]} */ ([[], []]);
    /** How many inputs a sheet or picture knows. */
    const known = new WeakMap();
    const after = (type, method, then) => {
      const original = type.prototype[method];
      type.prototype[method] = function (...given) {
        const answer = original.apply(this, given);
        then(this, answer);
        return answer;
      };
    };
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data: count }) => {
      while (times.length < count) times.push(performance.now() - begun[times.length]);
    };
    element.addEventListener("input", () => begun.push(performance.now()), { capture: true });
    after(Sheet, "head", (sheet) => known.set(sheet, begun.length));
    after(Sheet, "picture", (sheet, picture) => known.set(picture, known.get(sheet)));
    // A message that is sent within a frame arrives after it.
    after(Picture, "draw", (picture) => port2.postMessage(known.get(picture) ?? 0));
    Object.assign(window, { times });
  });
  const box = await slider.boundingBox();
  if (!box) throw new Error("the slider has no size");
  // From side to side, once a second.
  const move = (/** @type {number} */ time) =>
    page.mouse.move(
      box.x + box.width * (0.5 + 0.4 * Math.sin((2 * Math.PI * time) / 1000)),
      box.y + box.height / 2,
    );
  await move(0);
  await page.mouse.down();
  for (const begun = performance.now(); performance.now() - begun < DRAG;)
    await move(performance.now() - begun);
  await page.mouse.up();
  await page.waitForTimeout(200);
  // @ts-expect-error put there above
  const times = await page.evaluate(() => window.times);
  if (times.length < 20) throw new Error(`the figure followed ${times.length} inputs`);
  return times;
}

/**
 * Median milliseconds to make the sheet of each lab at its largest settings, of whichever of its choices is slowest.
 * Labs with jobs have no reports here.
 * @param {Page} page
 * @returns {Promise<{ lab: string, time: number }[]>}
 */
async function measureSheets(page) {
  await opened(page);
  return page.evaluate(sheetTimes, { module: "/www/pkg/labs.js", sheets: SHEETS });
}

/** Runs in the page, and needs nothing from outside. */
export async function sheetTimes({ module, sheets }) {
  const { Sheet, catalogue, check, plan } = await import(module);
  const isList = ({ kind }) => kind.type === "numbers" || kind.type === "matrix";
  const rows = (count, row) => Array(count).fill(row).join("; ");
  const cells = (count, cell) => Array(count).fill(cell).join(", ");
  const largest = ({ kind }) => {
    if (kind.type === "numbers") return cells(kind.most, kind.max);
    if (kind.type === "matrix") return rows(kind.mostRows, cells(kind.mostColumns, kind.max));
    return String(kind.max);
  };
  /** Those of the groups of fields at their largest that the lab allows; a group, because sizes have to agree. */
  const enlarge = (lab, start, groups) =>
    groups.reduce((settings, fields) => {
      const larger = {
        ...settings,
        ...Object.fromEntries(fields.map((field) => [field.name, largest(field)])),
      };
      return check(lab, larger).problems.length === 0 ? larger : settings;
    }, start);
  const time = (lab, settings) => {
    const moment = { step: plan(lab, settings).steps, chosen: null };
    const times = Array.from({ length: sheets }, () => {
      const begun = performance.now();
      const sheet = new Sheet(lab, settings, moment, []);
      sheet.head();
      const taken = performance.now() - begun;
      sheet.free();
      return taken;
    });
    return times.sort((a, b) => a - b)[Math.floor(sheets / 2)];
  };
  return catalogue().map(({ id, fields }) => {
    const defaults = Object.fromEntries(fields.map((field) => [field.name, field.default]));
    const choices = fields.flatMap(({ name, kind }) =>
      kind.type === "choice" ? kind.options.map(({ value }) => ({ ...defaults, [name]: value })) : [],
    );
    const lists = fields.filter(isList);
    const numbers = fields.filter((field) => field.kind.max !== undefined && !isList(field));
    const each = (fields) => fields.map((field) => [field]);
    const times = [defaults, ...choices]
      .filter((settings) => check(id, settings).problems.length === 0)
      .flatMap((settings) => {
        // With a large stride there is less to do: lists alone count too.
        const listed = enlarge(id, settings, [lists, ...each(lists)]);
        return [listed, enlarge(id, listed, each(numbers))];
      })
      .map((settings) => time(id, settings));
    return { lab: id, time: Math.max(...times) };
  });
}

/**
 * Milliseconds until small jobs are finished, on at most so many workers, once these have the data.
 * @param {Page} page
 * @param {number} cores
 * @returns {Promise<number>}
 */
function timePool(page, cores) {
  return page.evaluate(
    async ({ cores, jobs, epochs }) => {
      const load = (/** @type {string} */ path) => import(path);
      const [{ default: init, plan }, { createPool }, { createShards }] = await Promise.all(
        ["/www/pkg/labs.js", "/www/run/pool.js", "/www/run/shards.js"].map(load),
      );
      await init();
      const module = WebAssembly.compileStreaming(fetch("/www/pkg/core_bg.wasm"));
      const shards = createShards({
        manifestUrl: new URL("/www/data/mnist.json", location.href).href,
        progressed: () => {},
      });
      return new Promise((resolve, reject) => {
        const ids = [];
        let begun = 0;
        const fail = (problem) => reject(new Error(problem.message));
        const bring = () => Promise.all(pool.needs().map(({ client, needs }) => shards.bring(client, needs)));
        const pool = createPool({
          module,
          cores,
          reports: {
            arrived() {
              if (ids.every((id) => pool.report(id)?.phase === "finished"))
                resolve(performance.now() - begun);
            },
            died: fail,
            failed: fail,
            dealt: () => void bring().catch(reject),
          },
        });
        for (let seed = 1; seed <= jobs; seed += 1) {
          const settings = { samples: "100", testImages: "100", epochs, seed: String(seed) };
          const [{ task, needs }] = plan("overfitting", settings).jobs;
          ids.push(pool.add(task, needs));
        }
        pool.deal();
        pool
          .allOpened()
          .then(bring)
          .then(() => {
            begun = performance.now();
            pool.start(null);
          }, reject);
      });
    },
    { cores, jobs: JOBS, epochs: EPOCHS },
  );
}
