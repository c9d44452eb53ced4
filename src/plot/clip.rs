//! Keeping what is drawn inside a rectangle.

/// A place in css pixels from the upper left corner.
pub(crate) type Point = (f64, f64);

/// A rectangle in css pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// The x of its left side.
    pub left: f64,
    /// The y of its upper side.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

impl Area {
    /// The x of its right side.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The y of its lower side.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Whether a place lies within it or on its border.
    pub fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right()).contains(&x) && (self.top..=self.bottom()).contains(&y)
    }

    /// The rectangle with each side moved inwards by `margin` (outwards when negative).
    pub(crate) fn shrunk(&self, margin: f64) -> Self {
        Self {
            left: self.left + margin,
            top: self.top + margin,
            width: self.width - 2.0 * margin,
            height: self.height - 2.0 * margin,
        }
    }

    /// What two rectangles share; of no size when they share nothing.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        Self { left, top, width: (right - left).max(0.0), height: (bottom - top).max(0.0) }
    }
}

/// The part of a straight line inside the area (Liang and Barsky, 1984).
pub(crate) fn segment(area: &Area, from: Point, to: Point) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    let sides = [
        (-dx, from.0 - area.left),
        (dx, area.right() - from.0),
        (-dy, from.1 - area.top),
        (dy, area.bottom() - from.1),
    ];
    for (speed, distance) in sides {
        if speed == 0.0 {
            if distance < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            enter = enter.max(distance / speed);
        } else {
            leave = leave.min(distance / speed);
        }
    }
    let at = |share: f64| (from.0 + share * dx, from.1 + share * dy);
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// The parts of a line through points that lie inside the area.
pub(crate) fn path(area: &Area, points: &[Point]) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = segment(area, pair[0], pair[1]) else { continue };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// The part of a filled area inside the rectangle (Sutherland and Hodgman, 1974).
pub(crate) fn polygon(area: &Area, points: &[Point]) -> Vec<Point> {
    let across = |bound: f64, a: Point, b: Point| (bound, a.1 + (b.1 - a.1) * (bound - a.0) / (b.0 - a.0));
    let down = |bound: f64, a: Point, b: Point| (a.0 + (b.0 - a.0) * (bound - a.1) / (b.1 - a.1), bound);
    let (left, right, top, bottom) = (area.left, area.right(), area.top, area.bottom());
    let cut = half(points, |p| p.0 >= left, |a, b| across(left, a, b));
    let cut = half(&cut, |p| p.0 <= right, |a, b| across(right, a, b));
    let cut = half(&cut, |p| p.1 >= top, |a, b| down(top, a, b));
    half(&cut, |p| p.1 <= bottom, |a, b| down(bottom, a, b))
}

fn half(
    points: &[Point],
    inside: impl Fn(Point) -> bool,
    cross: impl Fn(Point, Point) -> Point,
) -> Vec<Point> {
    let mut kept = Vec::with_capacity(points.len() + 4);
    for (index, &point) in points.iter().enumerate() {
        let before = points[if index == 0 { points.len() - 1 } else { index - 1 }];
        if inside(point) != inside(before) {
            kept.push(cross(before, point));
        }
        if inside(point) {
            kept.push(point);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area { left: 10.0, top: 10.0, width: 80.0, height: 40.0 };

    #[test]
    fn a_line_leaves_and_comes_back() {
        let pieces = path(&AREA, &[(0.0, 20.0), (50.0, 20.0), (50.0, 1e6), (60.0, 1e6), (60.0, 30.0)]);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0], [(10.0, 20.0), (50.0, 20.0), (50.0, 50.0)]);
        assert!(pieces.iter().flatten().all(|&point| AREA.shrunk(-1e-6).contains(point)));
    }

    #[test]
    fn a_polygon_is_cut_at_the_border() {
        let cut = polygon(&AREA, &[(-100.0, -100.0), (200.0, -100.0), (200.0, 200.0), (-100.0, 200.0)]);
        assert_eq!(cut.len(), 4);
        assert!(cut.iter().all(|&point| AREA.contains(point)));
        assert!(polygon(&AREA, &[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]).is_empty());
        assert!(polygon(&AREA, &[]).is_empty());
    }
}
