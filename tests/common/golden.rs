//! Pictures that must stay what they were.
//!
//! After a change that is meant, look at the pictures and run with `UPDATE_GOLDEN=1` to keep them.

use std::path::PathBuf;

use fishbowl::chart::Chart;
use fishbowl::plot::{Look, svg};

/// Compares a figure with the picture of this name in tests/golden, which may be in a folder: `labs/descent`.
pub(crate) fn compare(name: &str, chart: &Chart, look: &Look) {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).join(format!("{name}.svg"));
    let drawn = svg(chart, look);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let folder = path.parent().expect("below tests/golden");
        std::fs::create_dir_all(folder).expect("tests/golden can be written");
        std::fs::write(&path, drawn).expect("tests/golden can be written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    // Not assert_eq: nobody reads two documents of thousands of numbers.
    assert!(
        drawn == kept,
        "{name} is drawn differently from {}. To look: run UPDATE_GOLDEN=1 cargo test, open the file in a browser, compare \
         it with the committed one (git diff, git stash). If the new picture is right, commit it.",
        path.display()
    );
}
