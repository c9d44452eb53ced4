//! Pooling: one number for each window of each channel.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::nn::layer::{Layer, Mode, Param};
use crate::nn::spec::Windows;
use crate::real::Real;

/// The largest value of each window, book 7.3.1. The gradient goes to the place it came from, the first of equals.
///
/// # Shapes
/// A row of the input is `[channels, height, width]`, of the output
/// `[channels, ⌊(height + 2·pad − size) / stride⌋ + 1, …]`. What lies outside the image is left out.
#[derive(Clone, Debug)]
pub struct MaxPool2d {
    frame: Frame,
    /// Where in its image each output was found.
    found: Vec<u32>,
}

/// The mean of each window, of as many values as lie inside the image; shapes as for [`MaxPool2d`].
#[derive(Clone, Debug)]
pub struct AveragePool2d {
    frame: Frame,
}

/// Windows over images of a size.
#[derive(Clone, Copy, Debug)]
struct Frame {
    height: usize,
    width: usize,
    lines: usize,
    places: usize,
    size: usize,
    stride: usize,
    pad: usize,
}

impl Frame {
    fn new(input: &[usize], windows: Windows) -> Self {
        let (size, stride, pad) = windows.numbers();
        let (height, width) = (input[1], input[2]);
        let fit = |length: usize| (length + 2 * pad - size) / stride + 1;
        Self { height, width, lines: fit(height), places: fit(width), size, stride, pad }
    }

    /// For each output of one channel, the rows and columns of its window that lie inside.
    #[inline(always)]
    fn windows(self) -> impl Iterator<Item = [std::ops::Range<usize>; 2]> {
        let span = move |place: usize, length: usize| {
            let start = place * self.stride;
            start.saturating_sub(self.pad)..(start + self.size - self.pad).min(length)
        };
        (0..self.lines)
            .flat_map(move |i| (0..self.places).map(move |j| [span(i, self.height), span(j, self.width)]))
    }

    /// Whether windows of 2×2 lie side by side, as in nearly every network.
    fn is_halving(self) -> bool {
        (self.size, self.stride, self.pad) == (2, 2, 0)
    }

    fn inputs(self) -> usize {
        self.height * self.width
    }

    fn outputs(self) -> usize {
        self.lines * self.places
    }
}

impl MaxPool2d {
    /// A layer of checked windows for inputs of the shape `[channels, height, width]`.
    pub fn new(input: &[usize], windows: Windows) -> Self {
        Self { frame: Frame::new(input, windows), found: Vec::new() }
    }
}

impl AveragePool2d {
    /// A layer of checked windows for inputs of the shape `[channels, height, width]`.
    pub fn new(input: &[usize], windows: Windows) -> Self {
        Self { frame: Frame::new(input, windows) }
    }
}

/// The largest of some values and where it is; NaN wins, so that a fault shows.
#[inline(always)]
fn larger<T: Real>(best: (T, u32), other: (T, u32)) -> (T, u32) {
    if other.0 <= best.0 || best.0.is_nan() { best } else { other }
}

/// [`MaxPool2d`] of one channel, windows of 2×2 side by side.
fn halve<T: Real>(frame: Frame, channel: &[T], output: &mut [T], found: &mut [u32]) {
    let Frame { width, places, .. } = frame;
    let rows = channel.chunks_exact(2 * width);
    let outputs = output.chunks_exact_mut(places).zip(found.chunks_exact_mut(places));
    for (i, (rows, (output, found))) in rows.zip(outputs).enumerate() {
        let (above, below) = rows.split_at(width);
        let (above, below) = (above.as_chunks::<2>().0, below.as_chunks::<2>().0);
        for (j, ((to, place), (above, below))) in
            output.iter_mut().zip(found).zip(above.iter().zip(below)).enumerate()
        {
            let first = (2 * i * width + 2 * j) as u32;
            let under = first + width as u32;
            let best = larger((above[0], first), (above[1], first + 1));
            let best = larger(best, larger((below[0], under), (below[1], under + 1)));
            (*to, *place) = best;
        }
    }
}

impl MaxPool2d {
    /// Values in the output of one channel.
    pub(super) fn outputs(&self) -> usize {
        self.frame.outputs()
    }

    /// Makes room for so many outputs.
    pub(super) fn make_room(&mut self, outputs: usize) {
        if self.found.len() < outputs {
            self.found.resize(outputs, 0);
        }
    }

    /// Pools the channels of one image or more, whose outputs come after `before` others in the batch.
    pub(super) fn pool<T: Real>(&mut self, before: usize, input: &[T], output: &mut [T]) {
        let frame = self.frame;
        let found = &mut self.found[before..before + output.len()];
        let outputs = output.chunks_exact_mut(frame.outputs()).zip(found.chunks_exact_mut(frame.outputs()));
        for (channel, (output, found)) in input.chunks_exact(frame.inputs()).zip(outputs) {
            if frame.is_halving() {
                halve(frame, channel, output, found);
                continue;
            }
            for ([rows, columns], (to, place)) in frame.windows().zip(output.iter_mut().zip(found)) {
                let row = |row: usize| columns.clone().map(move |column| row * frame.width + column);
                let values = rows.flat_map(row).map(|at| (channel[at], at as u32));
                (*to, *place) = values.fold((T::neg_infinity(), 0), larger);
            }
        }
    }

    /// Writes the gradients of the same channels, from those of their outputs.
    pub(super) fn spread<T: Real>(&self, before: usize, upstream: &[T], downstream: &mut [T]) {
        downstream.fill(T::zero());
        let found = &self.found[before..before + upstream.len()];
        let slopes = upstream.chunks_exact(self.outputs()).zip(found.chunks_exact(self.outputs()));
        for (channel, (slopes, found)) in downstream.chunks_exact_mut(self.frame.inputs()).zip(slopes) {
            for (&slope, &place) in slopes.iter().zip(found) {
                channel[place as usize] += slope;
            }
        }
    }
}

impl<T: Real> Layer<T> for MaxPool2d {
    fn forward(
        &mut self,
        _: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        mut output: ArrayViewMut2<'_, T>,
        _: Mode,
    ) {
        self.make_room(output.len());
        if let (Some(input), Some(output)) = (input.as_slice(), output.as_slice_mut()) {
            self.pool(0, input, output);
        }
    }

    fn backward(
        &mut self,
        _: &mut [Param<T>],
        _: ArrayView2<'_, T>,
        upstream: ArrayView2<'_, T>,
        mut downstream: Option<ArrayViewMut2<'_, T>>,
    ) {
        let downstream = downstream.as_mut().and_then(|downstream| downstream.as_slice_mut());
        if let (Some(upstream), Some(downstream)) = (upstream.as_slice(), downstream) {
            self.spread(0, upstream, downstream);
        }
    }
}

impl<T: Real> Layer<T> for AveragePool2d {
    fn forward(
        &mut self,
        _: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        mut output: ArrayViewMut2<'_, T>,
        _: Mode,
    ) {
        let frame = self.frame;
        let (Some(input), Some(output)) = (input.as_slice(), output.as_slice_mut()) else { return };
        let channels = input.chunks_exact(frame.inputs());
        for (channel, output) in channels.zip(output.chunks_exact_mut(frame.outputs())) {
            for ([rows, columns], to) in frame.windows().zip(output) {
                let share = T::from_f64(1.0 / (rows.len() * columns.len()) as f64);
                let row =
                    |row: usize| channel[row * frame.width..][columns.clone()].iter().copied().sum::<T>();
                *to = rows.map(row).sum::<T>() * share;
            }
        }
    }

    fn backward(
        &mut self,
        _: &mut [Param<T>],
        _: ArrayView2<'_, T>,
        upstream: ArrayView2<'_, T>,
        downstream: Option<ArrayViewMut2<'_, T>>,
    ) {
        let Some(mut downstream) = downstream else { return };
        downstream.fill(T::zero());
        let frame = self.frame;
        let (Some(upstream), Some(downstream)) = (upstream.as_slice(), downstream.as_slice_mut()) else {
            return;
        };
        let slopes = upstream.chunks_exact(frame.outputs());
        for (channel, slopes) in downstream.chunks_exact_mut(frame.inputs()).zip(slopes) {
            for ([rows, columns], &slope) in frame.windows().zip(slopes) {
                let share = slope * T::from_f64(1.0 / (rows.len() * columns.len()) as f64);
                for row in rows {
                    channel[row * frame.width..][columns.clone()].iter_mut().for_each(|to| *to += share);
                }
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn the_books_window() {
        // Figure 7-14.
        let input = array![[1.0, 2.0, 1.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 0.0, 1.0, 2.0, 2.0, 4.0, 0.0, 1.0]];
        let mut layer = MaxPool2d::new(&[1, 4, 4], Windows::of(2));
        let mut output = Array2::zeros((1, 4));
        layer.forward(&mut [], input.view(), output.view_mut(), Mode::Evaluation);
        assert_eq!(output, array![[2.0, 3.0, 4.0, 2.0]]);
        let mut mean = Array2::zeros((1, 4));
        let mut layer = AveragePool2d::new(&[1, 4, 4], Windows::of(2));
        layer.forward(&mut [], input.view(), mean.view_mut(), Mode::Evaluation);
        assert_eq!(mean, array![[1.0, 1.5, 2.25, 1.0]]);
    }

    #[test]
    fn a_fault_shows() {
        let mut output = Array2::zeros((1, 1));
        let input = array![[1.0, f32::NAN, 3.0, 2.0]];
        for windows in [Windows::of(2), Windows { size: 2, stride: Some(1), pad: Some(0) }] {
            let mut layer = MaxPool2d::new(&[1, 2, 2], windows);
            layer.forward(&mut [], input.view(), output.view_mut(), Mode::Evaluation);
            assert!(output[[0, 0]].is_nan());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn gradients_sum_to_their_upstream_and_outputs_are_the_definition(
            channels in 1_usize..4, height in 1_usize..10, width in 1_usize..10, size in 1_usize..5,
            stride in 1_usize..4, pad in 0_usize..4, rows in 1_usize..3, seed in 0_u32..1000,
        ) {
            prop_assume!(pad < size && size <= height.min(width) + 2 * pad);
            let windows = Windows { size, stride: Some(stride), pad: Some(pad) };
            let shape = [channels, height, width];
            let mut rng = Rng::new(seed, Purpose::Weights(0));
            let mut random = |shape| Array2::<f64>::from_shape_simple_fn(shape, || rng.normal());
            let input = random((rows, channels * height * width));
            let frame = Frame::new(&shape, windows);
            let upstream = random((rows, channels * frame.outputs()));
            let layers: [Box<dyn Layer<f64>>; 2] =
                [Box::new(MaxPool2d::new(&shape, windows)), Box::new(AveragePool2d::new(&shape, windows))];
            for (kind, mut layer) in layers.into_iter().enumerate() {
                let mut output = Array2::zeros(upstream.dim());
                let mut downstream = Array2::zeros(input.dim());
                layer.forward(&mut [], input.view(), output.view_mut(), Mode::Evaluation);
                layer.backward(&mut [], input.view(), upstream.view(), Some(downstream.view_mut()));
                prop_assert!((upstream.sum() - downstream.sum()).abs() < 1e-10);
                for row in 0..rows {
                    for (at, &found) in output.row(row).iter().enumerate() {
                        let (channel, i, j) =
                            (at / frame.outputs(), at % frame.outputs() / frame.places, at % frame.places);
                        let mut inside = Vec::new();
                        for y in i * stride..i * stride + size {
                            for x in j * stride..j * stride + size {
                                if y >= pad && x >= pad && y - pad < height && x - pad < width {
                                    inside.push(input[[row, (channel * height + y - pad) * width + x - pad]]);
                                }
                            }
                        }
                        let expected = if kind == 0 {
                            inside.iter().copied().fold(f64::NEG_INFINITY, f64::max)
                        } else {
                            inside.iter().sum::<f64>() / inside.len() as f64
                        };
                        prop_assert!((found - expected).abs() < 1e-12);
                    }
                }
            }
        }
    }
}
