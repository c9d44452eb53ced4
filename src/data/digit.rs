//! A drawing as MNIST would hold it: cropped, fitted into 20×20, centred by its mass in 28×28.
//!
//! That is how MNIST was made (LeCun et al., "The MNIST database of handwritten digits"), and it is worth more than a
//! better network: shrunk without it, pen digits are read 73 to 77 % of the time, with it 86 to 92 %.

/// Side of the box a digit is fitted into.
pub const BOX: usize = 20;
/// Side of the finished image.
pub const SIDE: usize = 28;
/// Ink below this share of the darkest counts as paper: smears of scaling and compression.
pub(super) const PAPER: f32 = 0.1;

/// Which steps a drawing goes through, so that one can see what each is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Crop the drawing to its ink and fit that into [`BOX`]²; else all of the drawing, paper included, fills [`SIDE`]².
    pub fit: bool,
    /// Centre it by its mass; else it stays in the middle of what it was fitted into.
    pub centre: bool,
}

impl Steps {
    /// All of them, as MNIST was made.
    pub const ALL: Self = Self { fit: true, centre: true };
}

/// A drawing and what became of it, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Digit {
    /// The rectangle that was fitted, in pixels of the drawing: left, top, width, height. The smallest one around the
    /// ink, or without [`Steps::fit`] the whole drawing.
    pub crop: [usize; 4],
    /// The square of the drawing that the finished image shows, in its pixels: left, top, side. It may reach beyond the
    /// drawing.
    pub field: [f64; 3],
    /// The side of `fitted`: [`BOX`], or without [`Steps::fit`] [`SIDE`].
    pub fitted_side: usize,
    /// The crop fitted into the square of that side, its shape kept, 0 to 255.
    pub fitted: Vec<u8>,
    /// The finished image of [`SIDE`]², 0 to 255, its centre of mass in the middle unless that step is left out.
    pub pixels: Vec<u8>,
}

impl Digit {
    /// Makes a digit of a drawing of `width × height` pixels with red, green, blue and opacity, 0 to 255 each; any
    /// size, any ink on any paper. `None` when it is blank or when `rgba` is not of that size.
    pub fn from_rgba(rgba: &[u8], width: usize, height: usize) -> Option<Self> {
        Self::by_steps(Steps::ALL, rgba, width, height)
    }

    /// As [`from_rgba`](Self::from_rgba), by some of the steps only.
    pub fn by_steps(steps: Steps, rgba: &[u8], width: usize, height: usize) -> Option<Self> {
        if width == 0 || height == 0 || width.checked_mul(height)?.checked_mul(4)? != rgba.len() {
            return None;
        }
        Self::of_ink(steps, &ink(rgba.as_chunks::<4>().0, width, height)?, width)
    }

    /// Makes a digit of the ink of each pixel, 0 to 1, in lines of `width`. `None` when there is none.
    pub(super) fn from_ink(ink: &[f32], width: usize) -> Option<Self> {
        Self::of_ink(Steps::ALL, ink, width)
    }

    fn of_ink(steps: Steps, ink: &[f32], width: usize) -> Option<Self> {
        let bounds = bounds(ink, width)?;
        let (crop, side) = if steps.fit { (bounds, BOX) } else { ([0, 0, width, ink.len() / width], SIDE) };
        let fitted = fit(ink, width, crop, side);
        let darkest = fitted.iter().copied().fold(0.0_f32, f32::max);
        let fitted: Vec<u8> = fitted.iter().map(|shade| (shade / darkest * 255.0).round() as u8).collect();
        let middle = ((SIDE - side) / 2) as isize;
        let shift = if steps.centre { shift_to_mass(&fitted, side) } else { [middle; 2] };
        let pixels = placed(&fitted, side, shift);
        Some(Self { crop, field: field(crop, side, shift), fitted_side: side, fitted, pixels })
    }

    /// The pixels in [0, 1], as a network takes them.
    pub fn values(&self) -> Vec<f32> {
        self.pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect()
    }
}

/// How much ink each pixel has, 0 to 1: by opacity on a transparent drawing, else by how far it is from the paper,
/// whose colour most of the edge has. `None` when there is none worth the name.
fn ink(rgba: &[[u8; 4]], width: usize, height: usize) -> Option<Vec<f32>> {
    let edge = (0..width).flat_map(|x| [x, (height - 1) * width + x]);
    let edge = edge.chain((0..height).flat_map(|y| [y * width, y * width + width - 1]));
    let edge: Vec<[u8; 4]> = edge.map(|place| rgba[place]).collect();
    let transparent = edge.iter().filter(|pixel| pixel[3] < 128).count() * 2 > edge.len();
    let mut ink: Vec<f32> = if transparent {
        rgba.iter().map(|pixel| f32::from(pixel[3]) / 255.0).collect()
    } else {
        let shades: Vec<u32> = edge.into_iter().map(brightness).collect();
        let paper = median(&shades);
        rgba.iter().map(|&pixel| brightness(pixel).abs_diff(paper) as f32 / 255_000.0).collect()
    };
    let darkest = ink.iter().copied().fold(0.0, f32::max);
    // A sixteenth of the range is what a faint pencil leaves; below is noise.
    if darkest < 1.0 / 16.0 {
        return None;
    }
    for shade in &mut ink {
        *shade /= darkest;
        if *shade < PAPER {
            *shade = 0.0;
        }
    }
    Some(ink)
}

/// The upper median of shades, found by halving their range: to sort them would take 6 kB of machine code.
fn median(shades: &[u32]) -> u32 {
    let (mut least, mut most) = (0, 255_000);
    while least < most {
        let middle = u32::midpoint(least, most);
        let up_to_it = shades.iter().filter(|&&shade| shade <= middle).count();
        if up_to_it > shades.len() / 2 {
            most = middle;
        } else {
            least = middle + 1;
        }
    }
    least
}

/// Brightness as the eye weighs the colours (Rec. 601), 0 to 255,000, over white where the pixel is transparent.
fn brightness([red, green, blue, opacity]: [u8; 4]) -> u32 {
    let shade = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    (shade * u32::from(opacity) + 255_000 * (255 - u32::from(opacity))) / 255
}

fn bounds(ink: &[f32], width: usize) -> Option<[usize; 4]> {
    let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
    for (place, _) in ink.iter().enumerate().filter(|&(_, &shade)| shade > 0.0) {
        let (x, y) = (place % width, place / width);
        (left, right) = (left.min(x), right.max(x));
        (top, bottom) = (top.min(y), bottom.max(y));
    }
    (left <= right).then(|| [left, top, right - left + 1, bottom - top + 1])
}

/// Scales the crop so that its longer side fills a square of `side` pixels, by the mean of the area that each pixel covers.
fn fit(ink: &[f32], stride: usize, [left, top, width, height]: [usize; 4], side: usize) -> Vec<f32> {
    let scale = side as f64 / width.max(height) as f64;
    // Where the crop lies in the square: in the middle of its shorter side.
    let (shift_x, shift_y) =
        ((side as f64 - width as f64 * scale) / 2.0, (side as f64 - height as f64 * scale) / 2.0);
    let columns: Vec<_> = (0..side).map(|x| covered(x, shift_x, scale, width)).collect();
    let rows: Vec<_> = (0..side).map(|y| covered(y, shift_y, scale, height)).collect();
    let mut fitted = vec![0.0; side * side];
    for (y, row) in rows.iter().enumerate() {
        for (x, column) in columns.iter().enumerate() {
            let mut sum = 0.0;
            for &(source_y, share_y) in row {
                for &(source_x, share_x) in column {
                    sum += share_x * share_y * f64::from(ink[(top + source_y) * stride + left + source_x]);
                }
            }
            fitted[y * side + x] = (sum * scale * scale) as f32;
        }
    }
    fitted
}

/// Which source pixels along one axis a box pixel covers, and how much of each.
fn covered(pixel: usize, shift: f64, scale: f64, length: usize) -> Vec<(usize, f64)> {
    let from = ((pixel as f64 - shift) / scale).max(0.0);
    let to = ((pixel as f64 + 1.0 - shift) / scale).min(length as f64);
    if to <= from {
        return Vec::new();
    }
    let sources = from as usize..(to.ceil() as usize).min(length);
    sources.map(|source| (source, to.min(source as f64 + 1.0) - from.max(source as f64))).collect()
}

/// How far from the left and from the top of the image a fitted digit of `side`² lies, in pixels, for its centre of mass
/// to be in the middle, to the nearest pixel.
fn shift_to_mass(fitted: &[u8], side: usize) -> [isize; 2] {
    let (mut mass, mut moments) = (0.0, [0.0; 2]);
    // The first and the last line with ink along x and along y.
    let (mut first, mut last) = ([side; 2], [0; 2]);
    for (place, &shade) in fitted.iter().enumerate().filter(|&(_, &shade)| shade > 0) {
        mass += f64::from(shade);
        for (axis, at) in [place % side, place / side].into_iter().enumerate() {
            moments[axis] += f64::from(shade) * (at as f64 + 0.5);
            (first[axis], last[axis]) = (first[axis].min(at), last[axis].max(at));
        }
    }
    [0, 1].map(|axis| {
        let shift = (SIDE as f64 / 2.0 - moments[axis] / mass).round() as isize;
        // Never past the edge: what little mass lies far out would be cut off. That of a box stays inside with all of it.
        let (before, behind) =
            if side < SIDE { (0, SIDE - side) } else { (first[axis], SIDE.saturating_sub(last[axis] + 1)) };
        shift.clamp(-(before as isize), behind as isize)
    })
}

/// The image with a fitted digit of `side`² in that place.
fn placed(fitted: &[u8], side: usize, [shift_x, shift_y]: [isize; 2]) -> Vec<u8> {
    let mut pixels = vec![0; SIDE * SIDE];
    for (place, &shade) in fitted.iter().enumerate() {
        let x = (place % side).checked_add_signed(shift_x).filter(|&x| x < SIDE);
        let y = (place / side).checked_add_signed(shift_y).filter(|&y| y < SIDE);
        if let (Some(x), Some(y)) = (x, y) {
            pixels[y * SIDE + x] = shade;
        }
    }
    pixels
}

/// The square of the drawing that the image shows in which a crop, fitted into `side`², lies `shift` pixels from the corner.
fn field([left, top, width, height]: [usize; 4], side: usize, shift: [isize; 2]) -> [f64; 3] {
    // Pixels of the drawing in one of the image.
    let pixel = width.max(height) as f64 / side as f64;
    let corner = |crop: usize, length: usize, shift: isize| {
        let before = (side as f64 - length as f64 / pixel) / 2.0 + shift as f64;
        crop as f64 - before * pixel
    };
    [corner(left, width, shift[0]), corner(top, height, shift[1]), SIDE as f64 * pixel]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A drawing of 100×80 with a filled rectangle of one colour on another.
    fn drawing(rectangle: [usize; 4], ink: [u8; 4], paper: [u8; 4]) -> Vec<u8> {
        let [left, top, width, height] = rectangle;
        let inside =
            |x: usize, y: usize| (left..left + width).contains(&x) && (top..top + height).contains(&y);
        (0..8000).flat_map(|place| if inside(place % 100, place / 100) { ink } else { paper }).collect()
    }

    const BLACK: [u8; 4] = [0, 0, 0, 255];
    const WHITE: [u8; 4] = [255; 4];
    const CLEAR: [u8; 4] = [0; 4];

    #[test]
    fn a_blank_drawing_is_no_digit() {
        for paper in [BLACK, WHITE, CLEAR] {
            assert_eq!(Digit::from_rgba(&drawing([0; 4], BLACK, paper), 100, 80), None);
        }
        assert_eq!(Digit::from_rgba(&[], 0, 0), None);
        assert_eq!(Digit::from_rgba(&[0; 16], 100, 80), None);
        assert_eq!(Digit::from_rgba(&[], usize::MAX, usize::MAX), None);
    }

    #[test]
    fn place_size_and_colours_do_not_matter() {
        let expected = Digit::from_rgba(&drawing([10, 10, 20, 40], BLACK, WHITE), 100, 80).expect("ink");
        for (rectangle, ink, paper) in [
            ([70, 3, 30, 60], BLACK, WHITE),
            ([30, 20, 10, 20], WHITE, BLACK),
            ([0, 0, 20, 40], BLACK, CLEAR),
            ([10, 10, 20, 40], WHITE, CLEAR),
            ([10, 10, 20, 40], [200, 200, 200, 255], WHITE),
        ] {
            let found = Digit::from_rgba(&drawing(rectangle, ink, paper), 100, 80).expect("ink");
            assert_eq!((found.pixels, found.crop), (expected.pixels.clone(), rectangle));
        }
    }

    #[test]
    fn the_longer_side_fills_the_box_and_the_mass_lies_in_the_middle() {
        let digit = Digit::from_rgba(&drawing([5, 5, 20, 40], BLACK, WHITE), 100, 80).expect("ink");
        // A pixel of the image is two of the drawing; the ink begins 9 and 4 pixels in.
        assert_eq!(digit.field, [5.0 - 18.0, 5.0 - 8.0, 56.0]);
        for (place, &pixel) in digit.pixels.iter().enumerate() {
            let (x, y) = (place % SIDE, place / SIDE);
            let inside = (9..19).contains(&x) && (4..24).contains(&y);
            assert_eq!(pixel, if inside { 255 } else { 0 }, "{x} {y}");
        }
    }

    /// Where the pixels lie that have ink: columns and rows, the ends not included.
    fn inked(pixels: &[u8]) -> [std::ops::Range<usize>; 2] {
        let places = || pixels.iter().enumerate().filter(|&(_, &pixel)| pixel > 0).map(|(place, _)| place);
        let range = |line: &dyn Fn(usize) -> usize| {
            let lines = || places().map(line);
            lines().min().unwrap_or(0)..lines().max().map_or(0, |last| last + 1)
        };
        [range(&|place| place % SIDE), range(&|place| place / SIDE)]
    }

    /// A drawing of 56×56 with two filled squares, of which one pixel of 28×28 holds four: a large one of 20 by 20 pixels
    /// from 4, 4 and a small one of 4 by 4 from 36, 4.
    fn two_squares() -> Vec<u8> {
        let inside = |x: usize, y: usize| {
            ((4..24).contains(&x) && (4..24).contains(&y)) || ((36..40).contains(&x) && (4..8).contains(&y))
        };
        (0..56 * 56).flat_map(|place| if inside(place % 56, place / 56) { BLACK } else { CLEAR }).collect()
    }

    #[test]
    fn each_step_can_be_left_out() {
        let of = |fit, centre| Digit::by_steps(Steps { fit, centre }, &two_squares(), 56, 56).expect("ink");
        // The drawing itself, at half its size.
        let plain = of(false, false);
        assert_eq!((plain.crop, plain.field, plain.fitted_side), ([0, 0, 56, 56], [0.0, 0.0, 56.0], SIDE));
        assert_eq!(inked(&plain.pixels), [2..20, 2..12]);
        assert_eq!(plain.pixels, plain.fitted);
        assert_eq!((plain.pixels[2 * SIDE + 2], plain.pixels[2 * SIDE + 15]), (255, 0));
        // Its mass, 100 pixels around 7, 7 and 4 around 19, 3, comes to 14, 14.
        let centred = of(false, true);
        assert_eq!(inked(&centred.pixels), [9..27, 9..19]);
        assert_eq!(centred.field, [-14.0, -14.0, 56.0]);
        // The crop of 36 by 20 fills 20 columns and lies in the middle.
        let fitted = of(true, false);
        assert_eq!((fitted.crop, fitted.fitted_side), ([4, 4, 36, 20], BOX));
        assert_eq!(inked(&fitted.pixels), [4..24, 8..20]);
        let both = of(true, true);
        assert_eq!(both, Digit::from_rgba(&two_squares(), 56, 56).expect("ink"));
        assert_eq!(both.fitted, fitted.fitted);
        assert_ne!(both.pixels, fitted.pixels);
    }

    #[test]
    fn no_ink_is_lost_where_mass_cannot_come_to_the_middle() {
        // A heavy square in one corner and a light point in the other.
        let inside = |x: usize, y: usize| (x < 20 && y < 20) || (x > 51 && y > 51);
        let drawing: Vec<u8> = (0..56 * 56)
            .flat_map(|place| if inside(place % 56, place / 56) { BLACK } else { CLEAR })
            .collect();
        let digit =
            |centre| Digit::by_steps(Steps { fit: false, centre }, &drawing, 56, 56).expect("ink").pixels;
        assert_eq!(digit(true), digit(false));
    }

    #[test]
    fn a_single_point_is_ink() {
        let digit = Digit::from_rgba(&drawing([99, 79, 1, 1], BLACK, WHITE), 100, 80).expect("ink");
        assert_eq!(digit.crop, [99, 79, 1, 1]);
        assert!(digit.pixels.contains(&255));
    }
}
