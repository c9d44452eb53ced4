// Saving the network as a file, loading one, and going back to the pre-trained one.

import { h, saveFile, uniqueId } from "../dom.js";

/** @param {import("../dom.js").Context} context */
export function createNetFile({ words, actions }) {
  const id = uniqueId("file");
  const input = h("input", {
    type: "file",
    id,
    class: "only-heard",
    accept: ".safetensors,.npz",
    on: {
      change: () => {
        const file = input.files?.[0];
        // The same file can be chosen again after it was refused and mended.
        input.value = "";
        if (file) actions.useFile(file);
      },
    },
  });
  const download = h("button", { type: "button", on: { click: save } }, words("net.download"));
  const downloadArrays = h(
    "button",
    { type: "button", "aria-label": words("net.download-npz-spoken"), on: { click: saveArrays } },
    words("net.download-npz"),
  );
  const pretrained = h(
    "button",
    { type: "button", on: { click: () => actions.usePretrained() } },
    words("net.pretrained"),
  );
  const element = h(
    "div",
    { class: "net-file" },
    h(
      "div",
      { class: "row" },
      download,
      downloadArrays,
      input,
      h("label", { for: id, class: "button" }, words("net.load")),
      pretrained,
    ),
    h("p", { class: "help" }, words("net.help")),
  );
  const drops = new AbortController();
  acceptDrops(document.body, actions.useFile, drops.signal);

  async function save() {
    const bytes = await actions.ask("save", { half: false });
    saveFile(new Blob([bytes], { type: "application/octet-stream" }), "fishbowl.safetensors");
  }

  /** For NumPy, without what says how the weights belong together. */
  async function saveArrays() {
    const bytes = await actions.ask("save-npz");
    saveFile(new Blob([bytes], { type: "application/octet-stream" }), "fishbowl.npz");
  }

  return { element, end: () => drops.abort() };
}

/**
 * Lets a weights file be dropped anywhere on `target`.
 * @param {HTMLElement} target
 * @param {(file: File) => void} take
 * @param {AbortSignal} signal ends it
 */
function acceptDrops(target, take, signal) {
  const carriesFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  /** @param {DragEvent} event */
  function over(event) {
    if (!carriesFile(event)) return;
    event.preventDefault();
    target.classList.add("is-target");
  }
  /** @param {DragEvent} event */
  function leave(event) {
    if (!target.contains(/** @type {Node | null} */ (event.relatedTarget)))
      target.classList.remove("is-target");
  }
  /** @param {DragEvent} event */
  function drop(event) {
    if (!carriesFile(event)) return;
    event.preventDefault();
    target.classList.remove("is-target");
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  }
  target.addEventListener("dragover", over, { signal });
  target.addEventListener("dragleave", leave, { signal });
  target.addEventListener("drop", drop, { signal });
}
