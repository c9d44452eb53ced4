//! Bars from 0, one for each category; the bars of several series stand side by side.

use crate::chart::{Bars, Mark};

use super::PlotError;
use super::brush::{Align, Brush};
use super::clip::Area;
use super::frame::PlaneFrame;
use super::number;
use super::theme::SMALL;

/// The share of a category's room that its bars fill.
const FILLED: f64 = 0.76;

pub(crate) fn draw(
    brush: &Brush<'_>,
    frame: &PlaneFrame,
    bars: &Bars,
    marks: &[Mark],
) -> Result<(), PlotError> {
    let (_, lanes) = lane(bars, marks);
    let color = brush.theme.series(bars.color);
    let ground = frame.ground();
    let room = frame.area.width / (frame.x.high() - frame.x.low());
    let decimals = if lanes == 1 { decimals(brush, &bars.values, room) } else { None };
    for (index, &value) in bars.values.iter().enumerate() {
        let (low, high) = edges(bars, marks, index);
        let corner = |x: f64| frame.pixel_of(x, value);
        let (Some((left, top)), Some((right, _))) = (corner(low), corner(high)) else {
            continue;
        };
        let (top, bottom) = (top.min(ground), top.max(ground));
        let bar = Area { left, top, width: right - left, height: bottom - top }.intersection(&frame.area);
        brush.rectangle(bar, color)?;
        if let Some(decimals) = decimals.filter(|_| value.is_finite() && bar.top - SMALL >= frame.area.top) {
            let at = ((left + right) / 2.0, bar.top - SMALL * 0.7);
            brush.text(&short(value, decimals), at, Align::Center, SMALL, brush.theme.text)?;
        }
    }
    Ok(())
}

/// Where bar `index` begins and ends along the axis of categories.
pub(crate) fn edges(bars: &Bars, marks: &[Mark], index: usize) -> (f64, f64) {
    let (lane, lanes) = lane(bars, marks);
    let width = FILLED / lanes as f64;
    let gap = if lanes > 1 { width * 0.08 } else { 0.0 };
    let low = index as f64 - FILLED / 2.0 + lane as f64 * width;
    (low + gap, low + width - gap)
}

/// Which of the plane's bars these are, and how many there are.
fn lane(bars: &Bars, marks: &[Mark]) -> (usize, usize) {
    let all: Vec<&Bars> =
        marks.iter().filter_map(|mark| if let Mark::Bars(bars) = mark { Some(bars) } else { None }).collect();
    let lane = all.iter().position(|other| std::ptr::eq(*other, bars)).unwrap_or(0);
    (lane, all.len().max(1))
}

/// With how many decimals the values fit above their bars, each in `room` css px. `None` when with none.
fn decimals(brush: &Brush<'_>, values: &[f64], room: f64) -> Option<usize> {
    let fits = |&decimals: &usize| {
        values.iter().all(|&value| brush.text_width(&short(value, decimals), SMALL) + 4.0 <= room)
    };
    // Values that differ only in what is left out would look the same.
    [3, 2].into_iter().find(fits).filter(|_| values.iter().all(|&value| value >= 0.0 || value.is_nan()))
}

/// A value in the little room above its bar.
fn short(value: f64, decimals: usize) -> String {
    let unit = number::ten_to(decimals as i32);
    match value.abs() {
        ..100.0 => number::exact((value * unit).round() / unit),
        100.0..1e5 => number::exact(value.round()),
        _ => number::power(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_above_bars_are_short() {
        let cases = [(0.0, "0"), (0.12345, "0.123"), (2.34567, "2.346"), (1234.5, "1235"), (2.5e7, "2.5e7")];
        for (value, expected) in cases {
            assert_eq!(short(value, 3), expected);
        }
        assert_eq!(short(0.002, 2), "0");
    }
}
