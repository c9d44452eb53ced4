//! The figures of chapters 5 and 7: the book's numbers, and properties of whatever may be set.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use fishbowl::chart::{Chart, Diagram, Grip, Key, Matrix};
use fishbowl::graph::Graph;
use fishbowl::labs::settings::{RawSettings, Settings};
use fishbowl::labs::sheet::{Cell, Remedy, Sheet};
use fishbowl::labs::{Lab, Moment, find};
use proptest::prelude::*;

fn lab(id: &str) -> &'static Lab {
    find(id).expect("listed")
}

fn settings(lab: &Lab, pairs: &[(&str, &str)]) -> Settings {
    let raw: RawSettings = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Settings::check(lab.fields, &raw).expect("allowed")
}

/// What is seen after so many steps.
fn seen(lab: &Lab, settings: &Settings, step: u64) -> Sheet {
    let sheet = (lab.show)(settings, &Moment { step, ..Moment::default() }, &[]);
    check(lab, &sheet);
    sheet
}

fn at_step(id: &str, pairs: &[(&str, &str)], step: u64) -> Sheet {
    seen(lab(id), &settings(lab(id), pairs), step)
}

fn at_end(id: &str, pairs: &[(&str, &str)]) -> Sheet {
    at_step(id, pairs, u64::MAX)
}

/// Every sheet keeps what charts and tables promise.
fn check(lab: &Lab, sheet: &Sheet) {
    let mut keys = BTreeSet::new();
    for picture in &sheet.pictures {
        assert!(lab.slots.iter().any(|slot| slot.name == picture.slot), "no slot {}", picture.slot);
        assert!(keys.insert((picture.slot, picture.key)), "{}: {:?} twice", picture.slot, picture.key);
        match &picture.chart {
            Chart::Matrix(matrix) => check_matrix(matrix),
            Chart::Diagram(diagram) => check_diagram(diagram),
            _ => panic!("{} is neither matrix nor diagram", picture.slot),
        }
    }
    if let Some(table) = &sheet.table {
        assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()));
    }
    for notice in &sheet.notices {
        assert!(!notice.text.en.is_empty() && !notice.text.zh.is_empty());
        for remedy in &notice.remedies {
            let Remedy::Set { settings: pairs, .. } = remedy else { panic!("figures have no weights") };
            settings(lab, &pairs.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>());
        }
    }
}

fn check_matrix(matrix: &Matrix) {
    assert!(matrix.columns > 0 && matrix.cells.len().is_multiple_of(matrix.columns));
    let rows = matrix.cells.len() / matrix.columns;
    assert!([0, matrix.columns].contains(&matrix.column_names.len()));
    assert!([0, rows].contains(&matrix.row_names.len()));
    for frame in &matrix.frames {
        assert!(frame.row + frame.rows <= rows && frame.column + frame.columns <= matrix.columns);
        assert!(frame.rows > 0 && frame.columns > 0);
    }
    assert!(matrix.cells.iter().all(|cell| (-1.0..=1.0).contains(&cell.shade)));
}

fn check_diagram(diagram: &Diagram) {
    for edge in &diagram.edges {
        assert!(diagram.nodes[edge.from].at[0] < diagram.nodes[edge.to].at[0], "edges run to the right");
    }
    for (index, node) in diagram.nodes.iter().enumerate() {
        for other in &diagram.nodes[..index] {
            let meet = node.at[0] == other.at[0] && (node.at[1] - other.at[1]).abs() < 1.0;
            assert!(!meet, "{:?} and {:?}", node.words, other.words);
        }
    }
}

fn number<'s>(sheet: &'s Sheet, name: &str) -> &'s str {
    sheet.numbers.iter().find(|number| number.name == name).map_or("", |number| &number.value)
}

fn has_notice(sheet: &Sheet, code: &str) -> bool {
    sheet.notices.iter().any(|notice| notice.code == code)
}

fn matrices<'s>(sheet: &'s Sheet, slot: &str) -> Vec<&'s Matrix> {
    let in_slot = sheet.pictures.iter().filter(|picture| picture.slot == slot);
    in_slot
        .filter_map(|picture| if let Chart::Matrix(matrix) = &picture.chart { Some(matrix) } else { None })
        .collect()
}

fn matrix<'s>(sheet: &'s Sheet, slot: &str) -> &'s Matrix {
    matrices(sheet, slot)[0]
}

fn values(matrix: &Matrix) -> Vec<f64> {
    matrix.cells.iter().map(|cell| cell.value.unwrap_or(f64::NAN)).collect()
}

/// The settings with those of a remedy on top.
fn remedied(id: &str, pairs: &[(&str, &str)], sheet: &Sheet) -> Sheet {
    let remedies = sheet.notices.iter().flat_map(|notice| &notice.remedies);
    let mut raw: RawSettings = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    for remedy in remedies {
        let Remedy::Set { settings, .. } = remedy else { panic!("figures have no weights") };
        raw.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    seen(lab(id), &Settings::check(lab(id).fields, &raw).expect("allowed"), u64::MAX)
}

#[path = "figures/convolution.rs"]
mod convolution;
#[path = "figures/graph.rs"]
mod graph;
