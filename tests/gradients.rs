//! Backpropagation against central differences, in double precision, for every layer and loss at odd sizes.
#![cfg(not(target_arch = "wasm32"))]

use fishbowl::nn::gradient::check;
use fishbowl::nn::networks::{self, Ready};
use fishbowl::nn::spec::{
    InitSpec, Join, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Windows,
};
use ndarray::Array2;
use proptest::prelude::*;

fn dense(units: usize) -> LayerSpec {
    LayerSpec::Dense { units }
}

fn spec(input: Vec<usize>, layers: Vec<LayerSpec>, loss: LossSpec) -> NetSpec {
    NetSpec {
        input,
        layers,
        loss,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        // Far from 0, so that a difference crosses no kink of ReLU but by bad luck.
        init: InitSpec::Normal { std: 0.7 },
        batch_size: 10,
        seed: 3,
    }
}

/// Largest relative difference over all parameters, for a batch of `rows` images made from `seed`.
fn worst(spec: &NetSpec, rows: usize, seed: u64, classes: usize) -> (String, f64) {
    let kinks = |layer: &LayerSpec| matches!(layer, LayerSpec::Relu | LayerSpec::MaxPool2d(_));
    let kinked = matches!(spec.loss, LossSpec::Hinge | LossSpec::Huber) || spec.layers.iter().any(kinks);
    worst_at(spec, rows, seed, classes, if kinked { 1e-5 } else { 1e-3 })
}

fn worst_at(spec: &NetSpec, rows: usize, seed: u64, classes: usize, h: f64) -> (String, f64) {
    let inputs: usize = spec.input.iter().product();
    let pixels = Array2::from_shape_fn((rows, inputs), |(row, column)| {
        let mixed =
            (row as u64 * 7919 + column as u64 * 104_729 + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        // About a third of the values is 0, as in images.
        if mixed.is_multiple_of(3) { 0.0 } else { mixed as f64 / (1_u64 << 24) as f64 }
    });
    let labels: Vec<u8> = (0..rows).map(|row| ((row + seed as usize) % classes) as u8).collect();
    let differences = check(spec, pixels.view(), &labels, h).expect("a valid spec");
    let worst = differences.into_iter().max_by(|a, b| a.relative.total_cmp(&b.relative)).expect("parameters");
    (worst.name, worst.relative)
}

/// The smooth ones first.
const LOSSES: [LossSpec; 6] = [
    LossSpec::SoftmaxCrossEntropy,
    LossSpec::MeanSquaredError,
    LossSpec::LogLikelihood,
    LossSpec::Hinge,
    LossSpec::Huber,
    LossSpec::BinaryCrossEntropy,
];

#[test]
fn every_activation_and_loss() {
    for loss in LOSSES {
        for activation in [LayerSpec::Sigmoid, LayerSpec::Tanh, LayerSpec::Relu] {
            let (outputs, classes) = if loss == LossSpec::BinaryCrossEntropy { (1, 2) } else { (7, 7) };
            let layers = vec![dense(5), activation, dense(7), LayerSpec::Tanh, dense(outputs)];
            for rows in [1, 2, 9] {
                let (name, relative) = worst(&spec(vec![6], layers.clone(), loss), rows, 11, classes);
                assert!(relative < 1e-6, "{loss:?} {layers:?} {rows} rows: {name} {relative:e}");
            }
        }
    }
}

/// A network of these layers for an image, with a dense layer for four classes behind them.
fn image_spec(shape: [usize; 3], mut layers: Vec<LayerSpec>) -> NetSpec {
    layers.extend([LayerSpec::Flatten, dense(4)]);
    spec(shape.to_vec(), layers, LossSpec::SoftmaxCrossEntropy)
}

fn conv(filters: usize, size: usize, stride: usize, pad: usize) -> LayerSpec {
    LayerSpec::Conv2d { filters, size, stride: Some(stride), pad: Some(pad) }
}

fn windows(size: usize, stride: usize, pad: usize) -> Windows {
    Windows { size, stride: Some(stride), pad: Some(pad) }
}

#[test]
fn every_layer_of_images_at_odd_sizes() {
    let smooth = [LayerSpec::Tanh, LayerSpec::Sigmoid, LayerSpec::BatchNorm];
    let branches = |join, branches| LayerSpec::Branches { join, branches };
    let mut cases = vec![
        // Strides that do not divide, padding, one channel and seven, one filter and seven.
        vec![conv(7, 3, 2, 1)],
        vec![conv(1, 5, 1, 0), LayerSpec::Tanh, conv(3, 2, 3, 2)],
        vec![conv(3, 1, 2, 3)],
        vec![conv(2, 3, 1, 1), LayerSpec::BatchNorm, LayerSpec::Tanh, conv(7, 3, 1, 1)],
        vec![conv(3, 3, 1, 0), LayerSpec::MaxPool2d(windows(2, 2, 0))],
        vec![conv(3, 3, 1, 1), LayerSpec::MaxPool2d(windows(3, 2, 1)), LayerSpec::Relu],
        vec![conv(3, 3, 1, 1), LayerSpec::Relu, LayerSpec::MaxPool2d(windows(3, 1, 1))],
        vec![conv(2, 2, 1, 0), LayerSpec::AveragePool2d(windows(2, 3, 1)), LayerSpec::Sigmoid],
        // Two pointwise layers, and one before anything.
        vec![
            LayerSpec::Tanh,
            LayerSpec::Sigmoid,
            LayerSpec::Flatten,
            dense(5),
            LayerSpec::Tanh,
            LayerSpec::Relu,
        ],
        // A shortcut, an Inception block, one inside the other.
        vec![
            conv(3, 3, 1, 1),
            branches(Join::Add, vec![vec![], vec![conv(3, 3, 1, 1), LayerSpec::Tanh]]),
            LayerSpec::Relu,
        ],
        vec![branches(
            Join::Concatenate,
            vec![
                vec![conv(2, 1, 1, 0)],
                vec![conv(1, 1, 1, 0), LayerSpec::Tanh, conv(2, 3, 1, 1)],
                vec![LayerSpec::AveragePool2d(windows(3, 1, 1)), conv(1, 1, 1, 0)],
                vec![branches(Join::Add, vec![vec![LayerSpec::Sigmoid], vec![LayerSpec::BatchNorm]])],
            ],
        )],
        vec![
            LayerSpec::Flatten,
            branches(Join::Concatenate, vec![vec![dense(3), LayerSpec::BatchNorm], vec![]]),
        ],
        vec![conv(2, 3, 1, 0), LayerSpec::Dropout { rate: 0.5 }, LayerSpec::Tanh],
    ];
    cases.extend(smooth.map(|layer| vec![conv(2, 2, 2, 1), layer]));
    for layers in cases {
        for (channels, height, width) in [(1, 5, 7), (7, 6, 5)] {
            for rows in [1, 4] {
                let spec = image_spec([channels, height, width], layers.clone());
                let (name, relative) = worst(&spec, rows, 11, 4);
                assert!(
                    relative < 1e-6,
                    "{layers:?} of {channels}×{height}×{width}, {rows} rows: {name} {relative:e}"
                );
            }
        }
    }
}

/// The same layers with about an eighth of the units and filters.
fn scaled_down(layers: &[LayerSpec]) -> Vec<LayerSpec> {
    let eighth = |count: usize| count.div_ceil(8).max(3);
    let scaled = |layer: &LayerSpec| match layer {
        &LayerSpec::Dense { units } => dense(if units <= 10 { units } else { eighth(units) }),
        &LayerSpec::Conv2d { filters, size, stride, pad } => {
            LayerSpec::Conv2d { filters: eighth(filters), size, stride, pad }
        }
        LayerSpec::Branches { join, branches } => LayerSpec::Branches {
            join: *join,
            branches: branches.iter().map(|layers| scaled_down(layers)).collect(),
        },
        other => other.clone(),
    };
    layers.iter().map(scaled).collect()
}

/// A named network scaled down: fewer units and filters, and a smaller input where its layers allow one.
fn small(ready: &Ready) -> NetSpec {
    let full = (ready.spec)();
    let inputs: [&[usize]; 3] = [&[20], &[1, 14, 14], &full.input];
    let smaller = |input: &[usize]| NetSpec {
        init: InitSpec::He,
        ..spec(input.to_vec(), scaled_down(&full.layers), full.loss)
    };
    let values = |spec: &NetSpec| spec.input.iter().product::<usize>();
    let fits = |small: &NetSpec| {
        small.input.len() == full.input.len() && values(small) <= values(&full) && small.check().is_ok()
    };
    inputs.map(smaller).into_iter().find(fits).expect("its own input at least")
}

#[test]
fn every_named_network_scaled_down() {
    for ready in networks::ALL {
        let spec = small(ready);
        // Of two rows batch normalization makes ±1, whatever they are. Biases before it have no gradient at all, and
        // of nothing a larger h leaves less.
        let normalized = spec.layers.contains(&LayerSpec::BatchNorm);
        let (rows, h) = if normalized { (4, 1e-4) } else { (2, 1e-5) };
        // A convolution of nothing but zeros gives its bias, 0, where ReLU has its kink and no derivative: other pixels
        // then. A gradient that is wrong is so for all of them.
        let mut found = (11..15).map(|seed| worst_at(&spec, rows, seed, 2, h));
        let agrees = found.any(|(_, relative)| relative < 1e-6);
        assert!(agrees, "{}: {:?}", ready.name, worst_at(&spec, rows, 11, 2, h));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn smooth_networks_of_any_size(
        inputs in 1_usize..9, hidden in 1_usize..9, classes in 2_usize..6, rows in 1_usize..6, seed in 0_u64..1000,
        tanh in any::<bool>(), loss in 0_usize..3,
    ) {
        let activation = if tanh { LayerSpec::Tanh } else { LayerSpec::Sigmoid };
        let spec = spec(vec![inputs], vec![dense(hidden), activation, dense(classes)], LOSSES[loss]);
        let (name, relative) = worst(&spec, rows, seed, classes);
        prop_assert!(relative < 1e-6, "{name} {relative:e}");
    }
}
