//! A digit read by a network that is given, without anything that trains: what the page can do before its core has
//! come. The wasm of this is a fiftieth of the core's.
//!
//! It computes what [`crate::nn`] computes too, for convolutions, ReLU, pooling and dense layers with softmax at the end;
//! a test holds it to that.

/// Layers one after the other. It starts as the image that they take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    image: Maps,
    layers: Vec<Layer>,
    output: Maps,
}

/// The size of feature maps: dense layers have one of 1×1 for each unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Maps {
    channels: usize,
    height: usize,
    width: usize,
}

impl Maps {
    fn len(self) -> usize {
        self.channels * self.height * self.width
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Layer {
    /// y = x·W + b; W is `[inputs, outputs]`, the outputs running fastest.
    Dense { weights: Vec<f32>, biases: Vec<f32> },
    /// Steps of 1; the filters are `[filters, channels, size, size]`.
    Convolution { filters: Vec<f32>, biases: Vec<f32>, size: usize, pad: usize, input: Maps, output: Maps },
    /// The largest of each square of `size`×`size`.
    MaxPool { size: usize, input: Maps, output: Maps },
    /// max(0, x)
    Relu,
}

impl Network {
    /// No layers yet, for images of one channel.
    pub fn new(height: usize, width: usize) -> Self {
        let image = Maps { channels: 1, height, width };
        Self { image, layers: Vec::new(), output: image }
    }

    /// Puts a dense layer at the end: weights `[inputs, outputs]`, a bias for each output. False, and nothing done, where
    /// these do not fit each other or what comes in.
    pub fn dense(&mut self, weights: Vec<f32>, biases: Vec<f32>) -> bool {
        let fits = !biases.is_empty() && weights.len() == self.output.len() * biases.len();
        let output = Maps { channels: biases.len(), height: 1, width: 1 };
        fits && self.push(Layer::Dense { weights, biases }, output)
    }

    /// Puts a convolution at the end: filters `[filters, channels, size, size]`, a bias for each filter, steps of 1. False,
    /// and nothing done, where these do not fit each other or what comes in.
    pub fn convolution(&mut self, filters: Vec<f32>, biases: Vec<f32>, size: usize, pad: usize) -> bool {
        let input = self.output;
        let fits = size > 0
            && size <= input.height.min(input.width)
            && pad < size
            && !biases.is_empty()
            && input.channels.checked_mul(size * size).and_then(|each| each.checked_mul(biases.len()))
                == Some(filters.len());
        if !fits {
            return false;
        }
        let grown = |length: usize| length + 2 * pad + 1 - size;
        let output = Maps { channels: biases.len(), height: grown(input.height), width: grown(input.width) };
        self.push(Layer::Convolution { filters, biases, size, pad, input, output }, output)
    }

    /// Puts a pooling at the end: the largest of each square, squares side by side. False, and nothing done, where a square
    /// does not fit into what comes in.
    pub fn max_pool(&mut self, size: usize) -> bool {
        let input = self.output;
        let fits = size > 0 && size <= input.height.min(input.width);
        let output = Maps { height: input.height / size.max(1), width: input.width / size.max(1), ..input };
        fits && self.push(Layer::MaxPool { size, input, output }, output)
    }

    /// Puts a ReLU at the end.
    pub fn relu(&mut self) -> bool {
        self.push(Layer::Relu, self.output)
    }

    fn push(&mut self, layer: Layer, output: Maps) -> bool {
        self.layers.push(layer);
        self.output = output;
        true
    }

    /// A probability for each class; `None` where there is no layer, or an image has another number of values.
    pub fn probabilities(&self, pixels: &[f32]) -> Option<Vec<f32>> {
        if self.layers.is_empty() || pixels.len() != self.image.len() {
            return None;
        }
        let through = |values: Vec<f32>, layer: &Layer| layer.forward(values);
        Some(softmax(self.layers.iter().fold(pixels.to_vec(), through)))
    }
}

impl Layer {
    fn forward(&self, mut values: Vec<f32>) -> Vec<f32> {
        match self {
            Self::Dense { weights, biases } => dense(&values, weights, biases),
            Self::Convolution { filters, biases, size, pad, input, output } => {
                let padded = padded(&values, *input, *pad);
                let mut maps = Vec::with_capacity(output.len());
                for (filter, &bias) in filters.chunks_exact(input.channels * size * size).zip(biases) {
                    maps.extend(correlated(&padded, filter, (input.width + 2 * pad, *size), bias, *output));
                }
                maps
            }
            Self::MaxPool { size, input, output } => pooled(&values, *size, *input, *output),
            Self::Relu => {
                values.iter_mut().for_each(|value| *value = value.max(0.0));
                values
            }
        }
    }
}

fn dense(inputs: &[f32], weights: &[f32], biases: &[f32]) -> Vec<f32> {
    let mut outputs = biases.to_vec();
    for (&input, weights) in inputs.iter().zip(weights.chunks_exact(biases.len())) {
        // Most of an image is paper, and most units are silent.
        if input != 0.0 {
            outputs.iter_mut().zip(weights).for_each(|(output, weight)| *output += input * weight);
        }
    }
    outputs
}

/// Maps with `pad` zeros on each side.
fn padded(values: &[f32], input: Maps, pad: usize) -> Vec<Vec<f32>> {
    let width = input.width + 2 * pad;
    let map = |map: &[f32]| {
        let mut wide = vec![0.0; width * (input.height + 2 * pad)];
        for (row, line) in map.chunks_exact(input.width).enumerate() {
            wide[(row + pad) * width + pad..][..input.width].copy_from_slice(line);
        }
        wide
    };
    values.chunks_exact(input.width * input.height).map(map).collect()
}

/// One map of a convolution: whole lines at once, which the compiler makes vectors of.
fn correlated(
    maps: &[Vec<f32>],
    filter: &[f32],
    (width, size): (usize, usize),
    bias: f32,
    output: Maps,
) -> Vec<f32> {
    let mut sums = vec![bias; output.height * output.width];
    for (map, weights) in maps.iter().zip(filter.chunks_exact(size * size)) {
        for (tap, &weight) in weights.iter().enumerate() {
            let shifted = &map[tap / size * width + tap % size..];
            for (sums, line) in sums.chunks_exact_mut(output.width).zip(shifted.chunks(width)) {
                sums.iter_mut().zip(line).for_each(|(sum, value)| *sum += weight * value);
            }
        }
    }
    sums
}

fn pooled(values: &[f32], size: usize, input: Maps, output: Maps) -> Vec<f32> {
    let mut largest = Vec::with_capacity(output.len());
    for map in values.chunks_exact(input.width * input.height) {
        for (row, column) in
            (0..output.height).flat_map(|row| (0..output.width).map(move |column| (row, column)))
        {
            let lines =
                (0..size).map(|down| &map[(row * size + down) * input.width + column * size..][..size]);
            largest.push(lines.flatten().copied().fold(f32::NEG_INFINITY, f32::max));
        }
    }
    largest
}

/// e^(aₖ − max a) / Σ e^(aᵢ − max a)
fn softmax(mut scores: Vec<f32>) -> Vec<f32> {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for score in &mut scores {
        *score = libm::expf(*score - largest);
    }
    let sum: f32 = scores.iter().sum();
    for score in &mut scores {
        *score /= sum;
    }
    scores
}

/// The class of the highest probability; `None` where none is a number.
pub fn highest(probabilities: &[f32]) -> Option<usize> {
    let numbers = probabilities.iter().enumerate().filter(|(_, value)| !value.is_nan());
    numbers.rev().max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digit::{Digit, SIDE};
    use crate::nn::networks::named;
    use crate::nn::spec::{InitSpec, LayerSpec};
    use crate::rng::{Purpose, Rng};
    use crate::train::trainer::Trainer;

    /// The network and its copy here.
    fn both(trainer: &mut Trainer<f32>) -> Network {
        let tensors = trainer.weights();
        let of = |name: String| {
            tensors
                .iter()
                .find(|tensor| tensor.name == name)
                .map(|tensor| tensor.values.clone())
                .expect("a tensor")
        };
        let mut network = Network::new(SIDE, SIDE);
        for (index, layer) in trainer.spec().layers.iter().enumerate() {
            let parts = || (of(format!("{index}.weight")), of(format!("{index}.bias")));
            assert!(match layer {
                LayerSpec::Dense { .. } => network.dense(parts().0, parts().1),
                LayerSpec::Conv2d { size, pad, .. } =>
                    network.convolution(parts().0, parts().1, *size, pad.unwrap_or(0)),
                LayerSpec::MaxPool2d(windows) => network.max_pool(windows.size),
                LayerSpec::Relu => network.relu(),
                _ => true,
            });
        }
        network
    }

    /// A line that bends, as a hand draws it.
    fn drawing(rng: &mut Rng) -> Vec<u8> {
        let mut rgba = vec![0_u8; 100 * 100 * 4];
        let mut turn = 6.3 * rng.uniform();
        let bend = rng.uniform() - 0.5;
        let (mut x, mut y) = (50.0, 50.0);
        for _ in 0..60 {
            turn += bend * 0.4;
            (x, y) = (x + libm::cos(turn), y + libm::sin(turn));
            for (dx, dy) in (-4..5).flat_map(|dx| (-4..5).map(move |dy| (dx, dy))) {
                let (column, row) =
                    ((x as i32 + dx).clamp(0, 99) as usize, (y as i32 + dy).clamp(0, 99) as usize);
                rgba[(row * 100 + column) * 4 + 3] = 255;
            }
        }
        rgba
    }

    #[test]
    fn it_reads_any_drawing_as_the_network_of_the_core_does() {
        for ready in ["deep-convnet", "two-layer"] {
            let mut spec = named(ready).expect("listed");
            // ReLU throughout; wide enough that the probabilities differ.
            spec.layers
                .iter_mut()
                .filter(|layer| **layer == LayerSpec::Sigmoid)
                .for_each(|layer| *layer = LayerSpec::Relu);
            spec.init = InitSpec::He;
            let mut trainer = Trainer::<f32>::new(&spec).expect("a network");
            let network = both(&mut trainer);
            let mut rng = Rng::new(1, Purpose::Split);
            for _ in 0..40 {
                let digit = Digit::from_rgba(&drawing(&mut rng), 100, 100).expect("ink");
                let values = digit.values();
                let expected = trainer
                    .predict(ndarray::ArrayView2::from_shape((1, SIDE * SIDE), &values).expect("an image"))
                    .expect("probabilities")
                    .into_raw_vec_and_offset()
                    .0;
                let found = network.probabilities(&values).expect("probabilities");
                let near = |(one, other): (&f32, &f32)| (one - other).abs() < 1e-5;
                assert!(found.iter().zip(&expected).all(near), "{ready}: {found:?} {expected:?}");
                assert_eq!(highest(&found), highest(&expected));
            }
        }
    }

    #[test]
    fn layers_that_do_not_fit_are_refused() {
        let mut network = Network::new(2, 3);
        assert_eq!(network.probabilities(&[0.0; 6]), None, "no layer");
        assert!(!network.dense(vec![], vec![]));
        assert!(!network.dense(vec![0.0; 11], vec![0.0; 2]), "half a row");
        assert!(!network.dense(vec![0.0; 10], vec![0.0; 2]), "five inputs where six come");
        assert!(!network.convolution(vec![0.0; 9], vec![0.0], 3, 0), "larger than the image");
        assert!(!network.convolution(vec![0.0; 8], vec![0.0], 2, 0), "two channels where one comes");
        assert!(!network.convolution(vec![], vec![], 2, 0) && !network.convolution(vec![], vec![0.0], 0, 0));
        assert!(!network.convolution(vec![0.0; 4], vec![0.0], 2, usize::MAX), "all pad");
        assert!(!network.convolution(vec![0.0; 4], vec![0.0], usize::MAX, usize::MAX - 1), "no such size");
        assert!(!network.max_pool(3) && !network.max_pool(0));
        assert!(network.convolution(vec![1.0; 8], vec![0.0, 1.0], 2, 1));
        assert!(network.max_pool(2) && network.relu());
        assert!(!network.dense(vec![0.0; 12], vec![0.0; 2]), "four inputs come");
        assert!(network.dense(vec![0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], vec![0.0; 2]));
        assert_eq!(network.probabilities(&[1.0; 2]), None, "two values");
        let found = network.probabilities(&[1.0, 0.0, 0.0, 0.0, 0.0, 5.0]).expect("fits");
        assert!((found[1] - 0.731).abs() < 1e-3, "the first map's first square holds 1 at most: {found:?}");
    }
}
