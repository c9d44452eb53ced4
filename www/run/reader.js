// Reads drawings before the core is there: a small wasm, and the network that the page brings along.

import init, { Reader } from "../pkg/reader.js";
import { fetchBytes } from "./fetch-bytes.js";

/** @typedef {import("../pkg/core.js").Prediction} Prediction */
/** @typedef {{ rgba: Uint8ClampedArray, width: number, height: number }} Drawn */
/** @typedef {ReturnType<typeof createReader>} DrawingReader */

/**
 * @param {object} options
 * @param {URL} options.module its wasm
 * @param {string} options.net a weights file: dense layers with ReLU between them, in half precision
 * @param {(url: string) => Promise<Uint8Array>} [options.fetchFile]
 */
export function createReader({ module, net, fetchFile = fetchBytes }) {
  /** @type {Reader | null} */
  let reader = null;
  /** @type {Promise<void> | undefined} */
  let loading;

  async function load() {
    try {
      const [bytes] = await Promise.all([fetchFile(net), init({ module_or_path: module })]);
      const made = new Reader();
      for (const { weights, biases } of layersOf(bytes)) {
        if (!made.addLayer(weights, biases)) throw new Error("the layers do not fit each other");
      }
      reader = made;
    } catch {
      // Then the first reading is the core's, which says what is wrong.
    }
  }

  return {
    /** Loads what it needs, once. @returns {Promise<void>} when it can read, or it is known that it cannot */
    ready: () => (loading ??= load()),

    /**
     * @param {Drawn} drawn
     * @returns {Prediction | null | undefined} null when it is blank, undefined when nothing can be read
     */
    read({ rgba, width, height }) {
      try {
        return reader?.predict(new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.length), width, height);
      } catch {
        reader = null;
        return undefined;
      }
    },
  };
}

/**
 * The dense layers of a safetensors file: eight bytes with the length of the header, the header in JSON, then the numbers.
 * @param {Uint8Array} file
 * @returns {{ weights: Uint8Array, biases: Uint8Array }[]} in half precision; throws where it is another kind of network
 */
export function layersOf(file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const { spec } = JSON.parse(header.__metadata__.fishbowl);
  /** @param {string} name */
  const tensor = (name) => {
    const { dtype, data_offsets: place } = header[name];
    if (dtype !== "F16") throw new Error(`${name} is ${dtype}`);
    const [start, end] = place.map((/** @type {number} */ offset) => 8 + length + offset);
    return file.subarray(start, end);
  };
  /** @type {string[]} */
  const kinds = spec.layers.map((/** @type {{ kind: string }} */ { kind }) => kind);
  const isKnown = kinds.every((kind, at) => kind === (at % 2 === 0 ? "dense" : "relu"));
  if (!isKnown || kinds.at(-1) !== "dense" || spec.loss !== "softmax-cross-entropy")
    throw new Error(`a network of ${kinds}`);
  return kinds.flatMap((kind, at) =>
    kind === "dense" ? [{ weights: tensor(`${at}.weight`), biases: tensor(`${at}.bias`) }] : [],
  );
}
