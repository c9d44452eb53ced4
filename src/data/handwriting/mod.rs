//! MNIST's digits as other hands would write them: their styles drawn in, bent, slanted, with another pen, and then
//! cropped and centred as a drawing is.
//!
//! MNIST hardly holds ones with a flag, slashed zeros or crossed sevens, which many people write. Bending is the elastic
//! distortion of Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to visual
//! document analysis", 2003, with displacements from a cubic B-spline in place of smoothed noise.

mod nothing;
mod pen;
mod styles;
mod warp;

use self::nothing::nothing;
use self::pen::change_width;
use self::styles::restyle;
use self::warp::{CANVAS, Warp};
use super::digit::{Digit, PAPER};
use crate::rng::{Purpose, Rng};

/// The share of images that stay as they are: what is learned of them must hold for MNIST, too.
const AS_IT_IS: f64 = 0.2;

/// Rewrites images of 28×28 pixels.
#[derive(Clone, Debug)]
pub struct Handwriting {
    rng: Rng,
}

impl Handwriting {
    /// Hands of one seed.
    pub fn new(seed: u32) -> Self {
        Self { rng: Rng::new(seed, Purpose::Augmentation) }
    }

    /// The image of a digit, 0 to 255, as the next hand would write it.
    pub fn rewrite(&mut self, pixels: &[u8], label: u8) -> Vec<u8> {
        let rng = &mut self.rng;
        if rng.uniform() < AS_IT_IS {
            return pixels.to_vec();
        }
        let mut ink: Vec<f32> = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        restyle(&mut ink, label, rng);
        bent(&ink, rng).map_or_else(|| pixels.to_vec(), |digit| digit.pixels)
    }

    /// An image of no digit, and a class by lot: who learns many of these doubts what is none. `digit` gives the pixels of
    /// the digit of any number below `digits`.
    pub fn nothing(&mut self, digits: u32, digit: impl Fn(usize) -> Vec<u8>) -> (Vec<u8>, u8) {
        let image = nothing(&mut self.rng, |rng| digit(rng.below(digits) as usize));
        (image, self.rng.below(10) as u8)
    }
}

/// Ink of 28×28 pixels bent by another hand, with another pen, cropped and centred; none where nothing is left.
fn bent(ink: &[f32], rng: &mut Rng) -> Option<Digit> {
    let mut ink = Warp::drawn(rng).bend(ink);
    change_width(&mut ink, rng);
    ink.iter_mut().filter(|shade| **shade < PAPER).for_each(|shade| *shade = 0.0);
    Digit::from_ink(&ink, CANVAS)
}

/// A number between two.
fn between(rng: &mut Rng, least: f64, most: f64) -> f64 {
    least + (most - least) * rng.uniform()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digit::SIDE;

    /// An upright stroke.
    fn one() -> Vec<u8> {
        let mut image = vec![0; SIDE * SIDE];
        (4..24).for_each(|y| image[y * SIDE + 13..y * SIDE + 16].fill(255));
        image
    }

    #[test]
    fn what_is_rewritten_fills_the_box_and_lies_in_the_middle() {
        let mut hand = Handwriting::new(1);
        let (mut changed, mut widths) = (0, Vec::new());
        for _ in 0..300 {
            let image = hand.rewrite(&one(), 1);
            let inked: Vec<_> = (0..SIDE * SIDE).filter(|&place| image[place] > 0).collect();
            let (top, bottom) = (inked[0] / SIDE, inked[inked.len() - 1] / SIDE);
            assert!(bottom - top <= 20 && image.len() == SIDE * SIDE, "{top} to {bottom}");
            let mass: f64 = image.iter().map(|&pixel| f64::from(pixel)).sum();
            let moment =
                image.iter().enumerate().map(|(place, &pixel)| f64::from(pixel) * (place % SIDE) as f64);
            let middle = moment.sum::<f64>() / mass + 0.5;
            assert!((middle - 14.0).abs() < 1.5, "{middle}");
            changed += usize::from(image != one());
            widths.push(inked.len());
        }
        assert!((220..290).contains(&changed), "{changed} of 300");
        widths.sort_unstable();
        assert!(
            widths[270] > widths[30] * 3 / 2,
            "pens and styles differ: {} to {}",
            widths[30],
            widths[270]
        );
    }

    #[test]
    fn one_seed_gives_the_same_hands() {
        let hands = |seed| {
            let mut hand = Handwriting::new(seed);
            (0..20).map(|_| hand.rewrite(&one(), 1)).collect::<Vec<_>>()
        };
        assert_eq!(hands(3), hands(3));
        assert_ne!(hands(3), hands(4));
    }

    #[test]
    fn no_image_breaks_it() {
        let mut hand = Handwriting::new(1);
        for image in [vec![0; SIDE * SIDE], vec![255; SIDE * SIDE], vec![1; SIDE * SIDE]] {
            for label in 0..12 {
                assert_eq!(hand.rewrite(&image, label).len(), SIDE * SIDE);
            }
        }
    }
}
