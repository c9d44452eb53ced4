//! Activation functions: each value by itself.

use ndarray::{ArrayView2, ArrayViewMut2, Zip};

use crate::nn::layer::{Backward, Layer, Mode};
use crate::real::Real;

/// h(x) = 1 / (1 + e⁻ˣ), book 3.2.4; backward 5.5.2.
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid;

/// h(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), book 6.2.2.
#[derive(Clone, Copy, Debug)]
pub struct Tanh;

/// h(x) = max(0, x), book 3.2.7; backward 5.5.1. Its slope at 0 is taken as 0.
#[derive(Clone, Copy, Debug)]
pub struct Relu;

impl<T: Real> Layer<T> for Sigmoid {
    fn forward(&mut self, input: ArrayView2<'_, T>, output: ArrayViewMut2<'_, T>, _: Mode) {
        map(input, output, T::sigmoid);
    }

    fn backward(&mut self, pass: Backward<'_, T>, downstream: Option<ArrayViewMut2<'_, T>>) {
        slope(pass, downstream, |y| y * (T::one() - y));
    }
}

impl<T: Real> Layer<T> for Tanh {
    fn forward(&mut self, input: ArrayView2<'_, T>, output: ArrayViewMut2<'_, T>, _: Mode) {
        map(input, output, T::hyperbolic_tangent);
    }

    fn backward(&mut self, pass: Backward<'_, T>, downstream: Option<ArrayViewMut2<'_, T>>) {
        slope(pass, downstream, |y| T::one() - y * y);
    }
}

impl<T: Real> Layer<T> for Relu {
    fn forward(&mut self, input: ArrayView2<'_, T>, output: ArrayViewMut2<'_, T>, _: Mode) {
        // Written so that NaN passes on: a fault must show, not turn into 0.
        map(input, output, |x| if x <= T::zero() { T::zero() } else { x });
    }

    fn backward(&mut self, pass: Backward<'_, T>, downstream: Option<ArrayViewMut2<'_, T>>) {
        slope(pass, downstream, |y| if y > T::zero() { T::one() } else { T::zero() });
    }
}

/// output = h(input).
#[inline(always)]
fn map<T: Real>(input: ArrayView2<'_, T>, mut output: ArrayViewMut2<'_, T>, h: impl Fn(T) -> T) {
    // Over slices the compiler makes SIMD of the loop, over rows of arrays it does not.
    match (input.as_slice(), output.as_slice_mut()) {
        (Some(input), Some(output)) => {
            for (y, &x) in output.iter_mut().zip(input) {
                *y = h(x);
            }
        }
        _ => Zip::from(output).and(input).for_each(|y, &x| *y = h(x)),
    }
}

/// downstream = upstream · h′, with h′ from the output y, which every function here allows.
#[inline(always)]
fn slope<T: Real>(
    pass: Backward<'_, T>,
    downstream: Option<ArrayViewMut2<'_, T>>,
    slope_at: impl Fn(T) -> T,
) {
    let Some(mut downstream) = downstream else { return };
    match (pass.output.as_slice(), pass.upstream.as_slice(), downstream.as_slice_mut()) {
        (Some(output), Some(upstream), Some(downstream)) => {
            for ((down, &y), &up) in downstream.iter_mut().zip(output).zip(upstream) {
                *down = up * slope_at(y);
            }
        }
        _ => Zip::from(downstream)
            .and(pass.output)
            .and(pass.upstream)
            .for_each(|down, &y, &up| *down = up * slope_at(y)),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn values_are_the_books() {
        // 3.2.4 and 3.2.7.
        let x = array![[-1.0, 1.0, 2.0]];
        let mut y = x.clone();
        Sigmoid.forward(x.view(), y.view_mut(), Mode::Evaluation);
        assert_eq!(y.mapv(|v: f64| (v * 1e8).round() / 1e8), array![[0.26894142, 0.73105858, 0.88079708]]);
        Relu.forward(x.view(), y.view_mut(), Mode::Evaluation);
        assert_eq!(y, array![[0.0, 1.0, 2.0]]);
    }

    #[test]
    fn relu_lets_nan_through() {
        let x = array![[f32::NAN]];
        let mut y = array![[0.0]];
        Relu.forward(x.view(), y.view_mut(), Mode::Evaluation);
        assert!(y[[0, 0]].is_nan());
    }
}
