//! The shape of every array on the way from an image to its class.

use super::{BATCH, Switches};
use crate::chart::{Cell, Chart, Matrix};
use crate::labs::sheet::Picture;
use crate::text::Text;

/// How strongly shapes are shaded that do not fit each other, and those that do by an argmax.
const WRONG: f64 = -0.6;
const RIGHT: f64 = 0.4;

/// A row of the table: what it is, its shape for one image and for a batch. Behind a product stands its result.
struct Line {
    name: Text,
    shapes: [String; 2],
    shade: f64,
    /// Whether it is not come to.
    lost: bool,
}

/// The shapes that these switches lead to.
pub(super) fn picture(switches: Switches) -> Picture {
    let lines = lines(switches);
    let cell = |line: &Line, shape: &String| Cell {
        words: if line.lost { "–".to_owned() } else { shape.clone() },
        shade: line.shade,
        faint: line.lost,
        ..Cell::default()
    };
    let cells =
        lines.iter().flat_map(|line| line.shapes.iter().map(|shape| cell(line, shape)).collect::<Vec<_>>());
    let matrix = Matrix {
        corner: Text::new("array", "数组"),
        cells: cells.collect(),
        row_names: lines.iter().map(|line| line.name.clone()).collect(),
        column_names: vec![Text::same("N = 1"), Text::same(format!("N = {BATCH}"))],
        columns: 2,
        frames: Vec::new(),
        grip: None,
    };
    Picture { slot: "shapes", key: None, caption: Text::new("", ""), chart: Chart::Matrix(matrix) }
}

/// A shape as NumPy writes it: `(784,)`, `(100, 784)`; that of a number is `()`.
fn shape(lengths: &[u32]) -> String {
    match lengths {
        [one] => format!("({one},)"),
        _ => format!("({})", lengths.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn lines(Switches { flatten, one_hot, .. }: Switches) -> Vec<Line> {
    let both = |each: &[u32]| [shape(each), shape(&[&[BATCH], each].concat())];
    let line =
        |name: &'static str, shapes| Line { name: Text::new(name, name), shapes, shade: 0.0, lost: false };
    let pixels: &[u32] = if flatten { &[784] } else { &[1, 28, 28] };
    let labels: &[u32] = if one_hot { &[10] } else { &[] };
    let mut lines = vec![
        line("x", both(pixels)),
        line("· W1 (784, 50)", both(&[50])),
        line("· W2 (50, 100)", both(&[100])),
        line("· W3 (100, 10)", both(&[10])),
        line("argmax", both(&[])),
        line("t", both(labels)),
    ];
    if one_hot {
        lines.push(line("argmax(t)", both(&[])));
    }
    for (index, line) in lines.iter_mut().enumerate() {
        if !flatten {
            // What comes of x·W1; the labels are there all the same.
            line.lost = matches!(index, 1..=4);
            line.shade = if index == 0 { WRONG } else { 0.0 };
        } else if one_hot {
            line.shade = match index {
                5 => WRONG,
                4 | 6 => RIGHT,
                _ => 0.0,
            };
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(switches: Switches) -> Vec<String> {
        let Chart::Matrix(matrix) = picture(switches).chart else { panic!("a matrix") };
        matrix.cells.iter().map(|cell| cell.words.clone()).collect()
    }

    const USUAL: Switches = Switches { normalize: true, flatten: true, one_hot: false };

    /// Figures 3-26 and 3-27 of the book.
    #[test]
    fn shapes_are_those_of_the_book() {
        let found = words(USUAL);
        let one = ["(784,)", "(50,)", "(100,)", "(10,)", "()", "()"];
        assert!(found.iter().step_by(2).eq(one.iter()), "{found:?}");
        let batch = ["(100, 784)", "(100, 50)", "(100, 100)", "(100, 10)", "(100,)", "(100,)"];
        assert!(found.iter().skip(1).step_by(2).eq(batch.iter()), "{found:?}");
    }

    #[test]
    fn switches_change_the_images_or_the_labels_alone() {
        let raw = words(Switches { flatten: false, ..USUAL });
        assert_eq!(
            (raw[0].as_str(), raw[1].as_str(), raw[2].as_str()),
            ("(1, 28, 28)", "(100, 1, 28, 28)", "–")
        );
        let one_hot = words(Switches { one_hot: true, ..USUAL });
        assert_eq!(one_hot[10..], ["(10,)", "(100, 10)", "()", "(100,)"]);
        assert_eq!(one_hot[..10], words(USUAL)[..10]);
    }
}
