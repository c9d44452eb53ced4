//! Test examples with what a job's network predicted for them.

use js_sys::{Array, Object, Uint8Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Workshop;
use crate::error::{Code, Error};
use crate::train::gallery::Filter;
use crate::web::convert::set;
use crate::web::error::to_js;

#[wasm_bindgen]
impl Workshop {
    /// Up to `most` test images of a job's last evaluation: those of one label, of one prediction, or mistakes only.
    ///
    /// # Errors
    /// The job has no network, or has not been evaluated on images.
    #[wasm_bindgen(unchecked_return_type = "DigitsAnswer")]
    pub fn digits(
        &mut self,
        job: u32,
        actual: Option<u8>,
        predicted: Option<u8>,
        #[wasm_bindgen(js_name = mistakesOnly)] mistakes_only: bool,
        most: usize,
    ) -> Result<JsValue, JsValue> {
        let training = self.training(job)?;
        let missing = || to_js(Error::new(Code::NotReady, "digits", "test images", ""));
        let (predictions, test) = (training.predictions().ok_or_else(missing)?, training.test());
        let (height, width) = test.size().ok_or_else(missing)?;
        let classes = predictions.classes;
        let pairs = classes.iter().enumerate().map(|(image, &class)| (test.label(image), class));
        let chosen = Filter { actual, predicted, mistakes_only }.choose(pairs, most);
        let pixels: Vec<u8> =
            chosen.examples.iter().flat_map(|&image| test.pixels(image)).flatten().collect();
        let of = |value: &dyn Fn(usize) -> u8| {
            chosen.examples.iter().map(|&image| value(image)).collect::<Vec<u8>>()
        };
        let answer: JsValue = Object::new().into();
        set(&answer, "pixels", Uint8Array::from(pixels.as_slice()));
        set(&answer, "width", width as u32);
        set(&answer, "height", height as u32);
        set(&answer, "labels", Uint8Array::from(of(&|image| test.label(image)).as_slice()));
        set(&answer, "predictions", Uint8Array::from(of(&|image| classes[image]).as_slice()));
        let indices = chosen.examples.iter().map(|&image| JsValue::from(image as u32));
        set(&answer, "indices", indices.collect::<Array>());
        set(&answer, "count", chosen.count as u32);
        set(&answer, "iteration", predictions.iteration as f64);
        Ok(answer)
    }

    /// How often each label was predicted as each class in a job's last evaluation; null before that.
    ///
    /// # Errors
    /// The job has no network.
    #[wasm_bindgen(unchecked_return_type = "ConfusionAnswer | null")]
    pub fn confusion(&mut self, job: u32) -> Result<JsValue, JsValue> {
        let training = self.training(job)?;
        let iteration = training.predictions().map(|predictions| predictions.iteration);
        let (Some(confusion), Some(iteration)) = (training.confusion(), iteration) else {
            return Ok(JsValue::NULL);
        };
        let answer: JsValue = Object::new().into();
        set(&answer, "counts", Uint32Array::from(confusion.counts()));
        set(&answer, "accuracy", confusion.accuracy());
        set(&answer, "iteration", iteration as f64);
        Ok(answer)
    }
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/**
 * Test images one after the other in `pixels`, `width` × `height` each, 0 to 255, and for each its label, what it was
 * predicted as, and its index in the test set. `count`: how many there are in all.
 */
export type DigitsAnswer = {
  pixels: Uint8Array; width: number; height: number; labels: Uint8Array; predictions: Uint8Array;
  indices: number[]; count: number; iteration: number;
};
/** `counts`: row by row, a row for each label and a column for each prediction. */
export type ConfusionAnswer = { counts: Uint32Array; accuracy: number; iteration: number };
"#;
