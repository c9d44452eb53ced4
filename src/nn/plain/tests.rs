use ndarray::Array2;

use super::*;
use crate::nn::gradient::{BOOK_STEP, numerical_gradients};
use crate::nn::layer::Mode;
use crate::nn::network::{Input, Network};
use crate::nn::spec::{InitSpec, OptimizerKind, OptimizerSpec};
use crate::rng::{Purpose, Rng};

fn spec(activation: LayerSpec, outputs: usize) -> NetSpec {
    let loss = if outputs == 1 { LossSpec::BinaryCrossEntropy } else { LossSpec::SoftmaxCrossEntropy };
    let dense = |units| LayerSpec::Dense { units };
    NetSpec {
        input: vec![6],
        layers: vec![dense(5), activation.clone(), dense(4), activation, dense(outputs)],
        loss,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init: InitSpec::Normal { std: 0.7 },
        batch_size: 3,
        seed: 5,
    }
}

/// A network, the same as plain loops, and samples of which a third of the values are 0.
fn both(spec: &NetSpec) -> (Network<f64>, Plain<f64>, Samples<f64>, Array2<f64>) {
    let mut network = Network::<f64>::new(spec).expect("valid");
    let mut plain = Plain::new(spec).expect("dense layers");
    let mut rng = Rng::new(3, Purpose::Split);
    network
        .params_mut()
        .iter_mut()
        .for_each(|param| param.value.mapv_inplace(|value| value + 0.1 * rng.normal()));
    for (to, from) in plain.params_mut().zip(network.params()) {
        to.iter_mut().zip(&from.value).for_each(|(to, &from)| *to = from);
    }
    let pixels = Array2::from_shape_simple_fn((3, 6), || rng.normal().max(-0.4) + 0.4);
    let labels = vec![0, 1, (spec.classes_for_test() - 1) as u8];
    let samples = Samples { values: pixels.iter().copied().collect(), labels };
    (network, plain, samples, pixels)
}

impl NetSpec {
    fn classes_for_test(&self) -> usize {
        if self.loss == LossSpec::BinaryCrossEntropy { 2 } else { 3 }
    }
}

#[test]
fn plain_loops_give_what_the_layers_give() {
    for activation in [LayerSpec::Sigmoid, LayerSpec::Tanh, LayerSpec::Relu] {
        for outputs in [1, 3] {
            let spec = spec(activation.clone(), outputs);
            let (mut network, mut plain, samples, pixels) = both(&spec);
            let (input, mode) = (Input::Dense(pixels.view()), Mode::Differentiation);
            let loss = network.backpropagate(input, &samples.labels, mode);
            assert!((plain.forward(&samples) - loss).abs() < 1e-14);
            for (found, param) in plain.backward(&samples, None).iter().zip(network.params()) {
                assert_eq!(found.len(), param.gradient.len());
                let apart = found.iter().zip(&param.gradient).map(|(one, other)| (one - other).abs());
                assert!(apart.fold(0.0, f64::max) < 1e-14, "{activation:?} {}", param.name);
            }
            let numerical = numerical_gradients(&mut network, pixels.view(), &samples.labels, BOOK_STEP);
            for (param, expected) in numerical.iter().enumerate() {
                for (index, expected) in expected.iter().enumerate() {
                    let found = plain.difference(&samples, (param, index), BOOK_STEP);
                    assert!((found - expected).abs() < 1e-10, "{activation:?} {param} {index}");
                }
            }
            // Nothing has been moved for good.
            assert!((plain.forward(&samples) - loss).abs() < 1e-14);
            let answers = network.predict(Input::Dense(pixels.view())).to_owned();
            for (row, answer) in samples.values.chunks(6).zip(answers.rows()) {
                let apart = plain.predict(row).iter().zip(answer).map(|(one, other)| (one - other).abs());
                assert!(apart.fold(0.0, f64::max) < 1e-14);
            }
        }
    }
}

#[test]
fn every_mistake_shows_and_the_right_pass_does_not() {
    for activation in [LayerSpec::Sigmoid, LayerSpec::Tanh, LayerSpec::Relu] {
        let (_, mut plain, samples, _) = both(&spec(activation.clone(), 3));
        plain.forward(&samples);
        let mut worst = |mistake| {
            let gradients = plain.backward(&samples, mistake);
            let of = |(param, gradient): (usize, &Vec<f64>)| {
                let apart = |(index, slope): (usize, &f64)| {
                    (plain.difference(&samples, (param, index), BOOK_STEP) - slope).abs()
                };
                gradient.iter().enumerate().map(apart).fold(0.0, f64::max)
            };
            gradients.iter().enumerate().map(of).collect::<Vec<f64>>()
        };
        assert!(worst(None).iter().all(|apart| *apart < 1e-7), "{activation:?}");
        let wrong = |worst: Vec<f64>| worst.iter().map(|apart| *apart > 1e-4).collect::<Vec<_>>();
        assert_eq!(wrong(worst(Some(Mistake::Bias))), [false, true, false, true, false, true]);
        assert_eq!(wrong(worst(Some(Mistake::Slope))), [true, true, true, true, false, false]);
        assert_eq!(wrong(worst(Some(Mistake::Batch))), [true; 6]);
        assert_eq!(wrong(worst(Some(Mistake::Sign))), [true; 6]);
    }
}

#[test]
fn what_is_not_computed_is_refused_by_name() {
    let refused = |change: fn(&mut NetSpec)| {
        let mut spec = spec(LayerSpec::Tanh, 3);
        change(&mut spec);
        let error = Plain::<f64>::new(&spec).expect_err("refused");
        (error.code, error.field)
    };
    let not = |field: &str| (Code::NotSupported, field.to_owned());
    assert_eq!(refused(|spec| spec.layers[1] = LayerSpec::BatchNorm), not("layers[1]"));
    assert_eq!(refused(|spec| spec.layers[2] = LayerSpec::Tanh), not("layers[2]"));
    assert_eq!(refused(|spec| spec.loss = LossSpec::Hinge), not("loss"));
    assert_eq!(refused(|spec| spec.layers.clear()).1, "layers.length");
}
