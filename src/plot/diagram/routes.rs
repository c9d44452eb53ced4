//! The lines of edges: straight where nothing stands between, else in a bow.

use crate::chart::Diagram;

use super::super::brush::Point;
use super::super::clip::{self, Area};
use super::layout::{Layout, NodePlace};

/// Corners of a bow.
const CORNERS: usize = 18;
/// Between a node and the end of a line, css px.
const GAP: f64 = 1.5;
/// More edges than this are not compared with all nodes.
const MOST: usize = 600;

/// The line of an edge in css pixels, from the border of one node to that of the other; empty for an edge that joins
/// nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Route {
    pub(crate) points: Vec<Point>,
    /// The length up to each point.
    lengths: Vec<f64>,
    /// The upper left and the lower right corner around it.
    bounds: (Point, Point),
}

impl Route {
    pub(crate) fn new(points: Vec<Point>) -> Self {
        let mut lengths = Vec::with_capacity(points.len());
        let mut length = 0.0;
        for (index, point) in points.iter().enumerate() {
            if let Some(before) = index.checked_sub(1).and_then(|before| points.get(before)) {
                length += libm::hypot(point.0 - before.0, point.1 - before.1);
            }
            lengths.push(length);
        }
        let corner = |axis: fn(&Point) -> f64, of: fn(f64, f64) -> f64| points.iter().map(axis).reduce(of);
        let [left, right] = [f64::min, f64::max].map(|of| corner(|point| point.0, of).unwrap_or(f64::NAN));
        let [top, bottom] = [f64::min, f64::max].map(|of| corner(|point| point.1, of).unwrap_or(f64::NAN));
        Self { points, lengths, bounds: ((left, top), (right, bottom)) }
    }

    /// How long it is, css px.
    pub(crate) fn length(&self) -> f64 {
        self.lengths.last().copied().unwrap_or(0.0)
    }

    /// The place at a share of the length, and the direction there, of length 1.
    pub(crate) fn at(&self, share: f64) -> Option<(Point, Point)> {
        let wanted = share.clamp(0.0, 1.0) * self.length();
        let end = self.lengths.iter().position(|&length| length >= wanted)?.max(1);
        let (from, to) = (*self.points.get(end - 1)?, *self.points.get(end)?);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let piece = libm::hypot(dx, dy);
        if piece < 1e-9 {
            return None;
        }
        let along = (wanted - self.lengths[end - 1]) / piece;
        Some(((from.0 + dx * along, from.1 + dy * along), (dx / piece, dy / piece)))
    }

    /// Whether it runs through a rectangle.
    pub(crate) fn meets(&self, area: &Area) -> bool {
        let ((left, top), (right, bottom)) = self.bounds;
        let near = left <= area.right() && right >= area.left && top <= area.bottom() && bottom >= area.top;
        near && self.points.windows(2).any(|pair| clip::segment(area, pair[0], pair[1]).is_some())
    }

    /// The distance of a place from it, css px.
    pub(crate) fn distance(&self, place: Point) -> f64 {
        let to_piece = |pair: &[Point]| {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let share = ((place.0 - from.0) * dx + (place.1 - from.1) * dy) / (dx * dx + dy * dy).max(1e-9);
            let share = share.clamp(0.0, 1.0);
            libm::hypot(place.0 - from.0 - dx * share, place.1 - from.1 - dy * share)
        };
        self.points.windows(2).map(to_piece).fold(f64::INFINITY, f64::min)
    }

    /// The same line `by` css px to the left of its direction, without its ends.
    pub(crate) fn beside(&self, by: f64, ends: f64) -> Vec<Point> {
        let length = self.length();
        if length <= 2.0 * ends {
            return Vec::new();
        }
        let inner = (1..CORNERS).map(|corner| corner as f64 / CORNERS as f64);
        let straight = self.points.len() == 2;
        let shares = inner.filter(|_| !straight).map(|share| (ends + (length - 2.0 * ends) * share) / length);
        let shares = std::iter::once(ends / length).chain(shares).chain([1.0 - ends / length]);
        shares
            .filter_map(|share| self.at(share))
            .map(|((x, y), (dx, dy))| (x + dy * by, y - dx * by))
            .collect()
    }
}

/// The line of every edge.
pub(crate) fn routes(diagram: &Diagram, layout: &Layout, area: Area) -> Vec<Route> {
    let few = diagram.edges.len() <= MOST;
    diagram
        .edges
        .iter()
        .map(|edge| route(layout, area, edge.from, edge.to, few).unwrap_or_default())
        .collect()
}

fn route(layout: &Layout, area: Area, from: usize, to: usize, compare: bool) -> Option<Route> {
    let (start, end) = (layout.nodes.get(from)?, layout.nodes.get(to)?);
    if from == to {
        return None;
    }
    let anchors = (start.anchor(end.center, layout.down), end.anchor(start.center, layout.down));
    let leave = |node: &NodePlace, anchor: Point, toward: Point| {
        if anchor == node.center { node.border(toward, GAP) } else { anchor }
    };
    let straight = Route::new(vec![leave(start, anchors.0, anchors.1), leave(end, anchors.1, anchors.0)]);
    // Nodes and notes that a line runs through.
    let others = || (0..layout.nodes.len()).filter(|&index| index != from && index != to);
    let nodes = |route: &Route| others().filter(|&index| route.meets(&layout.nodes[index].area())).count();
    let notes = |route: &Route| {
        others().filter_map(|index| layout.notes[index]).filter(|area| route.meets(area)).count()
    };
    // Edges between neighbouring layers are always straight: in a dense network, bows would be read as something else.
    let apart = (end.center.0 - start.center.0, end.center.1 - start.center.1);
    let (along, pitch) = if layout.down { (apart.1, layout.pitch.1) } else { (apart.0, layout.pitch.0) };
    let neighbours = (0.5..1.5).contains(&(along.abs() / pitch));
    if !compare || neighbours || nodes(&straight) == 0 {
        return Some(straight);
    }
    // A bow to one side: its middle lies beside the nodes in between.
    let bow = |by: f64| {
        let (from, to) = (start.center, end.center);
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = libm::hypot(dx, dy).max(1e-9);
        let bend = (middle.0 + 2.0 * by * dy / length, middle.1 - 2.0 * by * dx / length);
        let (from, to) = (start.border(bend, GAP), end.border(bend, GAP));
        let point = |corner: usize| {
            let share = corner as f64 / CORNERS as f64;
            let rest = 1.0 - share;
            let weights = [rest * rest, 2.0 * share * rest, share * share];
            let mix = |a: f64, b: f64, c: f64| weights[0] * a + weights[1] * b + weights[2] * c;
            (mix(from.0, bend.0, to.0), mix(from.1, bend.1, to.1))
        };
        Route::new((0..=CORNERS).map(point).collect())
    };
    let step = if layout.down { layout.pitch.0 } else { layout.pitch.1 }.max(20.0);
    let bows = [0.6, -0.6, 0.85, -0.85, 1.2, -1.2].map(|share| bow(share * step));
    let inside = |route: &Route| route.points.iter().all(|&point| area.contains(point));
    let best = bows.into_iter().filter(inside).min_by_key(|bow| (nodes(bow), notes(bow)));
    Some(match best {
        Some(bow) if nodes(&bow) < nodes(&straight) => bow,
        _ => straight,
    })
}

/// Whether two lines that share no node cross each other: then numbers beside a line could belong to either.
pub(crate) fn is_dense(diagram: &Diagram, routes: &[Route]) -> bool {
    if routes.len() > MOST {
        return true;
    }
    let side = |a: Point, b: Point, c: Point| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    let cross = |one: &Route, other: &Route| {
        let ([a, b], [c, d]) = (&one.points[..], &other.points[..]) else { return false };
        side(*a, *b, *c) * side(*a, *b, *d) < 0.0 && side(*c, *d, *a) * side(*c, *d, *b) < 0.0
    };
    (0..routes.len()).any(|index| {
        let edge = &diagram.edges[index];
        (0..index).any(|before| {
            let other = &diagram.edges[before];
            edge.from != other.from && edge.to != other.to && cross(&routes[index], &routes[before])
        })
    })
}
