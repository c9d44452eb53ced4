//! Where the numbers of edges stand: off the nodes and off each other.

use crate::chart::{Diagram, Key, Tone};
use crate::order::smallest_first;

use super::super::brush::Point;
use super::super::clip::Area;
use super::layout::{Layout, Measure, NodePlace};
use super::routes::Route;

/// Between a line and a number beside it, css px.
const OFF: f64 = 2.0;
/// Between the line of an edge and the line of its backward pass, css px.
pub(crate) const APART: f64 = 5.0;
/// What a number may share with nodes and other numbers, as a part of its own area; a number that would share more is
/// left out, for it could not be read. The read-out still tells it.
const MOST_SHARED: f64 = 0.3;
/// About as many places are tried for all numbers together.
const TRIES: usize = 2500;
/// At least as many are tried for each edge.
const FEWEST: usize = 3;
/// More edges than this have no numbers: there is no room for so many.
const MOST_NUMBERED: usize = 250;
/// With more edges than this, numbers are not kept off the lines of others.
const MOST_LINES: usize = 120;

/// Where the numbers of one edge stand; none where it has none, or no room for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) forward: Option<Area>,
    pub(crate) backward: Option<Area>,
}

/// Places the numbers of all edges: in a dense diagram on the lines, as only there it is clear whose they are, at
/// different distances along them; else the forward one above the line and the backward one below.
pub(crate) fn place(
    diagram: &Diagram,
    layout: &Layout,
    routes: &[Route],
    dense: bool,
    area: Area,
    highlight: Option<Key>,
    measure: Measure<'_>,
) -> Vec<Numbers> {
    let numbered = |index: usize| {
        let edge = &diagram.edges[index];
        !edge.forward.is_empty() || !edge.backward.is_empty()
    };
    // Short lines leave the least choice. What is active or pointed at does not come first: numbers would move with it.
    let mut order = smallest_first(routes.len(), |index| routes[index].length());
    order.retain(|&index| numbered(index));
    order.truncate(MOST_NUMBERED);
    let tries = (TRIES / order.len().max(1)).clamp(FEWEST, 17);
    let blocked = layout.nodes.iter().map(NodePlace::area).chain(layout.notes.iter().copied().flatten());
    let mut taken = Taken::new(area);
    blocked.for_each(|area| taken.add(area));
    // Lines from pictures and bars come together in one answer: nearer to where they begin they are further apart.
    let converge = diagram.nodes.iter().any(|node| node.level.is_some());
    let middle = if converge { 0.3 } else { 0.5 };
    let scene = Scene { diagram, layout, routes, dense, area, middle, compare: routes.len() <= MOST_LINES };
    let mut placed = vec![Numbers::default(); routes.len()];
    for index in order {
        let Some((numbers, shared)) = scene.best(index, tries, &taken, measure) else { continue };
        if shared <= MOST_SHARED {
            [numbers.forward, numbers.backward].into_iter().flatten().for_each(|area| taken.add(area));
            placed[index] = numbers;
        }
    }
    // Numbers that matter just now stand over others where nothing is free; no other number moves for them.
    for index in (0..routes.len()).filter(|&index| numbered(index)) {
        let edge = &diagram.edges[index];
        let lit = highlight.is_some() && edge.key == highlight;
        if (lit || edge.tone == Tone::Active) && placed[index] == Numbers::default() {
            let best = scene.best(index, FEWEST, &taken, measure);
            placed[index] = best.map_or_else(Numbers::default, |(numbers, _)| numbers);
        }
    }
    placed
}

struct Scene<'a> {
    diagram: &'a Diagram,
    layout: &'a Layout,
    routes: &'a [Route],
    dense: bool,
    area: Area,
    /// The share of a line at which its number stands best.
    middle: f64,
    /// Whether numbers are kept off the lines of other edges.
    compare: bool,
}

impl Scene<'_> {
    /// The best place for the numbers of an edge, and what share of them is covered there.
    fn best(
        &self,
        index: usize,
        tries: usize,
        taken: &Taken,
        measure: Measure<'_>,
    ) -> Option<(Numbers, f64)> {
        let edge = &self.diagram.edges[index];
        let size = self.layout.label;
        let box_of = |words: &str| {
            let width = measure(words, size);
            (width > 0.0).then_some((width + 3.0, size + 1.0))
        };
        let sizes = [box_of(&edge.forward), box_of(&edge.backward)];
        let mut best: Option<(Numbers, f64, f64)> = None;
        for step in 0..tries {
            // The best place, then to both sides in turn.
            let side = if step % 2 == 0 { 1.0 } else { -1.0 };
            let share = self.middle + side * step.div_ceil(2) as f64 / tries as f64 * 0.8;
            let Some((place, direction)) = self.routes[index].at(share) else { continue };
            let numbers =
                if self.dense { self.on(place, sizes) } else { self.beside(place, direction, sizes) };
            let (mut shared, mut crossed) = (0.0, 0.0);
            for area in [numbers.forward, numbers.backward].into_iter().flatten() {
                shared += taken.shared(&area);
            }
            // The room for a number that is still to come is kept free, so that this one need not move then.
            if let Some(area) = self.to_come(place, direction, sizes) {
                shared += taken.shared(&area);
            }
            let off = (share - self.middle).abs() * if self.dense { 0.4 } else { 4.0 };
            // Lines are looked at only where the rest is good enough.
            if self.compare && best.is_none_or(|(_, _, lowest)| shared * 100.0 + off < lowest) {
                for area in [numbers.forward, numbers.backward].into_iter().flatten() {
                    crossed += self.crossed(&area, index);
                }
            }
            // Nearer the middle is better, off other lines is better still, off other words is best.
            let cost = shared * 100.0 + crossed * 0.6 + off;
            if best.is_none_or(|(_, _, lowest)| cost < lowest) {
                best = Some((numbers, shared, cost));
            }
        }
        best.map(|(numbers, shared, _)| (numbers, shared))
    }

    /// Where the backward number will stand that an edge beside its forward one does not have yet.
    fn to_come(&self, place: Point, direction: Point, sizes: [Option<(f64, f64)>; 2]) -> Option<Area> {
        let wanted = !self.dense && sizes[1].is_none();
        wanted.then(|| self.beside(place, direction, [None, sizes[0]]).backward).flatten()
    }

    /// How many lines of other edges run through an area.
    fn crossed(&self, area: &Area, index: usize) -> f64 {
        let others = self.routes.iter().enumerate().filter(|&(other, _)| other != index);
        let near = area.shrunk(-4.0);
        others.filter(|(_, route)| route.meets(&near)).count() as f64
    }

    /// Numbers on the line, the forward one above the backward one.
    fn on(&self, (x, y): Point, sizes: [Option<(f64, f64)>; 2]) -> Numbers {
        let high = sizes.iter().flatten().map(|size| size.1).sum::<f64>();
        let mut top = y - high / 2.0;
        let [forward, backward] = sizes.map(|size| {
            size.map(|(width, height)| {
                let area = self.inside(Area { left: x - width / 2.0, top, width, height });
                top += height;
                area
            })
        });
        Numbers { forward, backward }
    }

    /// Numbers beside the line, the forward one above it (left of an upright line), the backward one below.
    fn beside(&self, (x, y): Point, (dx, dy): Point, sizes: [Option<(f64, f64)>; 2]) -> Numbers {
        let (across, up) = upwards((dx, dy));
        let beside = |size: Option<(f64, f64)>, side: f64, off: f64| {
            size.map(|(width, height)| {
                // Words end more sharply to their sides than above and below.
                let off = off + 3.0 * across.abs();
                let far = side * (across.abs() * width / 2.0 + up.abs() * height / 2.0 + off);
                let (x, y) = (x + across * far, y + up * far);
                self.inside(Area { left: x - width / 2.0, top: y - height / 2.0, width, height })
            })
        };
        Numbers {
            forward: beside(sizes[0], 1.0, OFF - 1.0),
            backward: beside(sizes[1], -1.0, OFF + APART - 1.0),
        }
    }

    /// The rectangle moved into the picture.
    fn inside(&self, area: Area) -> Area {
        let room = self.area;
        let left = area.left.min(room.right() - area.width).max(room.left);
        let top = area.top.min(room.bottom() - area.height).max(room.top);
        Area { left, top, ..area }
    }
}

/// What is taken by nodes, notes and numbers, in the squares of a mesh over the picture.
struct Taken {
    area: Area,
    columns: usize,
    squares: Vec<Vec<Area>>,
}

impl Taken {
    /// The side of a square, css px.
    const SIDE: f64 = 48.0;

    fn new(area: Area) -> Self {
        let count = |length: f64| (length / Self::SIDE).ceil().clamp(1.0, 200.0) as usize;
        let columns = count(area.width);
        Self { area, columns, squares: vec![Vec::new(); columns * count(area.height)] }
    }

    /// Column and row of the square at a place; those at the border reach on without end.
    fn square(&self, (x, y): Point) -> (usize, usize) {
        let at = |along: f64, count: usize| ((along / Self::SIDE).max(0.0) as usize).min(count - 1);
        (at(x - self.area.left, self.columns), at(y - self.area.top, self.squares.len() / self.columns))
    }

    /// The squares that an area lies in.
    fn squares(&self, area: &Area) -> impl Iterator<Item = usize> + use<> {
        let (left, top) = self.square((area.left, area.top));
        let (right, bottom) = self.square((area.right(), area.bottom()));
        let columns = self.columns;
        (top..=bottom).flat_map(move |row| (left..=right).map(move |column| row * columns + column))
    }

    fn add(&mut self, area: Area) {
        for square in self.squares(&area) {
            self.squares[square].push(area);
        }
    }

    /// What share of an area is taken.
    fn shared(&self, area: &Area) -> f64 {
        let near = area.shrunk(-1.5);
        let mut covered = 0.0;
        for square in self.squares(&near) {
            for other in &self.squares[square] {
                let common = near.intersection(other);
                // What lies in several squares counts in one of them.
                let (column, row) = self.square((common.left, common.top));
                if row * self.columns + column == square {
                    covered += common.width * common.height;
                }
            }
        }
        covered / (area.width * area.height).max(1e-9)
    }
}

/// The direction upwards from a line: to the left of an upright one.
pub(crate) fn upwards((dx, dy): Point) -> Point {
    let (across, up) = (dy, -dx);
    if up > 1e-6 || (up.abs() <= 1e-6 && across > 0.0) { (-across, -up) } else { (across, up) }
}
