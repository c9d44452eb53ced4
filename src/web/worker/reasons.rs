//! Why a reading is what it is: its gradient, what would change it, and the training images that are like the drawing.

use js_sys::{Array, Float32Array, Object, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{Workshop, slice};
use crate::data::nearest::Search;
use crate::train::training::change::ChangeSearch;
use crate::web::convert::set;
use crate::web::error::to_js;

#[wasm_bindgen]
impl Workshop {
    /// The gradient of a score of a job's network, before softmax or sigmoid, over the values of an example, each in
    /// [0, 1].
    ///
    /// # Errors
    /// The job has no network, the example does not fit it, or there is no such output.
    pub fn gradient(&mut self, job: u32, pixels: Vec<f32>, output: usize) -> Result<Float32Array, JsValue> {
        let found = self.training(job)?.gradient(&pixels, output).map_err(to_js)?;
        Ok(Float32Array::from(found.as_slice()))
    }

    /// Begins to look for a small change of an example for which a job's network reads another class: `output`, or the
    /// runner-up. Undefined where its outputs are no numbers.
    ///
    /// # Errors
    /// As [`gradient`](Self::gradient), or that is the class that it reads already.
    #[wasm_bindgen(js_name = readingChange)]
    pub fn reading_change(
        &mut self,
        job: u32,
        pixels: &[f32],
        output: Option<usize>,
    ) -> Result<Option<ReadingChangeSearch>, JsValue> {
        let search = self.training(job)?.reading_change(pixels, output).map_err(to_js)?;
        Ok(search.map(|search| ReadingChangeSearch { job, search }))
    }

    /// Begins to look for the `most` training images of MNIST nearest to an image, pixels 0 to 255, among those that have
    /// arrived.
    pub fn nearest(&self, image: &[u8], most: usize) -> NearestSearch {
        NearestSearch(Search::new(&self.sets.mnist_train, image, most))
    }
}

/// A search for a change of what a job's network reads.
#[wasm_bindgen]
pub struct ReadingChangeSearch {
    job: u32,
    search: ChangeSearch,
}

#[wasm_bindgen]
impl ReadingChangeSearch {
    /// Searches for about `budget` milliseconds; whether more of it is left.
    ///
    /// # Errors
    /// The job is no longer open, or its network is another one that the example does not fit.
    pub fn work(&mut self, workshop: &mut Workshop, budget: f64) -> Result<bool, JsValue> {
        let training = workshop.training(self.job)?;
        let mut more = Ok(false);
        slice(budget, || {
            more = self.search.go_on(training);
            matches!(more, Ok(true))
        });
        more.map_err(to_js)
    }

    /// What was found.
    #[wasm_bindgen(unchecked_return_type = "ReadingChange")]
    pub fn finish(self) -> JsValue {
        let found = self.search.finish();
        let plain: JsValue = Object::new().into();
        set(&plain, "from", found.from as u32);
        set(&plain, "to", found.to as u32);
        set(&plain, "isReached", found.is_reached);
        set(&plain, "steps", found.steps as u32);
        set(&plain, "values", Float32Array::from(found.values.as_slice()));
        set(&plain, "distance", found.distance);
        set(&plain, "added", found.added);
        set(&plain, "removed", found.removed);
        plain
    }
}

/// A search for the images nearest to another one. It holds the images that were there when it began.
#[wasm_bindgen]
pub struct NearestSearch(Search);

#[wasm_bindgen]
impl NearestSearch {
    /// Searches for about `budget` milliseconds; whether more of it is left.
    pub fn work(&mut self, budget: f64) -> bool {
        slice(budget, || self.0.go_on())
    }

    /// What was found.
    #[wasm_bindgen(unchecked_return_type = "NearestImages")]
    pub fn finish(self) -> JsValue {
        let images = self.0.images();
        let near = |near: &crate::data::nearest::Near| {
            let found: JsValue = Object::new().into();
            set(&found, "index", near.image as u32);
            set(&found, "label", images.label(near.image));
            set(&found, "distance", near.distance());
            let pixels = images.pixels(near.image).unwrap_or_default();
            set(&found, "pixels", Uint8Array::from(pixels.as_slice()));
            found
        };
        let plain: JsValue = Object::new().into();
        set(&plain, "searched", self.0.searched() as u32);
        set(&plain, "images", self.0.found().iter().map(near).collect::<Array>());
        plain
    }
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/**
 * A change of an example: what was read, what is to be read, and whether it is; the steps taken; the changed example, values
 * in [0, 1], or the one that came nearest; the Euclidean norm of the change, and how much its values rose and fell in all.
 */
export type ReadingChange = {
  from: number; to: number; isReached: boolean; steps: number; values: Float32Array;
  distance: number; added: number; removed: number;
};
/** Training images, the nearest first, out of `searched`: place, label, Euclidean distance of pixels in [0, 1], pixels 0 to 255. */
export type NearestImages = {
  searched: number;
  images: { index: number; label: number; distance: number; pixels: Uint8Array }[];
};
"#;
