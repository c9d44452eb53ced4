//! The boundary in a page: charts on a canvas, and what the page is made from.
#![cfg(target_arch = "wasm32")]

use fishbowl::chart::{Axis, Chart, Image, ImageGrid, Line, Mark, Meaning, Plane, Scale};
use fishbowl::labs::ALL;
use fishbowl::text::Text;
use fishbowl::web::catalogue::{catalogue, check, version};
use fishbowl::web::picture::Picture;
use js_sys::{Array, JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CanvasRenderingContext2d, Document, HtmlCanvasElement};

wasm_bindgen_test_configure!(run_in_browser);

const LIGHT: &str = r#"{"width": 320, "height": 200, "ratio": 2, "dark": false, "chinese": false}"#;
const DARK: &str = r#"{"width": 320, "height": 200, "ratio": 2, "dark": true, "chinese": true}"#;

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

fn curve(name: &str, color: u8) -> Chart {
    let axis = |label| Axis { label: Text::same(label), scale: Scale::Linear, range: Some((0.0, 10.0)) };
    let points = (0..=10).map(|x| [f64::from(x), f64::from(x) / 2.0]).collect();
    let name = Text { en: name.to_owned().into(), zh: "曲线".into() };
    let line = Line { name, color, points, band: vec![], dots: true };
    Chart::Plane(Plane { x: axis("x"), y: axis("y"), marks: vec![Mark::Line(line)] })
}

fn picture(charts: &[Chart]) -> Picture {
    let parts = charts.iter().map(|chart| Uint8Array::from(chart.to_bytes().as_slice())).collect();
    Picture::new(parts).expect("the bytes of a chart")
}

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a page")
}

fn canvas() -> HtmlCanvasElement {
    document().create_element("canvas").expect("an element").unchecked_into()
}

/// Red, green, blue and opacity of every pixel.
fn pixels(canvas: &HtmlCanvasElement) -> Vec<u8> {
    let context = canvas.get_context("2d").expect("no refusal").expect("a context");
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    context.get_image_data(0.0, 0.0, width, height).expect("pixels").data().0
}

#[wasm_bindgen_test]
fn a_picture_is_drawn_on_its_canvas_and_nowhere_else() {
    let body = document().body().expect("a body");
    let before = (body.inner_html(), document().head().map(|head| head.inner_html()));
    let canvas = canvas();
    let mut picture = picture(&[curve("loss", 0)]);
    picture.draw(&canvas, &object(LIGHT)).expect("drawn");

    assert_eq!((canvas.width(), canvas.height()), (640, 400), "css pixels by the screen's ratio");
    let light = pixels(&canvas);
    let inked = light.chunks_exact(4).filter(|pixel| pixel[3] > 0).count();
    assert!(inked > 500, "{inked} pixels");
    assert_eq!(before, (body.inner_html(), document().head().map(|head| head.inner_html())));

    picture.draw(&canvas, &object(DARK)).expect("drawn");
    assert_ne!(light, pixels(&canvas), "the dark theme looks different");
    picture.draw(&canvas, &object(LIGHT)).expect("drawn");
    assert_eq!(light, pixels(&canvas), "nothing is left of the picture before");
}

#[wasm_bindgen_test]
fn what_was_drawn_is_read_out_under_the_pointer() {
    let canvas = canvas();
    let mut picture = picture(&[curve("loss", 0)]);
    assert!(picture.readout(100.0, 100.0).expect("an answer").is_undefined(), "nothing is drawn yet");
    picture.draw(&canvas, &object(LIGHT)).expect("drawn");

    let place = picture.pixel_of(6.0, 3.0).expect("inside");
    let back = picture.at(place[0], place[1]).expect("inside");
    assert!((back[0] - 6.0).abs() < 0.1 && (back[1] - 3.0).abs() < 0.1, "{back:?}");

    let readout = picture.readout(place[0], place[1]).expect("an answer");
    assert!((number(&readout, "px") - place[0]).abs() < 1.5);
    let rows = list(&get(&readout, "rows"));
    assert_eq!(rows.length(), 1);
    assert_eq!(words(&rows.get(0), "value"), "3");
    assert_eq!(words(&get(&rows.get(0), "name"), "en"), "loss");
    assert!(picture.at(-5.0, 100.0).is_none());
    assert!(picture.readout(-500.0, 100.0).expect("an answer").is_undefined());

    // A saved picture is drawn elsewhere; what is on the page can still be read.
    picture
        .draw_for_export(&self::canvas(), &object(r#"{"width": 900, "height": 600, "ratio": 1}"#))
        .expect("drawn");
    assert_eq!(picture.pixel_of(6.0, 3.0), Some(place));
}

#[wasm_bindgen_test]
fn a_picture_is_saved_as_an_svg_document_with_its_legend() {
    let picture = picture(&[curve("loss & more", 0)]);
    let svg = picture.svg(&object(LIGHT)).expect("a document");
    assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{}", &svg[..60]);
    assert!(svg.contains("loss &amp; more"), "the name stands in the legend, escaped");
    assert!(picture.svg(&object(DARK)).expect("a document").contains("曲线"));
}

#[wasm_bindgen_test]
fn the_parts_of_several_lanes_become_one_picture() {
    let picture = picture(&[curve("0.1", 0), curve("0.01", 1)]);
    let legend = list(&picture.legend(false).expect("a legend"));
    let names: Vec<String> = legend.iter().map(|entry| words(&get(&entry, "name"), "en")).collect();
    assert_eq!(names, ["0.1", "0.01"]);
    assert_ne!(words(&legend.get(0), "color"), words(&legend.get(1), "color"));
    let table = picture.table().expect("a table");
    assert_eq!(list(&get(&table, "columns")).length(), 3);
    assert_eq!(list(&get(&table, "rows")).length(), 11);
}

#[wasm_bindgen_test]
fn the_images_of_a_grid_can_be_had_one_by_one() {
    let image = |shade, wrong| Image { pixels: vec![shade; 6], caption: Text::same("7 → 1"), wrong };
    let images = vec![image(0, false), image(255, true)];
    let grid = ImageGrid { width: 3, height: 2, meaning: Meaning::Ink, images };
    let canvas = canvas();
    let mut picture = picture(&[Chart::ImageGrid(grid)]);
    picture
        .draw(
            &canvas,
            &object(
                r#"{"width": 200, "height": 100, "ratio": 1, "dark": false, "chinese": false, "columns": 2}"#,
            ),
        )
        .expect("drawn");
    let size = picture.images().expect("an answer");
    assert_eq!(["width", "height", "count"].map(|name| number(&size, name)), [3.0, 2.0, 2.0]);
    let second = picture.image(1).expect("an image");
    assert_eq!(get(&second, "wrong"), JsValue::TRUE);
    assert_eq!(words(&get(&second, "caption"), "en"), "7 → 1");
    assert_eq!(number(&get(&second, "rgba"), "length"), 24.0);
    let refused = picture.image(2).expect_err("there are two");
    assert_eq!(words(&refused, "code"), "outside-range");
}

#[wasm_bindgen_test]
fn what_is_no_chart_and_no_look_is_refused_by_name() {
    let broken = Uint8Array::from([255, 255, 255].as_slice());
    let refused = Picture::new(vec![broken]).err().expect("no chart");
    assert!(refused.is_instance_of::<js_sys::Error>());
    assert_eq!((words(&refused, "code"), words(&refused, "field")), ("wrong-kind".into(), "parts[0]".into()));
    assert!(Picture::new(vec![]).is_err());

    let picture = picture(&[curve("loss", 0)]);
    for (look, code, field) in [
        (r#"{"height": 200, "ratio": 1}"#, "missing", "look.width"),
        (r#"{"width": 0, "height": 200, "ratio": 1}"#, "outside-range", "look.width"),
        (r#"{"width": 1e9, "height": 200, "ratio": 1}"#, "outside-range", "look.width"),
        (r#"{"width": "wide", "height": 200, "ratio": 1}"#, "not-a-number", "look.width"),
        (r#"{"width": 20, "height": 200, "ratio": 1, "colour": 1}"#, "unknown-field", "look.colour"),
        ("3", "wrong-kind", "look"),
    ] {
        let refused = picture.svg(&object(look)).expect_err(look);
        assert_eq!((words(&refused, "code").as_str(), words(&refused, "field").as_str()), (code, field));
    }
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
