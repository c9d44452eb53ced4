//! Initial values of weights, book 6.2.

use ndarray::Array2;

use super::spec::InitSpec;
use crate::real::Real;
use crate::rng::Rng;

/// Weights of the shape `shape` for units that have `inputs` inputs each.
pub fn weights<T: Real>(init: InitSpec, inputs: usize, shape: (usize, usize), rng: &mut Rng) -> Array2<T> {
    let deviation = deviation(init, inputs);
    Array2::from_shape_simple_fn(shape, || T::from_f64(deviation * rng.normal()))
}

/// The standard deviation that an initial value asks for.
pub fn deviation(init: InitSpec, inputs: usize) -> f64 {
    let inputs = inputs.max(1) as f64;
    match init {
        InitSpec::Normal { std } => std,
        // Keeps the variance of a signal through a layer whose activation is linear around 0.
        InitSpec::Xavier => (1.0 / inputs).sqrt(),
        // Twice that variance makes up for ReLU, which drops half of the signal.
        InitSpec::He => (2.0 / inputs).sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    #[test]
    fn weights_have_the_deviation_asked_for() {
        for init in [InitSpec::Normal { std: 0.01 }, InitSpec::Xavier, InitSpec::He] {
            let values: Array2<f64> = weights(init, 784, (784, 50), &mut Rng::new(1, Purpose::Weights(0)));
            let measured = values.std(0.0);
            assert!((measured / deviation(init, 784) - 1.0).abs() < 0.02, "{init:?}: {measured}");
        }
    }
}
