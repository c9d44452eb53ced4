//! Bending, turning, slanting and stretching, onto a canvas of half pixels.

use super::between;
use crate::data::digit::SIDE;
use crate::rng::Rng;

/// Side of the canvas: 36 pixels of an image in halves, so that what is bent outwards is not lost.
pub(super) const CANVAS: usize = 72;
/// Half pixels of the canvas in a pixel of the image.
const FINER: f64 = 2.0;
/// Control points of the spline along an axis; the canvas lies within the inner ones.
const CONTROLS: usize = 8;

/// Where each place of the canvas comes from.
pub(super) struct Warp {
    /// From the canvas to the image, both from their middle: x and y of the image from x and y.
    matrix: [[f64; 2]; 2],
    /// Displacements at the control points, in pixels of the image.
    controls: [[[f64; 2]; CONTROLS]; CONTROLS],
    /// How much narrower it is at the top than at the bottom, and how much shorter above its middle than below: shares.
    proportions: [f64; 2],
    /// One part of the digit as if under a lens, so that a loop or a bow of it is smaller or larger than usual.
    lens: Lens,
}

/// Makes what lies around a place larger or smaller, and moves nothing further away than its radius.
struct Lens {
    /// From the middle of the digit, in pixels of the image.
    centre: [f64; 2],
    radius: f64,
    /// Above 0 what lies there becomes smaller, below larger: the change of its size in the centre.
    change: f64,
}

impl Lens {
    fn drawn(rng: &mut Rng) -> Self {
        let centre = [between(rng, -5.0, 5.0), between(rng, -8.0, 8.0)];
        Self { centre, radius: between(rng, 5.0, 9.0), change: between(rng, -0.45, 0.6) }
    }

    /// Where a place comes from.
    fn through(&self, at: [f64; 2]) -> [f64; 2] {
        let from = [0, 1].map(|axis| at[axis] - self.centre[axis]);
        let far = (from[0] * from[0] + from[1] * from[1]) / (self.radius * self.radius);
        if far >= 1.0 {
            return at;
        }
        let larger = 1.0 + self.change * (1.0 - far) * (1.0 - far);
        [0, 1].map(|axis| self.centre[axis] + larger * from[axis])
    }
}

impl Warp {
    /// Turned by up to 15°, slanted by up to 0.3, stretched to 70 to 140 % along each axis, wider or taller at one end than
    /// at the other, and bent by some pixels.
    pub(super) fn drawn(rng: &mut Rng) -> Self {
        let angle = between(rng, -15.0, 15.0).to_radians();
        let slant = between(rng, -0.3, 0.3);
        let (wide, tall) = (libm::exp(between(rng, -0.33, 0.33)), libm::exp(between(rng, -0.25, 0.25)));
        let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
        let turned = [[cosine / wide, sine / wide], [-sine / tall, cosine / tall]];
        let matrix = [[turned[0][0] + slant * turned[1][0], turned[0][1] + slant * turned[1][1]], turned[1]];
        let most = between(rng, 0.0, 2.4);
        let controls = [[(); CONTROLS]; CONTROLS]
            .map(|row| row.map(|()| [(); 2].map(|()| most * between(rng, -1.0, 1.0))));
        let proportions = [between(rng, -0.35, 0.35), between(rng, -0.3, 0.3)];
        Self { matrix, controls, proportions, lens: Lens::drawn(rng) }
    }

    /// Where a place comes from, both from the middle, by the shape's proportions alone. Half a digit is 10 pixels high.
    fn proportioned(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [taper, shorter] = self.proportions;
        let down = (y / 10.0).clamp(-1.0, 1.0);
        [x * (1.0 - taper * down), y + 10.0 * shorter / 2.0 * (1.0 - down * down)]
    }

    /// An image of [`SIDE`]² on the canvas of [`CANVAS`]².
    pub(super) fn bend(&self, image: &[f32]) -> Vec<f32> {
        let weights: Vec<_> = (0..CANVAS).map(spline).collect();
        let mut canvas = Vec::with_capacity(CANVAS * CANVAS);
        let middle = CANVAS as f64 / 2.0;
        for (y, (first_row, row_weights)) in weights.iter().enumerate() {
            // The spline along this line: its control points of each column, summed over rows.
            let mut columns = [[0.0; 2]; CONTROLS];
            for (row, weight) in row_weights.iter().enumerate() {
                for (column, control) in columns.iter_mut().zip(&self.controls[first_row + row]) {
                    (0..2).for_each(|axis| column[axis] += weight * control[axis]);
                }
            }
            for (x, (first, column_weights)) in weights.iter().enumerate() {
                let at = [x, y].map(|place| (place as f64 + 0.5 - middle) / FINER);
                let at = self.lens.through(self.proportioned(at));
                let [x, y] = [0, 1].map(|axis| {
                    let bent = column_weights.iter().zip(&columns[*first..]);
                    let bent: f64 = bent.map(|(weight, column)| weight * column[axis]).sum();
                    self.matrix[axis][0] * at[0] + self.matrix[axis][1] * at[1] + bent
                });
                canvas.push(sample(image, x + SIDE as f64 / 2.0 - 0.5, y + SIDE as f64 / 2.0 - 0.5));
            }
        }
        canvas
    }
}

/// The first of four control points around a place of the canvas, and the weights of the uniform cubic B-spline there.
fn spline(place: usize) -> (usize, [f64; 4]) {
    let at = (place as f64 + 0.5) / CANVAS as f64 * (CONTROLS - 3) as f64;
    let first = (at as usize).min(CONTROLS - 4);
    let t = at - first as f64;
    let u = 1.0 - t;
    let (squared, cubed) = (t * t, t * t * t);
    let weights =
        [u * u * u, 3.0 * cubed - 6.0 * squared + 4.0, -3.0 * cubed + 3.0 * squared + 3.0 * t + 1.0, cubed];
    (first, weights.map(|weight| weight / 6.0))
}

/// The shade between pixels, by bilinear interpolation; paper outside.
fn sample(image: &[f32], x: f64, y: f64) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let at = |x: f64, y: f64| {
        let inside = (0.0..SIDE as f64).contains(&x) && (0.0..SIDE as f64).contains(&y);
        if inside { image[y as usize * SIDE + x as usize] } else { 0.0 }
    };
    let (right, down) = ((x - left) as f32, (y - top) as f32);
    let upper = at(left, top) * (1.0 - right) + at(left + 1.0, top) * right;
    let lower = at(left, top + 1.0) * (1.0 - right) + at(left + 1.0, top + 1.0) * right;
    upper * (1.0 - down) + lower * down
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_the_spline_add_up_to_one() {
        for place in 0..CANVAS {
            let (first, weights) = spline(place);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12 && first + 4 <= CONTROLS);
            assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)), "{weights:?}");
        }
    }

    #[test]
    fn a_lens_folds_nothing_and_moves_nothing_outside() {
        for change in [-0.45, 0.6] {
            let lens = Lens { centre: [2.0, -3.0], radius: 6.0, change };
            assert_eq!(lens.through([8.5, -3.0]), [8.5, -3.0]);
            assert_eq!(lens.through([2.0, -3.0]), [2.0, -3.0]);
            let along = (0..=60).map(|tenth| lens.through([2.0 + f64::from(tenth) / 10.0, -3.0])[0]);
            let along: Vec<_> = along.collect();
            assert!(along.windows(2).all(|pair| pair[1] > pair[0]), "{along:?}");
            let near = (along[1] - along[0]) / 0.1;
            assert!((near - 1.0 - change).abs() < 0.01, "the middle changes its size most: {near}");
        }
    }

    #[test]
    fn no_change_keeps_an_image_in_the_middle_of_the_canvas() {
        let still = Warp {
            matrix: [[1.0, 0.0], [0.0, 1.0]],
            controls: [[[0.0; 2]; CONTROLS]; CONTROLS],
            proportions: [0.0; 2],
            lens: Lens { centre: [0.0; 2], radius: 1.0, change: 0.0 },
        };
        let mut image = vec![0.0; SIDE * SIDE];
        image[10 * SIDE + 6..10 * SIDE + 9].fill(1.0);
        let canvas = still.bend(&image);
        let sum = canvas.iter().sum::<f32>();
        assert!((sum - 12.0).abs() < 1e-3, "each pixel is four half ones: {sum}");
        let edge = (CANVAS - 2 * SIDE) / 2;
        assert!(canvas[(edge + 20) * CANVAS + edge + 14] > 0.5);
    }
}
