//! Where the nodes of a diagram lie, and how large they are.
//!
//! Every length is first laid out at its natural size; the picture then says by how much all of it shrinks or grows. A
//! diagram that runs from left to right and is too long for a narrow picture runs from top to bottom instead.

use crate::chart::{Diagram, Node, Outline};
use crate::text::{Language, Text};

use super::super::brush::Point;
use super::super::clip::Area;
use super::super::letters;

/// Size of words in nodes at the natural scale, css px.
const WORDS: f64 = 12.0;
/// Size of the numbers on edges at the natural scale, css px.
const LABEL: f64 = 11.0;
/// Half the side of the picture of a node at the natural scale, css px.
const PICTURE: f64 = 20.0;
/// The room for a bar below a node, css px.
pub(crate) const BAR: f64 = 5.0;
/// Size of the notes beside nodes at the natural scale, css px.
const NOTE: f64 = 10.5;
/// No words are smaller, css px.
const SMALLEST: f64 = 9.0;
/// Scales: below the first, only distances shrink.
const SCALES: (f64, f64) = (0.75, 1.8);
/// Distances grow up to this much beyond the natural one.
const SPREAD: f64 = 1.7;
/// Around the whole diagram, css px.
const MARGIN: f64 = 6.0;
/// More nodes than this are not compared two by two.
const MOST_PAIRS: usize = 400;

/// Where a node lies, in css pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodePlace {
    /// Its middle.
    pub center: Point,
    /// Half its width and half its height.
    pub half: (f64, f64),
    /// Whether it is a circle.
    pub round: bool,
}

impl NodePlace {
    /// The rectangle around it.
    pub fn area(&self) -> Area {
        let ((x, y), (across, down)) = (self.center, self.half);
        Area { left: x - across, top: y - down, width: 2.0 * across, height: 2.0 * down }
    }

    /// Where lines begin that lead to or come from a place: the middle, or that of the side of a wide box, from which
    /// lines to all its neighbours leave.
    pub(crate) fn anchor(&self, toward: Point, down: bool) -> Point {
        let ((x, y), (across, upright)) = (self.center, self.half);
        let (dx, dy) = (toward.0 - x, toward.1 - y);
        match self.round {
            false if !down && dx.abs() > across + 8.0 => (x + across.copysign(dx), y),
            false if down && dy.abs() > upright + 8.0 => (x, y + upright.copysign(dy)),
            _ => self.center,
        }
    }

    /// Where a straight line from its middle towards a place leaves it, `gap` css px outside.
    pub(crate) fn border(&self, toward: Point, gap: f64) -> Point {
        let (dx, dy) = (toward.0 - self.center.0, toward.1 - self.center.1);
        let length = libm::hypot(dx, dy);
        if length < 1e-9 {
            return self.center;
        }
        let (dx, dy) = (dx / length, dy / length);
        let reach = if self.round {
            self.half.0
        } else {
            let side =
                |half: f64, part: f64| if part.abs() < 1e-9 { f64::INFINITY } else { half / part.abs() };
            side(self.half.0, dx).min(side(self.half.1, dy))
        };
        let reach = (reach + gap).min(length);
        (self.center.0 + dx * reach, self.center.1 + dy * reach)
    }
}

/// A diagram laid out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) nodes: Vec<NodePlace>,
    /// Where the notes of nodes lie.
    pub(crate) notes: Vec<Option<Area>>,
    /// The distance of neighbours across and down, css px.
    pub(crate) pitch: (f64, f64),
    /// Whether it runs from top to bottom.
    pub(crate) down: bool,
    /// Sizes of words in nodes, on edges and in notes, css px.
    pub(crate) words: f64,
    pub(crate) label: f64,
    pub(crate) note: f64,
}

/// What a node takes at the natural scale, css px from its middle.
#[derive(Clone, Copy)]
struct Size {
    /// In columns or rows from the first, across and down.
    at: Point,
    half: (f64, f64),
    /// Left, up, right, down, with its note.
    reach: [f64; 4],
    /// The width of the note.
    note: f64,
}

/// A diagram at its natural scale, in one of the two directions.
struct Natural {
    sizes: Vec<Size>,
    pitch: (f64, f64),
    /// Width and height of it all.
    extent: (f64, f64),
    down: bool,
}

/// A function that gives the width of words of a size, both in css px.
pub(crate) type Measure<'a> = &'a dyn Fn(&str, f64) -> f64;

impl Natural {
    fn of(diagram: &Diagram, language: Language, measure: Measure<'_>, down: bool) -> Self {
        let wide = |words: &Text, size: f64| measure(words.in_language(language), size);
        let circles = diagram.nodes.iter().filter(|node| node.outline == Outline::Circle);
        let widest = circles.map(|node| wide(&node.words, WORDS)).fold(0.0, f64::max);
        let radius = (widest * 0.56 + 3.0).clamp(14.0, 24.0);
        let places = places(&diagram.nodes, down);
        let sizes: Vec<Size> = diagram
            .nodes
            .iter()
            .zip(places)
            .map(|(node, at)| {
                let words = wide(&node.words, WORDS);
                let half = match node.outline {
                    _ if node.picture.is_some() => (PICTURE, PICTURE),
                    Outline::Circle => (radius, radius),
                    Outline::Box => ((words / 2.0 + 9.0).max(16.0), 14.0),
                    Outline::None => (words / 2.0 + 3.0, 9.0),
                };
                // Small notes shrink less than their nodes.
                let note = wide(&node.note, NOTE) * SMALLEST / NOTE / SCALES.0;
                let bar = if node.level.is_some() { BAR } else { 0.0 };
                let mut reach = [half.0, half.1, half.0, half.1 + bar];
                if note > 0.0 && down {
                    reach[2] += note + 5.0;
                } else if note > 0.0 {
                    let side = half.0.max(note / 2.0);
                    reach = [side, half.1, side, half.1 + bar + NOTE + 4.0];
                }
                Size { at, half, reach, note }
            })
            .collect();
        let mut natural = Self { pitch: (0.0, 0.0), extent: (0.0, 0.0), sizes, down };
        natural.pitch = natural.needed(diagram);
        natural.extent = natural.size();
        natural
    }

    /// How far apart neighbours must be so that nodes and the numbers between them have room.
    fn needed(&self, diagram: &Diagram) -> (f64, f64) {
        let numbered = diagram.edges.iter().any(|edge| !edge.forward.is_empty() || !edge.backward.is_empty());
        // Lines that come together from pictures leave room for their numbers by themselves.
        let pictured = diagram.nodes.iter().any(|node| node.picture.is_some() || node.level.is_some());
        let wide = numbered && !pictured;
        let (mut across, mut down): (f64, f64) = (44.0, if wide { 62.0 } else { 40.0 });
        let gaps = (10.0, if wide && !self.down { LABEL + 12.0 } else { 10.0 });
        let pairs = if self.sizes.len() <= MOST_PAIRS { &self.sizes[..] } else { &[] };
        for (index, one) in pairs.iter().enumerate() {
            for other in &pairs[..index] {
                let (one, other) = if one.at <= other.at { (one, other) } else { (other, one) };
                let (dx, dy) = (other.at.0 - one.at.0, other.at.1 - one.at.1);
                if dy.abs() < 0.6 && dx > 0.05 {
                    across = across.max((one.reach[2] + other.reach[0] + gaps.0) / dx);
                } else if dx.abs() < 0.6 && dy.abs() > 0.05 {
                    let (upper, lower) = if dy > 0.0 { (one, other) } else { (other, one) };
                    down = down.max((upper.reach[3] + lower.reach[1] + gaps.1) / dy.abs());
                }
            }
        }
        for edge in &diagram.edges {
            let (Some(from), Some(to)) = (self.sizes.get(edge.from), self.sizes.get(edge.to)) else {
                continue;
            };
            // Hundreds of numbers would take long to measure only to know how much room they need.
            let label = LABEL * letters::width(&edge.forward).max(letters::width(&edge.backward));
            let (dx, dy) = ((to.at.0 - from.at.0).abs(), (to.at.1 - from.at.1).abs());
            if !self.down && dx >= 0.4 {
                across = across.max((from.half.0 + to.half.0 + label + 20.0) / dx);
            } else if self.down && dy >= 0.4 {
                let room = if label > 0.0 { 2.0 * LABEL + 14.0 } else { 18.0 };
                down = down.max((from.reach[3] + to.reach[1] + room) / dy);
                if label > 0.0 {
                    across = across.max(label * 1.6 + 20.0);
                }
            }
        }
        (across, down)
    }

    fn size(&self) -> (f64, f64) {
        let ends = |at: fn(&Size) -> f64, pitch: f64, sides: [usize; 2]| {
            let low = |size: &Size| at(size) * pitch - size.reach[sides[0]];
            let high = |size: &Size| at(size) * pitch + size.reach[sides[1]];
            let low = self.sizes.iter().map(low).fold(f64::INFINITY, f64::min);
            (self.sizes.iter().map(high).fold(f64::NEG_INFINITY, f64::max) - low).max(1.0)
        };
        (ends(|size| size.at.0, self.pitch.0, [0, 2]), ends(|size| size.at.1, self.pitch.1, [1, 3]))
    }

    /// The scale at which it fills a room.
    fn scale(&self, room: (f64, f64)) -> f64 {
        (room.0 / self.extent.0).min(room.1 / self.extent.1)
    }
}

/// Column and row of each node from the first ones, or row and column where it runs from top to bottom.
fn places(nodes: &[Node], down: bool) -> Vec<Point> {
    // What is no place at all lies in the first; what is absurdly far away is brought near enough to be drawn.
    let usual = |at: f64| if at.is_finite() { at.clamp(-1e4, 1e4) } else { 0.0 };
    let all: Vec<[f64; 2]> = nodes.iter().map(|node| node.at.map(usual)).collect();
    let first = |axis: usize| all.iter().map(|at| at[axis]).fold(f64::INFINITY, f64::min);
    let (column, row) = (first(0), first(1));
    let place = |at: &[f64; 2]| {
        let (column, row) = (at[0] - column, at[1] - row);
        if down { (row, column) } else { (column, row) }
    };
    all.iter().map(place).collect()
}

/// The direction in which a diagram runs in a room: from left to right, unless it is too long to be read there.
fn chosen(diagram: &Diagram, language: Language, measure: Measure<'_>, room: (f64, f64)) -> Natural {
    let across = Natural::of(diagram, language, measure, false);
    if room.0 / across.extent.0 >= SCALES.0 {
        return across;
    }
    let down = Natural::of(diagram, language, measure, true);
    if down.scale(room) > 1.25 * across.scale(room) { down } else { across }
}

/// Lays a diagram out in the middle of an area.
pub(crate) fn layout(diagram: &Diagram, area: Area, language: Language, measure: Measure<'_>) -> Layout {
    let area = area.shrunk(MARGIN.min(area.width.min(area.height) / 4.0).max(0.0));
    let mut natural = chosen(diagram, language, measure, (area.width, area.height));
    let wanted = natural.scale((area.width, area.height));
    let scale = wanted.clamp(SCALES.0, SCALES.1);
    let cramped = wanted < SCALES.0;
    if cramped {
        // Nodes get narrower first, which leaves more room between them.
        let pitch = pitches(&natural, scale, &area);
        let rooms: Vec<_> = (0..natural.sizes.len()).map(|at| room_of(&natural.sizes, at, pitch)).collect();
        for (size, room) in natural.sizes.iter_mut().zip(rooms) {
            for (index, reach) in size.reach.iter_mut().enumerate() {
                *reach = reach.min(if index % 2 == 0 { room.0 } else { room.1 } / scale);
            }
        }
    }
    let (across, down) = spreads(&natural, scale, &area);
    let pitch = (across.pitch, down.pitch);
    let note_size = (NOTE * scale).max(SMALLEST);
    let mut nodes = Vec::with_capacity(natural.sizes.len());
    let mut notes = Vec::with_capacity(natural.sizes.len());
    for (index, (size, node)) in natural.sizes.iter().zip(&diagram.nodes).enumerate() {
        let room =
            if cramped { room_of(&natural.sizes, index, pitch) } else { (f64::INFINITY, f64::INFINITY) };
        let mut half = (size.half.0 * scale, size.half.1 * scale);
        half = (half.0.min(room.0 - 2.0).max(3.0), half.1.min(room.1 - 2.0).max(3.0));
        half = (half.0.min(area.width / 2.0), half.1.min(area.height / 2.0));
        let round = node.outline == Outline::Circle && node.picture.is_none();
        if round || node.picture.is_some() {
            half = (half.0.min(half.1), half.0.min(half.1));
        }
        let inside = |at: f64, low: f64, high: f64, half: f64| at.min(high - half).max(low + half);
        let center = (
            inside(area.left + across.first + size.at.0 * pitch.0, area.left, area.right(), half.0),
            inside(area.top + down.first + size.at.1 * pitch.1, area.top, area.bottom(), half.1),
        );
        nodes.push(NodePlace { center, half, round });
        notes.push((size.note > 0.0).then(|| {
            let high = note_size + 2.0;
            if natural.down {
                let left = center.0 + half.0 + 4.0;
                let width = (size.note * scale + 2.0).min((area.right() - left).max(0.0));
                return Area { left, top: center.1 - high / 2.0, width, height: high };
            }
            // Up to its neighbours and to the sides; where it has no room on one side, it moves to the other.
            let low = (center.0 - room.0).max(area.left);
            let most = (center.0 + room.0).min(area.right());
            let width = (size.note * scale + 2.0).min((most - low).max(2.0 * half.0));
            let left = inside(center.0, low, most, width / 2.0) - width / 2.0;
            let bar = if node.level.is_some() { BAR } else { 0.0 };
            let top = (center.1 + half.1 + bar + 2.0).min(area.bottom() - high).max(area.top);
            Area { left, top, width, height: high }
        }));
    }
    Layout {
        nodes,
        notes,
        pitch,
        down: natural.down,
        words: (WORDS * scale).max(SMALLEST),
        label: (LABEL * scale).max(SMALLEST),
        note: note_size,
    }
}

fn pitches(natural: &Natural, scale: f64, area: &Area) -> (f64, f64) {
    let (across, down) = spreads(natural, scale, area);
    (across.pitch, down.pitch)
}

/// How nodes are spread across and down.
fn spreads(natural: &Natural, scale: f64, area: &Area) -> (Along, Along) {
    let sizes = &natural.sizes;
    let (usual, last) = (natural.pitch, |at: fn(&Size) -> f64| sizes.iter().map(at).fold(0.0, f64::max));
    let down = spread(sizes, |size| size.at.1, [1, 3], scale, usual.1 * scale * SPREAD, area.height);
    // Edges of a high diagram would run steeply: it is drawn wider.
    let high = down.pitch * last(|size| size.at.1);
    let columns = last(|size| size.at.0);
    let wide = if columns > 0.0 { 0.6 * high / columns.max(1.0) } else { 0.0 };
    let most = (usual.0 * scale * SPREAD).max(wide);
    (spread(sizes, |size| size.at.0, [0, 2], scale, most, area.width), down)
}

/// Nodes along one axis: the place of the first from the area's side, and the distance of neighbours, css px.
struct Along {
    first: f64,
    pitch: f64,
}

/// Spreads nodes over a length: as far apart as there is room, but not more than `most` css px, and all in the middle.
fn spread(
    sizes: &[Size],
    at: fn(&Size) -> f64,
    sides: [usize; 2],
    scale: f64,
    most: f64,
    length: f64,
) -> Along {
    let last = sizes.iter().map(at).fold(0.0, f64::max);
    // How far the outermost nodes reach beyond the middle of the first and of the last.
    let ends = |pitch: f64| {
        let before = sizes.iter().map(|size| size.reach[sides[0]] * scale - at(size) * pitch);
        let behind = sizes.iter().map(|size| size.reach[sides[1]] * scale - (last - at(size)) * pitch);
        (before.fold(0.0, f64::max), behind.fold(0.0, f64::max))
    };
    let fill = |pitch: f64| {
        let (before, behind) = ends(pitch);
        if last > 0.0 { ((length - before - behind) / last).clamp(0.0, most) } else { most }
    };
    // The closer together, the more may nodes further inside be those that reach out furthest.
    let pitch = fill(fill(fill(fill(most))));
    let (before, behind) = ends(pitch);
    Along { first: before + (length - before - behind - last * pitch).max(0.0) / 2.0, pitch }
}

/// Half the distance from a node to its nearest neighbours across and down, css px.
fn room_of(sizes: &[Size], index: usize, pitch: (f64, f64)) -> (f64, f64) {
    if sizes.len() > MOST_PAIRS {
        return (pitch.0 / 2.0, pitch.1 / 2.0);
    }
    let own = sizes[index].at;
    let mut room = (f64::INFINITY, f64::INFINITY);
    for other in sizes {
        let (dx, dy) = ((other.at.0 - own.0).abs(), (other.at.1 - own.1).abs());
        if dy < 0.6 && dx > 0.05 {
            room.0 = room.0.min(dx * pitch.0 / 2.0);
        } else if dx < 0.6 && dy > 0.05 {
            room.1 = room.1.min(dy * pitch.1 / 2.0);
        }
    }
    room
}

/// The height in css px at which a diagram has all the size that a width of `width` css px allows.
pub(crate) fn height(diagram: &Diagram, width: f64, language: Language, measure: Measure<'_>) -> f64 {
    let room = ((width - 2.0 * MARGIN).max(1.0), f64::INFINITY);
    let natural = chosen(diagram, language, measure, room);
    // Somewhat above the natural size is large enough on any screen.
    let scale = natural.scale(room).clamp(SCALES.0, 1.5);
    (natural.extent.1 * scale + 2.0 * MARGIN).ceil()
}
