//! Batches of images of which most values are 0: 81 % of MNIST's pixels are.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::real::Real;

/// A batch that names its non-zero values only (compressed sparse rows).
#[derive(Clone, Copy, Debug)]
pub struct SparseRows<'a, T> {
    /// Values in a full row.
    pub width: usize,
    /// Row r has the entries `starts[r]..starts[r + 1]`; one more than there are rows.
    pub starts: &'a [u32],
    /// The column of each entry, rising within a row, below `width`.
    pub columns: &'a [u16],
    /// The value of each entry.
    pub values: &'a [T],
}

impl<'a, T: Copy> SparseRows<'a, T> {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The columns and values of one row.
    #[inline(always)]
    pub fn row(&self, row: usize) -> (&'a [u16], &'a [T]) {
        let entries = self.starts[row] as usize..self.starts[row + 1] as usize;
        (&self.columns[entries.clone()], &self.values[entries])
    }
}

impl<T: Real> SparseRows<'_, T> {
    /// Writes the rows with their zeros, `[rows, width]`.
    pub fn expand_into(&self, mut dense: ArrayViewMut2<'_, T>) {
        dense.fill(T::zero());
        for (row, mut values) in dense.rows_mut().into_iter().enumerate() {
            let (columns, entries) = self.row(row);
            for (&column, &value) in columns.iter().zip(entries) {
                values[usize::from(column)] = value;
            }
        }
    }
}

/// The memory of a batch of sparse rows, kept from batch to batch.
#[derive(Clone, Debug)]
pub struct SparseBuffer<T> {
    width: usize,
    starts: Vec<u32>,
    columns: Vec<u16>,
    values: Vec<T>,
}

impl<T: Real> SparseBuffer<T> {
    /// An empty batch of rows of `width` values, at most 65,536.
    pub fn new(width: usize) -> Self {
        Self { width, starts: vec![0], columns: Vec::new(), values: Vec::new() }
    }

    /// Takes out all rows; the memory stays.
    pub fn clear(&mut self) {
        self.starts.truncate(1);
        self.columns.clear();
        self.values.clear();
    }

    /// Adds a row of these entries, columns rising.
    #[inline(always)]
    pub fn push_row(&mut self, columns: &[u16], values: impl Iterator<Item = T>) {
        self.columns.extend_from_slice(columns);
        self.values.extend(values);
        self.starts.push(self.columns.len() as u32);
    }

    /// Takes over the rows of `dense`, unless more than `most` of its values are not 0: then it says false.
    pub fn fill_from(&mut self, dense: ArrayView2<'_, T>, most: usize) -> bool {
        self.clear();
        for row in dense.rows() {
            for (column, &value) in row.iter().enumerate() {
                if value != T::zero() {
                    self.columns.push(column as u16);
                    self.values.push(value);
                }
            }
            if self.columns.len() > most {
                return false;
            }
            self.starts.push(self.columns.len() as u32);
        }
        true
    }

    /// The rows.
    pub fn rows(&self) -> SparseRows<'_, T> {
        SparseRows { width: self.width, starts: &self.starts, columns: &self.columns, values: &self.values }
    }
}
