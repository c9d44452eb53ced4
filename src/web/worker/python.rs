//! A run on its way into an archive with a script that repeats it.

use js_sys::{Object, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{Workshop, slice};
use crate::train::python::Packing;
use crate::web::convert::set;
use crate::web::error::to_js;

/// The first mini-batches of a job's run, being packed. It holds copies: what the job does meanwhile changes nothing.
#[wasm_bindgen]
pub struct PythonPacking(Packing);

#[wasm_bindgen]
impl Workshop {
    /// Begins to pack the run of a job.
    ///
    /// # Errors
    /// The job has no network, or has learned nothing yet.
    #[wasm_bindgen(js_name = packPython)]
    pub fn pack_python(&mut self, job: u32) -> Result<PythonPacking, JsValue> {
        Packing::new(self.training(job)?).map(PythonPacking).map_err(to_js)
    }
}

#[wasm_bindgen]
impl PythonPacking {
    /// Packs for about `budget` milliseconds; whether more of it is left.
    pub fn work(&mut self, budget: f64) -> bool {
        slice(budget, || self.0.work())
    }

    /// The archive, and how much it holds. The script is put together of what it needs of `library`, a Python text;
    /// `title` says what was trained.
    #[wasm_bindgen(unchecked_return_type = "PythonRun")]
    pub fn finish(self, library: &str, title: &str) -> JsValue {
        let found: JsValue = Object::new().into();
        set(&found, "bytes", Uint8Array::from(self.0.finish(library, title).as_slice()));
        set(&found, "iterations", self.0.iterations() as u32);
        set(&found, "agreeing", self.0.agreeing() as u32);
        set(&found, "parted", self.0.parted());
        found
    }
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** `bytes`: a .zip; `iterations` are in it, of which the script repeats the first `agreeing` to 1e-5. `parted`:
 * whether the next one differs by more; else all agree, or no more were tried. */
export type PythonRun = { bytes: Uint8Array; iterations: number; agreeing: number; parted: boolean };
"#;
