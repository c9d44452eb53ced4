//! The numbers, the sum written out, and what is worth saying.

use super::keys::{input_key, weight_key};
use super::setup::{At, Setup};
use crate::labs::parts::{listed, number, significant, told};
use crate::labs::sheet::{Cell, Notice, Number, Remedy, Row, Table, Tone};
use crate::nn::im2col::{Pooling, Windows};
use crate::text::Text;

/// How many terms of a sum are written out.
const MOST_TERMS: usize = 9;

/// A number as the cells show it.
pub(super) fn spell(value: f64) -> String {
    significant(value, 4)
}

/// The same, in brackets where it has a sign, to stand behind another sign.
fn bracketed(value: f64) -> String {
    if value < 0.0 { format!("({})", spell(value)) } else { spell(value) }
}

/// A number of the window and what it is multiplied by.
pub(super) struct Term {
    pub(super) tap: usize,
    /// Where it is in the input; none in the padding.
    pub(super) source: Option<usize>,
    value: f64,
    /// None where windows are pooled.
    weight: Option<f64>,
}

impl Term {
    pub(super) fn product(&self) -> f64 {
        self.value * self.weight.unwrap_or(1.0)
    }

    pub(super) fn spelled(&self) -> String {
        match self.weight {
            Some(weight) => format!("{}·{}", bracketed(self.value), bracketed(weight)),
            None => spell(self.value),
        }
    }
}

/// What the window of this place holds.
pub(super) fn terms<'a>(at: &'a At<'_>) -> impl Iterator<Item = Term> + 'a {
    (0..at.windows.taps()).map(|tap| Term {
        tap,
        source: at.windows.source(at.place, tap),
        value: at.windows.value(&at.setup.image, at.place, tap),
        weight: at.setup.filter.get(tap).copied(),
    })
}

/// The name of a channel.
pub(super) fn channel(channel: usize) -> Text {
    let number = channel + 1;
    told(format!("Channel {number}"), format!("通道 {number}"))
}

/// What a channel of the window comes to, written out where there is only one.
pub(super) fn sum_of_channel(at: &At<'_>, index: usize) -> Text {
    let setup = at.setup;
    if setup.shape[0] == 1 {
        return Text::same(sum(at));
    }
    let size = setup.window[0] * setup.window[1];
    let total = spell(terms(at).skip(index * size).take(size).map(|term| term.product()).sum());
    let name = channel(index);
    told(format!("{}: {total}", name.en), format!("{}：{total}", name.zh))
}

fn written(terms: &[Term]) -> String {
    terms.iter().map(Term::spelled).collect::<Vec<_>>().join(" + ")
}

/// How the output of this place comes about.
fn sum(at: &At<'_>) -> String {
    let setup = at.setup;
    let result = spell(at.output[at.place]);
    let terms: Vec<_> = terms(at).collect();
    match setup.pooling {
        Some(Pooling::Max) => {
            let values: Vec<_> = terms.iter().map(Term::spelled).collect();
            format!("max({}) = {result}", values.join(", "))
        }
        Some(Pooling::Average) => {
            let values: Vec<_> = terms.iter().map(|term| bracketed(term.value)).collect();
            format!("({}) / {} = {result}", values.join(" + "), terms.len())
        }
        None => {
            // Where there are too many terms to read: the sum of each channel, or of each row.
            let part = if setup.shape[0] > 1 { setup.window[0] * setup.window[1] } else { setup.window[1] };
            let mut sum = if terms.len() <= MOST_TERMS {
                written(&terms)
            } else {
                let parts = terms.chunks(part).map(|part| part.iter().map(Term::product).sum::<f64>());
                parts.map(bracketed).collect::<Vec<_>>().join(" + ")
            };
            if setup.bias != 0.0 {
                sum = format!("{sum} + {}", bracketed(setup.bias));
            }
            format!("{sum} = {result}")
        }
    }
}

/// What im2col makes of the shapes.
pub(super) fn im2col(at: &At<'_>, shown: usize) -> Text {
    let (images, rows) = (at.setup.images, at.setup.images * at.windows.places());
    let size = format!("{rows} × {}", at.windows.taps());
    if shown == images {
        return Text::same(size);
    }
    told(
        format!("{size}; the first {shown} of {images} images"),
        format!("{size}；显示 {images} 张中的前 {shown} 张"),
    )
}

/// (H + 2P − FH) / S + 1 with the numbers put in.
fn size_of(length: usize, window: usize, setup: &Setup) -> String {
    let Setup { stride, pad, .. } = *setup;
    let whole = (length + 2 * pad).saturating_sub(window);
    let exact = whole as f64 / stride as f64 + 1.0;
    let sum = format!("({length} + 2·{pad} − {window}) / {stride} + 1 = {}", spell(exact));
    if whole.is_multiple_of(stride) { sum } else { format!("{sum} → {}", whole / stride + 1) }
}

pub(super) fn numbers(at: &At<'_>) -> Vec<Number> {
    let setup = at.setup;
    let [channels, height, width] = setup.shape;
    let [rows, columns] = setup.window;
    let size = if (height, rows) == (width, columns) {
        size_of(height, rows, setup)
    } else {
        format!("{}, {}", size_of(height, rows, setup), size_of(width, columns, setup))
    };
    let (places, taps) = (at.windows.places(), at.windows.taps());
    let lines = setup.images * places;
    let unrolled = format!("({}, {channels}, {height}, {width}) → ({lines}, {taps})", setup.images);
    let sum_label = match setup.pooling {
        None => Text::new("Sum of products", "乘积累加"),
        Some(Pooling::Max) => Text::new("Largest value", "最大值"),
        Some(Pooling::Average) => Text::new("Mean", "平均值"),
    };
    let mut numbers = listed([
        number("window", Text::new("Window", "窗口"), Some(format!("{} / {places}", at.place + 1))),
        number("sum", sum_label, Some(sum(at))),
        number("size", Text::new("Output size", "输出大小"), Some(size)),
        number("im2col", Text::new("im2col", "im2col"), Some(unrolled)),
    ]);
    if setup.pooling.is_none() {
        let product = format!("({lines}, {taps}) × ({taps}, 1) = ({lines}, 1)");
        numbers.extend(number("product", Text::new("Matrix product", "矩阵乘积"), Some(product)));
    }
    numbers
}

/// The window, number by number.
pub(super) fn table(at: &At<'_>) -> Table {
    let setup = at.setup;
    let size = setup.window[0] * setup.window[1];
    let convolves = setup.pooling.is_none();
    let mut columns = vec![Text::new("Place in the window", "窗口中的位置"), Text::new("Input", "输入数据")];
    if convolves {
        columns.extend([Text::new("Filter", "滤波器"), Text::new("Product", "乘积")]);
    }
    let place = |tap: usize| {
        let (row, column) = (tap % size / setup.window[1], tap % setup.window[1]);
        let place = format!("({row}, {column})");
        if setup.shape[0] == 1 {
            return Text::same(place);
        }
        let name = channel(tap / size);
        told(format!("{} {place}", name.en), format!("{} {place}", name.zh))
    };
    let mut rows: Vec<_> = terms(at)
        .map(|term| {
            let mut cells = vec![Cell::Words(place(term.tap)), Cell::Number(term.value)];
            if let Some(weight) = term.weight {
                cells.extend([Cell::Number(weight), Cell::Number(term.product())]);
            }
            let key = if convolves { Some(weight_key(term.tap)) } else { term.source.map(input_key) };
            Row { key, cells }
        })
        .collect();
    let empty = || Cell::Words(Text::same("—"));
    let mut last = |name: Text, value: f64| {
        let mut cells = vec![Cell::Words(name)];
        cells.resize_with(columns.len() - 1, empty);
        cells.push(Cell::Number(value));
        rows.push(Row { key: None, cells });
    };
    if convolves {
        last(Text::new("Bias", "偏置"), setup.bias);
    }
    last(Text::new("Output", "输出数据"), at.output[at.place]);
    Table { columns, rows }
}

fn notice(code: &'static str, tone: Tone, en: String, zh: String, remedies: Vec<Remedy>) -> Notice {
    Notice { code, tone, text: told(en, zh), remedies }
}

pub(super) fn notices(setup: &Setup) -> Vec<Notice> {
    let mut notices: Vec<_> = setup.misfits.iter().map(misfit).collect();
    match setup.windows {
        None => notices.push(too_large(setup)),
        Some(windows) => {
            notices.extend(left_over(setup, &windows));
            if setup.shift {
                notices.push(shifted(setup, &windows));
            }
        }
    }
    notices
}

fn misfit(misfit: &super::setup::Misfit) -> Notice {
    let super::setup::Misfit { field, found, wanted, ref mended } = *misfit;
    let index = if field.ends_with('2') { 2 } else { 3 };
    let [[rows, columns], [tall, wide]] = [found, wanted];
    let (name_en, name_zh) =
        if field.starts_with("input") { ("input", "输入数据") } else { ("filter", "滤波器") };
    notice(
        "channels-differ",
        Tone::Warning,
        format!(
            "Channel {index} of the {name_en} is {rows} × {columns}; channel 1 is {tall} × {wide}. Missing numbers count as 0, others are left out."
        ),
        format!(
            "{name_zh}的通道 {index} 是 {rows} × {columns}，通道 1 是 {tall} × {wide}。缺少的元素视为 0，多余的忽略。"
        ),
        vec![Remedy::Set {
            text: told(format!("Make it {tall} × {wide}"), format!("改为 {tall} × {wide}")),
            settings: vec![(field, mended.clone())],
        }],
    )
}

fn too_large(setup: &Setup) -> Notice {
    let [_, height, width] = setup.shape;
    let [rows, columns] = setup.window;
    let pad = setup.pad;
    let [tall, wide] = [height + 2 * pad, width + 2 * pad];
    if setup.pooling.is_some() {
        return notice(
            "window-too-large",
            Tone::Warning,
            format!(
                "The window ({rows} × {columns}) is larger than the input ({tall} × {wide}): there is no output."
            ),
            format!("窗口（{rows} × {columns}）大于输入数据（{tall} × {wide}），没有输出。"),
            Vec::new(),
        );
    }
    // The padding that makes room for one window, if that much is allowed.
    let missing = rows.saturating_sub(height).max(columns.saturating_sub(width)).div_ceil(2);
    let remedy = (missing <= 3).then(|| Remedy::Set {
        text: told(format!("Set the padding to {missing}"), format!("将填充设为 {missing}")),
        settings: vec![("pad", missing.to_string())],
    });
    notice(
        "filter-too-large",
        Tone::Warning,
        format!(
            "The filter ({rows} × {columns}) is larger than the padded input ({tall} × {wide}): there is no output."
        ),
        format!("滤波器（{rows} × {columns}）大于填充后的输入数据（{tall} × {wide}），没有输出。"),
        remedy.into_iter().collect(),
    )
}

fn left_over(setup: &Setup, windows: &Windows) -> Option<Notice> {
    let [rows, columns] = windows.left_over();
    if (rows, columns) == (0, 0) {
        return None;
    }
    let stride = setup.stride;
    let line = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let rows_en = line(rows, "row", "rows");
    let columns_en = line(columns, "column", "columns");
    let left_en: Vec<_> = rows_en.into_iter().chain(columns_en).collect();
    let left_zh: Vec<_> = line(rows, "行", "行").into_iter().chain(line(columns, "列", "列")).collect();
    Some(notice(
        "does-not-divide",
        Tone::Info,
        format!(
            "The stride of {stride} does not divide, so the output size is rounded down. No window reaches the last {}. Some frameworks report an error instead.",
            left_en.join(" and ")
        ),
        format!(
            "步幅为 {stride} 时无法除尽，输出大小向下取整，窗口到达不了最后 {}。有些框架此时会报错。",
            left_zh.join("、")
        ),
        Vec::new(),
    ))
}

fn shifted(setup: &Setup, windows: &Windows) -> Notice {
    let before = setup.output(windows, &setup.image);
    let after = setup.output(windows, &setup.shifted());
    let changes = before.iter().zip(&after).map(|(before, after)| (after - before).abs());
    let (count, total) =
        changes.fold((0, 0.0), |(count, total), change| (count + usize::from(change > 0.0), total + change));
    let all = before.len();
    let mean = spell(total / all as f64);
    notice(
        "shifted",
        Tone::Info,
        format!("Shifted by one pixel, {count} of {all} outputs change, by {mean} on average."),
        format!("输入偏移 1 个像素后，{all} 个输出中有 {count} 个改变，平均变化 {mean}。"),
        Vec::new(),
    )
}
