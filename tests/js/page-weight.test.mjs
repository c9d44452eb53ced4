import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeDist } from "../../tools/dist.mjs";
import { budget, weigh } from "../../tools/page-weight.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

test("each stage of a first visit loads no more than its budget allows (bytes after gzip)", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fishbowl-weight-"));
  try {
    const output = join(folder, "dist");
    const stages = await weigh(output, await makeDist({ root, output }));
    for (const [stage, most] of Object.entries(budget))
      assert.ok(stages[stage].gzip <= most, `${stage} has ${stages[stage].gzip} bytes, more than ${most}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
