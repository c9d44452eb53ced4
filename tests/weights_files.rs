//! Files of networks: what is saved can be loaded and goes on as it would have; whatever else comes is refused by name.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;

use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::error::{Code, Error, Result};
use fishbowl::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Schedule};
use fishbowl::train::trainer::{Step, Trainer};
use fishbowl::train::weights::{LARGEST, Precision, load, load_any, save};
use fishbowl::train::{book_weights, weights};
use ndarray::Array2;
use proptest::prelude::*;
use safetensors::tensor::{Dtype, TensorView};

const KINDS: [OptimizerKind; 6] = [
    OptimizerKind::Sgd,
    OptimizerKind::Momentum,
    OptimizerKind::Nesterov,
    OptimizerKind::Adagrad,
    OptimizerKind::Rmsprop,
    OptimizerKind::Adam,
];

fn images(lengths: &[usize]) -> Collection {
    let total = lengths.iter().sum();
    let mut collection = Collection::expecting(total);
    for (index, &length) in lengths.iter().enumerate() {
        let mut digits = Digits::empty(2, 2);
        for image in 0..length {
            let mixed = (index * 97 + image) * 7919 % 65_536;
            digits.push(&[(mixed % 256) as u8, (mixed / 256) as u8, 200, 0], (mixed % 3) as u8);
        }
        collection.push(index, digits, total).expect("in order");
    }
    collection
}

/// Everything that training remembers: weights, running statistics, dropout, a schedule, the clipped norm, weight decay.
fn everything(kind: OptimizerKind, rate: f64, seed: u32) -> NetSpec {
    let dense = |units| LayerSpec::Dense { units };
    let dropout = LayerSpec::Dropout { rate: 0.3 };
    NetSpec {
        input: vec![4],
        layers: vec![dense(6), LayerSpec::BatchNorm, LayerSpec::Tanh, dropout, dense(3)],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec {
            schedule: Some(Schedule::Cosine { iterations: 40, r#final: Some(rate.fract() / 3.0) }),
            clip_norm: Some(1.0 + rate),
            weight_decay: Some(rate / 7.0),
            ..OptimizerSpec::new(kind, rate)
        },
        init: InitSpec::He,
        batch_size: 7,
        seed,
    }
}

fn losses(trainer: &mut Trainer<f32>, steps: usize) -> Vec<u32> {
    let loss = |_| match trainer.step() {
        Step::Learned(loss) => loss.to_bits(),
        Step::Waiting => panic!("all images are there"),
    };
    (0..steps).map(loss).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_loaded_network_goes_on_as_if_it_had_never_been_saved(
        rate in 1e-4_f64..0.5, seed: u32, before in 0_usize..30, after in 1_usize..20,
        lengths in prop::collection::vec(1_usize..20, 1..4),
    ) {
        for kind in KINDS {
            let images = images(&lengths);
            let mut whole = Trainer::<f32>::new(&everything(kind, rate, seed)).expect("valid");
            whole.set_training(images.clone()).expect("fits");
            losses(&mut whole, before);
            let file = save(&mut whole, None, Precision::Single).expect("sound");
            let (mut resumed, about) = load(&file).expect("our own");
            prop_assert_eq!((&about.spec, about.iteration), (&whole.spec(), before as u64));
            prop_assert_eq!(save(&mut resumed, None, Precision::Single).expect("sound"), file);
            resumed.set_training(images).expect("fits");
            prop_assert_eq!(losses(&mut resumed, after), losses(&mut whole, after), "{:?}", kind);
            prop_assert_eq!(resumed.state(), whole.state());
            prop_assert_eq!(resumed.iteration(), whole.iteration());
        }
    }
}

#[test]
fn half_precision_keeps_three_digits_and_the_place_and_forgets_the_optimizer() {
    for kind in KINDS {
        let mut whole = Trainer::<f32>::new(&everything(kind, 0.1, 4)).expect("valid");
        whole.set_training(images(&[20, 13])).expect("fits");
        losses(&mut whole, 17);
        let file = save(&mut whole, None, Precision::Half).expect("sound");
        let (mut resumed, about) = load(&file).expect("our own");
        assert_eq!((about.iteration, resumed.iteration()), (17, 17));
        for (read, written) in resumed.state().iter().zip(whole.state()) {
            let close = |(a, b): (&f32, &f32)| (a - b).abs() <= b.abs() / 1024.0 + 1e-7;
            assert!(read.values.iter().zip(&written.values).all(close), "{}", read.name);
        }
        // The same batch, dropped out alike.
        resumed.set_training(images(&[20, 13])).expect("fits");
        let loss = |trainer: &mut Trainer<f32>| f32::from_bits(losses(trainer, 1)[0]);
        let (found, expected) = (loss(&mut resumed), loss(&mut whole));
        assert!((found - expected).abs() < 1e-2 * expected, "{kind:?}: {found} {expected}");
        let text = String::from_utf8_lossy(&file).into_owned();
        assert!(!text.contains("optimizer.") && !text.contains("optimizerStep"));
    }
}

/// A file as it was before there was more in it than weights, spec, iteration and accuracy.
#[test]
fn older_files_are_read() {
    let file = std::fs::read("www/weights/digits.safetensors").expect("committed");
    let (trainer, about) = load(&file).expect("the shipped weights");
    assert!(about.iteration > 0 && about.test_accuracy.is_some_and(|accuracy| accuracy > 0.9));
    assert_eq!(trainer.iteration(), about.iteration);

    let mut trainer = Trainer::<f32>::new(&everything(OptimizerKind::Adam, 0.01, 1)).expect("valid");
    let spec = serde_json::to_string(&trainer.spec()).expect("a spec is JSON");
    let state = trainer.state();
    let bytes: Vec<Vec<u8>> =
        state.iter().map(|tensor| tensor.values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let views = state.iter().zip(&bytes).map(|(tensor, bytes)| {
        (&tensor.name, TensorView::new(Dtype::F32, tensor.shape.clone(), bytes).expect("legal"))
    });
    let metadata = HashMap::from([("fishbowl".to_owned(), format!(r#"{{"spec":{spec}}}"#))]);
    let file = safetensors::serialize(views, Some(metadata)).expect("legal");
    let (mut read, about) = load(&file).expect("an older file");
    assert_eq!((read.state(), about.iteration, about.test_accuracy), (trainer.state(), 0, None));
    let images = images(&[30]);
    for trainer in [&mut read, &mut trainer] {
        trainer.set_training(images.clone()).expect("fits");
    }
    assert_eq!(losses(&mut read, 10), losses(&mut trainer, 10));
}

/// Any small network, with weights of any size: those of ten to the `magnitude`, with `odd` in one place.
fn any_network() -> impl Strategy<Value = (NetSpec, f32, Option<(usize, f32)>)> {
    let layer = prop_oneof![
        (1_usize..5).prop_map(|units| LayerSpec::Dense { units }),
        Just(LayerSpec::BatchNorm),
        Just(LayerSpec::Relu),
        Just(LayerSpec::Tanh),
        Just(LayerSpec::Sigmoid),
    ];
    let loss = prop_oneof![
        Just(LossSpec::SoftmaxCrossEntropy),
        Just(LossSpec::Hinge),
        Just(LossSpec::MeanSquaredError),
        Just(LossSpec::LogLikelihood)
    ];
    let odd = prop_oneof![
        Just(f32::NAN),
        Just(f32::INFINITY),
        Just(f32::MAX),
        Just(-f32::MAX),
        Just(65_504.0_f32),
        Just(65_520.0_f32),
        Just(1e-40_f32),
    ];
    let magnitude = prop_oneof![3 => -2.0_f32..2.0, 2 => 2.0_f32..38.5];
    (
        prop::collection::vec(layer, 0..5),
        loss,
        0..KINDS.len(),
        any::<u32>(),
        magnitude,
        prop::option::of((0_usize..500, odd)),
    )
        .prop_map(|(mut layers, loss, kind, seed, magnitude, odd)| {
            layers.push(LayerSpec::Dense { units: 3 });
            let optimizer = OptimizerSpec::new(KINDS[kind], 0.1);
            let init = InitSpec::Xavier;
            let spec = NetSpec { input: vec![4], layers, loss, optimizer, init, batch_size: 5, seed };
            (spec, 10_f32.powf(magnitude), odd)
        })
}

fn inputs() -> Array2<f32> {
    Array2::from_shape_fn((9, 4), |(row, column)| ((row * 31 + column * 17) % 11) as f32 / 10.0)
}

/// Bits, so that a NaN equals itself.
fn predictions(trainer: &mut Trainer<f32>) -> Vec<u32> {
    trainer.predict(inputs().view()).expect("fits").iter().map(|output| output.to_bits()).collect()
}

/// Whether a fault names a tensor of the network, or its outputs.
fn is_named(error: &Error, trainer: &Trainer<f32>) -> bool {
    let names = trainer.state().into_iter().map(|tensor| tensor.name).collect::<Vec<_>>();
    let tensor = error.field.rsplit_once("optimizer.").map_or(error.field.as_str(), |(_, rest)| rest);
    let is_tensor = names.iter().any(|name| tensor == name || tensor.ends_with(&format!(".{name}")));
    !error.allowed.is_empty()
        && (is_tensor || error.field == "outputs" || error.field == "file.outputs")
        && matches!(error.code, Code::NotFinite | Code::OutsideRange)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_saved_is_read_again_or_refused_by_name(
        (spec, scale, odd) in any_network(), steps in 0_usize..4, accuracy in 0.0_f64..1.0,
    ) {
        let mut trainer = Trainer::<f32>::new(&spec).expect("valid");
        trainer.set_training(images(&[20])).expect("fits");
        losses(&mut trainer, steps);
        for param in trainer.network().params_mut() {
            param.value.mapv_inplace(|value| value * scale);
        }
        if let Some((place, value)) = odd {
            let params = trainer.network().params_mut();
            let count = params.len();
            let param = &mut params[place % count];
            // No variance is negative, whatever a network learns.
            let value = if param.name.ends_with("running_var") { value.abs() } else { value };
            let length = param.value.len();
            if let Some(values) = param.value.as_slice_mut() {
                values[place % length] = value;
            }
        }
        let all_finite = trainer.state().iter().all(|tensor| tensor.values.iter().all(|v| v.is_finite()));
        for precision in [Precision::Single, Precision::Half] {
            let evaluated = weights::Evaluated { iteration: steps as u64, accuracy };
            match save(&mut trainer, Some(evaluated), precision) {
                Ok(file) => {
                    prop_assert!(all_finite);
                    let (mut again, about) = load(&file).expect("what was saved");
                    prop_assert!(again.read(&[1.0; 4]).is_ok() && again.read(&[0.0; 4]).is_ok());
                    prop_assert_eq!((about.spec, about.iteration), (trainer.spec(), steps as u64));
                    prop_assert_eq!(about.test_accuracy, Some(accuracy));
                    if precision == Precision::Single {
                        prop_assert_eq!(predictions(&mut again), predictions(&mut trainer));
                        prop_assert_eq!(again.state(), trainer.state());
                    }
                }
                Err(error) => prop_assert!(is_named(&error, &trainer), "{}", error),
            }
        }
        match book_weights::save(&mut trainer) {
            Ok(file) => {
                let mut again = Trainer::<f32>::new(&NetSpec { seed: !spec.seed, ..spec }).expect("valid");
                book_weights::load_into(&mut again, &file).expect("what was saved");
                prop_assert_eq!(again.state(), trainer.state());
            }
            Err(error) => prop_assert!(error.field.starts_with("file."), "{}", error),
        }
    }
}

#[test]
fn half_precision_refuses_what_it_cannot_hold() {
    let mut trainer = Trainer::<f32>::new(&everything(OptimizerKind::Sgd, 0.1, 1)).expect("valid");
    let mut with = |value: f32| {
        trainer.network().params_mut()[1].value.fill(value);
        save(&mut trainer, None, Precision::Half).map(|_| ())
    };
    assert_eq!(with(65_519.0), Ok(()), "65,504 when rounded");
    for value in [65_520.0, -1e5, 1e30] {
        let error = with(value).expect_err("infinite in 16 bits");
        assert_eq!((error.code, error.field.as_str()), (Code::OutsideRange, "0.bias"));
        assert_eq!(error.allowed, "-65504 … 65504");
    }
    // Nine weights whose product is just finite, until they are rounded up to 19,120.
    let layers = vec![LayerSpec::Dense { units: 1 }; 9];
    let spec = NetSpec { input: vec![1], layers, loss: LossSpec::Hinge, ..trainer.spec() };
    let mut chain = Trainer::<f32>::new(&spec).expect("valid");
    let weights = chain.network().params_mut().iter_mut().filter(|param| param.name.ends_with("weight"));
    weights.for_each(|param| param.value.fill(19_112.01));
    assert!(save(&mut chain, None, Precision::Single).is_ok());
    let error = save(&mut chain, None, Precision::Half).expect_err("its outputs overflow");
    assert_eq!((error.code, error.field.as_str()), (Code::NotFinite, "file.outputs"));
}

/// A network that remembers something of each kind.
fn trained(kind: OptimizerKind) -> Trainer<f32> {
    let mut trainer = Trainer::<f32>::new(&everything(kind, 0.05, 2)).expect("valid");
    trainer.set_training(images(&[30])).expect("fits");
    losses(&mut trainer, 9);
    trainer
}

fn refused_or_sound(outcome: Result<Trainer<f32>>) -> bool {
    let Ok(mut trainer) = outcome else { return false };
    assert!(trainer.state().iter().all(|tensor| tensor.values.iter().all(|value| value.is_finite())));
    let ends = Array2::from_shape_fn((2, trainer.network().inputs()), |(row, _)| row as f32);
    assert!(trainer.predict(ends.view()).expect("fits").iter().all(|output| output.is_finite()));
    true
}

/// Every truncation, and bytes changed at random: one, two or a run of them.
fn attack(name: &str, file: &[u8], load: impl Fn(&[u8]) -> Result<Trainer<f32>>) {
    assert!(refused_or_sound(load(file)), "{name}");
    for length in 0..file.len() {
        assert!(!refused_or_sound(load(&file[..length])), "{name} cut to {length}");
    }
    assert!(!refused_or_sound(load(&[file, &[0]].concat())), "{name} with a byte more");
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..5000 {
        let mut changed = file.to_vec();
        for _ in 0..=random(2) {
            let place = random(file.len());
            for byte in changed.iter_mut().skip(place).take([1, 1, 4, 16][random(4)]) {
                *byte ^= 1 << random(8);
            }
        }
        refused_or_sound(load(&changed));
    }
}

#[test]
fn thousands_of_broken_files_are_refused_or_sound() {
    for (name, kind, precision) in [
        ("single", OptimizerKind::Sgd, Precision::Single),
        ("single with memory", OptimizerKind::Adam, Precision::Single),
        ("half", OptimizerKind::Rmsprop, Precision::Half),
    ] {
        let file = save(&mut trained(kind), None, precision).expect("sound");
        attack(name, &file, |bytes| load(bytes).map(|(trainer, _)| trainer));
    }
    let mut trainer = trained(OptimizerKind::Sgd);
    let file = book_weights::save(&mut trainer).expect("sound");
    attack("npz", &file, |bytes| {
        let mut trainer = trained(OptimizerKind::Sgd);
        book_weights::load_into(&mut trainer, bytes).map(|()| trainer)
    });
    let pattern = NetSpec { layers: vec![LayerSpec::Sigmoid], ..trainer.spec() };
    for name in ["dense", "dense-compressed", "dense-half"] {
        let file = std::fs::read(format!("tests/fixtures/npz/{name}.npz")).expect("committed");
        attack(name, &file, |bytes| load_any(bytes, &pattern).map(|(trainer, _)| trainer));
    }
}

#[test]
fn other_files_are_of_the_wrong_kind_and_too_large_ones_are_not_looked_at() {
    let pattern = everything(OptimizerKind::Sgd, 0.1, 1);
    let refused = |bytes: &[u8]| load_any(bytes, &pattern).err().expect("refused");
    for other in [&b""[..], b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n", b"{}", &[0; 4096], &[0xff; 64]] {
        let error = refused(other);
        assert_eq!((error.code, error.field.as_str()), (Code::WrongKind, "file"), "{other:?}");
        assert_eq!(error.allowed, "safetensors | npz");
        assert!(!error.value.contains("header"), "{error}");
    }
    let large = vec![0; LARGEST + 1];
    assert_eq!(refused(&large).code, Code::TooLarge);
}

/// The figures that stand on the page are those of the files.
#[test]
fn networks_to_choose_are_told_with_the_accuracy_that_their_files_have() {
    let lab = fishbowl::labs::find("digits").expect("listed");
    let field = lab.fields.iter().find(|field| field.name == "network").expect("a choice");
    let fishbowl::labs::field::Kind::Choice { options } = field.kind else { panic!("a choice") };
    for option in options {
        let file = std::fs::read(format!("www/weights/{}.safetensors", option.value)).expect("committed");
        let (_, about) = weights::load(&file).expect("a file of ours");
        let said = format!(": {:.1}%,", 100.0 * about.test_accuracy.expect("measured"));
        assert!(
            option.label.en.contains(&said) && option.label.zh.contains(&said),
            "{:?}: {said}",
            option.label
        );
    }
}
