//! Batch normalization.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Zip};

use crate::lanes::LANES;
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
/// Sums are taken in `f64`. In `f32`, one value after the other, the mean of 392,000 values (500 images of 28×28) around
/// 0.9 was off by a fifth of their deviation.
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
    /// Sums over each feature; memory that is kept from batch to batch.
    sums: [Vec<f64>; 2],
    /// Whether these depend on the batch, so that the gradient goes through them.
    of_batch: bool,
}

impl<T: Real> BatchNorm<T> {
    /// A layer for inputs of this shape.
    pub fn new(input: &[usize]) -> Self {
        let places = input[1..].iter().product();
        Self { places, statistics: Vec::new(), sums: Default::default(), of_batch: false }
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

/// Adds up, for each feature, `term` of all its values in two batches of the same shape and of a number of the feature.
///
/// Several sums for each feature, because a single one would wait for the sum before it at every value.
fn add_up<T: Real, N: Copy>(
    [first, second]: [ArrayView2<'_, T>; 2],
    places: usize,
    numbers: &[N],
    sums: &mut Vec<f64>,
    term: impl Fn(T, T, N) -> f64,
) {
    sums.clear();
    sums.resize(numbers.len(), 0.0);
    for (first, second) in first.rows().into_iter().zip(second.rows()) {
        let (Some(first), Some(second)) = (first.to_slice(), second.to_slice()) else { return };
        let features = sums.iter_mut().zip(numbers);
        if places == 1 {
            for ((sum, &number), (&x, &y)) in features.zip(first.iter().zip(second)) {
                *sum += term(x, y, number);
            }
            continue;
        }
        for ((sum, &number), (xs, ys)) in
            features.zip(first.chunks_exact(places).zip(second.chunks_exact(places)))
        {
            let ((xs, last_xs), (ys, last_ys)) = (xs.as_chunks::<LANES>(), ys.as_chunks::<LANES>());
            let mut lanes = [0.0; LANES];
            for (xs, ys) in xs.iter().zip(ys) {
                for (lane, (&x, &y)) in lanes.iter_mut().zip(xs.iter().zip(ys)) {
                    *lane += term(x, y, number);
                }
            }
            let last = last_xs.iter().zip(last_ys).map(|(&x, &y)| term(x, y, number));
            *sum += lanes.iter().sum::<f64>() + last.sum::<f64>();
        }
    }
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
        let share = 1.0 / (input.nrows() * places) as f64;
        self.of_batch = mode != Mode::Evaluation;
        self.statistics.clear();
        let [means, variances] = &mut self.sums;
        if self.of_batch {
            let batch = [input.view(), input.view()];
            add_up(batch, places, &vec![(); features], means, |x, _, ()| x.double());
            means.iter_mut().for_each(|mean| *mean *= share);
            add_up(batch, places, means, variances, |x, _, mean| (x.double() - mean) * (x.double() - mean));
        }
        for index in 0..features {
            let (mean, variance) = if self.of_batch {
                (T::from_f64(means[index]), T::from_f64(variances[index] * share))
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
        let batches = [upstream.view(), input.view()];
        let [totals, alongs] = &mut self.sums;
        add_up(batches, places, &self.statistics, totals, |slope, _, _| slope.double());
        // Σ ∂L/∂y · x̂
        add_up(batches, places, &self.statistics, alongs, |slope, x, (mean, inverse)| {
            slope.double() * ((x - mean) * inverse).double()
        });
        for (index, &(mean, inverse)) in self.statistics.iter().enumerate() {
            let (total, along) = (T::from_f64(totals[index]), T::from_f64(alongs[index]));
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

    /// Many values that differ little beside their mean: there sums in 32 bits, one value after the other, lose the
    /// mean by a fifth of the deviation.
    #[test]
    fn statistics_of_hundreds_of_thousands_of_values_are_those_of_double_precision() {
        for (rows, places, mean, deviation) in
            [(500, 784, 0.9, 0.006), (10_000, 9, 0.9, 0.006), (10_000, 1, -40.0, 0.01), (2, 3, 1e4, 1e-2)]
        {
            let mut rng = Rng::new(1, Purpose::Weights(0));
            let values = || (mean + deviation * rng.normal()) as f32;
            let input = Array2::from_shape_simple_fn((rows, 2 * places), values);
            let mut params = BatchNorm::params(2);
            params[3].value.fill(0.0);
            let mut output = Array2::zeros(input.dim());
            let mut layer = BatchNorm::<f32>::new(&[2, places, 1]);
            layer.forward(&mut params, input.view(), output.view_mut(), Mode::Training(Draw::whole(0)));
            let upstream = Array2::from_shape_simple_fn(input.dim(), || (0.5 + rng.normal()) as f32);
            layer.backward(&mut params, input.view(), upstream.view(), None);
            for index in 0..2 {
                let of = |batch: &Array2<f32>| {
                    batch.slice(ndarray::s![.., index * places..(index + 1) * places]).mapv(f64::from)
                };
                let (input, upstream) = (of(&input), of(&upstream));
                let (exact, variance) = (input.mean().expect("values"), input.var(0.0));
                // The running statistics have taken a tenth, with as many digits as 32 bits have.
                let found = f64::from(params[2].value[[0, index]]) / 0.1;
                let rounding = 2.0 * f64::from(f32::EPSILON) * exact.abs();
                assert!(
                    (found - exact).abs() <= 1e-4 * variance.sqrt() + rounding,
                    "mean {found} for {exact}"
                );
                let found = f64::from(params[3].value[[0, index]]) / 0.1;
                assert!((found / variance - 1.0).abs() < 1e-4, "variance {found} for {variance}");
                let total = upstream.sum();
                let found = f64::from(params[1].gradient[[0, index]]);
                assert!((found / total - 1.0).abs() < 1e-5, "Σ slope {found} for {total}");
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
