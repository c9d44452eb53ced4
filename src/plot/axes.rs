//! The mesh, the ticks and the names of both axes.

use crate::chart::{Axis, Mark, Plane};

use super::PlotError;
use super::brush::{Align, Brush, Stroke};
use super::clip::Area;
use super::frame::{self, Layout, TICK_GAP};
use super::theme::{NORMAL, SMALL};

/// What lies under the marks.
pub(crate) fn mesh(brush: &Brush<'_>, layout: &Layout, plane: &Plane) -> Result<(), PlotError> {
    let frame = &layout.frame;
    let Area { left, top, .. } = frame.area;
    let (right, bottom) = (frame.area.right(), frame.area.bottom());
    let theme = brush.theme;
    for tick in &layout.y_ticks {
        if let Some((_, y)) = frame.pixel_of(frame.x.low(), tick.value) {
            brush.hairline((left, y), (right, y), theme.grid)?;
        }
    }
    // Bars and bins stand on their own ticks: upright lines would only cut them.
    let upright = !plane.marks.iter().any(|mark| matches!(mark, Mark::Bars(_) | Mark::Histogram(_)));
    for tick in layout.x_ticks.iter().filter(|_| upright) {
        if let Some((x, _)) = frame.pixel_of(tick.value, frame.y.low()) {
            brush.hairline((x, top), (x, bottom), theme.grid)?;
        }
    }
    if frame::has_zero_inside(frame.x)
        && upright
        && let Some((x, _)) = frame.pixel_of(0.0, frame.y.low())
    {
        brush.hairline((x, top), (x, bottom), theme.axis)?;
    }
    if frame::has_zero_inside(frame.y)
        && let Some((_, y)) = frame.pixel_of(frame.x.low(), 0.0)
    {
        brush.hairline((left, y), (right, y), theme.axis)?;
    }
    Ok(())
}

/// What lies over the marks: the border, ticks and words.
pub(crate) fn border(brush: &Brush<'_>, layout: &Layout, plane: &Plane) -> Result<(), PlotError> {
    let frame = &layout.frame;
    let area = frame.area;
    let theme = brush.theme;
    let map = plane.marks.iter().any(|mark| matches!(mark, Mark::Contour(_)));
    if map {
        brush.frame(area, Stroke { color: theme.axis, width: brush.hair() })?;
    } else {
        brush.hairline((area.left, area.bottom()), (area.right(), area.bottom()), theme.axis)?;
        brush.hairline((area.left, area.top), (area.left, area.bottom()), theme.axis)?;
    }
    for tick in &layout.y_ticks {
        if let Some((_, y)) = frame.pixel_of(frame.x.low(), tick.value) {
            let at = (area.left - TICK_GAP, y);
            brush.hairline((area.left - 3.0, y), (area.left, y), theme.axis)?;
            brush.text(&tick.label, at, Align::Right, SMALL, theme.faint_text)?;
        }
    }
    let slot = match frame::categories(plane) {
        Some(_) => area.width / (frame.x.high() - frame.x.low()),
        None => f64::INFINITY,
    };
    let stride = layout.x_ticks.get(1).map_or(1.0, |second| second.value - layout.x_ticks[0].value).max(1.0);
    for tick in &layout.x_ticks {
        if let Some((x, _)) = frame.pixel_of(tick.value, frame.y.low()) {
            if slot.is_infinite() {
                brush.hairline((x, area.bottom()), (x, area.bottom() + 3.0), theme.axis)?;
            }
            let at = (x, area.bottom() + TICK_GAP + SMALL * 0.6);
            let words = match slot.is_finite() {
                true => brush.fitted(&tick.label, SMALL, slot * stride - 4.0),
                false => tick.label.clone(),
            };
            brush.text(&words, at, Align::Center, SMALL, theme.faint_text)?;
        }
    }
    let named = |axis: &Axis| axis.label.in_language(brush.look.language).to_owned();
    let room = f64::from(brush.look.width) - 8.0;
    if let Some(at) = layout.y_label {
        let words = brush.fitted(&named(&plane.y), NORMAL, room);
        brush.text(&words, at, Align::Left, NORMAL, theme.text)?;
    }
    if let Some(y) = layout.x_label {
        let words = brush.fitted(&named(&plane.x), NORMAL, room);
        if layout.inside {
            return brush.text(&words, (area.right() - 5.0, y), Align::Right, NORMAL, theme.text);
        }
        let half = brush.text_width(&words, NORMAL) / 2.0;
        let x = (area.left + area.width / 2.0).clamp(half + 4.0, (room + 4.0 - half).max(half + 4.0));
        brush.text(&words, (x, y), Align::Center, NORMAL, theme.text)?;
    }
    Ok(())
}
