//! Convolution.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::correlation::{Packed, Plan, Source, add_weight_gradient, correlate};
use super::pool2d::MaxPool2d;
use crate::lanes::LANES;
use crate::nn::layer::{Layer, Mode, Param, Role};
use crate::real::Real;

/// `y[f, i, j] = b[f] + Σ w[f, c, u, v] · x[c, i·stride + u − pad, j·stride + v − pad]`, x being 0 outside: book 7.2.
/// (A cross-correlation, as everywhere in deep learning: filters are not turned.)
///
/// # Shapes
/// A row of the input is `[channels, height, width]`, of the output `[filters, ⌊(height + 2·pad − size) / stride⌋ + 1,
/// …]`; the weight is `[filters, channels, size, size]`, the bias `[filters]`.
#[derive(Clone, Debug)]
pub struct Conv2d<T> {
    geometry: Geometry,
    plan: Plan,
    source: Source<T>,
    packed: Packed<T>,
    starts: Vec<(usize, usize)>,
    /// Four parts of the gradient of each weight.
    sums: Vec<[T; LANES]>,
    /// Made when a gradient is first sent back; a first layer never needs it.
    back: Option<Back<T>>,
    /// The pooling layer behind it, if it is computed along with it.
    pool: Option<MaxPool2d>,
    /// The output for one image before pooling, or the gradient with respect to it.
    unpooled: Vec<T>,
}

/// What it takes to send gradients back to the input: a convolution of its own, of the upstream gradients spread out by
/// the stride, with the filters turned by 180°.
#[derive(Clone, Debug)]
struct Back<T> {
    plan: Plan,
    source: Source<T>,
    packed: Packed<T>,
}

/// The sizes of a convolution.
#[derive(Clone, Copy, Debug)]
pub struct Geometry {
    /// Channels of the input.
    pub channels: usize,
    /// Height of the input.
    pub height: usize,
    /// Width of the input.
    pub width: usize,
    /// Output channels.
    pub filters: usize,
    /// Height and width of a filter.
    pub size: usize,
    /// Step between places.
    pub stride: usize,
    /// Zeros around the input.
    pub pad: usize,
}

impl Geometry {
    /// Height and width of the output.
    fn output(&self) -> (usize, usize) {
        let fit = |length: usize| (length + 2 * self.pad - self.size) / self.stride + 1;
        (fit(self.height), fit(self.width))
    }

    /// Inputs of one output.
    pub(super) fn taps(&self) -> usize {
        self.channels * self.size * self.size
    }

    /// The plan of a convolution by single steps over images of `channels` channels with lines enough for it.
    fn plan(&self, channels: usize, lines: usize, width: usize) -> Plan {
        let image = lines + self.size - 1;
        let first = |run: usize| (run / self.size) * image + run % self.size;
        Plan { first_lines: (0..channels * self.size).map(first).collect(), run: self.size, lines, width }
    }
}

impl<T: Real> Back<T> {
    fn new(geometry: &Geometry) -> Self {
        let Geometry { height, width, filters, size, .. } = *geometry;
        Self {
            plan: geometry.plan(filters, height, width),
            source: Source::new(filters * (height + size - 1), width + size - 1),
            packed: Packed::default(),
        }
    }
}

impl<T: Real> Conv2d<T> {
    /// A layer of these sizes, which have been checked.
    pub fn new(geometry: Geometry) -> Self {
        let Geometry { channels, size, stride, .. } = geometry;
        let (lines, outputs) = geometry.output();
        let (plan, source) = if stride == 1 {
            let plan = geometry.plan(channels, lines, outputs);
            (plan, Source::new(channels * (lines + size - 1), outputs + size - 1))
        } else {
            // One line for each tap, with what it meets at all places.
            let (taps, places) = (geometry.taps(), lines * outputs);
            let plan = Plan { first_lines: (0..taps).collect(), run: 1, lines: 1, width: places };
            (plan, Source::new(taps, places))
        };
        let sums = Vec::new();
        Self {
            geometry,
            plan,
            source,
            packed: Packed::default(),
            starts: Vec::new(),
            sums,
            back: None,
            pool: None,
            unpooled: Vec::new(),
        }
    }

    /// The same with a pooling layer behind it, image by image: so the output before pooling, the largest array of a
    /// network by far, is never written but for one image, which stays in the cache.
    #[must_use]
    pub fn pooled(self, pool: MaxPool2d) -> Self {
        let (lines, places) = self.geometry.output();
        Self { unpooled: vec![T::zero(); self.geometry.filters * lines * places], pool: Some(pool), ..self }
    }

    /// Its parameters: this weight, `[filters, channels · size · size]`, and a bias of 0.
    pub fn params([filters, channels, size]: [usize; 3], weight: Array2<T>) -> [Param<T>; 2] {
        [
            Param::new("weight", vec![filters, channels, size, size], weight, Role::Weight),
            Param::new("bias", vec![filters], Array2::zeros((1, filters)), Role::Bias),
        ]
    }

    /// Lays out one image for the sums.
    fn lay_out(&mut self, image: &[T]) {
        let Geometry { height, width, size, stride, pad, .. } = self.geometry;
        if stride == 1 {
            spread(image, (height, width), 1, pad as isize, &mut self.source, self.plan.lines + size - 1);
        } else {
            let (_, outputs) = self.geometry.output();
            for (tap, line) in self.source.lines_mut().enumerate() {
                let channel = &image[tap / (size * size) * height * width..][..height * width];
                let (down, across) = (tap / size % size, tap % size);
                for (i, line) in line.chunks_exact_mut(outputs).enumerate() {
                    let row = (i * stride + down).checked_sub(pad).filter(|&row| row < height);
                    let row = row.map_or(&[] as &[T], |row| &channel[row * width..(row + 1) * width]);
                    for (j, to) in line.iter_mut().enumerate() {
                        let column = (j * stride + across).wrapping_sub(pad);
                        *to = row.get(column).copied().unwrap_or_else(T::zero);
                    }
                }
            }
            self.source.mark_blank();
        }
    }
}

/// Puts an image of `[channels, height, width]` into the lines of a source, `lines` a channel: value (i, j) at
/// (i·stride + offset, j·stride + offset), as far as that lies inside, and 0 elsewhere.
fn spread<T: Real>(
    image: &[T],
    (height, width): (usize, usize),
    stride: usize,
    offset: isize,
    source: &mut Source<T>,
    lines: usize,
) {
    for (line, to) in source.lines_mut().enumerate() {
        to.fill(T::zero());
        let (channel, line) = (line / lines, line % lines);
        let Some(row) = origin(line, offset, stride).filter(|&row| row < height) else { continue };
        let from = &image[(channel * height + row) * width..][..width];
        if stride == 1 && offset >= 0 {
            let offset = offset as usize;
            let count = width.min(to.len().saturating_sub(offset));
            to[offset..offset + count].copy_from_slice(&from[..count]);
            continue;
        }
        for (place, to) in to.iter_mut().enumerate() {
            if let Some(&value) = origin(place, offset, stride).and_then(|column| from.get(column)) {
                *to = value;
            }
        }
    }
    source.mark_blank();
}

/// The i for which i·stride + offset is `place`.
fn origin(place: usize, offset: isize, stride: usize) -> Option<usize> {
    let distance = usize::try_from(place as isize - offset).ok()?;
    distance.is_multiple_of(stride).then_some(distance / stride)
}

impl<T: Real> Layer<T> for Conv2d<T> {
    fn forward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        mut output: ArrayViewMut2<'_, T>,
        _: Mode,
    ) {
        let [weight, bias] = params else { return };
        let (weight, bias) = (&weight.value, &bias.value);
        self.packed.fill(self.geometry.filters, self.geometry.taps(), |filter, tap| weight[[filter, tap]]);
        if let Some(pool) = &mut self.pool {
            pool.make_room(output.len());
        }
        for (row, (image, mut output)) in input.rows().into_iter().zip(output.rows_mut()).enumerate() {
            let (Some(image), Some(output)) = (image.to_slice(), output.as_slice_mut()) else { return };
            self.lay_out(image);
            let bias = |filter| bias[[0, filter]];
            let Some(pool) = &mut self.pool else {
                correlate(&self.plan, &self.source, &self.packed, bias, output, &mut self.starts);
                continue;
            };
            correlate(&self.plan, &self.source, &self.packed, bias, &mut self.unpooled, &mut self.starts);
            pool.pool(row * output.len(), &self.unpooled, output);
        }
    }

    fn backward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        upstream: ArrayView2<'_, T>,
        mut downstream: Option<ArrayViewMut2<'_, T>>,
    ) {
        let [weight, bias] = params else { return };
        let Geometry { channels, filters, size, stride, pad, height, .. } = self.geometry;
        let places = self.geometry.output();
        self.sums.clear();
        self.sums.resize(weight.value.len(), [T::zero(); LANES]);
        bias.gradient.fill(T::zero());
        if downstream.is_some() {
            let value = &weight.value;
            let geometry = self.geometry;
            let back = self.back.get_or_insert_with(|| Back::new(&geometry));
            // Filters and channels change places, and taps go from last to first.
            back.packed.fill(channels, filters * size * size, |channel, tap| {
                let (filter, place) = (tap / (size * size), tap % (size * size));
                value[[filter, (channel + 1) * size * size - 1 - place]]
            });
        }
        for (row, (image, slopes)) in input.rows().into_iter().zip(upstream.rows()).enumerate() {
            let (Some(image), Some(slopes)) = (image.to_slice(), slopes.to_slice()) else { return };
            self.lay_out(image);
            let slopes = match &self.pool {
                None => slopes,
                Some(pool) => {
                    pool.spread(row * slopes.len(), slopes, &mut self.unpooled);
                    &self.unpooled
                }
            };
            add_weight_gradient(&self.plan, &self.source, slopes, &mut self.sums);
            for (sum, slopes) in bias.gradient.iter_mut().zip(slopes.chunks_exact(places.0 * places.1)) {
                *sum += total(slopes);
            }
            if let (Some(downstream), Some(Back { plan, source, packed })) = (&mut downstream, &mut self.back)
                && let Some(downstream) = downstream.row_mut(row).as_slice_mut()
            {
                let offset = size as isize - 1 - pad as isize;
                spread(slopes, places, stride, offset, source, height + size - 1);
                correlate(plan, source, packed, |_| T::zero(), downstream, &mut self.starts);
            }
        }
        for (gradient, &[a, b, c, d]) in weight.gradient.iter_mut().zip(&self.sums) {
            *gradient = (a + b) + (c + d);
        }
    }
}

/// Σ of many numbers, in four parts.
fn total<T: Real>(numbers: &[T]) -> T {
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    let add = |sums: [T; LANES], chunk: &[T; LANES]| std::array::from_fn(|lane| sums[lane] + chunk[lane]);
    let [a, b, c, d] = chunks.iter().fold([T::zero(); LANES], add);
    (a + b) + (c + d) + rest.iter().copied().sum()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rng::{Purpose, Rng};

    /// The definition as loops: outputs and, for upstream gradients, the gradients of input, weight and bias.
    fn by_loops(
        g: &Geometry,
        input: &Array2<f64>,
        weight: &Array2<f64>,
        bias: &[f64],
        upstream: &Array2<f64>,
    ) -> [Array2<f64>; 4] {
        let (lines, width) = g.output();
        let mut output = Array2::zeros(upstream.dim());
        let mut of_input = Array2::zeros(input.dim());
        let mut of_weight = Array2::zeros(weight.dim());
        let mut of_bias = Array2::zeros((1, g.filters));
        for row in 0..input.nrows() {
            for f in 0..g.filters {
                for i in 0..lines {
                    for j in 0..width {
                        let at = (f * lines + i) * width + j;
                        output[[row, at]] += bias[f];
                        of_bias[[0, f]] += upstream[[row, at]];
                        for c in 0..g.channels {
                            for u in 0..g.size {
                                for v in 0..g.size {
                                    let (y, x) = (i * g.stride + u, j * g.stride + v);
                                    if y < g.pad || x < g.pad || y - g.pad >= g.height || x - g.pad >= g.width
                                    {
                                        continue;
                                    }
                                    let from = (c * g.height + y - g.pad) * g.width + x - g.pad;
                                    let tap = (c * g.size + u) * g.size + v;
                                    output[[row, at]] += weight[[f, tap]] * input[[row, from]];
                                    of_weight[[f, tap]] += upstream[[row, at]] * input[[row, from]];
                                    of_input[[row, from]] += upstream[[row, at]] * weight[[f, tap]];
                                }
                            }
                        }
                    }
                }
            }
        }
        [output, of_input, of_weight, of_bias]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_the_definition(
            channels in 1_usize..4, height in 1_usize..18, width in 1_usize..18, filters in 1_usize..8,
            size in 1_usize..6, stride in 1_usize..4, pad in 0_usize..4, rows in 1_usize..3, seed in 0_u32..1000,
        ) {
            prop_assume!(size <= height.min(width) + 2 * pad);
            let geometry = Geometry { channels, height, width, filters, size, stride, pad };
            let (lines, places) = geometry.output();
            let mut rng = Rng::new(seed, Purpose::Weights(0));
            let mut random = |shape| Array2::from_shape_simple_fn(shape, || rng.normal());
            let mut input = random((rows, channels * height * width));
            // Blank lines, as in images.
            let half = input.ncols() / 2;
            input.slice_mut(ndarray::s![.., ..half]).fill(0.0);
            let upstream = random((rows, filters * lines * places));
            let mut params = Conv2d::params([filters, channels, size], random((filters, geometry.taps())));
            params[1].value = random((1, filters));
            let bias = params[1].value.clone().into_raw_vec_and_offset().0;
            let expected = by_loops(&geometry, &input, &params[0].value, &bias, &upstream);

            let mut layer = Conv2d::new(geometry);
            let mut output = Array2::zeros(upstream.dim());
            let mut downstream = Array2::from_elem(input.dim(), f64::NAN);
            layer.forward(&mut params, input.view(), output.view_mut(), Mode::Evaluation);
            layer.backward(&mut params, input.view(), upstream.view(), Some(downstream.view_mut()));
            let found = [output, downstream, params[0].gradient.clone(), params[1].gradient.clone()];
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!((found - expected).iter().all(|d| d.abs() < 1e-10));
            }
        }
    }
}
