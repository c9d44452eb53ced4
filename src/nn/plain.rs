//! Networks of dense layers as plain loops, in either precision: for derivatives by differences, which need the loss
//! again and again with one number changed, and for backpropagation with a mistake in it.
//!
//! The layers of [`network`](super::network) in double precision would be a tenth of the core's wasm. These are held to
//! them by a test.

use serde::{Deserialize, Serialize};

use super::spec::{LayerSpec, LossSpec, NetSpec};
use crate::error::{Code, Error, Result};
use crate::real::Real;

/// A mistake in the backward pass, as one makes it when one writes it for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mistake {
    /// The gradients of the biases are forgotten: they stay 0.
    Bias,
    /// The slope of the activation function is wrong: y in place of y(1 − y) for a sigmoid, 1 − y in place of 1 − y² for
    /// tanh, 1 everywhere for ReLU.
    Slope,
    /// The gradients are summed over the batch, not divided by its size.
    Batch,
    /// The gradient of the loss is t − y instead of y − t.
    Sign,
}

/// Samples with their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples<T> {
    /// The values of one sample after the other.
    pub values: Vec<T>,
    /// A class for each sample.
    pub labels: Vec<u8>,
}

/// A function of each value by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activation {
    Sigmoid,
    Tanh,
    Relu,
}

/// y = h(x·W + b).
#[derive(Clone, Debug)]
struct Affine<T> {
    inputs: usize,
    outputs: usize,
    /// `[inputs, outputs]`, then the bias, `[outputs]`.
    params: [Vec<T>; 2],
    activation: Option<Activation>,
}

/// A network of dense layers with softmax and cross-entropy, or one sigmoid and binary cross-entropy, at its end.
///
/// Its parameters are counted as those of [`Network`](super::network::Network): weight and bias of the first layer,
/// weight and bias of the second.
#[derive(Clone, Debug)]
pub struct Plain<T> {
    layers: Vec<Affine<T>>,
    loss: LossSpec,
    /// What each layer made of the samples of the last [`forward`](Self::forward).
    outputs: Vec<Vec<T>>,
    /// The same with one parameter changed.
    moved: Vec<Vec<T>>,
    /// The mean loss of the samples of the last forward pass.
    mean: T,
}

impl<T: Real> Plain<T> {
    /// The network of a spec, all of its parameters 0.
    ///
    /// # Errors
    /// The field of the spec that is wrong, or a layer or a loss that is not computed here.
    pub fn new(spec: &NetSpec) -> Result<Self> {
        let shapes = spec.check()?;
        if !matches!(spec.loss, LossSpec::SoftmaxCrossEntropy | LossSpec::BinaryCrossEntropy) {
            let allowed = "softmax-cross-entropy | binary-cross-entropy";
            return Err(Error::new(Code::NotSupported, "loss", format!("{:?}", spec.loss), allowed));
        }
        let mut layers: Vec<Affine<T>> = Vec::new();
        for (index, layer) in spec.layers.iter().enumerate() {
            let activation = match layer {
                LayerSpec::Dense { units } => {
                    let inputs: usize = shapes[index].iter().product();
                    let params = [vec![T::zero(); inputs * units], vec![T::zero(); *units]];
                    layers.push(Affine { inputs, outputs: *units, params, activation: None });
                    continue;
                }
                LayerSpec::Sigmoid => Activation::Sigmoid,
                LayerSpec::Tanh => Activation::Tanh,
                LayerSpec::Relu => Activation::Relu,
                _ => return Err(unsupported(index, layer)),
            };
            match layers.last_mut().filter(|before| before.activation.is_none()) {
                Some(before) => before.activation = Some(activation),
                None => return Err(unsupported(index, layer)),
            }
        }
        let empty = vec![Vec::new(); layers.len()];
        Ok(Self { layers, loss: spec.loss, outputs: empty.clone(), moved: empty, mean: T::zero() })
    }

    /// The parameters in their order.
    pub fn params(&self) -> impl Iterator<Item = &[T]> {
        self.layers.iter().flat_map(|layer| layer.params.iter().map(Vec::as_slice))
    }

    /// The same, to be changed.
    pub fn params_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.layers.iter_mut().flat_map(|layer| layer.params.iter_mut().map(Vec::as_mut_slice))
    }

    /// Sends samples through all layers; their mean loss.
    pub fn forward(&mut self, samples: &Samples<T>) -> T {
        for index in 0..self.layers.len() {
            let (before, after) = self.outputs.split_at_mut(index);
            let input = before.last().unwrap_or(&samples.values);
            self.layers[index].forward(input, &mut after[0]);
        }
        self.mean = self.mean_loss(self.outputs.last().unwrap_or(&samples.values), &samples.labels);
        self.mean
    }

    /// What the network says of a sample: a probability for each class, or that of class 1.
    pub fn predict(&mut self, values: &[T]) -> &[T] {
        self.forward(&Samples { values: values.to_vec(), labels: Vec::new() });
        match (self.loss, self.outputs.last_mut()) {
            (_, None) => &[],
            (LossSpec::BinaryCrossEntropy, Some(outputs)) => {
                outputs.iter_mut().for_each(|a| *a = a.sigmoid());
                outputs
            }
            (_, Some(outputs)) => {
                softmax(outputs);
                outputs
            }
        }
    }

    /// The mean loss that the samples of the last [`forward`](Self::forward) have when one number of one parameter is
    /// changed by so much.
    ///
    /// Layers before it are not calculated again, nor other units of its layer: they give what they gave.
    pub fn moved_loss(&mut self, samples: &Samples<T>, (param, index): (usize, usize), by: T) -> T {
        let (at, is_bias) = (param / 2, param % 2 == 1);
        let Some(layer) = self.layers.get_mut(at) else { return self.mean };
        let unit = index % layer.outputs;
        let Some(value) = layer.params[usize::from(is_bias)].get_mut(index) else { return self.mean };
        // Set back, not moved back: x + h − h need not be x.
        let kept = *value;
        *value += by;
        let layer = &self.layers[at];
        let input = at.checked_sub(1).map_or(&samples.values, |before| &self.outputs[before]);
        let source = index / layer.outputs;
        // Where the weight's input is 0, nothing changes: most pixels of a digit are.
        let matters = is_bias || input.iter().skip(source).step_by(layer.inputs).any(|x| *x != T::zero());
        if matters {
            let (outputs, moved) = (&self.outputs[at], &mut self.moved[at]);
            moved.clone_from(outputs);
            for (row, input) in input.chunks_exact(layer.inputs).enumerate() {
                moved[row * layer.outputs + unit] = layer.unit(input, unit);
            }
            for after in at + 1..self.layers.len() {
                let (before, rest) = self.moved.split_at_mut(after);
                self.layers[after].forward(&before[after - 1], &mut rest[0]);
            }
        }
        self.layers[at].params[usize::from(is_bias)][index] = kept;
        match self.moved.last() {
            Some(outputs) if matters => self.mean_loss(outputs, &samples.labels),
            _ => self.mean,
        }
    }

    /// The central difference of the mean loss along one number of one parameter (book 4.3.1), for the samples of the
    /// last [`forward`](Self::forward).
    pub fn difference(&mut self, samples: &Samples<T>, place: (usize, usize), h: T) -> T {
        let (above, below) = (self.moved_loss(samples, place, h), self.moved_loss(samples, place, -h));
        (above - below) / (h + h)
    }

    /// The gradient of the mean loss by backpropagation for the samples of the last [`forward`](Self::forward), one
    /// array for each parameter, with a mistake in it where one is asked for.
    pub fn backward(&self, samples: &Samples<T>, mistake: Option<Mistake>) -> Vec<Vec<T>> {
        let mut gradients = vec![Vec::new(); 2 * self.layers.len()];
        let Some(outputs) = self.outputs.last() else { return gradients };
        let mut slope = self.slope_of_loss(outputs, &samples.labels);
        let rows = T::from_f64(samples.labels.len().max(1) as f64);
        for value in &mut slope {
            if mistake != Some(Mistake::Batch) {
                *value /= rows;
            }
            if mistake == Some(Mistake::Sign) {
                *value = -*value;
            }
        }
        for (at, layer) in self.layers.iter().enumerate().rev() {
            let input = at.checked_sub(1).map_or(&samples.values, |before| &self.outputs[before]);
            if let Some(activation) = layer.activation {
                for (slope, y) in slope.iter_mut().zip(&self.outputs[at]) {
                    *slope *= activation.slope(*y, mistake == Some(Mistake::Slope));
                }
            }
            let (weight, bias) = layer.gradients(input, &slope);
            let forgotten = mistake == Some(Mistake::Bias);
            gradients[2 * at + 1] = if forgotten { vec![T::zero(); layer.outputs] } else { bias };
            gradients[2 * at] = weight;
            if at > 0 {
                slope = layer.downstream(&slope);
            }
        }
        gradients
    }

    /// The derivative of each sample's loss with respect to the last layer's outputs.
    fn slope_of_loss(&self, outputs: &[T], labels: &[u8]) -> Vec<T> {
        let width = outputs.len() / labels.len().max(1);
        let mut slope = outputs.to_vec();
        for (row, label) in slope.chunks_exact_mut(width.max(1)).zip(labels) {
            if self.loss == LossSpec::BinaryCrossEntropy {
                // As −sigmoid(−a), for sigmoid(a) − 1 cancels.
                row.iter_mut().for_each(|a| *a = if *label == 0 { a.sigmoid() } else { -(-*a).sigmoid() });
            } else {
                softmax(row);
                if let Some(right) = row.get_mut(usize::from(*label)) {
                    *right -= T::one();
                }
            }
        }
        slope
    }

    fn mean_loss(&self, outputs: &[T], labels: &[u8]) -> T {
        let width = outputs.len() / labels.len().max(1);
        let mut sum = T::zero();
        for (row, &label) in outputs.chunks_exact(width.max(1)).zip(labels) {
            let most = row.iter().copied().fold(T::neg_infinity(), T::max);
            sum += if self.loss == LossSpec::BinaryCrossEntropy {
                // log(1 + eᵃ) without overflow, of −a for class 1.
                let a = if label == 0 { row[0] } else { -row[0] };
                a.max(T::zero()) + (T::one() + (-a.abs()).exponential()).logarithm()
            } else {
                let total: T = row.iter().map(|&a| (a - most).exponential()).sum();
                let right = row.get(usize::from(label)).copied();
                total.logarithm() + most - right.unwrap_or(T::nan())
            };
        }
        sum / T::from_f64(labels.len().max(1) as f64)
    }
}

impl<T: Real> Affine<T> {
    /// Writes the outputs for all samples.
    fn forward(&self, input: &[T], output: &mut Vec<T>) {
        let [weight, bias] = &self.params;
        output.clear();
        for input in input.chunks_exact(self.inputs) {
            let first = output.len();
            output.extend_from_slice(bias);
            let output = &mut output[first..];
            for (&x, weights) in input.iter().zip(weight.chunks_exact(self.outputs)) {
                if x != T::zero() {
                    output.iter_mut().zip(weights).for_each(|(sum, &weight)| *sum += x * weight);
                }
            }
            if let Some(activation) = self.activation {
                output.iter_mut().for_each(|value| *value = activation.of(*value));
            }
        }
    }

    /// The output of one unit for one sample, to the bit as [`forward`](Self::forward) gives it.
    fn unit(&self, input: &[T], unit: usize) -> T {
        let [weight, bias] = &self.params;
        let mut sum = bias[unit];
        for (source, &x) in input.iter().enumerate() {
            if x != T::zero() {
                sum += x * weight[source * self.outputs + unit];
            }
        }
        self.activation.map_or(sum, |activation| activation.of(sum))
    }

    /// The gradients of weight and bias.
    fn gradients(&self, input: &[T], slope: &[T]) -> (Vec<T>, Vec<T>) {
        let (mut weight, mut bias) =
            (vec![T::zero(); self.inputs * self.outputs], vec![T::zero(); self.outputs]);
        for (input, slope) in input.chunks_exact(self.inputs).zip(slope.chunks_exact(self.outputs)) {
            bias.iter_mut().zip(slope).for_each(|(sum, &slope)| *sum += slope);
            for (&x, gradients) in input.iter().zip(weight.chunks_exact_mut(self.outputs)) {
                gradients.iter_mut().zip(slope).for_each(|(sum, &slope)| *sum += x * slope);
            }
        }
        (weight, bias)
    }

    /// The gradient of the input.
    fn downstream(&self, slope: &[T]) -> Vec<T> {
        let rows = slope.chunks_exact(self.outputs);
        let of = |slope: &[T], weights: &[T]| {
            slope.iter().zip(weights).map(|(&slope, &weight)| slope * weight).sum()
        };
        rows.flat_map(|slope| {
            self.params[0].chunks_exact(self.outputs).map(move |weights| of(slope, weights))
        })
        .collect()
    }
}

impl Activation {
    fn of<T: Real>(self, x: T) -> T {
        match self {
            Self::Sigmoid => x.sigmoid(),
            Self::Tanh => x.hyperbolic_tangent(),
            // Written so that what is no number passes on.
            Self::Relu if x <= T::zero() => T::zero(),
            Self::Relu => x,
        }
    }

    /// The slope where the output is y.
    fn slope<T: Real>(self, y: T, mistaken: bool) -> T {
        let one = T::one();
        match self {
            Self::Sigmoid => {
                if mistaken {
                    y
                } else {
                    y * (one - y)
                }
            }
            Self::Tanh => {
                if mistaken {
                    one - y
                } else {
                    one - y * y
                }
            }
            Self::Relu if mistaken || y > T::zero() => one,
            Self::Relu => T::zero(),
        }
    }
}

/// Turns outputs into probabilities.
fn softmax<T: Real>(row: &mut [T]) {
    let most = row.iter().copied().fold(T::neg_infinity(), T::max);
    row.iter_mut().for_each(|a| *a = (*a - most).exponential());
    let total: T = row.iter().copied().sum();
    row.iter_mut().for_each(|a| *a /= total);
}

fn unsupported(index: usize, layer: &LayerSpec) -> Error {
    let allowed = "dense | dense, then sigmoid, tanh or relu";
    Error::new(Code::NotSupported, format!("layers[{index}]"), format!("{layer:?}"), allowed)
}

#[cfg(test)]
mod tests;
