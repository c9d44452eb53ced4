//! Softmax step by step, as its formula is written and without overflow (book 3.5.1 and 3.5.2).

use super::fields::{MOST_SCORES, SCORES};
use super::network::{name, tuple};
use crate::chart::{Bars, Cell, Chart, Grip, Key, Mark, Matrix};
use crate::labs::parts::{axis, fixed, listed, number, plane, shade, significant, told};
use crate::labs::sheet::{self, Notice, Picture, Row, Sheet, Table, Tone};
use crate::labs::{Edits, Moment};
use crate::text::Text;

/// Moves a score.
pub(super) const SCORE: Grip = Grip(0);
/// The maximum is subtracted, the powers are calculated, their sum divides them.
pub(super) const STEPS: u64 = 3;

/// e^a / Σ e^a, with what is between.
struct Way {
    powers: Vec<f64>,
    sum: f64,
    y: Vec<f64>,
}

impl Way {
    fn new(scores: &[f64]) -> Self {
        let powers: Vec<f64> = scores.iter().map(|&a| libm::exp(a)).collect();
        let sum: f64 = powers.iter().sum();
        let y = powers.iter().map(|power| power / sum).collect();
        Self { powers, sum, y }
    }
}

pub(super) fn show(a: &[f64], moment: &Moment) -> Sheet {
    let step = moment.step.min(STEPS);
    let highest = a.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowered: Vec<f64> = a.iter().map(|a| a - highest).collect();
    let (plain, stable) = (Way::new(a), Way::new(&lowered));
    let spelled = |value: f64| Some(significant(value, 8));
    Sheet {
        notices: overflow(a, &plain).filter(|_| step == STEPS).into_iter().collect(),
        numbers: listed([
            number("y", Text::new("Output y", "输出 y"), (step == STEPS).then(|| tuple(&stable.y))),
            number(
                "total",
                Text::new("Sum of y", "y 的总和"),
                spelled(stable.y.iter().sum()).filter(|_| step == STEPS),
            ),
            number("max", Text::new("Largest score c", "最大值 c"), spelled(highest)),
        ]),
        table: Some(table(a, &plain, &lowered, &stable)),
        pictures: vec![
            steps(0, Text::new("As written", "按定义式计算"), ["a", "exp(a)", "y"], a, &plain, step),
            steps(1, Text::new("Stable", "溢出对策"), ["a − c", "exp(a − c)", "y"], &lowered, &stable, step),
            bars("scores", Text::same("a"), 0, a, Some(SCORE), reach(a)),
            bars("outputs", Text::same("y"), 2, &stable.y, None, (0.0, 1.0)),
        ],
    }
}

/// The axis of the scores: one of a few, so that it stays while a bar is dragged.
fn reach(a: &[f64]) -> (f64, f64) {
    let largest = a.iter().fold(0.0, |largest: f64, a| largest.max(a.abs()));
    let reach = [10.0, 100.0].into_iter().find(|&reach| largest <= reach).unwrap_or(SCORES.1);
    (-reach, reach)
}

fn steps(
    index: u32,
    caption: Text,
    names: [&'static str; 3],
    scores: &[f64],
    way: &Way,
    step: u64,
) -> Picture {
    // What is written needs no step; the difference is the first.
    let lines = [(scores, u64::from(index)), (&way.powers, 2), (&way.y, 3)];
    let mut cells = Vec::with_capacity(3 * scores.len());
    for (values, at) in lines {
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        cells.extend(values.iter().enumerate().map(|(score, &value)| {
            let key = Some(Key(score as u32));
            if step < at {
                return Cell { faint: true, key, ..Cell::default() };
            }
            let shade = shade(value, largest, true);
            Cell { words: brief(value), value: Some(value), shade, faint: false, key }
        }));
    }
    let chart = Chart::Matrix(Matrix {
        corner: Text::same(""),
        row_names: names.map(Text::same).to_vec(),
        column_names: categories(scores.len()),
        columns: scores.len().max(1),
        cells,
        frames: Vec::new(),
        grip: None,
    });
    let sum = if step < 2 { String::new() } else { significant(way.sum, 8) };
    let caption = if sum.is_empty() {
        caption
    } else {
        told(format!("{}: Σ = {sum}", caption.en), format!("{}：Σ = {sum}", caption.zh))
    };
    Picture { slot: "steps", key: Some(Key(index)), caption, chart }
}

/// A number that fits its cell: small ones in powers of ten.
fn brief(value: f64) -> String {
    let is_small = value.abs() < 1e-3 && value != 0.0;
    if is_small { format!("{value:.1e}") } else { significant(value, 4) }
}

/// What each score is called.
fn categories(count: usize) -> Vec<Text> {
    (0..count).map(|score| Text::same(category(score))).collect()
}

fn category(score: usize) -> String {
    if score < 4 { name("a", 0, score) } else { format!("a{}", score + 1) }
}

fn bars(
    slot: &'static str,
    label: Text,
    color: u8,
    values: &[f64],
    grip: Option<Grip>,
    range: (f64, f64),
) -> Picture {
    let bars = Bars {
        name: Text::same(""),
        color,
        categories: categories(values.len()),
        values: values.to_vec(),
        grip,
    };
    let x = axis(Text::same(""), crate::chart::Scale::Linear);
    let chart = Chart::Plane(plane(x, fixed(label, range), vec![Mark::Bars(bars)]));
    Picture { slot, key: None, caption: Text::same(""), chart }
}

/// What goes wrong where the formula is calculated as it is written.
fn overflow(a: &[f64], plain: &Way) -> Option<Notice> {
    let highest = a.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let c = significant(highest, 6);
    let (en, zh) = if plain.powers.contains(&f64::INFINITY) {
        (
            format!(
                "As written it overflows: exp({c}) is ∞, and ∞ / ∞ is NaN. With c = {c} subtracted, the largest power is exp(0) = 1."
            ),
            format!(
                "按定义式计算会溢出：exp({c}) 为 ∞，∞ / ∞ 得 NaN。先减去 c = {c}，最大的指数运算只是 exp(0) = 1。"
            ),
        )
    } else if plain.sum.is_infinite() {
        (
            "As written it overflows: the sum of the powers is ∞, so every output is 0.".to_owned(),
            "按定义式计算会溢出：指数之和为 ∞，所有输出都是 0。".to_owned(),
        )
    } else if plain.sum == 0.0 {
        (
            format!(
                "As written it fails: exp({c}) rounds to 0, and 0 / 0 is NaN. With c = {c} subtracted, the largest power is exp(0) = 1."
            ),
            format!(
                "按定义式计算会出错：exp({c}) 舍入为 0，0 / 0 得 NaN。先减去 c = {c}，最大的指数运算是 exp(0) = 1。"
            ),
        )
    } else {
        return None;
    };
    Some(Notice { code: "overflow", tone: Tone::Info, text: told(en, zh), remedies: Vec::new() })
}

fn table(a: &[f64], plain: &Way, lowered: &[f64], stable: &Way) -> Table {
    let columns = ["a", "exp(a)", "exp(a) / Σ", "a − c", "exp(a − c)", "exp(a − c) / Σ"].map(Text::same);
    let row = |(score, &a): (usize, &f64)| {
        let values =
            [a, plain.powers[score], plain.y[score], lowered[score], stable.powers[score], stable.y[score]];
        let cells = std::iter::once(sheet::Cell::Words(Text::same(category(score))));
        Row { key: Some(Key(score as u32)), cells: cells.chain(values.map(sheet::Cell::Number)).collect() }
    };
    let columns = std::iter::once(Text::new("Score", "输入信号")).chain(columns).collect();
    Table { columns, rows: a.iter().enumerate().map(row).collect() }
}

/// The scores with one of them moved.
pub(super) fn drag(a: &[f64], [index, value]: [f64; 2]) -> Edits {
    // A float that is negative or not a number becomes 0.
    let index = (index.round() as usize).min(MOST_SCORES);
    if value.is_nan() || index >= a.len() {
        return Edits::default();
    }
    // A hundredth of a small score, a whole large one.
    let unit = if reach(a).1 > 10.0 { 1.0 } else { 100.0 };
    let value = (value.clamp(SCORES.0, SCORES.1) * unit).round() / unit + 0.0;
    let moved = a.iter().enumerate().map(|(at, a)| if at == index { value } else { *a });
    let words: Vec<_> = moved.map(|a| a.to_string()).collect();
    Edits { settings: vec![("a", words.join(", "))], step: None }
}
