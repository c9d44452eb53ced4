//! Reads drawings while the core is still on its way.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::prediction::prediction;
use crate::data::digit::Digit;
use crate::reading::{Network, highest};

/// A network of dense layers that reads drawings. It lives as long as the page.
#[wasm_bindgen]
#[derive(Default)]
pub struct Reader {
    network: Network,
}

#[wasm_bindgen]
impl Reader {
    /// A reader without layers.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Reader {
        Self::default()
    }

    /// Puts a dense layer at the end: weights `[inputs, outputs]` and biases, both in half precision as a safetensors
    /// file has them. False, and nothing done, where they do not fit each other or the layer before.
    #[wasm_bindgen(js_name = addLayer)]
    pub fn add_layer(&mut self, weights: &[u8], biases: &[u8]) -> bool {
        self.network.push(weights, biases)
    }

    /// What the network predicts for a drawing; null when it is blank, not of that size, or the network takes no images of
    /// digits.
    #[wasm_bindgen(unchecked_return_type = "Prediction | null")]
    pub fn predict(&self, rgba: &[u8], width: u32, height: u32) -> JsValue {
        let read = || {
            let digit = Digit::from_rgba(rgba, width as usize, height as usize)?;
            let outputs = self.network.probabilities(&digit.values())?;
            Some(prediction(&digit, &outputs, highest(&outputs), true))
        };
        read().unwrap_or(JsValue::NULL)
    }
}
