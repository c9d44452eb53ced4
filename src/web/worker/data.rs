//! The data of a worker.

use js_sys::{Object, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Workshop;
use crate::web::convert::{set, text_from_js};
use crate::web::error::to_js;

#[wasm_bindgen]
impl Workshop {
    /// Adds a shard of images, as IDX files that may be gzip, to the set `"mnist"` or `"own"`; all jobs have it, now and
    /// later. `index` is the shard's place in the split, `total` how many images that will have. A shard that was given
    /// before is passed over.
    ///
    /// # Errors
    /// A file is malformed, or does not fit those before it; then nothing changed. Or it does not fit a job, which then
    /// goes without it; the others have it.
    #[wasm_bindgen(js_name = addShard)]
    pub fn add_shard(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = r#""mnist" | "own""#)] set: JsValue,
        #[wasm_bindgen(unchecked_param_type = r#""train" | "test""#)] split: JsValue,
        index: usize,
        images: &[u8],
        labels: &[u8],
        total: usize,
    ) -> Result<(), JsValue> {
        let (set, split) = (text_from_js("set", &set)?, text_from_js("split", &split)?);
        self.sets.add_images((&set, &split), index, (images, labels), total).map_err(to_js)?;
        // Every job is told before the first refusal is.
        let outcomes: Vec<_> = self.jobs.values_mut().map(|job| job.work.set_data(&self.sets)).collect();
        outcomes.into_iter().collect::<Result<(), _>>().map_err(to_js)
    }

    /// One of MNIST's test images, its pixels 0 to 255 and its label; null while it has not arrived, and where there is
    /// none of this index.
    #[wasm_bindgen(js_name = testImage, unchecked_return_type = "TestImage | null")]
    pub fn test_image(&self, index: usize) -> JsValue {
        let test = &self.sets.mnist_test;
        let Some(pixels) = (index < test.len()).then(|| test.pixels(index)).flatten() else {
            return JsValue::NULL;
        };
        let image: JsValue = Object::new().into();
        set(&image, "pixels", Uint8Array::from(pixels.as_slice()));
        set(&image, "label", test.label(index));
        image
    }
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type TestImage = { pixels: Uint8Array; label: number };
"#;
