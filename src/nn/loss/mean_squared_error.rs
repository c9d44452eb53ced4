//! Squared error, book 4.2.1.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Loss;
use crate::real::Real;

/// ½ Σ (y − t)² of each row, t being 1 at the label and 0 elsewhere; outputs pass unchanged.
#[derive(Clone, Copy, Debug)]
pub struct MeanSquaredError;

impl<T: Real> Loss<T> for MeanSquaredError {
    fn mean(&self, logits: ArrayView2<'_, T>, labels: &[u8]) -> T {
        let half = T::from_f64(0.5);
        let rows = logits.rows().into_iter().zip(labels);
        let total: T = rows
            .map(|(row, &label)| {
                half * row.indexed_iter().map(|(k, &y)| distance(y, k, label).powi(2)).sum::<T>()
            })
            .sum();
        total / T::from_f64(labels.len() as f64)
    }

    fn gradient(&self, logits: ArrayView2<'_, T>, labels: &[u8], mut gradient: ArrayViewMut2<'_, T>) -> T {
        let share = T::one() / T::from_f64(labels.len() as f64);
        for ((row, mut slopes), &label) in logits.rows().into_iter().zip(gradient.rows_mut()).zip(labels) {
            for (k, (slope, &y)) in slopes.iter_mut().zip(row).enumerate() {
                *slope = distance(y, k, label) * share;
            }
        }
        self.mean(logits, labels)
    }

    fn outputs(&self, _: ArrayViewMut2<'_, T>) {}
}

/// y − t for class k.
#[inline(always)]
pub(super) fn distance<T: Real>(y: T, k: usize, label: u8) -> T {
    if k == usize::from(label) { y - T::one() } else { y }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn numbers_of_the_book() {
        // 4.2.1: the right class is 2; the book prints 0.0975 and 0.5975.
        let y = array![[0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]];
        let loss: f64 = MeanSquaredError.mean(y.view(), &[2]);
        assert_eq!(format!("{loss:.4}"), "0.0975");
        assert!((loss - 0.0975).abs() < 1e-15);
        let y = array![[0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0]];
        let loss: f64 = MeanSquaredError.mean(y.view(), &[2]);
        assert!((loss - 0.5975).abs() < 1e-15);
    }
}
