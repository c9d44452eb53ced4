//! The plane of the inputs: four points, the lines, and where the output is 1.

use super::gates::{GATES, INPUTS, Net, Unit, has};
use super::{ENDS, LINE};
use crate::chart::{Chart, Grip, Key, Line, Mark, Plane, Scatter, Symbol};
use crate::labs::parts::{fixed, line, plane, told};
use crate::labs::sheet::Picture;
use crate::order::ascending;
use crate::text::Text;

/// What is shown of both axes.
const RANGE: (f64, f64) = (-1.0, 2.0);
/// Between the border and the ends of a line that can be dragged.
const ROOM: f64 = 0.12;
/// The colours of the lines, of y = 1, and of points whose gate gives 0 and 1: the book draws ○ and △.
const LINES: [u8; 2] = [1, 3];
const SHADED: u8 = 0;
const POINTS: [u8; 2] = [0, 2];

pub(super) fn picture(net: &Net) -> Picture {
    let mut marks: Vec<Mark> = regions(net).into_iter().map(Mark::Line).collect();
    let units = lines(net);
    for (index, unit) in units.iter().enumerate() {
        let name = match units.len() {
            1 => Text::same("w1·x1 + w2·x2 + b = 0"),
            _ => Text::same(format!("s{}", index + 1)),
        };
        if let Some(ends) = ends(unit, 0.0) {
            marks.push(Mark::Line(line(name, LINES[index % 2], ends.to_vec())));
        }
    }
    for (class, color) in POINTS.into_iter().enumerate() {
        let inputs = (0..INPUTS.len()).filter(|&input| usize::from(has(net.wanted(), input)) == class);
        let (points, keys) = inputs.map(|input| (INPUTS[input], Key(input as u32))).unzip();
        let gate = GATES[net.gate].1;
        marks.push(Mark::Scatter(Scatter {
            name: told(format!("{gate} is {class}"), format!("{gate} 为 {class}")),
            color,
            points,
            symbol: Symbol::Dot,
            keys,
            grip: None,
        }));
    }
    for (index, unit) in units.iter().enumerate() {
        for (end, point) in ends(unit, ROOM).into_iter().flatten().enumerate() {
            marks.push(Mark::Scatter(Scatter {
                name: handle_name(net, index),
                color: LINES[index % 2],
                points: vec![point],
                symbol: Symbol::Handle,
                keys: Vec::new(),
                grip: Some(Grip(ENDS + 2 * index as u16 + end as u16)),
            }));
        }
    }
    let (x, y) = (fixed(Text::same("x1"), RANGE), fixed(Text::same("x2"), RANGE));
    let grip = (net.hidden.is_empty() && net.output.w != [0.0, 0.0]).then_some(LINE);
    let chart = Chart::Plane(Plane { equal: true, grip, ..plane(x, y, marks) });
    Picture { slot: "plane", key: None, caption: Text::same(""), chart }
}

/// What the rings at the ends of a line are called.
fn handle_name(net: &Net, index: usize) -> Text {
    if net.hidden.is_empty() {
        return Text::new("ends of the line", "直线的两端");
    }
    let unit = index + 1;
    told(format!("ends of s{unit}"), format!("s{unit} 的两端"))
}

/// The perceptrons whose line lies in the plane of the inputs.
fn lines(net: &Net) -> &[Unit] {
    if net.hidden.is_empty() { std::slice::from_ref(&net.output) } else { &net.hidden }
}

/// Where a perceptron's line meets a square, `room` within the border: the right end last, the upper one of an upright
/// line. None where it passes by.
fn ends(unit: &Unit, room: f64) -> Option<[[f64; 2]; 2]> {
    let (low, high) = (RANGE.0 + room, RANGE.1 - room);
    let ([w1, w2], b) = (unit.w, unit.b);
    let mut places: Vec<[f64; 2]> = Vec::with_capacity(4);
    for side in [low, high] {
        // Without a slope the quotient is not finite, and no place.
        places.push([side, -(w1 * side + b) / w2]);
        places.push([-(w2 * side + b) / w1, side]);
    }
    places.retain(|place| place.iter().all(|at| (low - 1e-9..=high + 1e-9).contains(at)));
    let first = places.iter().copied().min_by(order)?;
    let last = places.iter().copied().max_by(order)?;
    // A corner alone is no line.
    ((first[0] - last[0]).abs() + (first[1] - last[1]).abs() > 1e-6).then_some([first, last])
}

fn order(one: &[f64; 2], other: &[f64; 2]) -> std::cmp::Ordering {
    one[0].total_cmp(&other[0]).then(one[1].total_cmp(&other[1]))
}

/// The perceptron whose line leads from the other end of an end through a place, as long a weight as before.
pub(super) fn turned(net: &Net, end: u16, at: [f64; 2]) -> Option<(usize, Unit)> {
    let index = usize::from(end / 2);
    let unit = lines(net).get(index)?;
    let [x1, x2] = at.map(|at| at.clamp(RANGE.0, RANGE.1));
    let other = ends(unit, ROOM)?[usize::from(end.is_multiple_of(2))];
    let along = [x1 - other[0], x2 - other[1]];
    let length = libm::hypot(along[0], along[1]);
    if length < 0.05 {
        return None;
    }
    let [w1, w2] = unit.w;
    let (size, normal) = (libm::hypot(w1, w2), [-along[1] / length, along[0] / length]);
    // The side of the ones stays on its side.
    let size = size.copysign(normal[0] * w1 + normal[1] * w2);
    let unit = Unit { w: normal.map(|part| part * size), b: unit.b };
    Some((index, unit.through([x1, x2])))
}

/// Where the output is 1: a region for each pair of outputs of the lines.
fn regions(net: &Net) -> Vec<Line> {
    let units = lines(net);
    let fires = |pattern: usize| {
        let on = |unit: usize| pattern >> unit & 1 == 1;
        match net.hidden.len() {
            0 => on(0),
            _ => net.output.fires([0, 1].map(|unit| f64::from(u8::from(on(unit))))),
        }
    };
    let patterns = (0..1 << units.len()).filter(|&pattern| fires(pattern));
    let mut regions: Vec<Line> =
        patterns.filter_map(|pattern| region(units, |unit| pattern >> unit & 1 == 1)).collect();
    // The name stands in the legend once.
    regions.iter_mut().for_each(|region| region.name = Text::same("y = 1"));
    regions
}

/// The part of the square in which each line has the output that is asked for, as a band: it is convex, so that to
/// every x1 belongs one range of x2.
fn region(units: &[Unit], on: impl Fn(usize) -> bool) -> Option<Line> {
    // Where the lines cross each other and the border, the outline has its corners.
    let mut corners = vec![RANGE.0, RANGE.1];
    for (index, unit) in units.iter().enumerate() {
        corners.extend([RANGE.0, RANGE.1].map(|side| -(unit.w[1] * side + unit.b) / unit.w[0]));
        for other in &units[..index] {
            let area = unit.w[0] * other.w[1] - unit.w[1] * other.w[0];
            corners.push((unit.w[1] * other.b - unit.b * other.w[1]) / area);
        }
    }
    corners.retain(|x1| (RANGE.0..=RANGE.1).contains(x1));
    ascending(&mut corners);
    let (mut points, mut band) = (Vec::new(), Vec::new());
    for &x1 in corners.iter().rev() {
        let (mut low, mut high) = RANGE;
        for (index, unit) in units.iter().enumerate() {
            // w2·x2 against this.
            let rest = -(unit.w[0] * x1 + unit.b);
            let sign = if on(index) { 1.0 } else { -1.0 };
            match sign * unit.w[1] {
                w2 if w2 > 0.0 => low = low.max(sign * rest / w2),
                w2 if w2 < 0.0 => high = high.min(sign * rest / w2),
                // An upright line has all of x2 on one side; on the line itself, both.
                _ if sign * rest > 1e-9 => high = f64::NEG_INFINITY,
                _ => {}
            }
        }
        if low <= high + 1e-9 {
            // The outline itself is not drawn: it is off the plot.
            points.push([x1, FAR]);
            band.push([low, high.max(low)]);
        }
    }
    (points.len() > 1).then(|| Line { band, ..line(Text::same(""), SHADED, points) })
}

/// Far below the plot.
const FAR: f64 = -1e3;
