//! What the network of a job says of one example, and how it comes to that.

use js_sys::{Array, Float32Array, Float64Array, Object, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Workshop;
use crate::data::digit::SIDE;
use crate::web::arguments::drawing;
use crate::web::convert::set;
use crate::web::error::to_js;
use crate::web::prediction::prediction;

#[wasm_bindgen]
impl Workshop {
    /// What a job's network predicts for a drawing, and how that was made an image of its size; null when it is blank.
    ///
    /// # Errors
    /// The job has no network, this is not one for images of digits, or `rgba` is not of that size.
    #[wasm_bindgen(unchecked_return_type = "Prediction | null")]
    pub fn predict(
        &mut self,
        job: u32,
        rgba: Uint8ClampedArray,
        width: u32,
        height: u32,
        #[wasm_bindgen(unchecked_optional_param_type = "DrawingSteps")] steps: JsValue,
    ) -> Result<JsValue, JsValue> {
        let training = self.training(job)?;
        let Some(digit) = drawing(&rgba, width, height, &steps)? else { return Ok(JsValue::NULL) };
        let values = digit.values();
        let answer = training.answer(&values).map_err(to_js)?;
        let found = prediction(&digit, &answer.outputs, answer.class, answer.are_probabilities);
        let explanation = training.explain(&values).map_err(to_js)?;
        set(&found, "explanation", Uint8Array::from(explanation.to_bytes().as_slice()));
        Ok(found)
    }

    /// How each pixel that a job's network gets of a drawing speaks for one of its outputs; null when it is blank.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), or there is no such output.
    #[wasm_bindgen(unchecked_return_type = "Attribution | null")]
    pub fn attribution(
        &mut self,
        job: u32,
        rgba: Uint8ClampedArray,
        width: u32,
        height: u32,
        output: usize,
        #[wasm_bindgen(unchecked_optional_param_type = "DrawingSteps")] steps: JsValue,
    ) -> Result<JsValue, JsValue> {
        let training = self.training(job)?;
        let Some(digit) = drawing(&rgba, width, height, &steps)? else { return Ok(JsValue::NULL) };
        let found = training.attribution(&digit.values(), output).map_err(to_js)?;
        let [x, y, side] = digit.field;
        let field: JsValue = Object::new().into();
        for (name, value) in [("x", x), ("y", y), ("side", side)] {
            set(&field, name, value);
        }
        let plain: JsValue = Object::new().into();
        set(&plain, "shades", Uint8Array::from(found.shades().as_slice()));
        set(&plain, "side", SIDE as u32);
        set(&plain, "field", field);
        set(&plain, "isExact", found.is_exact);
        Ok(plain)
    }

    /// What every layer of a job's network makes of an example, values in [0, 1], first to last. The last one has the
    /// scores, before softmax or sigmoid.
    ///
    /// # Errors
    /// The job has no network, or the example does not fit it.
    #[wasm_bindgen(unchecked_return_type = "LayerOutput[]")]
    pub fn layers(&mut self, job: u32, pixels: Vec<f32>) -> Result<Array, JsValue> {
        let layers = self.training(job)?.layers(&pixels).map_err(to_js)?;
        let plain = |layer: crate::train::training::LayerOutput| {
            let plain: JsValue = Object::new().into();
            set(&plain, "layer", layer.layer as u32);
            set(&plain, "kind", layer.kind);
            let lengths = layer.shape.iter().map(|&length| JsValue::from(length as u32));
            set(&plain, "shape", lengths.collect::<Array>());
            set(&plain, "values", Float32Array::from(layer.values.as_slice()));
            plain
        };
        Ok(layers.into_iter().map(plain).collect())
    }

    /// Of what a score is made: each value that comes into the last dense layer of a job's network, times its weight.
    ///
    /// # Errors
    /// The job has no network that ends in a dense layer, the example does not fit it, or there is no such output.
    #[wasm_bindgen(unchecked_return_type = "Contributions")]
    pub fn contributions(&mut self, job: u32, pixels: Vec<f32>, output: usize) -> Result<JsValue, JsValue> {
        let found = self.training(job)?.contributions(&pixels, output).map_err(to_js)?;
        let plain: JsValue = Object::new().into();
        set(&plain, "values", Float64Array::from(found.values.as_slice()));
        set(&plain, "bias", found.bias);
        set(&plain, "score", found.score);
        set(&plain, "layer", found.layer as u32);
        Ok(plain)
    }
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Which steps a drawing goes through on the way to its image; all of them where this is not given. */
export type DrawingSteps = {
  /** crop it to its ink and fit that into 20 × 20; else the whole drawing fills 28 × 28 */
  fit: boolean;
  /** centre it by its mass */
  centre: boolean;
};
export type Attribution = {
  /** row by row, of `side` × `side` pixels: 0 most against the output, 128 none, 255 most for it */
  shades: Uint8Array; side: number;
  /** the square of the drawing that these pixels show, in its pixels */
  field: { x: number; y: number; side: number };
  /** whether the values and what the biases add sum up to the score */
  isExact: boolean;
};
/** `layer`: its index in the spec. `shape`: [n], or [channels, height, width]. */
export type LayerOutput = { layer: number; kind: string; shape: number[]; values: Float32Array };
/** `bias` plus the sum of `values` is `score`. `layer`: the index of the dense layer in the spec. */
export type Contributions = { values: Float64Array; bias: number; score: number; layer: number };
"#;
