//! Products of a sparse batch with a dense matrix, written so that the compiler keeps the sums in SIMD registers.
//!
//! It serves both directions: forward is batch · weight, backward is batchᵀ · upstream, so the batch is turned from
//! rows to columns first. At most 13 registers of sums are walked with at a time: processors of the x86-64 line have
//! 16, and one holds the value, one the product. Storing each sum once beats adding to a gradient in memory for each
//! pixel.

use crate::lanes::{LANES, Lanes as _};
use crate::real::Real;
use crate::sparse::{Entry, SparseRows};

/// output = input · weight + bias, all row by row: `[batch, outputs]` = `[batch, inputs]` · `[inputs, outputs]`.
pub(super) fn forward<T: Real>(input: SparseRows<'_, T>, weight: &[T], bias: &[T], output: &mut [T]) {
    for (row, sums) in output.chunks_exact_mut(bias.len()).enumerate() {
        sum_product(input.row(row), weight, Some(bias), sums);
    }
}

/// The entries of a batch by column, and the memory for turning it.
#[derive(Clone, Debug, Default)]
pub(super) struct ByColumn<T> {
    ends: Vec<u32>,
    entries: Vec<Entry<T>>,
}

impl<T: Real> ByColumn<T> {
    /// gradient = inputᵀ · upstream: `[inputs, outputs]` = `[batch, inputs]`ᵀ · `[batch, outputs]`.
    pub(super) fn gradient(&mut self, input: SparseRows<'_, T>, upstream: &[T], gradient: &mut [T]) {
        self.turn(input);
        let outputs = gradient.len() / input.width;
        let mut start = 0;
        for (sums, &end) in gradient.chunks_exact_mut(outputs).zip(&self.ends) {
            sum_product(&self.entries[start..end as usize], upstream, None, sums);
            start = end as usize;
        }
    }

    /// Sorts the entries by column (a counting sort); afterwards column c ends at `ends[c]`.
    fn turn(&mut self, input: SparseRows<'_, T>) {
        self.ends.clear();
        self.ends.resize(input.width + 1, 0);
        for entry in input.entries {
            self.ends[entry.index as usize + 1] += 1;
        }
        for column in 1..=input.width {
            self.ends[column] += self.ends[column - 1];
        }
        self.entries.resize(input.entries.len(), Entry::default());
        for row in 0..input.rows() {
            for &Entry { index: column, value } in input.row(row) {
                // While sorting, `ends[c]` is where the next entry of column c goes: it starts at the column's
                // beginning and stops at its end.
                let place = &mut self.ends[column as usize];
                self.entries[*place as usize] = Entry { index: row as u32, value };
                *place += 1;
            }
        }
        self.ends.truncate(input.width);
    }
}

/// sums = first + Σ value · matrix[index], a row of `matrix` being as wide as `sums`; first is 0 where there is none.
#[inline]
fn sum_product<T: Real>(entries: &[Entry<T>], matrix: &[T], first: Option<&[T]>, sums: &mut [T]) {
    let width = sums.len();
    if width < LANES {
        for (column, sum) in sums.iter_mut().enumerate() {
            let products =
                entries.iter().map(|entry| entry.value * matrix[entry.index as usize * width + column]);
            *sum = first.map_or_else(T::zero, |first| first[column]) + products.sum();
        }
        return;
    }
    let mut from = 0;
    while from < width {
        // The last register may reach over the edge; it is then moved back, and takes some columns a second time.
        let registers = (width - from).div_ceil(LANES);
        // Few sizes, each a copy of the inner loop in the wasm.
        let taken = match registers {
            _ if !T::TILED => sum_block::<T, 1>(entries, matrix, first, from, sums),
            13.. => sum_block::<T, 13>(entries, matrix, first, from, sums),
            12 => sum_block::<T, 12>(entries, matrix, first, from, sums),
            8.. => sum_block::<T, 8>(entries, matrix, first, from, sums),
            3.. => sum_block::<T, 3>(entries, matrix, first, from, sums),
            _ => sum_block::<T, 1>(entries, matrix, first, from, sums),
        };
        from += taken * LANES;
    }
}

/// [`sum_product`] for the next N registers of columns, beginning at `from`; returns N.
fn sum_block<T: Real, const N: usize>(
    entries: &[Entry<T>],
    matrix: &[T],
    first: Option<&[T]>,
    from: usize,
    sums: &mut [T],
) -> usize {
    let width = sums.len();
    let last = (from + (N - 1) * LANES).min(width - LANES);
    let place = |register: usize| if register == N - 1 { last } else { from + register * LANES };
    let begin = |register: usize| match first.and_then(|first| first[place(register)..].first_chunk()) {
        Some(numbers) => T::Lanes::load(numbers),
        None => T::Lanes::splat(T::zero()),
    };
    let mut registers: [T::Lanes; N] = std::array::from_fn(begin);
    for &Entry { index, value } in entries {
        let start = index as usize * width;
        let row = &matrix[start..start + width];
        let (main, tail) =
            (row[from..from + (N - 1) * LANES].as_chunks().0, row[last..last + LANES].as_chunks().0);
        let value = T::Lanes::splat(value);
        for register in 0..N - 1 {
            registers[register] = registers[register].plus_product(value, T::Lanes::load(&main[register]));
        }
        registers[N - 1] = registers[N - 1].plus_product(value, T::Lanes::load(&tail[0]));
    }
    // A register that was moved back holds some columns again, with the same sums.
    if let Some(numbers) = sums[last..].first_chunk_mut() {
        *numbers = registers[N - 1].numbers();
    }
    for (register, lanes) in registers.iter().zip(sums[from..from + (N - 1) * LANES].as_chunks_mut().0) {
        *lanes = register.numbers();
    }
    N
}
