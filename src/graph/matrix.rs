//! What a figure needs of matrices, which have a handful of numbers there. Each operation of ndarray would bring 2 to 6 kB of
//! machine code of its own.

use ndarray::{Array2, ArrayView2};

/// A function of each number.
pub(super) fn each(x: &Array2<f64>, of: &dyn Fn(f64) -> f64) -> Array2<f64> {
    x.mapv(of)
}

/// A function of each number and the one in its place on the right side, which may be one row that stands for all.
pub(super) fn both(left: &Array2<f64>, right: &Array2<f64>, of: &dyn Fn(f64, f64) -> f64) -> Array2<f64> {
    let mut values = left.clone();
    for ((row, column), value) in values.indexed_iter_mut() {
        *value = of(*value, right[[row % right.nrows(), column]]);
    }
    values
}

/// The matrix product.
pub(super) fn product(left: ArrayView2<'_, f64>, right: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut sums = Array2::zeros((left.nrows(), right.ncols()));
    for ((row, column), sum) in sums.indexed_iter_mut() {
        *sum = (0..left.ncols()).map(|at| left[[row, at]] * right[[at, column]]).sum();
    }
    sums
}
