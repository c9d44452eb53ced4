//! Dropout.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::nn::layer::{Mode, Pointwise};
use crate::real::Real;
use crate::rng::{Purpose, Rng};

/// Sets each value to 0 with the probability `rate` and divides the others by 1 − rate, so that the expectation stays
/// (inverted dropout, Srivastava et al. 2014, section 10; the book, 6.4.3, multiplies when it evaluates instead).
/// Outside training it does nothing.
///
/// What is dropped depends on the seed, the layer, the mini-batch and the image's place in it, and on nothing else.
#[derive(Clone, Debug)]
pub struct Dropout {
    rate: f64,
    seed: u32,
    layer: usize,
    /// For each value of the last batch whether it was kept; empty when all were.
    kept: Vec<bool>,
}

impl Dropout {
    /// The layer with this number, dropping a share of `rate`, 0 up to 1.
    pub fn new(rate: f64, seed: u32, layer: usize) -> Self {
        Self { rate, seed, layer, kept: Vec::new() }
    }
}

/// Tells of one value after the other whether the dropout layer with this number keeps it, in the image of this place in
/// the mini-batch that comes after `step` others.
#[inline(always)]
pub fn mask(rate: f64, seed: u32, layer: usize, step: u64, row: usize) -> impl FnMut() -> bool {
    // Compared with whole numbers of 32 bits: half the work of a floating point number each.
    let threshold = (rate * 4_294_967_296.0) as u32;
    let mut rng = Rng::new(seed, Purpose::Dropout { layer, step, row });
    move || rng.bits() >= threshold
}

impl<T: Real> Pointwise<T> for Dropout {
    fn forward(&mut self, mut values: ArrayViewMut2<'_, T>, mode: Mode) {
        self.kept.clear();
        let Mode::Training(draw) = mode else { return };
        let scale = T::from_f64(1.0 / (1.0 - self.rate));
        for (row, mut values) in values.rows_mut().into_iter().enumerate() {
            let mut mask = mask(self.rate, self.seed, self.layer, draw.step, draw.row + row);
            for value in &mut values {
                let keeps = mask();
                self.kept.push(keeps);
                // A choice, not a product: NaN times 0 is no 0.
                *value = if keeps { *value * scale } else { T::zero() };
            }
        }
    }

    fn backward(&mut self, _: ArrayView2<'_, T>, mut slope: ArrayViewMut2<'_, T>) {
        let scale = T::from_f64(1.0 / (1.0 - self.rate));
        for (slope, &keeps) in slope.iter_mut().zip(&self.kept) {
            *slope = if keeps { *slope * scale } else { T::zero() };
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::layer::Draw;

    fn dropped(rate: f64, layer: usize, draw: Draw, rows: usize) -> Array2<f64> {
        let mut values = Array2::ones((rows, 500));
        Dropout::new(rate, 1, layer).forward(values.view_mut(), Mode::Training(draw));
        values
    }

    #[test]
    fn the_expectation_stays() {
        for rate in [0.0, 0.2, 0.5, 0.9] {
            let values = dropped(rate, 0, Draw::whole(3), 200);
            // 100,000 values: four standard deviations of their mean.
            let bound = 4.0 * (rate / (1.0 - rate) / 1e5_f64).sqrt();
            let mean = values.mean().expect("values");
            assert!((mean - 1.0).abs() <= bound, "{rate}: {mean}");
            let zeros = values.iter().filter(|&&value| value == 0.0).count() as f64 / 1e5;
            assert!((zeros - rate).abs() <= 0.01, "{rate}: {zeros}");
        }
    }

    #[test]
    fn outside_training_nothing_is_dropped() {
        let mut layer = Dropout::new(0.5, 1, 0);
        let mut values = Array2::<f32>::ones((2, 50));
        for mode in [Mode::Evaluation, Mode::Differentiation] {
            layer.forward(values.view_mut(), mode);
            assert!(values.iter().all(|&value| value == 1.0));
            let mut slope = Array2::ones((2, 50));
            layer.backward(values.view(), slope.view_mut());
            assert!(slope.iter().all(|&slope| slope == 1.0));
        }
    }

    #[test]
    fn slopes_pass_where_values_did() {
        let mut layer = Dropout::new(0.3, 1, 0);
        let mut values = Array2::<f64>::ones((3, 70));
        layer.forward(values.view_mut(), Mode::Training(Draw::whole(0)));
        let mut slope = Array2::ones((3, 70));
        layer.backward(values.view(), slope.view_mut());
        assert_eq!(slope, values);
    }

    #[test]
    fn what_is_dropped_depends_on_the_place_in_the_mini_batch_alone() {
        let whole = dropped(0.5, 0, Draw::whole(7), 10);
        let part = dropped(0.5, 0, Draw { step: 7, row: 6 }, 4);
        assert_eq!(whole.slice(ndarray::s![6.., ..]), part);
        assert_ne!(whole, dropped(0.5, 0, Draw::whole(8), 10));
        assert_ne!(whole, dropped(0.5, 1, Draw::whole(7), 10));
        assert_ne!(whole.row(0), whole.row(1));
    }
}
