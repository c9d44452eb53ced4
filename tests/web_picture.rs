//! The boundary in a page: charts on a canvas.
#![cfg(target_arch = "wasm32")]

use fishbowl::chart::{
    Axis, Cell, Chart, Diagram, Edge, Foot, Grip, Image, ImageGrid, Key, Line, Mark, Matrix, Meaning, Node,
    Outline, Plane, Scale, Scatter, Symbol, Tone,
};
use fishbowl::text::Text;
use fishbowl::web::page::picture::Picture;
use js_sys::{Array, JSON, Reflect};
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
    let line = Line { name, color, points, band: vec![], dots: true, key: None };
    Chart::Plane(Plane {
        x: axis("x"),
        y: axis("y"),
        marks: vec![Mark::Line(line)],
        equal: false,
        grip: None,
    })
}

fn picture(chart: &Chart) -> Picture {
    Picture::of(chart.clone())
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
    let mut picture = picture(&curve("loss", 0));
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
    let mut picture = picture(&curve("loss", 0));
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
    let picture = picture(&curve("loss & more", 0));
    let svg = picture.svg(&object(LIGHT)).expect("a document");
    assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{}", &svg[..60]);
    assert!(svg.contains("loss &amp; more"), "the name stands in the legend, escaped");
    assert!(picture.svg(&object(DARK)).expect("a document").contains("曲线"));
}

#[wasm_bindgen_test]
fn legend_and_table_come_from_the_same_chart() {
    let picture = picture(&curve("0.1", 0));
    assert_eq!(picture.kind(), "plane");
    let legend = list(&picture.legend(false).expect("a legend"));
    let entry = legend.get(0);
    assert_eq!((words(&get(&entry, "name"), "en"), words(&entry, "sample")), ("0.1".into(), "line".into()));
    let table = picture.table().expect("a table");
    assert_eq!(list(&get(&table, "columns")).length(), 2);
    assert_eq!(list(&get(&table, "rows")).length(), 11);
}

#[wasm_bindgen_test]
fn what_can_be_moved_is_found_and_nudged() {
    let Chart::Plane(mut plane) = curve("loss", 0) else { panic!("a curve is a plane") };
    let (name, grip) = (Text::new("start", "起点"), Some(Grip(3)));
    let (points, symbol) = (vec![[5.0, 5.0]], Symbol::Handle);
    plane.marks.push(Mark::Scatter(Scatter { name, color: 1, points, symbol, keys: vec![], grip }));
    let mut picture = Picture::of(Chart::Plane(plane));
    assert_eq!(
        (picture.grip_at(100.0, 100.0), picture.nudge(3, 1, 0, None)),
        (None, None),
        "nothing is drawn yet"
    );
    picture.draw(&canvas(), &object(LIGHT)).expect("drawn");
    let handles = list(&picture.grips().expect("handles"));
    let handle = handles.get(0);
    assert_eq!(["grip", "x", "y"].map(|name| number(&handle, name)), [3.0, 5.0, 5.0]);
    assert_eq!(words(&get(&handle, "name"), "zh"), "起点");
    assert_eq!(picture.grip_at(number(&handle, "px") + 20.0, number(&handle, "py")), Some(3));
    assert_eq!(picture.grip_at(number(&handle, "px") + 30.0, number(&handle, "py")), None);
    assert_eq!(picture.nudge(3, 1, -1, None), Some(vec![5.25, 4.75]));
    assert_eq!(picture.nudge(4, 1, -1, None), None);
}

#[wasm_bindgen_test]
fn matrices_and_diagrams_are_drawn_and_told() {
    let cell = |index: usize| Cell {
        words: index.to_string(),
        value: Some(index as f64),
        shade: index as f64 / 600.0 - 0.5,
        key: Some(Key(index as u32)),
        ..Cell::default()
    };
    let matrix = Matrix {
        corner: Text::same(""),
        row_names: vec![],
        column_names: vec![],
        columns: 20,
        // More than are drawn one by one: a bitmap.
        cells: (0..600).map(cell).collect(),
        frames: vec![],
        grip: Some(Grip(1)),
    };
    let node = |column: f64| Node {
        at: [column, 0.0],
        outline: Outline::Circle,
        words: Text::same("×"),
        key: Some(Key(7)),
        ..Node::default()
    };
    let edge = Edge {
        from: 0,
        to: 1,
        forward: "200".into(),
        backward: "1.1".into(),
        tone: Tone::Active,
        width: 1.0,
        shade: 0.0,
        key: Some(Key(8)),
    };
    let diagram = Diagram { nodes: vec![node(0.0), node(1.0)], edges: vec![edge] };
    for (chart, kind) in [(Chart::Matrix(matrix), "matrix"), (Chart::Diagram(diagram), "diagram")] {
        let canvas = canvas();
        let mut picture = picture(&chart);
        assert_eq!(picture.kind(), kind);
        assert!(picture.height(320.0).is_some_and(|high| high > 20.0));
        picture.draw(&canvas, &object(LIGHT)).expect("drawn");
        let plain = pixels(&canvas);
        assert!(plain.chunks_exact(4).filter(|pixel| pixel[3] > 0).count() > 500, "{kind}");
        let key = if kind == "matrix" { 210 } else { 7 };
        let lit = format!("{}, \"highlight\": {key}}}", LIGHT.trim_end_matches('}'));
        picture.draw(&canvas, &object(&lit)).expect("drawn");
        assert_ne!(plain, pixels(&canvas), "{kind}: what is pointed at is lit");
        if kind == "matrix" {
            let place = picture.pixel_of(10.0, 10.0).expect("a cell");
            assert_eq!(picture.at(place[0], place[1]), Some(vec![10.0, 10.0]));
            assert_eq!(picture.grip_at(place[0], place[1]), Some(1));
            let found = picture.readout(place[0], place[1]).expect("an answer");
            assert_eq!(
                (number(&found, "key"), words(&list(&get(&found, "rows")).get(0), "value")),
                (210.0, "210".into())
            );
        } else {
            let found = picture.readout(160.0, 100.0).expect("an answer");
            assert_eq!((number(&found, "key"), list(&get(&found, "rows")).length()), (8.0, 2));
        }
        assert!(picture.svg(&object(DARK)).expect("a document").contains("</svg>"));
    }
}

#[wasm_bindgen_test]
fn the_images_of_a_grid_can_be_had_one_by_one() {
    let image = |shade, wrong| Image {
        pixels: vec![shade; 6],
        caption: Text::same("7 → 1"),
        wrong,
        ..Image::default()
    };
    let images = vec![image(0, false), image(255, true)];
    let grid = ImageGrid { width: 3, height: 2, meaning: Meaning::Ink, foot: Foot::Captions, images };
    let canvas = canvas();
    let mut picture = picture(&Chart::ImageGrid(grid));
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
fn what_is_no_look_is_refused_by_name() {
    let picture = picture(&curve("loss", 0));
    for (look, code, field) in [
        (r#"{"height": 200, "ratio": 1}"#, "missing", "look.width"),
        (r#"{"width": 0, "height": 200, "ratio": 1}"#, "outside-range", "look.width"),
        (r#"{"width": 1e9, "height": 200, "ratio": 1}"#, "outside-range", "look.width"),
        (r#"{"width": "wide", "height": 200, "ratio": 1}"#, "not-a-number", "look.width"),
        (r#"{"width": 20, "height": 200, "ratio": 1, "colour": 1}"#, "unknown-field", "look.colour"),
        (r#"{"width": 20, "height": 200, "ratio": 1, "highlight": -1}"#, "outside-range", "look.highlight"),
        ("3", "wrong-kind", "look"),
    ] {
        let refused = picture.svg(&object(look)).expect_err(look);
        assert_eq!((words(&refused, "code").as_str(), words(&refused, "field").as_str()), (code, field));
    }
}
