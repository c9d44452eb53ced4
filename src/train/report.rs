//! What a task has come to, as data: it crosses from a worker to the page as bytes.

use serde::{Deserialize, Serialize};

use super::health::Health;
use super::history::Bucket;
use crate::error::{Code, Error, Result};
use crate::nn::spec::NetSpec;

/// How far a task is and what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Whether it can go on.
    pub phase: Phase,
    /// Steps done: mini-batches of a training.
    pub done: u64,
    /// Steps in all; none for a run without end.
    pub of: Option<u64>,
    /// How long it was at work.
    pub seconds: f64,
    /// What it found.
    pub findings: Findings,
}

/// Whether a task can go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The data of the next step has not arrived.
    Waiting,
    /// It can go on.
    #[default]
    Ready,
    /// All steps are done, the last evaluation included.
    Finished,
    /// It diverged.
    Diverged,
}

/// What a task found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "a report has one, and few reports are kept")]
pub enum Findings {
    /// Of a training.
    Training(Training),
    /// Of a look at a network that has not learned.
    Spread(Spread),
    /// Of images that were classified.
    Inference(Inference),
    /// Of a check of backpropagation.
    Check(Check),
}

/// The state of a training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Examples learned so far, repeats counted.
    pub examples: u64,
    /// Mini-batches in an epoch; 0 before any data arrived.
    pub per_epoch: u64,
    /// How many inputs the network has, and how many units each of its dense layers: 784, 50, 10.
    pub sizes: Vec<usize>,
    /// The loss of each mini-batch before its update. The last bucket of a run that diverged holds its last finite loss.
    pub loss: Vec<Bucket>,
    /// The loss of the last mini-batch, which may be infinite or not a number.
    pub last_loss: Option<f64>,
    /// Iteration and accuracy on the training examples of the plan, 0 to 1, at most
    /// [`Points::MOST`](super::history::Points::MOST).
    pub training_accuracy: Vec<(u64, f64)>,
    /// Iteration and accuracy on the test examples of the plan, 0 to 1, at the same iterations.
    pub test_accuracy: Vec<(u64, f64)>,
    /// The accuracy of the weights as they are on the training examples of the plan, where they were evaluated.
    pub present_training_accuracy: Option<f64>,
    /// The same on its test examples, of the same evaluation; before that what the file of the network says of all of
    /// MNIST's test images, where the plan names these.
    pub present_test_accuracy: Option<f64>,
    /// When it was first evaluated above [`Reached::ABOVE`] on the test examples; none for a network that came with weights.
    pub reached: Option<Reached>,
    /// Where it is looked at, when that is not where it had come. The curves are whole, the rest is as it was then.
    pub looking: Option<Look>,
    /// What the last change of its course left behind.
    pub ghost: Option<Ghost>,
    /// When it diverged, counted from 1.
    pub diverged_at: Option<u64>,
    /// The iteration of the kept weights that a diverged run can go back to.
    pub way_back: Option<u64>,
    /// What the last look inside the network found; none before the first mini-batch, or where it is not observed.
    pub health: Option<Health>,
    /// The test examples that it gets wrong, when they are wanted; none before its network was evaluated.
    pub mistakes: Option<Mistakes>,
    /// What was found of each share of the test examples, where the plan has several; none before the first
    /// share has arrived.
    pub shares: Option<Shares>,
    /// How many bytes the file had that its network came from.
    pub file_bytes: Option<u32>,
    /// The weights of the first layer as images, when they are wanted.
    pub weights: Option<WeightImages>,
    /// The loss around the weights, as far as it is computed, when it is wanted.
    pub landscape: Option<Landscape>,
    /// All of the network's numbers, parameter after parameter, when they are wanted and at most
    /// [`MOST_PARAMETERS`](Self::MOST_PARAMETERS); else empty.
    pub parameters: Vec<f32>,
    /// The network as it is, with its update rule, batch size and loss: that of a file where one was loaded.
    #[serde(with = "super::packed::maybe_net_spec")]
    pub spec: Option<NetSpec>,
}

impl Training {
    /// The most numbers of a network that are reported.
    pub const MOST_PARAMETERS: usize = 10_000;
}

/// A look back at a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// The iteration that it had come to.
    pub newest: u64,
    /// The loss at the iteration that is looked at.
    pub loss: Option<f64>,
}

/// The curves of a run from where another one went on from its past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ghost {
    /// The loss, as in [`Training::loss`].
    pub loss: Vec<Bucket>,
    /// Iteration and accuracy on test examples.
    pub test_accuracy: Vec<(u64, f64)>,
}

/// When a network that began with random weights was first good.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The iteration of that evaluation.
    pub iteration: u64,
    /// How long the training had been at work by the report that first told of it.
    pub seconds: f64,
}

impl Reached {
    /// The test accuracy that it had passed.
    pub const ABOVE: f64 = 0.9;
}

/// The weights of units as images, one shade for each weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightImages {
    /// Pixels in a row.
    pub width: usize,
    /// Pixels in a column.
    pub height: usize,
    /// For each unit `width × height` shades: 128 is a weight of zero, 255 a positive and 0 a negative one of the size that
    /// 99.5 % of all weights do not exceed, or more.
    #[serde(with = "super::packed::images")]
    pub units: Vec<Vec<u8>>,
    /// How many units the layer has; at most [`WeightImages::MOST`] are in `units`, the first ones.
    pub count: usize,
}

impl WeightImages {
    /// The most units that are reported.
    pub const MOST: usize = 100;
}

/// The loss of a network on a plane through its weights: at α and β each from −1 to 1 it is that of the weights plus α times
/// one random direction plus β times another. Either is as long as the weights, filter by filter (Li et al. 2018).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Landscape {
    /// The iteration of the weights in its middle.
    pub iteration: u64,
    /// Of how many test examples each loss is the mean.
    pub examples: usize,
    /// Points along α and along β: one more than a power of two.
    pub side: usize,
    /// `side × side` losses, the row of the lowest β first. Not a number where it is not computed yet, infinite where the
    /// loss itself is none.
    pub values: Vec<f32>,
    /// How many of them are computed: those that lie far apart come first.
    pub done: usize,
}

/// What was found of each share of the test examples: of those that the network learns as against others, say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// How many examples each share has, in the order of the plan, as far as they have arrived.
    pub lengths: Vec<u32>,
    /// Iteration and how many of each share are classified correctly, at most [`MOST`](Self::MOST).
    pub right: Vec<(u64, Vec<u32>)>,
    /// The width of the images of the first share; 0 where those are no images.
    pub width: u32,
    /// The examples of the first share, at most [`MOST`](Self::MOST).
    pub first: Vec<Judged>,
}

impl Shares {
    /// So many evaluations are remembered, and so many examples told.
    pub const MOST: usize = 400;
}

/// An example and what it was classified as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What it is.
    pub label: u8,
    /// What the network took it for at the first evaluation; none before that.
    pub before: Option<u8>,
    /// The same at the last one.
    pub now: Option<u8>,
    /// 0 to 255; empty where it is no image.
    #[serde(with = "serde_bytes")]
    pub pixels: Vec<u8>,
}

/// What a network gets wrong of the test examples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mistakes {
    /// How many of the test examples have been classified so far, the first ones.
    pub seen: u32,
    /// How many there are to classify.
    pub of: u32,
    /// How many of those seen are wrong.
    pub count: u32,
    /// Pixels in a row of an image; 0 where the examples are no images.
    pub width: u32,
    /// The first ones that are wrong, in their order, at most [`Mistakes::MOST`].
    pub listed: Vec<Mistake>,
}

impl Mistakes {
    /// The most that are listed.
    pub const MOST: usize = 400;
}

/// A test example that is classified wrongly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// Its place in the test set.
    pub index: u32,
    /// What it is.
    pub label: u8,
    /// What it is taken for.
    pub guess: u8,
    /// The probability of that guess; not a number where the network gives none.
    pub probability: f32,
    /// Its pixels, 0 to 255, the top row first; empty where it is no image.
    #[serde(with = "serde_bytes")]
    pub pixels: Vec<u8>,
}

/// How values are spread in a network that has not learned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// For each hidden layer, first to last: the outputs of its activation function.
    pub activations: Vec<Distribution>,
    /// For each hidden layer: the gradient of the loss with respect to these outputs.
    pub gradients: Vec<Distribution>,
}

/// What came of images that a network classified.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inference {
    /// How many images it classified, repeats counted.
    pub images: u64,
    /// How many different ones.
    pub different: u64,
    /// How many of these correctly.
    pub correct: u64,
    /// For each activation function, first to last, its outputs, where they are looked at.
    pub activations: Vec<Distribution>,
}

/// How the values of an array are spread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// The lower edge of the first bin.
    pub low: f64,
    /// The upper edge of the last bin.
    pub high: f64,
    /// How many values fell into each of the equal bins.
    pub counts: Vec<u32>,
    /// Their mean; not a number without values.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// The share of values that are exactly 0: units that are off.
    pub zeros: f64,
    /// The share of values where the slope of a sigmoid or tanh has fallen below a tenth of its highest; none for others.
    pub saturated: Option<f64>,
}

/// How far backpropagation and differences lie apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// For each parameter, in their order.
    pub params: Vec<Checked>,
    /// h, and how far differences with it are from the gradient on average: in double and in single precision.
    pub errors: Vec<[f64; 3]>,
    /// The samples: label and pixels; empty before they have arrived.
    pub images: Vec<(u8, Vec<u8>)>,
}

/// One parameter of a checked network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// Such as `0.weight`.
    pub name: String,
    /// The lengths of its axes.
    pub shape: Vec<usize>,
    /// How many of its numbers are checked.
    pub count: u64,
    /// In double precision.
    pub double: Apart,
    /// In single precision.
    pub single: Apart,
    /// For each number how far both lie apart in double precision: 0 for 1e-16 and less, 255 for 1 and more, by powers of
    /// ten between.
    #[serde(with = "serde_bytes")]
    pub shades: Vec<u8>,
}

/// How far the numbers of a parameter lie apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Apart {
    /// Of all distances.
    pub sum: f64,
    /// Of the sizes of both, added up: the sum of distances over this is 0 where they agree and at most 1.
    pub size: f64,
    /// The largest distance.
    pub worst: f64,
    /// Where that is.
    pub index: u32,
    /// The difference there.
    pub numerical: f64,
    /// The gradient by backpropagation there.
    pub gradient: f64,
}

/// The shade of a distance in [`Checked::shades`].
pub(super) fn shade_of(distance: f64) -> u8 {
    let power = libm::log10(distance.abs());
    if power.is_nan() { u8::MAX } else { (255.0 * (power + 16.0) / 16.0).clamp(0.0, 255.0) as u8 }
}

/// What a report is to hold beyond progress and curves, because it is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Want {
    /// [`Training::weights`].
    Weights,
    /// [`Training::landscape`], which is computed while the run rests.
    Landscape,
    /// [`Training::mistakes`].
    Mistakes,
    /// [`Training::parameters`].
    Parameters,
}

impl Report {
    /// The report as bytes, for the way to the page of the same version.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// The report that [`to_bytes`](Self::to_bytes) made these bytes from.
    ///
    /// # Errors
    /// There is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        postcard::from_bytes(bytes).map_err(|error| Error::new(Code::WrongKind, "report", error, "Report"))
    }

    /// What it found, if it is of a training.
    pub fn training(&self) -> Option<&Training> {
        match &self.findings {
            Findings::Training(training) => Some(training),
            _ => None,
        }
    }
}
