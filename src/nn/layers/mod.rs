//! The layers, one file each.

mod activation;
mod dense;
mod flatten;
mod kernel;

use ndarray::Array2;

pub use activation::{Relu, Sigmoid, Tanh};
pub use dense::Dense;
pub use flatten::Flatten;

use crate::nn::init;
use crate::nn::layer::Layer;
use crate::nn::spec::{InitSpec, LayerSpec};
use crate::real::Real;
use crate::rng::Rng;

/// Builds the layer of a checked spec for inputs of the shape `input`; `None` for a kind that is not computed yet,
/// which [`NetSpec::check`](crate::nn::spec::NetSpec::check) has refused before.
pub fn build<T: Real>(
    spec: &LayerSpec,
    input: &[usize],
    init: InitSpec,
    rng: &mut Rng,
) -> Option<Box<dyn Layer<T>>> {
    Some(match *spec {
        LayerSpec::Dense { units } => {
            let inputs = input.iter().product();
            let weight: Array2<T> = init::weights(init, inputs, (inputs, units), rng);
            Box::new(Dense::new(weight))
        }
        LayerSpec::Sigmoid => Box::new(Sigmoid),
        LayerSpec::Tanh => Box::new(Tanh),
        LayerSpec::Relu => Box::new(Relu),
        LayerSpec::Flatten => Box::new(Flatten),
        LayerSpec::BatchNorm
        | LayerSpec::Dropout { .. }
        | LayerSpec::Conv2d { .. }
        | LayerSpec::MaxPool2d { .. } => {
            return None;
        }
    })
}
