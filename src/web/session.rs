//! A worker's side of the page: one session owns the images and the run at work.

use js_sys::{Array, Float32Array, Object, Uint8Array};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{set, settings_from_js, to_plain};
use super::error::to_js;
use super::net::drawing;
use crate::chart::{Chart, Image, ImageGrid, Meaning};
use crate::data::collection::Collection;
use crate::data::digit::{BOX, SIDE};
use crate::data::digits::Digits;
use crate::error::{Code, Error};
use crate::labs::settings::Settings;
use crate::labs::{self, Lab, Lane, Notice, Number, Phase, Progress, Run, Table, View};
use crate::text::Text;
use crate::train::book_weights;
use crate::train::course::Course;
use crate::train::snapshot::{self, Snapshot};
use crate::train::trainer::Trainer;
use crate::train::weights::{self, Evaluated, Precision};

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the worker began; in pages, workers and Node alike.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// MNIST has ten classes.
const CLASSES: usize = 10;

/// The images of a worker and the run it works on. Freed once, by ending the worker.
#[wasm_bindgen]
#[derive(Default)]
pub struct Session {
    training: Collection,
    test: Collection,
    open: Option<Open>,
}

/// A run at work.
struct Open {
    lab: &'static Lab,
    settings: Settings,
    run: Box<dyn Run>,
    /// Time spent in `advance` and `step`, for the table of a race.
    milliseconds: f64,
}

#[wasm_bindgen]
impl Session {
    /// A session without images or run.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Session {
        Self::default()
    }

    /// Adds a shard of the `"train"` or `"test"` images: IDX files as bytes, optionally gzip. `total` is how many
    /// images the split will have.
    ///
    /// # Errors
    /// A file is malformed or does not fit those before it, or the run cannot use the images.
    #[wasm_bindgen(js_name = addImages)]
    pub fn add_images(
        &mut self,
        split: &str,
        images: &[u8],
        labels: &[u8],
        total: usize,
    ) -> Result<(), JsValue> {
        let digits = Digits::parse(images, labels, CLASSES).map_err(to_js)?;
        let collection = match split {
            "train" => &mut self.training,
            "test" => &mut self.test,
            _ => return Err(to_js(Error::new(Code::NotAChoice, "split", split, "train | test"))),
        };
        let index = collection.shard_lengths().count();
        collection.push(index, digits, total).map_err(to_js)?;
        if let Some(open) = &mut self.open {
            open.run.set_images(&self.training, &self.test).map_err(to_js)?;
        }
        Ok(())
    }

    /// Begins a run of a lab in place of the one before.
    ///
    /// # Errors
    /// The first setting that is wrong; then the run before goes on.
    pub fn open(
        &mut self,
        lab: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] settings: JsValue,
        lane: usize,
    ) -> Result<(), JsValue> {
        let lab = labs::find(lab).ok_or_else(|| to_js(Error::new(Code::NotAChoice, "lab", lab, "")))?;
        let settings = check(lab, settings)?;
        let mut run = (lab.open)(&settings, Lane(lane)).map_err(to_js)?;
        run.set_images(&self.training, &self.test).map_err(to_js)?;
        self.open = Some(Open { lab, settings, run, milliseconds: 0.0 });
        Ok(())
    }

    /// Takes over settings that differ from those of the run in live fields only; false, and nothing done, when
    /// others differ too.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn set(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] settings: JsValue,
    ) -> Result<bool, JsValue> {
        let open = self.opened()?;
        let settings = check(open.lab, settings)?;
        let live = open.settings.only_live_changes(&settings, open.lab.fields);
        if live {
            open.run.set(&settings).map_err(to_js)?;
            open.settings = settings;
        }
        Ok(live)
    }

    /// Works for about `budget` milliseconds; whether there is more to do now.
    ///
    /// # Errors
    /// No run is open.
    pub fn advance(&mut self, budget: f64) -> Result<bool, JsValue> {
        let open = self.opened()?;
        let begun = now();
        loop {
            let progress = open.run.work();
            let elapsed = now() - begun;
            let more = !matches!(progress, Progress::Waiting | Progress::Done);
            if !more || elapsed >= budget {
                open.milliseconds += elapsed;
                return Ok(more);
            }
        }
    }

    /// Takes `count` of the reader's steps, or as many as are left; whether there is more to do now.
    ///
    /// # Errors
    /// No run is open.
    pub fn step(&mut self, count: u32) -> Result<bool, JsValue> {
        let open = self.opened()?;
        let begun = now();
        let mut left = count;
        let mut more = true;
        while left > 0 && more {
            match open.run.work() {
                Progress::Step => left -= 1,
                Progress::Between => {}
                Progress::Waiting | Progress::Done => more = false,
            }
        }
        open.milliseconds += now() - begun;
        Ok(more)
    }

    /// Brings what is shown up to date: the run pauses.
    ///
    /// # Errors
    /// No run is open.
    pub fn pause(&mut self) -> Result<(), JsValue> {
        self.opened()?.run.settle();
        Ok(())
    }

    /// Back to before the first step.
    ///
    /// # Errors
    /// No run is open.
    pub fn rewind(&mut self) -> Result<(), JsValue> {
        let open = self.opened()?;
        open.milliseconds = 0.0;
        open.run.rewind().map_err(to_js)
    }

    /// What is to be seen now; each chart as bytes for a `Picture`.
    ///
    /// # Errors
    /// No run is open.
    #[wasm_bindgen(unchecked_return_type = "View")]
    pub fn view(&mut self) -> Result<JsValue, JsValue> {
        let open = self.opened()?;
        let View { phase, notice, numbers, table, charts, can_go_back, images } =
            open.run.view(open.milliseconds / 1000.0);
        let view = to_plain(&PlainView { phase, notice, numbers, table, can_go_back, images })?;
        let chart = |(name, chart): &(&str, Chart)| {
            let object: JsValue = Object::new().into();
            set(&object, "name", *name);
            set(&object, "bytes", Uint8Array::from(chart.to_bytes().as_slice()));
            object
        };
        set(&view, "charts", charts.iter().map(chart).collect::<Array>());
        Ok(view)
    }

    /// What the run's network reads in a drawing, or null when that is blank.
    ///
    /// # Errors
    /// The run has no network, or `rgba` is not of that size.
    #[wasm_bindgen(unchecked_return_type = "Reading | null")]
    pub fn read(
        &mut self,
        rgba: js_sys::Uint8ClampedArray,
        width: u32,
        height: u32,
    ) -> Result<JsValue, JsValue> {
        let course = self.course()?;
        let Some(digit) = drawing(&rgba, width, height)? else { return Ok(JsValue::NULL) };
        let probabilities = course.read(&digit.values()).map_err(to_js)?;
        let best = (0..probabilities.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
        let [x, y, wide, tall] = digit.crop;
        let reading: JsValue = Object::new().into();
        let crop: JsValue = Object::new().into();
        for (name, value) in [("x", x), ("y", y), ("width", wide), ("height", tall)] {
            set(&crop, name, value as u32);
        }
        set(&reading, "probabilities", Float32Array::from(probabilities.as_slice()));
        set(&reading, "digit", best.unwrap_or(0) as u32);
        set(&reading, "crop", crop);
        set(&reading, "small", Uint8Array::from(digit.fitted.as_slice()));
        set(&reading, "smallSide", BOX as u32);
        set(&reading, "centred", Uint8Array::from(digit.pixels.as_slice()));
        set(&reading, "centredSide", SIDE as u32);
        Ok(reading)
    }

    /// Up to `most` test images with their readings, those of one label, one reading, or wrong ones only.
    ///
    /// # Errors
    /// The run has no network, or the test images have not been judged.
    #[wasm_bindgen(unchecked_return_type = "DigitsAnswer")]
    pub fn digits(
        &mut self,
        truth: Option<u8>,
        reading: Option<u8>,
        wrong_only: bool,
        most: usize,
    ) -> Result<JsValue, JsValue> {
        let course = self.course()?;
        if course.readings().is_empty() {
            return Err(to_js(Error::new(Code::NotReady, "digits", "test images", "")));
        }
        let test = course.test();
        let wanted = course.readings().iter().enumerate().filter(|&(image, &read)| {
            let label = test.label(image);
            truth.is_none_or(|truth| truth == label)
                && reading.is_none_or(|reading| reading == read)
                && (!wrong_only || read != label)
        });
        let (mut images, mut labels, mut readings, indices) = (vec![], vec![], vec![], Array::new());
        let mut count = 0_u32;
        for (image, &read) in wanted {
            count += 1;
            if images.len() >= most {
                continue;
            }
            let label = test.label(image);
            let wrong = read != label;
            let caption = if wrong { format!("{label} → {read}") } else { read.to_string() };
            images.push(Image {
                pixels: test.pixels(image).unwrap_or_default(),
                caption: Text::same(caption),
                wrong,
            });
            labels.push(label);
            readings.push(read);
            indices.push(&JsValue::from(image as u32));
        }
        let (height, width) = test.size().unwrap_or((SIDE, SIDE));
        let chart = Chart::ImageGrid(ImageGrid { width, height, meaning: Meaning::Ink, images });
        let answer: JsValue = Object::new().into();
        set(&answer, "chart", Uint8Array::from(chart.to_bytes().as_slice()));
        set(&answer, "labels", Uint8Array::from(labels.as_slice()));
        set(&answer, "readings", Uint8Array::from(readings.as_slice()));
        set(&answer, "indices", indices);
        set(&answer, "count", count);
        Ok(answer)
    }

    /// One test image, its pixels 0 to 255 and its label, or null when there is none of this index.
    ///
    /// # Errors
    /// None.
    #[wasm_bindgen(js_name = testImage, unchecked_return_type = "{ pixels: Uint8Array, label: number } | null")]
    pub fn test_image(&self, index: usize) -> JsValue {
        if index >= self.test.len() {
            return JsValue::NULL;
        }
        let image: JsValue = Object::new().into();
        set(&image, "pixels", Uint8Array::from(self.test.pixels(index).unwrap_or_default().as_slice()));
        set(&image, "label", self.test.label(index));
        image
    }

    /// How often each label was read as each class, or null before the test images were judged.
    ///
    /// # Errors
    /// The run has no network.
    #[wasm_bindgen(unchecked_return_type = "ConfusionAnswer | null")]
    pub fn confusion(&mut self) -> Result<JsValue, JsValue> {
        let course = self.course()?;
        let (Some(confusion), Some(iteration)) = (course.confusion(), course.read_at()) else {
            return Ok(JsValue::NULL);
        };
        let answer: JsValue = Object::new().into();
        set(&answer, "counts", js_sys::Uint32Array::from(confusion.counts()));
        set(&answer, "accuracy", confusion.accuracy());
        set(&answer, "iteration", iteration as f64);
        Ok(answer)
    }

    /// The run's network as a safetensors file, in single or half precision.
    ///
    /// # Errors
    /// The run has no network, or one that could not be read again.
    pub fn save(&mut self, half: bool) -> Result<Vec<u8>, JsValue> {
        let course = self.course()?;
        let evaluated = course.read_at().zip(course.confusion());
        let evaluated =
            evaluated.map(|(iteration, confusion)| Evaluated { iteration, accuracy: confusion.accuracy() });
        let precision = if half { Precision::Half } else { Precision::Single };
        weights::save(course.trainer(), evaluated, precision).map_err(to_js)
    }

    /// The run's weights as an .npz file for NumPy, named as in the book.
    ///
    /// # Errors
    /// The run has no network.
    #[wasm_bindgen(js_name = saveNpz)]
    pub fn save_npz(&mut self) -> Result<Vec<u8>, JsValue> {
        book_weights::save(self.course()?.trainer()).map_err(to_js)
    }

    /// Puts the network of a file in place of the run's: a safetensors file of ours, or an .npz with the weights of
    /// dense layers (`W1`, `b1` and so on), between which the activation function is the one in the settings.
    ///
    /// # Errors
    /// The file is malformed or holds no network from 784 pixels to 10 classes; then nothing changed.
    #[wasm_bindgen(js_name = loadWeights)]
    pub fn load_weights(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        let mut trainer = self.network_of(bytes).map_err(to_js)?;
        let (inputs, outputs) = (trainer.network().inputs(), trainer.network().outputs());
        if (inputs, outputs) != (SIDE * SIDE, CLASSES) {
            let value = format!("{inputs} → {outputs}");
            return Err(to_js(Error::new(Code::SizeMismatch, "file", value, "784 → 10")));
        }
        let mut course = Course::of(trainer, None);
        course.set_images(self.training.clone(), self.test.clone()).map_err(to_js)?;
        course.judge_now();
        self.opened()?.run.set_course(course).map_err(to_js)
    }

    /// Back to the last weights whose loss was good.
    ///
    /// # Errors
    /// There are none.
    #[wasm_bindgen(js_name = goBack)]
    pub fn go_back(&mut self) -> Result<(), JsValue> {
        self.course()?.go_back().map_err(to_js)
    }

    /// Everything the run became, but the images, to go on in another worker.
    ///
    /// # Errors
    /// The run has no network.
    pub fn snapshot(&mut self) -> Result<Vec<u8>, JsValue> {
        Ok(snapshot::take(self.course()?))
    }

    /// Goes on from a snapshot of a run with the same settings.
    ///
    /// # Errors
    /// The bytes are no such snapshot.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        let snapshot = Snapshot::parse(bytes).map_err(to_js)?;
        if let Some(course) = snapshot.other_course(self.course()?).map_err(to_js)? {
            self.opened()?.run.set_course(course).map_err(to_js)?;
        }
        snapshot.restore(self.course()?).map_err(to_js)
    }
}

impl Session {
    fn opened(&mut self) -> Result<&mut Open, JsValue> {
        self.open.as_mut().ok_or_else(|| to_js(Error::new(Code::NotReady, "session", "open", "")))
    }

    fn network_of(&mut self, bytes: &[u8]) -> Result<Trainer<f32>, Error> {
        // Not the spec of the present network, which may be from a file itself: the form's.
        let training = self.open.as_mut().and_then(|open| open.run.training());
        let missing = || Error::new(Code::NotReady, "file", "a lab with a network", "");
        weights::load_any(bytes, &training.ok_or_else(missing)?.spec).map(|(trainer, _)| trainer)
    }

    fn course(&mut self) -> Result<&mut Course, JsValue> {
        let course = self.opened()?.run.course();
        course.ok_or_else(|| to_js(Error::new(Code::NotReady, "session", "a lab with a network", "")))
    }
}

/// A view without its charts, which cross as bytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainView {
    phase: Phase,
    notice: Option<Notice>,
    numbers: Vec<Number>,
    table: Option<Table>,
    can_go_back: Option<u64>,
    images: Option<u64>,
}

fn check(lab: &Lab, settings: JsValue) -> Result<Settings, JsValue> {
    let raw = settings_from_js(&settings)?;
    Settings::check(lab.fields, &raw)
        .map_err(|faults| faults.into_iter().next().map_or(JsValue::UNDEFINED, to_js))
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type Table = { columns: Text[]; rows: Text[][] };
export type View = {
  phase: "waiting" | "ready" | "finished" | "stopped";
  notice: { code: string; params: Record<string, string> } | null;
  numbers: { name: string; label: Text; value: string }[];
  table: Table | null;
  charts: { name: string; bytes: Uint8Array }[];
  /** the iteration of the last good weights, after a run has diverged */
  canGoBack: number | null;
  /** images learned so far */
  images: number | null;
};
export type Reading = {
  probabilities: Float32Array; digit: number;
  crop: { x: number; y: number; width: number; height: number };
  small: Uint8Array; smallSide: number; centred: Uint8Array; centredSide: number;
};
export type DigitsAnswer = {
  chart: Uint8Array; labels: Uint8Array; readings: Uint8Array; indices: number[]; count: number;
};
export type ConfusionAnswer = { counts: Uint32Array; accuracy: number; iteration: number };
"#;
