//! Small distortions of training images: the same digit as other hands would have placed it.

use super::digit::SIDE;
use crate::rng::{Purpose, Rng};

/// How far images are distorted at most, each time by a random amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distortion {
    /// Pixels along each axis.
    pub shift: f64,
    /// Degrees either way.
    pub rotation: f64,
    /// Change of size: 0.1 for 90 to 110 %.
    pub scale: f64,
    /// Slant: 0.2 moves the top by 0.2 of the height.
    pub slant: f64,
}

/// Distorts images of [`SIDE`]² pixels.
#[derive(Clone, Debug)]
pub struct Augmentation {
    distortion: Distortion,
    rng: Rng,
}

impl Augmentation {
    /// Distortions of one seed.
    pub fn new(distortion: Distortion, seed: u32) -> Self {
        Self { distortion, rng: Rng::new(seed, Purpose::Augmentation) }
    }

    /// A distorted copy of an image, 0 to 255; what leaves the image is lost, what comes in is paper.
    pub fn distort(&mut self, pixels: &[u8]) -> Vec<u8> {
        let Distortion { shift, rotation, scale, slant } = self.distortion;
        let mut either_way = |most: f64| most * (2.0 * self.rng.uniform() - 1.0);
        let (shift_x, shift_y) = (either_way(shift), either_way(shift));
        let angle = either_way(rotation).to_radians();
        let (wide, tall) = (1.0 + either_way(scale), 1.0 + either_way(scale));
        let slant = either_way(slant);
        let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
        let middle = (SIDE as f64 - 1.0) / 2.0;
        let mut distorted = vec![0; SIDE * SIDE];
        for (place, pixel) in distorted.iter_mut().enumerate() {
            // From the place in the new image back to the one in the old.
            let (x, y) = ((place % SIDE) as f64 - middle - shift_x, (place / SIDE) as f64 - middle - shift_y);
            let (x, y) = ((cosine * x + sine * y) / wide, (cosine * y - sine * x) / tall);
            *pixel = sample(pixels, x + slant * y + middle, y + middle);
        }
        distorted
    }
}

/// The shade between pixels, by bilinear interpolation; paper outside.
fn sample(pixels: &[u8], x: f64, y: f64) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let at = |x: f64, y: f64| {
        let inside = (0.0..SIDE as f64).contains(&x) && (0.0..SIDE as f64).contains(&y);
        if inside { f64::from(pixels[y as usize * SIDE + x as usize]) } else { 0.0 }
    };
    let (right_share, bottom_share) = (x - left, y - top);
    let upper = at(left, top) * (1.0 - right_share) + at(left + 1.0, top) * right_share;
    let lower = at(left, top + 1.0) * (1.0 - right_share) + at(left + 1.0, top + 1.0) * right_share;
    (upper * (1.0 - bottom_share) + lower * bottom_share).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Distortion = Distortion { shift: 0.0, rotation: 0.0, scale: 0.0, slant: 0.0 };

    fn ink(pixels: &[u8]) -> f64 {
        pixels.iter().map(|&pixel| f64::from(pixel)).sum()
    }

    #[test]
    fn no_distortion_changes_nothing() {
        let image: Vec<u8> = (0..SIDE * SIDE).map(|place| (place % 251) as u8).collect();
        assert_eq!(Augmentation::new(NONE, 1).distort(&image), image);
    }

    #[test]
    fn a_small_distortion_keeps_most_of_the_ink() {
        let mut image = vec![0; SIDE * SIDE];
        (8..20).for_each(|y| image[y * SIDE + 10..y * SIDE + 18].fill(255));
        let distortion = Distortion { shift: 2.0, rotation: 15.0, scale: 0.1, slant: 0.2 };
        let mut augmentation = Augmentation::new(distortion, 3);
        for _ in 0..50 {
            let distorted = augmentation.distort(&image);
            assert_ne!(distorted, image);
            assert!((ink(&distorted) / ink(&image) - 1.0).abs() < 0.25);
        }
    }
}
