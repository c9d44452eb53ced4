//! Distances as a matrix, as images and as a table; errors over h; the digits.

use super::{is_wrong, name, spec};
use crate::chart::{self, Axis, Chart, Foot, Image, ImageGrid, Key, Line, Mark, Matrix, Meaning, Scale};
use crate::labs::parts::{axis, grouped, layer_sizes, line, pictures, plane, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Picture, Row, Table};
use crate::text::Text;
use crate::train::report::{Apart, Check, Checked};

/// Keys of digits.
const DIGITS: u32 = 1000;
/// The side of a digit.
const SIDE: usize = 28;

fn mean(checked: &Checked, apart: &Apart) -> f64 {
    apart.sum / checked.count as f64
}

/// A row for each parameter: how many numbers, mean and worst distance in both precisions.
pub(super) fn summary(settings: &Settings, params: &[Checked]) -> Picture {
    let sizes = layer_sizes(&spec(settings));
    let pairs = sizes.windows(2).flat_map(|pair| [pair[0] * pair[1], pair[1]]);
    let mut row_names = Vec::new();
    let mut cells = Vec::new();
    for (param, count) in pairs.enumerate() {
        row_names.push(Text::same(name(param)));
        let checked = params.get(param).filter(|checked| checked.count > 0);
        let key = Some(Key(param as u32));
        let cell = |words: String, shade: f64| chart::Cell { words, shade, key, ..chart::Cell::default() };
        cells.push(cell(grouped(count as u64), 0.0));
        let numbers = checked.map(|checked| {
            let of = |apart: &Apart| [mean(checked, apart), apart.worst];
            [of(&checked.double), of(&checked.single)].concat()
        });
        for column in 0..4 {
            let value = numbers.as_ref().map(|numbers| numbers[column]);
            let is_wrong = column < 2 && checked.is_some_and(is_wrong);
            let words = value.map_or_else(|| "…".to_owned(), |value| significant(value, 2));
            cells.push(chart::Cell { value, ..cell(words, if is_wrong { -0.6 } else { 0.0 }) });
        }
    }
    let matrix = Matrix {
        corner: Text::new("parameter", "参数"),
        row_names,
        column_names: vec![
            Text::new("numbers", "个数"),
            Text::new("f64 mean", "f64 平均"),
            Text::new("f64 worst", "f64 最大"),
            Text::new("f32 mean", "f32 平均"),
            Text::new("f32 worst", "f32 最大"),
        ],
        columns: 5,
        cells,
        frames: Vec::new(),
        grip: None,
    };
    Picture { slot: "summary", key: None, caption: Text::same(""), chart: Chart::Matrix(matrix) }
}

/// Width and height of an image of so many pixels.
fn form(pixels: usize) -> (usize, usize) {
    if pixels == SIDE * SIDE {
        return (SIDE, SIDE);
    }
    let width = (1..=pixels).find(|width| width * width >= pixels).unwrap_or(1);
    (width, pixels.div_ceil(width))
}

/// The distances of one parameter: an image for each unit of weights, one image for biases.
pub(super) fn differences(params: &[Checked], param: usize) -> Option<Picture> {
    let checked = params.get(param).filter(|checked| checked.count > 0)?;
    let (inputs, units) = match checked.shape[..] {
        [inputs, outputs] => (inputs, outputs),
        _ => (checked.shades.len(), 1),
    };
    if inputs * units != checked.shades.len() || units == 0 {
        return None;
    }
    let (width, height) = form(inputs);
    let worst = checked.double.index as usize;
    let image = |unit: usize| {
        let mut pixels: Vec<u8> = checked.shades.iter().skip(unit).step_by(units).copied().collect();
        pixels.resize(width * height, 0);
        let holds = worst % units == unit && checked.double.worst > 0.0;
        let caption = match holds {
            true => told(format!("worst: {}", place(checked)), format!("最大：{}", place(checked))),
            false => Text::same(""),
        };
        Image { pixels, caption, wrong: holds, ..Image::default() }
    };
    let images = (0..units).map(image).collect();
    let grid = ImageGrid { width, height, meaning: Meaning::Ink, foot: Foot::Captions, images };
    let at = significant(checked.double.worst, 2);
    let (words, place) = (name(param), place(checked));
    let caption =
        told(format!("{words}: worst {at} at {place}"), format!("{words}：最大差 {at}，位于 {place}"));
    Some(Picture { slot: "where", key: Some(Key(param as u32)), caption, chart: Chart::ImageGrid(grid) })
}

/// Where the worst distance is, as NumPy writes it: `[407, 12]`.
fn place(checked: &Checked) -> String {
    let index = checked.double.index as usize;
    match checked.shape[..] {
        [_, columns] if columns > 0 => format!("[{}, {}]", index / columns, index % columns),
        _ => format!("[{index}]"),
    }
}

/// The error of the differences over h.
pub(super) fn errors(check: &Check) -> Option<Picture> {
    let curve = |(at, name): (usize, &'static str)| {
        let points = check.errors.iter().map(|error| [error[0], error[at]]).collect();
        Mark::Line(Line { dots: true, ..line(Text::same(name), at as u8 - 1, points) })
    };
    let marks = [(1, "f64"), (2, "f32")].map(curve).into();
    let x = Axis { range: Some((1e-12, 1.0)), ..axis(Text::same("h"), Scale::Log) };
    let y = axis(Text::new("mean error", "平均误差"), Scale::Log);
    let chart = (!check.errors.is_empty()).then(|| Chart::Plane(plane(x, y, marks)));
    pictures([("errors", chart)]).pop()
}

/// The samples.
pub(super) fn digits(check: &Check) -> Option<Picture> {
    let whole = check.images.iter().filter(|(_, pixels)| pixels.len() == SIDE * SIDE).enumerate();
    let image = |(index, (label, pixels)): (usize, &(u8, Vec<u8>))| Image {
        pixels: pixels.clone(),
        caption: Text::same(label.to_string()),
        key: Some(Key(DIGITS + index as u32)),
        ..Image::default()
    };
    let images: Vec<Image> = whole.map(image).collect();
    let is_empty = images.is_empty();
    let grid = ImageGrid { width: SIDE, height: SIDE, meaning: Meaning::Ink, foot: Foot::Captions, images };
    pictures([("digits", (!is_empty).then_some(Chart::ImageGrid(grid)))]).pop()
}

/// A row for each parameter, with its worst place.
pub(super) fn table(params: &[Checked]) -> Table {
    let columns = vec![
        Text::new("parameter", "参数"),
        Text::new("checked", "已检查"),
        Text::new("mean, f64", "平均差（f64）"),
        Text::new("worst, f64", "最大差（f64）"),
        Text::new("at", "位置"),
        Text::new("difference there", "该处的数值微分"),
        Text::new("backpropagation there", "该处的反向传播"),
        Text::new("mean, f32", "平均差（f32）"),
        Text::new("worst, f32", "最大差（f32）"),
        Text::new("verdict", "结论"),
    ];
    let row = |(param, checked): (usize, &Checked)| {
        let verdict = match (checked.count, is_wrong(checked)) {
            (0, _) => Text::same("—"),
            (_, false) => Text::new("agrees", "一致"),
            (_, true) => Text::new("wrong", "有误"),
        };
        let number = |value: f64| {
            if checked.count > 0 { Cell::Number(value) } else { Cell::Words(Text::same("—")) }
        };
        Row {
            key: Some(Key(param as u32)),
            cells: vec![
                Cell::Words(Text::same(name(param))),
                Cell::Number(checked.count as f64),
                number(mean(checked, &checked.double)),
                number(checked.double.worst),
                Cell::Words(Text::same(place(checked))),
                number(checked.double.numerical),
                number(checked.double.gradient),
                number(mean(checked, &checked.single)),
                number(checked.single.worst),
                Cell::Words(verdict),
            ],
        }
    };
    Table { columns, rows: params.iter().enumerate().map(row).collect() }
}
