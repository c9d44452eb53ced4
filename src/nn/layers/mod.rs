//! The layers, one file each, and how a network is built of them.

mod activation;
mod batch_norm;
mod branches;
mod conv2d;
mod correlation;
mod dense;
mod dropout;
mod pool2d;
mod product;
mod sparse_product;

pub use activation::{Relu, Sigmoid, Tanh};
pub use batch_norm::BatchNorm;
pub use branches::Branches;
pub use conv2d::{Conv2d, Geometry};
pub use dense::Dense;
pub use dropout::{Dropout, mask};
pub use pool2d::{AveragePool2d, MaxPool2d};

use crate::nn::chain::{Chain, Link};
use crate::nn::init;
use crate::nn::layer::Param;
use crate::nn::spec::{InitSpec, LayerSpec, NetSpec, Windows};
use crate::real::Real;
use crate::rng::{Purpose, Rng};

/// Builds the layers of a checked spec, whose shapes are these, and their parameters.
pub fn build<T: Real>(spec: &NetSpec, shapes: &[Vec<usize>]) -> (Chain<T>, Vec<Param<T>>) {
    let mut builder = Builder::new(spec, false);
    let (chain, _) = builder.chain(&spec.layers, &shapes[0], "", 0);
    (chain, builder.params)
}

/// Builds the same layers for the same parameters, but so that each computes by itself and the output of each stays.
/// Layers of branches are not apart.
pub fn build_apart<T: Real>(spec: &NetSpec, shapes: &[Vec<usize>]) -> Chain<T> {
    Builder::new(spec, true).chain(&spec.layers, &shapes[0], "", 0).0
}

struct Builder<T> {
    init: InitSpec,
    seed: u32,
    rng: Rng,
    params: Vec<Param<T>>,
    dropouts: usize,
    /// Whether the layers of the network compute one by one.
    apart: bool,
}

impl<T: Real> Builder<T> {
    fn new(spec: &NetSpec, apart: bool) -> Self {
        Self {
            init: spec.init,
            seed: spec.seed,
            rng: Rng::new(spec.seed, Purpose::Weights(0)),
            params: Vec::new(),
            dropouts: 0,
            apart,
        }
    }

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
        let mut pooled_at = None;
        let apart = self.apart && path.is_empty();
        for (index, layer) in layers.iter().enumerate() {
            if path.is_empty() {
                // A stream for each layer, so that one more layer changes no weight of the others.
                self.rng = Rng::new(self.seed, Purpose::Weights(index));
            }
            let start = self.params.len();
            let output = layer.output_shape(&shape).unwrap_or_default();
            let mut width = output.iter().product();
            let pool = pool_behind(&layers[index..]).filter(|_| !apart);
            let link = match (layer, pool) {
                (&LayerSpec::Conv2d { filters, size, stride, pad }, Some((behind, windows))) => {
                    let pool = MaxPool2d::new(&output, windows);
                    width = pool.outputs() * filters;
                    pooled_at = Some(index + behind);
                    let geometry = geometry(&shape, filters, size, stride, pad);
                    Link::Layer(Box::new(self.conv2d(geometry, &format!("{path}{index}.")).pooled(pool)))
                }
                _ if pooled_at == Some(index) => Link::Reshape,
                _ => self.link(layer, &shape, &format!("{path}{index}.")),
            };
            shape = output;
            links.push((link, start - base..self.params.len() - base, width));
        }
        let inputs = input.iter().product();
        (if apart { Chain::apart(inputs, links) } else { Chain::new(inputs, links) }, shape)
    }

    fn link(&mut self, layer: &LayerSpec, input: &[usize], path: &str) -> Link<T> {
        match *layer {
            LayerSpec::Dense { units } => {
                let inputs = input.iter().product();
                let weight = init::weights(self.init, inputs, (inputs, units), &mut self.rng);
                self.add(path, Dense::params(weight));
                Link::Layer(Box::new(Dense::default()))
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
                Link::Layer(Box::new(self.conv2d(geometry(input, filters, size, stride, pad), path)))
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

    fn conv2d(&mut self, geometry: Geometry, path: &str) -> Conv2d<T> {
        let taps = geometry.taps();
        let weight = init::weights(self.init, taps, (geometry.filters, taps), &mut self.rng);
        self.add(path, Conv2d::params(&geometry, weight));
        Conv2d::new(geometry)
    }

    fn add<const N: usize>(&mut self, path: &str, params: [Param<T>; N]) {
        self.params.extend(params.map(|param| Param { name: format!("{path}{}", param.name), ..param }));
    }
}

/// The max pooling that may be computed along with the first of these layers, and where it stands: next, or behind an
/// activation function. Those rise everywhere, so the largest of their values is the value of the largest, and its
/// gradient the same: f(max x) = max f(x), for a quarter of the work where windows are 2×2.
fn pool_behind(layers: &[LayerSpec]) -> Option<(usize, Windows)> {
    match layers {
        [_, LayerSpec::MaxPool2d(windows), ..] => Some((1, *windows)),
        [_, LayerSpec::Relu | LayerSpec::Sigmoid | LayerSpec::Tanh, LayerSpec::MaxPool2d(windows), ..] => {
            Some((2, *windows))
        }
        _ => None,
    }
}

fn geometry(
    input: &[usize],
    filters: usize,
    size: usize,
    stride: Option<usize>,
    pad: Option<usize>,
) -> Geometry {
    let [channels, height, width] = [input[0], input[1], input[2]];
    Geometry { channels, height, width, filters, size, stride: stride.unwrap_or(1), pad: pad.unwrap_or(0) }
}
