// The Python text of which scripts are put together, fetched when a run is first saved as one.

import { fetchBytes } from "./fetch-bytes.js";

const FILES = [
  new URL("../python/layers.py", import.meta.url),
  new URL("../python/convolution.py", import.meta.url),
  new URL("../python/losses.py", import.meta.url),
  new URL("../python/optimizers.py", import.meta.url),
  new URL("../python/run.py", import.meta.url),
];

/** @type {Promise<string> | null} */
let library = null;

/** @returns {Promise<string>} rejects with a `LoadError`, and may be asked again then */
export function fetchLibrary() {
  library ??= Promise.all(
    FILES.map(async ({ href }) => new TextDecoder().decode(await fetchBytes(href))),
  ).then(
    (texts) => texts.join("\n"),
    (error) => {
      library = null;
      throw error;
    },
  );
  return library;
}
