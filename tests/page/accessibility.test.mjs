// Everyone can use every lab: axe-core finds nothing, nothing scrolls sideways, and the keyboard reaches all of it.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./browser.mjs";
import { PATIENCE, button, draw, field, labs, opened, predicts, site } from "./page.mjs";

const { visit } = site();
const axe = await readFile(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** @typedef {import("playwright-core").Page} Page */

/**
 * Goes through all labs and does something on each.
 * @param {Page} page
 * @param {(lab: string) => Promise<void>} look
 */
async function inEachLab(page, look) {
  const hashes = await labs(page);
  assert.ok(hashes.length >= 3);
  for (const hash of hashes) {
    const lab = hash.replace(/^#\/|\?.*$/g, "");
    await page.evaluate((place) => location.assign(place), hash);
    await page.locator(`[data-lab="${lab}"]`).waitFor();
    await opened(page);
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".stage .figure:not([hidden]) .plot > canvas")].some(
        (canvas) => /** @type {HTMLCanvasElement} */ (canvas).width > 90,
      ),
    );
    await look(lab);
  }
}

/**
 * What is wrong once the page is at rest: figures follow a change of size in later frames.
 * @param {Page} page
 * @param {() => string[]} find runs in the page
 * @returns {Promise<string[]>}
 */
async function faultsAtRest(page, find) {
  const words = `(${find})()`;
  const until = Date.now() + PATIENCE / 4;
  // Asked from here: the page's own policy refuses to look again at what is given to it as words.
  for (;;) {
    /** @type {string[]} */
    const found = await page.evaluate(words);
    if (found.length === 0 || Date.now() > until) return found;
    await page.waitForTimeout(100);
  }
}

/**
 * Opens whatever is folded, and shows the values of one figure in place of its picture.
 * @param {Page} page
 */
async function openAll(page) {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const button of document.querySelectorAll(".field .info[aria-expanded=false]"))
      if (!button.closest(".main-controls")) /** @type {HTMLElement} */ (button).click();
  });
  // What jobs find may put another figure in the last one's place meanwhile.
  await page.waitForFunction(
    () => {
      const figure = [...document.querySelectorAll(".stage .figure:not([hidden])")].at(-1);
      if (figure?.querySelector(".values:not([hidden]) td")) return true;
      const press = (/** @type {string} */ name) =>
        /** @type {HTMLElement | null | undefined} */ (figure?.querySelector(name))?.click();
      // Values are filled in where they are seen.
      figure?.scrollIntoView({ block: "nearest" });
      press(".menu-button[aria-expanded=false]");
      press(".menu-panel:not([hidden]) button[aria-pressed=false]");
      return false;
    },
    undefined,
    { polling: 200 },
  );
}

/** Shows the digits' test set, as far as it goes. @param {Page} page */
async function openTestDigits(page) {
  await page.evaluate(() => {
    const fold = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-fold=test-digits]"));
    if (!fold) return;
    fold.open = true;
    // What is out of sight is left alone.
    fold.scrollIntoView();
  });
  await page.locator("table.confusion").waitFor();
}

/**
 * @param {Page} page
 * @returns {Promise<string[]>} what axe-core finds, a line for each kind
 */
async function faultsOfAxe(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ content: axe });
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await /** @type {any} */ (window).axe.run(document, {
      runOnly: { type: "tag", values: tags },
    });
    return violations.map(
      (/** @type {any} */ { id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map((/** @type {any} */ { html, any }) => `${html.slice(0, 120)} ${any[0]?.message ?? ""}`)
          .join(" | ")}`,
    );
  });
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const locale of ["en-US", "zh-CN"]) {
    for (const width of [360, 1280]) {
      test(
        `axe-core finds nothing on any lab: ${colorScheme}, ${locale}, ${width} wide`,
        visit(
          // The tool is injected, which the page's own security policy rightly forbids.
          { context: { colorScheme, locale, viewport: { width, height: 800 }, bypassCSP: true } },
          async ({ page }) => {
            await inEachLab(page, async (lab) => {
              if (lab === "digits") {
                await draw(page, 7);
                await predicts(page, "7");
                await openTestDigits(page);
              }
              await openAll(page);
              // Nothing lies under the strip, which stays at a phone's foot, and at the top of a wider screen.
              const isPhone = width < 640;
              await page.evaluate(
                (end) => scrollTo(0, end ? document.documentElement.scrollHeight : 0),
                isPhone,
              );
              // A strip of numbers that grows is measured twice a second, and reached by the keyboard from then on.
              let faults = await faultsOfAxe(page);
              for (let again = 0; again < 3 && faults.length > 0; again += 1) {
                await page.waitForTimeout(600);
                faults = await faultsOfAxe(page);
              }
              assert.deepEqual(faults, [], lab);
            });
          },
        ),
      );
    }
  }
}

for (const width of [360, 1280]) {
  test(
    `axe-core finds nothing on the cards of the labs, and in an embedded one: ${width} wide`,
    visit(
      { hash: "#/descent?embed", context: { viewport: { width, height: 800 }, bypassCSP: true } },
      async ({ page }) => {
        assert.deepEqual(await faultsOfAxe(page), [], "embedded");
        await page.evaluate(() => location.assign("#/all"));
        await page.locator("[data-page=all] canvas").first().waitFor();
        await page.locator(".nav :is(.chapter-button, .nav-compact):visible").first().click();
        await page.locator(".nav-panel canvas").first().waitFor();
        assert.deepEqual(await faultsOfAxe(page), [], "cards");
      },
    ),
  );
}

test(
  "axe-core finds nothing while messages are shown",
  visit({ hash: "#/digits?speed=11&hidden=-5", context: { bypassCSP: true } }, async ({ page }) => {
    await page.locator(".notice").first().waitFor();
    await field(page, "batch").fill("none");
    await page.locator("[data-field=batch] .field-error").waitFor();
    assert.deepEqual(await faultsOfAxe(page), []);
  }),
);

/** @param {Page} page @returns {Promise<string[]>} what is chosen in a list of the strip and cannot be read whole */
const cutChoices = (page) =>
  page.locator(".main-controls select:visible").evaluateAll((elements) =>
    elements.flatMap((element) => {
      const select = /** @type {HTMLSelectElement} */ (element);
      const style = getComputedStyle(select);
      const pencil = document.createElement("canvas").getContext("2d");
      if (!pencil) return [];
      pencil.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const chosen = select.selectedOptions[0]?.text ?? "";
      const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      return pencil.measureText(chosen).width > room + 0.5 ? [`${chosen}: ${Math.round(room)} px`] : [];
    }),
  );

for (const width of [320, 360, 640, 768, 1024, 1920]) {
  for (const locale of ["en-US", "zh-CN"]) {
    test(
      `nothing scrolls sideways at ${width} px, ${locale}`,
      visit({ context: { locale, viewport: { width, height: 800 } } }, async ({ page }) => {
        await inEachLab(page, async (lab) => {
          if (lab === "digits") {
            await page.locator(".pad-buttons button").last().click();
            await openTestDigits(page);
          }
          await openAll(page);
          const wide = await faultsAtRest(page, () => {
            if (document.documentElement.scrollWidth <= innerWidth) return [];
            const within = ".scroll-box, .formula, .only-heard, .suggestions, .numbers";
            return [
              `${document.documentElement.scrollWidth} > ${innerWidth}`,
              ...[...document.querySelectorAll("main *")]
                .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
                .filter((element) => !element.closest(within))
                .slice(0, 3)
                .map(({ outerHTML }) => outerHTML.slice(0, 100)),
            ];
          });
          assert.deepEqual(wide, [], lab);
          // On a phone a choice has no more than the width of the screen.
          if (width >= 640) assert.deepEqual(await cutChoices(page), [], lab);
        });
      }),
    );
  }
}

for (const width of [360, 1024, 1280, 1920]) {
  test(
    `no figure reaches out of its place at ${width} px`,
    visit({ context: { viewport: { width, height: 800 } } }, async ({ page }) => {
      await inEachLab(page, async (lab) => {
        const out = await faultsAtRest(page, () =>
          [...document.querySelectorAll(".figure:not([hidden])")].flatMap((figure) => {
            const frame = figure.getBoundingClientRect();
            return [...figure.querySelectorAll(".plot, .caption, h2")]
              .map((part) => ({ part, box: part.getBoundingClientRect() }))
              .filter(({ box }) => box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
              .map(({ part }) => `${figure.getAttribute("data-slot")}: ${part.className}`);
          }),
        );
        assert.deepEqual(out, [], lab);
      });
    }),
  );
}

for (const [width, height] of [
  [1280, 800],
  [1440, 900],
  [1024, 768],
  [390, 844],
]) {
  test(
    `Train or Play, the main settings and the first figure share the first screen at ${width} × ${height}`,
    visit({ context: { viewport: { width, height }, hasTouch: width < 640 } }, async ({ page }) => {
      await inEachLab(page, async (lab) => {
        await page.evaluate(() => scrollTo(0, 0));
        const below = await page.evaluate(() =>
          [
            ...document.querySelectorAll(
              "[data-part=run]:not([hidden]) button, .main-controls .field:not([hidden]), .pad-frame, [data-testid=prediction]",
            ),
          ]
            .filter((element) => element.getBoundingClientRect().bottom > innerHeight + 1)
            .map(({ outerHTML }) => outerHTML.slice(0, 80)),
        );
        assert.deepEqual(below, [], lab);
        const seen = await page.evaluate(() => {
          const plot = document.querySelector(".stage .figure:not([hidden]) .plot, .pad-frame");
          const strip = document.querySelector(".run-strip")?.getBoundingClientRect();
          const box = plot?.getBoundingClientRect();
          const foot = strip && strip.top > innerHeight / 2 ? strip.top : innerHeight;
          return box ? (Math.min(foot, box.bottom) - box.top) / box.height : 0;
        });
        assert.ok(seen > 0.6, `${lab}: ${Math.round(100 * seen)} % of the first figure is in sight`);
      });
    }),
  );
}

test(
  "the Tab key reaches every control of every lab, in sight and with a visible focus",
  visit({}, async ({ page }) => {
    await inEachLab(page, async (lab) => {
      // The example that writes itself enables Clear on the way.
      if (lab === "digits") await page.locator(".pad-hint").waitFor();
      await page.evaluate(() => {
        for (const old of document.querySelectorAll("[data-reached]")) old.removeAttribute("data-reached");
        // The first stop of the page; after another lab was chosen the focus is on its title.
        /** @type {HTMLElement | null} */ (document.querySelector(".skip"))?.focus();
      });
      // Figures of a lab that starts by itself come one after the other.
      const controls = page.locator("button:visible");
      for (let [before, now] = [-1, await controls.count()]; before !== now;) {
        await page.waitForTimeout(500);
        [before, now] = [now, await controls.count()];
      }
      const unseen = [];
      for (let press = 0; press < 400; press++) {
        const found = await page.evaluate(() => {
          const element = /** @type {HTMLElement} */ (document.activeElement);
          if (!element || element === document.body || element.hasAttribute("data-reached")) return null;
          element.setAttribute("data-reached", "");
          // A radio's ring is drawn around its label, a file input's around its button.
          const shown = [element, element.nextElementSibling, element.parentElement].some((each) => {
            if (!each) return false;
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
            return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
          });
          return { name: element.outerHTML.slice(0, 120), shown };
        });
        if (!found) break;
        if (!found.shown) unseen.push(found.name);
        await page.keyboard.press("Tab");
      }
      assert.deepEqual(unseen, [], `${lab}: without a visible focus`);
      const missed = await page.evaluate(() =>
        [...document.querySelectorAll("button, input, select, a[href], summary")]
          .filter((element) => /** @type {HTMLElement} */ (element).checkVisibility())
          .filter((element) => !(/** @type {any} */ (element).disabled))
          .filter((element) => !element.hasAttribute("data-reached"))
          // Of a group of radios Tab reaches the chosen one; of a matrix or images one. The arrows do the rest.
          .filter(
            (element) =>
              !(element instanceof HTMLInputElement && element.type === "radio" && !element.checked),
          )
          .filter((element) => /** @type {HTMLElement} */ (element).tabIndex >= 0)
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
      );
      assert.deepEqual(missed, [], `${lab}: not reached`);
    });
  }),
);

test(
  "every field has a label, and every button a name",
  visit({}, async ({ page }) => {
    await inEachLab(page, async (lab) => {
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll("input, select, button")]
          .filter((element) => /** @type {HTMLElement} */ (element).checkVisibility())
          .filter((element) => {
            const labels = /** @type {HTMLInputElement} */ (element).labels ?? [];
            return !(element.getAttribute("aria-label") || labels.length > 0 || element.textContent?.trim());
          })
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
      );
      assert.deepEqual(nameless, [], lab);
    });
  }),
);

test(
  "exactly one button of the digits lab has a name with “Train”",
  visit({}, async ({ page }) => {
    assert.equal(await button(page, /train/i).count(), 1);
    for (const name of ["Clear", "Train", "Step", "Reset"])
      assert.equal(await button(page, name).count(), 1, name);
  }),
);

test(
  "a run can be trained, paused and reset with the keyboard alone",
  visit({}, async ({ page }) => {
    await button(page, "Train").focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      () => Number(document.querySelector("[data-testid=iteration]")?.textContent) > 5,
    );
    // The same button pauses, so the focus is where it was.
    await page.keyboard.press("Space");
    await button(page, "Train").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), "Train");
  }),
);

test(
  "those who want less movement get none",
  visit({ context: { reducedMotion: "reduce" } }, async ({ page }) => {
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .filter((element) => {
          const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
          const lasts = (/** @type {string} */ times) =>
            times.split(",").some((time) => parseFloat(time) > 0.01);
          return lasts(transitionDuration) || (animationName !== "none" && lasts(animationDuration));
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    );
    assert.deepEqual(moving, []);
  }),
);
