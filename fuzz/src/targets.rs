//! What the fuzzer calls, and tests/fuzz_replay.rs with the seeds: for each kind of input from outside a function
//! that takes any bytes, and panics when a promise is broken.

use fishbowl::data::digits::Digits;
use fishbowl::data::gzip;
use fishbowl::data::idx as idx_format;
use fishbowl::error::{Code, Error};
use fishbowl::function::expression::Expression;
use fishbowl::function::surface::VARIABLES;
use fishbowl::graph::Graph;
use fishbowl::nn::spec::{
    InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, from_json, parse,
};
use fishbowl::train::trainer::{Tensor, Trainer};
use fishbowl::train::weights::Precision;
use fishbowl::train::{book_weights, weights};

/// A target and its name, which is also that of its folder of seeds.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const ALL: [Target; 6] = [
    ("idx", idx),
    ("gzip", gzip),
    ("safetensors", safetensors),
    ("npz", npz),
    ("expression", expression),
    ("spec", spec),
];

/// Images and labels, cut where the first byte says; labels below ten, each image with one.
pub(crate) fn idx(bytes: &[u8]) {
    if let Ok(file) = idx_format::parse::<3>("images", bytes) {
        assert_eq!(file.shape.iter().product::<usize>(), file.bytes.len());
    }
    let Some((&cut, files)) = bytes.split_first() else { return };
    let (images, labels) = files.split_at(files.len().min(usize::from(cut)));
    let Ok(digits) = Digits::parse(images, labels, 10) else { return };
    assert_eq!(digits.len(), digits.labels().len());
    assert!(digits.labels().iter().all(|&label| label < 10));
    let (height, width) = digits.size();
    for image in 0..digits.len() {
        assert_eq!(digits.pixels(image).len(), height * width);
    }
}

/// Nothing unpacks to more than the limit.
pub(crate) fn gzip(bytes: &[u8]) {
    if let Ok(unpacked) = gzip::unpack("images", bytes) {
        assert!(unpacked.len() <= gzip::MOST_BYTES);
    }
}

/// What is loaded is finite and as its spec says, gives finite outputs, and is the same when it is saved and loaded
/// again.
pub(crate) fn safetensors(bytes: &[u8]) {
    let Ok((mut trainer, about)) = weights::load(bytes) else { return };
    assert_finite(&trainer.state());
    assert_eq!(trainer.spec().layers, about.spec.layers);
    let inputs = trainer.network().inputs();
    let outputs = trainer.predict(ndarray::Array2::ones((1, inputs)).view()).expect("an image that fits");
    assert!(outputs.iter().all(|output| output.is_finite()));
    let file = weights::save(&mut trainer, None, Precision::Single).expect("it was loaded");
    let (mut again, _) = weights::load(&file).expect("it was saved");
    assert_eq!(again.state(), trainer.state());
    assert_eq!(weights::save(&mut again, None, Precision::Single), Ok(file));
}

/// What is read is finite, and reads the same when it is written again; it becomes a network or is refused.
pub(crate) fn npz(bytes: &[u8]) {
    let Ok(arrays) = book_weights::read(bytes) else { return };
    assert_finite(&arrays);
    let pattern = NetSpec {
        input: vec![1],
        layers: vec![LayerSpec::Sigmoid],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init: InitSpec::Xavier,
        batch_size: 1,
        seed: 1,
    };
    if let Ok(mut trainer) = book_weights::load_dense(bytes, &pattern) {
        let weights = trainer.weights();
        let written = book_weights::save(&mut trainer).expect("it was loaded");
        assert_eq!(book_weights::read_for(&weights, &written), Ok(weights));
        book_weights::load_into(&mut trainer, bytes).expect("the same weights");
    }
}

/// What parses has a value everywhere, if not a number, and as a graph a place for each node.
pub(crate) fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // The place of a mistake is shown to whoever typed it.
    let is_inside = |error: Error| error.at.is_none_or(|at| at <= text.chars().count());
    match Expression::parse("expression", &text, VARIABLES) {
        Ok(expression) => {
            for x in [[0.0, 0.0], [1.5, -2.0], [f64::MAX, f64::MIN_POSITIVE]] {
                let (once, again) = (expression.at(x), expression.at(x));
                assert!(once.to_bits() == again.to_bits() || once.is_nan());
            }
        }
        Err(error) => assert!(is_inside(error)),
    }
    match Graph::parse("expression", &text) {
        Ok(graph) => {
            assert!(graph.output() < graph.nodes().len());
            graph.layout();
        }
        Err(error) => assert!(is_inside(error)),
    }
}

/// JSON is what others take for it. What is refused says what is allowed. What passes its check can be built, if it is
/// small, and gives a prediction; its JSON is the same spec.
pub(crate) fn spec(bytes: &[u8]) {
    const MOST_WEIGHTS: usize = 2_000;
    const FEWEST_IMAGES: usize = 1_000;
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match (parse(text), serde_json::from_str::<serde_json::Value>(text)) {
        // Ours knows numbers that are too large for f64, and has a bound for their count.
        (Ok(_), Err(theirs)) => assert!(theirs.to_string().starts_with("number out of range"), "{theirs}"),
        (Err(ours), Ok(_)) => assert_eq!(ours.code, Code::TooLarge),
        _ => {}
    }
    let explained = |error: Error| assert!(!error.allowed.is_empty(), "{error}");
    let checked = from_json::<NetSpec>(text).and_then(|spec| Ok((spec.check()?, spec)));
    let Ok((shapes, spec)) = checked.map_err(explained) else { return };
    let json = serde_json::to_string(&spec).expect("a spec is always JSON");
    assert_eq!(from_json::<NetSpec>(&json).as_ref(), Ok(&spec), "{json}");
    let weights = spec.weights().expect("checked");
    if weights > MOST_WEIGHTS || spec.most_images(&shapes) < FEWEST_IMAGES {
        return;
    }
    let mut trainer = Trainer::<f32>::new(&spec).expect("checked");
    let inputs = trainer.network().inputs();
    let outputs = trainer.predict(ndarray::Array2::zeros((1, inputs)).view()).expect("an image that fits");
    assert_eq!(outputs.ncols(), trainer.network().outputs());
    let state = trainer.state();
    // Weights may be so large that outputs overflow: then no file is written.
    if let Ok(file) = book_weights::save(&mut trainer) {
        assert_eq!(book_weights::read_for(&state, &file), Ok(state));
        assert!(weights::save(&mut trainer, None, Precision::Single).is_ok());
    }
}

fn assert_finite(tensors: &[Tensor<f32>]) {
    for tensor in tensors {
        assert_eq!(tensor.shape.iter().product::<usize>(), tensor.values.len(), "{}", tensor.name);
        assert!(tensor.values.iter().all(|value| value.is_finite()), "{}", tensor.name);
    }
}
