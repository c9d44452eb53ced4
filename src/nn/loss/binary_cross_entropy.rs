//! Cross-entropy of one sigmoid output.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::{Loss, distance, softplus};
use crate::real::Real;

/// −t log y − (1 − t) log(1 − y) with y = sigmoid(a) and t the label, 0 or 1.
#[derive(Clone, Copy, Debug)]
pub struct BinaryCrossEntropy;

impl<T: Real> Loss<T> for BinaryCrossEntropy {
    fn mean(&self, logits: ArrayView2<'_, T>, labels: &[u8]) -> T {
        let total: T = logits
            .iter()
            .zip(labels)
            // −log y = log(1 + e^−a), and −log(1 − y) = log(1 + eᵃ).
            .map(|(&a, &label)| softplus(if label == 0 { a } else { -a }))
            .sum();
        total / T::from_f64(labels.len() as f64)
    }

    fn gradient(&self, logits: ArrayView2<'_, T>, labels: &[u8], mut gradient: ArrayViewMut2<'_, T>) -> T {
        let share = T::one() / T::from_f64(labels.len() as f64);
        for ((slope, &a), &label) in gradient.iter_mut().zip(logits).zip(labels) {
            *slope = distance(a, label != 0) * share;
        }
        self.mean(logits, labels)
    }

    fn outputs(&self, mut logits: ArrayViewMut2<'_, T>) {
        logits.mapv_inplace(T::sigmoid);
    }

    fn class(&self, logits: &[T]) -> u8 {
        u8::from(logits.first().is_some_and(|&a| a > T::zero()))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_sure_and_right_answer_costs_nothing_and_a_sure_wrong_one_its_logit() {
        let logits = array![[1e4_f32], [-1e4], [1e4]];
        let loss = BinaryCrossEntropy;
        assert_eq!(loss.mean(logits.view(), &[1, 0, 1]), 0.0);
        assert_eq!(loss.mean(logits.view(), &[1, 0, 0]), 1e4 / 3.0);
        assert_eq!((loss.class(&[0.5_f32]), loss.class(&[-0.5_f32])), (1, 0));
    }
}
