//! A digit read by a network that is given, without anything that trains: what the page can do before its core has
//! come. The wasm of this is a twentieth of the core's.
//!
//! It computes what [`crate::nn`] computes too, for dense layers with ReLU between them and softmax at the end; a test
//! holds it to that.

use half::f16;

/// Dense layers, ReLU after each but the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    layers: Vec<Dense>,
}

/// y = x·W + b
#[derive(Clone, Debug, PartialEq)]
struct Dense {
    /// `[inputs, outputs]`, the outputs running fastest.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Network {
    /// Puts a layer at the end: weights `[inputs, outputs]` and a bias for each output, both in half precision, two bytes
    /// a number, the lower one first. False, and nothing done, where these are no whole numbers of rows or do not fit the
    /// layer before.
    pub fn push(&mut self, weights: &[u8], biases: &[u8]) -> bool {
        let layer = Dense { weights: numbers(weights), biases: numbers(biases) };
        let outputs = layer.biases.len();
        let whole = weights.len() % 2 + biases.len() % 2 == 0
            && outputs > 0
            && !layer.weights.is_empty()
            && layer.weights.len().is_multiple_of(outputs);
        let fits = self.layers.last().is_none_or(|last| layer.weights.len() == last.biases.len() * outputs);
        if whole && fits {
            self.layers.push(layer);
        }
        whole && fits
    }

    /// A probability for each class; `None` where there is no layer, or the first takes another number of values.
    pub fn probabilities(&self, pixels: &[f32]) -> Option<Vec<f32>> {
        let first = self.layers.first()?;
        if pixels.len() * first.biases.len() != first.weights.len() {
            return None;
        }
        let mut values = first.forward(pixels);
        for layer in &self.layers[1..] {
            for value in &mut values {
                *value = value.max(0.0);
            }
            values = layer.forward(&values);
        }
        Some(softmax(values))
    }
}

impl Dense {
    fn forward(&self, inputs: &[f32]) -> Vec<f32> {
        let mut outputs = self.biases.clone();
        for (&input, weights) in inputs.iter().zip(self.weights.chunks_exact(outputs.len())) {
            // Most of an image is paper.
            if input != 0.0 {
                for (output, weight) in outputs.iter_mut().zip(weights) {
                    *output += input * weight;
                }
            }
        }
        outputs
    }
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect()
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
    use crate::nn::spec::{InitSpec, LayerSpec};
    use crate::rng::{Purpose, Rng};
    use crate::train::recipes;
    use crate::train::trainer::Trainer;

    /// The network and its copy here.
    fn both(trainer: &mut Trainer<f32>) -> Network {
        let half = |values: &[f32]| values.iter().map(|&value| f16::from_f32(value)).collect::<Vec<_>>();
        let bytes =
            |values: &[f32]| half(values).iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>();
        let mut tensors = trainer.weights();
        for tensor in &mut tensors {
            tensor.values = half(&tensor.values).iter().map(|value| value.to_f32()).collect();
        }
        trainer.set_weights(&tensors).expect("the same shapes");
        let of = |name: String| {
            tensors.iter().find(|tensor| tensor.name == name).map(|tensor| bytes(&tensor.values))
        };
        let mut network = Network::default();
        for layer in 0.. {
            let Some(weights) = of(format!("{layer}.weight")) else {
                if layer > 8 {
                    break;
                }
                continue;
            };
            assert!(network.push(&weights, &of(format!("{layer}.bias")).expect("a bias")));
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
        let mut rng = Rng::new(1, Purpose::Split);
        let mut spec = recipes::digits();
        // Wide enough that the probabilities differ.
        spec.init = InitSpec::Normal { std: 0.2 };
        let mut trainer = Trainer::<f32>::new(&spec).expect("a network");
        let network = both(&mut trainer);
        for _ in 0..200 {
            let digit = Digit::from_rgba(&drawing(&mut rng), 100, 100).expect("ink");
            let values = digit.values();
            let expected = trainer
                .predict(ndarray::ArrayView2::from_shape((1, SIDE * SIDE), &values).expect("an image"))
                .expect("probabilities")
                .into_raw_vec_and_offset()
                .0;
            let found = network.probabilities(&values).expect("probabilities");
            assert!(
                found.iter().zip(&expected).all(|(one, other)| (one - other).abs() < 1e-5),
                "{found:?} {expected:?}"
            );
            assert_eq!(highest(&found), highest(&expected));
        }
    }

    #[test]
    fn the_networks_of_the_page_are_of_the_kind_that_it_can_read() {
        let kinds = |layer: &LayerSpec| matches!(layer, LayerSpec::Dense { .. } | LayerSpec::Relu);
        assert!(recipes::digits().layers.iter().all(kinds));
    }

    #[test]
    fn layers_that_do_not_fit_are_refused() {
        let mut network = Network::default();
        assert_eq!(network.probabilities(&[0.0; 3]), None, "no layer");
        assert!(!network.push(&[], &[]));
        assert!(!network.push(&[0; 12], &[0; 5]), "half a number");
        assert!(!network.push(&[0; 10], &[0; 4]), "half a row");
        assert!(network.push(&[0; 12], &[0; 4]));
        assert!(!network.push(&[0; 12], &[0; 4]), "three inputs where two come");
        assert!(network.push(&[0; 8], &[0; 4]));
        assert_eq!(network.probabilities(&[1.0; 2]), None, "three inputs");
        assert_eq!(network.probabilities(&[1.0; 3]), Some(vec![0.5, 0.5]));
    }
}
