//! Every kind of figure as a picture: the SVG must stay what it was.
//!
//! After a change that is meant, look at the pictures and run with `UPDATE_GOLDEN=1` to keep them.
#![cfg(not(target_arch = "wasm32"))]

mod diagrams;
mod grids;
mod matrices;
mod planes;

use std::path::PathBuf;

use fishbowl::chart::Chart;
use fishbowl::plot::{Look, svg};
use fishbowl::text::Language;

fn compare(name: &str, chart: &Chart, look: &Look) {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).join(format!("{name}.svg"));
    let drawn = svg(chart, look);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, drawn).expect("tests/golden can be written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    // Not assert_eq: nobody reads two documents of thousands of numbers.
    assert!(
        drawn == kept,
        "{name} is drawn differently from {}. To look: run UPDATE_GOLDEN=1 cargo test --test plots, open the file \
         in a browser, compare it with the committed one (git diff, git stash). If the new picture is right, commit it.",
        path.display()
    );
}

const WIDE: Look = Look {
    width: 700,
    height: 320,
    ratio: 1.0,
    grain: 1,
    dark: false,
    language: Language::English,
    yaw: 0.6,
    pitch: 0.5,
    columns: None,
    legend: true,
    bitmaps: false,
    highlight: None,
};
const SQUARE: Look = Look { width: 360, height: 360, ..WIDE };
