//! Hinge loss of several classes.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Loss;
use crate::real::Real;

/// Σ_{j≠t} max(0, 1 + a_j − a_t) of each row, t being its label: every wrong class costs by how much the right one fails
/// to lead it by 1. Outputs pass unchanged.
///
/// Weston and Watkins, "Support vector machines for multi-class pattern recognition", 1999; with a margin of 1 as in
/// Stanford's course CS231n. It has a kink wherever a lead is exactly 1; the derivative there is 0.
#[derive(Clone, Copy, Debug)]
pub struct Hinge;

impl<T: Real> Loss<T> for Hinge {
    fn mean(&self, logits: ArrayView2<'_, T>, labels: &[u8]) -> T {
        let rows = logits.rows().into_iter().zip(labels);
        let total: T = rows
            .map(|(row, &label)| {
                let right = row[usize::from(label)];
                let wrong = row.indexed_iter().filter(|&(class, _)| class != usize::from(label));
                wrong.map(|(_, &a)| positive(shortfall(a, right))).sum::<T>()
            })
            .sum();
        total / T::from_f64(labels.len() as f64)
    }

    fn gradient(&self, logits: ArrayView2<'_, T>, labels: &[u8], mut gradient: ArrayViewMut2<'_, T>) -> T {
        let share = T::one() / T::from_f64(labels.len() as f64);
        for ((row, mut slopes), &label) in logits.rows().into_iter().zip(gradient.rows_mut()).zip(labels) {
            let label = usize::from(label);
            let right = row[label];
            let mut pull = T::zero();
            for (class, (slope, &a)) in slopes.iter_mut().zip(row).enumerate() {
                let costs = class != label && shortfall(a, right) > T::zero();
                *slope = if costs { share } else { T::zero() };
                pull += *slope;
            }
            slopes[label] = -pull;
        }
        self.mean(logits, labels)
    }

    fn outputs(&self, _: ArrayViewMut2<'_, T>) {}
}

/// 1 + a_j − a_t: by how much the right class fails to lead.
#[inline(always)]
fn shortfall<T: Real>(wrong: T, right: T) -> T {
    // The difference first: beside 1e8 the 1 would be lost.
    T::one() + (wrong - right)
}

/// max(0, x), but NaN where x is NaN, so that a run that has diverged is seen to.
#[inline(always)]
fn positive<T: Real>(value: T) -> T {
    if value <= T::zero() { T::zero() } else { value }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn numbers_of_cs231n() {
        // Three images of a cat, a car and a frog; the course prints 2.9, 0, 12.9 and their mean 5.27.
        let scores = array![[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]];
        let single =
            |row: usize| -> f64 { Hinge.mean(scores.slice(ndarray::s![row..=row, ..]), &[row as u8]) };
        let expected = [2.9, 0.0, 12.9];
        assert!((0..3).all(|row| (single(row) - expected[row]).abs() < 1e-12));
        let mut gradient = Array2::zeros((3, 3));
        let mean = Hinge.gradient(scores.view(), &[0, 1, 2], gradient.view_mut());
        assert!((mean - 15.8_f64 / 3.0).abs() < 1e-12);
        let counts = gradient.mapv(|slope: f64| (slope * 3.0).round());
        assert_eq!(counts, array![[-1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 1.0, -2.0]]);
    }

    #[test]
    fn at_the_kink_it_costs_nothing_and_pulls_nothing() {
        let mut gradient = Array2::ones((1, 2));
        assert_eq!(Hinge.gradient(array![[0.0_f32, 1.0]].view(), &[1], gradient.view_mut()), 0.0);
        assert_eq!(gradient, array![[0.0, 0.0]]);
    }

    #[test]
    fn logits_of_ten_thousand_stay_finite_and_nan_is_seen() {
        let logits = array![[1e4_f32, -1e4, 0.0]];
        assert_eq!(Hinge.mean(logits.view(), &[0]), 0.0);
        assert_eq!(Hinge.mean(logits.view(), &[1]), 20_001.0 + 10_001.0);
        assert!(Hinge.mean(array![[f32::NAN, 0.0]].view(), &[1]).is_nan());
        assert!(Hinge.mean(array![[0.0, f32::NAN]].view(), &[1]).is_nan());
    }
}
