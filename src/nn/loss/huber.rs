//! Huber's loss.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Loss;
use super::mean_squared_error::distance;
use crate::real::Real;

/// Σ H(y − t) of each row, t being 1 at the label and 0 elsewhere, with H(d) = ½d² where |d| ≤ 1 and |d| − ½ beyond:
/// a squared error that an output far off does not dominate. Outputs pass unchanged.
///
/// P. J. Huber, "Robust estimation of a location parameter", 1964, with δ = 1. Value and slope are continuous; the
/// slope itself has a kink at |d| = 1.
#[derive(Clone, Copy, Debug)]
pub struct Huber;

impl<T: Real> Loss<T> for Huber {
    fn mean(&self, logits: ArrayView2<'_, T>, labels: &[u8]) -> T {
        let half = T::from_f64(0.5);
        let cost = |distance: T| {
            let far = distance.abs();
            if far <= T::one() { half * distance * distance } else { far - half }
        };
        let rows = logits.rows().into_iter().zip(labels);
        let total: T = rows
            .map(|(row, &label)| row.indexed_iter().map(|(k, &y)| cost(distance(y, k, label))).sum::<T>())
            .sum();
        total / T::from_f64(labels.len() as f64)
    }

    fn gradient(&self, logits: ArrayView2<'_, T>, labels: &[u8], mut gradient: ArrayViewMut2<'_, T>) -> T {
        let share = T::one() / T::from_f64(labels.len() as f64);
        for ((row, mut slopes), &label) in logits.rows().into_iter().zip(gradient.rows_mut()).zip(labels) {
            for (k, (slope, &y)) in slopes.iter_mut().zip(row).enumerate() {
                let distance = distance(y, k, label);
                *slope = if distance.abs() <= T::one() { distance } else { distance.signum() } * share;
            }
        }
        self.mean(logits, labels)
    }

    fn outputs(&self, _: ArrayViewMut2<'_, T>) {}
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn two_rows_by_hand() {
        // Distances 0.5, −2, 2: 0.125 + 1.5 + 1.5; and −1, −1, 0, on the seam: 0.5 + 0.5.
        let y = array![[0.5, -2.0, 3.0], [0.0, -1.0, 0.0]];
        let mut gradient = Array2::zeros((2, 3));
        let mean = Huber.gradient(y.view(), &[2, 0], gradient.view_mut());
        assert_eq!(mean, (3.125 + 1.0) / 2.0);
        assert_eq!(mean, Huber.mean(y.view(), &[2, 0]));
        assert_eq!(gradient, array![[0.25, -0.5, 0.5], [-0.5, -0.5, 0.0]]);
    }

    #[test]
    fn outputs_of_ten_thousand_pull_no_more_than_1_and_nan_is_seen() {
        let y = array![[1e4_f32, -1e4]];
        let mut gradient = Array2::zeros((1, 2));
        assert_eq!(Huber.gradient(y.view(), &[0], gradient.view_mut()), 9_998.5 + 9_999.5);
        assert_eq!(gradient, array![[1.0, -1.0]]);
        assert!(Huber.gradient(array![[f32::NAN, 0.0]].view(), &[1], gradient.view_mut()).is_nan());
        assert!(gradient[(0, 0)].is_nan());
    }
}
