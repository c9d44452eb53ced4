//! Unconnected points, and the symbols of all points.

use crate::chart::{Scatter, Symbol};

use super::PlotError;
use super::brush::{Brush, Point, Stroke};
use super::frame::PlaneFrame;
use super::theme::Color;

pub(crate) fn draw(brush: &Brush<'_>, frame: &PlaneFrame, scatter: &Scatter) -> Result<(), PlotError> {
    for &[x, y] in &scatter.points {
        // A handle at the border stays within reach of the pointer.
        if let Some(at) = frame.pixel_of(x, y).filter(|&at| frame.area.shrunk(-0.5).contains(at)) {
            symbol(brush, at, scatter.symbol, scatter.color)?;
        }
    }
    Ok(())
}

/// Draws the points that are pointed at once more, on top, with a ring around each.
pub(crate) fn lit(brush: &Brush<'_>, frame: &PlaneFrame, scatter: &Scatter) -> Result<(), PlotError> {
    let Some(key) = brush.look.highlight else { return Ok(()) };
    let lit = scatter.points.iter().zip(&scatter.keys).filter(|(_, own)| **own == key);
    for (&[x, y], _) in lit {
        if let Some(at) = frame.pixel_of(x, y).filter(|&at| frame.area.shrunk(-0.5).contains(at)) {
            let radius = if scatter.symbol == Symbol::Handle { 11.0 } else { 7.0 };
            brush.disc(at, radius + 1.0, brush.theme.background)?;
            brush.ring(at, radius, Stroke { color: brush.theme.text, width: 2.0 })?;
            symbol(brush, at, scatter.symbol, scatter.color)?;
        }
    }
    Ok(())
}

/// One symbol.
pub(crate) fn symbol(brush: &Brush<'_>, at: Point, symbol: Symbol, index: u8) -> Result<(), PlotError> {
    let color = brush.theme.series(index);
    match symbol {
        Symbol::Dot => dot(brush, at, 3.6, index),
        Symbol::Handle => {
            brush.disc(at, 8.0, brush.theme.background)?;
            brush.ring(at, 7.0, Stroke { color, width: 2.4 })?;
            brush.disc(at, 2.4, color)
        }
        Symbol::Cross => {
            for (width, color) in [(4.6, brush.theme.background), (2.2, color)] {
                for (dx, dy) in [(4.5, 4.5), (4.5, -4.5)] {
                    let ends = [(at.0 - dx, at.1 - dy), (at.0 + dx, at.1 + dy)];
                    brush.path(&ends, Stroke { color, width })?;
                }
            }
            Ok(())
        }
    }
}

/// A filled point: a disc, square, triangle or diamond, so that series can be told apart without their colours.
pub(crate) fn dot(brush: &Brush<'_>, at: Point, radius: f64, index: u8) -> Result<(), PlotError> {
    dot_of(brush, at, radius, index, brush.theme.series(index))
}

/// The point of a series in another colour than its own.
pub(crate) fn dot_of(
    brush: &Brush<'_>,
    (x, y): Point,
    radius: f64,
    index: u8,
    color: Color,
) -> Result<(), PlotError> {
    let corners = |corners: &[Point]| -> Vec<Point> {
        corners.iter().map(|&(dx, dy)| (x + dx * radius, y + dy * radius)).collect()
    };
    match index % 5 {
        0 => brush.disc((x, y), radius, color),
        1 => brush.polygon(&corners(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]), color),
        2 => brush.polygon(&corners(&[(0.0, -1.25), (1.15, 0.85), (-1.15, 0.85)]), color),
        3 => brush.polygon(&corners(&[(0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)]), color),
        _ => brush.polygon(&corners(&[(0.0, 1.25), (1.15, -0.85), (-1.15, -0.85)]), color),
    }
}
