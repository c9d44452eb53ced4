//! Input, filter, window, output and im2col as matrices.

use super::keys::{input_key, output_key, weight_key};
use super::setup::{At, Setup};
use super::words::{self, spell};
use super::{INPUT, OUTPUT, ROWS};
use crate::chart::{Cell, CellFrame, Chart, Key, Matrix};
use crate::labs::parts::shade;
use crate::labs::sheet::Picture;
use crate::nn::im2col::Pooling;
use crate::text::Text;

/// How many cells of im2col are shown at most; further images of a batch are left out.
const MOST_CELLS: usize = 10_000;
/// How many columns im2col may have with numbers in its cells.
const MOST_WRITTEN_COLUMNS: usize = 30;

const WINDOW: Text = Text::new("window", "窗口");
const RESULT: Text = Text::new("its output", "对应的输出");

/// The frames' colours: the window everywhere, its output.
const WINDOW_COLOR: u8 = 1;
const RESULT_COLOR: u8 = 2;

/// Every picture of a window.
pub(super) fn all(at: &At<'_>) -> Vec<Picture> {
    let setup = at.setup;
    let mut pictures = Vec::new();
    let frame = Some(window_frame(at));
    pictures.extend((0..setup.shape[0]).map(|channel| input(setup, channel, false, frame.clone())));
    pictures.extend(filters(setup));
    for channel in 0..setup.shape[0] {
        pictures.push(window(at, channel));
    }
    pictures.push(output(at, &at.output, None));
    if setup.shift {
        pictures.push(input(setup, 0, true, frame));
        pictures.push(output(at, &setup.output(&at.windows, &setup.shifted()), Some(&at.output)));
    }
    pictures.push(im2col(at));
    pictures
}

/// What there is to see where the windows are larger than the input.
pub(super) fn without_windows(setup: &Setup) -> Vec<Picture> {
    let inputs = (0..setup.shape[0]).map(|channel| input(setup, channel, false, None));
    inputs.chain(filters(setup)).collect()
}

fn picture(slot: &'static str, index: usize, caption: Text, matrix: Matrix) -> Picture {
    Picture { slot, key: Some(Key(index as u32)), caption, chart: Chart::Matrix(matrix) }
}

/// What stands above a channel where there are several.
fn channel_name(setup: &Setup, channel: usize) -> Text {
    if setup.shape[0] > 1 { words::channel(channel) } else { Text::same("") }
}

fn matrix(columns: usize, cells: Vec<Cell>) -> Matrix {
    let corner = Text::same("");
    Matrix { corner, row_names: vec![], column_names: vec![], columns, cells, frames: vec![], grip: None }
}

/// A number in its cell; `largest` is the largest magnitude of its matrix.
fn cell(value: f64, largest: f64, key: Option<Key>) -> Cell {
    Cell { words: spell(value), value: Some(value), shade: shade(value, largest, true), faint: false, key }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

fn window_frame(at: &At<'_>) -> CellFrame {
    let [row, column] = at.windows.corner(at.place);
    let [rows, columns] = at.setup.window;
    CellFrame { row, column, rows, columns, stride: at.setup.stride, color: WINDOW_COLOR, name: WINDOW }
}

/// A channel of the input within its padding, or the input moved to the right by one pixel.
fn input(setup: &Setup, channel: usize, shifted: bool, frame: Option<CellFrame>) -> Picture {
    let [channels, height, width] = setup.shape;
    let pad = setup.pad;
    let [tall, wide] = [height + 2 * pad, width + 2 * pad];
    let reached = setup.windows.map_or([tall, wide], |windows| {
        let [rows, columns] = windows.left_over();
        [tall - rows, wide - columns]
    });
    let largest = largest(&setup.image);
    let at = |row: usize, column: usize| {
        let (inner_row, inner_column) = (row.wrapping_sub(pad), column.wrapping_sub(pad));
        if inner_row >= height || inner_column >= width {
            return Cell { faint: true, ..cell(0.0, 0.0, None) };
        }
        // A pixel keeps its key where it is moved to.
        let from = if shifted { inner_column.saturating_sub(1) } else { inner_column };
        let source = (channel * height + inner_row) * width + from;
        let value = setup.image.get(source).copied().unwrap_or(0.0);
        let faint = row >= reached[0] || column >= reached[1];
        Cell { faint, ..cell(value, largest, Some(input_key(source))) }
    };
    let cells = (0..tall).flat_map(|row| (0..wide).map(move |column| at(row, column))).collect();
    let grip = frame.is_some().then_some(INPUT);
    let frames = frame.into_iter().collect();
    let (index, caption) = match (shifted, setup.shift) {
        (true, _) => (channels, Text::new("Shifted by one pixel", "偏移 1 个像素")),
        (false, true) => (channel, Text::new("As it is", "原数据")),
        (false, false) => (channel, channel_name(setup, channel)),
    };
    picture("input", index, caption, Matrix { frames, grip, ..matrix(wide, cells) })
}

/// The filter, channel by channel.
fn filters(setup: &Setup) -> Vec<Picture> {
    let largest = largest(&setup.filter);
    let size = setup.window[0] * setup.window[1];
    let one = |(channel, weights): (usize, &[f64])| {
        let cells = weights.iter().enumerate();
        let cells = cells
            .map(|(tap, &weight)| cell(weight, largest, Some(weight_key(channel * size + tap))))
            .collect();
        let caption = channel_name(setup, channel);
        picture("filter", channel, caption, matrix(setup.window[1], cells))
    };
    setup.filter.chunks(size).enumerate().map(one).collect()
}

/// The numbers of a window with their weights, or by themselves where they are pooled.
fn window(at: &At<'_>, channel: usize) -> Picture {
    let setup = at.setup;
    let size = setup.window[0] * setup.window[1];
    let terms: Vec<_> = words::terms(at).skip(channel * size).take(size).collect();
    let values: Vec<_> = terms.iter().map(|term| term.product()).collect();
    let largest = largest(&values);
    let cells = terms.iter().map(|term| {
        let key =
            if setup.pooling.is_some() { term.source.map(input_key) } else { Some(weight_key(term.tap)) };
        Cell { words: term.spelled(), ..cell(term.product(), largest, key) }
    });
    let mut matrix = matrix(setup.window[1], cells.collect());
    if setup.pooling == Some(Pooling::Max)
        && let Some(place) = values.iter().position(|value| *value == at.output[at.place])
    {
        let (row, column) = (place / setup.window[1], place % setup.window[1]);
        let name = Text::new("largest", "最大值");
        matrix.frames =
            vec![CellFrame { row, column, rows: 1, columns: 1, stride: 1, color: RESULT_COLOR, name }];
    }
    picture("sum", channel, words::sum_of_channel(at, channel), matrix)
}

/// The outputs so far; where others are given to compare with, those that differ are framed.
fn output(at: &At<'_>, output: &[f64], compared: Option<&[f64]>) -> Picture {
    let columns = at.windows.output()[1];
    let largest = largest(output);
    let one = |(place, &value): (usize, &f64)| {
        if place > at.place {
            return Cell { faint: true, key: Some(output_key(place)), ..Cell::default() };
        }
        cell(value, largest, Some(output_key(place)))
    };
    let cells = output.iter().enumerate().map(one).collect();
    let single = |place: usize, color: u8, name: Text| CellFrame {
        row: place / columns,
        column: place % columns,
        rows: 1,
        columns: 1,
        stride: 1,
        color,
        name,
    };
    let differs = |place: &usize| compared.is_some_and(|compared| compared[*place] != output[*place]);
    let different = (0..=at.place).filter(differs);
    let changed = Text::new("changed", "有变化");
    // The first frame is the one that arrow keys move.
    let result = single(at.place, RESULT_COLOR, RESULT);
    let frames =
        std::iter::once(result).chain(different.map(|place| single(place, 3, changed.clone()))).collect();
    let (index, caption) = match (compared, at.setup.shift) {
        (Some(_), _) => (1, Text::new("Of the shifted input", "偏移后的输出")),
        (None, true) => (0, Text::new("Of the input as it is", "原数据的输出")),
        (None, false) => (0, Text::same("")),
    };
    picture("output", index, caption, Matrix { frames, grip: Some(OUTPUT), ..matrix(columns, cells) })
}

/// Every window as a row, image after image.
fn im2col(at: &At<'_>) -> Picture {
    let setup = at.setup;
    let (places, taps) = (at.windows.places(), at.windows.taps());
    let shown = setup.images.min((MOST_CELLS / (places * taps)).max(1));
    let largest = largest(&setup.image);
    let written = taps <= MOST_WRITTEN_COLUMNS;
    let mut cells = Vec::with_capacity(shown * places * taps);
    for image in 0..shown {
        let values = at.windows.im2col(&setup.rolled(image));
        cells.extend(values.iter().enumerate().map(|(index, &value)| {
            let source = at.windows.source(index / taps, index % taps);
            Cell {
                words: if written { spell(value) } else { String::new() },
                value: Some(value),
                shade: shade(value, largest, written),
                faint: source.is_none(),
                // The other images have cells of their own.
                key: source.filter(|_| image == 0).map(input_key),
            }
        }));
    }
    let row = |row: usize, rows: usize, color: u8, name: Text| CellFrame {
        row,
        column: 0,
        rows,
        columns: taps,
        stride: 1,
        color,
        name,
    };
    let mut frames = vec![row(at.place, 1, WINDOW_COLOR, WINDOW)];
    if shown > 1 {
        frames.push(row(0, places, 4, Text::new("first image", "第 1 张图像")));
    }
    let grip = Some(ROWS);
    let column_names =
        if written { setup.filter.iter().map(|w| Text::same(spell(*w))).collect() } else { vec![] };
    let corner = if column_names.is_empty() { Text::same("") } else { Text::new("filter", "滤波器") };
    let row_names = if column_names.is_empty() {
        vec![]
    } else {
        let across = at.windows.output()[1];
        let name = |place: usize| Text::same(format!("({}, {})", place / across, place % across));
        (0..shown * places).map(|row| name(row % places)).collect()
    };
    let matrix = Matrix { corner, row_names, column_names, frames, grip, ..matrix(taps, cells) };
    picture("im2col", 0, words::im2col(at, shown), matrix)
}
