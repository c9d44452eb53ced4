//! The box that a surface is drawn in, and how it is seen.

use crate::chart::{Scale, Surface};

use super::brush::Point;
use super::contour;
use super::span::Span;

/// The three axes of a surface.
#[derive(Debug)]
pub(crate) struct Axes {
    pub(crate) x: Span,
    pub(crate) y: Span,
    pub(crate) z: Span,
}

/// A point of the box the surface is drawn in: x, y and height, each from 0 to 1. All drawing happens there, so no
/// value is too large for it.
pub(crate) type Corner = [f64; 3];

/// The box as it is seen.
pub(crate) struct View<'a> {
    pub(crate) axes: Axes,
    /// Where a point of the box is seen, css px.
    pub(crate) seen: &'a dyn Fn(Corner) -> Point,
    /// The corner of the ground that is furthest away, x and y either 0 or 1.
    pub(crate) far: (f64, f64),
}

impl Axes {
    pub(crate) fn of(surface: &Surface) -> Option<Self> {
        let grid = &surface.grid;
        if !contour::is_grid(grid) {
            return None;
        }
        let finite = grid.values.iter().copied().filter(|value| value.is_finite()).map(f64::from);
        let (low, high) = finite
            .fold((f64::INFINITY, f64::NEG_INFINITY), |ends, value| (ends.0.min(value), ends.1.max(value)));
        let axis = |(low, high): (f64, f64)| Span::new(low, high, Scale::Linear);
        Some(Self {
            x: axis(grid.x),
            y: axis(grid.y),
            z: axis(if low <= high { (low, high) } else { (0.0, 1.0) }),
        })
    }

    /// The place of a point in the box; `None` outside its ground.
    pub(crate) fn place(&self, [x, y, z]: [f64; 3]) -> Option<Corner> {
        let on_ground = |place: &f64| (-1e-6..=1.0 + 1e-6).contains(place);
        let (x, y) = (self.x.fraction(x).filter(on_ground)?, self.y.fraction(y).filter(on_ground)?);
        Some([x, y, self.z.fraction(z)?.clamp(0.0, 1.0)])
    }
}
