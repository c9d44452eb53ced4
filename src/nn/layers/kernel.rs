//! Products of a sparse batch with a dense matrix, written so that the compiler keeps the sums in SIMD registers.
//!
//! It serves both directions: forward is batch · weight, backward is batchᵀ · upstream, so the batch is turned from
//! rows to columns first. At most 13 registers of sums are walked with at a time: processors of the x86-64 line have
//! 16, and one holds the value, one the product. Storing each sum once beats adding to a gradient in memory for each pixel.

use crate::lanes::{LANES, Lanes as _};
use crate::real::Real;
use crate::sparse::SparseRows;

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
    while from < width {
        // The last register may reach over the edge; it is then moved back, and takes some columns a second time.
        let registers = (width - from).div_ceil(LANES);
        let work = Work { indices, values, matrix, from };
        // Few sizes, each a copy of the inner loop in the wasm.
        let taken = match registers {
            13.. => add_block::<T, 13>(work, sums),
            12 => add_block::<T, 12>(work, sums),
            8.. => add_block::<T, 8>(work, sums),
            3.. => add_block::<T, 3>(work, sums),
            _ => add_block::<T, 1>(work, sums),
        };
        from += taken * LANES;
    }
}

/// What one walk through the entries works on: all of them, and the columns beginning at `from`.
struct Work<'a, T> {
    indices: &'a [u16],
    values: &'a [T],
    matrix: &'a [T],
    from: usize,
}

/// [`add_product`] for the next N registers of columns; returns N.
fn add_block<T: Real, const N: usize>(work: Work<'_, T>, sums: &mut [T]) -> usize {
    let width = sums.len();
    let Work { indices, values, matrix, from } = work;
    let last = (from + (N - 1) * LANES).min(width - LANES);
    let place = |register: usize| if register == N - 1 { last } else { from + register * LANES };
    let load = |numbers: &[T], at: usize| match numbers[at..].first_chunk() {
        Some(numbers) => T::Lanes::load(numbers),
        None => T::Lanes::splat(T::zero()),
    };
    let mut registers: [T::Lanes; N] = std::array::from_fn(|register| load(sums, place(register)));
    for (&index, &value) in indices.iter().zip(values) {
        let start = usize::from(index) * width;
        let row = &matrix[start..start + width];
        let (main, tail) =
            (row[from..from + (N - 1) * LANES].as_chunks().0, row[last..last + LANES].as_chunks().0);
        let value = T::Lanes::splat(value);
        for register in 0..N - 1 {
            registers[register] = registers[register].plus_product(value, T::Lanes::load(&main[register]));
        }
        registers[N - 1] = registers[N - 1].plus_product(value, T::Lanes::load(&tail[0]));
    }
    // Of a register that was moved back only the columns not taken before are new.
    let known = from + (N - 1) * LANES - last;
    // One by one, because a copy of a length not known beforehand is a call in WebAssembly.
    for (lane, &number) in registers[N - 1].numbers().iter().enumerate().skip(known) {
        sums[last + lane] = number;
    }
    for (register, lanes) in registers.iter().zip(sums[from..from + (N - 1) * LANES].chunks_exact_mut(LANES))
    {
        lanes.copy_from_slice(&register.numbers());
    }
    N
}
