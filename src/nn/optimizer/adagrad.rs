//! AdaGrad.

use super::{Rule, Slots, each};
use crate::real::Real;

/// h ← h + g², w ← w − ηg / (√h + 1e-7), book 6.1.5; Duchi, Hazan and Singer 2011.
#[derive(Clone, Debug, Default)]
pub struct AdaGrad<T> {
    squares: Slots<T>,
}

impl<T: Real> Rule<T> for AdaGrad<T> {
    fn update(&mut self, values: &mut [T], gradient: &[T], rate: T, _: u64, slot: usize) {
        let guard = T::from_f64(1e-7);
        each(values, gradient, self.squares.of(slot, gradient.len()), |value, slope, squares| {
            *squares += slope * slope;
            *value -= rate * slope / (squares.sqrt() + guard);
        });
    }

    fn memory(&mut self) -> Vec<&mut Slots<T>> {
        vec![&mut self.squares]
    }
}
