//! The walls of the house stand: who may name what (see the invariants in src/lib.rs).
#![cfg(not(target_arch = "wasm32"))]

use std::path::{Path, PathBuf};

/// All Rust files below a folder of src, or a single file.
fn files(place: &str) -> Vec<PathBuf> {
    let path = Path::new("src").join(place);
    if path.is_file() {
        return vec![path];
    }
    let mut found = Vec::new();
    let mut folders = vec![path];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the house") {
            let path = entry.expect("readable").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    assert!(!found.is_empty(), "{place}");
    found
}

/// Asserts that no code of `places` names any of `words`; comments may.
fn never(places: &[&str], words: &[&str]) {
    for file in places.iter().flat_map(|place| files(place)) {
        let text = std::fs::read_to_string(&file).expect("readable");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in words {
                assert!(!code.contains(word), "{}:{} names {word}", file.display(), number + 1);
            }
        }
    }
}

#[test]
fn numerics_know_no_lab_chart_or_data() {
    never(
        &["nn", "real.rs", "sparse.rs"],
        &["crate::labs", "crate::chart", "crate::plot", "crate::data", "crate::train"],
    );
}

#[test]
fn data_knows_no_network() {
    never(&["data"], &["crate::nn", "crate::train", "crate::labs", "crate::plot"]);
}

#[test]
fn graphs_know_functions_and_nothing_learns_from_them() {
    never(
        &["graph"],
        &["crate::nn", "crate::train", "crate::labs", "crate::chart", "crate::plot", "crate::data"],
    );
    never(&["nn", "train"], &["crate::graph"]);
}

#[test]
fn training_knows_no_lab_and_no_picture() {
    never(&["train"], &["crate::labs", "crate::plot"]);
}

#[test]
fn labs_hold_no_drawing_and_drawing_no_lab() {
    never(&["labs"], &["plotters", "crate::plot"]);
    never(&["plot", "chart.rs"], &["crate::labs", "crate::train", "crate::nn", "crate::data"]);
}

#[test]
fn only_the_boundary_names_the_browser() {
    let inside = [
        "chart.rs",
        "data",
        "error.rs",
        "function",
        "graph",
        "labs",
        "nn",
        "plot",
        "real.rs",
        "rng.rs",
        "sparse.rs",
        "text.rs",
        "train",
    ];
    never(&inside, &["wasm_bindgen", "js_sys", "web_sys", "plotters_canvas"]);
    // The clock panics in WebAssembly, and chance comes from rng.rs by a seed.
    never(&inside, &["std::time", "Instant::now", "SystemTime"]);
    let chance = ["chart.rs", "data", "function", "graph", "labs", "nn", "plot", "train"];
    never(&chance, &["rand::", "rand_pcg", "rand_distr", "getrandom"]);
}
