use super::*;
use crate::data::digits::Digits;
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind};

fn spec(layers: Vec<LayerSpec>, kind: OptimizerKind) -> NetSpec {
    NetSpec {
        input: vec![4],
        layers,
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(kind, 0.1),
        init: InitSpec::He,
        batch_size: 8,
        seed: 3,
    }
}

fn images(classes: u8) -> Collection {
    let mut digits = Digits::empty(2, 2);
    (0..30).for_each(|index| digits.push(&[index, 7 * index, 255 - index, 3], index % classes));
    Collection::whole(digits)
}

/// What a race over several workers stands on: each has one lane, and nobody tells them what to draw.
#[test]
fn equal_seeds_draw_equal_batches_whatever_the_network() {
    let dense = |units| LayerSpec::Dense { units };
    let other = vec![dense(9), LayerSpec::BatchNorm, LayerSpec::Dropout { rate: 0.5 }, dense(3)];
    let mut first = Trainer::<f32>::new(&spec(vec![dense(3)], OptimizerKind::Sgd)).expect("valid");
    let mut second = Trainer::<f32>::new(&spec(other, OptimizerKind::Adam)).expect("valid");
    first.set_training(images(3)).expect("fits");
    second.set_training(images(3)).expect("fits");
    for _ in 0..10 {
        assert!(matches!((first.step(), second.step()), (Step::Learned(_), Step::Learned(_))));
        assert_eq!(first.batch.labels, second.batch.labels);
        let pixels = |trainer: &Trainer<f32>| {
            let rows = trainer.batch.rows.rows();
            (rows.starts.to_vec(), rows.entries.to_vec())
        };
        assert_eq!(pixels(&first), pixels(&second));
    }
}

#[test]
fn images_of_more_classes_than_outputs_are_refused() {
    let mut trainer =
        Trainer::<f32>::new(&spec(vec![LayerSpec::Dense { units: 3 }], OptimizerKind::Sgd)).expect("valid");
    let error = trainer.set_training(images(4)).expect_err("refused");
    assert_eq!((error.code, error.field.as_str()), (Code::OutsideRange, "labels"));
    assert_eq!(trainer.step(), Step::Waiting);
}

fn one_layer(outputs: usize, loss: LossSpec) -> NetSpec {
    NetSpec {
        input: vec![3],
        layers: vec![LayerSpec::Dense { units: outputs }],
        loss,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.5),
        init: InitSpec::Xavier,
        batch_size: 2,
        seed: 1,
    }
}

#[test]
fn a_label_beyond_the_outputs_is_refused_whatever_the_loss() {
    let pixels = Array2::from_elem((1, 3), 0.5_f32);
    for loss in [
        LossSpec::SoftmaxCrossEntropy,
        LossSpec::MeanSquaredError,
        LossSpec::Hinge,
        LossSpec::Huber,
        LossSpec::LogLikelihood,
    ] {
        for outputs in [1, 2] {
            let mut trainer = Trainer::new(&one_layer(outputs, loss)).expect("valid");
            let error = trainer.step_on(pixels.view(), &[outputs as u8]).expect_err("no such class");
            assert_eq!(error.field, "labels[0]", "{loss:?}");
            assert!(trainer.step_on(pixels.view(), &[outputs as u8 - 1]).is_ok(), "{loss:?}");
        }
    }
    let mut trainer = Trainer::new(&one_layer(1, LossSpec::BinaryCrossEntropy)).expect("valid");
    assert!(trainer.step_on(pixels.view(), &[1]).is_ok());
    assert!(trainer.step_on(pixels.view(), &[2]).is_err());
}

#[test]
fn a_clipped_step_of_sgd_is_as_long_as_rate_times_norm() {
    let pixels = Array2::from_elem((2, 3), 100.0_f64);
    let moved = |clip_norm: Option<f64>| {
        let mut trainer = Trainer::new(&one_layer(4, LossSpec::MeanSquaredError)).expect("valid");
        let rule = OptimizerSpec { clip_norm, ..trainer.spec().optimizer };
        trainer.set_optimizer(rule).expect("allowed");
        let values = |trainer: &Trainer<f64>| {
            trainer.weights().into_iter().flat_map(|tensor| tensor.values).collect::<Vec<_>>()
        };
        let before = values(&trainer);
        trainer.step_on(pixels.view(), &[0, 3]).expect("fits");
        before.into_iter().zip(values(&trainer)).map(|(a, b)| b - a).collect::<Vec<_>>()
    };
    let length = |steps: &[f64]| steps.iter().map(|step| step * step).sum::<f64>().sqrt();
    let (free, clipped) = (moved(None), moved(Some(0.2)));
    assert!(length(&free) > 1.0);
    assert!((length(&clipped) - 0.5 * 0.2).abs() < 1e-12, "{}", length(&clipped));
    let share = 0.1 / length(&free);
    assert!(free.iter().zip(&clipped).all(|(free, clipped)| (free * share - clipped).abs() < 1e-12));
    assert_eq!(moved(Some(1e6)), free, "a norm below the limit changes nothing");
}
