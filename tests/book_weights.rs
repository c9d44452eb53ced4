//! Weights that NumPy wrote are read, and say what they hold. tests/fixtures/npz.py made the files.
#![cfg(not(target_arch = "wasm32"))]

use fishbowl::error::Code;
use fishbowl::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::book_weights::{is_npz, load_dense, read, read_for, save};
use fishbowl::train::trainer::{Tensor, Trainer};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/fixtures/npz/{name}.npz")).expect("committed")
}

/// What the script calls `counted`.
fn counted(name: &str, sign: f32, shape: &[usize]) -> Tensor<f32> {
    let values = (0..shape.iter().product()).map(|index| sign * index as f32 / 8.0).collect();
    Tensor { name: name.to_owned(), shape: shape.to_vec(), values }
}

fn spec(input: usize) -> NetSpec {
    NetSpec {
        input: vec![input],
        layers: vec![LayerSpec::Dense { units: 4 }, LayerSpec::Sigmoid, LayerSpec::Dense { units: 2 }],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init: InitSpec::Xavier,
        batch_size: 10,
        seed: 1,
    }
}

#[test]
fn however_numpy_wrote_them_the_weights_are_the_same() {
    let expected = [
        counted("W1", 1.0, &[3, 4]),
        counted("b1", 1.0, &[4]),
        counted("W2", -1.0, &[4, 2]),
        counted("b2", -1.0, &[2]),
    ];
    for name in ["dense", "dense-compressed", "dense-half", "dense-swapped"] {
        let file = file(name);
        assert!(is_npz(&file));
        assert_eq!(read(&file).expect(name), expected, "{name}");
    }
    // What NumPy wrote without compression in 32 bits is what we write, but for sizes that it says twice.
    let mut trainer = load_dense(&file("dense"), &spec(3)).expect("a network");
    assert_eq!(read(&save(&mut trainer).expect("sound")), Ok(expected.to_vec()));
}

#[test]
fn a_network_takes_them_over_or_is_made_of_them() {
    let mut trainer = Trainer::<f32>::new(&spec(3)).expect("valid");
    let weights = read_for(&trainer.weights(), &file("dense")).expect("fits");
    trainer.set_weights(&weights).expect("fits");
    assert_eq!(trainer.weights()[2], counted("2.weight", -1.0, &[4, 2]));

    let made = load_dense(&file("dense-compressed"), &spec(99)).expect("a network");
    assert_eq!((made.spec(), made.weights()), (spec(3), trainer.weights()));
}

#[test]
fn those_of_another_network_are_refused_by_name() {
    let trainer = Trainer::<f32>::new(&spec(5)).expect("valid");
    let error = read_for(&trainer.weights(), &file("dense")).expect_err("refused");
    assert_eq!((error.code, error.field.as_str()), (Code::SizeMismatch, "file.W1"));
    assert_eq!((error.value.as_str(), error.allowed.as_str()), ("[3, 4]", "[5, 4]"));
    let error = load_dense(&file("convolution"), &spec(3)).err().expect("refused");
    assert_eq!((error.code, error.field.as_str()), (Code::NotSupported, "file.W1"));
}

#[test]
fn every_truncation_of_numpys_files_is_refused() {
    for name in ["dense", "dense-compressed"] {
        let file = file(name);
        (0..file.len()).for_each(|length| assert!(read(&file[..length]).is_err(), "{name} cut to {length}"));
    }
}
