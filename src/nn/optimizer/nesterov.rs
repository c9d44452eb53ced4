//! Nesterov's accelerated gradient.

use super::{Rule, Slots, each};
use crate::real::Real;

/// v ← μv − ηg, w ← w + μv − ηg with the new v: Nesterov's rule in the form of Bengio et al. 2012, "Advances in
/// optimizing recurrent networks", which needs the gradient at w only.
#[derive(Clone, Debug)]
pub struct Nesterov<T> {
    momentum: T,
    velocity: Slots<T>,
}

impl<T: Real> Nesterov<T> {
    /// The rule with μ = `momentum`, at rest.
    pub fn new(momentum: T) -> Self {
        Self { momentum, velocity: Slots::default() }
    }
}

impl<T: Real> Rule<T> for Nesterov<T> {
    fn update(&mut self, values: &mut [T], gradient: &[T], rate: T, _: u64, slot: usize) {
        let momentum = self.momentum;
        each(values, gradient, self.velocity.of(slot, gradient.len()), |value, slope, velocity| {
            *velocity = momentum * *velocity - rate * slope;
            *value += momentum * *velocity - rate * slope;
        });
    }

    fn memory(&mut self) -> Vec<&mut Slots<T>> {
        vec![&mut self.velocity]
    }
}
