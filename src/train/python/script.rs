//! A network and its update rules as Python text, in the style of the book.

use std::fmt::Write as _;

use super::Start;
use crate::nn::spec::{Join, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Schedule, Windows};
use crate::train::course::Ruled;

/// The class of the network, in the book's words of 5.7.2.
pub(super) fn network(spec: &NetSpec, start: &Start) -> String {
    let mut writer =
        Writer { start, made: String::new(), gradients: Vec::new(), dropouts: 0, layers: [0; 3] };
    let layers = writer.chain(&spec.layers, &spec.input, "").join(",\n            ");
    let Writer { made, gradients, .. } = writer;
    let loss = match spec.loss {
        LossSpec::SoftmaxCrossEntropy => "SoftmaxWithLoss",
        LossSpec::MeanSquaredError => "MeanSquaredError",
        LossSpec::BinaryCrossEntropy | LossSpec::LogLikelihood => "SigmoidWithLoss",
        LossSpec::Hinge => "Hinge",
        LossSpec::Huber => "Huber",
    };
    let gradients = gradients.join("\n            ");
    format!(
        r#"class Network:
    """The network of the page; book 5.7.2."""

    def __init__(self, params):
        self.params = params
{made}        self.layers = [
            {layers},
        ]
        self.last_layer = {loss}()

    def predict(self, x, train_flg=False):
        return forward(self.layers, x, train_flg)

    def loss(self, x, labels):
        return self.last_layer.forward(self.predict(x, train_flg=True), labels)

    def gradient(self):
        """By backpropagation, after a call of loss."""
        backward(self.layers, self.last_layer.backward())
        return {{
            {gradients}
        }}
"#
    )
}

/// The beginning of the script.
pub(super) fn head(about: &str) -> String {
    format!(
        r#""""{about}

Made by Fishbowl. Sections are those of the book Deep Learning from Scratch.
"""

import sys
from pathlib import Path

import numpy as np


"#
    )
}

/// The end of the script: samples have this `shape`, each length behind a comma, and are scaled.
pub(super) fn main(shape: &str, scale: &str, agreeing: usize) -> String {
    format!(
        r#"def prepare(samples):
    """What the network is given; book 3.6.1."""
    return samples.reshape(-1{shape}).astype(float){scale}


if __name__ == "__main__":
    # In 64 bits, so that every machine finds the same losses. The page computes in 32.
    params = {{name: array.astype(float) for name, array in read("initial.npz").items()}}
    sys.exit(repeat(Network(params), learn, prepare, {agreeing}))
"#
    )
}

struct Writer<'a> {
    start: &'a Start,
    /// Lines that make the layers with parameters.
    made: String,
    /// Entries of the dictionary of gradients.
    gradients: Vec<String>,
    dropouts: usize,
    /// How many affine, convolution and batch normalization layers there are so far.
    layers: [usize; 3],
}

impl Writer<'_> {
    /// Expressions of layers in a row, for an input of this shape. Their names in the network begin with `path`.
    fn chain(&mut self, layers: &[LayerSpec], input: &[usize], path: &str) -> Vec<String> {
        let mut shape = input.to_vec();
        let mut made = Vec::with_capacity(layers.len());
        for (index, layer) in layers.iter().enumerate() {
            made.push(self.layer(layer, &shape, &format!("{path}{index}.")));
            shape = layer.output_shape(&shape).unwrap_or_default();
        }
        made
    }

    fn layer(&mut self, layer: &LayerSpec, input: &[usize], path: &str) -> String {
        match layer {
            LayerSpec::Dense { .. } => self.with_weights(0, "affine", "Affine", path, ""),
            LayerSpec::Sigmoid => "Sigmoid()".to_owned(),
            LayerSpec::Tanh => "Tanh()".to_owned(),
            LayerSpec::Relu => "Relu()".to_owned(),
            LayerSpec::Flatten => "Flatten()".to_owned(),
            LayerSpec::BatchNorm => self.batch_norm(path),
            LayerSpec::Dropout { rate } => {
                self.dropouts += 1;
                format!("Dropout({rate:?}, read(\"dropout{}.npy\"))", self.dropouts)
            }
            LayerSpec::Conv2d { stride, pad, .. } => {
                let (stride, pad) = (stride.unwrap_or(1), pad.unwrap_or(0));
                self.with_weights(1, "conv", "Convolution", path, &format!(", stride={stride}, pad={pad}"))
            }
            LayerSpec::MaxPool2d(windows) => pooling("Pooling", *windows),
            LayerSpec::AveragePool2d(windows) => pooling("AveragePooling", *windows),
            LayerSpec::Branches { join, branches } => {
                let kind = match join {
                    Join::Add => "Sum",
                    Join::Concatenate => "Concatenation",
                };
                let ways = branches.iter().enumerate().map(|(branch, layers)| {
                    format!("[{}]", self.chain(layers, input, &format!("{path}{branch}.")).join(", "))
                });
                format!("{kind}({})", ways.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// A layer of weights and biases, under a name by which its gradients are found.
    fn with_weights(&mut self, kind: usize, name: &str, class: &str, path: &str, more: &str) -> String {
        let [weight, bias] = ["weight", "bias"].map(|part| self.start.name(path, part));
        let arguments = format!("params[\"{weight}\"], params[\"{bias}\"]{more}");
        self.named(kind, name, class, &arguments, [(weight, "dW"), (bias, "db")])
    }

    fn batch_norm(&mut self, path: &str) -> String {
        let names = ["weight", "bias", "running_mean", "running_var"].map(|part| self.start.name(path, part));
        let [gamma, beta, ..] = names.clone();
        let arguments = names.map(|name| format!("params[\"{name}\"]")).join(", ");
        self.named(2, "norm", "BatchNormalization", &arguments, [(gamma, "dgamma"), (beta, "dbeta")])
    }

    fn named(
        &mut self,
        kind: usize,
        name: &str,
        class: &str,
        arguments: &str,
        gradients: [(String, &str); 2],
    ) -> String {
        self.layers[kind] += 1;
        let name = format!("self.{name}{}", self.layers[kind]);
        // Writing into a String cannot fail.
        let _ = writeln!(self.made, "        {name} = {class}({arguments})");
        self.gradients.extend(gradients.map(|(array, gradient)| format!("\"{array}\": {name}.{gradient},")));
        name
    }
}

fn pooling(class: &str, windows: Windows) -> String {
    let (size, stride, pad) = windows.numbers();
    format!("{class}({size}, stride={stride}, pad={pad})")
}

/// The function that takes a step by the update rule that was at work.
pub(super) fn learning(rules: &[Ruled]) -> String {
    let mut text = String::from(
        "def learn(iteration, optimizer, params, grads):\n    \
         \"\"\"A step after so many others, by the update rule that was at work then.\"\"\"\n",
    );
    for (place, rule) in rules.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| &rules[before].optimizer);
        let setting = setting(rule, before);
        if !setting.is_empty() {
            let _ = writeln!(text, "    if iteration == {}:\n        {setting}", rule.from);
        }
    }
    for (place, rule) in rules.iter().enumerate() {
        let lines = each_step(&rule.optimizer);
        let indent = if rules.len() > 1 && !lines.is_empty() {
            let end = rules.get(place + 1).map_or(String::new(), |next| format!(" < {}", next.from));
            let _ = writeln!(text, "    if {} <= iteration{end}:", rule.from);
            "        "
        } else {
            "    "
        };
        for line in lines {
            let _ = writeln!(text, "{indent}{line}");
        }
    }
    text.push_str("    optimizer.update(params, grads)\n    return optimizer\n");
    text
}

/// What begins with a rule: another optimizer, or another learning rate of the same.
fn setting(rule: &Ruled, before: Option<&OptimizerSpec>) -> String {
    let spec = &rule.optimizer;
    let rate = spec.learning_rate;
    if rule.steps > 0 && before.is_some() {
        let same = spec.schedule.is_some()
            || before.is_some_and(|before| before.schedule.is_none() && before.learning_rate == rate);
        return if same { String::new() } else { format!("optimizer.lr = {rate:?}") };
    }
    let momentum = spec.momentum.unwrap_or(0.9);
    let made = match spec.kind {
        OptimizerKind::Sgd => format!("SGD({rate:?})"),
        OptimizerKind::Momentum => format!("Momentum({rate:?}, {momentum:?})"),
        OptimizerKind::Nesterov => format!("Nesterov({rate:?}, {momentum:?})"),
        OptimizerKind::Adagrad => format!("AdaGrad({rate:?})"),
        OptimizerKind::Rmsprop => format!("RMSprop({rate:?})"),
        OptimizerKind::Adam => {
            format!("Adam({rate:?}, {:?}, {:?})", spec.beta1.unwrap_or(0.9), spec.beta2.unwrap_or(0.999))
        }
    };
    format!("optimizer = {made}")
}

/// What a rule does at each step before the optimizer's.
fn each_step(spec: &OptimizerSpec) -> Vec<String> {
    let mut lines = Vec::new();
    let rate = spec.learning_rate;
    match spec.schedule {
        None => {}
        Some(Schedule::Step { every, factor }) => {
            lines.push(format!("optimizer.lr = {rate:?} * {factor:?} ** (iteration // {every})"));
        }
        Some(Schedule::Cosine { iterations, r#final }) => {
            let end = r#final.unwrap_or(0.0);
            lines.push(format!("share = 0.5 + 0.5 * np.cos(np.pi * min(1, iteration / {iterations}))"));
            lines.push(format!("optimizer.lr = {rate:?} * ({end:?} + (1 - {end:?}) * float(share))"));
        }
    }
    lines.extend(spec.clip_norm.map(|most| format!("clip_gradients(grads, {most:?})")));
    let decay = spec.weight_decay.filter(|&decay| decay > 0.0);
    lines.extend(decay.map(|decay| format!("decay_weights(grads, params, {decay:?})")));
    lines
}
