// The browser the tests drive: the machine's own Chromium or Chrome.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** The project's folder, without a slash at its end. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export function launch() {
  const flags = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ];
  // Chromium refuses its sandbox to root, which is who runs in containers.
  if (process.getuid?.() === 0) flags.push("--no-sandbox");
  return chromium.launch({ executablePath: findBrowser(), args: flags });
}

function findBrowser() {
  for (const name of ["chromium", "google-chrome", "chromium-browser"]) {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      // The next one.
    }
  }
  throw new Error("no Chromium or Chrome on PATH: run tools/setup.sh test");
}
