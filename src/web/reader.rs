//! Reads drawings while the core is still on its way.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::prediction::prediction;
use crate::data::digit::{Digit, SIDE};
use crate::reading::{Network, highest};

/// A network that reads drawings. It lives as long as the page. Its layers are put one behind the other; each answers false,
/// and does nothing, where it does not fit the one before.
#[wasm_bindgen]
pub struct Reader {
    network: Network,
}

#[wasm_bindgen]
impl Reader {
    /// A reader without layers.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Reader {
        Reader { network: Network::new(SIDE, SIDE) }
    }

    /// A dense layer: weights `[inputs, outputs]`, a bias for each output.
    pub fn dense(&mut self, weights: Vec<f32>, biases: Vec<f32>) -> bool {
        self.network.dense(weights, biases)
    }

    /// A convolution in steps of 1: filters `[filters, channels, size, size]`, a bias for each filter.
    pub fn convolution(&mut self, filters: Vec<f32>, biases: Vec<f32>, size: usize, pad: usize) -> bool {
        self.network.convolution(filters, biases, size, pad)
    }

    /// The largest of each square, squares side by side.
    #[wasm_bindgen(js_name = maxPool)]
    pub fn max_pool(&mut self, size: usize) -> bool {
        self.network.max_pool(size)
    }

    /// max(0, x)
    pub fn relu(&mut self) -> bool {
        self.network.relu()
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
