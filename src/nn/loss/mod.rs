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

/// sigmoid(a) − t where the target t is 1 or 0: the slope of both losses of sigmoids.
///
/// For t = 1 it is −sigmoid(−a), for sigmoid(a) − 1 cancels: at a = 9 it has three digits in `f32`, at 17 none.
#[inline(always)]
fn distance<T: Real>(a: T, is_target: bool) -> T {
    if is_target { -(-a).sigmoid() } else { a.sigmoid() }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Slopes of a sure and right answer are small, and yet have as many digits as any other.
    #[test]
    fn slopes_of_sigmoids_keep_their_digits_however_sure_the_answer() {
        for step in -850..=850 {
            let a = step as f32 * 0.1;
            // e^−|a| / (1 + e^−|a|) on the side that is close to 0.
            let close_to_0 = libm::exp(-f64::from(a).abs()) / (1.0 + libm::exp(-f64::from(a).abs()));
            let sigmoid = |a: f32| if a < 0.0 { close_to_0 } else { 1.0 - close_to_0 };
            for label in [0, 1] {
                let expected = if label == 0 { sigmoid(a) } else { -sigmoid(-a) };
                let logits = Array2::from_elem((1, 1), a);
                let mut slope = Array2::zeros((1, 1));
                BinaryCrossEntropy.gradient(logits.view(), &[label], slope.view_mut());
                let found = f64::from(slope[(0, 0)]);
                assert!((found / expected - 1.0).abs() < 1e-6, "{found} for {expected} at {a}");
                // The label 1 of two outputs is the target of the second.
                let (logits, mut slopes) = (Array2::from_elem((1, 2), a), Array2::zeros((1, 2)));
                LogLikelihood.gradient(logits.view(), &[label], slopes.view_mut());
                assert_eq!(slopes[(0, 1)], slope[(0, 0)]);
            }
        }
    }
}
