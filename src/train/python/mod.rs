//! A run, taken away: a script that repeats it with NumPy alone, with the files that it reads.
//!
//! The script is put together of what this network needs of a library of Python text, in the style of the book; that is
//! handed in. It begins with the same weights, learns the same mini-batches and prints its loss of each beside the one
//! that was found here.

mod script;
mod source;
mod trial;

use crate::data::batches::{Drawn, Order};
use crate::data::collection::Collection;
use crate::data::{npy, npz, zip};
use crate::error::{Code, Error, Result};
use crate::nn::layers::mask;
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::train::book_weights;
use crate::train::course::Ruled;
use crate::train::trainer::{Tensor, Trainer};
use crate::train::training::Training;
use trial::Trial;

/// The most bytes of an archive.
pub const LARGEST: usize = 24 << 20;

/// The weights that a run began with, each with the name that the book gives it.
struct Start {
    tensors: Vec<Tensor<f32>>,
    names: Vec<String>,
}

impl Start {
    /// The book's name of a parameter of the layer at a path: `3.1.0.` and `weight`.
    fn name(&self, path: &str, part: &str) -> String {
        let is_it = |tensor: &&Tensor<f32>| tensor.name.strip_prefix(path).is_some_and(|rest| rest == part);
        let found = self.tensors.iter().zip(&self.names).find(|(tensor, _)| is_it(tensor));
        found.map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// A run on its way into an archive, a mini-batch at a time.
pub struct Packing {
    spec: NetSpec,
    start: Start,
    losses: Vec<f32>,
    rules: Vec<Ruled>,
    samples: Collection,
    order: Order,
    /// The place in the archive of each sample that was drawn, in the order of the collection.
    places: Vec<Option<u32>>,
    /// The samples in their order in the archive.
    used: Vec<u32>,
    /// The samples of each mini-batch, by their places in the archive.
    batches: Vec<Vec<u32>>,
    /// The share that each dropout layer drops and how many values it has, in the order of the layers.
    dropouts: Vec<(f64, usize)>,
    /// For each of them, which values of each mini-batch stay, as packed bits.
    masks: Vec<Vec<u8>>,
    /// Bytes of the archive so far.
    bytes: usize,
    trial: Trial,
}

impl Packing {
    /// Begins to pack the first mini-batches of a run.
    ///
    /// # Errors
    /// It has learned nothing yet, or the samples that it learned from are not here.
    pub fn new(training: &Training) -> Result<Self> {
        let course = training.course();
        let spec = training.spec();
        if course.losses().is_empty() {
            return Err(Error::new(Code::NotReady, "python", "0 iterations", "≥ 1 iteration"));
        }
        let fresh = Trainer::<f32>::new(&spec)?;
        let mut tensors = fresh.state();
        if let Some(given) = course.start() {
            let mut given = given.iter();
            for value in tensors.iter_mut().flat_map(|tensor| &mut tensor.values) {
                *value = given.next().copied().unwrap_or_default();
            }
        }
        let names = book_weights::names(&tensors);
        let samples = training.trainer().training().clone();
        if samples.is_empty() {
            return Err(Error::new(Code::NotReady, "python", "0 samples", "≥ 1 sample"));
        }
        let mut order = Order::new(spec.seed);
        order.change(&Collection::default(), &samples);
        let numbers: usize = tensors.iter().map(|tensor| tensor.values.len()).sum();
        let mut dropouts = Vec::new();
        find_dropouts(&spec.layers, &spec.input, &mut dropouts);
        Ok(Self {
            losses: course.losses().to_vec(),
            rules: course.rules().to_vec(),
            order,
            places: vec![None; samples.len()],
            used: Vec::new(),
            batches: Vec::new(),
            masks: vec![Vec::new(); dropouts.len()],
            dropouts,
            // Scripts, headers and directories have a few thousand bytes.
            bytes: 4 * numbers + (64 << 10),
            trial: Trial::new(&spec, &tensors, course.rules(), &samples)?,
            start: Start { tensors, names },
            samples,
            spec,
        })
    }

    /// Packs one more mini-batch; false when all are packed, or no more fit.
    pub fn work(&mut self) -> bool {
        let iteration = self.batches.len();
        if iteration >= self.losses.len() {
            return false;
        }
        let width = self.samples.width().unwrap_or(0);
        let sample_bytes = if self.is_images() { width } else { 4 * width };
        let Drawn::Batch(images) = self.order.draw(self.spec.batch_size) else { return false };
        let unseen = images.iter().filter(|&&image| self.places[image as usize].is_none()).count();
        let masks: usize = self.dropouts.iter().map(|(_, values)| (images.len() * values).div_ceil(8)).sum();
        let more = unseen * (sample_bytes + 1) + 4 * self.spec.batch_size + masks + 4;
        // At least one: who has trained finds something in the archive.
        if self.bytes + more > LARGEST && iteration > 0 {
            return false;
        }
        self.bytes += more;
        let mut batch = Vec::with_capacity(images.len());
        for &image in images {
            let place = *self.places[image as usize].get_or_insert_with(|| {
                self.used.push(image);
                self.used.len() as u32 - 1
            });
            batch.push(place);
        }
        for (layer, (&(rate, values), packed)) in self.dropouts.iter().zip(&mut self.masks).enumerate() {
            let row = |row| {
                let mask = mask(rate, self.spec.seed, layer, iteration as u64, row);
                std::iter::repeat_with(mask).take(values)
            };
            pack((0..batch.len()).flat_map(row), packed);
        }
        self.batches.push(batch);
        self.trial.step(self.losses[iteration], &self.rules);
        true
    }

    /// How many mini-batches the page has learned, as far as they are remembered.
    pub fn learned(&self) -> usize {
        self.losses.len()
    }

    /// How many of them are packed.
    pub fn iterations(&self) -> usize {
        self.batches.len()
    }

    /// How many of these the script repeats with the same losses to 1e-5.
    pub fn agreeing(&self) -> usize {
        self.trial.agreeing()
    }

    /// Whether rounding has grown beyond that with the next one; else all are repeated, or it would take too long to try
    /// more.
    pub fn parted(&self) -> bool {
        self.trial.parted()
    }

    /// The archive. `library` is the Python text that the script takes its parts from, `title` says in a few words what
    /// was trained.
    pub fn finish(&self, library: &str, title: &str) -> Vec<u8> {
        let script = self.script(library, title);
        let readme = self.readme(title);
        let arrays = self.start.names.iter().zip(&self.start.tensors);
        let initial =
            npz::write(arrays.map(|(name, tensor)| (name.as_str(), &*tensor.shape, &*tensor.values)));
        let iterations = self.iterations();
        let size = self.spec.batch_size;
        let rows = self.batches.iter().flat_map(|batch| {
            let indices = batch.iter().map(|&index| index as i32);
            indices.chain(std::iter::repeat(-1)).take(size)
        });
        let labels = self.used.iter().map(|&sample| self.samples.label(sample as usize));
        let mut files = vec![
            ("train.py".to_owned(), script.into_bytes()),
            ("README.txt".to_owned(), readme.into_bytes()),
            ("initial.npz".to_owned(), initial),
            ("samples.npy".to_owned(), self.samples()),
            ("labels.npy".to_owned(), npy::write_as("|u1", &[self.used.len()], labels)),
            (
                "batches.npy".to_owned(),
                npy::write_as("<i4", &[iterations, size], rows.flat_map(i32::to_le_bytes)),
            ),
            ("losses.npy".to_owned(), npy::write(&[iterations], &self.losses[..iterations])),
        ];
        for (place, masks) in self.masks.iter().enumerate() {
            let file = npy::write_as("|u1", &[masks.len()], masks.iter().copied());
            files.push((format!("dropout{}.npy", place + 1), file));
        }
        zip::write(&files)
    }

    /// The samples that were drawn: pixels from 0 to 255, or rows of numbers.
    fn samples(&self) -> Vec<u8> {
        let used = self.used.iter().map(|&sample| sample as usize);
        if let Some((height, width)) = self.samples.size() {
            let pixels = used.flat_map(|sample| self.samples.pixels(sample).unwrap_or_default());
            return npy::write_as("|u1", &[self.used.len(), height, width], pixels);
        }
        let rows = used.flat_map(|sample| self.samples.row(sample).unwrap_or_default());
        let values: Vec<f32> = rows.map(|&value| value as f32).collect();
        npy::write(&[self.used.len(), self.samples.width().unwrap_or(0)], &values)
    }

    fn script(&self, library: &str, title: &str) -> String {
        let iterations = self.iterations();
        let network = script::network(&self.spec, &self.start);
        let packed = |rule: &&Ruled| rule.from < iterations as u64;
        let learning = script::learning(&self.rules.iter().filter(packed).copied().collect::<Vec<_>>());
        let shape: String = self.spec.input.iter().map(|length| format!(", {length}")).collect();
        let scale = if self.is_images() { " / 255" } else { "" };
        let main = script::main(&shape, scale, self.agreeing());
        let parts = source::needed(library, &[&*network, &*learning, &*main].join("\n"));
        let about = self.about(title);
        [&*script::head(&plain(&about)), &*parts, &*network, "\n\n", &*learning, "\n\n", &*main].concat()
    }

    /// What the archive holds, in a line.
    fn about(&self, title: &str) -> String {
        let (packed, learned) = (self.iterations(), self.learned());
        let first = if packed < learned { "the first " } else { "" };
        format!("{title}: {first}{packed} iterations.")
    }

    fn readme(&self, title: &str) -> String {
        let about = plain(&self.about(title));
        format!("{about}\nUnpack this archive and run: python train.py (Python 3 and NumPy).\n")
    }

    fn is_images(&self) -> bool {
        self.samples.size().is_some()
    }
}

/// A text that can stand in a comment of Python.
fn plain(text: &str) -> String {
    let safe = |letter: char| if letter.is_control() || "\\\"".contains(letter) { ' ' } else { letter };
    text.chars().map(safe).collect()
}

/// Adds bits to bytes, the first one highest, as NumPy's `unpackbits` reads them.
fn pack(bits: impl Iterator<Item = bool>, into: &mut Vec<u8>) {
    for (count, bit) in bits.enumerate() {
        if count % 8 == 0 {
            into.push(0);
        }
        if let Some(last) = into.last_mut() {
            *last |= u8::from(bit) << (7 - count % 8);
        }
    }
}

/// The dropout layers of a network, in the order in which it is built.
fn find_dropouts(layers: &[LayerSpec], input: &[usize], found: &mut Vec<(f64, usize)>) {
    let mut shape = input.to_vec();
    for layer in layers {
        match layer {
            LayerSpec::Dropout { rate } => found.push((*rate, shape.iter().product())),
            LayerSpec::Branches { branches, .. } => {
                branches.iter().for_each(|layers| find_dropouts(layers, &shape, found));
            }
            _ => {}
        }
        shape = layer.output_shape(&shape).unwrap_or_default();
    }
}
