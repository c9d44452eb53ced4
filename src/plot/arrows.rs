//! Arrows such as −gradient.

use super::brush::{Brush, Stroke};
use super::frame::PlaneFrame;
use super::{PlotError, clip};

/// Length of the head, css px.
const HEAD: f64 = 5.0;

pub(crate) fn draw(brush: &Brush<'_>, frame: &PlaneFrame, arrows: &[[f64; 4]]) -> Result<(), PlotError> {
    let color = brush.theme.arrow;
    for &[x, y, dx, dy] in arrows {
        let (Some(from), Some(to)) = (frame.pixel_of(x, y), frame.pixel_of(x + dx, y + dy)) else { continue };
        if !frame.area.contains(from) {
            continue;
        }
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let length = libm::hypot(across, down);
        if length < 1.5 {
            // Too short to have a direction: still there, as a dot.
            brush.disc(from, 0.9, color)?;
            continue;
        }
        let (across, down) = (across / length, down / length);
        let head = HEAD.min(length * 0.6);
        let neck = (to.0 - across * head * 0.8, to.1 - down * head * 0.8);
        if let Some((from, to)) = clip::segment(&frame.area, from, neck) {
            brush.path(&[from, to], Stroke { color, width: 1.2 })?;
        }
        let back = (to.0 - across * head, to.1 - down * head);
        let side = (-down * head * 0.42, across * head * 0.42);
        let corners = [to, (back.0 + side.0, back.1 + side.1), (back.0 - side.0, back.1 - side.1)];
        brush.polygon(&clip::polygon(&frame.area, &corners), color)?;
    }
    Ok(())
}
