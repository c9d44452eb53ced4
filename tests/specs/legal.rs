//! Random legal specs.

use fishbowl::nn::spec::{
    InitSpec, Join, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Schedule, Windows,
};
use proptest::prelude::*;
use proptest::sample::select;

/// A number between bounds, as often near 0 as near the most; 0 and the bounds among them.
fn number(zero: bool, least: f64, most: f64) -> BoxedStrategy<f64> {
    let range = least.ln()..most.ln();
    prop_oneof![
        8 => range.prop_map(move |power| power.exp().clamp(least, most)),
        1 => Just(if zero { 0.0 } else { least }),
        1 => Just(most),
    ]
    .boxed()
}

fn share() -> BoxedStrategy<f64> {
    number(true, 1e-45, 0.999_999_94)
}

fn maybe<T: std::fmt::Debug + Clone>(value: impl Strategy<Value = T> + 'static) -> BoxedStrategy<Option<T>> {
    proptest::option::of(value).boxed()
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let iterations = 1..=1_000_000_000_usize;
    prop_oneof![
        (iterations.clone(), number(false, 1e-45, 1.0))
            .prop_map(|(every, factor)| Schedule::Step { every, factor }),
        (iterations, maybe(number(true, 1e-45, 1.0)))
            .prop_map(|(iterations, r#final)| Schedule::Cosine { iterations, r#final }),
    ]
}

fn optimizer() -> impl Strategy<Value = OptimizerSpec> {
    use OptimizerKind::{Adagrad, Adam, Momentum, Nesterov, Rmsprop, Sgd};
    let kind = select(&[Sgd, Momentum, Nesterov, Adagrad, Rmsprop, Adam][..]);
    let above_zero = || number(false, 1e-45, 3.4e38);
    let numbers = (maybe(share()), maybe(share()), maybe(share()), maybe(number(true, 1e-45, 10.0)));
    (kind, above_zero(), numbers, maybe(schedule()), maybe(above_zero())).prop_map(
        |(kind, learning_rate, (momentum, beta1, beta2, weight_decay), schedule, clip_norm)| OptimizerSpec {
            kind,
            learning_rate,
            momentum,
            beta1,
            beta2,
            weight_decay,
            schedule,
            clip_norm,
        },
    )
}

fn windows() -> impl Strategy<Value = Windows> {
    (1..=4_usize, maybe(1..=256_usize), maybe(0..=0_usize)).prop_map(|(size, stride, pad)| Windows {
        size,
        stride,
        pad,
    })
}

/// Layers for images of any size from 8×8: those that windows would shrink further are padded.
fn image_layer() -> impl Strategy<Value = LayerSpec> {
    let plain = select(&[LayerSpec::Relu, LayerSpec::Tanh, LayerSpec::Sigmoid, LayerSpec::BatchNorm][..]);
    let dropout = share().prop_map(|rate| LayerSpec::Dropout { rate });
    let same = maybe(Just(1_usize)).prop_map(|stride| LayerSpec::Conv2d {
        filters: 2,
        size: 3,
        stride,
        pad: Some(1),
    });
    let leaf = prop_oneof![3 => plain, 1 => dropout, 2 => same];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let branch = prop::collection::vec(inner, 0..3);
        (select(&[Join::Add, Join::Concatenate][..]), prop::collection::vec(branch, 2..4)).prop_map(
            |(join, mut branches)| {
                if join == Join::Add {
                    // All have as many channels then.
                    for layers in &mut branches {
                        layers.push(LayerSpec::Conv2d { filters: 3, size: 1, stride: None, pad: None });
                    }
                }
                LayerSpec::Branches { join, branches }
            },
        )
    })
}

/// The layers of a net for images, or for flat inputs.
fn layers() -> impl Strategy<Value = (Vec<usize>, Vec<LayerSpec>)> {
    let dense = (1..40_usize, select(&[LayerSpec::Relu, LayerSpec::Tanh, LayerSpec::BatchNorm][..]));
    let flat = (1..200_usize, prop::collection::vec(dense, 0..4), 2..20_usize).prop_map(
        |(inputs, hidden, outputs)| {
            let hidden = hidden.into_iter().flat_map(|(units, then)| [LayerSpec::Dense { units }, then]);
            (vec![inputs], hidden.chain([LayerSpec::Dense { units: outputs }]).collect())
        },
    );
    let pool = (windows(), any::<bool>()).prop_map(|(windows, largest)| {
        if largest { LayerSpec::MaxPool2d(windows) } else { LayerSpec::AveragePool2d(windows) }
    });
    let images = (prop::collection::vec(image_layer(), 0..4), maybe(pool), 8..20_usize).prop_map(
        |(layers, pool, side)| {
            let end = [LayerSpec::Flatten, LayerSpec::Dense { units: 3 }];
            (vec![1, side, side], layers.into_iter().chain(pool).chain(end).collect())
        },
    );
    prop_oneof![flat, images]
}

pub(crate) fn spec() -> impl Strategy<Value = NetSpec> {
    use LossSpec::{Hinge, Huber, LogLikelihood, MeanSquaredError, SoftmaxCrossEntropy};
    let loss = select(&[SoftmaxCrossEntropy, MeanSquaredError, Hinge, Huber, LogLikelihood][..]);
    let init = prop_oneof![
        number(true, 1e-45, 100.0).prop_map(|std| InitSpec::Normal { std }),
        Just(InitSpec::Xavier),
        Just(InitSpec::He),
    ];
    (layers(), loss, optimizer(), init, 1..=100_usize, any::<u32>()).prop_map(
        |((input, layers), loss, optimizer, init, batch_size, seed)| NetSpec {
            input,
            layers,
            loss,
            optimizer,
            init,
            batch_size,
            seed,
        },
    )
}
