//! Log-likelihood of outputs that are sigmoids of their own.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::{Loss, distance, softplus};
use crate::real::Real;

/// −Σ_k [t_k log y_k + (1 − t_k) log(1 − y_k)] of each row with y_k = sigmoid(a_k), t being 1 at the label and 0
/// elsewhere: every output answers by itself whether the input is of its class, so that the answers need not add up
/// to 1.
///
/// It is computed as Σ_k log(1 + e^(−s·a_k)) with s = 1 at the label and −1 elsewhere, which overflows nowhere and takes
/// no logarithm of a rounded 0. Smooth everywhere.
#[derive(Clone, Copy, Debug)]
pub struct LogLikelihood;

impl<T: Real> Loss<T> for LogLikelihood {
    fn mean(&self, logits: ArrayView2<'_, T>, labels: &[u8]) -> T {
        let rows = logits.rows().into_iter().zip(labels);
        let total: T = rows
            .map(|(row, &label)| {
                let against = |(k, &a): (usize, &T)| if k == usize::from(label) { -a } else { a };
                row.iter().enumerate().map(|output| softplus(against(output))).sum::<T>()
            })
            .sum();
        total / T::from_f64(labels.len() as f64)
    }

    fn gradient(&self, logits: ArrayView2<'_, T>, labels: &[u8], mut gradient: ArrayViewMut2<'_, T>) -> T {
        let share = T::one() / T::from_f64(labels.len() as f64);
        for ((row, mut slopes), &label) in logits.rows().into_iter().zip(gradient.rows_mut()).zip(labels) {
            for (k, (slope, &a)) in slopes.iter_mut().zip(row).enumerate() {
                *slope = distance(a, k == usize::from(label)) * share;
            }
        }
        self.mean(logits, labels)
    }

    fn outputs(&self, mut logits: ArrayViewMut2<'_, T>) {
        logits.mapv_inplace(T::sigmoid);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn a_row_by_hand() {
        // y = ½, ¾, ¼ with the label 1: −log ½ − log ¾ − log ¾ = log 32/9; slopes y − t.
        let logits = array![[0.0, 3_f64.ln(), -3_f64.ln()]];
        let mut gradient = Array2::zeros((1, 3));
        let loss = LogLikelihood.gradient(logits.view(), &[1], gradient.view_mut());
        assert!((loss - (32_f64 / 9.0).ln()).abs() < 1e-15);
        assert!((gradient - array![[0.5, -0.25, 0.25]]).iter().all(|apart| apart.abs() < 1e-15));
        let mut outputs = logits;
        LogLikelihood.outputs(outputs.view_mut());
        assert!((outputs - array![[0.5, 0.75, 0.25]]).iter().all(|apart| apart.abs() < 1e-15));
    }

    #[test]
    fn with_two_rows_it_is_their_mean() {
        let logits = array![[0.0, 0.0], [0.0, 0.0]];
        let loss: f64 = LogLikelihood.mean(logits.view(), &[0, 1]);
        assert!((loss - 4_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn logits_of_ten_thousand_stay_finite_and_nan_is_seen() {
        let logits = array![[1e4_f32, -1e4, -1e4]];
        let mut gradient = Array2::zeros((1, 3));
        assert_eq!(LogLikelihood.gradient(logits.view(), &[0], gradient.view_mut()), 0.0);
        assert_eq!(gradient, array![[0.0, 0.0, 0.0]]);
        assert_eq!(LogLikelihood.gradient(logits.view(), &[1], gradient.view_mut()), 2e4);
        assert_eq!(gradient, array![[1.0, -1.0, 0.0]]);
        assert!(LogLikelihood.mean(array![[f32::NAN, 0.0]].view(), &[1]).is_nan());
    }
}
