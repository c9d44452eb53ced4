//! The boundary in a page: what the form, the address and the figures are made from.
#![cfg(target_arch = "wasm32")]

use fishbowl::labs::ALL;
use fishbowl::labs::settings::{RawSettings, Settings};
use fishbowl::train::task::Task;
use fishbowl::web::page::catalogue::{catalogue, check, version};
use fishbowl::web::page::plan::{drag, plan};
use fishbowl::web::page::sheet::Sheet;
use js_sys::{Array, JSON, Object, Reflect, Uint8Array};
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
    value.clone().dyn_into().expect("a list")
}

fn checked(lab: &str, settings: JsValue) -> JsValue {
    check(lab.into(), settings).expect("an answer")
}

fn problems(lab: &str, settings: JsValue) -> Vec<[String; 3]> {
    let found = list(&get(&checked(lab, settings), "problems"));
    found.iter().map(|problem| ["field", "code", "value"].map(|name| words(&problem, name))).collect()
}

fn refusal<T>(outcome: Result<T, JsValue>) -> (String, String) {
    let Err(error) = outcome else { panic!("it was not refused") };
    assert!(error.is_instance_of::<js_sys::Error>(), "{error:?}");
    (words(&error, "code"), words(&error, "field"))
}

fn at(step: f64) -> JsValue {
    let moment: JsValue = Object::new().into();
    Reflect::set(&moment, &"step".into(), &step.into()).expect("an object");
    Reflect::set(&moment, &"chosen".into(), &JsValue::NULL).expect("an object");
    moment
}

#[wasm_bindgen_test]
fn the_catalogue_lists_every_lab_and_its_defaults_pass_the_check() {
    let labs = list(&catalogue().expect("the labs"));
    let ids: Vec<String> = labs.iter().map(|lab| words(&lab, "id")).collect();
    assert_eq!(ids, ALL.iter().map(|lab| lab.id).collect::<Vec<_>>());
    for lab in labs.iter() {
        let id = words(&lab, "id");
        for name in ["title", "line", "about"] {
            assert!(!words(&get(&lab, name), "en").is_empty() && !words(&get(&lab, name), "zh").is_empty());
        }
        let settings: JsValue = Object::new().into();
        for field in list(&get(&lab, "fields")).iter() {
            Reflect::set(&settings, &get(&field, "name"), &get(&field, "default")).expect("an object");
        }
        let found = checked(&id, settings);
        assert_eq!(list(&get(&found, "problems")).length(), 0, "{id}");
        for field in list(&get(&lab, "fields")).iter() {
            let state = get(&get(&found, "fields"), &words(&field, "name"));
            assert_eq!(get(&state, "isDefault"), JsValue::TRUE, "{id}: {field:?}");
        }
        for each in list(&get(&lab, "suggestions")).iter() {
            let suggested = get(&each, "settings");
            assert!(problems(&id, suggested).is_empty(), "{id}: {:?}", get(&each, "text"));
        }
    }
    assert!(!version().is_empty());
}

#[wasm_bindgen_test]
fn a_check_names_every_wrong_setting_with_what_is_allowed() {
    let wrong = || object(r#"{"hidden": "many", "batch": "0x64", "seed": "7", "speed": "11"}"#);
    let expected = [
        ["hidden", "not-a-number", "many"],
        ["batch", "not-a-number", "0x64"],
        ["speed", "unknown-field", "11"],
    ];
    assert_eq!(problems("digits", wrong()), expected.map(|parts| parts.map(str::to_owned)));
    let found = checked("digits", wrong());
    for problem in list(&get(&found, "problems")).iter() {
        assert!(!words(&problem, "allowed").is_empty());
        assert!(words(&problem, "message").contains(&words(&problem, "field")));
    }
    let fields = get(&found, "fields");
    assert!(get(&fields, "hidden").is_undefined());
    assert_eq!(get(&get(&fields, "seed"), "isDefault"), JsValue::FALSE);
    assert_eq!(get(&get(&fields, "learningRate"), "isDefault"), JsValue::TRUE);

    let rates = checked("learning-rate", object(r#"{"rates": "0.1、0.20"}"#));
    let rows = get(&get(&get(&rates, "fields"), "rates"), "rows");
    assert_eq!(JSON::stringify(&rows).expect("plain"), r#"[["0.1","0.2"]]"#);

    let mistake = object(r#"{"surface": "own", "expression": "x0^2 + tann(x1)"}"#);
    let found = list(&get(&checked("descent", mistake), "problems"));
    assert_eq!(words(&found.get(0), "code"), "expression");
    assert_eq!(number(&found.get(0), "at"), 7.0);
}

#[wasm_bindgen_test]
fn what_is_no_lab_and_what_are_no_settings_is_refused_by_name() {
    let settings = || object("{}");
    let teapot = ("not-a-choice".to_owned(), "lab".to_owned());
    assert_eq!(refusal(check("teapot".into(), settings())), teapot);
    assert_eq!(refusal(plan("teapot".into(), settings())), teapot);
    assert_eq!(refusal(drag("teapot".into(), settings(), 0.0, 0.0, 0.0)), teapot);
    assert_eq!(refusal(Sheet::new("teapot".into(), settings(), at(0.0), Array::new().into())), teapot);
    for lab in [JsValue::from(5), JsValue::TRUE, object("{}"), JsValue::UNDEFINED] {
        assert_eq!(refusal(check(lab.clone(), settings())), ("wrong-kind".to_owned(), "lab".to_owned()));
        assert_eq!(refusal(plan(lab, settings())).1, "lab");
    }
    for settings in [JsValue::from(3), JsValue::NULL, object(r#"{"seed": 1}"#), object(r#"{"seed": null}"#)] {
        assert_eq!(refusal(check("digits".into(), settings.clone())).1, "settings");
        assert_eq!(refusal(plan("digits".into(), settings)).1, "settings");
    }
    assert_eq!(refusal(plan("digits".into(), object(r#"{"hidden": "0"}"#))).1, "hidden");
    for grip in [-1.0, 0.5, 65_536.0, f64::NAN] {
        assert_eq!(refusal(drag("digits".into(), settings(), grip, 0.0, 0.0)).1, "grip");
    }
    let sheet = |moment: JsValue, reports: JsValue| Sheet::new("digits".into(), settings(), moment, reports);
    assert_eq!(refusal(sheet(at(-1.0), Array::new().into())).1, "moment.step");
    assert_eq!(refusal(sheet(at(0.5), Array::new().into())).1, "moment.step");
    assert_eq!(refusal(sheet(at(0.0), JsValue::from(3))).1, "reports");
    assert_eq!(refusal(sheet(at(0.0), Array::of1(&"report".into()).into())).1, "reports[0]");
    let broken = Uint8Array::from([9_u8; 40].as_slice());
    assert_eq!(refusal(sheet(at(0.0), Array::of1(&broken).into())).1, "report");
}

#[wasm_bindgen_test]
fn a_plan_has_the_jobs_of_its_settings_as_bytes_for_a_worker() {
    for lab in ALL {
        let settings = Settings::check(lab.fields, &RawSettings::new()).expect("the defaults");
        let wanted = (lab.jobs)(&settings).expect("jobs");
        let found = plan(lab.id.into(), object("{}")).expect("a plan");
        assert_eq!(number(&found, "steps"), (lab.steps)(&settings) as f64, "{}", lab.id);
        let jobs = list(&get(&found, "jobs"));
        assert_eq!(jobs.length() as usize, wanted.len(), "{}", lab.id);
        for (job, wanted) in jobs.iter().zip(wanted) {
            let bytes = get(&job, "task").dyn_into::<Uint8Array>().expect("bytes").to_vec();
            assert_eq!(Task::from_bytes(&bytes).as_ref(), Ok(&wanted.task), "{}", lab.id);
            assert_eq!(words(&get(&job, "name"), "en"), wanted.name.en);
            assert_eq!(get(&job, "pretrained").as_string().as_deref(), wanted.pretrained);
            assert_eq!(get(&job, "limit").as_f64(), wanted.task.limit().map(|limit| limit as f64));
        }
    }
    let needs =
        get(&list(&get(&plan("digits".into(), object("{}")).expect("a plan"), "jobs")).get(0), "needs");
    assert_eq!(
        JSON::stringify(&needs).expect("plain"),
        r#"{"train":[{"set":"mnist","count":null}],"test":[{"set":"mnist","count":null}]}"#
    );
}

#[wasm_bindgen_test]
fn a_sheet_of_every_lab_tells_what_it_holds_and_gives_each_picture_once() {
    for lab in ALL {
        let found = plan(lab.id.into(), object("{}")).expect("a plan");
        let reports = Array::new_with_length(list(&get(&found, "jobs")).length());
        for index in 0..reports.length() {
            reports.set(index, JsValue::NULL);
        }
        let steps = number(&found, "steps");
        let mut sheet = Sheet::new(lab.id.into(), object("{}"), at(steps), reports.into()).expect(lab.id);
        let head = sheet.head().expect("a head");
        let pictures = list(&get(&head, "pictures"));
        for (index, picture) in pictures.iter().enumerate() {
            let slot = words(&picture, "slot");
            assert!(lab.slots.iter().any(|each| each.name == slot), "{}: {slot}", lab.id);
            sheet.picture(index as u32).expect("a picture");
            assert_eq!(refusal(sheet.picture(index as u32)).1, "index", "once");
        }
        assert_eq!(refusal(sheet.picture(pictures.length())).1, "index");
        for value in list(&get(&head, "numbers")).iter() {
            assert!(!words(&value, "value").is_empty() && !words(&get(&value, "label"), "zh").is_empty());
        }
        let table = get(&head, "table");
        let count = if table.is_null() { 0 } else { number(&table, "rows") as u32 };
        assert_eq!(sheet.rows(0, u32::MAX).expect("rows").length(), count, "{}", lab.id);
        assert_eq!(sheet.rows(count, 5).expect("rows").length(), 0);
        for row in sheet.rows(0, 3).expect("rows").iter() {
            let cells = list(&get(&row, "cells"));
            assert_eq!(cells.length(), list(&get(&table, "columns")).length(), "{}", lab.id);
            for cell in cells.iter() {
                assert!(["words", "number", "image", "link"].contains(&words(&cell, "type").as_str()));
            }
        }
    }
}

#[wasm_bindgen_test]
fn moving_the_start_of_a_walk_comes_to_settings_that_pass_the_check() {
    let dragged = drag("descent".into(), object("{}"), 0.0, 1.5, -0.5).expect("an answer");
    let settings = get(&dragged, "settings");
    assert!(Object::keys(settings.unchecked_ref::<Object>()).length() > 0, "the start moves");
    assert!(problems("descent", settings).is_empty());
    let nothing = drag("digits".into(), object("{}"), 0.0, 1.5, -0.5).expect("an answer");
    assert_eq!(JSON::stringify(&nothing).expect("plain"), r#"{"settings":{},"step":null}"#);
}
