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
use crate::nn::spec::{LayerSpec, NetSpec, Windows};
use crate::real::Real;

/// Builds the layers of a checked spec, whose shapes are these, for the parameters that [`init::params`] gives.
pub fn build<T: Real>(spec: &NetSpec, shapes: &[Vec<usize>]) -> Chain<T> {
    Builder { seed: spec.seed, dropouts: 0 }.chain(&spec.layers, &shapes[0], 0, false).0
}

/// Builds the same layers for the same parameters, but so that each computes by itself and the output of each stays.
/// Layers of branches are not apart.
pub fn build_apart<T: Real>(spec: &NetSpec, shapes: &[Vec<usize>]) -> Chain<T> {
    Builder { seed: spec.seed, dropouts: 0 }.chain(&spec.layers, &shapes[0], 0, true).0
}

struct Builder {
    seed: u32,
    dropouts: usize,
}

impl Builder {
    /// A chain for inputs of the shape `input`, and the shape of its output. `start` is the place of its first parameter.
    /// `apart`: its layers compute one by one.
    fn chain<T: Real>(
        &mut self,
        layers: &[LayerSpec],
        input: &[usize],
        mut start: usize,
        apart: bool,
    ) -> (Chain<T>, Vec<usize>) {
        let mut shape = input.to_vec();
        let mut links = Vec::with_capacity(layers.len());
        let mut pooled_at = None;
        for (index, layer) in layers.iter().enumerate() {
            let output = layer.output_shape(&shape).unwrap_or_default();
            let mut width = output.iter().product();
            let pool = pool_behind(&layers[index..]).filter(|_| !apart);
            let link = match (layer, pool) {
                (&LayerSpec::Conv2d { filters, size, stride, pad }, Some((behind, windows))) => {
                    let pool = MaxPool2d::new(&output, windows);
                    width = pool.outputs() * filters;
                    pooled_at = Some(index + behind);
                    let geometry = geometry(&shape, filters, size, stride, pad);
                    Link::Layer(Box::new(Conv2d::new(geometry).pooled(pool)))
                }
                _ if pooled_at == Some(index) => Link::Reshape,
                _ => self.link(layer, &shape),
            };
            shape = output;
            let end = start + init::count(layer);
            links.push((link, start..end, width));
            start = end;
        }
        let inputs = input.iter().product();
        (if apart { Chain::apart(inputs, links) } else { Chain::new(inputs, links) }, shape)
    }

    fn link<T: Real>(&mut self, layer: &LayerSpec, input: &[usize]) -> Link<T> {
        match *layer {
            LayerSpec::Dense { .. } => Link::Layer(Box::new(Dense::default())),
            LayerSpec::Sigmoid => Link::Pointwise(Box::new(Sigmoid)),
            LayerSpec::Tanh => Link::Pointwise(Box::new(Tanh)),
            LayerSpec::Relu => Link::Pointwise(Box::new(Relu)),
            LayerSpec::Flatten => Link::Reshape,
            LayerSpec::BatchNorm => Link::Layer(Box::new(BatchNorm::new(input))),
            LayerSpec::Dropout { rate } => {
                self.dropouts += 1;
                Link::Pointwise(Box::new(Dropout::new(rate, self.seed, self.dropouts - 1)))
            }
            LayerSpec::Conv2d { filters, size, stride, pad } => {
                Link::Layer(Box::new(Conv2d::new(geometry(input, filters, size, stride, pad))))
            }
            LayerSpec::MaxPool2d(windows) => Link::Layer(Box::new(MaxPool2d::new(input, windows))),
            LayerSpec::AveragePool2d(windows) => Link::Layer(Box::new(AveragePool2d::new(input, windows))),
            LayerSpec::Branches { join, ref branches } => {
                let mut start = 0;
                let chains = branches.iter().map(|layers| {
                    let (chain, shape) = self.chain(layers, input, start, false);
                    start += layers.iter().map(init::count).sum::<usize>();
                    (chain, shape.iter().product())
                });
                Link::Layer(Box::new(Branches::new(join, chains.collect())))
            }
        }
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
