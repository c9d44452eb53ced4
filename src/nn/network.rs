//! Layers in a row.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use super::layer::{Backward, Layer, Mode, Param};
use super::layers;
use super::loss::{self, Loss};
use super::spec::NetSpec;
use crate::error::{Code, Error, Result};
use crate::real::Real;
use crate::rng::{Purpose, Rng};
use crate::sparse::{SparseBuffer, SparseRows};

/// A batch on its way into a network.
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
}

/// A network with its loss, and the arrays between its layers, which are kept from batch to batch.
pub struct Network<T> {
    spec: NetSpec,
    layers: Vec<Box<dyn Layer<T>>>,
    loss: Box<dyn Loss<T>>,
    /// Values in one image after each layer, the input's first.
    widths: Vec<usize>,
    /// The output of each layer, with room for the largest batch so far.
    outputs: Vec<Array2<T>>,
    /// The gradient of the loss with respect to each of those.
    slopes: Vec<Array2<T>>,
    /// A dense input, turned into sparse rows for a first layer that can use them; or the other way round.
    sparse_input: SparseBuffer<T>,
    dense_input: Array2<T>,
    staged: Staged,
}

impl<T: Real> Network<T> {
    /// Builds the network of a spec, with random weights from its seed.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    pub fn new(spec: &NetSpec) -> Result<Self> {
        let shapes = spec.check()?;
        let mut layers = Vec::with_capacity(spec.layers.len());
        for (index, (layer, input)) in spec.layers.iter().zip(&shapes).enumerate() {
            let rng = &mut Rng::new(spec.seed, Purpose::Weights(index));
            let built = layers::build(layer, input, spec.init, rng);
            layers
                .push(built.ok_or_else(|| {
                    Error::new(Code::NotSupported, format!("layers[{index}].kind"), "", "")
                })?);
        }
        let widths: Vec<usize> = shapes.iter().map(|shape| shape.iter().product()).collect();
        Ok(Self {
            spec: spec.clone(),
            loss: loss::build(spec.loss),
            outputs: vec![Array2::zeros((0, 0)); layers.len()],
            slopes: vec![Array2::zeros((0, 0)); layers.len()],
            sparse_input: SparseBuffer::new(widths[0]),
            dense_input: Array2::zeros((0, 0)),
            staged: Staged::AsGiven,
            layers,
            widths,
        })
    }

    /// What the network was built from.
    pub fn spec(&self) -> &NetSpec {
        &self.spec
    }

    /// Values in one image.
    pub fn inputs(&self) -> usize {
        self.widths[0]
    }

    /// Values in one output.
    pub fn outputs(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    /// How many classes the labels may name.
    pub fn classes(&self) -> usize {
        // One sigmoid output tells two classes apart.
        self.outputs().max(2)
    }

    /// The loss.
    pub fn loss(&self) -> &dyn Loss<T> {
        &*self.loss
    }

    /// The raw outputs for a batch, `[batch, outputs]`, before the loss' output function.
    pub fn forward(&mut self, input: Input<'_, T>, mode: Mode) -> ArrayView2<'_, T> {
        let rows = input.rows();
        self.make_room(rows);
        self.staged = self.stage(input);
        let input = staged(self.staged, input, &self.sparse_input, &self.dense_input);
        let mut output = self.outputs[0].slice_mut(s![..rows, ..]);
        match input {
            Input::Dense(dense) => self.layers[0].forward(dense, output, mode),
            Input::Sparse(sparse) => match self.layers[0].sparse() {
                Some(layer) => layer.forward_sparse(sparse, output),
                None => output.fill(T::nan()),
            },
        }
        for index in 1..self.layers.len() {
            let (before, after) = self.outputs.split_at_mut(index);
            let input = before[index - 1].slice(s![..rows, ..]);
            self.layers[index].forward(input, after[0].slice_mut(s![..rows, ..]), mode);
        }
        self.outputs[self.layers.len() - 1].slice(s![..rows, ..])
    }

    /// The outputs for a batch: probabilities, or the values themselves where the loss is the squared error.
    pub fn predict(&mut self, input: Input<'_, T>) -> ArrayViewMut2<'_, T> {
        let rows = input.rows();
        self.forward(input, Mode::Evaluation);
        let mut outputs = self.outputs[self.layers.len() - 1].slice_mut(s![..rows, ..]);
        self.loss.outputs(outputs.view_mut());
        outputs
    }

    /// The class that the network reads in each image, appended to `classes`.
    pub fn classify(&mut self, input: Input<'_, T>, classes: &mut Vec<u8>) {
        let rows = input.rows();
        self.forward(input, Mode::Evaluation);
        let logits = &self.outputs[self.layers.len() - 1];
        let loss = &self.loss;
        classes
            .extend(logits.rows().into_iter().take(rows).filter_map(|row| Some(loss.class(row.to_slice()?))));
    }

    /// The mean loss over a batch, as it is judged outside training.
    pub fn mean_loss(&mut self, input: Input<'_, T>, labels: &[u8]) -> T {
        self.forward(input, Mode::Evaluation);
        self.loss.mean(self.outputs[self.layers.len() - 1].slice(s![..labels.len(), ..]), labels)
    }

    /// Fills the gradient of every parameter by backpropagation (book chapter 5) and returns the mean loss before
    /// any update.
    pub fn backpropagate(&mut self, input: Input<'_, T>, labels: &[u8]) -> T {
        let rows = labels.len();
        self.forward(input, Mode::Training);
        let last = self.layers.len() - 1;
        let logits = self.outputs[last].slice(s![..rows, ..]);
        let mean = self.loss.gradient(logits, labels, self.slopes[last].slice_mut(s![..rows, ..]));
        for index in (1..=last).rev() {
            let (before, after) = self.slopes.split_at_mut(index);
            let pass = Backward {
                input: self.outputs[index - 1].slice(s![..rows, ..]),
                output: self.outputs[index].slice(s![..rows, ..]),
                upstream: after[0].slice(s![..rows, ..]),
            };
            self.layers[index].backward(pass, Some(before[index - 1].slice_mut(s![..rows, ..])));
        }
        let upstream = self.slopes[0].slice(s![..rows, ..]);
        match staged(self.staged, input, &self.sparse_input, &self.dense_input) {
            Input::Dense(input) => {
                let output = self.outputs[0].slice(s![..rows, ..]);
                self.layers[0].backward(Backward { input, output, upstream }, None);
            }
            Input::Sparse(sparse) => {
                if let Some(layer) = self.layers[0].sparse() {
                    layer.backward_sparse(sparse, upstream);
                }
            }
        }
        mean
    }

    /// The layers' parameters with the index of their layer.
    pub fn params(&self) -> impl Iterator<Item = (usize, &Param<T>)> {
        self.layers
            .iter()
            .enumerate()
            .flat_map(|(index, layer)| layer.params().iter().map(move |param| (index, param)))
    }

    /// The same, to be changed.
    pub fn params_mut(&mut self) -> impl Iterator<Item = (usize, &mut Param<T>)> {
        let layers = self.layers.iter_mut().enumerate();
        layers.flat_map(|(index, layer)| layer.params_mut().iter_mut().map(move |param| (index, param)))
    }

    fn make_room(&mut self, rows: usize) {
        if self.outputs[0].nrows() >= rows {
            return;
        }
        for (index, &width) in self.widths[1..].iter().enumerate() {
            self.outputs[index] = Array2::zeros((rows, width));
            self.slopes[index] = Array2::zeros((rows, width));
        }
    }

    /// Brings a batch into the form that suits the first layer, unless it has that form already.
    fn stage(&mut self, input: Input<'_, T>) -> Staged {
        let skips_zeros = self.layers[0].sparse().is_some();
        match input {
            Input::Dense(dense) if skips_zeros => {
                // A third is a guess: skipping costs about three times as much for each value that it does not skip.
                let most = dense.len() / 3;
                if self.sparse_input.fill_from(dense, most) { Staged::Sparse } else { Staged::AsGiven }
            }
            Input::Sparse(sparse) if !skips_zeros => {
                self.dense_input = expand(sparse);
                Staged::Dense
            }
            _ => Staged::AsGiven,
        }
    }
}

/// Which form of the last batch the first layer was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Staged {
    AsGiven,
    Sparse,
    Dense,
}

fn staged<'a, 'given: 'a, T: Real>(
    staged: Staged,
    given: Input<'given, T>,
    sparse: &'a SparseBuffer<T>,
    dense: &'a Array2<T>,
) -> Input<'a, T> {
    match staged {
        Staged::AsGiven => match given {
            // A view's lifetime does not shorten by itself.
            Input::Dense(rows) => Input::Dense(rows.reborrow()),
            Input::Sparse(rows) => Input::Sparse(rows),
        },
        Staged::Sparse => Input::Sparse(sparse.rows()),
        Staged::Dense => Input::Dense(dense.view()),
    }
}

fn expand<T: Real>(sparse: SparseRows<'_, T>) -> Array2<T> {
    let mut dense = Array2::zeros((sparse.rows(), sparse.width));
    for (row, mut values) in dense.rows_mut().into_iter().enumerate() {
        let (columns, entries) = sparse.row(row);
        for (&column, &value) in columns.iter().zip(entries) {
            values[usize::from(column)] = value;
        }
    }
    dense
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, OptimizerSpec};

    fn spec(layers: Vec<LayerSpec>) -> NetSpec {
        NetSpec {
            input: vec![6],
            layers,
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::Xavier,
            batch_size: 4,
            seed: 1,
        }
    }

    #[test]
    fn a_first_layer_without_a_sparse_way_gives_the_same_numbers() {
        let dense = LayerSpec::Dense { units: 3 };
        let mut direct = Network::<f64>::new(&spec(vec![dense.clone()])).expect("valid");
        let mut behind = Network::<f64>::new(&spec(vec![LayerSpec::Relu, dense])).expect("valid");
        let weights = direct.params().map(|(_, param)| param.value.clone()).collect::<Vec<_>>();
        for ((_, param), value) in behind.params_mut().zip(weights) {
            param.value = value;
        }
        let pixels = Array2::from_shape_fn((4, 6), |(row, column)| if row == column { 0.5 } else { 0.0 });
        let mut sparse = SparseBuffer::new(6);
        assert!(sparse.fill_from(pixels.view(), usize::MAX));
        let expected = direct.forward(Input::Dense(pixels.view()), Mode::Evaluation).to_owned();
        for input in [Input::Dense(pixels.view()), Input::Sparse(sparse.rows())] {
            let found = behind.forward(input, Mode::Evaluation).to_owned();
            assert!((&found - &expected).iter().all(|d| d.abs() < 1e-15));
            behind.backpropagate(input, &[0, 1, 2, 0]);
            direct.backpropagate(input, &[0, 1, 2, 0]);
            for ((_, found), (_, expected)) in behind.params().zip(direct.params()) {
                assert!((&found.gradient - &expected.gradient).iter().all(|d| d.abs() < 1e-15));
            }
        }
    }

    #[test]
    fn a_small_batch_after_a_large_one_uses_its_own_rows_only() {
        let mut network = Network::<f32>::new(&spec(vec![LayerSpec::Dense { units: 3 }])).expect("valid");
        let large = Array2::from_elem((9, 6), 0.7);
        let small = Array2::from_elem((2, 6), 0.2);
        let alone = network.predict(Input::Dense(small.view())).to_owned();
        network.predict(Input::Dense(large.view()));
        assert_eq!(network.predict(Input::Dense(small.view())), alone);
        assert_eq!(alone.dim(), (2, 3));
    }
}
