//! A function of one variable with its tangent and the chord of a difference quotient.

use super::quotients::{self, Kind};
use crate::chart::{Axis, Chart, Grip, Line, Mark, Plane, Scale, Scatter, Symbol};
use crate::labs::parts::{axis, fixed, line, plane};
use crate::order::ascending;
use crate::text::Text;

/// Points of a curve.
const POINTS: usize = 241;
/// Two places of a quotient are drawn where they are at least this share of the plot apart.
const APART: f64 = 0.01;

/// A function and a place on it.
pub(super) struct Cut<'a> {
    pub(super) f: &'a dyn Fn(f64) -> f64,
    /// What its variable is called.
    pub(super) name: &'static str,
    /// The part shown.
    pub(super) range: (f64, f64),
    pub(super) x: f64,
    pub(super) h: f64,
    pub(super) kind: Kind,
    /// The derivative by the rules.
    pub(super) exact: f64,
    /// Moves the place.
    pub(super) grip: Grip,
}

impl Cut<'_> {
    pub(super) fn chart(&self, value_name: &'static str) -> Chart {
        let (low, high) = self.range;
        let value = (self.f)(self.x);
        let points: Vec<_> = (0..POINTS)
            .map(|index| low + (high - low) * index as f64 / (POINTS - 1) as f64)
            .map(|x| [x, (self.f)(x)])
            .collect();
        let heights = heights(points.iter().map(|point| point[1]), value);
        let mut marks = vec![Mark::Line(line(Text::same(value_name), 0, points))];
        let places = self.kind.places(self.x, self.h);
        let found = quotients::double(self.f, self.kind, self.x, self.h);
        let from = [places[0], (self.f)(places[0])];
        // Near enough they lie on each other, and one line says more than two.
        if quotients::error(found, self.exact) > 1e-3 * self.exact.abs().max(1e-3) {
            let name = Text::new("difference quotient", "差商");
            marks.push(Mark::Line(self.straight(name, 1, from, found)));
        }
        marks.push(Mark::Line(self.straight(Text::new("tangent", "切线"), 2, [self.x, value], self.exact)));
        if places[1] - places[0] > APART * (high - low) {
            marks.push(Mark::Scatter(Scatter {
                name: Text::new("its two points", "所用的两点"),
                color: 1,
                points: vec![from, [places[1], (self.f)(places[1])]],
                symbol: Symbol::Dot,
                keys: Vec::new(),
                grip: None,
            }));
        }
        marks.push(handle(Text::same(self.name), [self.x, value], self.grip));
        let y = Axis { range: heights, ..axis(Text::same(value_name), Scale::Linear) };
        let x = fixed(Text::same(self.name), self.range);
        Chart::Plane(Plane { grip: Some(self.grip), ..plane(x, y, marks) })
    }

    /// A straight line through a point, from side to side.
    fn straight(&self, name: Text, color: u8, [x, y]: [f64; 2], slope: f64) -> Line {
        let end = |at: f64| [at, y + slope * (at - x)];
        line(name, color, vec![end(self.range.0), end(self.range.1)])
    }
}

/// A ring that can be moved.
pub(super) fn handle(name: Text, at: [f64; 2], grip: Grip) -> Mark {
    let (points, keys) = (vec![at], Vec::new());
    Mark::Scatter(Scatter { name, color: 3, points, symbol: Symbol::Handle, keys, grip: Some(grip) })
}

/// The heights to be shown: most of them, or a pole would flatten the rest, and the point's.
fn heights(values: impl Iterator<Item = f64>, point: f64) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    ascending(&mut values);
    let last = values.len().checked_sub(1)?;
    let at = |share: f64| values[(share * last as f64).round() as usize];
    let (mut bottom, mut top) = (at(0.02), at(0.98));
    if point.is_finite() {
        (bottom, top) = (bottom.min(point), top.max(point));
    }
    let room = 0.15 * (top - bottom);
    // A function that keeps its height gets the axis of a single value.
    (room > 0.0 && room.is_finite()).then_some((bottom - room, top + room))
}
