// Reads drawings before the core is there: a small wasm, and the network that the page brings along.

import init, { Reader } from "../pkg/reader.js";
import { fetchBytes } from "./fetch-bytes.js";

/** @typedef {import("../pkg/core.js").Prediction} Prediction */
/** @typedef {{ rgba: Uint8ClampedArray, width: number, height: number }} Drawn */
/** @typedef {ReturnType<typeof createReader>} DrawingReader */

/**
 * @param {object} options
 * @param {URL} options.module its wasm
 * @param {string} options.net a weights file: convolutions, poolings, ReLU and dense layers, softmax at the end
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
      if (!layersOf(bytes).every((layer) => put(made, layer)))
        throw new Error("the layers do not fit each other");
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
 * @typedef {{ kind: string, size?: number, pad?: number, stride?: number, weights: Float32Array, biases: Float32Array }} Layer
 */

/** @param {Reader} reader @param {Layer} layer @returns {boolean} whether it fits those before */
function put(reader, { kind, size = 0, pad = 0, weights, biases }) {
  if (kind === "dense") return reader.dense(weights, biases);
  if (kind === "conv2d") return reader.convolution(weights, biases, size, pad);
  return kind === "relu" ? reader.relu() : reader.maxPool(size);
}

/** What a layer of these kinds does while it reads is nothing: the reader's numbers have no shape. */
const PASSED_OVER = ["flatten", "dropout"];
const KNOWN = ["dense", "conv2d", "relu", "max-pool2d"];

/**
 * The layers of a safetensors file: eight bytes with the length of the header, the header in JSON, then the numbers.
 * @param {Uint8Array} file
 * @returns {Layer[]} those that do something while it reads; throws where it is another kind of network
 */
export function layersOf(file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const { spec } = JSON.parse(header.__metadata__.fishbowl);
  /** @param {string} name @param {boolean} [isFirst] whether a unit's numbers lie together: scales are one a unit @returns {Float32Array} */
  function numbers(name, isFirst) {
    const { dtype, shape, data_offsets: place } = header[name];
    // A copy begins where any kind of number may begin.
    const [start, end] = place.map((/** @type {number} */ at) => 8 + length + at);
    const bytes = new Uint8Array(file.subarray(start, end));
    if (dtype === "F32") return new Float32Array(bytes.buffer);
    if (dtype !== "I8") throw new Error(`${name} is ${dtype}`);
    const scales = numbers(`${name}.scale`);
    if (scales.length !== (isFirst ? shape[0] : shape.at(-1))) throw new Error(`${name} has other scales`);
    const rounded = new Int8Array(bytes.buffer);
    const found = new Float32Array(rounded.length);
    const units = scales.length;
    const each = isFirst ? rounded.length / units : 1;
    for (let at = 0; at < found.length; at++) found[at] = rounded[at] * scales[Math.floor(at / each) % units];
    return found;
  }
  /** @type {Layer[]} */
  const layers = spec.layers.map((/** @type {Layer} */ layer, /** @type {number} */ at) => {
    const isConvolution = layer.kind === "conv2d";
    if (!isConvolution && layer.kind !== "dense") return layer;
    return { ...layer, weights: numbers(`${at}.weight`, isConvolution), biases: numbers(`${at}.bias`) };
  });
  const made = layers.filter(({ kind }) => !PASSED_OVER.includes(kind));
  const isKnown = (/** @type {Layer} */ { kind, stride, pad = 0 }) =>
    KNOWN.includes(kind) && stride === undefined && (kind !== "max-pool2d" || pad === 0);
  if (!made.every(isKnown) || made.at(-1)?.kind !== "dense" || spec.loss !== "softmax-cross-entropy")
    throw new Error(`a network of ${made.map(({ kind }) => kind)}`);
  return made;
}
