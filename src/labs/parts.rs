//! What several labs are made of.

use super::Place;
use super::field::{Choice, Field, Kind};
use super::settings::Settings;
use super::sheet::Number;
use crate::chart::{Axis, Line, Scale};
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;

pub(super) const HELP_RATE: Text =
    Text::new("η: how far each step goes against the gradient.", "η：每一步沿梯度反方向走多远。");

pub(super) const OPTIMIZERS: &[Choice] = &[
    Choice { value: "sgd", label: Text::new("SGD", "SGD") },
    Choice { value: "momentum", label: Text::new("Momentum", "Momentum") },
    Choice { value: "nesterov", label: Text::new("Nesterov", "Nesterov") },
    Choice { value: "adagrad", label: Text::new("AdaGrad", "AdaGrad") },
    Choice { value: "rmsprop", label: Text::new("RMSProp", "RMSProp") },
    Choice { value: "adam", label: Text::new("Adam", "Adam") },
];

pub(super) const ACTIVATIONS: &[Choice] = &[
    Choice { value: "sigmoid", label: Text::new("Sigmoid", "Sigmoid") },
    Choice { value: "tanh", label: Text::new("tanh", "tanh") },
    Choice { value: "relu", label: Text::new("ReLU", "ReLU") },
];

pub(super) const INITS: &[Choice] = &[
    Choice { value: "normal", label: Text::new("Normal", "高斯分布") },
    Choice { value: "xavier", label: Text::new("Xavier", "Xavier") },
    Choice { value: "he", label: Text::new("He", "He") },
];

/// When a field is shown: always, or while another holds one of some values.
pub(super) type Condition = Option<(&'static str, &'static [&'static str])>;

pub(super) const OPTIMIZER: Field = Field {
    name: "optimizer",
    label: Text::new("Optimizer", "参数的更新方法"),
    help: Text::new(
        "How the gradient becomes a step (book 6.1). Adam and RMSProp want a smaller learning rate.",
        "梯度如何变成一步（书中 6.1 节）。Adam 和 RMSProp 需要较小的学习率。",
    ),
    kind: Kind::Choice { options: OPTIMIZERS },
    default: "sgd",
    live: false,
    place: Place::More,
    only: None,
};

pub(super) const fn hidden(only: Condition) -> Field {
    Field {
        name: "hidden",
        label: Text::new("Hidden units", "隐藏层神经元数"),
        help: Text::new(
            "Neurons between the 784 pixels and the 10 classes.",
            "784 个像素与 10 个类别之间的神经元个数。",
        ),
        kind: Kind::Count { min: 1, max: 1000 },
        default: "50",
        live: false,
        place: Place::More,
        only,
    }
}

pub(super) const fn activation(only: Condition) -> Field {
    Field {
        name: "activation",
        label: Text::new("Activation function", "激活函数"),
        help: Text::new(
            "What each hidden neuron does with its sum (book 3.2).",
            "每个隐藏层神经元对总和做什么（书中 3.2 节）。",
        ),
        kind: Kind::Choice { options: ACTIVATIONS },
        default: "relu",
        live: false,
        place: Place::More,
        only,
    }
}

pub(super) const fn batch(only: Condition) -> Field {
    Field {
        name: "batch",
        label: Text::new("Mini-batch size", "mini-batch 大小"),
        help: Text::new("Images in each iteration.", "每次迭代使用的图像数。"),
        kind: Kind::Count { min: 1, max: 1000 },
        default: "100",
        live: false,
        place: Place::More,
        only,
    }
}

pub(super) const fn seed(only: Condition) -> Field {
    Field {
        name: "seed",
        label: Text::new("Seed", "随机种子"),
        help: Text::new(
            "The same seed gives the same weights and batches.",
            "相同的种子得到相同的权重和 mini-batch。",
        ),
        kind: Kind::Count { min: 0, max: u32::MAX },
        default: "1",
        live: false,
        place: Place::More,
        only,
    }
}

/// The update rule that the fields `optimizer` and this rate ask for.
pub(super) fn optimizer(settings: &Settings, rate: f64) -> OptimizerSpec {
    let kind = match settings.words("optimizer") {
        "momentum" => OptimizerKind::Momentum,
        "nesterov" => OptimizerKind::Nesterov,
        "adagrad" => OptimizerKind::Adagrad,
        "rmsprop" => OptimizerKind::Rmsprop,
        "adam" => OptimizerKind::Adam,
        _ => OptimizerKind::Sgd,
    };
    OptimizerSpec::new(kind, rate)
}

/// The book's two-layer net (4.5.1) as the fields `hidden`, `activation`, `batch` and `seed` ask for.
pub(super) fn two_layer_net(settings: &Settings, init: InitSpec, optimizer: OptimizerSpec) -> NetSpec {
    let activation = match settings.words("activation") {
        "sigmoid" => LayerSpec::Sigmoid,
        "tanh" => LayerSpec::Tanh,
        _ => LayerSpec::Relu,
    };
    let hidden = settings.count("hidden") as usize;
    NetSpec {
        input: vec![784],
        layers: vec![LayerSpec::Dense { units: hidden }, activation, LayerSpec::Dense { units: 10 }],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer,
        init,
        batch_size: settings.count("batch") as usize,
        seed: settings.count("seed"),
    }
}

/// A number by itself.
pub(super) fn number(name: &'static str, label: Text, value: Option<String>) -> Number {
    Number { name, label, value: value.unwrap_or_else(|| "—".to_owned()) }
}

/// A number with `digits` significant digits, plain where that is readable: `0.0975`, `2.6e13`, `-3`.
pub(super) fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "NaN".into() } else { if value > 0.0 { "∞" } else { "−∞" }.into() };
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, power)) = scientific.split_once('e') else { return scientific };
    let power: i32 = power.parse().unwrap_or(0);
    if (-5..=digits as i32 + 2).contains(&power) {
        let decimals = (digits as i32 - 1 - power).max(0) as usize;
        trim(&format!("{value:.decimals$}"))
    } else {
        format!("{}e{power}", trim(mantissa))
    }
}

/// Without zeros at the end of a fraction.
fn trim(number: &str) -> String {
    if !number.contains('.') {
        return number.to_owned();
    }
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An axis fitted to what is drawn.
pub(super) fn axis(label: Text, scale: Scale) -> Axis {
    Axis { label, scale, range: None }
}

/// A curve.
pub(super) fn line(name: Text, color: u8, points: Vec<[f64; 2]>) -> Line {
    Line { name, color, points, band: Vec::new(), dots: false, key: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        let cases = [
            (0.0, "0"),
            (0.1, "0.1"),
            (-3.0, "-3"),
            (0.0975, "0.0975"),
            (1234.5678, "1235"),
            (1e6, "1000000"),
            (-2.59e13, "-2.59e13"),
            (8.15e-10, "8.15e-10"),
            (f64::INFINITY, "∞"),
            (f64::NAN, "NaN"),
        ];
        for (value, expected) in cases {
            assert_eq!(significant(value, 4), expected);
        }
    }
}
