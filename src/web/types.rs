//! The types of specs and tensors, as the declarations of the binding have them.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A weight or bias: "0.weight" is that of the layer with index 0 in `layers`. */
export type Tensor = { name: string; shape: number[]; values: Float32Array };
/**
 * A network and how it learns. Numbers are numbers: the string "0.1" is refused. Those that are not whole are kept in
 * double precision and used in single, so nothing is taken that would become 0, 1 or infinite there. Optional fields
 * may be undefined or null. There are no other fields.
 */
export type NetSpec = {
  /** [784] or [1, 28, 28]: channels, height, width; at most 65536 values */
  input: number[];
  layers: LayerSpec[];
  loss: LossSpec;
  optimizer: OptimizerSpec;
  init: InitSpec;
  /** 1 to 10,000 */
  batchSize: number;
  /** 0 to 2³² − 1; the same seed gives the same weights and batches */
  seed: number;
};
export type LayerSpec =
  | { kind: "dense"; units: number }
  | { kind: "sigmoid" | "tanh" | "relu" | "flatten" | "batch-norm" }
  | { kind: "dropout"; rate: number }
  | { kind: "conv2d"; filters: number; size: number; stride?: number; pad?: number }
  /** `stride` is `size` when absent; `pad` is below `size`, and what lies outside is left out */
  | { kind: "max-pool2d" | "average-pool2d"; size: number; stride?: number; pad?: number }
  /** 2 to 16 ways from one input, added or with their channels one after another; an empty one is a shortcut */
  | { kind: "branches"; join: "add" | "concatenate"; branches: LayerSpec[][] };
/** The loss with its outputs: `predict` gives softmax or sigmoids, and the outputs themselves for the others. */
export type LossSpec =
  | "softmax-cross-entropy"
  /** ½ Σ (y − t)² */
  | "mean-squared-error"
  /** one sigmoid output, labels 0 and 1 */
  | "binary-cross-entropy"
  /** Σ max(0, 1 + a_j − a_t) over the wrong classes j */
  | "hinge"
  /** squared up to a distance of 1, linear beyond */
  | "huber"
  /** a sigmoid for each output */
  | "log-likelihood";
export type OptimizerSpec = {
  kind: "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adam";
  /** 1e-45 to 3.4e38; with a schedule, the rate at the start */
  learningRate: number;
  /** 0.9 when absent; 0, or 1e-45 to 0.99999994 */
  momentum?: number;
  /** 0.9 when absent; bounds as for momentum */
  beta1?: number;
  /** 0.999 when absent; bounds as for momentum */
  beta2?: number;
  /** 0 when absent; 0, or 1e-45 to 10 */
  weightDecay?: number;
  /** how the rate falls; it stays as it is when absent */
  schedule?: ScheduleSpec;
  /** the largest norm of all gradients together, weight decay left out; larger ones are scaled down to it */
  clipNorm?: number;
};
/** The share of the learning rate that is left after i mini-batches of the net. */
export type ScheduleSpec =
  /** factor^⌊i / every⌋, 0 < factor ≤ 1 */
  | { kind: "step"; every: number; factor: number }
  /** half a cosine from 1 down to `final` (0 when absent) at `iterations`, where it stays */
  | { kind: "cosine"; iterations: number; final?: number };
export type InitSpec = { kind: "normal"; std: number } | { kind: "xavier" } | { kind: "he" };
"#;
