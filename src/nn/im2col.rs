//! Windows that walk over an image: convolution and pooling place by place, and `im2col` (book 7.2 to 7.4).
//!
//! For figures and checks: plain loops in `f64`, with every number on the way. The layers that learn are in
//! [`layers`](super::layers).
//!
//! # Shapes
//! An image is `[channels, height, width]`, a filter `[channels, rows, columns]`, an output of pooling
//! `[channels, lines, places]`, each flattened with the last axis running fastest. Places are counted row by row, the taps
//! of a window as the filter's weights are.

/// How windows lie on an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    channels: usize,
    height: usize,
    width: usize,
    rows: usize,
    columns: usize,
    stride: usize,
    pad: usize,
}

/// What pooling takes from a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Its largest value.
    Max,
    /// Its mean.
    Average,
}

impl Windows {
    /// Windows of `[rows, columns]` on an image of `[channels, height, width]`, `stride` apart, with `pad` zeros on every
    /// side of the image. None where a window is larger than the padded image, or a size is 0.
    pub fn new(image: [usize; 3], window: [usize; 2], stride: usize, pad: usize) -> Option<Self> {
        let [channels, height, width] = image;
        let [rows, columns] = window;
        let windows = Self { channels, height, width, rows, columns, stride, pad };
        let [tall, wide] = windows.padded();
        let sizes = [channels, height, width, rows, columns, stride];
        (!sizes.contains(&0) && rows <= tall && columns <= wide).then_some(windows)
    }

    /// Height and width of the padded image.
    pub fn padded(&self) -> [usize; 2] {
        [self.height + 2 * self.pad, self.width + 2 * self.pad]
    }

    /// Height and width of the output: ⌊(H + 2P − FH) / S⌋ + 1 and the same across (book 7.2.4).
    pub fn output(&self) -> [usize; 2] {
        let [height, width] = self.padded();
        [(height - self.rows) / self.stride + 1, (width - self.columns) / self.stride + 1]
    }

    /// How many rows and columns of the padded image no window reaches, because the stride does not divide.
    pub fn left_over(&self) -> [usize; 2] {
        let [height, width] = self.padded();
        [(height - self.rows) % self.stride, (width - self.columns) % self.stride]
    }

    /// How many windows there are.
    pub fn places(&self) -> usize {
        self.output().iter().product()
    }

    /// How many numbers a window holds, all channels together.
    pub fn taps(&self) -> usize {
        self.channels * self.rows * self.columns
    }

    /// Row and column of a window's first number in the padded image.
    pub fn corner(&self, place: usize) -> [usize; 2] {
        let [_, across] = self.output();
        [place / across * self.stride, place % across * self.stride]
    }

    /// The place whose window is nearest to having its first number in this row and column of the padded image.
    pub fn nearest(&self, row: f64, column: f64) -> usize {
        let [down, across] = self.output();
        // A float too large or not a number becomes the nearest whole number, or 0.
        let index = |at: f64, count: usize| ((at / self.stride as f64).round() as usize).min(count - 1);
        index(row, down) * across + index(column, across)
    }

    /// Where in the image a tap of a window lies; none where that is padding.
    pub fn source(&self, place: usize, tap: usize) -> Option<usize> {
        let [top, left] = self.corner(place);
        let (channel, tap) = (tap / (self.rows * self.columns), tap % (self.rows * self.columns));
        let row = (top + tap / self.columns).checked_sub(self.pad).filter(|&row| row < self.height)?;
        let column =
            (left + tap % self.columns).checked_sub(self.pad).filter(|&column| column < self.width)?;
        Some((channel * self.height + row) * self.width + column)
    }

    /// The number that a tap of a window meets; 0 in the padding.
    pub fn value(&self, image: &[f64], place: usize, tap: usize) -> f64 {
        self.source(place, tap).and_then(|source| image.get(source)).copied().unwrap_or(0.0)
    }

    /// Every window as a row of a matrix, `places × taps` (book 7.4.2).
    pub fn im2col(&self, image: &[f64]) -> Vec<f64> {
        let places = 0..self.places();
        places.flat_map(|place| (0..self.taps()).map(move |tap| self.value(image, place, tap))).collect()
    }

    /// The sum of products of each window with the filter, and the bias (book 7.2.2).
    pub fn convolve(&self, image: &[f64], filter: &[f64], bias: f64) -> Vec<f64> {
        let sum = |place| -> f64 {
            filter.iter().enumerate().map(|(tap, weight)| weight * self.value(image, place, tap)).sum()
        };
        (0..self.places()).map(|place| sum(place) + bias).collect()
    }

    /// One number for each window of each channel (book 7.3). Padding has no part in it, as in the layers.
    pub fn pool(&self, image: &[f64], pooling: Pooling) -> Vec<f64> {
        let size = self.rows * self.columns;
        let one = |channel: usize, place: usize| {
            let sources = (0..size).filter_map(|tap| self.source(place, channel * size + tap));
            let values = sources.filter_map(|source| image.get(source)).copied();
            match pooling {
                Pooling::Max => values.fold(f64::NEG_INFINITY, f64::max),
                Pooling::Average => {
                    let (sum, count) =
                        values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
                    sum / count
                }
            }
        };
        let channels = 0..self.channels;
        channels.flat_map(|channel| (0..self.places()).map(move |place| one(channel, place))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: [f64; 16] = [1., 2., 3., 0., 0., 1., 2., 3., 3., 0., 1., 2., 2., 3., 0., 1.];
    const FILTER: [f64; 9] = [2., 0., 1., 0., 1., 2., 1., 0., 2.];

    fn windows(image: [usize; 3], window: [usize; 2], stride: usize, pad: usize) -> Windows {
        Windows::new(image, window, stride, pad).expect("fits")
    }

    #[test]
    fn numbers_of_the_book() {
        // 7.2.2, figures 7-4 and 7-5.
        let plain = windows([1, 4, 4], [3, 3], 1, 0);
        assert_eq!(plain.convolve(&INPUT, &FILTER, 0.0), [15., 16., 6., 15.]);
        assert_eq!(plain.convolve(&INPUT, &FILTER, 3.0), [18., 19., 9., 18.]);
        // 7.2.3: padding of 1 keeps the size.
        let padded = windows([1, 4, 4], [3, 3], 1, 1).convolve(&INPUT, &FILTER, 0.0);
        assert_eq!(padded, [7., 12., 10., 2., 4., 15., 16., 10., 10., 6., 15., 6., 8., 10., 4., 3.]);
        // 7.2.4: sizes.
        assert_eq!(windows([1, 7, 7], [3, 3], 2, 0).output(), [3, 3]);
        assert_eq!(windows([1, 28, 31], [5, 5], 3, 2).output(), [10, 11]);
        // 7.3.1, figure 7-14.
        let input = [1., 2., 1., 0., 0., 1., 2., 3., 3., 0., 1., 2., 2., 4., 0., 1.];
        let halved = windows([1, 4, 4], [2, 2], 2, 0);
        assert_eq!(halved.pool(&input, Pooling::Max), [2., 3., 4., 2.]);
        assert_eq!(halved.pool(&input, Pooling::Average), [1., 1.5, 2.25, 1.]);
        // 7.4.3.
        let seven = windows([3, 7, 7], [5, 5], 1, 0);
        assert_eq!((seven.places(), seven.taps(), 10 * seven.places()), (9, 75, 90));
    }

    #[test]
    fn a_window_larger_than_the_padded_image_is_none() {
        assert_eq!(Windows::new([1, 4, 4], [5, 3], 1, 0), None);
        assert!(Windows::new([1, 4, 4], [6, 6], 1, 1).is_some());
        for size in [([0, 4, 4], [1, 1], 1), ([1, 4, 4], [0, 1], 1), ([1, 4, 4], [1, 1], 0)] {
            assert_eq!(Windows::new(size.0, size.1, size.2, 0), None);
        }
    }

    #[test]
    fn what_the_stride_does_not_reach_is_counted() {
        assert_eq!(windows([1, 6, 8], [3, 3], 2, 0).left_over(), [1, 1]);
        assert_eq!(windows([1, 7, 8], [3, 3], 2, 1).left_over(), [0, 1]);
    }

    #[test]
    fn the_nearest_window_is_found_wherever_one_points() {
        let windows = windows([1, 7, 7], [3, 3], 2, 0);
        for place in 0..windows.places() {
            let [row, column] = windows.corner(place);
            assert_eq!(windows.nearest(row as f64, column as f64), place);
        }
        assert_eq!(windows.nearest(f64::INFINITY, f64::NAN), 6);
        assert_eq!(windows.nearest(-5.0, 1e300), 2);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use ndarray::{Array2, ArrayView2};
    use proptest::prelude::*;

    use super::*;
    use crate::nn::layer::{Layer, Mode};
    use crate::nn::layers::{AveragePool2d, Conv2d, Geometry, MaxPool2d};
    use crate::nn::spec;
    use crate::rng::{Purpose, Rng};

    fn row(values: &[f64]) -> ArrayView2<'_, f64> {
        ArrayView2::from_shape((1, values.len()), values).expect("one row")
    }

    fn close(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-10)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_the_layer_and_the_product(
            channels in 1_usize..4, height in 1_usize..9, width in 1_usize..9, size in 1_usize..6,
            stride in 1_usize..5, pad in 0_usize..4, seed in 0_u32..1000,
        ) {
            let Some(windows) = Windows::new([channels, height, width], [size, size], stride, pad) else {
                prop_assert!(size > height.min(width) + 2 * pad);
                return Ok(());
            };
            let mut rng = Rng::new(seed, Purpose::Weights(0));
            let mut random = |count: usize| (0..count).map(|_| rng.normal()).collect::<Vec<f64>>();
            let (image, filter) = (random(channels * height * width), random(windows.taps()));
            let output = windows.convolve(&image, &filter, 0.5);

            let geometry = Geometry { channels, height, width, filters: 1, size, stride, pad };
            let mut params = Conv2d::params([1, channels, size], row(&filter).to_owned());
            params[1].value.fill(0.5);
            let mut of_layer = Array2::zeros((1, windows.places()));
            Conv2d::new(geometry).forward(&mut params, row(&image), of_layer.view_mut(), Mode::Evaluation);
            prop_assert!(close(&output, of_layer.as_slice().expect("contiguous")));

            let matrix = Array2::from_shape_vec((windows.places(), windows.taps()), windows.im2col(&image));
            let product = matrix.expect("its size").dot(&row(&filter).t()) + 0.5;
            prop_assert!(close(&output, product.as_slice().expect("contiguous")));
        }

        #[test]
        fn pooling_is_the_layer(
            channels in 1_usize..4, height in 1_usize..9, width in 1_usize..9, size in 1_usize..5,
            stride in 1_usize..5, seed in 0_u32..1000,
        ) {
            let shape = [channels, height, width];
            let Some(windows) = Windows::new(shape, [size, size], stride, 0) else { return Ok(()) };
            let mut rng = Rng::new(seed, Purpose::Weights(0));
            let image: Vec<f64> = (0..channels * height * width).map(|_| rng.normal()).collect();
            let of_layer = |mut layer: Box<dyn Layer<f64>>| {
                let mut output = Array2::zeros((1, channels * windows.places()));
                layer.forward(&mut [], row(&image), output.view_mut(), Mode::Evaluation);
                output.into_raw_vec_and_offset().0
            };
            let spec = spec::Windows { size, stride: Some(stride), pad: None };
            prop_assert_eq!(windows.pool(&image, Pooling::Max), of_layer(Box::new(MaxPool2d::new(&shape, spec))));
            let mean = windows.pool(&image, Pooling::Average);
            prop_assert!(close(&mean, &of_layer(Box::new(AveragePool2d::new(&shape, spec)))));
        }
    }
}
