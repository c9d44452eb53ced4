//! The layers, one file each, and how a network is built of them.

mod activation;
mod batch_norm;
mod branches;
mod conv2d;
mod correlation;
mod dense;
mod dropout;
mod kernel;
mod pool2d;

pub use activation::{Relu, Sigmoid, Tanh};
pub use batch_norm::BatchNorm;
pub use branches::Branches;
pub use conv2d::{Conv2d, Geometry};
pub use dense::Dense;
pub use dropout::Dropout;
pub use pool2d::{AveragePool2d, MaxPool2d};

use crate::nn::chain::{Chain, Link};
use crate::nn::init;
use crate::nn::layer::Param;
use crate::nn::spec::{InitSpec, LayerSpec, NetSpec};
use crate::real::Real;
use crate::rng::{Purpose, Rng};

/// Builds the layers of a checked spec, whose shapes are these, and their parameters.
pub fn build<T: Real>(spec: &NetSpec, shapes: &[Vec<usize>]) -> (Chain<T>, Vec<Param<T>>) {
    let mut builder = Builder {
        init: spec.init,
        seed: spec.seed,
        rng: Rng::new(spec.seed, Purpose::Weights(0)),
        params: Vec::new(),
        dropouts: 0,
    };
    let (chain, _) = builder.chain(&spec.layers, &shapes[0], "", 0);
    (chain, builder.params)
}

struct Builder<T> {
    init: InitSpec,
    seed: u32,
    rng: Rng,
    params: Vec<Param<T>>,
    dropouts: usize,
}

impl<T: Real> Builder<T> {
    /// A chain for inputs of the shape `input`, and the shape of its output. Its layers' names begin with `path`, its
    /// share of the parameters is counted from `base`.
    fn chain(
        &mut self,
        layers: &[LayerSpec],
        input: &[usize],
        path: &str,
        base: usize,
    ) -> (Chain<T>, Vec<usize>) {
        let mut shape = input.to_vec();
        let mut links = Vec::with_capacity(layers.len());
        for (index, layer) in layers.iter().enumerate() {
            if path.is_empty() {
                // A stream for each layer, so that one more layer changes no weight of the others.
                self.rng = Rng::new(self.seed, Purpose::Weights(index));
            }
            let start = self.params.len();
            let link = self.link(layer, &shape, &format!("{path}{index}."));
            if let Ok(output) = layer.output_shape(&shape) {
                shape = output;
            }
            links.push((link, start - base..self.params.len() - base, shape.iter().product()));
        }
        (Chain::new(input.iter().product(), links), shape)
    }

    fn link(&mut self, layer: &LayerSpec, input: &[usize], path: &str) -> Link<T> {
        match *layer {
            LayerSpec::Dense { units } => {
                let inputs = input.iter().product();
                let weight = init::weights(self.init, inputs, (inputs, units), &mut self.rng);
                self.add(path, Dense::params(weight));
                Link::Layer(Box::new(Dense::new(inputs, units)))
            }
            LayerSpec::Sigmoid => Link::Pointwise(Box::new(Sigmoid)),
            LayerSpec::Tanh => Link::Pointwise(Box::new(Tanh)),
            LayerSpec::Relu => Link::Pointwise(Box::new(Relu)),
            LayerSpec::Flatten => Link::Reshape,
            LayerSpec::BatchNorm => {
                self.add(path, BatchNorm::params(input[0]));
                Link::Layer(Box::new(BatchNorm::new(input)))
            }
            LayerSpec::Dropout { rate } => {
                self.dropouts += 1;
                Link::Pointwise(Box::new(Dropout::new(rate, self.seed, self.dropouts - 1)))
            }
            LayerSpec::Conv2d { filters, size, stride, pad } => {
                let geometry = Geometry {
                    channels: input[0],
                    height: input[1],
                    width: input[2],
                    filters,
                    size,
                    stride: stride.unwrap_or(1),
                    pad: pad.unwrap_or(0),
                };
                let taps = geometry.taps();
                let weight = init::weights(self.init, taps, (filters, taps), &mut self.rng);
                self.add(path, Conv2d::params(&geometry, weight));
                Link::Layer(Box::new(Conv2d::new(geometry)))
            }
            LayerSpec::MaxPool2d(windows) => Link::Layer(Box::new(MaxPool2d::new(input, windows))),
            LayerSpec::AveragePool2d(windows) => Link::Layer(Box::new(AveragePool2d::new(input, windows))),
            LayerSpec::Branches { join, ref branches } => {
                let base = self.params.len();
                let chains = branches.iter().enumerate().map(|(branch, layers)| {
                    let (chain, shape) = self.chain(layers, input, &format!("{path}{branch}."), base);
                    (chain, shape.iter().product())
                });
                Link::Layer(Box::new(Branches::new(join, chains.collect())))
            }
        }
    }

    fn add<const N: usize>(&mut self, path: &str, params: [Param<T>; N]) {
        self.params.extend(params.map(|param| Param { name: format!("{path}{}", param.name), ..param }));
    }
}
