//! Adam.

use super::{Rule, Slots};
use crate::real::Real;

/// Algorithm 1 of Kingma and Ba 2015, book 6.1.6:
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η m̂ / (√v̂ + 1e-8) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
#[derive(Clone, Debug)]
pub struct Adam<T> {
    beta1: T,
    beta2: T,
    first: Slots<T>,
    second: Slots<T>,
}

impl<T: Real> Adam<T> {
    /// The rule with these decay rates of the two moments.
    pub fn new(beta1: T, beta2: T) -> Self {
        Self { beta1, beta2, first: Slots::default(), second: Slots::default() }
    }
}

impl<T: Real> Rule<T> for Adam<T> {
    fn update(&mut self, values: &mut [T], gradient: &[T], rate: T, step: u64, slot: usize) {
        let (beta1, beta2, guard) = (self.beta1, self.beta2, T::from_f64(1e-8));
        let (new1, new2) = (T::one() - beta1, T::one() - beta2);
        // 1 − βᵗ in f64: in f32 it would be 0.001 with three digits at the first step.
        let correction = |beta: T| T::from_f64(1.0 / (1.0 - libm::pow(beta.double(), step as f64)));
        let (correct1, correct2) = (correction(beta1), correction(beta2));
        let moments =
            self.first.of(slot, gradient.len()).iter_mut().zip(self.second.of(slot, gradient.len()));
        for ((value, &slope), (first, second)) in values.iter_mut().zip(gradient).zip(moments) {
            *first = beta1 * *first + new1 * slope;
            *second = beta2 * *second + new2 * (slope * slope);
            *value -= rate * (*first * correct1) / ((*second * correct2).sqrt() + guard);
        }
    }

    fn memory(&mut self) -> Vec<&mut Slots<T>> {
        vec![&mut self.first, &mut self.second]
    }
}
