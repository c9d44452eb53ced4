//! The parameters of a network and their initial values, book 6.2.

use ndarray::Array2;

use super::layer::Param;
use super::layers::{BatchNorm, Conv2d, Dense};
use super::spec::{InitSpec, LayerSpec, NetSpec};
use crate::real::Real;
use crate::rng::{Purpose, Rng};

/// The parameters of a checked spec, whose shapes are these, in the order of its layers, with their initial values.
pub fn params<T: Real>(spec: &NetSpec, shapes: &[Vec<usize>]) -> Vec<Param<T>> {
    let mut params = Vec::new();
    for (index, (layer, input)) in spec.layers.iter().zip(shapes).enumerate() {
        // A stream for each layer, so that one more layer changes no weight of the others.
        let mut rng = Rng::new(spec.seed, Purpose::Weights(index));
        add(&mut params, layer, input, spec.init, &mut rng, &format!("{index}."));
    }
    params
}

/// How many arrays [`params`] gives for a layer.
pub fn count(layer: &LayerSpec) -> usize {
    match layer {
        LayerSpec::Dense { .. } | LayerSpec::Conv2d { .. } => 2,
        LayerSpec::BatchNorm => 4,
        LayerSpec::Branches { branches, .. } => branches.iter().flatten().map(count).sum(),
        _ => 0,
    }
}

/// Adds the parameters of a layer for inputs of the shape `input`. Their names begin with `path`.
fn add<T: Real>(
    params: &mut Vec<Param<T>>,
    layer: &LayerSpec,
    input: &[usize],
    init: InitSpec,
    rng: &mut Rng,
    path: &str,
) {
    let named = |param: Param<T>| Param { name: format!("{path}{}", param.name), ..param };
    match *layer {
        LayerSpec::Dense { units } => {
            let inputs = input.iter().product();
            params.extend(Dense::params(weights(init, inputs, (inputs, units), rng)).map(named));
        }
        LayerSpec::Conv2d { filters, size, .. } => {
            let taps = input[0] * size * size;
            let weight = weights(init, taps, (filters, taps), rng);
            params.extend(Conv2d::params([filters, input[0], size], weight).map(named));
        }
        LayerSpec::BatchNorm => params.extend(BatchNorm::params(input[0]).map(named)),
        LayerSpec::Branches { ref branches, .. } => {
            for (branch, layers) in branches.iter().enumerate() {
                let mut shape = input.to_vec();
                for (index, layer) in layers.iter().enumerate() {
                    add(params, layer, &shape, init, rng, &format!("{path}{branch}.{index}."));
                    shape = layer.output_shape(&shape).unwrap_or_default();
                }
            }
        }
        _ => {}
    }
}

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
    use crate::nn::networks;

    #[test]
    fn each_layer_of_each_named_network_has_as_many_parameters_as_are_counted() {
        for network in networks::ALL {
            let spec = networks::named(network.name).expect(network.name);
            let params: Vec<Param<f32>> = params(&spec, &spec.check().expect(network.name));
            let mut rest = params.iter().map(|param| param.name.as_str());
            for (index, layer) in spec.layers.iter().enumerate() {
                let own: Vec<_> = rest.by_ref().take(count(layer)).collect();
                assert!(own.iter().all(|name| name.starts_with(&format!("{index}."))), "{index}: {own:?}");
            }
            assert_eq!(rest.next(), None, "{}", network.name);
        }
    }

    #[test]
    fn weights_have_the_deviation_asked_for() {
        for init in [InitSpec::Normal { std: 0.01 }, InitSpec::Xavier, InitSpec::He] {
            let values: Array2<f64> = weights(init, 784, (784, 50), &mut Rng::new(1, Purpose::Weights(0)));
            let measured = values.std(0.0);
            assert!((measured / deviation(init, 784) - 1.0).abs() < 0.02, "{init:?}: {measured}");
        }
    }
}
