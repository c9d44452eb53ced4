//! What a network says of a drawing, as the page has it.

use js_sys::{Float32Array, Object, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::set;
use crate::data::digit::{Digit, SIDE};

/// A prediction, with the steps on the way to it.
pub(super) fn prediction(
    digit: &Digit,
    outputs: &[f32],
    class: Option<usize>,
    are_probabilities: bool,
) -> JsValue {
    let crop: JsValue = Object::new().into();
    for (name, value) in ["x", "y", "width", "height"].into_iter().zip(digit.crop) {
        set(&crop, name, value as u32);
    }
    let prediction: JsValue = Object::new().into();
    set(&prediction, "outputs", Float32Array::from(outputs));
    set(&prediction, "digit", class.map_or(JsValue::NULL, |class| (class as u32).into()));
    set(&prediction, "areProbabilities", are_probabilities);
    set(&prediction, "crop", crop);
    set(&prediction, "small", Uint8Array::from(digit.fitted.as_slice()));
    set(&prediction, "smallSide", digit.fitted_side as u32);
    set(&prediction, "centred", Uint8Array::from(digit.pixels.as_slice()));
    set(&prediction, "centredSide", SIDE as u32);
    prediction
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type Prediction = {
  outputs: Float32Array;
  /** null where no output is a number */
  digit: number | null;
  areProbabilities: boolean;
  /** for the `drawing` of a `Sheet`'s moment; none where a network was not asked for reasons */
  explanation?: Uint8Array;
  /** the rectangle that was fitted, the smallest one around the ink, in pixels of the drawing */
  crop: { x: number; y: number; width: number; height: number };
  small: Uint8Array; smallSide: number; centred: Uint8Array; centredSide: number;
};
"#;
