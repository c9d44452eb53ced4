//! Matrices: from a filter of nine numbers to an im2col of thousands.

use fishbowl::chart::{Cell, CellFrame, Chart, Grip, Key, Matrix};
use fishbowl::plot::Look;
use fishbowl::text::{Language, Text};

use crate::{SQUARE, WIDE, compare};

fn matrix(columns: usize, cells: Vec<Cell>) -> Matrix {
    let empty = || Text::same("");
    Matrix {
        corner: empty(),
        row_names: vec![],
        column_names: vec![],
        columns,
        cells,
        frames: vec![],
        grip: None,
    }
}

fn number(value: f64, strongest: f64) -> Cell {
    Cell { words: format!("{value}"), value: Some(value), shade: value / strongest, ..Cell::default() }
}

fn filter() -> Matrix {
    matrix(3, [1.0, 0.5, -1.0, 0.25, 0.0, -0.25, -1.0, -0.5, 0.75].map(|value| number(value, 1.0)).to_vec())
}

fn truth_table() -> Matrix {
    let rows = [[0.0, 0.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]];
    let mut table = matrix(3, rows.iter().flatten().map(|&value| number(value, f64::INFINITY)).collect());
    table.column_names = vec![Text::same("x1"), Text::same("x2"), Text::new("y (XOR)", "y（异或门）")];
    table.cells[5].key = Some(Key(1));
    table.frames =
        vec![CellFrame { row: 1, column: 0, rows: 1, columns: 3, stride: 1, color: 0, name: Text::same("") }];
    table
}

fn confusion() -> Matrix {
    let cell = |index: usize| {
        let (actual, predicted) = (index / 10, index % 10);
        let count = if actual == predicted { 950 + actual * 4 } else { (actual * 7 + predicted * 13) % 17 };
        let shade = if actual == predicted { 1.0 } else { -(count as f64 / 17.0) };
        let words = if count == 0 { String::new() } else { count.to_string() };
        let key = Some(Key(index as u32));
        Cell { words, value: Some(count as f64), shade, faint: false, key }
    };
    let digits = || (0..10).map(|digit| Text::same(digit.to_string())).collect();
    Matrix {
        corner: Text::new("actual \\ predicted", "实际 \\ 预测"),
        row_names: digits(),
        column_names: digits(),
        ..matrix(10, (0..100).map(cell).collect())
    }
}

/// The input of a convolution with its padding, and the window that walks over it.
fn padded() -> Matrix {
    let cell = |index: usize| {
        let (row, column) = (index / 7, index % 7);
        let faint = row == 0 || column == 0 || row == 6 || column == 6;
        let value = if faint { 0.0 } else { ((row * 5 + column * 3) % 7) as f64 };
        Cell { faint, ..number(value, 8.0) }
    };
    let frame = |row, column, size, color, name| CellFrame {
        row,
        column,
        rows: size,
        columns: size,
        stride: 1,
        color,
        name,
    };
    Matrix {
        frames: vec![
            frame(0, 2, 3, 0, Text::new("window", "窗口")),
            frame(4, 4, 1, 1, Text::new("pixel", "像素")),
        ],
        grip: Some(Grip(0)),
        ..matrix(7, (0..49).map(cell).collect())
    }
}

/// Windows of a sparse image as rows.
fn im2col(rows: usize) -> Matrix {
    let cell = |index: usize| {
        let (row, column) = (index / 75, index % 75);
        let (x, y) = (row % 9 % 3 + column % 25 % 5, row % 9 / 3 + column % 25 / 5);
        let value = if (x + 2 * y + column / 25 + row / 9) % 5 < 2 { (x + y) as f64 } else { 0.0 };
        number(value, 12.0)
    };
    let window = Text::new("window", "窗口");
    Matrix {
        row_names: (0..rows).map(|row| Text::same(row.to_string())).collect(),
        column_names: (0..75).map(|column| Text::same(column.to_string())).collect(),
        frames: vec![CellFrame {
            row: 4,
            column: 0,
            rows: 1,
            columns: 75,
            stride: 1,
            color: 1,
            name: window,
        }],
        ..matrix(75, (0..rows * 75).map(cell).collect())
    }
}

const SMALL: Look = Look { width: 180, height: 180, legend: false, ..WIDE };

#[test]
fn small_matrices() {
    compare("matrix-filter", &Chart::Matrix(filter()), &SMALL);
    compare("matrix-filter-dark", &Chart::Matrix(filter()), &Look { dark: true, ..SMALL });
    let pointed =
        Look { width: 240, height: 200, highlight: Some(Key(1)), language: Language::Chinese, ..SMALL };
    compare("matrix-truth-table-chinese", &Chart::Matrix(truth_table()), &pointed);
}

#[test]
fn matrices_with_names_and_frames() {
    let pointed = Look { highlight: Some(Key(49)), ..SQUARE };
    compare("matrix-confusion", &Chart::Matrix(confusion()), &pointed);
    compare("matrix-confusion-dark", &Chart::Matrix(confusion()), &Look { dark: true, ..pointed });
    compare("matrix-padded", &Chart::Matrix(padded()), &WIDE);
    let chinese = Look { language: Language::Chinese, dark: true, ..SQUARE };
    compare("matrix-padded-chinese-dark", &Chart::Matrix(padded()), &chinese);
}

#[test]
fn large_matrices() {
    compare("matrix-im2col", &Chart::Matrix(im2col(9)), &WIDE);
    compare("matrix-im2col-batch", &Chart::Matrix(im2col(90)), &Look { height: 480, ..WIDE });
}
