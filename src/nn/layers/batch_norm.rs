//! Batch normalization.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Zip};

use crate::nn::layer::{Layer, Mode, Param, Role};
use crate::real::Real;

/// How much of the remembered statistics stays at each step, book 6.3.
const MOMENTUM: f64 = 0.9;
/// What keeps a variance of 0 from being divided by.
const EPSILON: f64 = 1e-5;

/// y = γ·(x − μ) / √(σ² + ε) + β, book 6.3.1 (Ioffe and Szegedy 2015, algorithm 1): μ and σ² are mean and variance over
/// the batch, and over all places of a channel where the input has channels. In evaluation they are running means of
/// those seen in training: r ← 0.9·r + 0.1·(that of the batch), from mean 0 and variance 1. The variance is divided by
/// the number of values, as in the book.
///
/// # Shapes
/// A row of input and output is `[values]`, or `[channels, height, width]`. γ (`weight`), β (`bias`) and the running
/// statistics are `[values]`, or `[channels]`.
#[derive(Clone, Debug)]
pub struct BatchNorm<T> {
    /// Values of one image that share their statistics: 1, or height · width.
    places: usize,
    /// Mean and 1 / √(variance + ε) of each feature in the last pass.
    statistics: Vec<(T, T)>,
    /// Whether these depend on the batch, so that the gradient goes through them.
    of_batch: bool,
}

impl<T: Real> BatchNorm<T> {
    /// A layer for inputs of this shape.
    pub fn new(input: &[usize]) -> Self {
        Self { places: input[1..].iter().product(), statistics: Vec::new(), of_batch: false }
    }

    /// Its parameters for so many values or channels.
    pub fn params(features: usize) -> [Param<T>; 4] {
        let param = |name, value: T, role| {
            Param::new(name, vec![features], Array2::from_elem((1, features), value), role)
        };
        [
            param("weight", T::one(), Role::Bias),
            param("bias", T::zero(), Role::Bias),
            param("running_mean", T::zero(), Role::Statistic),
            param("running_var", T::one(), Role::Statistic),
        ]
    }
}

/// The values of one feature in each image of a batch.
fn feature<'a, T>(
    batch: &'a ArrayView2<'_, T>,
    feature: usize,
    places: usize,
) -> impl Iterator<Item = &'a [T]> + Clone {
    let range = feature * places..(feature + 1) * places;
    batch.rows().into_iter().filter_map(move |row| row.to_slice().map(|row| &row[range.clone()]))
}

fn sum<T: Real>(values: impl Iterator<Item = T>) -> T {
    values.fold(T::zero(), |sum, value| sum + value)
}

impl<T: Real> Layer<T> for BatchNorm<T> {
    fn forward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        mut output: ArrayViewMut2<'_, T>,
        mode: Mode,
    ) {
        let [weight, bias, running_mean, running_var] = params else { return };
        let (places, features) = (self.places, weight.value.len());
        let epsilon = T::from_f64(EPSILON);
        let count = T::from_f64((input.nrows() * places) as f64);
        self.of_batch = mode != Mode::Evaluation;
        self.statistics.clear();
        for index in 0..features {
            let (mean, variance) = if self.of_batch {
                let values = feature(&input, index, places).flatten().copied();
                let mean = sum(values.clone()) / count;
                (mean, sum(values.map(|x| (x - mean) * (x - mean))) / count)
            } else {
                (running_mean.value[[0, index]], running_var.value[[0, index]])
            };
            if let Mode::Training(_) = mode {
                let (old, new) = (T::from_f64(MOMENTUM), T::from_f64(1.0 - MOMENTUM));
                running_mean.value[[0, index]] = old * running_mean.value[[0, index]] + new * mean;
                running_var.value[[0, index]] = old * running_var.value[[0, index]] + new * variance;
            }
            self.statistics.push((mean, (variance + epsilon).sqrt().recip()));
        }
        for (from, mut to) in input.rows().into_iter().zip(output.rows_mut()) {
            let (Some(from), Some(to)) = (from.to_slice(), to.as_slice_mut()) else { return };
            let numbers = weight.value.iter().zip(&bias.value).zip(&self.statistics);
            let features = from.chunks_exact(places).zip(to.chunks_exact_mut(places));
            for ((from, to), ((&weight, &bias), &(mean, inverse))) in features.zip(numbers) {
                let scale = weight * inverse;
                to.iter_mut().zip(from).for_each(|(y, &x)| *y = scale * (x - mean) + bias);
            }
        }
    }

    fn backward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        upstream: ArrayView2<'_, T>,
        mut downstream: Option<ArrayViewMut2<'_, T>>,
    ) {
        let [weight, bias, ..] = params else { return };
        let places = self.places;
        let share = T::from_f64(1.0 / (input.nrows() * places) as f64);
        for (index, &(mean, inverse)) in self.statistics.iter().enumerate() {
            let slopes = feature(&upstream, index, places).flatten().copied();
            let values = feature(&input, index, places).flatten().copied();
            let total = sum(slopes.clone());
            // Σ ∂L/∂y · x̂
            let along = sum(slopes.zip(values).map(|(slope, x)| slope * (x - mean))) * inverse;
            bias.gradient[[0, index]] = total;
            weight.gradient[[0, index]] = along;
            let Some(downstream) = &mut downstream else { continue };
            // ∂L/∂x = γ/√(σ² + ε) · (∂L/∂y − mean of it − x̂ · mean of ∂L/∂y·x̂): μ and σ² depend on x as well.
            let scale = weight.value[[0, index]] * inverse;
            let (total, along) =
                if self.of_batch { (total * share, along * share) } else { (T::zero(), T::zero()) };
            let range = ndarray::s![.., index * places..(index + 1) * places];
            Zip::from(downstream.slice_mut(range))
                .and(input.slice(range))
                .and(upstream.slice(range))
                .for_each(|down, &x, &slope| *down = scale * (slope - total - (x - mean) * inverse * along));
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::nn::layer::Draw;
    use crate::rng::{Purpose, Rng};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn outputs_have_mean_0_and_variance_1(
            features in 1_usize..5, places in 1_usize..6, rows in 2_usize..9, seed in 0_u32..1000, shift in -9.0..9.0,
        ) {
            let mut rng = Rng::new(seed, Purpose::Weights(0));
            let input = Array2::from_shape_simple_fn((rows, features * places), || 3.0 * rng.normal() + shift);
            let mut layer = BatchNorm::new(&[features, places, 1]);
            let mut params = BatchNorm::params(features);
            let mut output = Array2::zeros(input.dim());
            layer.forward(&mut params, input.view(), output.view_mut(), Mode::Training(Draw::whole(0)));
            for index in 0..features {
                let read = |batch: &Array2<f64>| {
                    let values = batch.slice(ndarray::s![.., index * places..(index + 1) * places]).to_owned();
                    (values.mean().expect("values"), values.var(0.0))
                };
                let ((mean, variance), (from_mean, from_variance)) = (read(&output), read(&input));
                prop_assert!(mean.abs() < 1e-9);
                // ε takes a little of it.
                prop_assert!((variance - from_variance / (from_variance + EPSILON)).abs() < 1e-9);
                prop_assert!((params[2].value[[0, index]] - 0.1 * from_mean).abs() < 1e-12);
                prop_assert!((params[3].value[[0, index]] - (0.9 + 0.1 * from_variance)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn evaluation_uses_what_training_remembered_and_changes_nothing() {
        let mut layer = BatchNorm::<f64>::new(&[2]);
        let mut params = BatchNorm::params(2);
        params[2].value.fill(1.0);
        params[3].value.fill(4.0 - EPSILON);
        let before = params.clone();
        let mut output = Array2::zeros((1, 2));
        layer.forward(&mut params, ndarray::array![[3.0, -1.0]].view(), output.view_mut(), Mode::Evaluation);
        assert_eq!(output, ndarray::array![[1.0, -1.0]]);
        assert!(params.iter().zip(&before).all(|(a, b)| a.value == b.value));
        layer.forward(
            &mut params,
            ndarray::array![[3.0, -1.0]].view(),
            output.view_mut(),
            Mode::Differentiation,
        );
        assert!(params.iter().zip(&before).all(|(a, b)| a.value == b.value));
    }
}
