//! The boundary in a dedicated worker: networks for pages of one's own.
#![cfg(target_arch = "wasm32")]

mod typed;

use fishbowl::real::Real as _;
use fishbowl::rng::{Purpose, Rng};
use fishbowl::web::networks::networks;
use js_sys::{Array, Float32Array, JSON, Reflect, Uint8ClampedArray};
use typed::{Net, NetPart, digit_from_pixels, network, network_weights};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// 4-5-3 with sigmoid: small enough for numerical gradients.
const SMALL: &str = r#"{
    "input": [4], "layers": [{"kind": "dense", "units": 5}, {"kind": "sigmoid"}, {"kind": "dense", "units": 3}],
    "loss": "softmax-cross-entropy", "optimizer": {"kind": "sgd", "learningRate": 0.5},
    "init": {"kind": "normal", "std": 0.5}, "batchSize": 3, "seed": 3
}"#;
const PIXELS: [f32; 12] = [0.0, 1.0, 0.2, 0.0, 0.9, 0.0, 0.0, 0.5, 0.0, 0.3, 1.0, 0.7];
const LABELS: [u8; 3] = [0, 1, 2];

fn object(json: &str) -> JsValue {
    JSON::parse(json).expect("JSON of a test")
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
}

fn words(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_else(|| panic!("no text in {name} of {object:?}"))
}

fn small_net() -> Net {
    Net::new(object(SMALL)).expect("a good spec")
}

fn values(tensors: &Array) -> Vec<(String, Vec<f32>)> {
    let value = |tensor: JsValue| {
        let values = get(&tensor, "values").dyn_into::<Float32Array>().expect("a Float32Array");
        (words(&tensor, "name"), values.to_vec())
    };
    tensors.iter().map(value).collect()
}

fn refusal<T>(outcome: Result<T, JsValue>) -> (String, String) {
    let Err(error) = outcome else { panic!("it was not refused") };
    assert!(error.is_instance_of::<js_sys::Error>(), "{error:?}");
    assert!(!words(&error, "message").is_empty());
    (words(&error, "code"), words(&error, "field"))
}

/// An IDX file of unsigned bytes.
fn idx(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let sizes_written = sizes.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, 8, sizes.len() as u8].into_iter().chain(sizes_written).chain(bytes.iter().copied()).collect()
}

/// Images whose label is the row that is inked, which a net learns at once.
fn bars(count: usize) -> (Vec<u8>, Vec<u8>) {
    let labels: Vec<u8> = (0..count).map(|index| (index * 7 % 10) as u8).collect();
    let ink = |label: u8| {
        (0..784_usize).map(move |pixel| if pixel / 28 == 2 * usize::from(label) + 3 { 255 } else { 0 })
    };
    let pixels: Vec<u8> = labels.iter().flat_map(|&label| ink(label)).collect();
    (idx(&[count as u32, 28, 28], &pixels), idx(&[count as u32], &labels))
}

#[wasm_bindgen_test]
fn steps_on_a_batch_lower_its_loss() {
    let mut net = small_net();
    let first = net.step_on(&PIXELS, &LABELS).expect("a loss");
    for _ in 0..100 {
        net.step_on(&PIXELS, &LABELS).expect("a loss");
    }
    let last = net.loss(&PIXELS, &LABELS).expect("a loss");
    assert!(last < 0.5 * first, "{first} → {last}");
}

#[wasm_bindgen_test]
fn a_prediction_is_a_probability_for_each_class() {
    let probabilities = small_net().predict(&PIXELS).expect("a prediction");
    assert_eq!(probabilities.len(), 9);
    for row in probabilities.chunks_exact(3) {
        assert!(row.iter().all(|share| (0.0..=1.0).contains(share)), "{row:?}");
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{row:?}");
    }
}

#[wasm_bindgen_test]
fn the_same_seed_gives_the_same_losses_and_another_seed_others() {
    let losses = |seed: u32| {
        let spec = object(SMALL);
        Reflect::set(&spec, &"seed".into(), &seed.into()).expect("an object");
        let mut net = Net::new(spec).expect("a good spec");
        (0..10).map(|_| net.step_on(&PIXELS, &LABELS).expect("a loss")).collect::<Vec<f32>>()
    };
    assert_eq!(losses(3), losses(3));
    assert_ne!(losses(3), losses(4));
}

#[wasm_bindgen_test]
fn weights_can_be_taken_out_and_put_into_another_net() {
    let mut net = small_net();
    let tensors = net.weights();
    let shapes: Vec<(String, Vec<f64>)> = tensors
        .iter()
        .map(|tensor| {
            let shape: Array = get(&tensor, "shape").unchecked_into();
            (words(&tensor, "name"), shape.iter().filter_map(|length| length.as_f64()).collect())
        })
        .collect();
    let expected = [
        ("0.weight", vec![4.0, 5.0]),
        ("0.bias", vec![5.0]),
        ("2.weight", vec![5.0, 3.0]),
        ("2.bias", vec![3.0]),
    ];
    assert_eq!(shapes, expected.map(|(name, shape)| (name.to_owned(), shape)));

    let before = net.predict(&PIXELS).expect("a prediction");
    net.step_on(&PIXELS, &LABELS).expect("a loss");
    assert_ne!(net.predict(&PIXELS).expect("a prediction"), before);
    net.set_weights(tensors.clone().into()).expect("its own weights");
    assert_eq!(net.predict(&PIXELS).expect("a prediction"), before);

    // Copies, not views: changing them changes no net.
    let first = get(&tensors.get(0), "values").unchecked_into::<Float32Array>();
    first.fill(9.0, 0, first.length());
    assert_eq!(net.predict(&PIXELS).expect("a prediction"), before);
}

#[wasm_bindgen_test]
fn wrong_weights_are_refused_and_change_nothing() {
    let mut net = small_net();
    let before = net.predict(&PIXELS).expect("a prediction");
    let missing = net.weights();
    missing.pop();
    let misshapen = net.weights();
    Reflect::set(&misshapen.get(0), &"shape".into(), &Array::of2(&5.into(), &4.into())).expect("an object");
    let infinite = net.weights();
    get(&infinite.get(2), "values").unchecked_into::<Float32Array>().set_index(0, f32::INFINITY);
    for tensors in [missing.into(), misshapen.into(), infinite.into(), JsValue::from(3), JsValue::NULL] {
        refusal(net.set_weights(tensors));
        assert_eq!(net.predict(&PIXELS).expect("a prediction"), before);
    }
}

#[wasm_bindgen_test]
fn a_saved_net_is_loaded_as_it_was() {
    let mut net = small_net();
    for _ in 0..5 {
        net.step_on(&PIXELS, &LABELS).expect("a loss");
    }
    let file = net.save(None).expect("a file");
    assert_eq!(file, net.save(Some(false)).expect("a file"));
    let mut again = Net::load(&file).expect("its own file");
    assert_eq!(again.predict(&PIXELS).expect("a prediction"), net.predict(&PIXELS).expect("a prediction"));
    assert_eq!(values(&again.weights()), values(&net.weights()));
    for net in [&mut again, &mut net] {
        net.step_on(&PIXELS, &LABELS).expect("it learns on");
    }
    assert_eq!(values(&again.weights()), values(&net.weights()), "as if it had never been saved");

    refusal(Net::load(&[]));
    refusal(Net::load(&file[..file.len() / 2]));
    refusal(Net::load(&vec![0; 4096]));
}

#[wasm_bindgen_test]
fn a_net_in_half_precision_says_nearly_the_same() {
    let mut net = small_net();
    let file = net.save(Some(true)).expect("a file");
    assert!(file.len() < net.save(None).expect("a file").len());
    let mut again = Net::load(&file).expect("its own file");
    let (before, after) =
        (net.predict(&PIXELS).expect("a prediction"), again.predict(&PIXELS).expect("a prediction"));
    assert!(before.iter().zip(&after).all(|(one, other)| (one - other).abs() < 1e-3));
}

#[wasm_bindgen_test]
fn weights_go_to_numpy_and_come_back() {
    let mut net = small_net();
    let before = values(&net.weights());
    let file = net.save_npz().expect("a file");
    assert!(file.starts_with(b"PK"));
    net.step_on(&PIXELS, &LABELS).expect("a loss");
    assert_ne!(values(&net.weights()), before);
    net.load_npz(&file).expect("its own file");
    assert_eq!(values(&net.weights()), before);

    let mut other = Net::new(object(&SMALL.replace("\"units\": 5", "\"units\": 6"))).expect("a good spec");
    let others = values(&other.weights());
    assert_eq!(refusal(other.load_npz(&file)), ("size-mismatch".to_owned(), "file.W1".to_owned()));
    assert_eq!(refusal(other.load_npz(&file[..file.len() / 2])).1, "file");
    let no_npz = other.save(None).expect("a file");
    assert_eq!(refusal(other.load_npz(&no_npz)), ("wrong-kind".to_owned(), "file".to_owned()));
    assert_eq!(values(&other.weights()), others, "what was refused changed nothing");
}

#[wasm_bindgen_test]
fn backpropagation_agrees_with_central_differences() {
    let mut net = small_net();
    let exact = values(&net.gradients(&PIXELS, &LABELS).expect("gradients"));
    let numerical = values(&net.numerical_gradients(&PIXELS, &LABELS, None).expect("gradients"));
    assert_eq!(exact.len(), 4);
    let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|value| value * value).sum::<f32>().sqrt();
    for ((name, one), (other_name, other)) in exact.iter().zip(&numerical) {
        assert_eq!(name, other_name);
        let apart = norm(&mut one.iter().zip(other).map(|(a, b)| a - b));
        let size = norm(&mut one.iter().copied());
        assert!(size > 1e-4, "{name} has a gradient");
        assert!(apart < 1e-2 * size, "{name}: {apart} of {size}");
    }
    refusal(net.numerical_gradients(&PIXELS, &LABELS, Some(0.0)));
}

#[wasm_bindgen_test]
fn another_optimizer_keeps_the_weights() {
    let mut net = small_net();
    let before = values(&net.weights());
    net.set_optimizer(object(r#"{"kind": "adam", "learningRate": 0.01}"#)).expect("a good rule");
    assert_eq!(values(&net.weights()), before);
    let first = net.loss(&PIXELS, &LABELS).expect("a loss");
    for _ in 0..50 {
        net.step_on(&PIXELS, &LABELS).expect("a loss");
    }
    assert!(net.loss(&PIXELS, &LABELS).expect("a loss") < first);
    let refused = net.set_optimizer(object(r#"{"kind": "adam", "learningRate": -1}"#));
    assert_eq!(refusal(refused).0, "outside-range");
}

#[wasm_bindgen_test]
fn a_net_learns_from_idx_files() {
    let spec = SMALL.replace("[4]", "[784]").replace("\"units\": 3", "\"units\": 10");
    let mut net = Net::new(object(&spec)).expect("a good spec");
    assert_eq!(refusal(net.step()).0, "not-ready");
    assert_eq!(refusal(net.accuracy("test")).0, "not-ready");
    let (images, labels) = bars(50);
    net.set_training(&images, &labels).expect("images");
    net.set_test(&images, &labels).expect("images");
    let losses = net.train(400.0).expect("losses");
    assert_eq!(losses.len(), 400);
    assert!(losses[399] < losses[0], "{} → {}", losses[0], losses[399]);
    assert!(net.accuracy("train").expect("a share") > 0.5);
    assert_eq!(net.accuracy("train").expect("a share"), net.accuracy("test").expect("a share"));

    for (images, labels) in [
        (&images[..images.len() - 1], &labels[..]),
        (&images[..], &labels[..labels.len() - 1]),
        (&labels[..], &labels[..]),
        (&images[..], &idx(&[50], &[10; 50])[..]),
        (&images[..], &idx(&[49], &[1; 49])[..]),
        (&idx(&[u32::MAX, u32::MAX, u32::MAX], &[])[..], &labels[..]),
        (&[], &[]),
    ] {
        refusal(net.set_training(images, labels));
    }
    net.step().expect("the former images stay");
    assert_eq!(refusal(net.accuracy("validation")).1, "split");
    refusal(net.train(-1.0));
}

#[wasm_bindgen_test]
fn parts_of_a_net_learn_what_a_net_learns() {
    let spec = SMALL.replace("[4]", "[784]").replace("\"units\": 3", "\"units\": 10");
    let (images, labels) = bars(10);
    let mut net = Net::new(object(&spec)).expect("a good spec");
    net.set_training(&images, &labels).expect("images");
    // Batches of 3, 3, 3 and 1: the last leaves one of the parts without an image.
    let mut parts: Vec<NetPart> =
        (0..2).map(|part| NetPart::new(object(&spec), part.into(), 2.0).expect("a good spec")).collect();
    let gradients = Array::new();
    for part in &mut parts {
        part.set_training(&images, &labels).expect("images");
        gradients.push(&Float32Array::new_with_length(part.parameters() as u32));
    }
    for _ in 0..8 {
        let expected = net.step().expect("a loss");
        let share = |(part, into): (&mut NetPart, JsValue)| part.gradient(into).expect("images");
        let loss: f32 = parts.iter_mut().zip(gradients.iter()).map(share).sum();
        assert!((loss - expected).abs() < 1e-5, "{loss} {expected}");
        for part in &mut parts {
            part.update(gradients.clone().into()).expect("both gradients");
        }
        assert_eq!(values(&parts[0].weights()), values(&parts[1].weights()));
    }

    let mut part = parts.remove(0);
    let short = Float32Array::new_with_length(3);
    for into in [JsValue::UNDEFINED, JsValue::from(3), Array::new().into()] {
        assert_eq!(refusal(part.gradient(into)), ("wrong-kind".to_owned(), "into".to_owned()));
    }
    assert_eq!(refusal(part.gradient(short.clone().into())).0, "size-mismatch");
    assert_eq!(refusal(part.update(gradients.clone().into())).0, "not-ready");
    part.gradient(gradients.get(0)).expect("images");
    assert_eq!(refusal(part.gradient(gradients.get(0))).0, "not-ready");
    for (wrong, field) in [
        (JsValue::NULL, "gradients"),
        (Array::new().into(), "gradients"),
        (Array::of2(&gradients.get(0), &short).into(), "gradients[1]"),
        (Array::of2(&JsValue::from("0"), &gradients.get(1)).into(), "gradients[0]"),
    ] {
        assert_eq!(refusal(part.update(wrong)).1, field);
    }
    part.update(gradients.into()).expect("what was refused changed nothing");
    for (part, parts, field) in
        [(2.0, 2.0, "part"), (0.5, 2.0, "part"), (0.0, f64::NAN, "parts"), (0.0, 65.0, "parts")]
    {
        assert_eq!(refusal(NetPart::new(object(&spec), part, parts)).1, field);
    }
}

#[wasm_bindgen_test]
fn a_wrong_spec_is_refused_by_the_name_of_its_field() {
    for (from, to, code, field) in [
        (r#""units": 5"#, r#""units": 0"#, "outside-range", "layers[0].units"),
        (r#""seed": 3"#, r#""seed": 3, "speed": 11"#, "unknown-field", "speed"),
        (r#""batchSize": 3"#, r#""batchSize": 0"#, "outside-range", "batchSize"),
        (r#""learningRate": 0.5"#, r#""learningRate": -1"#, "outside-range", "optimizer.learningRate"),
    ] {
        let spec = SMALL.replace(from, to);
        assert_ne!(spec, SMALL);
        assert_eq!(refusal(Net::new(object(&spec))), (code.to_owned(), field.to_owned()), "{to}");
    }
    for value in [JsValue::UNDEFINED, JsValue::NULL, JsValue::from(3), object("[]"), object("{}")] {
        refusal(Net::new(value));
    }
    let mut net = small_net();
    assert_eq!(refusal(net.predict(&[0.0; 5])).1, "pixels");
    assert_eq!(refusal(net.predict(&[f32::NAN; 4])), ("not-finite".into(), "pixels[0]".into()));
    refusal(net.step_on(&PIXELS, &[0, 1]));
    refusal(net.step_on(&PIXELS, &[0, 1, 3]));
}

#[wasm_bindgen_test]
fn networks_with_a_name_are_described_and_built() {
    let list: Array = networks().expect("a list").unchecked_into();
    assert!(list.length() >= 15);
    for described in list.iter() {
        let name = words(&described, "name");
        for language in ["en", "zh"] {
            assert!(!words(&get(&described, "title"), language).is_empty(), "{name}");
        }
        let section = get(&described, "section");
        assert!(section.is_string() || section.is_null(), "{name}");
        let spec = network(&name).expect("listed");
        let input: Array = get(&spec, "input").unchecked_into();
        let inputs: f64 = input.iter().filter_map(|length| length.as_f64()).product();
        let mut net = Net::new(spec).expect("a good spec");
        let outputs = net.predict(&vec![0.5; inputs as usize]).expect("a prediction");
        assert!(outputs.iter().all(|output| output.is_finite()), "{name}");
    }

    // Book 3.4.3.
    let mut forward = Net::new(network("forward").expect("listed")).expect("a good spec");
    forward.set_weights(network_weights("forward").expect("listed").into()).expect("all of its weights");
    let outputs = forward.predict(&[1.0, 0.5]).expect("a prediction");
    assert!((outputs[0] - 0.316_827_1).abs() < 1e-6 && (outputs[1] - 0.696_279_1).abs() < 1e-6);
    assert_eq!(network_weights("two-layer").expect("listed").length(), 0);

    assert_eq!(refusal(network("teapot")), ("not-a-choice".to_owned(), "name".to_owned()));
    assert_eq!(refusal(network_weights("")), ("not-a-choice".to_owned(), "name".to_owned()));
}

#[wasm_bindgen_test]
fn losses_schedules_and_clipping_pass_the_boundary() {
    for loss in ["hinge", "huber", "log-likelihood", "mean-squared-error"] {
        let mut net = Net::new(object(&SMALL.replace("softmax-cross-entropy", loss))).expect(loss);
        let first = net.step_on(&PIXELS, &LABELS).expect("a loss");
        for _ in 0..50 {
            net.step_on(&PIXELS, &LABELS).expect("a loss");
        }
        assert!(net.loss(&PIXELS, &LABELS).expect("a loss") < first, "{loss}");
    }
    let rule = |more: &str| object(&format!(r#"{{"kind": "sgd", "learningRate": 0.5, {more}}}"#));
    let moved = |more: &str| {
        let mut net = small_net();
        net.set_optimizer(rule(more)).expect("a good rule");
        let before = values(&net.weights());
        net.step_on(&PIXELS, &LABELS).expect("a loss");
        net.step_on(&PIXELS, &LABELS).expect("a loss");
        let pairs = before.into_iter().zip(values(&net.weights()));
        let squares = pairs.flat_map(|((_, a), (_, b))| a.into_iter().zip(b).map(|(a, b)| (a - b) * (a - b)));
        squares.sum::<f32>().sqrt()
    };
    let free = moved(r#""momentum": 0"#);
    let one_step = moved(r#""schedule": {"kind": "cosine", "iterations": 1}"#);
    assert!(one_step < 0.8 * free, "the second step has no rate: {one_step} of {free}");
    assert!(moved(r#""clipNorm": 0.01"#) < 0.0101);
    for (more, field) in [
        (r#""clipNorm": 0"#, "optimizer.clipNorm"),
        (r#""schedule": {"kind": "step", "every": 0, "factor": 0.5}"#, "optimizer.schedule.every"),
        (r#""schedule": {"kind": "step", "every": 5, "factor": 2}"#, "optimizer.schedule.factor"),
    ] {
        assert_eq!(refusal(small_net().set_optimizer(rule(more))), ("outside-range".into(), field.into()));
    }
}

#[wasm_bindgen_test]
fn networks_agree_with_pytorch_through_the_boundary() {
    // What tests/reference.rs does natively, in the single precision of the boundary.
    let cases = object(include_str!("fixtures/pytorch.json")).unchecked_into::<Array>();
    assert_eq!(cases.length(), 17);
    for case in cases.iter() {
        let name = words(&case, "name");
        let mut net = Net::new(get(&case, "spec")).expect(&name);
        net.set_weights(with_typed_values(&get(&case, "weights"))).expect(&name);
        let pixels = numbers(&get(&case, "pixels"));
        let labels: Vec<u8> = numbers(&get(&case, "labels")).into_iter().map(|label| label as u8).collect();
        // With batch normalization they would depend on the running statistics, which the reference has not.
        if let Some(loss) = get(&case, "loss").as_f64() {
            let outputs = net.predict(&pixels).expect(&name);
            assert_close(&format!("{name}: outputs"), &outputs, &numbers(&get(&case, "outputs")), 1.0);
            let found = net.loss(&pixels, &labels).expect(&name);
            assert_close(&format!("{name}: loss"), &[found], &[loss as f32], 1.0);
        }
        let check = |what: &str, found: &Array| {
            let expected = values(&with_typed_values(&get(&case, what)).unchecked_into());
            let found = values(found);
            assert_eq!(found.len(), expected.len(), "{name}");
            let scale = expected.iter().fold(0.0, |most: f32, (_, values)| most.max(largest(values)));
            for ((tensor, found), (expected_tensor, expected)) in found.iter().zip(&expected) {
                assert_eq!(tensor, expected_tensor, "{name}");
                assert_close(&format!("{name}: {what} of {tensor}"), found, expected, scale);
            }
        };
        check("gradients", &net.gradients(&pixels, &labels).expect(&name));
        for _ in 0..10 {
            net.step_on(&pixels, &labels).expect(&name);
        }
        check("weightsAfterTenSteps", &net.weights());
    }
}

/// A list of numbers.
fn numbers(list: &JsValue) -> Vec<f32> {
    Float32Array::new(list).to_vec()
}

/// Tensors whose values are lists of numbers, with the typed arrays that the boundary takes.
fn with_typed_values(tensors: &JsValue) -> JsValue {
    let typed = |tensor: JsValue| {
        let values = Float32Array::new(&get(&tensor, "values"));
        Reflect::set(&tensor, &"values".into(), &values).expect("an object");
        tensor
    };
    tensors.unchecked_ref::<Array>().iter().map(typed).collect::<Array>().into()
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

/// Asserts that all values lie within 1e-4 of the largest expected one; of one that is 0 but for rounding, within that
/// of `scale`.
fn assert_close(what: &str, found: &[f32], expected: &[f32], scale: f32) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let own = largest(expected);
    let largest = if own < 1e-12 { scale } else { own };
    for (found, expected) in found.iter().zip(expected) {
        let apart = (found - expected).abs() / largest;
        assert!(apart <= 1e-4, "{what}: {found} is not {expected} ({apart:e} of {largest})");
    }
}

#[wasm_bindgen_test]
fn a_drawing_becomes_a_digit_and_a_blank_one_none() {
    let (width, height) = (60_u32, 90_u32);
    let blank = Uint8ClampedArray::new_with_length(width * height * 4);
    assert_eq!(digit_from_pixels(blank, width, height).expect("an answer"), None);
    let white = Uint8ClampedArray::from(vec![255; (width * height * 4) as usize].as_slice());
    assert_eq!(digit_from_pixels(white, width, height).expect("an answer"), None);

    // A stroke from top to bottom, left of the middle: opaque black on nothing.
    let mut rgba = vec![0_u8; (width * height * 4) as usize];
    for y in 10..80 {
        for x in 10..16 {
            rgba[((y * width + x) * 4 + 3) as usize] = 255;
        }
    }
    let digit = digit_from_pixels(Uint8ClampedArray::from(rgba.as_slice()), width, height);
    let digit = digit.expect("an answer").expect("a digit");
    assert_eq!(digit.len(), 784);
    assert!(digit.iter().all(|value| (0.0..=1.0).contains(value)));
    let mass: f32 = digit.iter().sum();
    let mean_column =
        digit.iter().enumerate().map(|(place, value)| (place % 28) as f32 * value).sum::<f32>() / mass;
    assert!((mean_column - 13.5).abs() < 1.0, "centred by mass: {mean_column}");

    let wrong = digit_from_pixels(Uint8ClampedArray::new_with_length(7), 60, 90);
    assert_eq!(refusal(wrong), ("size-mismatch".to_owned(), "rgba".to_owned()));
}

#[wasm_bindgen_test]
fn chance_and_the_exponential_have_the_bits_they_have_elsewhere() {
    // From the reference algorithms (PCG XSL-RR 128/64, Cephes' expf) computed apart from this project.
    let draw = |purpose| {
        let mut rng = Rng::new(1, purpose);
        (0..8).map(|_| rng.below(1000)).collect::<Vec<u32>>()
    };
    assert_eq!(draw(Purpose::Weights(0)), [791, 396, 202, 779, 10, 241, 336, 103]);
    assert_eq!(draw(Purpose::Order(0, 0)), [887, 573, 974, 241, 358, 838, 35, 263]);
    for (x, bits) in [
        (1.0_f32, 0x402d_f854_u32),
        (-1.0, 0x3ebc_5ab2),
        (0.1, 0x3f8d_763e),
        (-0.5, 0x3f1b_4598),
        (10.0, 0x46ac_14ee),
        (-20.0, 0x310d_a433),
        (88.0, 0x7ef8_82b7),
    ] {
        assert_eq!(x.exponential().to_bits(), bits, "exp({x})");
    }
}
