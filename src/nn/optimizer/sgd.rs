//! Stochastic gradient descent.

use super::Rule;
use crate::real::Real;

/// w ← w − ηg, book 6.1.2.
#[derive(Clone, Copy, Debug)]
pub struct Sgd;

impl<T: Real> Rule<T> for Sgd {
    fn update(&mut self, values: &mut [T], gradient: &[T], rate: T, _: u64, _: usize) {
        for (value, &slope) in values.iter_mut().zip(gradient) {
            *value -= rate * slope;
        }
    }
}
