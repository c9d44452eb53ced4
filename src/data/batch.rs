//! What a trainer takes out of a collection at a time.

use crate::real::Real;
use crate::sparse::SparseBuffer;

/// A batch of samples with their labels; its memory is kept from batch to batch.
#[derive(Clone, Debug)]
pub struct Batch<T> {
    /// Pixels in [0, 1], or the numbers of rows as they are.
    pub rows: SparseBuffer<T>,
    /// One class a sample.
    pub labels: Vec<u8>,
    /// value / 255 for each value of a byte.
    pub(super) shades: [T; 256],
}

impl<T: Real> Batch<T> {
    /// An empty batch of samples of `width` values.
    pub fn new(width: usize) -> Self {
        let shades = std::array::from_fn(|value| T::from_f64(value as f64 / 255.0));
        Self { rows: SparseBuffer::new(width), labels: Vec::new(), shades }
    }
}
