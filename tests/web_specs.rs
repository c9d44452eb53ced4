//! What JavaScript hands over by mistake is refused with an error that names it, and leaves a network as it was.
#![cfg(target_arch = "wasm32")]

use fishbowl::web::net::{Net, digit_from_pixels};
use fishbowl::web::networks::{network, network_weights};
use fishbowl::web::part::NetPart;
use js_sys::{Array, Float32Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// The value of an expression of JavaScript.
fn js(expression: &str) -> JsValue {
    let run = Function::new_no_args(&format!("return ({expression});"));
    run.call0(&JsValue::NULL).unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

/// A legal spec with every optional number, after some statements that change `s`.
fn spec(changes: &str) -> JsValue {
    let body = format!(
        "const s = {{ input: [1, 6, 6], layers: [
            {{ kind: 'conv2d', filters: 2, size: 3, stride: 1, pad: 1 }}, {{ kind: 'relu' }},
            {{ kind: 'max-pool2d', size: 2, stride: 2, pad: 0 }}, {{ kind: 'dropout', rate: 0.5 }},
            {{ kind: 'branches', join: 'add', branches: [[], [{{ kind: 'conv2d', filters: 2, size: 1 }}]] }},
            {{ kind: 'flatten' }}, {{ kind: 'dense', units: 3 }}],
          loss: 'softmax-cross-entropy',
          optimizer: {{ kind: 'adam', learningRate: 0.1, momentum: 0.5, beta1: 0.8, beta2: 0.99, weightDecay: 0.1,
            clipNorm: 1, schedule: {{ kind: 'cosine', iterations: 5, final: 0.1 }} }},
          init: {{ kind: 'normal', std: 0.1 }}, batchSize: 5, seed: 9 }};
        {changes};
        return s;"
    );
    Function::new_no_args(&body).call0(&JsValue::NULL).unwrap_or_else(|error| panic!("{changes}: {error:?}"))
}

fn words(object: &JsValue, name: &str) -> String {
    let value = Reflect::get(object, &name.into()).expect("an object");
    value.as_string().unwrap_or_else(|| panic!("no text in {name} of {object:?}"))
}

/// Code, field and value of a refusal, which says what is allowed.
fn refusal<T>(outcome: Result<T, JsValue>, what: &str) -> [String; 3] {
    let Err(error) = outcome else { panic!("{what} was not refused") };
    assert!(error.is_instance_of::<js_sys::Error>(), "{what}: {error:?}");
    assert!(
        !words(&error, "message").is_empty() && !words(&error, "allowed").is_empty(),
        "{what}: {error:?}"
    );
    ["code", "field", "value"].map(|name| words(&error, name))
}

fn refused_spec(changes: &str) -> [String; 3] {
    refusal(Net::new(spec(changes)), changes)
}

fn small() -> Net {
    let spec = js("{ input: [4], layers: [{ kind: 'dense', units: 3 }], loss: 'softmax-cross-entropy',
        optimizer: { kind: 'sgd', learningRate: 0.1 }, init: { kind: 'he' }, batchSize: 2, seed: 1 }");
    Net::new(spec).expect("a good spec")
}

const OPTIONAL: [&str; 12] = [
    "layers[0].stride",
    "layers[0].pad",
    "layers[2].stride",
    "layers[2].pad",
    "layers[4].branches[1][0].stride",
    "optimizer.momentum",
    "optimizer.beta1",
    "optimizer.beta2",
    "optimizer.weightDecay",
    "optimizer.clipNorm",
    "optimizer.schedule",
    "optimizer.schedule.final",
];

#[wasm_bindgen_test]
fn optional_fields_may_be_undefined_or_null_but_nothing_else() {
    Net::new(spec("")).expect("a good spec");
    for path in OPTIONAL {
        for absent in ["undefined", "null"] {
            Net::new(spec(&format!("s.{path} = {absent}"))).expect(path);
        }
        for (value, shown) in [
            ("NaN", "NaN"),
            ("Infinity", "Infinity"),
            ("-Infinity", "-Infinity"),
            ("() => 1", "function"),
            ("1n", "1n"),
            ("2n ** 80n", "bigint"),
            ("Symbol('1')", "symbol"),
            ("'1'", "\"1\""),
            ("true", "true"),
            ("new Float32Array(1)", "Float32Array"),
            ("[1]", "[1]"),
        ] {
            let [code, field, found] = refused_spec(&format!("s.{path} = {value}"));
            assert_eq!([field.as_str(), found.as_str()], [path, shown], "{value}");
            if path != "optimizer.schedule" {
                let is_number = ["NaN", "Infinity", "-Infinity"].contains(&value);
                assert_eq!(code, if is_number { "not-finite" } else { "not-a-number" }, "{path} {value}");
            }
        }
    }
}

#[wasm_bindgen_test]
fn strange_fields_are_refused_whatever_they_hold() {
    for path in ["speed", "optimizer.lr", "layers[1].units", "layers[4].branches[1][0].rate", "init.mean"] {
        for value in ["undefined", "null", "() => 1", "NaN", "1", "s", "Symbol()"] {
            let [code, field, _] = refused_spec(&format!("s.{path} = {value}"));
            assert_eq!([code.as_str(), field.as_str()], ["unknown-field", path], "{value}");
        }
    }
    let xavier = refused_spec("s.init.kind = 'xavier'; s.init.std = NaN");
    assert_eq!(xavier[..2], ["unknown-field", "init.std"]);
    let missing = refused_spec("delete s.layers[6].units");
    assert_eq!(missing, ["missing", "layers[6].units", ""]);
    assert_eq!(refused_spec("s.layers[6].units = undefined"), missing);
    assert_eq!(refused_spec("s.loss = 'mae'"), ["not-a-choice", "loss", "mae"]);
    assert_eq!(refused_spec("s.optimizer.learningRate = '0.1'")[2], "\"0.1\"");
}

#[wasm_bindgen_test]
fn values_without_end_are_refused_where_they_stand() {
    assert_eq!(refused_spec("s.layers[6].units = s"), ["not-a-number", "layers[6].units", "a cycle"]);
    assert_eq!(refused_spec("s.layers[4].branches[1][0] = s.layers[4]")[1], "layers[4].branches[1][0]");
    assert_eq!(refused_spec("s.layers = s.layers.concat([s.layers])")[1], "layers[7]");
    let nest = "let d = []; for (let i = 0; i < 100000; i++) d = [d]";
    assert_eq!(refused_spec(&format!("{nest}; s.layers[6].units = d"))[1], "layers[6].units");
    let branches = |levels: u32| {
        format!(
            "let d = []; for (let i = 0; i < {levels}; i++)
                d = [{{ kind: 'branches', join: 'add', branches: [[], d] }}]; s.layers.splice(4, 1, ...d)"
        )
    };
    // What is built can be saved and loaded, however deep.
    let deepest =
        (1..100).take_while(|&levels| Net::new(spec(&branches(levels))).is_ok()).last().expect("some");
    assert!(deepest > 30, "{deepest}");
    let saved = Net::new(spec(&branches(deepest))).expect("a good spec").save(None).expect("a file");
    Net::load(Uint8Array::from(saved.as_slice()).into()).expect("its own file");
    let [_, field, _] = refused_spec(&branches(deepest + 1));
    assert!(field.starts_with("layers[4].branches[1][0].branches[1][0]"), "{field}");
    refused_spec(&branches(100_000));

    // Twice as many values with each: 2¹⁰⁰⁰ in all.
    let double = "let d = [1]; for (let i = 0; i < 100; i++) d = [d, d]";
    assert_eq!(refused_spec(&format!("{double}; s.seed = d"))[1], "seed");
    assert_eq!(refused_spec("s.layers = new Array(1e9)")[1], "layers");
    assert_eq!(
        refused_spec("s.layers = Array(65).fill({ kind: 'relu' })"),
        ["outside-range", "layers.length", "65"]
    );
    assert_eq!(refused_spec("s.loss = 'x'.repeat(2 ** 28)")[1], "loss");
    assert_eq!(refused_spec("s['x'.repeat(2 ** 28)] = 1")[0], "unknown-field");
}

#[wasm_bindgen_test]
fn what_throws_when_it_is_read_is_refused() {
    let getter = "Object.defineProperty(s.layers[6], 'units', { enumerable: true, get() { throw 1; } })";
    assert_eq!(refused_spec(getter), ["not-a-number", "layers[6].units", "a getter that throws"]);
    let proxies = [
        "new Proxy({}, { ownKeys() { throw 1; } })",
        "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()",
    ];
    for proxy in proxies {
        assert_eq!(refused_spec(&format!("s.init = {proxy}")), ["wrong-kind", "init", "a proxy that throws"]);
        let mut net = small();
        assert_eq!(refusal(net.set_optimizer(js(proxy)), proxy)[1], "optimizer");
        net.set_optimizer(js("{ kind: 'sgd', learningRate: 1 }")).expect("nothing is stuck");
    }
    // A proxy that does not throw is an object like others, and so is one without a prototype.
    Net::new(spec(
        "s.init = new Proxy(s.init, {}); s.optimizer = Object.assign(Object.create(null), s.optimizer)",
    ))
    .expect("a good spec");
    // What `Object.keys` does not list is not there.
    Net::new(spec("Object.defineProperty(s, '__ob__', { value: 1 }); s[Symbol('mark')] = 2"))
        .expect("a good spec");
}

#[wasm_bindgen_test]
fn a_spec_that_is_no_object_is_named_itself() {
    for value in
        ["undefined", "null", "3", "'spec'", "[]", "() => ({})", "5n", "Symbol()", "new Uint8Array(3)"]
    {
        let [code, field, _] = refusal(Net::new(js(value)), value);
        assert_eq!([code.as_str(), field.as_str()], ["wrong-kind", "spec"], "{value}");
        let [code, field, _] = refusal(small().set_optimizer(js(value)), value);
        assert_eq!([code.as_str(), field.as_str()], ["wrong-kind", "optimizer"], "{value}");
    }
    let rule = |more: &str| refusal(small().set_optimizer(js(&format!("{{ kind: 'adam', {more} }}"))), more);
    assert_eq!(rule("learningRate: 0.1, beta2: NaN")[..2], ["not-finite", "optimizer.beta2"]);
    assert_eq!(rule("learningRate: 1e39")[..2], ["outside-range", "optimizer.learningRate"]);
    assert_eq!(rule("learningRate: 1, schedule: { kind: 'step', every: 5 }")[1], "optimizer.schedule.factor");
}

/// What is no array of numbers, and no text.
const STRANGE: [&str; 14] = [
    "undefined",
    "null",
    "5",
    "NaN",
    "true",
    "5n",
    "Symbol()",
    "{}",
    "{ length: 3 }",
    "() => 1",
    "new Float64Array(4)",
    "new ArrayBuffer(4)",
    "new Proxy(new Float32Array(4), {})",
    "Object.create(Uint8Array.prototype)",
];

#[wasm_bindgen_test]
fn arguments_of_other_kinds_are_refused_by_their_name() {
    let pixels = || js("new Float32Array(8)");
    let labels = || js("new Uint8Array(2)");
    let mut net = small();
    let before = net.predict(pixels()).expect("a prediction");
    for value in STRANGE {
        let strange = || js(value);
        for (outcome, field) in [
            (net.set_training(strange(), labels()), "images"),
            (net.set_training(labels(), strange()), "labels"),
            (net.set_test(strange(), labels()), "images"),
            (net.step_on(strange(), labels()).map(drop), "pixels"),
            (net.step_on(pixels(), strange()).map(drop), "labels"),
            (net.predict(strange()).map(drop), "pixels"),
            (net.loss(pixels(), strange()).map(drop), "labels"),
            (net.gradients(strange(), labels()).map(drop), "pixels"),
            (net.numerical_gradients(pixels(), strange(), JsValue::UNDEFINED).map(drop), "labels"),
            (net.set_weights(strange()), "tensors"),
            (net.load_npz(strange()), "file"),
            (Net::load(strange()).map(drop), "file"),
            (net.accuracy(strange()).map(drop), "split"),
            (network(strange()).map(drop), "name"),
            (network_weights(strange()).map(drop), "name"),
            (digit_from_pixels(strange(), 0.into(), 0.into()).map(drop), "rgba"),
        ] {
            let [code, found, _] = refusal(outcome, value);
            assert_eq!([code.as_str(), found.as_str()], ["wrong-kind", field], "{value}");
        }
    }
    for value in ["undefined", "null", "NaN", "'5'", "5n", "Symbol()", "{}", "-1", "0.5", "[1]", "1e7"] {
        let strange = || js(value);
        let spec = || {
            js("{ input: [4], layers: [{ kind: 'dense', units: 3 }], loss: 'hinge', init: { kind: 'he' },
            optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 2, seed: 1 }")
        };
        assert_eq!(refusal(net.train(strange()), value)[1], "iterations");
        assert_eq!(refusal(NetPart::new(spec(), strange(), 2.into()), value)[1], "part");
        assert_eq!(refusal(NetPart::new(spec(), 0.into(), strange()), value)[1], "parts");
        if !["undefined", "null", "0.5"].contains(&value) {
            assert_eq!(refusal(net.numerical_gradients(pixels(), labels(), strange()), value)[1], "h");
        }
    }
    let rgba = js("new Uint8ClampedArray(4)");
    assert_eq!(refusal(digit_from_pixels(rgba.clone(), "1".into(), 1.into()), "width")[1], "width");
    assert_eq!(refusal(digit_from_pixels(rgba, 1.into(), f64::NAN.into()), "height")[1], "height");
    assert_eq!(net.predict(pixels()).expect("a prediction"), before, "nothing has changed");
}

#[wasm_bindgen_test]
fn arrays_of_numbers_are_taken_number_by_number() {
    let mut net = small();
    let typed = net.predict(js("new Float32Array([0, 0.5, 1, 0.25])")).expect("a prediction");
    assert_eq!(net.predict(js("[0, 0.5, 1, 0.25]")).expect("a prediction"), typed);
    net.step_on(js("[0, 0.5, 1, 0.25]"), js("[2]")).expect("a loss");
    let file = Array::from(&Uint8Array::from(net.save(None).expect("a file").as_slice()));
    Net::load(file.into()).expect("its own file");
    for (pixels, labels, field) in [
        ("[0, 0.5, 1, '0.25']", "[2]", "pixels[3]"),
        ("[0, , 1, 0]", "[2]", "pixels[1]"),
        ("[0, 0, 1, NaN]", "[2]", "pixels[3]"),
        ("[0, 0, 1, 0, 1]", "[2]", "pixels"),
        ("[0, 0, 1, 0]", "[2.5]", "labels[0]"),
        // As bytes these would be 2 and 1.
        ("[0, 0, 1, 0]", "[258]", "labels[0]"),
        ("[0, 0, 1, 0]", "['1']", "labels[0]"),
        ("[0, 0, 1, 0]", "[3]", "labels[0]"),
        ("[0, 0, 1, 0]", "[1, 1]", "labels"),
    ] {
        assert_eq!(refusal(net.step_on(js(pixels), js(labels)), pixels)[1], field, "{pixels} {labels}");
    }
}

#[wasm_bindgen_test]
fn tensors_are_refused_by_their_place() {
    let mut net = small();
    let tensors = || net.weights();
    let changed = |index: u32, name: &str, value: &str| {
        let tensors = tensors();
        Reflect::set(&tensors.get(index), &name.into(), &js(value)).expect("an object");
        JsValue::from(tensors)
    };
    let cases = [
        (changed(1, "name", "5"), "tensors[1].name"),
        (changed(0, "shape", "'4,3'"), "tensors[0].shape"),
        (changed(0, "shape", "[4, '3']"), "tensors[0].shape[1]"),
        (changed(0, "shape", "[4, -3]"), "tensors[0].shape[1]"),
        (changed(1, "values", "[0, 0, 0]"), "tensors[1].values"),
        (changed(1, "values", "new Float32Array([0, 0, Infinity])"), "0.bias"),
        (changed(1, "name", "'0.weight'"), "0.bias"),
        (changed(1, "name", "'1.bias'"), "name"),
        (Array::of1(&JsValue::NULL).into(), "tensors[0].name"),
    ];
    for (tensors, field) in cases {
        assert_eq!(refusal(net.set_weights(tensors), field)[1], field);
    }
}

#[wasm_bindgen_test]
fn more_than_there_is_room_for_is_an_error() {
    let mut net = small();
    // More than any file may have: it is not copied.
    let large = JsValue::from(Uint8Array::new_with_length(1 << 27));
    let large = || large.clone();
    let size = || wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    let before = size().buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length();
    assert_eq!(
        refusal(net.step_on(js("new Float32Array(8)"), large()), "labels")[..2],
        ["too-large", "labels"]
    );
    assert_eq!(refusal(net.set_training(large(), large()), "images")[..2], ["too-large", "images"]);
    let larger = Uint8Array::new_with_length(1 << 28).into();
    assert_eq!(refusal(Net::load(larger), "file")[..2], ["too-large", "file"]);
    assert_eq!(refusal(net.load_npz(large()), "file")[..2], ["too-large", "file"]);
    let images = JsValue::from(Float32Array::new_with_length(1 << 23));
    assert_eq!(refusal(net.loss(images.clone(), js("[1]")), "pixels")[..2], ["too-large", "pixels"]);
    let after = size().buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length();
    assert!(after < before + (16 << 20), "{before} → {after}");

    // 2²³ predictions of 256 numbers, 8 GiB.
    let wide =
        js("{ input: [1], layers: [{ kind: 'dense', units: 256 }], loss: 'hinge', init: { kind: 'he' },
        optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 2, seed: 1 }");
    let mut wide = Net::new(wide).expect("a good spec");
    assert_eq!(refusal(wide.predict(images), "pixels")[..2], ["too-large", "pixels"]);
    assert_eq!(wide.predict(js("[1, 2]")).expect("it lives on").len(), 512);
}

#[wasm_bindgen_test]
fn many_images_are_predicted_as_few_are() {
    let mut net = small();
    let count = 1003;
    let pixels: Vec<f32> = (0..4 * count).map(|place| (place * 7 % 31) as f32 / 31.0).collect();
    let all = net.predict(Float32Array::from(pixels.as_slice()).into()).expect("predictions");
    assert_eq!(all.len(), 3 * count);
    for image in [0, 249, 250, 251, 1002] {
        let one = &pixels[4 * image..4 * image + 4];
        let one = net.predict(Float32Array::from(one).into()).expect("a prediction");
        assert_eq!(one, all[3 * image..3 * image + 3]);
    }
    let mut broken = pixels;
    broken[3001] = f32::NAN;
    let broken = Float32Array::from(broken.as_slice());
    assert_eq!(refusal(net.predict(broken.into()), "pixels"), ["not-finite", "pixels[3001]", "NaN"]);
    assert_eq!(net.predict(Object::new().into()).map_err(|_| ()), Err(()));
}
