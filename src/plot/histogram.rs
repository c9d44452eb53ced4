//! Counts of values in equal bins.

use crate::chart::Histogram;

use super::brush::{Brush, Point, Stroke};
use super::frame::PlaneFrame;
use super::theme::{self, faded};
use super::{PlotError, clip, dash};

pub(crate) fn draw(brush: &Brush<'_>, frame: &PlaneFrame, histogram: &Histogram) -> Result<(), PlotError> {
    let color = brush.theme.series(histogram.color);
    let ground = frame.ground();
    let mut outline: Vec<Point> = Vec::new();
    for (index, &count) in histogram.counts.iter().enumerate() {
        let (low, high) = bin(histogram, index);
        // A bin that cannot be drawn (a count of 0 on a logarithmic axis) is an empty one.
        let (Some((left, _)), Some((right, _))) =
            (frame.pixel_of(low, frame.y.low()), frame.pixel_of(high, frame.y.low()))
        else {
            continue;
        };
        let top = frame.pixel_of(low, count).map_or(ground, |place| place.1).min(ground);
        if outline.is_empty() {
            outline.push((left, ground));
        }
        outline.extend([(left, top), (right, top)]);
    }
    if let Some(last) = outline.last().copied() {
        outline.push((last.0, ground));
    }
    // One area, not a bar for each bin: between bars of half opacity there would be seams.
    brush.polygon(&clip::polygon(&frame.area, &outline), faded(color, 0.55))?;
    // The outline's dashes tell histograms apart that lie over each other.
    for dash in dash::dashes(clip::path(&frame.area.shrunk(-0.5), &outline), theme::dash(histogram.color)) {
        brush.path(&dash, Stroke { color, width: 1.2 })?;
    }
    Ok(())
}

/// The edges of a bin.
pub(crate) fn bin(histogram: &Histogram, index: usize) -> (f64, f64) {
    let edge = |index: usize| {
        let share = index as f64 / histogram.counts.len().max(1) as f64;
        histogram.low * (1.0 - share) + histogram.high * share
    };
    (edge(index), edge(index + 1))
}
