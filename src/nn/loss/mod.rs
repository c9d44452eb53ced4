//! Losses, each with the output function that goes with it and its derivative.
//!
//! A loss takes a network's raw outputs ("logits" where softmax or a sigmoid follows), because output function and
//! loss together have a simple and stable derivative: for softmax with cross-entropy it is y − t (book 5.6.3).

mod binary_cross_entropy;
mod hinge;
mod huber;
mod log_likelihood;
mod mean_squared_error;
mod softmax_cross_entropy;

use ndarray::{ArrayView2, ArrayViewMut2};

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use hinge::Hinge;
pub use huber::Huber;
pub use log_likelihood::LogLikelihood;
pub use mean_squared_error::MeanSquaredError;
pub use softmax_cross_entropy::{SoftmaxCrossEntropy, cross_entropy, softmax};

use super::spec::LossSpec;
use crate::real::Real;

/// A loss over a batch.
///
/// # Shapes
/// `logits` is `[batch, classes]`, `labels` one class number a row, below `classes` (0 or 1 for binary
/// cross-entropy).
pub trait Loss<T: Real>: Send {
    /// The loss of each row, summed and divided by the batch size.
    fn mean(&self, logits: ArrayView2<'_, T>, labels: &[u8]) -> T;

    /// Writes the derivative of [`mean`](Self::mean) with respect to the logits, and returns the mean.
    fn gradient(&self, logits: ArrayView2<'_, T>, labels: &[u8], gradient: ArrayViewMut2<'_, T>) -> T;

    /// Turns logits into what the network says: probabilities, or the outputs themselves.
    fn outputs(&self, logits: ArrayViewMut2<'_, T>);

    /// The class that a row of logits speaks for.
    fn class(&self, logits: &[T]) -> u8 {
        let mut best = 0;
        for (class, value) in logits.iter().enumerate() {
            if *value > logits[best] {
                best = class;
            }
        }
        best as u8
    }
}

impl LossSpec {
    /// Whether the outputs that go with this loss are probabilities: those of softmax, which add up to 1, or of a
    /// sigmoid for each output, which need not. Those of the others are scores of any size.
    pub fn gives_probabilities(self) -> bool {
        match self {
            Self::SoftmaxCrossEntropy | Self::BinaryCrossEntropy | Self::LogLikelihood => true,
            Self::MeanSquaredError | Self::Hinge | Self::Huber => false,
        }
    }
}

/// The loss of a spec.
pub fn build<T: Real>(spec: LossSpec) -> Box<dyn Loss<T>> {
    match spec {
        LossSpec::SoftmaxCrossEntropy => Box::new(SoftmaxCrossEntropy),
        LossSpec::MeanSquaredError => Box::new(MeanSquaredError),
        LossSpec::BinaryCrossEntropy => Box::new(BinaryCrossEntropy),
        LossSpec::Hinge => Box::new(Hinge),
        LossSpec::Huber => Box::new(Huber),
        LossSpec::LogLikelihood => Box::new(LogLikelihood),
    }
}

/// log(1 + eᵃ) = log(1 + e^−|a|) + max(a, 0), which overflows nowhere.
fn softplus<T: Real>(a: T) -> T {
    (T::one() + (-a.abs()).exponential()).logarithm() + a.max(T::zero())
}
