//! The product of a sparse batch with a dense matrix, written so that the compiler keeps the sums in SIMD registers.
//!
//! It serves both directions: forward is batch · weight, backward is batchᵀ · upstream, so the batch is turned from
//! rows to columns first. Storing each sum once beats adding to a gradient in memory for each pixel.

use crate::real::Real;
use crate::sparse::SparseRows;

/// Values that one SIMD register holds in `f32`.
const LANES: usize = 4;
/// Registers for sums. Processors of the x86-64 line have 16; twelve leave room for a value and a product.
const REGISTERS: usize = 12;

/// output = input · weight + bias, all row by row: `[batch, outputs]` = `[batch, inputs]` · `[inputs, outputs]`.
pub(super) fn forward<T: Real>(input: SparseRows<'_, T>, weight: &[T], bias: &[T], output: &mut [T]) {
    for (row, sums) in output.chunks_exact_mut(bias.len()).enumerate() {
        let (columns, values) = input.row(row);
        sums.copy_from_slice(bias);
        add_product(columns, values, weight, sums);
    }
}

/// The entries of a batch by column, and the memory for turning it.
#[derive(Clone, Debug, Default)]
pub(super) struct ByColumn<T> {
    ends: Vec<u32>,
    rows: Vec<u16>,
    values: Vec<T>,
}

impl<T: Real> ByColumn<T> {
    /// gradient = inputᵀ · upstream: `[inputs, outputs]` = `[batch, inputs]`ᵀ · `[batch, outputs]`, batch ≤ 65,536.
    pub(super) fn gradient(&mut self, input: SparseRows<'_, T>, upstream: &[T], gradient: &mut [T]) {
        self.turn(input);
        let outputs = gradient.len() / input.width;
        let mut start = 0;
        for (sums, &end) in gradient.chunks_exact_mut(outputs).zip(&self.ends) {
            let entries = start..end as usize;
            sums.fill(T::zero());
            add_product(&self.rows[entries.clone()], &self.values[entries], upstream, sums);
            start = end as usize;
        }
    }

    /// Sorts the entries by column (a counting sort); afterwards column c ends at `ends[c]`.
    fn turn(&mut self, input: SparseRows<'_, T>) {
        self.ends.clear();
        self.ends.resize(input.width + 1, 0);
        for &column in input.columns {
            self.ends[usize::from(column) + 1] += 1;
        }
        for column in 1..=input.width {
            self.ends[column] += self.ends[column - 1];
        }
        self.rows.resize(input.columns.len(), 0);
        self.values.resize(input.columns.len(), T::zero());
        for row in 0..input.rows() {
            let (columns, values) = input.row(row);
            for (&column, &value) in columns.iter().zip(values) {
                // While sorting, `ends[c]` is where the next entry of column c goes: it starts at the column's
                // beginning and stops at its end.
                let place = &mut self.ends[usize::from(column)];
                self.rows[*place as usize] = row as u16;
                self.values[*place as usize] = value;
                *place += 1;
            }
        }
        self.ends.truncate(input.width);
    }
}

/// sums += Σ values[i] · matrix[indices[i]], a row of `matrix` being as wide as `sums`.
#[inline]
fn add_product<T: Real>(indices: &[u16], values: &[T], matrix: &[T], sums: &mut [T]) {
    let width = sums.len();
    if width < LANES {
        for (column, sum) in sums.iter_mut().enumerate() {
            for (&index, &value) in indices.iter().zip(values) {
                *sum += value * matrix[usize::from(index) * width + column];
            }
        }
        return;
    }
    let mut from = 0;
    while width - from >= LANES {
        from += LANES * add_columns((width - from) / LANES, indices, values, matrix, sums, from);
    }
    if from < width {
        // The last few columns: a block that ends at the edge, of which only the columns not done yet are kept.
        let mut last = [T::zero(); LANES];
        last.copy_from_slice(&sums[width - LANES..]);
        let done = LANES - (width - from);
        let sum = block::<T, 1>(indices, values, matrix, width, width - LANES, [last]);
        sums[from..].copy_from_slice(&sum[0][done..]);
    }
}

/// [`add_product`] for up to `most` · 4 columns beginning at `from`; returns how many fours it took. Few sizes, each
/// a copy of the inner loop in the wasm.
#[inline]
fn add_columns<T: Real>(
    most: usize,
    indices: &[u16],
    values: &[T],
    matrix: &[T],
    sums: &mut [T],
    from: usize,
) -> usize {
    match most {
        REGISTERS.. => add_block::<T, REGISTERS>(indices, values, matrix, sums, from),
        6.. => add_block::<T, 6>(indices, values, matrix, sums, from),
        2.. => add_block::<T, 2>(indices, values, matrix, sums, from),
        _ => add_block::<T, 1>(indices, values, matrix, sums, from),
    }
}

fn add_block<T: Real, const N: usize>(
    indices: &[u16],
    values: &[T],
    matrix: &[T],
    sums: &mut [T],
    from: usize,
) -> usize {
    let width = sums.len();
    let place = &mut sums[from..from + N * LANES];
    let mut start = [[T::zero(); LANES]; N];
    for (register, lanes) in start.iter_mut().zip(place.chunks_exact(LANES)) {
        register.copy_from_slice(lanes);
    }
    let sum = block(indices, values, matrix, width, from, start);
    for (register, lanes) in sum.iter().zip(place.chunks_exact_mut(LANES)) {
        lanes.copy_from_slice(register);
    }
    N
}

/// The inner loop: N registers of sums over one walk through the entries.
#[inline(always)]
fn block<T: Real, const N: usize>(
    indices: &[u16],
    values: &[T],
    matrix: &[T],
    width: usize,
    from: usize,
    mut sums: [[T; LANES]; N],
) -> [[T; LANES]; N] {
    for (&index, &value) in indices.iter().zip(values) {
        let start = usize::from(index) * width + from;
        let row = &matrix[start..start + N * LANES];
        for (sum, lanes) in sums.iter_mut().zip(row.chunks_exact(LANES)) {
            for (lane, &weight) in sum.iter_mut().zip(lanes) {
                *lane += value * weight;
            }
        }
    }
    sums
}
