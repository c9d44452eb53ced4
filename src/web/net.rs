//! Networks for pages of one's own.

use js_sys::Array;
use ndarray::{Array2, ArrayView2};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{spec_from_js, tensors_from_js, tensors_to_js};
use super::error::to_js;
use crate::data::collection::Collection;
use crate::data::digit::Digit;
use crate::data::digits::Digits;
use crate::error::{Code, Error};
use crate::nn::gradient::BOOK_STEP;
use crate::nn::spec::NetSpec;
use crate::train::book_weights;
use crate::train::evaluation::Evaluation;
use crate::train::trainer::{Step, Trainer, check_images};
use crate::train::weights::{self, Precision};

/// A neural network that trains and reads in the browser or in Node.
///
/// Everything handed over or returned is a copy, never a view of this module's memory. Errors are `Error`s with
/// `code`, `field`, `value` and `allowed`. Call `free()` when it is no longer needed; afterwards every call throws.
#[wasm_bindgen]
pub struct Net {
    trainer: Trainer<f32>,
    test: Collection,
}

fn check_finite(pixels: &[f32]) -> Result<(), JsValue> {
    match pixels.iter().position(|pixel| !pixel.is_finite()) {
        None => Ok(()),
        Some(place) => {
            Err(to_js(Error::new(Code::NotFinite, format!("pixels[{place}]"), pixels[place], "0 … 1")))
        }
    }
}

#[wasm_bindgen]
impl Net {
    /// Builds a network with random weights from the spec's seed.
    ///
    /// # Errors
    /// The field of the spec that is wrong, unknown or missing.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "NetSpec")] spec: JsValue) -> Result<Net, JsValue> {
        let spec: NetSpec = spec_from_js(&spec)?;
        let trainer = Trainer::new(&spec).map_err(to_js)?;
        Ok(Self { trainer, test: Collection::default() })
    }

    /// Gives the training set: IDX files of images and labels as bytes, each optionally gzip.
    ///
    /// # Errors
    /// A file is malformed, or the images do not fit the network; then the former set stays.
    #[wasm_bindgen(js_name = setTraining)]
    pub fn set_training(&mut self, images: &[u8], labels: &[u8]) -> Result<(), JsValue> {
        let digits = Digits::parse(images, labels, self.trainer.network().classes()).map_err(to_js)?;
        self.trainer.set_training(Collection::whole(digits)).map_err(to_js)
    }

    /// Gives the test set, as `setTraining` does the training set.
    ///
    /// # Errors
    /// As `setTraining`.
    #[wasm_bindgen(js_name = setTest)]
    pub fn set_test(&mut self, images: &[u8], labels: &[u8]) -> Result<(), JsValue> {
        let digits = Digits::parse(images, labels, self.trainer.network().classes()).map_err(to_js)?;
        let test = Collection::whole(digits);
        check_images(self.trainer.network(), &test).map_err(to_js)?;
        self.test = test;
        Ok(())
    }

    /// Learns one mini-batch of the training set; returns its mean loss before the update, which is NaN or infinite
    /// when the run has diverged.
    ///
    /// # Errors
    /// There is no training set.
    pub fn step(&mut self) -> Result<f32, JsValue> {
        match self.trainer.step() {
            Step::Learned(loss) => Ok(loss),
            Step::Waiting => Err(to_js(Error::new(Code::NotReady, "step", "setTraining", ""))),
        }
    }

    /// Learns `iterations` mini-batches (at most 1,000,000); returns the loss of each before its update.
    ///
    /// # Errors
    /// There is no training set, or too many iterations are asked for.
    pub fn train(&mut self, iterations: f64) -> Result<Vec<f32>, JsValue> {
        if !(0.0..=1e6).contains(&iterations) || iterations.fract() != 0.0 {
            return Err(to_js(Error::new(Code::OutsideRange, "iterations", iterations, "0 … 1000000")));
        }
        (0..iterations as u32).map(|_| self.step()).collect()
    }

    /// Learns this batch, in training mode: pixels of n images in [0, 1] one after another, and n labels. Returns
    /// the mean loss before the update.
    ///
    /// # Errors
    /// Pixels and labels do not fit the network or each other.
    #[wasm_bindgen(js_name = stepOn)]
    pub fn step_on(&mut self, pixels: &[f32], labels: &[u8]) -> Result<f32, JsValue> {
        let images = self.images(pixels)?;
        self.trainer.step_on(images, labels).map_err(to_js)
    }

    /// What the network says of n images, one after another: n × classes probabilities, or the outputs themselves where the
    /// loss is `mean-squared-error`, `hinge` or `huber`.
    ///
    /// # Errors
    /// The number of pixels is no multiple of the network's inputs, or one is not finite.
    pub fn predict(&mut self, pixels: &[f32]) -> Result<Vec<f32>, JsValue> {
        let images = self.images(pixels)?;
        let outputs: Array2<f32> = self.trainer.predict(images).map_err(to_js)?;
        Ok(outputs.into_raw_vec_and_offset().0)
    }

    /// The mean loss over a batch, in evaluation mode.
    ///
    /// # Errors
    /// Pixels and labels do not fit the network or each other.
    pub fn loss(&mut self, pixels: &[f32], labels: &[u8]) -> Result<f32, JsValue> {
        let images = self.images(pixels)?;
        self.trainer.loss(images, labels).map_err(to_js)
    }

    /// The share of the training or test set read right, 0 to 1.
    ///
    /// # Errors
    /// `split` is neither `"train"` nor `"test"`, or that set has not been given.
    pub fn accuracy(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "\"train\" | \"test\"")] split: &str,
    ) -> Result<f64, JsValue> {
        let (images, setter) = match split {
            "train" => (self.trainer.training().clone(), "setTraining"),
            "test" => (self.test.clone(), "setTest"),
            _ => return Err(to_js(Error::new(Code::NotAChoice, "split", split, "train | test"))),
        };
        if images.is_empty() {
            return Err(to_js(Error::new(Code::NotReady, "accuracy", setter, "")));
        }
        Ok(Evaluation::run(self.trainer.network(), &images))
    }

    /// The gradient of the mean loss over a batch by backpropagation, in training mode with dropout off, before clipping and
    /// weight decay; nothing is updated.
    ///
    /// # Errors
    /// Pixels and labels do not fit the network or each other.
    #[wasm_bindgen(unchecked_return_type = "Tensor[]")]
    pub fn gradients(&mut self, pixels: &[f32], labels: &[u8]) -> Result<Array, JsValue> {
        let images = self.images(pixels)?;
        Ok(tensors_to_js(&self.trainer.gradients(images, labels).map_err(to_js)?))
    }

    /// The same by central differences in double precision, `h` being 1e-4 when not given: two forward passes for
    /// each weight, so for small networks.
    ///
    /// # Errors
    /// Pixels and labels do not fit the network or each other, or `h` is not above 0 and at most 1.
    #[wasm_bindgen(js_name = numericalGradients, unchecked_return_type = "Tensor[]")]
    pub fn numerical_gradients(
        &mut self,
        pixels: &[f32],
        labels: &[u8],
        h: Option<f64>,
    ) -> Result<Array, JsValue> {
        let images = self.images(pixels)?;
        let gradients = self.trainer.numerical_gradients(images, labels, h.unwrap_or(BOOK_STEP));
        Ok(tensors_to_js(&gradients.map_err(to_js)?))
    }

    /// A copy of the weights and biases, layer by layer.
    #[wasm_bindgen(unchecked_return_type = "Tensor[]")]
    pub fn weights(&self) -> Array {
        tensors_to_js(&self.trainer.weights())
    }

    /// Takes over weights and biases: all of them, with the names and shapes that `weights()` gives. The optimizer
    /// forgets its former steps.
    ///
    /// # Errors
    /// One is missing, unknown, of another shape or not finite; then nothing changed.
    #[wasm_bindgen(js_name = setWeights)]
    pub fn set_weights(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Tensor[]")] tensors: JsValue,
    ) -> Result<(), JsValue> {
        self.trainer.set_weights(&tensors_from_js(&tensors)?).map_err(to_js)
    }

    /// Changes the update rule; the weights stay, and so does the rule's memory when only its rate changes. A
    /// schedule goes on counting from the net's first mini-batch.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    #[wasm_bindgen(js_name = setOptimizer)]
    pub fn set_optimizer(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "OptimizerSpec")] optimizer: JsValue,
    ) -> Result<(), JsValue> {
        self.trainer.set_optimizer(spec_from_js(&optimizer)?).map_err(to_js)
    }

    /// The network as a safetensors file, its spec in the metadata, with all that its training needs to go on exactly on
    /// the same images: the optimizer's memory, the iteration, the place in the order of images. In half precision, when
    /// `half` is true, about three digits and half the size or less: the optimizer is forgotten, iteration and place are
    /// kept.
    ///
    /// # Errors
    /// What `load` would refuse is not written: a tensor (`0.weight`) is not finite, or in half precision beyond ±65,504,
    /// or the network's `outputs` are not finite.
    pub fn save(&mut self, half: Option<bool>) -> Result<Vec<u8>, JsValue> {
        let precision = if half.unwrap_or(false) { Precision::Half } else { Precision::Single };
        weights::save(&mut self.trainer, None, precision).map_err(to_js)
    }

    /// The network of a file that `save` made, or the page.
    ///
    /// # Errors
    /// The file is malformed, or does not match its spec, or the network's outputs would not be finite.
    pub fn load(bytes: &[u8]) -> Result<Net, JsValue> {
        let (trainer, _) = weights::load(bytes).map_err(to_js)?;
        Ok(Self { trainer, test: Collection::default() })
    }

    /// The weights as an .npz file for `numpy.load`, named as in the book: `W1`, `b1`, `W2`, `b2` and so on, `gamma1`
    /// and `beta1` for batch normalization, with its `running_mean1` and `running_var1`.
    ///
    /// # Errors
    /// What `loadNpz` would refuse is not written: an array (`file.W1`), or the network's outputs, are not finite.
    #[wasm_bindgen(js_name = saveNpz)]
    pub fn save_npz(&mut self) -> Result<Vec<u8>, JsValue> {
        book_weights::save(&mut self.trainer).map_err(to_js)
    }

    /// Takes over the weights of an .npz file that `saveNpz` made, or `numpy.savez` or `numpy.savez_compressed` of
    /// arrays with the same names and shapes; running statistics may be left out and then stay. The optimizer forgets
    /// its former steps.
    ///
    /// # Errors
    /// The file is malformed, or an array (`file.W1`) is missing, unknown, of another shape or not finite; then
    /// nothing changed.
    #[wasm_bindgen(js_name = loadNpz)]
    pub fn load_npz(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        book_weights::load_into(&mut self.trainer, bytes).map_err(to_js)
    }
}

impl Net {
    /// Pixels as rows of the network's width.
    fn images<'a>(&mut self, pixels: &'a [f32]) -> Result<ArrayView2<'a, f32>, JsValue> {
        check_finite(pixels)?;
        let inputs = self.trainer.network().inputs();
        if !pixels.len().is_multiple_of(inputs) {
            let allowed = format!("a multiple of {inputs}");
            return Err(to_js(Error::new(
                Code::SizeMismatch,
                "pixels",
                format!("{} values", pixels.len()),
                allowed,
            )));
        }
        ArrayView2::from_shape((pixels.len() / inputs, inputs), pixels)
            .map_err(|error| to_js(Error::new(Code::SizeMismatch, "pixels", error, "")))
    }
}

/// A drawing as MNIST would hold it: 784 values in [0, 1], cropped, fitted into 20×20 and centred by mass; undefined
/// when it is blank. `rgba` is what `getImageData` gives: any size, any ink on any paper.
///
/// # Errors
/// `rgba` does not have 4 · width · height values.
#[wasm_bindgen(js_name = digitFromPixels)]
pub fn digit_from_pixels(
    #[wasm_bindgen(unchecked_param_type = "Uint8ClampedArray")] rgba: js_sys::Uint8ClampedArray,
    width: u32,
    height: u32,
) -> Result<Option<Vec<f32>>, JsValue> {
    let digit = drawing(&rgba, width, height)?;
    Ok(digit.map(|digit| digit.values()))
}

/// The digit of a drawing, with the steps on the way to it.
pub(super) fn drawing(
    rgba: &js_sys::Uint8ClampedArray,
    width: u32,
    height: u32,
) -> Result<Option<Digit>, JsValue> {
    let expected = u64::from(width) * u64::from(height) * 4;
    if u64::from(rgba.length()) != expected {
        let value = format!("{} values", rgba.length());
        return Err(to_js(Error::new(Code::SizeMismatch, "rgba", value, format!("{expected} values"))));
    }
    Ok(Digit::from_rgba(&rgba.to_vec(), width as usize, height as usize))
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A weight or bias: "0.weight" is that of the layer with index 0 in `layers`. */
export type Tensor = { name: string; shape: number[]; values: Float32Array };
export type NetSpec = {
  /** [784] or [1, 28, 28]: channels, height, width */
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
  /** above 0; with a schedule, the rate at the start */
  learningRate: number;
  /** 0.9 */
  momentum?: number;
  /** 0.9 */
  beta1?: number;
  /** 0.999 */
  beta2?: number;
  /** 0 */
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
