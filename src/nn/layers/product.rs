//! Products of dense matrices, in SIMD registers: the three that a dense layer needs, for a batch of some hundred rows.
//!
//! No matrix is copied into another layout, as general kernels do (matrixmultiply reached 0.45 to 0.5 of the processor's rate here,
//! these 0.7): of each product one side is small enough for the cache as it lies, or is walked through in parts that
//! are.

use crate::lanes::{LANES, Lanes as _};
use crate::real::Real;

/// How many terms of a sum are added at a time, so that the part of the matrix they read stays in the first cache.
const PART: usize = 128;

/// Things in groups, the last ones smaller, or one by one where there are no tiles: the first of each, and how many.
pub(super) fn groups<T: Real>(count: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut first = 0;
    std::iter::from_fn(move || {
        let left = count - first;
        let group = match left {
            _ if !T::TILED => left.min(1),
            _ if left >= most => most,
            _ => left.min(2),
        };
        first += group;
        (group > 0).then_some((first - group, group))
    })
}

/// Neighbouring columns of a matrix.
#[derive(Clone, Copy)]
struct Columns<'a, T> {
    matrix: &'a [T],
    /// Numbers in a row of the matrix.
    width: usize,
    from: usize,
}

/// The memory that products keep.
#[derive(Clone, Debug, Default)]
pub(super) struct Products<T> {
    /// The last columns of a matrix, filled up with zeros to a register.
    tail: Vec<T>,
}

impl<T: Real> Products<T> {
    /// output += left · right: `[rows, width]` += `[rows, terms]` · `[terms, width]`.
    pub(super) fn add(&mut self, left: &[T], right: &[T], output: &mut [T], terms: usize, width: usize) {
        self.pack_tail(right, width);
        for first in (0..terms).step_by(PART) {
            let last = terms.min(first + PART);
            self.each_columns(right, width, first..last, |columns, registers, x| {
                for (row, group) in groups::<T>(output.len() / width, 5) {
                    let left = &left[row * terms..(row + group) * terms];
                    let part = |row: usize| &left[row * terms + first..row * terms + last];
                    let output = &mut output[row * width..(row + group) * width];
                    match (group, registers) {
                        _ if !T::TILED => {
                            add_tile::<T, 1, 1>(std::array::from_fn(part), columns, output, width, x)
                        }
                        (5, 2) => add_tile::<T, 5, 2>(std::array::from_fn(part), columns, output, width, x),
                        (5, _) => add_tile::<T, 5, 1>(std::array::from_fn(part), columns, output, width, x),
                        (2, 2) => add_tile::<T, 2, 2>(std::array::from_fn(part), columns, output, width, x),
                        (2, _) => add_tile::<T, 2, 1>(std::array::from_fn(part), columns, output, width, x),
                        (_, 2) => add_tile::<T, 1, 2>(std::array::from_fn(part), columns, output, width, x),
                        _ => add_tile::<T, 1, 1>(std::array::from_fn(part), columns, output, width, x),
                    }
                }
            });
        }
    }

    /// output = leftᵀ · right: `[rows, width]` = `[terms, rows]`ᵀ · `[terms, width]`.
    pub(super) fn of_columns(
        &mut self,
        left: &[T],
        right: &[T],
        output: &mut [T],
        rows: usize,
        width: usize,
    ) {
        self.pack_tail(right, width);
        let terms = right.len() / width;
        for (row, group) in groups::<T>(rows, 5) {
            let output = &mut output[row * width..(row + group) * width];
            self.each_columns(right, width, 0..terms, |columns, registers, x| match (group, registers) {
                _ if !T::TILED => columns_tile::<T, 1, 1>((left, rows, row), columns, output, width, x),
                (5, 2) => columns_tile::<T, 5, 2>((left, rows, row), columns, output, width, x),
                (5, _) => columns_tile::<T, 5, 1>((left, rows, row), columns, output, width, x),
                (2, 2) => columns_tile::<T, 2, 2>((left, rows, row), columns, output, width, x),
                (2, _) => columns_tile::<T, 2, 1>((left, rows, row), columns, output, width, x),
                (_, 2) => columns_tile::<T, 1, 2>((left, rows, row), columns, output, width, x),
                _ => columns_tile::<T, 1, 1>((left, rows, row), columns, output, width, x),
            });
        }
    }

    /// Copies the columns that fill no whole register.
    fn pack_tail(&mut self, matrix: &[T], width: usize) {
        let count = width % LANES;
        self.tail.clear();
        if count > 0 {
            for row in matrix.chunks_exact(width) {
                self.tail.extend_from_slice(&row[width - count..]);
                self.tail.extend(std::iter::repeat_n(T::zero(), LANES - count));
            }
        }
    }

    /// Calls `work` with one or two registers of columns at a time, from which column they are, and these terms of them.
    fn each_columns(
        &self,
        matrix: &[T],
        width: usize,
        terms: std::ops::Range<usize>,
        mut work: impl FnMut(Columns<'_, T>, usize, usize),
    ) {
        let whole = width / LANES;
        let matrix = &matrix[terms.start * width..terms.end * width];
        let mut register = 0;
        while register < whole {
            let count = (whole - register).min(if T::TILED { 2 } else { 1 });
            work(Columns { matrix, width, from: register * LANES }, count, register * LANES);
            register += count;
        }
        if !self.tail.is_empty() {
            let matrix = &self.tail[terms.start * LANES..terms.end * LANES];
            work(Columns { matrix, width: LANES, from: 0 }, 1, whole * LANES);
        }
    }
}

/// Adds a tile of R rows and N registers of columns to the output.
fn add_tile<T: Real, const R: usize, const N: usize>(
    left: [&[T]; R],
    columns: Columns<'_, T>,
    output: &mut [T],
    width: usize,
    x: usize,
) {
    let mut sums = load_tile::<T, R, N>(output, width, x);
    for (term, row) in columns.matrix.chunks_exact(columns.width).enumerate() {
        let right = registers::<T, N>(&row[columns.from..columns.from + N * LANES]);
        let left: [T; R] = std::array::from_fn(|row| left[row][term]);
        add_outer(&mut sums, left, right);
    }
    store_tile(&sums, output, width, x);
}

/// Computes a tile of R rows and N registers of columns of the output, rows of it being columns of the left matrix.
fn columns_tile<T: Real, const R: usize, const N: usize>(
    (left, rows, from): (&[T], usize, usize),
    columns: Columns<'_, T>,
    output: &mut [T],
    width: usize,
    x: usize,
) {
    let mut sums = [[T::Lanes::splat(T::zero()); N]; R];
    for (left, row) in left.chunks_exact(rows).zip(columns.matrix.chunks_exact(columns.width)) {
        let right = registers::<T, N>(&row[columns.from..columns.from + N * LANES]);
        if let Some(left) = left[from..].first_chunk::<R>() {
            add_outer(&mut sums, *left, right);
        }
    }
    store_tile(&sums, output, width, x);
}

#[inline(always)]
fn registers<T: Real, const N: usize>(numbers: &[T]) -> [T::Lanes; N] {
    let (numbers, _) = numbers.as_chunks::<LANES>();
    std::array::from_fn(|register| T::Lanes::load(&numbers[register]))
}

#[inline(always)]
fn add_outer<T: Real, const R: usize, const N: usize>(
    sums: &mut [[T::Lanes; N]; R],
    left: [T; R],
    right: [T::Lanes; N],
) {
    for (sums, left) in sums.iter_mut().zip(left) {
        let left = T::Lanes::splat(left);
        for (sum, right) in sums.iter_mut().zip(right) {
            *sum = sum.plus_product(left, right);
        }
    }
}

#[inline(always)]
fn load_tile<T: Real, const R: usize, const N: usize>(
    output: &[T],
    width: usize,
    x: usize,
) -> [[T::Lanes; N]; R] {
    std::array::from_fn(|row| {
        let line = &output[row * width..(row + 1) * width];
        std::array::from_fn(|register| {
            let from = x + register * LANES;
            match line[from..].first_chunk() {
                Some(numbers) => T::Lanes::load(numbers),
                None => {
                    let numbers = &line[from..];
                    T::Lanes::load(&std::array::from_fn(|lane| {
                        numbers.get(lane).copied().unwrap_or_else(T::zero)
                    }))
                }
            }
        })
    })
}

#[inline(always)]
fn store_tile<T: Real, const R: usize, const N: usize>(
    sums: &[[T::Lanes; N]; R],
    output: &mut [T],
    width: usize,
    x: usize,
) {
    for (row, sums) in sums.iter().enumerate() {
        let line = &mut output[row * width..(row + 1) * width];
        for (register, sum) in sums.iter().enumerate() {
            let from = x + register * LANES;
            match line[from..].first_chunk_mut() {
                Some(numbers) => *numbers = sum.numbers(),
                // One by one, because a copy of a length not known before is a call in WebAssembly.
                None => line[from..].iter_mut().zip(sum.numbers()).for_each(|(to, number)| *to = number),
            }
        }
    }
}

/// output = left · rightᵀ: `[rows, columns]` = `[rows, terms]` · `[columns, terms]`ᵀ.
pub(super) fn by_rows<T: Real>(left: &[T], right: &[T], output: &mut [T], terms: usize) {
    let columns = right.len() / terms;
    // A part of the right matrix that stays in the first cache while all rows of the left go by.
    let part = (4096 / terms).max(3) / 3 * 3;
    for start in (0..columns).step_by(part) {
        let end = columns.min(start + part);
        for (row, group) in groups::<T>(output.len() / columns, 3) {
            let left = &left[row * terms..(row + group) * terms];
            let output = &mut output[row * columns..(row + group) * columns];
            for (column, several) in groups::<T>(end - start, 3) {
                let column = start + column;
                let right = &right[column * terms..(column + several) * terms];
                let place = (columns, column);
                match (group, several) {
                    _ if !T::TILED => dots_tile::<T, 1, 1>(left, right, output, terms, place),
                    (3, 3) => dots_tile::<T, 3, 3>(left, right, output, terms, place),
                    (3, 2) => dots_tile::<T, 3, 2>(left, right, output, terms, place),
                    (3, _) => dots_tile::<T, 3, 1>(left, right, output, terms, place),
                    (2, 3) => dots_tile::<T, 2, 3>(left, right, output, terms, place),
                    (2, 2) => dots_tile::<T, 2, 2>(left, right, output, terms, place),
                    (2, _) => dots_tile::<T, 2, 1>(left, right, output, terms, place),
                    (_, 3) => dots_tile::<T, 1, 3>(left, right, output, terms, place),
                    (_, 2) => dots_tile::<T, 1, 2>(left, right, output, terms, place),
                    _ => dots_tile::<T, 1, 1>(left, right, output, terms, place),
                }
            }
        }
    }
}

/// The products of R rows with N rows.
fn dots_tile<T: Real, const R: usize, const N: usize>(
    left: &[T],
    right: &[T],
    output: &mut [T],
    terms: usize,
    (columns, column): (usize, usize),
) {
    let left: [_; R] = std::array::from_fn(|row| left[row * terms..(row + 1) * terms].as_chunks::<LANES>());
    let right: [_; N] = std::array::from_fn(|row| right[row * terms..(row + 1) * terms].as_chunks::<LANES>());
    let mut sums = [[T::Lanes::splat(T::zero()); N]; R];
    for place in 0..terms / LANES {
        let right: [T::Lanes; N] = std::array::from_fn(|row| T::Lanes::load(&right[row].0[place]));
        for (sums, left) in sums.iter_mut().zip(&left) {
            let left = T::Lanes::load(&left.0[place]);
            for (sum, &right) in sums.iter_mut().zip(&right) {
                *sum = sum.plus_product(left, right);
            }
        }
    }
    for (row, (sums, left)) in sums.iter().zip(&left).enumerate() {
        for (next, (sum, right)) in sums.iter().zip(&right).enumerate() {
            let [a, b, c, d] = sum.numbers();
            let rest = left.1.iter().zip(right.1).map(|(&left, &right)| left * right).sum::<T>();
            output[row * columns + column + next] = (a + b) + (c + d) + rest;
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::rng::{Purpose, Rng};

    fn close(found: &Array2<f64>, expected: &Array2<f64>) -> bool {
        (found - expected).iter().all(|d| d.abs() < 1e-11)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn all_three_are_the_product(rows in 1_usize..14, terms in 1_usize..300, width in 1_usize..24, seed in 0_u32..99) {
            let mut rng = Rng::new(seed, Purpose::Weights(0));
            let mut random = |shape| Array2::<f64>::from_shape_simple_fn(shape, || rng.normal());
            let (left, right) = (random((rows, terms)), random((terms, width)));
            let before = random((rows, width));
            let product = left.dot(&right);
            let (transposed, turned) = (left.t().as_standard_layout().to_owned(), right.t().as_standard_layout().to_owned());
            let slice = |array: &Array2<f64>| array.as_slice().expect("contiguous").to_vec();

            let mut products = Products::default();
            let mut output = before.clone();
            products.add(&slice(&left), &slice(&right), output.as_slice_mut().expect("contiguous"), terms, width);
            prop_assert!(close(&output, &(&before + &product)));
            let mut output = before.clone();
            let into = output.as_slice_mut().expect("contiguous");
            products.of_columns(&slice(&transposed), &slice(&right), into, rows, width);
            prop_assert!(close(&output, &product));
            let mut output = before;
            by_rows(&slice(&left), &slice(&turned), output.as_slice_mut().expect("contiguous"), terms);
            prop_assert!(close(&output, &product));
        }
    }
}
