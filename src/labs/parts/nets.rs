//! Networks and trainings that settings ask for.

use crate::error::{Code, Error, Result};
use crate::labs::settings::Settings;
use crate::nn::networks;
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::train::task::{Count, EvaluationPlan, Gradient, Needs, SetName, Share, TrainPlan};

/// The update rule that the field `optimizer` and this rate ask for.
pub(in crate::labs) fn optimizer(settings: &Settings, rate: f64) -> OptimizerSpec {
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

/// The initial weights that the fields `init` and `std` ask for.
pub(in crate::labs) fn init(settings: &Settings) -> InitSpec {
    match settings.words("init") {
        "xavier" => InitSpec::Xavier,
        "he" => InitSpec::He,
        _ => InitSpec::Normal { std: settings.number("std") },
    }
}

/// The activation function that the field `activation` asks for.
pub(in crate::labs) fn activation_layer(settings: &Settings) -> LayerSpec {
    match settings.words("activation") {
        "sigmoid" => LayerSpec::Sigmoid,
        "tanh" => LayerSpec::Tanh,
        _ => LayerSpec::Relu,
    }
}

/// The book's two-layer net (4.5.1) as the fields `hidden`, `activation`, `batch` and `seed` ask for.
pub(in crate::labs) fn two_layer_net(
    settings: &Settings,
    init: InitSpec,
    optimizer: OptimizerSpec,
) -> NetSpec {
    let hidden = settings.count("hidden") as usize;
    NetSpec {
        input: vec![784],
        layers: vec![
            LayerSpec::Dense { units: hidden },
            activation_layer(settings),
            LayerSpec::Dense { units: 10 },
        ],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer,
        init,
        batch_size: settings.count("batch") as usize,
        seed: settings.count("seed"),
    }
}

/// A training on all of MNIST, evaluated on all of its test images.
pub(in crate::labs) fn mnist_plan(
    spec: NetSpec,
    limit: Option<u64>,
    every: Option<u64>,
    train: Count,
) -> TrainPlan {
    TrainPlan {
        spec,
        needs: mnist(Count::All, Count::All),
        limit,
        evaluation: EvaluationPlan { every, train, test: Count::All },
        observed: false,
        gradient: Gradient::Backpropagation,
    }
}

/// A named network with the mini-batch size and the seed of the form.
pub(in crate::labs) fn named_net(name: &str, settings: &Settings) -> Result<NetSpec> {
    let spec = networks::named(name).ok_or_else(|| Error::new(Code::NotAChoice, "network", name, ""))?;
    Ok(NetSpec { batch_size: settings.count("batch") as usize, seed: settings.count("seed"), ..spec })
}

/// So much of MNIST.
pub(in crate::labs) fn mnist(train: Count, test: Count) -> Needs {
    let share = |count| vec![Share { set: SetName::Mnist, count }];
    Needs { train: share(train), test: share(test), ..Needs::default() }
}

/// A training on MNIST for as many mini-batches as the field `iterations` says, evaluated on 1,000 images of each kind
/// every 100 mini-batches, as networks are that run side by side.
pub(in crate::labs) fn sampled_plan(spec: NetSpec, settings: &Settings) -> TrainPlan {
    let sample = Count::First(1000);
    TrainPlan {
        spec,
        needs: mnist(Count::All, sample),
        limit: Some(settings.count("iterations").into()),
        evaluation: EvaluationPlan { every: Some(100), train: sample, test: sample },
        observed: false,
        gradient: Gradient::Backpropagation,
    }
}

/// The sizes of the layers that hold neurons, the input first: 784, 50, 10.
pub(in crate::labs) fn layer_sizes(spec: &NetSpec) -> Vec<usize> {
    let units = spec.layers.iter().filter_map(|layer| match layer {
        LayerSpec::Dense { units } => Some(*units),
        _ => None,
    });
    std::iter::once(spec.input.iter().product()).chain(units).collect()
}
