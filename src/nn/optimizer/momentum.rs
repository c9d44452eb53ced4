//! Momentum.

use super::{Rule, Slots, each};
use crate::real::Real;

/// v ← μv − ηg, w ← w + v, book 6.1.4.
#[derive(Clone, Debug)]
pub struct Momentum<T> {
    momentum: T,
    velocity: Slots<T>,
}

impl<T: Real> Momentum<T> {
    /// The rule with μ = `momentum`, at rest.
    pub fn new(momentum: T) -> Self {
        Self { momentum, velocity: Slots::default() }
    }
}

impl<T: Real> Rule<T> for Momentum<T> {
    fn update(&mut self, values: &mut [T], gradient: &[T], rate: T, _: u64, slot: usize) {
        let momentum = self.momentum;
        each(values, gradient, self.velocity.of(slot, gradient.len()), |value, slope, velocity| {
            *velocity = momentum * *velocity - rate * slope;
            *value += *velocity;
        });
    }

    fn memory(&mut self) -> Vec<&mut Slots<T>> {
        vec![&mut self.velocity]
    }
}
