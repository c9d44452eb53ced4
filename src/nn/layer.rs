//! What every layer does: forward, backward, and its parameters.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use crate::real::Real;
use crate::sparse::SparseRows;

/// Whether a pass is part of training. Dropout and batch normalization do different things when they are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A step of training.
    Training,
    /// Reading, accuracy, loss outside training.
    Evaluation,
}

/// A trained array and the gradient of the loss with respect to it.
#[derive(Clone, Debug)]
pub struct Param<T> {
    /// The name within the layer, `weight` or `bias`.
    pub name: &'static str,
    /// The shape it has outside, such as `[inputs, outputs]` or `[filters, channels, height, width]`.
    pub shape: Vec<usize>,
    /// The values, in the order of `shape`, the last axis running fastest. Two axes, so that products need no copy.
    pub value: Array2<T>,
    /// The gradient, of the same shape; each backward pass writes it anew.
    pub gradient: Array2<T>,
    /// Whether weight decay pulls it towards 0: true for weights, false for biases and batch normalization.
    pub decays: bool,
}

impl<T: Real> Param<T> {
    /// A parameter of these values, with a gradient of 0.
    pub fn new(name: &'static str, shape: Vec<usize>, value: Array2<T>, decays: bool) -> Self {
        let gradient = Array2::zeros(value.raw_dim());
        Self { name, shape, value, gradient, decays }
    }
}

/// One layer of a network. A layer keeps its parameters and scratch space, never an input: whoever runs it holds the
/// arrays between layers, so that nothing aliases and nothing is copied.
///
/// # Shapes
/// Arrays are `[batch, values]`, one image a row, images of several channels flattened as channels, height, width.
/// All are contiguous.
pub trait Layer<T: Real>: Send {
    /// Fills `output` from `input`.
    fn forward(&mut self, input: ArrayView2<'_, T>, output: ArrayViewMut2<'_, T>, mode: Mode);

    /// Writes the gradients of the parameters and, where `downstream` is given, of the input; the first layer's is
    /// never needed. Follows a forward pass of the same batch.
    fn backward(&mut self, pass: Backward<'_, T>, downstream: Option<ArrayViewMut2<'_, T>>);

    /// The trained arrays, in the order in which they are saved.
    fn params(&self) -> &[Param<T>] {
        &[]
    }

    /// The same, to be changed.
    fn params_mut(&mut self) -> &mut [Param<T>] {
        &mut []
    }

    /// The faster way of a first layer that can skip zeros in its input.
    fn sparse(&mut self) -> Option<&mut dyn SparseInput<T>> {
        None
    }
}

/// What a backward pass of one layer works from.
#[derive(Debug)]
pub struct Backward<'a, T> {
    /// What the layer was given, `[batch, inputs]`.
    pub input: ArrayView2<'a, T>,
    /// What it made of it, `[batch, outputs]`.
    pub output: ArrayView2<'a, T>,
    /// The gradient of the loss with respect to its output, `[batch, outputs]`.
    pub upstream: ArrayView2<'a, T>,
}

/// A first layer that works on the non-zero values of its input only: 81 % of MNIST's pixels are 0.
pub trait SparseInput<T: Real> {
    /// As [`Layer::forward`].
    fn forward_sparse(&mut self, input: SparseRows<'_, T>, output: ArrayViewMut2<'_, T>);

    /// As [`Layer::backward`], without a gradient of the input.
    fn backward_sparse(&mut self, input: SparseRows<'_, T>, upstream: ArrayView2<'_, T>);
}
