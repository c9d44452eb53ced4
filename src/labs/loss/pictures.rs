//! Outputs as bars, arrays of outputs and labels, all losses, and −log y.

use super::batch::{Batch, GUARD, LOSSES, Loss};
use super::{CLASS, OUTPUT, RIGHT};
use crate::chart::{
    self, Axis, Bars, CellFrame, Chart, Grip, Key, Mark, Matrix, Plane, Scale, Scatter, Symbol,
};
use crate::labs::parts::{axis, fixed, line, plane, significant, told};
use crate::labs::sheet::Picture;
use crate::text::Text;

/// Points of −log y.
const POINTS: usize = 200;
/// The heights of −log y that are shown, where no output needs the guard.
const USUAL_LOSS: f64 = 5.0;

const NO_CAPTION: Text = Text::new("", "");

pub(super) fn all(batch: &Batch) -> Vec<Picture> {
    let mut pictures: Vec<_> = (0..batch.rows.len()).map(|row| bars(batch, row)).collect();
    pictures.extend([costs(batch), arrays(batch)]);
    pictures
}

fn moves(first: u16, row: usize) -> Grip {
    Grip(first + row as u16)
}

/// The outputs of an image, to be dragged, and its label beside them.
fn bars(batch: &Batch, row: usize) -> Picture {
    let classes = batch.rows[row].len();
    let categories: Vec<_> = (0..classes).map(|class| Text::same(class.to_string())).collect();
    let series = |name, color, values, grip| {
        Mark::Bars(Bars { name: Text::same(name), color, categories: categories.clone(), values, grip })
    };
    let mut marks = vec![series("y", 0, batch.rows[row].clone(), Some(moves(OUTPUT, row)))];
    if batch.one_hot {
        marks.push(series("t", 1, batch.target(row), None));
    }
    let x = axis(Text::new("class", "类别"), Scale::Linear);
    let y = fixed(Text::new("output", "输出"), (0.0, 1.1));
    let loss = significant(batch.loss(Loss::CrossEntropy, row), 4);
    let label = batch.labels[row];
    let caption = if batch.rows.len() > 1 {
        told(format!("t = {label}: loss {loss}"), format!("t = {label}：损失 {loss}"))
    } else {
        let (en, zh) = if batch.keeps_sum {
            ("the others follow a moved bar", "移动一个，其余随之变化")
        } else {
            ("each bar moves by itself", "每个条形单独移动")
        };
        told(format!("t = {label}; {en}"), format!("t = {label}；{zh}"))
    };
    Picture { slot: "outputs", key: Some(Key(row as u32)), caption, chart: Chart::Plane(plane(x, y, marks)) }
}

/// −log y with the outputs for the right classes; of a single image every loss, as that output moves.
fn costs(batch: &Batch) -> Picture {
    let single = batch.rows.len() == 1;
    let shown = if single { &LOSSES[..] } else { &[Loss::CrossEntropy] };
    let mut marks = Vec::new();
    let mut highest = USUAL_LOSS;
    for (color, &loss) in shown.iter().enumerate() {
        let along =
            |y: f64| [y, if single { batch.with_right(y).loss(loss, 0) } else { -libm::log(y + GUARD) }];
        let curve = (0..=POINTS).map(|index| along(index as f64 / POINTS as f64)).collect();
        let [name, _] = loss.name();
        let name = if single {
            let value = significant(batch.mean(loss), 3);
            told(format!("{} {value}", name.en), format!("{} {value}", name.zh))
        } else {
            Text::same("−log y")
        };
        marks.push(Mark::Line(line(name.clone(), color as u8, curve)));
        if single && loss != Loss::CrossEntropy {
            let at = [batch.right(0), batch.mean(loss)];
            marks.push(point(name, color as u8, at, None));
        }
    }
    for row in 0..batch.rows.len() {
        let (y, value) = (batch.right(row), batch.loss(Loss::CrossEntropy, row));
        let name = if single { Text::new("right class", "正确解") } else { Text::same(format!("y{row}")) };
        highest = highest.max(value * 1.05);
        let color = if single { 5 } else { 3 + row as u8 };
        marks.push(point(name, color, [y, value], Some(moves(RIGHT, row))));
    }
    let x = fixed(Text::new("output y of the right class", "正确解的输出 y"), (0.0, 1.0));
    let y = Axis { range: Some((-0.15, highest)), ..axis(Text::new("loss", "损失"), Scale::Linear) };
    // Of several images the ring of each moves its own.
    let grip = single.then(|| moves(RIGHT, 0));
    let chart = Chart::Plane(Plane { grip, ..plane(x, y, marks) });
    Picture { slot: "costs", key: None, caption: NO_CAPTION, chart }
}

/// A ring where it can be moved, else a dot.
fn point(name: Text, color: u8, at: [f64; 2], grip: Option<Grip>) -> Mark {
    let symbol = if grip.is_some() { Symbol::Handle } else { Symbol::Dot };
    Mark::Scatter(Scatter { name, color, points: vec![at], symbol, keys: Vec::new(), grip })
}

/// Outputs, labels and what the formula takes of them, as the book's arrays: below each other where labels are one-hot,
/// else label and loss behind the outputs. Those of a single image stand upright, so that narrow screens have room for
/// the numbers; of a label that is a number they show that nothing but the output for the right class is taken.
fn arrays(batch: &Batch) -> Picture {
    let (images, classes) = (batch.rows.len(), batch.rows[0].len());
    let cell = |value: f64, strength: f64| chart::Cell {
        // So short that ten of them fit side by side on a phone.
        words: significant((value * 100.0).round() / 100.0, 3),
        value: Some(value),
        shade: strength.clamp(0.0, 1.0) * 0.6,
        ..chart::Cell::default()
    };
    let numbered = |name: &str, row: usize| {
        Text::same(if images > 1 { format!("{name}{row}") } else { name.to_owned() })
    };
    let mut cells = Vec::new();
    let mut row_names = Vec::new();
    for row in 0..images {
        let loss = batch.loss(Loss::CrossEntropy, row);
        row_names.push(numbered("y", row));
        cells.extend(batch.rows[row].iter().map(|&y| cell(y, y)));
        if batch.one_hot {
            row_names.extend([numbered("t", row), numbered(if images > 1 { "E" } else { "−t log y" }, row)]);
            let target = batch.target(row);
            cells.extend(target.iter().map(|&t| cell(t, t)));
            cells.extend(
                target
                    .iter()
                    .map(|&t| chart::Cell { faint: t == 0.0, ..cell(t * loss, t * loss / USUAL_LOSS) }),
            );
        } else if images > 1 {
            cells.extend([cell(batch.labels[row] as f64, 0.0), cell(loss, loss / USUAL_LOSS)]);
        } else {
            row_names.extend(["y[t]", "−log"].map(Text::same));
            let right = batch.right(row);
            for (value, strength) in [(right, right), (loss, loss / USUAL_LOSS)] {
                cells.extend((0..classes).map(|class| {
                    let blank = chart::Cell { faint: true, ..chart::Cell::default() };
                    if class == batch.labels[row] { cell(value, strength) } else { blank }
                }));
            }
        }
    }
    let mut column_names: Vec<_> = (0..classes).map(|class| Text::same(class.to_string())).collect();
    if !batch.one_hot && images > 1 {
        column_names.extend([Text::same("t"), Text::same("E")]);
    }
    let frame = |row: usize| CellFrame {
        row: row * batch.rows_of_an_image(),
        column: batch.labels[row],
        rows: 1,
        columns: 1,
        stride: 1,
        color: 3,
        name: Text::new("right class", "正确解"),
    };
    let mut frames: Vec<_> = (0..images).map(frame).collect();
    let mut columns = column_names.len();
    let mut shapes = if batch.one_hot {
        format!("y ({images}, {classes}), t ({images}, {classes})")
    } else {
        format!("y ({images}, {classes}), t ({images},)")
    };
    if images == 1 {
        let (rows, across) = (row_names.len(), columns);
        cells = (0..cells.len()).map(|index| cells[index % rows * across + index / rows].clone()).collect();
        std::mem::swap(&mut row_names, &mut column_names);
        columns = rows;
        for frame in &mut frames {
            std::mem::swap(&mut frame.row, &mut frame.column);
        }
        shapes = if batch.one_hot {
            format!("y ({classes},), t ({classes},)")
        } else {
            format!("y ({classes},), t = {}", batch.labels[0])
        };
    }
    let matrix = Matrix {
        // Of several images its width is needed.
        corner: if images > 1 { NO_CAPTION } else { Text::new("class", "类别") },
        row_names,
        columns,
        column_names,
        cells,
        frames,
        grip: Some(CLASS),
    };
    let caption = Text::same(shapes);
    Picture { slot: "arrays", key: None, caption, chart: Chart::Matrix(matrix) }
}
