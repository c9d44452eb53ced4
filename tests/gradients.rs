//! Backpropagation against central differences, in double precision, for every layer and loss at odd sizes.
#![cfg(not(target_arch = "wasm32"))]

use fishbowl::nn::gradient::check;
use fishbowl::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
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
    let inputs: usize = spec.input.iter().product();
    let pixels = Array2::from_shape_fn((rows, inputs), |(row, column)| {
        let mixed =
            (row as u64 * 7919 + column as u64 * 104_729 + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        // About a third of the values is 0, as in images.
        if mixed.is_multiple_of(3) { 0.0 } else { mixed as f64 / (1_u64 << 24) as f64 }
    });
    let labels: Vec<u8> = (0..rows).map(|row| ((row + seed as usize) % classes) as u8).collect();
    let kinks = |layer: &LayerSpec| *layer == LayerSpec::Relu;
    let h = if spec.layers.iter().any(kinks) { 1e-5 } else { 1e-3 };
    let differences = check(spec, pixels.view(), &labels, h).expect("a valid spec");
    let worst = differences.into_iter().max_by(|a, b| a.relative.total_cmp(&b.relative)).expect("parameters");
    (worst.name, worst.relative)
}

const LOSSES: [LossSpec; 3] =
    [LossSpec::SoftmaxCrossEntropy, LossSpec::MeanSquaredError, LossSpec::BinaryCrossEntropy];

#[test]
fn every_activation_and_loss() {
    for loss in LOSSES {
        for activation in [LayerSpec::Sigmoid, LayerSpec::Tanh, LayerSpec::Relu] {
            let (outputs, classes) = if loss == LossSpec::BinaryCrossEntropy { (1, 2) } else { (4, 4) };
            let layers = vec![dense(5), activation, dense(7), LayerSpec::Tanh, dense(outputs)];
            for rows in [1, 2, 9] {
                let (name, relative) = worst(&spec(vec![6], layers.clone(), loss), rows, 11, classes);
                assert!(relative < 1e-6, "{loss:?} {layers:?} {rows} rows: {name} {relative:e}");
            }
        }
    }
}

#[test]
fn flatten_before_the_first_dense_layer() {
    let layers = vec![LayerSpec::Flatten, dense(3), LayerSpec::Sigmoid, dense(2)];
    let (name, relative) = worst(&spec(vec![2, 3, 2], layers, LossSpec::SoftmaxCrossEntropy), 3, 5, 2);
    assert!(relative < 1e-6, "{name} {relative:e}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn smooth_networks_of_any_size(
        inputs in 1_usize..9, hidden in 1_usize..9, classes in 2_usize..6, rows in 1_usize..6, seed in 0_u64..1000,
        tanh in any::<bool>(), loss in 0_usize..2,
    ) {
        let activation = if tanh { LayerSpec::Tanh } else { LayerSpec::Sigmoid };
        let spec = spec(vec![inputs], vec![dense(hidden), activation, dense(classes)], LOSSES[loss]);
        let (name, relative) = worst(&spec, rows, seed, classes);
        prop_assert!(relative < 1e-6, "{name} {relative:e}");
    }
}
