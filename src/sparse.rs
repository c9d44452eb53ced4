//! Batches of images of which most values are 0: 81 % of MNIST's pixels are.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::real::Real;

/// A value that is not 0, and where it is. Both in one place, so that walking over entries reads one stream.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entry<T> {
    /// Its index in the row, or in the column where entries are sorted by column.
    pub index: u32,
    /// The value.
    pub value: T,
}

/// A batch that names its non-zero values only (compressed sparse rows).
#[derive(Clone, Copy, Debug)]
pub struct SparseRows<'a, T> {
    /// Values in a full row.
    pub width: usize,
    /// Row r has the entries `starts[r]..starts[r + 1]`; one more than there are rows.
    pub starts: &'a [u32],
    /// The entries, row by row, their columns rising within a row and below `width`.
    pub entries: &'a [Entry<T>],
}

impl<'a, T> SparseRows<'a, T> {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The entries of one row.
    #[inline(always)]
    pub fn row(&self, row: usize) -> &'a [Entry<T>] {
        &self.entries[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

impl<T: Real> SparseRows<'_, T> {
    /// Writes the rows with their zeros, `[rows, width]`.
    pub fn expand_into(&self, mut dense: ArrayViewMut2<'_, T>) {
        dense.fill(T::zero());
        for (row, mut values) in dense.rows_mut().into_iter().enumerate() {
            for &Entry { index, value } in self.row(row) {
                values[index as usize] = value;
            }
        }
    }
}

/// The memory of a batch of sparse rows, kept from batch to batch.
#[derive(Clone, Debug)]
pub struct SparseBuffer<T> {
    width: usize,
    starts: Vec<u32>,
    entries: Vec<Entry<T>>,
}

impl<T: Real> SparseBuffer<T> {
    /// An empty batch of rows of `width` values, at most 65,536.
    pub fn new(width: usize) -> Self {
        Self { width, starts: vec![0], entries: Vec::new() }
    }

    /// Takes out all rows; the memory stays.
    pub fn clear(&mut self) {
        self.starts.truncate(1);
        self.entries.clear();
    }

    /// Adds a row of these entries, columns rising.
    #[inline(always)]
    pub fn push_row(&mut self, entries: impl Iterator<Item = Entry<T>>) {
        self.entries.extend(entries);
        self.starts.push(self.entries.len() as u32);
    }

    /// Takes over the rows of `dense`, unless more than `most` of its values are not 0: then it says false.
    pub fn fill_from(&mut self, dense: ArrayView2<'_, T>, most: usize) -> bool {
        self.clear();
        for row in dense.rows() {
            let values = row.iter().enumerate().filter(|(_, value)| **value != T::zero());
            self.push_row(values.map(|(column, &value)| Entry { index: column as u32, value }));
            if self.entries.len() > most {
                return false;
            }
        }
        true
    }

    /// The rows.
    pub fn rows(&self) -> SparseRows<'_, T> {
        SparseRows { width: self.width, starts: &self.starts, entries: &self.entries }
    }
}
