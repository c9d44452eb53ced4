//! Networks for pages of one's own.

use js_sys::{Array, Float32Array};
use ndarray::Array2;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::arguments::{bytes_of, copied, digits, drawing, net_spec, pixels_of, read, room};
use super::convert::{tensors_from_js, tensors_to_js};
use super::error::to_js;
use crate::data::collection::Collection;
use crate::error::{Code, Error};
use crate::nn::gradient::BOOK_STEP;
use crate::nn::spec::OptimizerSpec;
use crate::nn::spec::read::{Choice, Decimal, LEAST, Whole, of};
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

/// The most images of one batch.
const MOST_IMAGES: usize = 65_536;

/// The most mini-batches of one call.
const MOST_ITERATIONS: usize = 1_000_000;

#[wasm_bindgen]
impl Net {
    /// Builds a network with random weights from the spec's seed.
    ///
    /// # Errors
    /// The field of the spec that is wrong, unknown or missing.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "NetSpec")] spec: JsValue) -> Result<Net, JsValue> {
        let trainer = Trainer::new(&net_spec(&spec)?).map_err(to_js)?;
        Ok(Self { trainer, test: Collection::default() })
    }

    /// Gives the training set: IDX files of images and labels as bytes, each optionally gzip.
    ///
    /// # Errors
    /// A file is malformed, or the images do not fit the network; then the former set stays.
    #[wasm_bindgen(js_name = setTraining)]
    pub fn set_training(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] images: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] labels: JsValue,
    ) -> Result<(), JsValue> {
        let digits = digits(&images, &labels, self.trainer.network().classes()).map_err(to_js)?;
        self.trainer.set_training(Collection::whole(digits)).map_err(to_js)
    }

    /// Gives the test set, as `setTraining` does the training set.
    ///
    /// # Errors
    /// As `setTraining`.
    #[wasm_bindgen(js_name = setTest)]
    pub fn set_test(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] images: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] labels: JsValue,
    ) -> Result<(), JsValue> {
        let digits = digits(&images, &labels, self.trainer.network().classes()).map_err(to_js)?;
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
    pub fn train(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] iterations: JsValue,
    ) -> Result<Vec<f32>, JsValue> {
        let iterations = read("iterations", Whole(0, MOST_ITERATIONS), &iterations)?;
        (0..iterations).map(|_| self.step()).collect()
    }

    /// Learns this batch, in training mode: pixels of n images in [0, 1] one after another, and n labels. Returns
    /// the mean loss before the update.
    ///
    /// # Errors
    /// Pixels and labels do not fit the network or each other.
    #[wasm_bindgen(js_name = stepOn)]
    pub fn step_on(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | number[]")] pixels: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] labels: JsValue,
    ) -> Result<f32, JsValue> {
        let (images, labels) = self.batch(&pixels, &labels).map_err(to_js)?;
        self.trainer.step_on(images.view(), &labels).map_err(to_js)
    }

    /// What the network says of n images, one after another: n × classes probabilities, or the outputs themselves where the
    /// loss is `mean-squared-error`, `hinge` or `huber`.
    ///
    /// # Errors
    /// The number of pixels is no multiple of the network's inputs, or one is not finite, or memory does not suffice.
    pub fn predict(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | number[]")] pixels: JsValue,
    ) -> Result<Vec<f32>, JsValue> {
        self.predictions(&pixels).map_err(to_js)
    }

    /// The mean loss over a batch, in evaluation mode.
    ///
    /// # Errors
    /// Pixels and labels do not fit the network or each other.
    pub fn loss(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | number[]")] pixels: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] labels: JsValue,
    ) -> Result<f32, JsValue> {
        let (images, labels) = self.batch(&pixels, &labels).map_err(to_js)?;
        self.trainer.loss(images.view(), &labels).map_err(to_js)
    }

    /// The share of the training or test set read right, 0 to 1.
    ///
    /// # Errors
    /// `split` is neither `"train"` nor `"test"`, or that set has not been given.
    pub fn accuracy(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "\"train\" | \"test\"")] split: JsValue,
    ) -> Result<f64, JsValue> {
        let (images, setter) = if read("split", Choice(&[("train", true), ("test", false)]), &split)? {
            (self.trainer.training().clone(), "setTraining")
        } else {
            (self.test.clone(), "setTest")
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
    pub fn gradients(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | number[]")] pixels: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] labels: JsValue,
    ) -> Result<Array, JsValue> {
        let (images, labels) = self.batch(&pixels, &labels).map_err(to_js)?;
        Ok(tensors_to_js(&self.trainer.gradients(images.view(), &labels).map_err(to_js)?))
    }

    /// The same by central differences in double precision, `h` being 1e-4 when not given: two forward passes for
    /// each weight, so for small networks.
    ///
    /// # Errors
    /// Pixels and labels do not fit the network or each other, or `h` is not above 0 and at most 1.
    #[wasm_bindgen(js_name = numericalGradients, unchecked_return_type = "Tensor[]")]
    pub fn numerical_gradients(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | number[]")] pixels: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] labels: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number | null")] h: JsValue,
    ) -> Result<Array, JsValue> {
        let (images, labels) = self.batch(&pixels, &labels).map_err(to_js)?;
        let h = if h.is_undefined() || h.is_null() {
            BOOK_STEP
        } else {
            read("h", Decimal { zero: false, least: LEAST, most: 1.0 }, &h)?
        };
        let gradients = self.trainer.numerical_gradients(images.view(), &labels, h);
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
        self.trainer.set_weights(&tensors_from_js(&tensors).map_err(to_js)?).map_err(to_js)
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
        self.trainer.set_optimizer(read("optimizer", of::<OptimizerSpec>(), &optimizer)?).map_err(to_js)
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
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] bytes: JsValue,
    ) -> Result<Net, JsValue> {
        let file = bytes_of("file", &bytes, weights::LARGEST).map_err(to_js)?;
        let (trainer, _) = weights::load(&file).map_err(to_js)?;
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
    pub fn load_npz(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] bytes: JsValue,
    ) -> Result<(), JsValue> {
        let file = bytes_of("file", &bytes, book_weights::LARGEST).map_err(to_js)?;
        book_weights::load_into(&mut self.trainer, &file).map_err(to_js)
    }
}

impl Net {
    /// The pixels of images, and how many images they are.
    fn images(&mut self, value: &JsValue) -> Result<(Float32Array, usize), Error> {
        let pixels = pixels_of(value)?;
        let (count, inputs) = (pixels.length() as usize, self.trainer.network().inputs());
        if !count.is_multiple_of(inputs) {
            let allowed = format!("a multiple of {inputs}");
            return Err(Error::new(Code::SizeMismatch, "pixels", format!("{count} values"), allowed));
        }
        Ok((pixels, count / inputs))
    }

    /// The images from `start` up to `end` as rows.
    fn rows(&mut self, pixels: &Float32Array, start: usize, end: usize) -> Result<Array2<f32>, Error> {
        let inputs = self.trainer.network().inputs();
        let first = start * inputs;
        let values = copied("pixels", &pixels.subarray(first as u32, (end * inputs) as u32))?;
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let field = format!("pixels[{}]", first + place);
            return Err(Error::new(Code::NotFinite, field, values[place], "0 … 1"));
        }
        Array2::from_shape_vec((end - start, inputs), values).map_err(|error| {
            Error::new(Code::SizeMismatch, "pixels", error, format!("{inputs} values an image"))
        })
    }

    /// A batch, no larger than the network takes.
    fn batch(&mut self, pixels: &JsValue, labels: &JsValue) -> Result<(Array2<f32>, Vec<u8>), Error> {
        let (pixels, count) = self.images(pixels)?;
        let most = self.trainer.network().most_images().min(MOST_IMAGES);
        if count > most {
            let (value, allowed) = (format!("{count} images"), format!("1 … {most} images"));
            return Err(Error::new(Code::TooLarge, "pixels", value, allowed));
        }
        Ok((self.rows(&pixels, 0, count)?, bytes_of("labels", labels, MOST_IMAGES)?))
    }

    /// Predictions for images of any number. Some are copied at a time: all of them may be more than there is room for.
    fn predictions(&mut self, pixels: &JsValue) -> Result<Vec<f32>, Error> {
        let (pixels, count) = self.images(pixels)?;
        let network = self.trainer.network();
        let (outputs, at_once) = (network.outputs(), network.images_at_once());
        let mut predictions = room("pixels", count.saturating_mul(outputs))?;
        for start in (0..count).step_by(at_once) {
            let rows = self.rows(&pixels, start, count.min(start + at_once))?;
            predictions.extend(self.trainer.predict(rows.view())?);
        }
        Ok(predictions)
    }
}

/// A drawing as MNIST would hold it: 784 values in [0, 1], cropped, fitted into 20×20 and centred by mass; undefined
/// when it is blank. `rgba` is what `getImageData` gives: any size, any ink on any paper.
///
/// # Errors
/// `rgba` does not have 4 · width · height values.
#[wasm_bindgen(js_name = digitFromPixels)]
pub fn digit_from_pixels(
    #[wasm_bindgen(unchecked_param_type = "Uint8ClampedArray")] rgba: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] width: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] height: JsValue,
) -> Result<Option<Vec<f32>>, JsValue> {
    let length = |name, value| read(name, Whole(0, u32::MAX as usize), value).map(|length| length as u32);
    let (width, height) = (length("width", &width)?, length("height", &height)?);
    let digit = drawing(&rgba, width, height, &JsValue::UNDEFINED)?;
    Ok(digit.map(|digit| digit.values()))
}
