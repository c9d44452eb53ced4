//! What every layer does: forward, backward, and the parameters it works with.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use crate::real::Real;
use crate::sparse::SparseRows;

/// What a pass through a network is for. Dropout and batch normalization do different things in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A step of training: statistics of the batch, which batch normalization remembers, and dropout.
    Training(Draw),
    /// The loss as a function to be differentiated: statistics of the batch, but nothing random and nothing
    /// remembered, so that backpropagation and differences see the same function.
    Differentiation,
    /// Reading, accuracy, loss outside training: remembered statistics, nothing random.
    Evaluation,
}

/// What chance depends on in training, beside the seed: so the same images are dropped out the same way, wherever
/// they are learned, and a run that goes on from a mark goes on as it would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Mini-batches learned before.
    pub step: u64,
    /// The place of the first image in the mini-batch, of which this may be a part.
    pub row: usize,
}

impl Draw {
    /// A whole mini-batch.
    pub fn whole(step: u64) -> Self {
        Self { step, row: 0 }
    }
}

/// An array that belongs to a layer, and the gradient of the loss with respect to it.
#[derive(Clone, Debug)]
pub struct Param<T> {
    /// The layer's index in the spec and the name within the layer: `0.weight`; inside branches the branch and the
    /// layer's index in it come between: `3.1.0.weight`.
    pub name: String,
    /// The shape it has outside, such as `[inputs, outputs]` or `[filters, channels, height, width]`.
    pub shape: Vec<usize>,
    /// The values, in the order of `shape`, the last axis running fastest. Two axes, so that products need no copy.
    pub value: Array2<T>,
    /// The gradient, of the same shape; each backward pass overwrites it. Empty for a [`Role::Statistic`].
    pub gradient: Array2<T>,
    /// What it is for.
    pub role: Role,
}

/// What an array of a layer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Trained, and pulled towards 0 by weight decay.
    Weight,
    /// Trained: biases, scale and shift of batch normalization.
    Bias,
    /// Remembered from training, not trained.
    Statistic,
}

impl<T: Real> Param<T> {
    /// A parameter of these values, with a gradient of 0. The layer's place comes before its name when a network is
    /// built.
    pub fn new(name: &str, shape: Vec<usize>, value: Array2<T>, role: Role) -> Self {
        let gradient = if role == Role::Statistic { (0, 0) } else { value.dim() };
        Self { name: name.to_owned(), shape, value, gradient: Array2::zeros(gradient), role }
    }

    /// Whether the update rule changes it.
    pub fn is_trained(&self) -> bool {
        self.role != Role::Statistic
    }
}

/// A layer whose output has a place of its own. It keeps scratch space, never an input and no parameter: the chain that
/// runs it holds the arrays, so that nothing aliases and nothing is copied.
///
/// # Shapes
/// Arrays are `[batch, values]`, one image a row, images of several channels flattened as channels, height, width.
/// All are contiguous. `params` are those the layer was built with, in their order.
pub trait Layer<T: Real>: Send {
    /// Fills `output` from `input`.
    fn forward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        output: ArrayViewMut2<'_, T>,
        mode: Mode,
    );

    /// Writes the gradients of the parameters and, where `downstream` is given, of the input; the first layer's is
    /// never needed. Follows a forward pass of the same batch.
    fn backward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        upstream: ArrayView2<'_, T>,
        downstream: Option<ArrayViewMut2<'_, T>>,
    );

    /// The faster way of a first layer that can skip zeros in its input.
    fn sparse(&mut self) -> Option<&mut dyn SparseInput<T>> {
        None
    }
}

/// A first layer that works on the non-zero values of its input only: 81 % of MNIST's pixels are 0.
pub trait SparseInput<T: Real> {
    /// As [`Layer::forward`].
    fn forward_sparse(
        &mut self,
        params: &mut [Param<T>],
        input: SparseRows<'_, T>,
        output: ArrayViewMut2<'_, T>,
    );

    /// As [`Layer::backward`], without a gradient of the input.
    fn backward_sparse(
        &mut self,
        params: &mut [Param<T>],
        input: SparseRows<'_, T>,
        upstream: ArrayView2<'_, T>,
    );
}

/// A layer without parameters that changes each value by itself, and so in its place: no second array to write and
/// read, which is most of what such a layer costs.
pub trait Pointwise<T: Real>: Send {
    /// Changes the values of a batch, `[batch, values]`.
    fn forward(&mut self, values: ArrayViewMut2<'_, T>, mode: Mode);

    /// Turns the gradient with respect to the output into that of the input, given the output.
    fn backward(&mut self, output: ArrayView2<'_, T>, slope: ArrayViewMut2<'_, T>);
}
