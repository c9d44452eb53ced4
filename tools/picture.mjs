// Takes the README's picture of the page: a digit drawn, a network trained for a few seconds.
// usage: node tools/picture.mjs [FILE]

import { join } from "node:path";
import { launch, root } from "../tests/page/browser.mjs";
import { serve } from "./serve.mjs";

const file = process.argv[2] ?? join(root, "tools/picture.png");
const server = await serve({ root, port: 0 });
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(server.url);
  const pad = await page.getByLabel("Drawing pad").boundingBox();
  if (!pad) throw new Error("the page shows no pad");
  /** A five, as shares of the pad. */
  const strokes = [
    [
      [0.66, 0.22],
      [0.38, 0.22],
      [0.36, 0.46],
      [0.5, 0.43],
      [0.64, 0.52],
      [0.66, 0.66],
      [0.56, 0.78],
      [0.36, 0.76],
    ],
  ];
  for (const stroke of strokes) {
    for (const [index, [x, y]] of stroke.entries()) {
      await page.mouse.move(pad.x + x * pad.width, pad.y + y * pad.height, { steps: 8 });
      if (index === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForFunction(
    () => Number(document.querySelector("[data-testid=iteration]")?.textContent) > 3000,
    null,
    {
      timeout: 120_000,
    },
  );
  await page.getByRole("button", { name: "Pause" }).click();
  await page.waitForTimeout(500);
  await page.mouse.move(1, 1);
  await page.screenshot({ path: file });
  console.log(file);
} finally {
  await browser.close();
  await server.close();
}
