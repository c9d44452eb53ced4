//! Every kind of figure as a picture: the SVG must stay what it was.
#![cfg(not(target_arch = "wasm32"))]

mod diagrams;
#[path = "../common/golden.rs"]
mod golden;
mod grids;
mod matrices;
mod planes;

use fishbowl::plot::Look;
use fishbowl::text::Language;
use golden::compare;

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
