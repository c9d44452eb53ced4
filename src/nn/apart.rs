//! A network's layers one by one, to see what each makes of its input.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::chain::{Chain, Input};
use super::layer::Mode;
use super::layers;
use super::network::{Network, stage};
use crate::real::Real;

/// Runs a network without computing any of its layers together: a convolution before its activation function and its
/// pooling, an activation function in an array of its own. It works with the parameters of the network and gives what
/// the network gives.
pub struct Apart<T> {
    chain: Chain<T>,
}

impl<T: Real> Apart<T> {
    /// The layers of a network, to be run with this network or one of the same spec.
    pub fn new(network: &Network<T>) -> Self {
        Self { chain: layers::build_apart(network.spec(), network.shapes()) }
    }

    /// Sends a batch through all layers.
    pub fn forward(&mut self, network: &mut Network<T>, input: Input<'_, T>, mode: Mode) {
        let Network { params, sparse_input, dense_input, .. } = network;
        let input = stage(&input, self.chain.skips_zeros(), sparse_input, dense_input);
        self.chain.forward(params, input, mode);
    }

    /// As [`Network::backpropagate`].
    pub fn backpropagate(
        &mut self,
        network: &mut Network<T>,
        input: Input<'_, T>,
        labels: &[u8],
        mode: Mode,
    ) -> T {
        let Network { params, loss, sparse_input, dense_input, .. } = network;
        let input = stage(&input, self.chain.skips_zeros(), sparse_input, dense_input);
        self.chain.forward(params, input, mode);
        let (logits, upstream) = self.chain.output_and_upstream(labels.len());
        let mean = loss.gradient(logits, labels, upstream);
        self.chain.backward(params, input, None);
        mean
    }

    /// Fills `slope` with the gradient of one raw output, before the loss' output function, with respect to the input.
    ///
    /// # Shapes
    /// `input` and `slope` are `[batch, inputs]`, both contiguous; `output` is less than the network's outputs.
    pub fn slope_of_output(
        &mut self,
        network: &mut Network<T>,
        input: ArrayView2<'_, T>,
        output: usize,
        slope: ArrayViewMut2<'_, T>,
    ) {
        self.slope_of_sum(network, input, &[(output, T::one())], slope);
    }

    /// Fills `slope` with the gradient of a sum of raw outputs, each times a factor, with respect to the input: that of
    /// one output less another with the factors 1 and −1.
    ///
    /// # Shapes
    /// As [`slope_of_output`](Self::slope_of_output).
    pub fn slope_of_sum(
        &mut self,
        network: &mut Network<T>,
        input: ArrayView2<'_, T>,
        terms: &[(usize, T)],
        slope: ArrayViewMut2<'_, T>,
    ) {
        let params = network.params_mut();
        self.chain.forward(params, Input::Dense(input.reborrow()), Mode::Evaluation);
        let (_, mut upstream) = self.chain.output_and_upstream(input.nrows());
        upstream.fill(T::zero());
        for &(output, factor) in terms {
            upstream.column_mut(output).fill(factor);
        }
        self.chain.backward(params, Input::Dense(input), Some(slope));
    }

    /// Works out the gradients of all raw outputs for one input, at every layer: afterwards row k of
    /// [`slope`](Self::slope) is that of output k. So many rows are asked for: the network's outputs.
    ///
    /// # Shapes
    /// `input` is `[1, inputs]`, contiguous.
    pub fn slopes_of_outputs(&mut self, network: &mut Network<T>, input: ArrayView2<'_, T>) {
        let outputs = network.outputs();
        let inputs = Array2::from_shape_fn((outputs, input.ncols()), |(_, column)| input[[0, column]]);
        let params = network.params_mut();
        self.chain.forward(params, Input::Dense(inputs.view()), Mode::Evaluation);
        let (_, mut upstream) = self.chain.output_and_upstream(outputs);
        upstream.fill(T::zero());
        upstream.diag_mut().fill(T::one());
        self.chain.backward(params, Input::Dense(inputs.view()), None);
    }

    /// What the layer of this index made of the last batch, `[rows, values]`; none where there is no such layer, or the
    /// batch had fewer rows.
    pub fn output(&self, layer: usize, rows: usize) -> Option<ArrayView2<'_, T>> {
        self.chain.output_of(layer, rows)
    }

    /// The gradient of the loss with respect to [`output`](Self::output) in the last backward pass.
    pub fn slope(&self, layer: usize, rows: usize) -> Option<ArrayView2<'_, T>> {
        self.chain.slope_of(layer, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::gradient::BOOK_STEP;
    use crate::nn::networks;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Windows};

    /// Values in [0, 1) that look random, the same everywhere.
    fn images(rows: usize, width: usize) -> Array2<f64> {
        Array2::from_shape_fn((rows, width), |(row, column)| {
            let mixed = (row * 7919 + column * 104_729 + 17).wrapping_mul(0x9E37_79B9) >> 8;
            (mixed % 256) as f64 / 256.0
        })
    }

    fn spec(input: Vec<usize>, layers: Vec<LayerSpec>) -> NetSpec {
        NetSpec {
            input,
            layers,
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::He,
            batch_size: 1,
            seed: 3,
        }
    }

    #[test]
    fn the_slope_of_an_output_is_that_of_a_central_difference() {
        let dense = |units| LayerSpec::Dense { units };
        let conv = LayerSpec::Conv2d { filters: 2, size: 3, stride: None, pad: Some(1) };
        let pool = LayerSpec::MaxPool2d(Windows { size: 2, stride: None, pad: None });
        let drop = LayerSpec::Dropout { rate: 0.5 };
        for layers in [
            vec![LayerSpec::Flatten, dense(4)],
            vec![LayerSpec::Flatten, dense(5), LayerSpec::Relu, dense(4), LayerSpec::Sigmoid, dense(3)],
            vec![LayerSpec::Flatten, dense(5), LayerSpec::BatchNorm, LayerSpec::Tanh, drop, dense(3)],
            vec![conv, LayerSpec::Relu, pool, LayerSpec::Flatten, dense(3)],
        ] {
            let spec = spec(vec![1, 4, 4], layers);
            let mut network = Network::<f64>::new(&spec).expect("valid");
            let mut apart = Apart::new(&network);
            let image = images(1, 16);
            for output in 0..3 {
                let mut slope = Array2::zeros((1, 16));
                apart.slope_of_output(&mut network, image.view(), output, slope.view_mut());
                let mut score = |pixel: usize, by: f64| {
                    let mut moved = image.clone();
                    moved[[0, pixel]] += by;
                    network.forward(Input::Dense(moved.view()), Mode::Evaluation)[[0, output]]
                };
                for pixel in 0..16 {
                    let expected = (score(pixel, 1e-5) - score(pixel, -1e-5)) / 2e-5;
                    assert!((slope[[0, pixel]] - expected).abs() < 1e-7, "{:?} {pixel}", spec.layers);
                }
            }
        }
    }

    /// At every layer of a chain: with the layers behind it alone, its output as their input, the slopes are the same.
    #[test]
    fn slopes_of_all_outputs_are_those_of_each() {
        let dense = |units| LayerSpec::Dense { units };
        let layers = vec![dense(5), LayerSpec::Relu, dense(4), LayerSpec::Tanh, dense(3)];
        let spec = spec(vec![6], layers);
        let mut network = Network::<f64>::new(&spec).expect("valid");
        let mut apart = Apart::new(&network);
        let image = images(1, 6);
        apart.slopes_of_outputs(&mut network, image.view());
        let slopes = apart.slope(1, 3).expect("three outputs").to_owned();
        let hidden = apart.output(1, 3).expect("three rows").row(0).to_owned().insert_axis(ndarray::Axis(0));
        let rest = NetSpec { input: vec![5], layers: spec.layers[2..].to_vec(), ..spec };
        let mut behind = Network::<f64>::new(&rest).expect("valid");
        for (to, from) in behind.params_mut().iter_mut().zip(&network.params()[2..]) {
            to.value.assign(&from.value);
        }
        let mut alone = Apart::new(&behind);
        for output in 0..3 {
            let mut slope = Array2::zeros((1, 5));
            alone.slope_of_output(&mut behind, hidden.view(), output, slope.view_mut());
            for unit in 0..5 {
                assert!((slope[[0, unit]] - slopes[[output, unit]]).abs() < 1e-12, "{output} {unit}");
            }
        }
    }

    #[test]
    fn the_last_layer_gives_what_every_named_network_gives() {
        for ready in networks::ALL {
            let mut network = Network::<f64>::new(&(ready.spec)()).expect(ready.name);
            let mut apart = Apart::new(&network);
            let images = images(3, network.inputs());
            apart.forward(&mut network, Input::Dense(images.view()), Mode::Evaluation);
            let last = network.spec().layers.len() - 1;
            let found = apart.output(last, 3).expect("a batch of three").to_owned();
            let expected = network.forward(Input::Dense(images.view()), Mode::Evaluation);
            let near = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 1e-12 * (1.0 + b.abs()));
            assert!(near, "{}: {found} is not {expected}", ready.name);
            for (layer, shape) in network.shapes()[1..].iter().enumerate() {
                let output = apart.output(layer, 3).expect("every layer");
                assert_eq!(output.ncols(), shape.iter().product::<usize>(), "{} layer {layer}", ready.name);
            }
            assert!(apart.output(last + 1, 3).is_none() && apart.output(last, 4).is_none());
        }
    }

    #[test]
    fn gradients_of_parameters_are_those_of_the_network() {
        for ready in networks::ALL {
            let mut network = Network::<f64>::new(&(ready.spec)()).expect(ready.name);
            let mut apart = Apart::new(&network);
            let images = images(4, network.inputs());
            let (input, labels, mode) = (Input::Dense(images.view()), [0, 1, 1, 0], Mode::Differentiation);
            let expected_loss = network.backpropagate(input.reborrow(), &labels, mode);
            let expected: Vec<_> = network.params().iter().map(|param| param.gradient.clone()).collect();
            network.params_mut().iter_mut().for_each(|param| param.gradient.fill(f64::NAN));
            let loss = apart.backpropagate(&mut network, input, &labels, mode);
            assert!((loss - expected_loss).abs() < 1e-12, "{}", ready.name);
            for (param, expected) in network.params().iter().zip(&expected) {
                let largest = expected.iter().fold(1e-6_f64, |most, slope| most.max(slope.abs()));
                let near = (&param.gradient - expected).iter().all(|apart| apart.abs() <= 1e-9 * largest);
                assert!(near, "{} {}", ready.name, param.name);
            }
        }
    }

    /// Of y = σ(x) and z = tanh(y) in a row the slopes at both are known from the loss' derivative at the end.
    #[test]
    fn slopes_are_those_of_each_output() {
        let spec = NetSpec {
            input: vec![3],
            layers: vec![LayerSpec::Sigmoid, LayerSpec::Tanh, LayerSpec::Dense { units: 2 }],
            loss: LossSpec::MeanSquaredError,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::Xavier,
            batch_size: 1,
            seed: 1,
        };
        let mut network = Network::<f64>::new(&spec).expect("valid");
        let mut apart = Apart::new(&network);
        let images = images(1, 3);
        apart.backpropagate(&mut network, Input::Dense(images.view()), &[1], Mode::Differentiation);
        let weight = network.params()[0].value.clone();
        // ½Σ(y − t)² over what the dense layer makes of these values.
        let loss_of = |values: &Array2<f64>| {
            let outputs = values.dot(&weight);
            0.5 * (outputs[[0, 0]].powi(2) + (outputs[[0, 1]] - 1.0).powi(2))
        };
        let numerical = |from: &Array2<f64>, after: fn(f64) -> f64, index: usize| {
            let moved = |by: f64| {
                let mut values = from.clone();
                values[[0, index]] += by;
                loss_of(&values.mapv(after))
            };
            (moved(BOOK_STEP) - moved(-BOOK_STEP)) / (2.0 * BOOK_STEP)
        };
        for (layer, after) in [(0, libm::tanh as fn(f64) -> f64), (1, |value| value)] {
            let output = apart.output(layer, 1).expect("run").to_owned();
            let slope = apart.slope(layer, 1).expect("backpropagated");
            for index in 0..3 {
                let expected = numerical(&output, after, index);
                assert!((slope[[0, index]] - expected).abs() < 1e-7, "layer {layer}: {slope} {expected}");
            }
        }
    }
}
