//! The boundary in a page: what the page is made from.
#![cfg(target_arch = "wasm32")]

use fishbowl::labs::ALL;
use fishbowl::web::catalogue::{catalogue, check, version};
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn object(json: &str) -> JsValue {
    JSON::parse(json).expect("JSON of a test")
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
}

fn words(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_else(|| panic!("no text in {name} of {object:?}"))
}

fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_else(|| panic!("no number in {name} of {object:?}"))
}

fn list(value: &JsValue) -> Array {
    value.dyn_ref::<Array>().expect("an array").clone()
}

#[wasm_bindgen_test]
fn the_catalogue_lists_every_lab_and_its_defaults_pass_the_check() {
    let labs = list(&catalogue().expect("the labs"));
    let ids: Vec<String> = labs.iter().map(|lab| words(&lab, "id")).collect();
    assert_eq!(ids, ALL.iter().map(|lab| lab.id).collect::<Vec<_>>());
    for lab in labs.iter() {
        let id = words(&lab, "id");
        for name in ["title", "intro"] {
            assert!(!words(&get(&lab, name), "en").is_empty() && !words(&get(&lab, name), "zh").is_empty());
        }
        let settings: JsValue = js_sys::Object::new().into();
        for field in list(&get(&lab, "fields")).iter() {
            Reflect::set(&settings, &get(&field, "name"), &get(&field, "default")).expect("an object");
        }
        assert_eq!(list(&check(&id, settings).expect("an answer")).length(), 0, "{id}");
        for each in list(&get(&lab, "tries")).iter() {
            let problems = list(&check(&id, get(&each, "settings")).expect("an answer"));
            assert_eq!(problems.length(), 0, "{id}: {:?}", get(&each, "text"));
        }
    }
    assert!(!version().is_empty());
}

#[wasm_bindgen_test]
fn a_check_names_every_wrong_setting_with_what_is_allowed() {
    let settings = object(r#"{"hidden": "many", "batch": "0", "seed": "7", "speed": "11"}"#);
    let problems = list(&check("digits", settings).expect("an answer"));
    let found: Vec<[String; 3]> =
        problems.iter().map(|problem| ["field", "code", "value"].map(|name| words(&problem, name))).collect();
    let expected = [
        ["hidden", "not-a-number", "many"],
        ["batch", "outside-range", "0"],
        ["speed", "unknown-field", "11"],
    ];
    assert_eq!(found, expected.map(|parts| parts.map(str::to_owned)));
    for problem in problems.iter() {
        assert!(!words(&problem, "allowed").is_empty());
        assert!(words(&problem, "message").contains(&words(&problem, "field")));
    }

    let mistake = object(r#"{"surface": "own", "expression": "x0^2 + tann(x1)"}"#);
    let problems = list(&check("descent", mistake).expect("an answer"));
    assert_eq!(words(&problems.get(0), "code"), "expression");
    assert_eq!(number(&problems.get(0), "at"), 7.0);

    assert!(check("digits", JsValue::from(3)).is_err());
}
