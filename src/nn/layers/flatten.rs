//! Channels, height and width as one row.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::nn::layer::{Backward, Layer, Mode};
use crate::real::Real;

/// Makes `[channels, height, width]` one row of values. Between layers every image is a row already, so the numbers
/// pass unchanged; what changes is the shape that the next layer is built for.
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

impl<T: Real> Layer<T> for Flatten {
    fn forward(&mut self, input: ArrayView2<'_, T>, mut output: ArrayViewMut2<'_, T>, _: Mode) {
        output.assign(&input);
    }

    fn backward(&mut self, pass: Backward<'_, T>, downstream: Option<ArrayViewMut2<'_, T>>) {
        if let Some(mut downstream) = downstream {
            downstream.assign(&pass.upstream);
        }
    }
}
