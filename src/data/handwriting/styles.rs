//! Ways of writing a digit that MNIST hardly holds, drawn into its images with the digit's own pen.

use super::between;
use super::pen::{gap, line, width};
use crate::data::digit::SIDE;
use crate::rng::Rng;

/// Darker than this is part of a stroke.
const STROKE: f32 = 0.4;

/// Writes a digit of this class in another style, or leaves it.
pub(super) fn restyle(ink: &mut [f32], label: u8, rng: &mut Rng) {
    let Some(shape) = Shape::of(ink) else { return };
    let mut chance = |share: f64| rng.uniform() < share;
    match label {
        // Through a narrow one it would leave a thick stroke, as of a one.
        0 if shape.hollow(ink) > 1.5 * shape.pen && chance(0.35) => slash(ink, &shape, rng),
        0 if chance(0.15) => gap(ink, shape.top_right(ink), between(rng, 1.0, 2.5)),
        0 if chance(0.1) => knot(ink, &shape, rng),
        1 if chance(0.65) => flag_and_foot(ink, &shape, rng),
        2 if chance(0.2) => loop_below(ink, &shape, rng),
        2 | 3 if chance(0.1) => curl(ink, shape.top_left(ink), &shape, rng),
        2 | 3 if chance(0.1) => hook(ink, shape.top_left(ink), &shape, rng),
        // The stem begins lower.
        4 if chance(0.2) => gap(ink, shape.top_right(ink), between(rng, 1.0, 3.2)),
        5 if chance(0.2) => gap(ink, shape.top_left(ink), between(rng, 1.0, 2.0)),
        5 if chance(0.25) => roof(ink, &shape, rng),
        7 if chance(0.4) => bar(ink, &shape, rng),
        7 if chance(0.3) => hook(ink, shape.top_left(ink), &shape, rng),
        8 | 9 if chance(0.15) => gap(ink, shape.top_right(ink), between(rng, 1.0, 2.2)),
        _ if chance(0.05) => {
            let places: Vec<_> = (0..ink.len()).filter(|&place| ink[place] > STROKE).collect();
            let place = places[rng.below(places.len() as u32) as usize];
            gap(ink, [(place % SIDE) as f64, (place / SIDE) as f64], between(rng, 0.8, 1.4));
        }
        _ => {}
    }
}

/// Where a digit lies, and its pen.
struct Shape {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    pen: f64,
}

impl Shape {
    fn of(ink: &[f32]) -> Option<Self> {
        let places: Vec<_> = (0..ink.len()).filter(|&place| ink[place] > STROKE).collect();
        let columns = || places.iter().map(|place| (place % SIDE) as f64);
        let (first, last) = (places.first()?, places.last()?);
        Some(Self {
            left: columns().fold(f64::INFINITY, f64::min),
            right: columns().fold(0.0, f64::max),
            top: (first / SIDE) as f64,
            bottom: (last / SIDE) as f64,
            pen: width(ink),
        })
    }

    fn height(&self) -> f64 {
        (self.bottom - self.top).max(1.0)
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.left, self.right)
    }

    /// How many pixels of paper lie between strokes halfway down.
    fn hollow(&self, ink: &[f32]) -> f64 {
        let y = f64::midpoint(self.top, self.bottom) as usize;
        let row = &ink[y * SIDE..][..SIDE];
        let stroke = |shade: &f32| *shade > STROKE;
        let (first, last) = (row.iter().position(stroke), row.iter().rposition(stroke));
        let within = first.zip(last).map_or(&[][..], |(first, last)| &row[first..=last]);
        within.iter().filter(|shade| !stroke(shade)).count() as f64
    }

    /// The strokes' mean place along the line that lies so far down, from 0 at the top to 1; the middle where none is.
    fn along(&self, ink: &[f32], down: f64) -> [f64; 2] {
        let y = (self.top + down * (self.bottom - self.top)).round();
        let row = &ink[y as usize * SIDE..][..SIDE];
        let mass: f64 = row.iter().map(|&shade| f64::from(shade)).sum();
        let moment: f64 = row.iter().enumerate().map(|(x, &shade)| x as f64 * f64::from(shade)).sum();
        [if mass > 0.0 { moment / mass } else { self.middle() }, y]
    }

    /// The end of the strokes in the upper third that lies furthest to the right.
    fn top_right(&self, ink: &[f32]) -> [f64; 2] {
        self.furthest(ink, |x| x)
    }

    /// The same on the left.
    fn top_left(&self, ink: &[f32]) -> [f64; 2] {
        self.furthest(ink, |x| -x)
    }

    fn furthest(&self, ink: &[f32], side: impl Fn(f64) -> f64) -> [f64; 2] {
        let end = self.top + self.height() / 3.0;
        let upper = (0..ink.len()).filter(|&place| ink[place] > STROKE && (place / SIDE) as f64 <= end);
        let places = upper.map(|place| [(place % SIDE) as f64, (place / SIDE) as f64]);
        places
            .max_by(|one, other| side(one[0]).total_cmp(&side(other[0])))
            .unwrap_or([self.middle(), self.top])
    }
}

/// A stroke through a zero, mostly from the upper right to the lower left.
fn slash(ink: &mut [f32], shape: &Shape, rng: &mut Rng) {
    let side = if rng.uniform() < 0.85 { 1.0 } else { -1.0 };
    let half = (shape.right - shape.left) / 2.0;
    let across = |rng: &mut Rng| side * half * between(rng, 0.3, 1.15);
    // From a little inside to well outside.
    let beyond = |rng: &mut Rng| shape.height() * between(rng, -0.25, 0.15);
    let from = [shape.middle() + across(rng), shape.top - beyond(rng)];
    let to = [shape.middle() - across(rng), shape.bottom + beyond(rng)];
    line(ink, from, to, shape.pen);
}

/// A flag at the top of a one, straight or bowed, a foot below it, or both. Some flags do not reach the stem.
fn flag_and_foot(ink: &mut [f32], shape: &Shape, rng: &mut Rng) {
    let (top, bottom) = (shape.along(ink, 0.0), shape.along(ink, 1.0));
    let kind = rng.uniform();
    if kind < 0.85 {
        let length = shape.height() * between(rng, 0.12, 0.6);
        let angle = between(rng, 12.0, 75.0).to_radians();
        let [across, down] = [-libm::cos(angle), libm::sin(angle)];
        let apart = if rng.uniform() < 0.2 { shape.pen + between(rng, 0.0, 1.5) } else { 0.0 };
        let at = |share: f64, bow: f64| {
            let far = apart + length * share;
            [top[0] + across * far - down * bow, top[1] + down * far + across * bow]
        };
        // Above or below its straight line.
        let bow = length * between(rng, -0.2, 0.2);
        line(ink, at(0.0, 0.0), at(0.5, bow), shape.pen);
        line(ink, at(0.5, bow), at(1.0, 0.0), shape.pen);
    }
    if kind > 0.55 {
        let mut reach = || shape.height() * between(rng, 0.12, 0.4);
        let (left, right) = (bottom[0] - reach(), bottom[0] + reach());
        let tilt = shape.height() * between(rng, -0.04, 0.04);
        line(ink, [left, bottom[1] + tilt], [right, bottom[1] - tilt], shape.pen);
    }
}

/// A bar through a seven, and now and then a short stroke down at its left end.
fn bar(ink: &mut [f32], shape: &Shape, rng: &mut Rng) {
    let kind = rng.uniform();
    if kind < 0.8 {
        let [x, y] = shape.along(ink, between(rng, 0.4, 0.65));
        let mut reach = || shape.height() * between(rng, 0.12, 0.35);
        let (left, right) = (x - reach(), x + reach());
        let tilt = shape.height() * between(rng, -0.06, 0.06);
        line(ink, [left, y + tilt], [right, y - tilt], shape.pen);
    }
    if kind > 0.7 {
        let [x, y] = shape.top_left(ink);
        line(ink, [x, y], [x, y + shape.height() * between(rng, 0.08, 0.25)], shape.pen);
    }
}

/// The upper stroke of a five by itself: longer, tilted, or above the rest, as those write it who lift the pen for it.
fn roof(ink: &mut [f32], shape: &Shape, rng: &mut Rng) {
    let [x, y] = shape.top_left(ink);
    let width = shape.right - shape.left;
    let (start, end) = (x - width * between(rng, -0.1, 0.25), shape.right + width * between(rng, -0.1, 0.4));
    let above = shape.height() * between(rng, -0.02, 0.15);
    let tilt = shape.height() * between(rng, -0.1, 0.06);
    line(ink, [start, y - above - tilt], [end, shape.top - above + tilt], shape.pen);
}

/// The curl in the lower left corner of a two.
fn loop_below(ink: &mut [f32], shape: &Shape, rng: &mut Rng) {
    let radius = shape.height() * between(rng, 0.08, 0.16);
    let flat = between(rng, 0.5, 0.9);
    ring(ink, [shape.left + radius, shape.bottom - radius * flat], [radius, radius * flat], shape.pen * 0.9);
}

/// A small loop where the pen sets down.
fn curl(ink: &mut [f32], [x, y]: [f64; 2], shape: &Shape, rng: &mut Rng) {
    let [across, along] = [(); 2].map(|()| shape.height() * between(rng, 0.06, 0.14));
    ring(ink, [x + across * between(rng, 0.0, 1.0), y + along], [across, along], shape.pen * 0.9);
}

/// The small loop in which the ends of a zero meet at its top.
fn knot(ink: &mut [f32], shape: &Shape, rng: &mut Rng) {
    let [across, along] = [(); 2].map(|()| shape.height() * between(rng, 0.06, 0.15));
    let x = shape.middle() + (shape.right - shape.left) * between(rng, -0.15, 0.35);
    ring(ink, [x, shape.top + along * between(rng, 0.3, 1.0)], [across, along], shape.pen * 0.9);
}

/// A bow with which the pen sets out: from below, round the left, to where the digit begins.
fn hook(ink: &mut [f32], [x, y]: [f64; 2], shape: &Shape, rng: &mut Rng) {
    let [across, along] = [(); 2].map(|()| shape.height() * between(rng, 0.08, 0.18));
    let turn = between(rng, 0.3, 0.75);
    arc(
        ink,
        [x + across * between(rng, 0.0, 1.0), y + along],
        [across, along],
        [0.75 - turn, 0.75],
        shape.pen,
    );
}

/// An ellipse, by its half axes.
fn ring(ink: &mut [f32], centre: [f64; 2], half: [f64; 2], pen: f64) {
    arc(ink, centre, half, [0.0, 1.0], pen);
}

/// A part of an ellipse: between two turns from its right end, downwards first.
fn arc(ink: &mut [f32], centre: [f64; 2], half: [f64; 2], [from, to]: [f64; 2], pen: f64) {
    const CORNERS: u32 = 12;
    let corner = |index: u32| {
        let turn = from + (to - from) * f64::from(index) / f64::from(CORNERS);
        let angle = turn * std::f64::consts::TAU;
        [centre[0] + half[0] * libm::cos(angle), centre[1] + half[1] * libm::sin(angle)]
    };
    for index in 0..CORNERS {
        line(ink, corner(index), corner(index + 1), pen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    /// Two upright strokes, two pixels wide, with so much paper between them, closed above and below.
    fn zero(paper: usize) -> Vec<f32> {
        let mut ink = vec![0.0; SIDE * SIDE];
        for y in 4..24 {
            let sides = 0..if (6..22).contains(&y) { 2 } else { 4 + paper };
            sides.flat_map(|x| [8 + x, 8 + 3 + paper - x]).for_each(|x| ink[y * SIDE + x] = 1.0);
        }
        ink
    }

    #[test]
    fn a_slash_goes_through_no_narrow_zero() {
        let slashed = |paper| {
            let mut rng = Rng::new(1, Purpose::Augmentation);
            // Below where the ends of a zero may meet in a loop.
            let through = |ink: &[f32]| (12..16).any(|y| (10..10 + paper).any(|x| ink[y * SIDE + x] > 0.5));
            let written = (0..200).map(|_| {
                let mut ink = zero(paper);
                restyle(&mut ink, 0, &mut rng);
                ink
            });
            written.filter(|ink| through(ink)).count()
        };
        assert_eq!(slashed(2), 0);
        assert!((40..100).contains(&slashed(7)), "{}", slashed(7));
        let shape = Shape::of(&zero(7)).expect("ink");
        assert_eq!(shape.hollow(&zero(7)), 7.0);
    }
}
