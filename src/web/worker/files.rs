//! The network of a job as a file.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Workshop;
use crate::train::weights::Precision;
use crate::web::error::to_js;

#[wasm_bindgen]
impl Workshop {
    /// A job's network as a safetensors file, in single or half precision.
    ///
    /// # Errors
    /// The job has no network, or it cannot be written so that it can be read again.
    pub fn save(&mut self, job: u32, half: bool) -> Result<Vec<u8>, JsValue> {
        let precision = if half { Precision::Half } else { Precision::Single };
        self.training(job)?.save(precision).map_err(to_js)
    }

    /// The weights of a job's network as an .npz file for NumPy, named as in the book.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    #[wasm_bindgen(js_name = saveNpz)]
    pub fn save_npz(&mut self, job: u32) -> Result<Vec<u8>, JsValue> {
        self.training(job)?.save_npz().map_err(to_js)
    }

    /// Puts the network of a file in place of a job's: a safetensors file of ours, or an .npz with the weights of dense
    /// layers (`W1`, `b1` and so on), between which the activation function is the one of the task.
    ///
    /// # Errors
    /// The job has no network, the file is malformed, or its network has other inputs or outputs than the task's; then
    /// nothing changed.
    #[wasm_bindgen(js_name = loadWeights)]
    pub fn load_weights(&mut self, job: u32, bytes: &[u8]) -> Result<(), JsValue> {
        let job = self.find(job)?;
        job.work.take_file(bytes).map_err(to_js)?;
        job.milliseconds = 0.0;
        Ok(())
    }
}
