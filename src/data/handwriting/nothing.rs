//! What is no digit: dots, scribbles, letters and signs, two digits at once.
//!
//! A network that never saw any answers them with certainty. Those that learn them with labels by lot come to give each
//! class the same share: outlier exposure (Hendrycks, Mazeika and Dietterich, "Deep anomaly detection with outlier
//! exposure", 2019), whose cross-entropy to the uniform distribution is the mean over such labels.

use super::pen::line;
use super::{bent, between};
use crate::data::digit::{Digit, SIDE};
use crate::rng::Rng;

/// Letters and signs that nobody writes a digit like. Strokes are parted by spaces; of each point a digit is how far to
/// the right and one is how far down it lies.
const SIGNS: &[&str] = &[
    "094099 2666",
    "80000989 0565",
    "800009 0565",
    "0009 8089 0585",
    "0009 700579",
    "0900468089",
    "09008980",
    "090060826505",
    "090060826505 3589",
    "0080 4049",
    "000729698780",
    "004980",
    "0029436980",
    "0089 8009",
    "000989",
    "0009 0544646979",
    "0409 0534363949 4535656979",
    "4049 0484",
    "0383 0686",
    "0585",
    "3039 6069 0383 0686",
    "0484 4048 1177 7117",
    "008509",
    "800589",
    "09408909",
];

/// An image of 28×28 pixels of no digit, cropped and centred as a digit is. `digit` gives the pixels of any digit, 0 to 255.
pub(super) fn nothing(rng: &mut Rng, digit: impl Fn(&mut Rng) -> Vec<u8>) -> Vec<u8> {
    let kind = rng.uniform();
    // Scribbles are most like digits, and learned last.
    let found = if kind < 0.25 {
        let (one, other) = (digit(rng), digit(rng));
        beside(&one, &other, between(rng, 13.0, 24.0) as usize)
    } else {
        let mut ink = vec![0.0; SIDE * SIDE];
        if kind < 0.33 {
            dot(&mut ink, rng);
        } else if kind < 0.75 {
            scribble(&mut ink, rng);
        } else {
            sign(&mut ink, rng);
        }
        bent(&ink, rng)
    };
    found.map_or_else(|| vec![0; SIDE * SIDE], |digit| digit.pixels)
}

/// Two digits, so many pixels apart from middle to middle.
fn beside(one: &[u8], other: &[u8], apart: usize) -> Option<Digit> {
    let width = SIDE + apart;
    let mut ink = vec![0.0_f32; width * SIDE];
    for (image, shift) in [(one, 0), (other, apart)] {
        for (place, &pixel) in image.iter().enumerate() {
            let shade = &mut ink[place / SIDE * width + place % SIDE + shift];
            *shade = shade.max(f32::from(pixel) / 255.0);
        }
    }
    Digit::from_ink(&ink, width)
}

/// A spot, nearly round: a long one would be a one.
fn dot(ink: &mut [f32], rng: &mut Rng) {
    let [x, y] = [(); 2].map(|()| 14.0 + between(rng, -2.0, 2.0));
    let pen = between(rng, 2.0, 9.0);
    let [across, down] = [(); 2].map(|()| pen * between(rng, -0.2, 0.2));
    line(ink, [x - across, y - down], [x + across, y + down], pen);
}

/// A pen that wanders: each turn differs a little from the one before.
fn scribble(ink: &mut [f32], rng: &mut Rng) {
    let pen = between(rng, 1.2, 3.2);
    let step = between(rng, 2.0, 6.0);
    let bend = between(rng, 0.3, 1.6);
    let mut at = [(); 2].map(|()| between(rng, 8.0, 20.0));
    let (mut angle, mut turn) = (between(rng, 0.0, std::f64::consts::TAU), 0.0);
    for _ in 0..8 + rng.below(24) {
        turn = 0.7 * turn + between(rng, -bend, bend);
        angle += turn;
        let mut next = [at[0] + step * libm::cos(angle), at[1] + step * libm::sin(angle)];
        if next.iter().any(|place| !(5.0..23.0).contains(place)) {
            // Back into the sheet.
            angle += std::f64::consts::PI * between(rng, 0.6, 1.0);
            next = next.map(|place| place.clamp(5.0, 23.0));
        }
        line(ink, at, next, pen);
        at = next;
    }
}

/// A letter or a sign, each point a little beside its place.
fn sign(ink: &mut [f32], rng: &mut Rng) {
    let pen = between(rng, 1.2, 3.2);
    let sign = SIGNS[rng.below(SIGNS.len() as u32) as usize];
    for stroke in sign.split(' ') {
        let points: Vec<_> = stroke
            .as_bytes()
            .chunks_exact(2)
            .map(|point| {
                [0, 1].map(|axis| 6.0 + 1.8 * f64::from(point[axis] - b'0') + between(rng, -1.2, 1.2))
            })
            .collect();
        points.windows(2).for_each(|pair| line(ink, pair[0], pair[1], pen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    #[test]
    fn each_sign_has_strokes_of_whole_points() {
        for sign in SIGNS {
            for stroke in sign.split(' ') {
                assert!(stroke.len() >= 4 && stroke.len().is_multiple_of(2), "{sign}");
                assert!(stroke.bytes().all(|byte| byte.is_ascii_digit()), "{sign}");
            }
        }
    }

    #[test]
    fn two_digits_are_wider_than_high() {
        let mut upright = vec![0; SIDE * SIDE];
        (4..24).for_each(|y| upright[y * SIDE + 12..y * SIDE + 16].fill(255));
        let pair = beside(&upright, &upright, 20).expect("ink");
        assert_eq!(pair.crop, [12, 4, 24, 20]);
    }

    #[test]
    fn all_of_it_is_ink_in_the_box() {
        let mut rng = Rng::new(1, Purpose::Augmentation);
        for _ in 0..300 {
            let image = nothing(&mut rng, |_| vec![255; SIDE * SIDE]);
            assert_eq!(image.len(), SIDE * SIDE);
            assert!(image.iter().any(|&pixel| pixel > 100), "blank");
        }
    }
}
