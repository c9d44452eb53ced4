//! Pens: how wide the strokes of a digit are, lines as wide as them, and other pens.

use super::between;
use super::warp::CANVAS;
use crate::data::digit::SIDE;
use crate::rng::Rng;

/// How wide the strokes are, in pixels: a stroke of width w and length l has w·l of ink and 2·l of edge. Ends and slopes
/// have a little more edge, so that up to a quarter is missing.
pub(super) fn width(ink: &[f32]) -> f64 {
    let at = |x: usize, y: usize| if x < SIDE && y < SIDE { ink[y * SIDE + x] } else { 0.0 };
    let mut edge = 0.0;
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (right, down) = (at(x + 1, y) - at(x, y), at(x, y + 1) - at(x, y));
            edge += f64::from((right * right + down * down).sqrt());
        }
    }
    let ink: f64 = ink.iter().map(|&shade| f64::from(shade)).sum();
    (2.0 * ink / edge.max(1.0)).clamp(1.0, 4.0)
}

/// Draws a straight stroke, with round ends.
pub(super) fn line(ink: &mut [f32], from: [f64; 2], to: [f64; 2], width: f64) {
    let along = [to[0] - from[0], to[1] - from[1]];
    let length = (along[0] * along[0] + along[1] * along[1]).max(1e-9);
    for (place, shade) in ink.iter_mut().enumerate() {
        let at = [(place % SIDE) as f64 - from[0], (place / SIDE) as f64 - from[1]];
        let share = ((at[0] * along[0] + at[1] * along[1]) / length).clamp(0.0, 1.0);
        let apart = (at[0] - share * along[0]).hypot(at[1] - share * along[1]);
        *shade = shade.max((width / 2.0 + 0.5 - apart).clamp(0.0, 1.0) as f32);
    }
}

/// Lifts the pen around a place.
pub(super) fn gap(ink: &mut [f32], [x, y]: [f64; 2], radius: f64) {
    for (place, shade) in ink.iter_mut().enumerate() {
        let apart = ((place % SIDE) as f64 - x).hypot((place / SIDE) as f64 - y);
        *shade *= (apart - radius + 0.5).clamp(0.0, 1.0) as f32;
    }
}

/// Takes a narrower or a wider pen, for two images of three. What would lose too much of itself stays.
pub(super) fn change_width(ink: &mut Vec<f32>, rng: &mut Rng) {
    if rng.uniform() < 1.0 / 3.0 {
        return;
    }
    // In half pixels of the image, on each side.
    let change = between(rng, -1.6, 2.2);
    let mut changed = ink.clone();
    let mut left = change.abs() as f32;
    while left > 0.0 {
        let by = left.min(1.0);
        let next = step(&changed, change > 0.0);
        changed.iter_mut().zip(next).for_each(|(shade, next)| *shade += by * (next - *shade));
        left -= by;
    }
    let sum = |ink: &[f32]| ink.iter().sum::<f32>();
    if sum(&changed) > 0.4 * sum(ink) {
        *ink = changed;
    }
}

/// Each pixel becomes the darkest, or the lightest, of itself and its four neighbours.
fn step(ink: &[f32], darker: bool) -> Vec<f32> {
    let choose = |one: f32, other: f32| if darker { one.max(other) } else { one.min(other) };
    let mut next = ink.to_vec();
    for y in 1..CANVAS - 1 {
        for x in 1..CANVAS - 1 {
            let place = y * CANVAS + x;
            let beside = choose(ink[place - 1], ink[place + 1]);
            let above = choose(ink[place - CANVAS], ink[place + CANVAS]);
            next[place] = choose(ink[place], choose(beside, above));
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_line_is_as_wide_as_asked_but_for_its_ends() {
        for wanted in [1.5, 2.0, 3.0] {
            for to in [[14.0, 24.0], [24.0, 24.0], [20.0, 6.0]] {
                let mut ink = vec![0.0; SIDE * SIDE];
                line(&mut ink, [5.0, 4.0], to, wanted);
                let found = width(&ink);
                assert!(found > 0.75 * wanted && found < 1.1 * wanted, "{found}, not {wanted}");
            }
        }
    }

    #[test]
    fn a_gap_parts_a_line() {
        let mut ink = vec![0.0; SIDE * SIDE];
        line(&mut ink, [4.0, 14.0], [24.0, 14.0], 2.0);
        gap(&mut ink, [14.0, 14.0], 2.0);
        let row = &ink[14 * SIDE..15 * SIDE];
        assert!(row[14] == 0.0 && row[8] > 0.9 && row[20] > 0.9);
    }
}
