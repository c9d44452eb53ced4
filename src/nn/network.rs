//! A network: layers in a row, their parameters, and the loss at the end.

use ndarray::{Array2, ArrayViewMut2, s};

use super::chain::Chain;
pub use super::chain::Input;
use super::init;
use super::layer::{Mode, Param};
use super::layers;
use super::loss::{self, Loss};
use super::spec::{LossSpec, NetSpec};
use crate::error::Result;
use crate::real::Real;
use crate::sparse::SparseBuffer;

/// A network with its parameters and its loss.
pub struct Network<T> {
    spec: NetSpec,
    shapes: Vec<Vec<usize>>,
    chain: Chain<T>,
    pub(super) params: Vec<Param<T>>,
    pub(super) loss: Box<dyn Loss<T>>,
    /// A dense input, turned into sparse rows for a first layer that can use them; or the other way round.
    pub(super) sparse_input: SparseBuffer<T>,
    pub(super) dense_input: Array2<T>,
}

impl<T: Real> Network<T> {
    /// Builds the network of a spec, with random weights from its seed.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    pub fn new(spec: &NetSpec) -> Result<Self> {
        let shapes = spec.check()?;
        Ok(Self {
            spec: spec.clone(),
            loss: loss::build(spec.loss),
            sparse_input: SparseBuffer::new(shapes[0].iter().product()),
            dense_input: Array2::zeros((0, 0)),
            chain: layers::build(spec, &shapes),
            params: init::params(spec, &shapes),
            shapes,
        })
    }

    /// What the network was built from.
    pub fn spec(&self) -> &NetSpec {
        &self.spec
    }

    /// The shape of the input, then of each layer's output for one image.
    pub fn shapes(&self) -> &[Vec<usize>] {
        &self.shapes
    }

    /// Values in one image.
    pub fn inputs(&self) -> usize {
        self.shapes[0].iter().product()
    }

    /// Values in one output.
    pub fn outputs(&self) -> usize {
        self.shapes[self.shapes.len() - 1].iter().product()
    }

    /// How many classes the labels may name.
    pub fn classes(&self) -> usize {
        match self.spec.loss {
            // One sigmoid output tells two classes apart.
            LossSpec::BinaryCrossEntropy => 2,
            _ => self.outputs(),
        }
    }

    /// How many images a batch may have at most.
    pub fn most_images(&self) -> usize {
        self.spec.most_images(&self.shapes)
    }

    /// How many images to read at once, when there are more: so that what lies between the layers stays small and in
    /// the cache.
    pub fn images_at_once(&self) -> usize {
        (self.most_images() / 64).clamp(1, 250)
    }

    /// Whether [`predict`](Self::predict) gives probabilities rather than scores.
    pub fn gives_probabilities(&self) -> bool {
        self.spec.loss.gives_probabilities()
    }

    /// The loss.
    pub fn loss(&self) -> &dyn Loss<T> {
        &*self.loss
    }

    /// The raw outputs for a batch, `[batch, outputs]`, before the loss' output function.
    pub fn forward(&mut self, input: Input<'_, T>, mode: Mode) -> ArrayViewMut2<'_, T> {
        let rows = input.rows();
        let skips_zeros = self.chain.skips_zeros();
        let input = stage(&input, skips_zeros, &mut self.sparse_input, &mut self.dense_input);
        self.chain.forward(&mut self.params, input, mode);
        self.chain.output_mut(rows)
    }

    /// The outputs for a batch: probabilities, or the values themselves where the loss has identity outputs.
    pub fn predict(&mut self, input: Input<'_, T>) -> ArrayViewMut2<'_, T> {
        let rows = input.rows();
        self.forward(input, Mode::Evaluation);
        let mut outputs = self.chain.output_mut(rows);
        self.loss.outputs(outputs.view_mut());
        outputs
    }

    /// The class that the network reads in each image, appended to `classes`.
    pub fn classify(&mut self, input: Input<'_, T>, classes: &mut Vec<u8>) {
        let rows = input.rows();
        self.forward(input, Mode::Evaluation);
        let logits = self.chain.output(rows);
        let loss = &self.loss;
        classes.extend(logits.rows().into_iter().filter_map(|row| Some(loss.class(row.to_slice()?))));
    }

    /// The mean loss over a batch.
    pub fn mean_loss(&mut self, input: Input<'_, T>, labels: &[u8], mode: Mode) -> T {
        self.forward(input, mode);
        self.loss.mean(self.chain.output(labels.len()), labels)
    }

    /// Fills the gradient of every parameter by backpropagation (book chapter 5) and returns the mean loss before
    /// any update.
    pub fn backpropagate(&mut self, input: Input<'_, T>, labels: &[u8], mode: Mode) -> T {
        let skips_zeros = self.chain.skips_zeros();
        let input = stage(&input, skips_zeros, &mut self.sparse_input, &mut self.dense_input);
        self.chain.forward(&mut self.params, input, mode);
        let (logits, upstream) = self.chain.output_and_upstream(labels.len());
        let mean = self.loss.gradient(logits, labels, upstream);
        self.chain.backward(&mut self.params, input, None);
        mean
    }

    /// The layers' arrays, first layer to last.
    pub fn params(&self) -> &[Param<T>] {
        &self.params
    }

    /// The same, to be changed.
    pub fn params_mut(&mut self) -> &mut [Param<T>] {
        &mut self.params
    }
}

/// Brings a batch into the form that suits the first layer, unless it has that form already.
pub(super) fn stage<'a, T: Real>(
    input: &'a Input<'_, T>,
    skips_zeros: bool,
    sparse: &'a mut SparseBuffer<T>,
    dense: &'a mut Array2<T>,
) -> Input<'a, T> {
    match input {
        // A third is a guess: skipping costs about three times as much for each value that it does not skip.
        Input::Dense(rows) if skips_zeros && sparse.fill_from(rows.view(), rows.len() / 3) => {
            Input::Sparse(sparse.rows())
        }
        Input::Sparse(rows) if !skips_zeros => {
            let count = rows.rows();
            // Room for the largest batch so far: the last of an epoch is smaller.
            if dense.nrows() < count {
                *dense = Array2::zeros((count, rows.width));
            }
            rows.expand_into(dense.slice_mut(s![..count, ..]));
            Input::Dense(dense.slice(s![..count, ..]))
        }
        _ => input.reborrow(),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::spec::{InitSpec, LayerSpec, OptimizerKind, OptimizerSpec};

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
        let weights = direct.params().iter().map(|param| param.value.clone()).collect::<Vec<_>>();
        for (param, value) in behind.params_mut().iter_mut().zip(weights) {
            param.value = value;
        }
        let pixels = Array2::from_shape_fn((4, 6), |(row, column)| if row == column { 0.5 } else { 0.0 });
        let mut sparse = SparseBuffer::new(6);
        assert!(sparse.fill_from(pixels.view(), usize::MAX));
        let expected = direct.forward(Input::Dense(pixels.view()), Mode::Evaluation).to_owned();
        let mode = Mode::Differentiation;
        for input in [Input::Dense(pixels.view()), Input::Sparse(sparse.rows())] {
            let found = behind.forward(input, Mode::Evaluation).to_owned();
            assert!((&found - &expected).iter().all(|d| d.abs() < 1e-15));
            behind.backpropagate(input, &[0, 1, 2, 0], mode);
            direct.backpropagate(input, &[0, 1, 2, 0], mode);
            for (a, b) in behind.params().iter().zip(direct.params()) {
                assert!((&a.gradient - &b.gradient).iter().all(|d| d.abs() < 1e-15));
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
