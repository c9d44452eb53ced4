// Everyone can use every lab: axe-core finds nothing, nothing scrolls sideways, and the keyboard reaches all of it.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./browser.mjs";
import { button, draw, opened, reads, site } from "./page.mjs";

const { visit } = site();
const axe = await readFile(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** @typedef {import("playwright-core").Page} Page */

/**
 * Goes through all labs and does something on each.
 * @param {Page} page
 * @param {(lab: string) => Promise<void>} look
 */
async function inEachLab(page, look) {
  const options = page.locator(".nav-compact option");
  const hashes = await options.evaluateAll((all) => all.map((each) => /** @type {any} */ (each).value));
  assert.ok(hashes.length >= 3);
  for (const hash of hashes) {
    const lab = hash.replace("#/", "");
    await page.evaluate((place) => location.assign(place), hash);
    await page.locator(`[data-lab="${lab}"]`).waitFor();
    await opened(page);
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".figures .chart:not([hidden]) .chart-plot > canvas")].some(
        (canvas) => /** @type {HTMLCanvasElement} */ (canvas).width > 250,
      ),
    );
    await look(lab);
  }
}

/**
 * Opens what is folded under every figure.
 * @param {Page} page
 */
async function openNumbers(page) {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".figures .chart:not([hidden]) details")].every((each) =>
      each.querySelector("table"),
    ),
  );
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
                await reads(page, "7");
                // Also with the test digits, their readings and the confusion matrix.
                await page.locator(".run-buttons button").nth(1).click();
                await page.locator("table.confusion").waitFor();
              }
              await openNumbers(page);
              assert.deepEqual(await faultsOfAxe(page), [], lab);
            });
          },
        ),
      );
    }
  }
}

test(
  "axe-core finds nothing while messages are shown",
  visit({ hash: "#/digits?speed=11&hidden=-5", context: { bypassCSP: true } }, async ({ page }) => {
    await page.locator(".notice").first().waitFor();
    await page.locator("[data-field=batch] input").fill("none");
    await page.locator("[data-field=batch] .field-error").waitFor();
    assert.deepEqual(await faultsOfAxe(page), []);
  }),
);

for (const width of [360, 768, 1024, 1920]) {
  for (const locale of ["en-US", "zh-CN"]) {
    test(
      `nothing scrolls sideways at ${width} px, ${locale}`,
      visit({ context: { locale, viewport: { width, height: 800 } } }, async ({ page }) => {
        await inEachLab(page, async (lab) => {
          if (lab === "digits") {
            await page.locator(".stamp-input button").click();
            await page.locator(".run-buttons button").nth(1).click();
            await page.locator("table.confusion").waitFor();
          }
          await openNumbers(page);
          const { scrollWidth, innerWidth, wide } = await page.evaluate(() => ({
            scrollWidth: document.documentElement.scrollWidth,
            innerWidth,
            wide: [...document.querySelectorAll("main *")]
              .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
              .filter((element) => !element.closest(".scroll-box, .formula, .only-heard"))
              .slice(0, 3)
              .map(({ outerHTML }) => outerHTML.slice(0, 100)),
          }));
          assert.ok(scrollWidth <= innerWidth, `${lab}: ${scrollWidth} > ${innerWidth}: ${wide}`);
        });
      }),
    );
  }
}

for (const width of [360, 1024, 1280, 1920]) {
  test(
    `no figure reaches out of its frame at ${width} px, its numbers opened or not`,
    visit({ context: { viewport: { width, height: 800 } } }, async ({ page }) => {
      await inEachLab(page, async (lab) => {
        for (const opened of [false, true]) {
          if (opened) await openNumbers(page);
          // The figures follow a change of size in a later frame.
          await page.evaluate(
            () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))),
          );
          const out = await page.evaluate(() =>
            [...document.querySelectorAll(".figures .chart:not([hidden])")].flatMap((chart) => {
              const frame = chart.getBoundingClientRect();
              return [...chart.children]
                .filter((part) => part.getBoundingClientRect().right > frame.right + 1)
                .map((part) => `${chart.getAttribute("data-chart")}: ${part.className}`);
            }),
          );
          assert.deepEqual(out, [], `${lab}, numbers ${opened ? "opened" : "folded"}`);
        }
      });
    }),
  );
}

test(
  "the Tab key reaches every control of every lab, in sight and with a visible focus",
  visit({}, async ({ page }) => {
    await inEachLab(page, async (lab) => {
      await page.evaluate(() => {
        for (const old of document.querySelectorAll("[data-reached]")) old.removeAttribute("data-reached");
        // The first stop of the page; after another lab was chosen the focus is on its title.
        /** @type {HTMLElement | null} */ (document.querySelector(".skip"))?.focus();
      });
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
          // Of a group of radios Tab reaches the chosen one; of a matrix one cell. The arrows do the rest.
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
