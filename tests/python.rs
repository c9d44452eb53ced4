//! Runs that are taken away as Python: the script is run with NumPy, and finds the losses that were found here.
//!
//! `tools/setup.sh native` installs NumPy for them.
#![cfg(not(target_arch = "wasm32"))]

use std::path::{Path, PathBuf};
use std::process::Command;

use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::data::rows::Rows;
use fishbowl::data::zip::{Archive, Limits};
use fishbowl::error::Code;
use fishbowl::nn::networks;
use fishbowl::nn::spec::{
    InitSpec, Join, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Schedule, Windows,
};
use fishbowl::rng::{Purpose, Rng};
use fishbowl::train::python::{LARGEST, Packing};
use fishbowl::train::task::{Count, EvaluationPlan, Gradient, Needs, Task, TrainPlan};
use fishbowl::train::training::Training;
use fishbowl::train::weights::Precision;
use fishbowl::train::work::{Progress, Work};

/// The Python text that scripts are put together of, as the page hands it in.
fn library() -> String {
    let read = |name| std::fs::read_to_string(format!("www/python/{name}.py")).expect("committed");
    ["layers", "convolution", "losses", "optimizers", "run"].map(read).join("\n")
}

/// Images of random ink, half of it 0, in three classes that the brightness of a corner tells apart.
fn images(count: usize, side: usize) -> Collection {
    let mut rng = Rng::new(3, Purpose::Split);
    let mut digits = Digits::empty(side, side);
    for image in 0..count {
        let label = (image % 3) as u8;
        let mut pixels: Vec<u8> = (0..side * side).map(|_| (rng.below(2) * rng.below(256)) as u8).collect();
        pixels[0] = 100 * label;
        digits.push(&pixels, label);
    }
    Collection::whole(digits)
}

fn plan(spec: NetSpec, limit: Option<u64>) -> TrainPlan {
    let evaluation = EvaluationPlan { every: Some(1_000_000), train: Count::First(1), test: Count::First(1) };
    TrainPlan {
        spec,
        needs: Needs::default(),
        limit,
        evaluation,
        observed: true,
        gradient: Gradient::default(),
    }
}

fn learn(training: &mut Training, until: u64) {
    while training.iteration() < until {
        if let Progress::Done | Progress::Waiting = training.work() {
            return;
        }
    }
}

fn begun(spec: &NetSpec, samples: Collection) -> Training {
    let mut training = Training::new(&plan(spec.clone(), None)).expect("valid");
    training.set_samples(samples, Collection::expecting(0)).expect("fits");
    training
}

fn packed(training: &Training) -> Packing {
    let mut packing = Packing::new(training).expect("it has learned");
    while packing.work() {}
    packing
}

/// A folder with the files of an archive.
struct Unpacked(PathBuf);

impl Unpacked {
    fn new(name: &str, packing: &Packing) -> Self {
        let folder = std::env::temp_dir().join(format!("fishbowl-python-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let bytes = packing.finish(&library(), &format!("A test, {name} \"\"\" \\"));
        let limits = Limits { bytes: 2 * LARGEST, files: 100 };
        let archive = Archive::open("file", &bytes, limits).expect("our own");
        for file in archive.files() {
            let contents = archive.unpack(file).expect("whole");
            std::fs::write(folder.join(file.name()), contents).expect("written");
        }
        Self(folder)
    }

    fn script(&self) -> String {
        std::fs::read_to_string(self.0.join("train.py")).expect("there")
    }

    /// Runs the script: whether it ends well, and what it prints.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let numpy = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/python");
        let mut python = Command::new("python3");
        python.arg("-W").arg("error").arg(self.0.join("train.py")).args(arguments);
        let output = python.env("PYTHONPATH", numpy).output().expect("python3 is there");
        let [printed, fault] =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(!fault.contains("No module named"), "run tools/setup.sh native: {fault}");
        (output.status.success(), format!("{printed}{fault}"))
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The script of a run finds all of its losses to 1e-5.
#[track_caller]
fn agrees(name: &str, training: &Training, iterations: usize) {
    let packing = packed(training);
    let found = (packing.iterations(), packing.agreeing());
    assert_eq!(found, (iterations, iterations), "{name}");
    let (is_well, printed) = Unpacked::new(name, &packing).run(&[]);
    assert!(is_well, "{name}: {printed}");
    // A head, a line for each mini-batch, and what they come to.
    assert_eq!(printed.lines().count(), iterations + 2, "{name}: {printed}");
}

fn dense(units: usize) -> LayerSpec {
    LayerSpec::Dense { units }
}

fn conv(filters: usize, size: usize, stride: usize, pad: usize) -> LayerSpec {
    LayerSpec::Conv2d { filters, size, stride: Some(stride), pad: Some(pad) }
}

fn spec(layers: Vec<LayerSpec>, optimizer: OptimizerSpec) -> NetSpec {
    NetSpec {
        input: vec![36],
        layers,
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer,
        init: InitSpec::Xavier,
        batch_size: 8,
        seed: 5,
    }
}

fn sgd(rate: f64) -> OptimizerSpec {
    OptimizerSpec::new(OptimizerKind::Sgd, rate)
}

/// 20 images: the third mini-batch of an epoch has four.
fn small(layers: Vec<LayerSpec>, optimizer: OptimizerSpec) -> Training {
    let mut training = begun(&spec(layers, optimizer), images(20, 6));
    learn(&mut training, 20);
    training
}

fn two_layers() -> Vec<LayerSpec> {
    vec![dense(7), LayerSpec::Tanh, dense(3)]
}

#[test]
fn every_update_rule() {
    let of = |kind, rate| OptimizerSpec::new(kind, rate);
    let rules = [
        sgd(0.1),
        OptimizerSpec { momentum: Some(0.7), ..of(OptimizerKind::Momentum, 0.05) },
        of(OptimizerKind::Nesterov, 0.05),
        of(OptimizerKind::Adagrad, 0.05),
        of(OptimizerKind::Rmsprop, 0.01),
        OptimizerSpec { beta1: Some(0.8), beta2: Some(0.99), ..of(OptimizerKind::Adam, 0.01) },
        OptimizerSpec { weight_decay: Some(0.1), clip_norm: Some(0.2), ..sgd(0.1) },
        OptimizerSpec { schedule: Some(Schedule::Step { every: 6, factor: 0.5 }), ..sgd(0.3) },
        OptimizerSpec {
            schedule: Some(Schedule::Cosine { iterations: 15, r#final: Some(0.1) }),
            ..of(OptimizerKind::Momentum, 0.05)
        },
    ];
    for rule in rules {
        agrees(&format!("{:?}{}", rule.kind, rule.learning_rate), &small(two_layers(), rule), 20);
    }
}

#[test]
fn every_dense_layer_and_only_what_the_network_needs() {
    let layers = vec![
        dense(9),
        LayerSpec::BatchNorm,
        LayerSpec::Relu,
        LayerSpec::Dropout { rate: 0.3 },
        dense(5),
        LayerSpec::Sigmoid,
        LayerSpec::Dropout { rate: 0.5 },
        dense(3),
    ];
    let rule =
        OptimizerSpec { weight_decay: Some(0.01), ..OptimizerSpec::new(OptimizerKind::Momentum, 0.05) };
    let training = small(layers, rule);
    agrees("dense", &training, 20);
    let script = Unpacked::new("parts", &packed(&training)).script();
    let classes: Vec<&str> =
        script.lines().filter_map(|line| line.strip_prefix("class ")?.split(['(', ':']).next()).collect();
    let expected =
        ["Affine", "Sigmoid", "Relu", "BatchNormalization", "Dropout", "SoftmaxWithLoss", "Momentum"];
    assert_eq!(classes, [&expected[..], &["Network"]].concat());
}

#[test]
fn convolutions_pooling_and_branches() {
    let windows = Windows { size: 3, stride: Some(2), pad: Some(1) };
    let layers = vec![
        conv(3, 3, 1, 1),
        LayerSpec::BatchNorm,
        LayerSpec::Relu,
        LayerSpec::Branches {
            join: Join::Add,
            branches: vec![vec![], vec![conv(3, 3, 1, 1), LayerSpec::Tanh]],
        },
        LayerSpec::Branches {
            join: Join::Concatenate,
            branches: vec![
                vec![conv(2, 1, 1, 0), LayerSpec::Dropout { rate: 0.2 }],
                vec![LayerSpec::MaxPool2d(Windows { size: 3, stride: Some(1), pad: Some(1) })],
            ],
        },
        LayerSpec::MaxPool2d(windows),
        conv(4, 2, 2, 1),
        LayerSpec::AveragePool2d(Windows { size: 2, stride: Some(1), pad: Some(1) }),
        LayerSpec::Flatten,
        LayerSpec::Dropout { rate: 0.25 },
        dense(3),
    ];
    let spec =
        NetSpec { input: vec![1, 6, 6], ..spec(layers, OptimizerSpec::new(OptimizerKind::Adam, 0.003)) };
    let mut training = begun(&spec, images(20, 6));
    learn(&mut training, 12);
    agrees("convolutions", &training, 12);
}

#[test]
fn the_networks_of_the_book() {
    for (name, iterations) in [
        ("two-layer", 30),
        ("simple-convnet", 3),
        ("small-inception", 3),
        ("small-resnet", 3),
        ("lenet-5", 3),
    ] {
        let spec = NetSpec { batch_size: 10, ..networks::named(name).expect("listed") };
        let mut training = begun(&spec, images(40, 28));
        learn(&mut training, iterations);
        agrees(name, &training, iterations as usize);
    }
}

#[test]
fn every_loss() {
    for loss in [LossSpec::MeanSquaredError, LossSpec::Hinge, LossSpec::Huber, LossSpec::LogLikelihood] {
        let spec = NetSpec { loss, ..spec(two_layers(), sgd(0.05)) };
        let mut training = begun(&spec, images(20, 6));
        learn(&mut training, 20);
        agrees(&format!("{loss:?}"), &training, 20);
    }
}

#[test]
fn rows_of_numbers_with_a_single_output() {
    let mut rows = Rows::new(4).expect("four numbers");
    let mut rng = Rng::new(1, Purpose::Split);
    for row in 0..30_u8 {
        let label = row % 2;
        let values: Vec<f64> = (0..4).map(|_| rng.normal() + f64::from(label)).collect();
        rows.push(&values, label).expect("finite");
    }
    let layers = vec![dense(5), LayerSpec::Sigmoid, dense(1)];
    let spec = NetSpec { input: vec![4], loss: LossSpec::BinaryCrossEntropy, ..spec(layers, sgd(0.5)) };
    let mut training = begun(&spec, Collection::whole(rows));
    learn(&mut training, 25);
    agrees("rows", &training, 25);
}

#[test]
fn a_rule_that_was_changed_on_the_way_and_a_way_back_are_repeated() {
    let mut training =
        begun(&spec(two_layers(), OptimizerSpec::new(OptimizerKind::Momentum, 0.02)), images(20, 6));
    let change = |training: &mut Training, optimizer| {
        let plan = TrainPlan {
            spec: NetSpec { optimizer, ..training.plan().spec.clone() },
            ..training.plan().clone()
        };
        assert_eq!(training.change(&Task::Train(plan)), Ok(true));
    };
    learn(&mut training, 5);
    change(
        &mut training,
        OptimizerSpec { weight_decay: Some(0.1), ..OptimizerSpec::new(OptimizerKind::Momentum, 0.1) },
    );
    learn(&mut training, 9);
    change(&mut training, OptimizerSpec::new(OptimizerKind::Adam, 0.01));
    learn(&mut training, 14);
    // What comes after the seventh is left behind.
    training.look(Some(7)).expect("it is observed");
    change(&mut training, sgd(0.1));
    learn(&mut training, 16);
    let mark = training.mark();
    let mut other = Training::new(training.plan()).expect("valid");
    other.go_to(&mark).expect("its own");
    other.set_samples(images(20, 6), Collection::expecting(0)).expect("fits");
    agrees("changed", &other, 16);
}

#[test]
fn weights_of_a_file_are_what_a_run_begins_with() {
    let layers = vec![dense(7), LayerSpec::BatchNorm, LayerSpec::Tanh, dense(3)];
    let mut saved = small(layers.clone(), sgd(0.1));
    let file = saved.save(Precision::Half).expect("finite");
    let mut training = begun(&spec(layers, sgd(0.1)), images(20, 6));
    training.take_file(&file).expect("fits");
    training.set_samples(images(20, 6), Collection::expecting(0)).expect("fits");
    learn(&mut training, 10);
    agrees("given", &training, 10);
}

#[test]
fn other_losses_than_the_runs_are_refused_by_the_script() {
    let unpacked = Unpacked::new("tampered", &packed(&small(two_layers(), sgd(0.1))));
    let path = unpacked.0.join("losses.npy");
    let mut file = std::fs::read(&path).expect("there");
    let last = file.len() - 4;
    let loss = f32::from_le_bytes(file[last..].try_into().expect("four bytes"));
    for (loss, is_well) in [(loss + 2e-5, false), (loss + 2e-6, true), (loss, true)] {
        file[last..].copy_from_slice(&loss.to_le_bytes());
        std::fs::write(&path, &file).expect("written");
        let (found, printed) = unpacked.run(&[]);
        assert_eq!(found, is_well, "{printed}");
    }
    let (_, printed) = unpacked.run(&["3"]);
    assert_eq!(printed.lines().count(), 3 + 2, "as many as are asked for: {printed}");
}

/// At such a rate 32 bits are soon not enough, and the loss becomes infinite.
#[test]
fn a_run_that_goes_astray_is_repeated_as_far_as_both_agree() {
    let layers = vec![dense(30), LayerSpec::Relu, dense(30), LayerSpec::Relu, dense(3)];
    let training = small(layers, sgd(1e4));
    assert!(training.diverged_at().is_some());
    let packing = packed(&training);
    assert_eq!(packing.iterations() as u64, training.iteration());
    assert!(packing.agreeing() >= 1);
    let (is_well, printed) = Unpacked::new("astray", &packing).run(&["1000"]);
    assert!(is_well, "{printed}");
}

#[test]
fn what_has_learned_nothing_is_refused_and_what_is_large_is_cut() {
    let spec = spec(two_layers(), sgd(0.1));
    let none = Packing::new(&begun(&spec, images(20, 6))).err().map(|error| error.code);
    assert_eq!(none, Some(Code::NotReady));

    let mut limited = begun(&spec, images(20, 6));
    learn(&mut limited, 1200);
    assert_eq!(packed(&limited).iterations(), 1000, "so many are remembered");

    // 2,000 images of 200×200 pixels have 80 MB.
    let large = NetSpec { input: vec![40_000], batch_size: 100, layers: vec![dense(3)], ..spec };
    let mut training = begun(&large, images(2000, 200));
    learn(&mut training, 20);
    let packing = packed(&training);
    let bytes = packing.finish(&library(), "large").len();
    assert!((3..10).contains(&packing.iterations()), "{}", packing.iterations());
    assert!(bytes <= LARGEST + (1 << 20), "{bytes}");
}
