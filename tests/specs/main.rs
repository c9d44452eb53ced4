//! Random specs: legal ones are read and come back the same, and one wrong value anywhere is refused by its path, with
//! what is allowed there.
#![cfg(not(target_arch = "wasm32"))]

mod legal;
mod places;

use fishbowl::error::{Code, Error};
use fishbowl::nn::spec::read::FromValue as _;
use fishbowl::nn::spec::value::Value;
use fishbowl::nn::spec::{NetSpec, from_json, parse};
use legal::spec;
use places::{Kind, json, other, places, put, tree, wrong};
use proptest::prelude::*;
use proptest::sample::Index;

/// No words of the program, and something allowed.
fn explained(error: &Error) -> Result<(), TestCaseError> {
    let Error { field, value, allowed, .. } = error;
    prop_assert!(!field.is_empty() && !allowed.is_empty(), "{error:?}");
    for word in
        ["usize", "u32", "f64", "struct", "enum", "variant", "expected", "EOF", "at line", "Flat", "Some("]
    {
        prop_assert!(!value.contains(word) && !allowed.contains(word) && !field.contains(word), "{error:?}");
    }
    Ok(())
}

/// What the binding and weights files do with a tree: read it, then check what belongs together.
fn reading(tree: &Value) -> Result<Vec<Vec<usize>>, Error> {
    NetSpec::from_value(tree).map_err(|error| *error)?.check()
}

fn refusal(tree: &Value) -> Error {
    let error = reading(tree).expect_err("it is wrong");
    if error.field.is_empty() { error.within("spec") } else { error }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn legal_specs_are_read_and_come_back_the_same(spec in spec()) {
        let checked = spec.check();
        prop_assert!(checked.is_ok(), "{checked:?}");
        for json in [serde_json::to_string(&spec), serde_json::to_string_pretty(&spec)] {
            let json = json.expect("serializable");
            prop_assert_eq!(from_json(&json), Ok(spec.clone()), "{}", json);
        }
    }

    #[test]
    fn what_is_absent_may_be_null_or_undefined(spec in spec(), place in any::<Index>(), null in any::<bool>()) {
        let tree = tree(&spec);
        let optional: Vec<_> = places(&tree).into_iter().filter(|place| place.optional).collect();
        let path = &place.get(&optional).path;
        let (mut without, mut empty) = (tree.clone(), tree);
        put(&mut without, path, None);
        put(&mut empty, path, Some(if null { Value::Null } else { Value::Undefined }));
        prop_assert_eq!(NetSpec::from_value(&empty), NetSpec::from_value(&without));
        prop_assert!(NetSpec::from_value(&empty).is_ok());
    }

    // The field is the very place that is wrong, whatever its kind: an object or a list that is something else is named
    // itself. Only the spec as a whole has no path, and is called `spec`.
    #[test]
    fn one_wrong_value_is_refused_by_its_path(spec in spec(), place in any::<Index>(), value in any::<Index>()) {
        let mut tree = tree(&spec);
        let places = places(&tree);
        let place = place.get(&places);
        let values = wrong(place);
        let (value, code) = value.get(&values).clone();
        put(&mut tree, &place.path, Some(value.clone()));
        let bare = reading(&tree).expect_err("it is wrong");
        let error = refusal(&tree);
        explained(&error)?;
        let path = if place.path.is_empty() { "spec" } else { &place.path };
        prop_assert_eq!(&error.field, path, "{}: {}", value, error);
        // From JSON, on one line or many, it is the same.
        if let Some(json) = json(&tree) {
            for text in [json.to_string(), format!("{json:#}")] {
                prop_assert_eq!(from_json::<NetSpec>(&text).and_then(|spec| spec.check()).err(), Some(bare.clone()));
            }
        }
        // A place in a list, and the whole, cannot be missing.
        let in_list = place.path.ends_with(']') || place.path.is_empty();
        if code != Code::Missing || !in_list {
            prop_assert_eq!(error.code, code, "{}: {}", value, error);
        }
        match (&value, error.code) {
            (_, Code::Missing) => {}
            (Value::Text(text), Code::NotAChoice) => prop_assert_eq!(&error.value, text),
            _ => prop_assert_eq!(&error.value, &value.to_string()),
        }
    }

    // A key that is strange or missing is named itself, below the object that has it or should have.
    #[test]
    fn strange_and_missing_keys_are_refused_by_their_path(
        spec in spec(), place in any::<Index>(), key in any::<Index>(), missing in any::<bool>(),
    ) {
        let mut tree = tree(&spec);
        let mut places = places(&tree);
        places.retain(|place| if missing {
            !place.optional && !place.path.is_empty() && !place.path.ends_with(']')
        } else {
            place.kind == Kind::Object && !(place.optional && place.path.ends_with("schedule"))
        });
        let place = place.get(&places);
        let (path, code) = if missing {
            put(&mut tree, &place.path, None);
            (place.path.clone(), Code::Missing)
        } else {
            // Names of other kinds among them, and values that are no values.
            let keys = ["lr", "Units", "activation", "__proto__", "filter", "", "number of units"];
            let values = [Value::Number(1.0), Value::Number(f64::NAN), Value::Undefined, Value::Null, other("function")];
            let name = *key.get(&keys);
            let path = if place.path.is_empty() { name.to_owned() } else { format!("{}.{name}", place.path) };
            if name.is_empty() {
                return Ok(());
            }
            put(&mut tree, &path, Some(key.get(&values).clone()));
            (path, Code::UnknownField)
        };
        let error = refusal(&tree);
        explained(&error)?;
        prop_assert_eq!((error.code, &error.field), (code, &path), "{}", error);
    }

    #[test]
    fn numbers_of_other_kinds_are_strange(spec in spec(), place in any::<Index>(), value in any::<Index>()) {
        let mut tree = tree(&spec);
        let tags: Vec<_> = places(&tree).into_iter().filter(|place| place.kind == Kind::Tag).collect();
        let tag = &place.get(&tags).path;
        // No kind has all of them; an optimizer has none.
        let strange = ["units", "rate", "std", "every", "join"];
        let object = tag.trim_end_matches("kind");
        let known: Vec<_> = places(&tree).into_iter().map(|place| place.path).collect();
        let path = strange.iter().map(|name| format!("{object}{name}")).find(|path| !known.contains(path));
        let path = path.expect("one that the kind does not have");
        let values = [Value::Number(f64::NAN), Value::Undefined, Value::Null, Value::Number(5.0), other("function")];
        put(&mut tree, &path, Some(value.get(&values).clone()));
        let error = refusal(&tree);
        explained(&error)?;
        prop_assert_eq!((error.code, error.field), (Code::UnknownField, path));
    }

    #[test]
    fn what_single_precision_would_ruin_is_refused(spec in spec(), place in any::<Index>(), number in any::<Index>()) {
        let mut tree = tree(&spec);
        let mut places = places(&tree);
        places.retain(|place| matches!(place.kind, Kind::Share | Kind::Positive));
        let place = place.get(&places);
        let name = place.path.rsplit('.').next().unwrap_or_default();
        // Those of f64 that f32 makes 0, infinite or 1 of.
        let mut numbers = vec![1e-60, 5e-324, 7e-46, f64::MIN_POSITIVE, 1e39, 3.402_823_6e38, f64::MAX];
        if ["momentum", "beta1", "beta2", "rate"].contains(&name) {
            numbers.extend([1.0, 0.999_999_98, 1.0 - 1e-10, 1.0 - f64::EPSILON / 2.0]);
        }
        put(&mut tree, &place.path, Some(Value::Number(*number.get(&numbers))));
        let error = refusal(&tree);
        explained(&error)?;
        prop_assert_eq!((error.code, &error.field), (Code::OutsideRange, &place.path));
    }

    // And what passes is not ruined.
    #[test]
    fn what_is_read_has_the_same_meaning_in_single_precision(
        spec in spec(), place in any::<Index>(), number in prop_oneof![any::<f64>(), 0.9..1.1, 1e-50..1e-40, 1e38..1e39],
    ) {
        let mut tree = tree(&spec);
        let mut places = places(&tree);
        places.retain(|place| matches!(place.kind, Kind::Share | Kind::Positive));
        let place = place.get(&places);
        put(&mut tree, &place.path, Some(Value::Number(number)));
        if NetSpec::from_value(&tree).is_ok() {
            let single = number as f32;
            prop_assert!(single.is_finite() && (single == 0.0) == (number == 0.0));
            let below_one = ["momentum", "beta1", "beta2", "rate"].iter().any(|name| place.path.ends_with(name));
            prop_assert!(!below_one || single < 1.0);
        }
    }
}

#[test]
fn lengths_and_lists_are_refused_with_what_is_allowed() {
    let spec = r#"{"input": [2, 4, 4], "layers": [{"kind": "branches", "join": "add", "branches": [[], []]},
        {"kind": "flatten"}, {"kind": "dense", "units": 2}], "loss": "hinge",
        "optimizer": {"kind": "sgd", "learningRate": 1}, "init": {"kind": "he"}, "batchSize": 5, "seed": 9}"#;
    assert!(from_json::<NetSpec>(spec).expect("a good spec").check().is_ok());
    let input = "[n] | [channels, height, width], 1 … 65536 values";
    let kinds = "dense | sigmoid | tanh | relu | flatten | batch-norm | dropout | conv2d | max-pool2d | average-pool2d \
                 | branches";
    for (path, value, code, field, shown, allowed) in [
        ("input", "784", Code::WrongKind, "input", "784", input),
        ("input", "[]", Code::OutsideRange, "input", "[]", input),
        ("input", "[28, 28]", Code::OutsideRange, "input", "[28, 28]", input),
        ("input", "[256, 256, 256]", Code::OutsideRange, "input", "[256, 256, 256]", input),
        ("input[1]", "0", Code::OutsideRange, "input[1]", "0", "1 … 65536"),
        ("input", "[3, 5, \"5\"]", Code::NotANumber, "input[2]", "\"5\"", "1 … 65536"),
        ("layers", "[]", Code::OutsideRange, "layers.length", "0", "1 … 64"),
        ("layers", "{}", Code::WrongKind, "layers", "{}", "[{ kind: … }, …]"),
        ("layers[1]", "\"relu\"", Code::WrongKind, "layers[1]", "\"relu\"", &format!("{{ kind: {kinds} }}")),
        ("layers[1]", "{}", Code::Missing, "layers[1].kind", "", kinds),
        ("layers[0].branches", "[[]]", Code::OutsideRange, "layers[0].branches.length", "1", "2 … 16"),
        ("layers[0].branches[1]", "0", Code::WrongKind, "layers[0].branches[1]", "0", "[{ kind: … }, …]"),
        ("layers[0].branches", "5", Code::WrongKind, "layers[0].branches", "5", "[[{ kind: … }, …], …]"),
        ("layers[0].join", "\"sum\"", Code::NotAChoice, "layers[0].join", "sum", "add | concatenate"),
        ("layers[2].units", "1e6", Code::OutsideRange, "layers[2].units", "1000000", "1 … 65536"),
        (
            "optimizer.learningRate",
            "1e39",
            Code::OutsideRange,
            "optimizer.learningRate",
            "1e39",
            "1e-45 … 3.4e38",
        ),
        (
            "optimizer.beta2",
            "0.99999998",
            Code::OutsideRange,
            "optimizer.beta2",
            "0.99999998",
            "0 | 1e-45 … 0.99999994",
        ),
        (
            "optimizer.schedule",
            "{\"kind\": \"cosine\"}",
            Code::Missing,
            "optimizer.schedule.iterations",
            "",
            "1 … 1000000000",
        ),
        ("init", "\"he\"", Code::WrongKind, "init", "\"he\"", "{ kind: normal | xavier | he }"),
        ("seed", "-1", Code::OutsideRange, "seed", "-1", "0 … 4294967295"),
    ] {
        let mut tree = parse(spec).expect("JSON");
        put(&mut tree, path, Some(parse(value).expect("JSON")));
        let Error { code: found, field: at, value: given, allowed: may, .. } = refusal(&tree);
        assert_eq!(
            (found, at.as_str(), given.as_str(), may.as_str()),
            (code, field, shown, allowed),
            "{path}: {value}"
        );
    }
}
