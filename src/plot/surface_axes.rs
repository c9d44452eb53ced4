//! The box round a surface: its ground, its two far walls and the words along three of its edges.

use crate::chart::Surface;

use super::PlotError;
use super::brush::{Align, Brush, Point, Stroke};
use super::span::Span;
use super::surface_view::{Corner, View};
use super::theme::{NORMAL, SMALL, blend};

/// Between an edge and the middle of its tick labels, css px.
const TO_TICKS: f64 = 15.0;
/// Between an edge and the middle of its name, css px.
const TO_NAME: f64 = 34.0;

pub(crate) fn draw(brush: &Brush<'_>, surface: &Surface, view: &View<'_>) -> Result<(), PlotError> {
    let (far_x, far_y) = view.far;
    let (near_x, near_y) = (1.0 - far_x, 1.0 - far_y);
    let theme = brush.theme;
    let faces: [[Corner; 4]; 3] = [
        [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]],
        [[far_x, 0.0, 0.0], [far_x, 1.0, 0.0], [far_x, 1.0, 1.0], [far_x, 0.0, 1.0]],
        [[0.0, far_y, 0.0], [1.0, far_y, 0.0], [1.0, far_y, 1.0], [0.0, far_y, 1.0]],
    ];
    for (face, shade) in faces.iter().zip([0.55, 0.35, 0.2]) {
        let outline: Vec<Point> = face.iter().map(|&corner| (view.seen)(corner)).collect();
        brush.polygon(&outline, blend(theme.background, theme.grid, shade))?;
    }
    let ticks = |span: Span| -> Vec<(f64, String)> {
        let placed = |value: f64| span.fraction(value).unwrap_or(0.0);
        span.readable_ticks(5, false).into_iter().map(|tick| (placed(tick.value), tick.label)).collect()
    };
    let (x, y, z) = (ticks(view.axes.x), ticks(view.axes.y), ticks(view.axes.z));
    let mesh = |from: Corner, corner: Corner, to: Corner| {
        let line = [from, corner, to].map(|corner| (view.seen)(corner));
        brush.path(&line, Stroke { color: blend(theme.grid, theme.axis, 0.35), width: brush.hair() })
    };
    for &(at, _) in &x {
        mesh([at, near_y, 0.0], [at, far_y, 0.0], [at, far_y, 1.0])?;
    }
    for &(at, _) in &y {
        mesh([near_x, at, 0.0], [far_x, at, 0.0], [far_x, at, 1.0])?;
    }
    for &(at, _) in &z {
        mesh([near_x, far_y, at], [far_x, far_y, at], [far_x, near_y, at])?;
    }
    let name = |text: &crate::text::Text| text.in_language(brush.look.language).to_owned();
    edge(brush, view, |at| [at, near_y, 0.0], &x, &name(&surface.x))?;
    // Both lower edges end in the nearest corner; the words of one there are enough.
    let y: Vec<_> = y.into_iter().filter(|(at, _)| (at - near_y).abs() > 0.06).collect();
    edge(brush, view, |at| [near_x, at, 0.0], &y, &name(&surface.y))?;
    // Of the two outer upright edges of the far walls, the one on the left.
    let (one, other) = ((near_x, far_y), (far_x, near_y));
    let left = |corner: (f64, f64)| (view.seen)([corner.0, corner.1, 0.5]).0;
    let (x, y) = if left(one) <= left(other) { one } else { other };
    edge(brush, view, |at| [x, y, at], &z, "")?;
    let (top, words) = ((view.seen)([x, y, 1.0]), name(&surface.z));
    let half = brush.text_width(&words, NORMAL) / 2.0 + 4.0;
    brush.text(&words, (top.0.max(half), (top.1 - 14.0).max(8.0)), Align::Center, NORMAL, theme.text)
}

/// An edge with its ticks and its name, written on the side away from the middle of the box.
fn edge(
    brush: &Brush<'_>,
    view: &View<'_>,
    along: impl Fn(f64) -> Corner,
    ticks: &[(f64, String)],
    name: &str,
) -> Result<(), PlotError> {
    let place = |at: f64| (view.seen)(along(at));
    let (from, to) = (place(0.0), place(1.0));
    let theme = brush.theme;
    brush.path(&[from, to], Stroke { color: theme.axis, width: brush.hair() })?;
    let length = libm::hypot(to.0 - from.0, to.1 - from.1);
    // Seen along its own direction, an edge has room for neither ticks nor name.
    if length < 24.0 {
        return Ok(());
    }
    let (across, down) = ((to.1 - from.1) / length, (from.0 - to.0) / length);
    let middle = (view.seen)([0.5, 0.5, 0.5]);
    let outward = across * (from.0 - middle.0) + down * (from.1 - middle.1);
    let side = if outward >= 0.0 { (across, down) } else { (-across, -down) };
    let beside = |at: f64, distance: f64| {
        let at = place(at);
        (at.0 + side.0 * distance, at.1 + side.1 * distance)
    };
    // Words reach further to the sides than up and down.
    let widest = ticks.iter().map(|(_, label)| brush.text_width(label, SMALL)).fold(0.0, f64::max);
    let reach = side.0.abs() * widest / 2.0;
    let stride = if length / ticks.len().max(1) as f64 > widest.min(22.0) { 1 } else { 2 };
    for (at, label) in ticks.iter().step_by(stride) {
        brush.path(&[place(*at), beside(*at, 4.0)], Stroke { color: theme.axis, width: brush.hair() })?;
        let at = beside(*at, TO_TICKS - 5.0 * side.0.abs() + reach);
        brush.text(label, at, Align::Center, SMALL, theme.faint_text)?;
    }
    let name_reach = side.0.abs() * (widest + brush.text_width(name, NORMAL) / 2.0 - 14.0).max(0.0);
    let (x, y) = beside(0.5, TO_NAME + name_reach);
    let half = brush.text_width(name, NORMAL) / 2.0 + 4.0;
    let x = x.clamp(half, (f64::from(brush.look.width) - half).max(half));
    brush.text(name, (x, y), Align::Center, NORMAL, theme.text)
}
