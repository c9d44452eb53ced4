//! The ranges of axes that were left open, fitted to what is drawn.

use crate::chart::{Axis, Mark, Plane, Scale};

use super::clip::Area;
use super::span::{LARGEST, Span};

/// A share of the range left free beyond the outermost points.
const HEADROOM: f64 = 0.06;

/// Both axes of a plane in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    pub(crate) x: Span,
    pub(crate) y: Span,
    /// Whether x counts something, so that ticks between whole numbers make no sense.
    pub(crate) whole: bool,
}

/// Lowest and highest of the values seen so far that have a place on the axis.
#[derive(Clone, Copy, Debug)]
struct Extent {
    low: f64,
    high: f64,
    scale: Scale,
    /// Whether the ends need room beyond them.
    room: bool,
    /// Whether there are symbols, which are cut in half at a border.
    symbols: bool,
    /// Whether bars stand on 0.
    grounded: bool,
}

impl Extent {
    fn new(scale: Scale) -> Self {
        Self {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            scale,
            room: false,
            symbols: false,
            grounded: false,
        }
    }

    fn add(&mut self, value: f64) {
        if value.is_finite() && (self.scale == Scale::Linear || value > 0.0) {
            self.low = self.low.min(value.clamp(-LARGEST, LARGEST));
            self.high = self.high.max(value.clamp(-LARGEST, LARGEST));
        }
    }

    fn is_empty(&self) -> bool {
        self.low > self.high
    }
}

/// The axes of a plane: as given, or fitted to every finite point of its marks.
pub(crate) fn plane(plane: &Plane) -> Fit {
    let (mut x, mut y) = (Extent::new(plane.x.scale), Extent::new(plane.y.scale));
    let mut curves = 0;
    let mut whole = true;
    // What runs off a map is clipped.
    let map = is_map(plane);
    for mark in &plane.marks {
        match mark {
            Mark::Contour(grid) => {
                [grid.x.0, grid.x.1].into_iter().for_each(|value| x.add(value));
                [grid.y.0, grid.y.1].into_iter().for_each(|value| y.add(value));
                whole = false;
            }
            _ if map => {}
            Mark::Line(line) => {
                for point in line.points.iter().filter(|point| point.iter().all(|value| value.is_finite())) {
                    x.add(point[0]);
                    y.add(point[1]);
                    whole &= point[0].fract() == 0.0;
                }
                line.band.iter().flatten().for_each(|&value| y.add(value));
                x.room |= line.dots;
                y.symbols |= line.dots;
                x.symbols |= line.dots;
                y.room = true;
                curves += 1;
            }
            Mark::Scatter(scatter) => {
                for point in &scatter.points {
                    x.add(point[0]);
                    y.add(point[1]);
                }
                (x.room, y.room, whole) = (true, true, false);
                (x.symbols, y.symbols) = (true, true);
            }
            Mark::Arrows(arrows) => {
                for [from_x, from_y, by_x, by_y] in arrows {
                    [*from_x, from_x + by_x].into_iter().for_each(|value| x.add(value));
                    [*from_y, from_y + by_y].into_iter().for_each(|value| y.add(value));
                }
                (x.room, y.room, whole) = (true, true, false);
            }
            Mark::Bars(bars) => {
                x.add(-0.6);
                x.add(bars.values.len().max(bars.categories.len()) as f64 - 0.4);
                bars.values.iter().for_each(|&value| y.add(value));
                (y.room, y.grounded) = (true, true);
            }
            Mark::Histogram(histogram) => {
                x.add(histogram.low);
                x.add(histogram.high);
                histogram.counts.iter().for_each(|&value| y.add(value));
                (y.room, y.grounded, whole) = (true, true, false);
            }
        }
    }
    Fit { x: span(&plane.x, x), y: span(&plane.y, y), whole: whole && curves > 0 }
}

/// The range an axis asks for, where it is one.
fn given(axis: &Axis) -> Option<(f64, f64)> {
    let usable = |&(low, high): &(f64, f64)| {
        low.is_finite() && high.is_finite() && low < high && (axis.scale == Scale::Linear || low > 0.0)
    };
    axis.range.filter(usable)
}

/// Whether the marks or the axes leave nothing open: what is shown has a shape of its own.
pub(crate) fn is_fixed(plane: &Plane) -> bool {
    is_map(plane) || (given(&plane.x).is_some() && given(&plane.y).is_some())
}

/// A map shows its whole ground and nothing beyond.
pub(crate) fn is_map(plane: &Plane) -> bool {
    plane.marks.iter().any(|mark| matches!(mark, Mark::Contour(_)))
}

/// Axes on which a unit is as long in both directions, and the part of `room` they take: an open range grows about its
/// middle, a given one leaves room free on both sides. As they were where one axis is logarithmic, or the ranges differ
/// so much that nothing would be seen.
pub(crate) fn equal(plane: &Plane, fit: Fit, room: Area) -> (Fit, Area) {
    const MOST: f64 = 50.0;
    let (across, up) = (fit.x.high() - fit.x.low(), fit.y.high() - fit.y.low());
    // Css px in a unit.
    let unit = (room.width / across).min(room.height / up);
    let apart = (room.width / across) / (room.height / up);
    let linear = fit.x.scale() == Scale::Linear && fit.y.scale() == Scale::Linear;
    if !linear || !unit.is_normal() || !(1.0 / MOST..MOST).contains(&apart) {
        return (fit, room);
    }
    let open = |axis: &Axis| !is_map(plane) && given(axis).is_none();
    // The span, and where it begins and how long it is in css px.
    let along = |axis: &Axis, span: Span, start: f64, length: f64| {
        let size = span.high() - span.low();
        let free = length - size * unit;
        if free <= length * 1e-9 {
            (span, start, length)
        } else if open(axis) {
            let (middle, half) = (span.low() / 2.0 + span.high() / 2.0, length / unit / 2.0);
            (Span::new(middle - half, middle + half, Scale::Linear), start, length)
        } else {
            (span, start + free / 2.0, size * unit)
        }
    };
    let (x, left, width) = along(&plane.x, fit.x, room.left, room.width);
    let (y, top, height) = along(&plane.y, fit.y, room.top, room.height);
    (Fit { x, y, ..fit }, Area { left, top, width, height })
}

/// The span of an axis: its own range where that is one, else the extent with some headroom.
fn span(axis: &Axis, mut extent: Extent) -> Span {
    if let Some((low, high)) = given(axis) {
        return Span::new(low, high, axis.scale);
    }
    if extent.grounded {
        extent.add(0.0);
    }
    if extent.is_empty() {
        return Span::new(f64::NAN, f64::NAN, axis.scale);
    }
    let Extent { low, high, room, .. } = extent;
    if low == high && axis.scale == Scale::Linear && low >= 0.0 {
        // One point so far: of a curve that begins at 0 or 1, or a single height.
        let (low, high) = if room && low > 0.0 { (0.0, low * 1.2) } else { (low, low + low.max(1.0)) };
        return Span::new(low, high, axis.scale);
    }
    let span = Span::new(low, high, axis.scale);
    if !room {
        return span;
    }
    // 0 is worth showing when it is near, and needs no room below when nothing goes there.
    let near_zero = axis.scale == Scale::Linear && low >= 0.0 && low <= 0.35 * high;
    let at_top = axis.scale == Scale::Linear && extent.grounded && high <= 0.0;
    let low = if near_zero && !extent.symbols { 0.0 } else { span.value(-HEADROOM) };
    // Values are written above bars.
    let headroom = if extent.grounded { 2.0 * HEADROOM } else { HEADROOM };
    let high = if at_top { 0.0 } else { span.value(1.0 + headroom) };
    Span::new(low, high, axis.scale)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chart::{Line, Scatter, Symbol};
    use crate::text::Text;

    fn with(marks: Vec<Mark>, scale: Scale) -> Plane {
        let axis = Axis { label: Text::same("x"), scale, range: None };
        Plane { x: axis.clone(), y: axis, marks, equal: false, grip: None }
    }

    fn line(points: Vec<[f64; 2]>) -> Mark {
        Mark::Line(Line { name: Text::same("a"), color: 0, points, band: vec![], dots: false, key: None })
    }

    #[test]
    fn a_loss_curve_stands_on_zero_and_a_high_curve_does_not() {
        let near = plane(&with(vec![line(vec![[0.0, 2.3], [10.0, 0.1]])], Scale::Linear));
        assert_eq!((near.x.low(), near.x.high(), near.y.low()), (0.0, 10.0, 0.0));
        assert!(near.whole && near.y.high() > 2.3);
        let far = plane(&with(vec![line(vec![[0.0, 0.97], [10.5, 0.98]])], Scale::Linear));
        assert!(far.y.low() > 0.9 && !far.whole);
    }

    #[test]
    fn a_range_that_is_none_is_fitted_instead() {
        let mut chart = with(vec![line(vec![[0.0, 1.0], [2.0, 3.0]])], Scale::Log);
        chart.x.range = Some((f64::NAN, 1.0));
        chart.y.range = Some((0.0, 1.0));
        assert!(plane(&chart).x.contains(2.0) && plane(&chart).y.contains(3.0));
    }

    proptest! {
        #[test]
        fn fitted_ranges_hold_every_finite_point(
            points in prop::collection::vec([any::<f64>(), any::<f64>()], 0..20),
            log in any::<bool>(),
            scattered in any::<bool>(),
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let mark = match scattered {
                true => Mark::Scatter(Scatter { name: Text::same(""), color: 0, points: points.clone(), symbol: Symbol::Dot, keys: vec![], grip: None }),
                false => line(points.clone()),
            };
            let fit = plane(&with(vec![mark], scale));
            for span in [fit.x, fit.y] {
                prop_assert!(span.low().is_finite() && span.high().is_finite() && span.low() < span.high());
            }
            let drawable = |value: f64| value.is_finite() && (!log || value > 0.0);
            for [x, y] in points {
                if drawable(x) && drawable(y) {
                    let (x, y) = (fit.x.fraction(x).unwrap(), fit.y.fraction(y).unwrap());
                    for place in [x, y] {
                        prop_assert!((-1e-6..=1.000001).contains(&place), "{place}");
                    }
                }
            }
        }
    }
}
