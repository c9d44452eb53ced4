use super::*;
use crate::nn::spec::{InitSpec, LossSpec, OptimizerKind, OptimizerSpec};

fn spec(activation: LayerSpec) -> NetSpec {
    NetSpec {
        input: vec![3],
        layers: vec![LayerSpec::Dense { units: 4 }, activation, LayerSpec::Dense { units: 2 }],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init: InitSpec::He,
        batch_size: 5,
        seed: 9,
    }
}

fn trainer() -> Trainer<f32> {
    Trainer::new(&spec(LayerSpec::Relu)).expect("valid")
}

fn small() -> Vec<Tensor<f32>> {
    trainer().weights()
}

/// A file of these, whatever they are.
fn packed(weights: &[Tensor<f32>]) -> Vec<u8> {
    pack(&names(weights), weights)
}

fn tensor(name: &str, shape: &[usize]) -> Tensor<f32> {
    let values = (0..shape.iter().product()).map(|index| index as f32 / 4.0).collect();
    Tensor { name: name.to_owned(), shape: shape.to_vec(), values }
}

#[test]
fn the_names_are_the_books() {
    let two_layers = names(&small());
    assert_eq!(two_layers, ["W1", "b1", "W2", "b2"]);
    let mixed = [
        ("0.weight", &[3, 1, 5, 5][..]),
        ("0.bias", &[3]),
        ("1.weight", &[3]),
        ("1.bias", &[3]),
        ("1.running_mean", &[3]),
        ("1.running_var", &[3]),
        ("4.weight", &[12, 6]),
        ("4.bias", &[6]),
        ("5.0.1.weight", &[6]),
        ("5.0.1.bias", &[6]),
        ("5.1.0.weight", &[6, 2]),
        ("5.1.0.bias", &[2]),
        ("5.0.1.running_mean", &[6]),
    ];
    let names = names(&mixed.map(|(name, shape)| tensor(name, shape)));
    let first = ["W1", "b1", "gamma1", "beta1", "running_mean1", "running_var1"];
    assert_eq!(names[..6], first);
    assert_eq!(names[6..], ["W2", "b2", "gamma2", "beta2", "W3", "b3", "running_mean2"]);
}

#[test]
fn saving_and_reading_changes_nothing() {
    let weights = small();
    let file = save(&mut trainer()).expect("sound");
    assert_eq!(read_for(&weights, &file), Ok(weights.clone()));
    assert_eq!(save(&mut trainer()), Ok(file), "same weights, same bytes");
    let odd = [tensor("0.weight", &[2, 3, 1, 2]), tensor("0.bias", &[0]), tensor("1.weight", &[2])];
    assert_eq!(read_for(&odd, &packed(&odd)), Ok(odd.to_vec()));
}

#[test]
fn running_statistics_may_be_missing() {
    let present = [
        tensor("0.weight", &[3]),
        tensor("0.bias", &[3]),
        tensor("0.running_mean", &[3]),
        tensor("0.running_var", &[3]),
    ];
    assert_eq!(read_for(&present, &packed(&present)), Ok(present.to_vec()));
    assert_eq!(read_for(&present, &packed(&present[..2])), Ok(present[..2].to_vec()));
    assert_eq!(read_for(&present, &packed(&present[1..])).expect_err("refused").field, "file.gamma1");
}

#[test]
fn a_file_of_dense_layers_is_a_network() {
    let weights = small();
    let file = packed(&weights);
    let pattern = NetSpec { input: vec![7], layers: vec![LayerSpec::Tanh], ..spec(LayerSpec::Relu) };
    let trainer = load_dense(&file, &pattern).expect("a network");
    assert_eq!((trainer.spec(), trainer.weights()), (spec(LayerSpec::Tanh), weights));
}

#[test]
fn what_does_not_fit_is_named() {
    let weights = small();
    let fault = |change: fn(&mut Vec<Tensor<f32>>)| {
        let mut others = weights.clone();
        change(&mut others);
        let file = packed(&others);
        let faults = [
            read_for(&weights, &file).expect_err("refused"),
            load_dense(&file, &spec(LayerSpec::Relu)).err().expect("refused"),
        ];
        faults.map(|error| (error.code, error.field))
    };
    let both = |code, field: &str| [(code, field.to_owned()), (code, field.to_owned())];
    assert_eq!(fault(|all| all.truncate(3)), both(Code::Missing, "file.b2"));
    assert_eq!(fault(|all| all.clear()), both(Code::Missing, "file.W1"));
    assert_eq!(fault(|all| all.push(tensor("9.weight", &[2]))), both(Code::NotAChoice, "file"));
    assert_eq!(fault(|all| all[2] = tensor("2.weight", &[5, 2])), both(Code::SizeMismatch, "file.W2"));
    assert_eq!(fault(|all| all[1] = tensor("0.bias", &[1, 4])), both(Code::SizeMismatch, "file.b1"));
    assert_eq!(fault(|all| all[1].values[0] = f32::NAN), both(Code::NotFinite, "file.b1"));
    let [one, other] = fault(|all| all[0] = tensor("0.weight", &[4, 3, 1, 1]));
    assert_eq!(one, (Code::SizeMismatch, "file.W1".to_owned()));
    assert_eq!(other, (Code::NotSupported, "file.W1".to_owned()));
    // One layer of 300 classes is no network here, however well it is formed.
    let wide = packed(&[tensor("0.weight", &[2, 300]), tensor("0.bias", &[300])]);
    let error = load_dense(&wide, &spec(LayerSpec::Relu)).err().expect("refused");
    assert_eq!((error.code, error.field.as_str()), (Code::SizeMismatch, "file.layers[0]"));
}

/// Arrays of any names and sizes, none of which is looked into: a small file may hold a great deal.
#[test]
fn what_does_not_fit_is_refused_before_anything_is_unpacked() {
    let weights = small();
    // The values of W1 do not unpack, so that looking at them finds another fault.
    let mut broken = packed(&weights);
    let values = broken.windows(4).position(|bytes| bytes == weights[0].values[0].to_le_bytes());
    broken[values.expect("stored")] ^= 1;
    let both = |file: &[u8], pattern: &NetSpec| {
        let faults = [read_for(&weights, file).err(), load_dense(file, pattern).err()];
        faults.map(|error| error.map(|error| error.code).expect("refused"))
    };
    let pattern = spec(LayerSpec::Relu);
    assert_eq!(both(&broken, &pattern), [Code::Compression; 2]);
    let change = |from: &[u8], to: &[u8]| {
        let mut file = broken.clone();
        let places: Vec<usize> =
            (0..file.len() - from.len()).filter(|&at| file[at..].starts_with(from)).collect();
        assert!(!places.is_empty());
        places.iter().for_each(|&at| file[at..at + from.len()].copy_from_slice(to));
        file
    };
    assert_eq!(both(&change(b"b2.npy", b"c2.npy"), &pattern), [Code::Missing; 2]);
    assert_eq!(both(&change(b"'shape': (2,)", b"'shape': (3,)"), &pattern), [Code::Truncated; 2]);
    assert_eq!(both(&change(b"'shape': (4, 2)", b"'shape': (2, 4)"), &pattern), [Code::SizeMismatch; 2]);
    let huge = NetSpec { batch_size: 0, ..pattern };
    assert_eq!(load_dense(&broken, &huge).err().map(|error| error.code), Some(Code::OutsideRange));
}

#[test]
fn weights_that_give_no_numbers_change_nothing() {
    let before = small();
    let mut huge = before.clone();
    huge.iter_mut().for_each(|tensor| tensor.values.fill(1e37));
    let file = packed(&huge);
    let mut present = trainer();
    let refused = |error: Error| (error.code, error.field, error.allowed);
    let outputs = (Code::NotFinite, "file.outputs".to_owned(), soundness::FINITE.to_owned());
    assert_eq!(load_into(&mut present, &file).map_err(refused), Err(outputs.clone()));
    assert_eq!(present.weights(), before);
    assert_eq!(load_dense(&file, &spec(LayerSpec::Relu)).map(|_| ()).map_err(refused), Err(outputs.clone()));
    present.set_weights(&huge).expect("all finite");
    assert_eq!(save(&mut present).map_err(refused), Err(outputs));
}

#[test]
fn messages_name_the_array_and_not_the_tensor() {
    let normalized = NetSpec {
        layers: vec![LayerSpec::Dense { units: 4 }, LayerSpec::BatchNorm, LayerSpec::Dense { units: 2 }],
        ..spec(LayerSpec::Relu)
    };
    let mut trainer = Trainer::<f32>::new(&normalized).expect("valid");
    let good = trainer.state();
    load_into(&mut trainer, &packed(&good)).expect("its own");
    let mut wrong = good.clone();
    wrong[5].values[0] = -1.0;
    let error = load_into(&mut trainer, &packed(&wrong)).expect_err("a negative variance");
    assert_eq!((error.code, error.field.as_str()), (Code::OutsideRange, "file.running_var1"));
    let error = load_into(&mut trainer, &packed(&good[1..])).expect_err("missing");
    assert_eq!((error.field.as_str(), error.allowed.as_str()), ("file.W1", "[3, 4]"));
    trainer.network().params_mut()[5].value.fill(f32::INFINITY);
    let error = save(&mut trainer).expect_err("not finite");
    assert_eq!((error.code, error.field.as_str()), (Code::NotFinite, "file.running_var1"));
}

#[test]
fn every_truncation_and_every_flipped_byte_is_refused_or_finite() {
    let weights = small();
    let file = packed(&weights);
    for length in 0..file.len() {
        assert!(read(&file[..length]).is_err(), "truncated to {length}");
    }
    for place in 0..file.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = file.clone();
            changed[place] ^= change;
            for tensor in read(&changed).into_iter().flatten() {
                assert!(tensor.values.iter().all(|value| value.is_finite()), "{change} at {place}");
            }
        }
    }
}
