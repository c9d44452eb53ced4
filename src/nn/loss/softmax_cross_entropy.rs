//! Softmax with cross-entropy, book 3.5, 4.2.2 and 5.6.3.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Loss;
use crate::real::Real;

/// −log of the probability that softmax gives to the right class.
#[derive(Clone, Copy, Debug)]
pub struct SoftmaxCrossEntropy;

impl<T: Real> Loss<T> for SoftmaxCrossEntropy {
    fn mean(&self, logits: ArrayView2<'_, T>, labels: &[u8]) -> T {
        let total: T = logits
            .rows()
            .into_iter()
            .zip(labels)
            .map(|(row, &label)| {
                // log Σ e^(a − max) − (a_label − max): no logarithm of a rounded 0, whatever the logits.
                let highest = highest(row.iter().copied());
                let sum: T = row.iter().map(|&a| (a - highest).exponential()).sum();
                sum.logarithm() - (row[usize::from(label)] - highest)
            })
            .sum();
        total / T::from_f64(labels.len() as f64)
    }

    fn gradient(&self, logits: ArrayView2<'_, T>, labels: &[u8], mut gradient: ArrayViewMut2<'_, T>) -> T {
        let share = T::one() / T::from_f64(labels.len() as f64);
        let mut total = T::zero();
        let Some(slopes) = gradient.as_slice_mut() else { return T::nan() };
        let width = logits.ncols();
        for (row, slopes) in logits.rows().into_iter().zip(slopes.chunks_exact_mut(width)) {
            let highest = highest(row.iter().copied());
            slopes.iter_mut().zip(row).for_each(|(slope, &a)| *slope = a - highest);
        }
        for (slopes, &label) in slopes.chunks_exact(width).zip(labels) {
            total -= slopes[usize::from(label)];
        }
        // All at once, so that it is SIMD.
        slopes.iter_mut().for_each(|slope| *slope = slope.exponential());
        for (slopes, &label) in slopes.chunks_exact_mut(width).zip(labels) {
            let sum: T = slopes.iter().copied().sum();
            total += sum.logarithm();
            let scale = share / sum;
            slopes.iter_mut().for_each(|slope| *slope *= scale);
            slopes[usize::from(label)] -= share;
        }
        total * share
    }

    fn outputs(&self, mut logits: ArrayViewMut2<'_, T>) {
        for mut row in logits.rows_mut() {
            if let Some(row) = row.as_slice_mut() {
                softmax(row);
            }
        }
    }
}

/// y_k = e^(a_k − max a) / Σ e^(a_i − max a), book 3.5.2, in place.
pub fn softmax<T: Real>(values: &mut [T]) {
    let highest = highest(values.iter().copied());
    let mut sum = T::zero();
    for value in values.iter_mut() {
        *value = (*value - highest).exponential();
        sum += *value;
    }
    for value in values {
        *value /= sum;
    }
}

/// −Σ t log(y + 1e-7), book 4.2.2: of probabilities, with the book's guard against log 0.
pub fn cross_entropy<T: Real>(probabilities: &[T], targets: &[T]) -> T {
    let guard = T::from_f64(1e-7);
    -probabilities.iter().zip(targets).map(|(&y, &t)| t * (y + guard).logarithm()).sum::<T>()
}

fn highest<T: Real>(values: impl Iterator<Item = T>) -> T {
    values.fold(T::neg_infinity(), |highest, value| if value > highest { value } else { highest })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn numbers_of_the_book() {
        // 4.2.2: the right class is 2.
        let t = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let y = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0];
        assert_eq!(cross_entropy(&y, &t), 0.510825457099338_f64);
        let y = [0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0];
        assert_eq!(cross_entropy(&y, &t), 2.302584092994546_f64);
        // 3.5.1
        let mut a = [0.3, 2.9, 4.0];
        softmax(&mut a);
        assert_eq!(a.map(|y: f64| (y * 1e8).round() / 1e8), [0.01821127, 0.24519181, 0.73659691]);
    }

    #[test]
    fn logits_of_ten_thousand_stay_finite() {
        let logits = array![[1e4_f32, -1e4, 0.0], [-1e4, -1e4, 1e4]];
        let labels = [1, 2];
        let mut gradient = Array2::zeros((2, 3));
        let loss = SoftmaxCrossEntropy.gradient(logits.view(), &labels, gradient.view_mut());
        assert_eq!(loss, 1e4);
        assert_eq!(loss, SoftmaxCrossEntropy.mean(logits.view(), &labels));
        assert_eq!(gradient, array![[0.5, -0.5, 0.0], [0.0, 0.0, 0.0]]);
        let mut outputs = logits;
        SoftmaxCrossEntropy.outputs(outputs.view_mut());
        assert_eq!(outputs, array![[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    }
}
