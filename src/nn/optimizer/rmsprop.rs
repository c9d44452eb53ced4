//! RMSProp.

use super::{Rule, Slots, each};
use crate::real::Real;

/// h ← 0.99h + 0.01g², w ← w − ηg / (√h + 1e-7): AdaGrad that forgets; Tieleman and Hinton 2012, book 6.1.5.
#[derive(Clone, Debug, Default)]
pub struct RmsProp<T> {
    squares: Slots<T>,
}

impl<T: Real> Rule<T> for RmsProp<T> {
    fn update(&mut self, values: &mut [T], gradient: &[T], rate: T, _: u64, slot: usize) {
        let (guard, kept) = (T::from_f64(1e-7), T::from_f64(0.99));
        let new = T::one() - kept;
        each(values, gradient, self.squares.of(slot, gradient.len()), |value, slope, squares| {
            *squares = kept * *squares + new * (slope * slope);
            *value -= rate * slope / (squares.sqrt() + guard);
        });
    }

    fn memory(&mut self) -> Vec<&mut Slots<T>> {
        vec![&mut self.squares]
    }
}
