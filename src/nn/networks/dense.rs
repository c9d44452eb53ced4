//! Networks of dense layers: those of the book's chapters 3 to 6.

use super::{ADAM, Printed, Ready, dense, mnist};
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind};

/// The 2-3-2-2 net of 3.4, with sigmoids between and identity outputs, hence the squared error. For (1.0, 0.5) its
/// printed weights give 0.31682708 and 0.69627909.
pub(super) const FORWARD: Ready = Ready {
    name: "forward",
    section: Some("3.4.3"),
    spec: || NetSpec {
        loss: LossSpec::MeanSquaredError,
        batch_size: 1,
        ..mnist(
            &[2],
            vec![dense(3), LayerSpec::Sigmoid, dense(2), LayerSpec::Sigmoid, dense(2)],
            (OptimizerKind::Sgd, 0.1),
            InitSpec::Normal { std: 1.0 },
        )
    },
    weights: &[
        Printed { name: "0.weight", shape: &[2, 3], values: &[0.1, 0.3, 0.5, 0.2, 0.4, 0.6] },
        Printed { name: "0.bias", shape: &[3], values: &[0.1, 0.2, 0.3] },
        Printed { name: "2.weight", shape: &[3, 2], values: &[0.1, 0.4, 0.2, 0.5, 0.3, 0.6] },
        Printed { name: "2.bias", shape: &[2], values: &[0.1, 0.2] },
        Printed { name: "4.weight", shape: &[2, 2], values: &[0.1, 0.3, 0.2, 0.4] },
        Printed { name: "4.bias", shape: &[2], values: &[0.1, 0.2] },
    ],
};

/// The net that classifies MNIST in 3.6.2: 784-50-100-10 with sigmoids. The book loads weights that were trained before;
/// here they begin with Xavier's, and Adam trains them.
pub(super) const THREE_LAYER: Ready = Ready {
    name: "three-layer",
    section: Some("3.6.2"),
    spec: || {
        mnist(
            &[784],
            vec![dense(50), LayerSpec::Sigmoid, dense(100), LayerSpec::Sigmoid, dense(10)],
            ADAM,
            InitSpec::Xavier,
        )
    },
    weights: &[],
};

/// `simpleNet` of 4.4.2: 2×3 weights and softmax, with the weights of its example. Layers here have biases, the book's
/// net has none: they begin at 0, and its numbers are the same.
pub(super) const SIMPLE: Ready = Ready {
    name: "simple",
    section: Some("4.4.2"),
    spec: || NetSpec {
        batch_size: 1,
        ..mnist(&[2], vec![dense(3)], (OptimizerKind::Sgd, 0.1), InitSpec::Normal { std: 1.0 })
    },
    weights: &[
        Printed {
            name: "0.weight",
            shape: &[2, 3],
            values: &[0.47355232, 0.9977393, 0.84668094, 0.85557411, 0.03563661, 0.69422093],
        },
        Printed { name: "0.bias", shape: &[3], values: &[0.0, 0.0, 0.0] },
    ],
};

/// `TwoLayerNet` of 4.5: 784-50-10 with a sigmoid, standard deviation 0.01, plain descent at 0.1, mini-batches of 100.
pub(super) const TWO_LAYER: Ready = Ready {
    name: "two-layer",
    section: Some("4.5.1"),
    spec: || {
        mnist(
            &[784],
            vec![dense(50), LayerSpec::Sigmoid, dense(10)],
            (OptimizerKind::Sgd, 0.1),
            InitSpec::Normal { std: 0.01 },
        )
    },
    weights: &[],
};

/// 4-5-5-1 for two kinds of iris, with sigmoids. Not in the book. Its rate suits measures in centimetres as they are.
pub(super) const IRIS: Ready = Ready {
    name: "iris",
    section: None,
    spec: || NetSpec {
        loss: LossSpec::BinaryCrossEntropy,
        batch_size: 10,
        ..mnist(
            &[4],
            vec![dense(5), LayerSpec::Sigmoid, dense(5), LayerSpec::Sigmoid, dense(1)],
            (OptimizerKind::Sgd, 0.5),
            InitSpec::Xavier,
        )
    },
    weights: &[],
};

/// Five layers, four of them hidden with 100 ReLUs each: the net on which 6.1.8 compares update rules and 6.2.4 initial
/// values. He's are the default of the book's `MultiLayerNet`, plain descent at 0.01 is what 6.2.4 trains with.
pub(super) const FIVE_LAYER: Ready = Ready {
    name: "five-layer",
    section: Some("6.1.8, 6.2.4"),
    spec: || deep(4, &[LayerSpec::Relu]),
    weights: &[],
};

/// Six layers, five of them hidden: the net without batch normalization in 6.3.2, which tries sixteen scales of initial
/// values, from a deviation of 1 to 1e-4. Here it has He's.
pub(super) const SIX_LAYER: Ready =
    Ready { name: "six-layer", section: Some("6.3.2"), spec: || deep(5, &[LayerSpec::Relu]), weights: &[] };

/// The other net of 6.3.2: batch normalization between each hidden layer's products and its ReLU.
pub(super) const SIX_LAYER_BATCH_NORM: Ready = Ready {
    name: "six-layer-batch-norm",
    section: Some("6.3.2"),
    spec: || deep(5, &[LayerSpec::BatchNorm, LayerSpec::Relu]),
    weights: &[],
};

/// Seven layers, six of them hidden: the net that 6.4 makes overfit on 300 images.
pub(super) const SEVEN_LAYER: Ready =
    Ready { name: "seven-layer", section: Some("6.4.1"), spec: || deep(6, &[LayerSpec::Relu]), weights: &[] };

/// Hidden layers of 100 units, each followed by `after`, before ten classes.
fn deep(hidden: usize, after: &[LayerSpec]) -> NetSpec {
    let block = [&[dense(100)], after].concat();
    let layers = [vec![block; hidden].concat(), vec![dense(10)]].concat();
    mnist(&[784], layers, (OptimizerKind::Sgd, 0.01), InitSpec::He)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayView2, array};

    use super::*;
    use crate::nn::apart::Apart;
    use crate::nn::layer::{Draw, Mode};
    use crate::nn::network::{Input, Network};
    use crate::nn::optimizer::Optimizer;

    fn printed(ready: &Ready) -> Network<f64> {
        let mut network = Network::new(&(ready.spec)()).expect(ready.name);
        for (param, printed) in network.params_mut().iter_mut().zip(ready.weights) {
            param.value.iter_mut().zip(printed.values).for_each(|(to, &from)| *to = from);
        }
        network
    }

    fn agree(found: ArrayView2<'_, f64>, expected: Array2<f64>, digits: f64) {
        assert!((&found - &expected).iter().all(|apart| apart.abs() <= digits), "{found} is not {expected}");
    }

    #[test]
    fn the_forward_net_gives_the_numbers_of_the_book() {
        let mut network = printed(&FORWARD);
        let input = array![[1.0, 0.5]];
        let outputs = network.predict(Input::Dense(input.view()));
        agree(outputs.view(), array![[0.31682708, 0.69627909]], 5e-9);
        // 3.4.3 prints what is between, too.
        let mut apart = Apart::new(&network);
        apart.forward(&mut network, Input::Dense(input.view()), Mode::Evaluation);
        let between = |layer: usize| apart.output(layer, 1).expect("kept");
        agree(between(0), array![[0.3, 0.7, 1.1]], 1e-15);
        agree(between(1), array![[0.57444252, 0.66818777, 0.75026011]], 5e-9);
        agree(between(3), array![[0.62624937, 0.7710107]], 5e-9);
    }

    #[test]
    fn the_simple_net_gives_the_numbers_of_the_book() {
        let mut network = printed(&SIMPLE);
        let input = array![[0.6, 0.9]];
        let logits = network.forward(Input::Dense(input.view()), Mode::Evaluation).to_owned();
        agree(logits.view(), array![[1.05414809, 0.63071653, 1.1328074]], 5e-9);
        let loss = network.backpropagate(Input::Dense(input.view()), &[2], Mode::Differentiation);
        // The book's loss adds 1e-7 to the probability.
        assert!((loss - 0.928_068_536_634_113_3).abs() < 1e-6, "{loss}");
        let slopes = array![[0.21924763, 0.14356247, -0.36281009], [0.32887144, 0.2153437, -0.54421514]];
        agree(network.params()[0].gradient.view(), slopes, 5e-7);
    }

    #[test]
    fn the_iris_net_tells_two_kinds_apart() {
        // The first five of each in Fisher's table of 1936: setosa, versicolor.
        let flowers = array![
            [5.1, 3.5, 1.4, 0.2],
            [4.9, 3.0, 1.4, 0.2],
            [4.7, 3.2, 1.3, 0.2],
            [4.6, 3.1, 1.5, 0.2],
            [5.0, 3.6, 1.4, 0.2],
            [7.0, 3.2, 4.7, 1.4],
            [6.4, 3.2, 4.5, 1.5],
            [6.9, 3.1, 4.9, 1.5],
            [5.5, 2.3, 4.0, 1.3],
            [6.5, 2.8, 4.6, 1.5_f64],
        ];
        let labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
        let spec = (IRIS.spec)();
        let mut network = Network::new(&spec).expect("valid");
        let mut optimizer = Optimizer::new(spec.optimizer);
        for iteration in 0..300 {
            let mode = Mode::Training(Draw::whole(iteration));
            network.backpropagate(Input::Dense(flowers.view()), &labels, mode);
            optimizer.begin_step(iteration);
            let params = network.params_mut().iter_mut();
            params.enumerate().for_each(|(slot, param)| optimizer.update_param(param, slot));
        }
        let loss = network.mean_loss(Input::Dense(flowers.view()), &labels, Mode::Evaluation);
        assert!(loss < 0.1, "{loss}");
        let mut classes = Vec::new();
        network.classify(Input::Dense(flowers.view()), &mut classes);
        assert_eq!(classes, labels);
    }
}
