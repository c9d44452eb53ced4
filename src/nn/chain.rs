//! Layers in a row, and the arrays between them.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use super::layer::{Layer, Mode, Param, Pointwise};
use crate::real::Real;
use crate::sparse::SparseRows;

/// A batch on its way into layers.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a, T> {
    /// `[batch, values]`, contiguous.
    Dense(ArrayView2<'a, T>),
    /// The same, non-zero values only.
    Sparse(SparseRows<'a, T>),
}

impl<T: Real> Input<'_, T> {
    /// Images in the batch.
    pub fn rows(&self) -> usize {
        match self {
            Self::Dense(rows) => rows.nrows(),
            Self::Sparse(rows) => rows.rows(),
        }
    }

    /// The same for a shorter time, which the compiler does not do by itself for arrays.
    pub fn reborrow(&self) -> Input<'_, T> {
        match self {
            Self::Dense(rows) => Input::Dense(rows.reborrow()),
            Self::Sparse(rows) => Input::Sparse(*rows),
        }
    }
}

/// A layer as a chain runs it.
pub enum Link<T> {
    /// Writes its output into an array of its own.
    Layer(Box<dyn Layer<T>>),
    /// Changes the array that the layer before it wrote.
    Pointwise(Box<dyn Pointwise<T>>),
    /// Changes nothing but the shape.
    Reshape,
}

/// Layers in a row. What lies between them is kept from batch to batch, with room for the largest so far.
///
/// A pointwise layer works in the array of the layer before it, unless that one is pointwise as well (whose derivative
/// is taken from its output, which must stay) or there is none. In a chain [`apart`](Self::apart) it never does.
pub struct Chain<T> {
    links: Vec<Link<T>>,
    /// Whether each layer has an array of its own, so that the output of each can be seen.
    apart: bool,
    /// Which parameters of the network each layer works with.
    params: Vec<Range<usize>>,
    /// The array in which each layer's output lies; none for that of the input.
    places: Vec<Option<usize>>,
    /// The array of the last layer.
    last: usize,
    /// Values in one image, for each array.
    widths: Vec<usize>,
    outputs: Vec<Array2<T>>,
    /// The gradient of the loss with respect to each array; empty until something is learned.
    slopes: Vec<Array2<T>>,
}

impl<T: Real> Chain<T> {
    /// A chain of layers for images of so many values, each layer with its share of the parameters and the number of
    /// values that it makes of an image. A chain without layers passes its input on.
    pub fn new(inputs: usize, layers: Vec<(Link<T>, Range<usize>, usize)>) -> Self {
        Self::build(inputs, layers, false)
    }

    /// The same where every layer writes an array of its own, so that [`output_of`](Self::output_of) has what each made
    /// of the last batch, and [`slope_of`](Self::slope_of) the gradient with respect to that.
    pub fn apart(inputs: usize, layers: Vec<(Link<T>, Range<usize>, usize)>) -> Self {
        Self::build(inputs, layers, true)
    }

    fn build(inputs: usize, mut layers: Vec<(Link<T>, Range<usize>, usize)>, apart: bool) -> Self {
        if layers.is_empty() {
            layers.push((Link::Reshape, 0..0, inputs));
        }
        let mut places: Vec<Option<usize>> = Vec::with_capacity(layers.len());
        let mut widths = Vec::new();
        let mut output_must_stay = false;
        for (link, _, width) in &layers {
            let before = places.last().copied().flatten();
            let place = match link {
                Link::Reshape => before,
                Link::Pointwise(_) if before.is_some() && !output_must_stay && !apart => before,
                _ => {
                    widths.push(*width);
                    Some(widths.len() - 1)
                }
            };
            output_must_stay = match link {
                Link::Reshape => output_must_stay,
                Link::Pointwise(_) => true,
                Link::Layer(_) => false,
            };
            places.push(place);
        }
        // Of reshapes alone the last copies, so that there is an output.
        let last = places.pop().flatten().unwrap_or_else(|| {
            widths.extend(layers.last().map(|(_, _, width)| *width));
            0
        });
        places.push(Some(last));
        let empty = || vec![Array2::zeros((0, 0)); widths.len()];
        let (outputs, slopes) = (empty(), empty());
        let mut links = Vec::with_capacity(layers.len());
        let mut params = Vec::with_capacity(layers.len());
        for (link, range, _) in layers {
            links.push(link);
            params.push(range);
        }
        Self { links, apart, params, places, last, widths, outputs, slopes }
    }

    /// Whether the first layer can skip zeros in its input.
    pub fn skips_zeros(&mut self) -> bool {
        match self.links.iter_mut().find(|link| !matches!(link, Link::Reshape)) {
            Some(Link::Layer(layer)) => layer.sparse().is_some(),
            _ => false,
        }
    }

    /// Sends a batch through all layers; [`output`](Self::output) then has what came out.
    pub fn forward(&mut self, params: &mut [Param<T>], input: Input<'_, T>, mode: Mode) {
        let rows = input.rows();
        make_room(&mut self.outputs, &self.widths, rows);
        for index in 0..self.links.len() {
            let (from, Some(to)) = (place_before(&self.places, index), self.places[index]) else { continue };
            let (before, after) = self.outputs.split_at_mut(to);
            let mut output = after[0].slice_mut(s![..rows, ..]);
            let source = || match from {
                Some(from) => Input::Dense(before[from].slice(s![..rows, ..])),
                None => input.reborrow(),
            };
            match &mut self.links[index] {
                Link::Layer(layer) => {
                    let params = &mut params[self.params[index].clone()];
                    match (source(), layer.sparse()) {
                        (Input::Sparse(input), Some(layer)) => layer.forward_sparse(params, input, output),
                        (Input::Dense(input), _) => layer.forward(params, input, output, mode),
                        // The caller has asked whether zeros are skipped.
                        (Input::Sparse(_), None) => output.fill(T::nan()),
                    }
                }
                Link::Pointwise(layer) => {
                    if from != Some(to) {
                        copy(source(), output.view_mut());
                    }
                    layer.forward(output, mode);
                }
                Link::Reshape if from != Some(to) => copy(source(), output),
                Link::Reshape => {}
            }
        }
    }

    /// The output of the last layer for the last batch.
    pub fn output(&self, rows: usize) -> ArrayView2<'_, T> {
        self.outputs[self.last].slice(s![..rows, ..])
    }

    /// The same, to be changed.
    pub fn output_mut(&mut self, rows: usize) -> ArrayViewMut2<'_, T> {
        self.outputs[self.last].slice_mut(s![..rows, ..])
    }

    /// What one layer made of the last batch, after the pointwise layer that follows it; in a chain
    /// [`apart`](Self::apart) before that.
    pub fn output_of(&self, layer: usize, rows: usize) -> Option<ArrayView2<'_, T>> {
        let place = self.places.get(layer).copied().flatten()?;
        (self.outputs[place].nrows() >= rows).then(|| self.outputs[place].slice(s![..rows, ..]))
    }

    /// The gradient with respect to one layer's input, before the pointwise layer it came through, as the last
    /// backward pass left it; in a chain [`apart`](Self::apart) that with respect to the layer's output.
    pub fn slope_of(&self, layer: usize, rows: usize) -> Option<ArrayView2<'_, T>> {
        let place = self.places.get(layer).copied().flatten()?;
        (self.slopes[place].nrows() >= rows).then(|| self.slopes[place].slice(s![..rows, ..]))
    }

    /// The last layer's output, and where the gradient with respect to it belongs before [`backward`](Self::backward).
    pub fn output_and_upstream(&mut self, rows: usize) -> (ArrayView2<'_, T>, ArrayViewMut2<'_, T>) {
        make_room(&mut self.slopes, &self.widths, rows);
        (self.outputs[self.last].slice(s![..rows, ..]), self.slopes[self.last].slice_mut(s![..rows, ..]))
    }

    /// Sends the gradient back through all layers and writes those of the parameters. Follows a forward pass of the
    /// same batch, and [`output_and_upstream`](Self::output_and_upstream). With `downstream` that of the input is
    /// written too.
    pub fn backward(
        &mut self,
        params: &mut [Param<T>],
        input: Input<'_, T>,
        mut downstream: Option<ArrayViewMut2<'_, T>>,
    ) {
        let rows = input.rows();
        for index in (0..self.links.len()).rev() {
            let (from, Some(to)) = (place_before(&self.places, index), self.places[index]) else { continue };
            let (before, after) = self.slopes.split_at_mut(to);
            let mut slope = after[0].slice_mut(s![..rows, ..]);
            let output = self.outputs[to].slice(s![..rows, ..]);
            if let Link::Pointwise(layer) = &mut self.links[index]
                && !self.apart
            {
                layer.backward(output, slope.view_mut());
            }
            if from == Some(to) {
                continue;
            }
            let below = match from {
                Some(from) => Some(before[from].slice_mut(s![..rows, ..])),
                None => downstream.as_mut().map(|downstream| downstream.view_mut()),
            };
            let layer = match &mut self.links[index] {
                Link::Layer(layer) => layer,
                Link::Pointwise(layer) => {
                    if let Some(mut below) = below {
                        below.assign(&slope);
                        if self.apart {
                            layer.backward(output, below);
                        }
                    }
                    continue;
                }
                Link::Reshape => {
                    if let Some(mut below) = below {
                        below.assign(&slope);
                    }
                    continue;
                }
            };
            let params = &mut params[self.params[index].clone()];
            let source = match from {
                Some(from) => Input::Dense(self.outputs[from].slice(s![..rows, ..])),
                None => input.reborrow(),
            };
            match (source, layer.sparse()) {
                (Input::Sparse(input), Some(layer)) => layer.backward_sparse(params, input, slope.view()),
                (Input::Dense(input), _) => layer.backward(params, input, slope.view(), below),
                (Input::Sparse(_), None) => {}
            }
        }
    }
}

fn place_before(places: &[Option<usize>], index: usize) -> Option<usize> {
    index.checked_sub(1).and_then(|before| places[before])
}

fn make_room<T: Real>(arrays: &mut [Array2<T>], widths: &[usize], rows: usize) {
    for (array, &width) in arrays.iter_mut().zip(widths) {
        if array.nrows() < rows {
            *array = Array2::zeros((rows, width));
        }
    }
}

fn copy<T: Real>(input: Input<'_, T>, mut output: ArrayViewMut2<'_, T>) {
    match input {
        Input::Dense(input) => output.assign(&input),
        Input::Sparse(input) => input.expand_into(output),
    }
}
