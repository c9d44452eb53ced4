//! Activation functions: each value by itself.

use ndarray::{ArrayView2, ArrayViewMut2, Zip};

use crate::nn::layer::{Mode, Pointwise};
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

impl<T: Real> Pointwise<T> for Sigmoid {
    fn forward(&mut self, values: ArrayViewMut2<'_, T>, _: Mode) {
        map(values, T::sigmoid);
    }

    fn backward(&mut self, output: ArrayView2<'_, T>, slope: ArrayViewMut2<'_, T>) {
        scale(output, slope, |y| y * (T::one() - y));
    }
}

impl<T: Real> Pointwise<T> for Tanh {
    fn forward(&mut self, values: ArrayViewMut2<'_, T>, _: Mode) {
        map(values, T::hyperbolic_tangent);
    }

    fn backward(&mut self, output: ArrayView2<'_, T>, slope: ArrayViewMut2<'_, T>) {
        scale(output, slope, |y| T::one() - y * y);
    }
}

impl<T: Real> Pointwise<T> for Relu {
    fn forward(&mut self, values: ArrayViewMut2<'_, T>, _: Mode) {
        // Written so that NaN passes on: a fault must show, not turn into 0.
        map(values, |x| if x <= T::zero() { T::zero() } else { x });
    }

    fn backward(&mut self, output: ArrayView2<'_, T>, slope: ArrayViewMut2<'_, T>) {
        scale(output, slope, |y| if y > T::zero() { T::one() } else { T::zero() });
    }
}

/// x ← h(x).
#[inline(always)]
fn map<T: Real>(mut values: ArrayViewMut2<'_, T>, h: impl Fn(T) -> T) {
    // Over slices the compiler makes SIMD of the loop, over rows of arrays it does not.
    match values.as_slice_mut() {
        Some(values) => values.iter_mut().for_each(|x| *x = h(*x)),
        None => values.mapv_inplace(h),
    }
}

/// slope ← slope · h′, with h′ from the output y, which every function here allows.
#[inline(always)]
fn scale<T: Real>(output: ArrayView2<'_, T>, mut slope: ArrayViewMut2<'_, T>, slope_at: impl Fn(T) -> T) {
    match (output.as_slice(), slope.as_slice_mut()) {
        (Some(output), Some(slope)) => {
            for (slope, &y) in slope.iter_mut().zip(output) {
                *slope *= slope_at(y);
            }
        }
        _ => Zip::from(slope).and(output).for_each(|slope, &y| *slope *= slope_at(y)),
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
        Sigmoid.forward(y.view_mut(), Mode::Evaluation);
        assert_eq!(y.mapv(|v: f64| (v * 1e8).round() / 1e8), array![[0.26894142, 0.73105858, 0.88079708]]);
        let mut y = x;
        Relu.forward(y.view_mut(), Mode::Evaluation);
        assert_eq!(y, array![[0.0, 1.0, 2.0]]);
    }

    #[test]
    fn relu_lets_nan_through() {
        let mut y = array![[f32::NAN]];
        Relu.forward(y.view_mut(), Mode::Evaluation);
        assert!(y[[0, 0]].is_nan());
    }
}
