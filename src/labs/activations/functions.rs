//! The functions side by side, or all in one plot, with their derivatives.

use super::INPUT;
use super::activation::{ALL, Activation, RANGE, ring, sampled};
use crate::chart::{self, Chart, Key, Mark, Matrix, Plane};
use crate::function::operation::Function;
use crate::labs::parts::{self, fixed, line, number, plane, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Number, Picture, Row, Sheet, Table};
use crate::text::Text;

/// One scale for all functions: the identity and ReLU leave it, and that is seen.
const HEIGHTS: (f64, f64) = (-1.5, 2.5);
/// The slopes of all functions lie within.
const SLOPES: (f64, f64) = (-0.1, 1.2);

pub(super) fn sheet(settings: &Settings) -> Sheet {
    let x = settings.number("x");
    let pictures = match settings.words("experiment") {
        "together" => vec![
            together("together", Text::same("h(x)"), HEIGHTS, x, |function, x| function.at(x)),
            together("slopes", Text::new("derivative", "导数"), SLOPES, x, |function, x| function.slope(x)),
        ],
        _ => {
            let apart = ALL.iter().enumerate().map(|(index, function)| alone(index, *function, x));
            apart.chain([array(settings.numbers("inputs"))]).collect()
        }
    };
    Sheet { notices: Vec::new(), numbers: numbers(x), table: Some(table(x)), pictures }
}

fn numbers(x: f64) -> Vec<Number> {
    let of = |name, function: Function| {
        let words = Some(significant(function.of(x), 8));
        number(name, Activation::Smooth(function).name(), words)
    };
    parts::listed([of("sigmoid", Function::Sigmoid), of("tanh", Function::Tanh), of("relu", Function::Relu)])
}

/// A function with its derivative and the present input.
fn alone(index: usize, function: Activation, x: f64) -> Picture {
    let (value, slope) = (function.at(x), function.slope(x));
    let marks = vec![
        Mark::Line(sampled(Text::same("h(x)"), 0, &|x| function.at(x))),
        Mark::Line(sampled(Text::new("derivative h′", "导数 h′"), 1, &|x| function.slope(x))),
        ring([x, value], INPUT),
    ];
    let (across, up) = (fixed(Text::same("x"), RANGE), fixed(Text::same("h(x)"), HEIGHTS));
    let (value, slope) = (significant(value, 3), significant(slope, 3));
    let name = function.name();
    Picture {
        slot: "functions",
        key: Some(Key(index as u32)),
        caption: told(
            format!("{}: {value}, h′ {slope}", name.en),
            format!("{}：{value}，h′ {slope}", name.zh),
        ),
        chart: Chart::Plane(Plane { grip: Some(INPUT), ..plane(across, up, marks) }),
    }
}

/// All functions, or their slopes, in one plot.
fn together(
    slot: &'static str,
    label: Text,
    heights: (f64, f64),
    x: f64,
    of: fn(Activation, f64) -> f64,
) -> Picture {
    let mut marks: Vec<_> = ALL
        .iter()
        .enumerate()
        .map(|(color, function)| Mark::Line(sampled(function.name(), color as u8, &|x| of(*function, x))))
        .collect();
    marks.push(Mark::Line(line(Text::same("x"), 5, vec![[x, heights.0], [x, heights.1]])));
    marks.push(ring([x, 0.0], INPUT));
    let plane = plane(fixed(Text::same("x"), RANGE), fixed(label, heights), marks);
    let chart = Chart::Plane(Plane { grip: Some(INPUT), ..plane });
    Picture { slot, key: None, caption: Text::same(""), chart }
}

/// Every function of an array of inputs, with the eight digits that NumPy prints.
fn array(inputs: &[f64]) -> Picture {
    let cell = |value: f64| chart::Cell {
        words: significant(value, 8),
        value: Some(value),
        shade: parts::shade(value, 1.0, true),
        ..chart::Cell::default()
    };
    let matrix = Matrix {
        corner: Text::same("x"),
        row_names: ALL.iter().map(|function| function.name()).collect(),
        column_names: inputs.iter().map(|&x| Text::same(significant(x, 6))).collect(),
        columns: inputs.len(),
        cells: ALL.iter().flat_map(|function| inputs.iter().map(|&x| cell(function.at(x)))).collect(),
        frames: Vec::new(),
        grip: None,
    };
    Picture { slot: "array", key: None, caption: Text::same(""), chart: Chart::Matrix(matrix) }
}

/// Value and slope of each function at the input.
fn table(x: f64) -> Table {
    let row = |function: &Activation| Row {
        key: None,
        cells: vec![
            Cell::Words(function.name()),
            Cell::Number(function.at(x)),
            Cell::Number(function.slope(x)),
        ],
    };
    let columns = vec![Text::new("function", "函数"), Text::same("h(x)"), Text::new("derivative", "导数")];
    Table { columns, rows: ALL.iter().map(row).collect() }
}
