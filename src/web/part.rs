//! A network that several workers train together.

use js_sys::{Array, Float32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::arguments::{digits, net_spec, read, typed};
use super::convert::tensors_to_js;
use super::error::to_js;
use super::tree::tree;
use crate::data::collection::Collection;
use crate::error::{Code, Error};
use crate::nn::spec::read::Whole;
use crate::train::part::{MOST, Part};

/// What one of several workers does when they train one network together. Each worker holds the whole network and all
/// the images; of each mini-batch it learns a part, and all add up what all have learned:
///
/// 1. `gradient(into)` writes this part's share of the gradient and returns its share of the loss;
/// 2. the workers exchange these arrays;
/// 3. `update(gradients)` with the arrays of all parts, in their order, makes the step.
///
/// The losses and weights are those of one `Net` of the same spec, but for rounding, and the same bits in every worker.
/// `www/worker/team.js` does all this for a page. Errors are `Error`s with `code`, `field`, `value` and `allowed`. Call
/// `free()` when it is no longer needed; afterwards every call throws.
#[wasm_bindgen]
pub struct NetPart {
    part: Part<f32>,
    /// The gradient of another part on its way in.
    incoming: Vec<f32>,
}

#[wasm_bindgen]
impl NetPart {
    /// Builds part `part` (from 0) of `parts` (1 to 64) of a network, with random weights from the spec's seed: all
    /// parts have the same.
    ///
    /// # Errors
    /// The field of the spec that is wrong, unknown or missing; it has batch normalization, whose statistics would be
    /// those of a part only; `part` or `parts` is outside its range.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "NetSpec")] spec: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] part: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] parts: JsValue,
    ) -> Result<NetPart, JsValue> {
        let spec = net_spec(&spec)?;
        let parts = read("parts", Whole(1, MOST), &parts)?;
        let part = read("part", Whole(0, parts - 1), &part)?;
        let part = Part::new(&spec, part, parts).map_err(to_js)?;
        Ok(Self { incoming: vec![0.0; part.parameters()], part })
    }

    /// How many numbers are trained, and so in a gradient: the values of all tensors of `weights()`, in their order.
    #[wasm_bindgen(getter)]
    pub fn parameters(&self) -> usize {
        self.incoming.len()
    }

    /// Gives the training set, the same to every part: IDX files of images and labels as bytes, each optionally gzip.
    ///
    /// # Errors
    /// A file is malformed, or the images do not fit the network; then the former set stays.
    #[wasm_bindgen(js_name = setTraining)]
    pub fn set_training(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] images: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | number[]")] labels: JsValue,
    ) -> Result<(), JsValue> {
        let digits = digits(&images, &labels, self.part.classes()).map_err(to_js)?;
        self.part.set_training(Collection::whole(digits)).map_err(to_js)
    }

    /// Draws the next mini-batch and writes this part's share of the gradient into `into`, which may be a view of a
    /// `SharedArrayBuffer`. Returns its share of the loss before the update: the sum over all parts is the mean loss of
    /// the mini-batch, which is NaN or infinite when the run has diverged.
    ///
    /// # Errors
    /// `into` is not a `Float32Array` of `parameters` values, there is no training set, or the step before has not been
    /// updated.
    pub fn gradient(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] into: JsValue,
    ) -> Result<f32, JsValue> {
        let into = self.array("into", &into).map_err(to_js)?;
        let loss = self.part.learn().map_err(to_js)?;
        let mut start = 0;
        for slopes in self.part.gradient() {
            let end = start + slopes.len() as u32;
            into.subarray(start, end).copy_from(slopes);
            start = end;
        }
        Ok(loss)
    }

    /// Makes the step of which every part has given its share: `gradients` are those of all parts in their order. They
    /// may be views of `SharedArrayBuffer`s. This part knows its own and does not read it again.
    ///
    /// # Errors
    /// `gradients` are not as many as there are parts, one is not a `Float32Array` of `parameters` values, or this
    /// part's own has not been asked for; then nothing changed.
    pub fn update(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array[]")] gradients: JsValue,
    ) -> Result<(), JsValue> {
        let count = self.part.count();
        let Some(list) = gradients.dyn_ref::<Array>() else {
            let found = tree(&gradients);
            return Err(to_js(Error::new(Code::WrongKind, "gradients", found, "Float32Array[]")));
        };
        if list.length() as usize != count {
            let value = format!("{} gradients", list.length());
            return Err(to_js(Error::new(
                Code::SizeMismatch,
                "gradients",
                value,
                format!("{count} gradients"),
            )));
        }
        let arrays = list.iter().enumerate();
        let arrays = arrays.map(|(index, array)| self.array(&format!("gradients[{index}]"), &array));
        let arrays = arrays.collect::<Result<Vec<Float32Array>, Error>>().map_err(to_js)?;
        let own = self.part.index();
        for (_, array) in arrays.iter().enumerate().filter(|&(index, _)| index != own) {
            array.copy_to(&mut self.incoming);
            self.part.add(&self.incoming).map_err(to_js)?;
        }
        self.part.update().map_err(to_js)
    }

    /// A copy of the weights and biases, layer by layer; the same in all parts after the same step.
    #[wasm_bindgen(unchecked_return_type = "Tensor[]")]
    pub fn weights(&self) -> Array {
        tensors_to_js(&self.part.weights())
    }
}

impl NetPart {
    /// An array that has room for a gradient. Checked here, because what JavaScript throws while it copies would pass
    /// through this instance and leave it broken.
    fn array(&self, field: &str, array: &JsValue) -> Result<Float32Array, Error> {
        let values: Float32Array = typed(field, array)?;
        let (found, expected) = (values.length() as usize, self.incoming.len());
        if found != expected {
            let (value, allowed) = (format!("{found} values"), format!("{expected} values"));
            return Err(Error::new(Code::SizeMismatch, field, value, allowed));
        }
        Ok(values)
    }
}
