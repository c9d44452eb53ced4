//! Networks that have a name: those of the book, and small ones of its chapter 8 that train in a page. One list, [`ALL`].

mod convolutional;
mod dense;
mod ideas;
mod lenet;

use super::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Windows};

/// Every named network, in the order of the book.
pub static ALL: &[Ready] = &[
    dense::FORWARD,
    dense::THREE_LAYER,
    dense::SIMPLE,
    dense::TWO_LAYER,
    dense::IRIS,
    dense::FIVE_LAYER,
    dense::SIX_LAYER,
    dense::SIX_LAYER_BATCH_NORM,
    dense::SEVEN_LAYER,
    convolutional::SIMPLE_CONVNET,
    lenet::LENET_5,
    lenet::LENET_5_RELU,
    convolutional::DEEP_CONVNET,
    ideas::SMALL_VGG,
    ideas::SMALL_INCEPTION,
    ideas::SMALL_RESNET,
];

/// A network with a name.
#[derive(Debug)]
pub struct Ready {
    /// In kebab-case: `two-layer`.
    pub name: &'static str,
    /// The section of the book it comes from, such as `4.5.1`; none for one that is not in it.
    pub section: Option<&'static str>,
    /// Makes its spec.
    pub spec: fn() -> NetSpec,
    /// The weights that the book prints for it; none where they begin at random.
    pub weights: &'static [Printed],
}

/// One parameter as the book prints it.
#[derive(Debug)]
pub struct Printed {
    /// Such as `0.weight`.
    pub name: &'static str,
    /// The lengths of its axes.
    pub shape: &'static [usize],
    /// The values, the last axis running fastest.
    pub values: &'static [f64],
}

/// The network of this name.
pub fn find(name: &str) -> Option<&'static Ready> {
    ALL.iter().find(|ready| ready.name == name)
}

/// The spec of the network of this name.
pub fn named(name: &str) -> Option<NetSpec> {
    find(name).map(|ready| (ready.spec)())
}

/// A net for MNIST in mini-batches of 100, with softmax.
fn mnist(input: &[usize], layers: Vec<LayerSpec>, rule: (OptimizerKind, f64), init: InitSpec) -> NetSpec {
    NetSpec {
        input: input.to_vec(),
        layers,
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(rule.0, rule.1),
        init,
        batch_size: 100,
        seed: 1,
    }
}

/// One channel of MNIST's size.
const IMAGE: &[usize] = &[1, 28, 28];

/// The rule of the book's chapters 7 and 8.
const ADAM: (OptimizerKind, f64) = (OptimizerKind::Adam, 0.001);

fn dense(units: usize) -> LayerSpec {
    LayerSpec::Dense { units }
}

/// A convolution with a stride of 1.
fn conv(filters: usize, size: usize, pad: usize) -> LayerSpec {
    LayerSpec::Conv2d { filters, size, stride: None, pad: (pad > 0).then_some(pad) }
}

/// Max pooling that halves height and width.
fn halve() -> LayerSpec {
    LayerSpec::MaxPool2d(Windows::of(2))
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::layer::{Draw, Mode};
    use crate::nn::network::{Input, Network};
    use crate::nn::optimizer::Optimizer;

    /// Trained parameters, by hand: weights and biases of each layer added up.
    const PARAMETERS: &[(&str, usize)] = &[
        ("forward", 23),
        ("three-layer", 45_360),
        ("simple", 9),
        ("two-layer", 39_760),
        ("iris", 61),
        ("five-layer", 109_810),
        ("six-layer", 119_910),
        ("six-layer-batch-norm", 120_910),
        ("seven-layer", 130_010),
        ("simple-convnet", 433_890),
        ("lenet-5", 61_706),
        ("lenet-5-relu", 61_706),
        ("deep-convnet", 123_552),
        ("small-vgg", 37_186),
        ("small-inception", 13_270),
        ("small-resnet", 19_850),
    ];

    #[test]
    fn each_has_one_name_a_good_spec_and_as_many_parameters_as_by_hand() {
        let names = ALL.iter().map(|ready| ready.name).collect::<Vec<_>>();
        assert_eq!(names, PARAMETERS.iter().map(|&(name, _)| name).collect::<Vec<_>>());
        for &(name, parameters) in PARAMETERS {
            let network = Network::<f32>::new(&named(name).expect("listed")).expect(name);
            let trained = network.params().iter().filter(|param| param.is_trained());
            assert_eq!(trained.map(|param| param.value.len()).sum::<usize>(), parameters, "{name}");
        }
        assert_eq!(named("teapot"), None);
    }

    #[test]
    fn one_step_lowers_the_loss() {
        for ready in ALL {
            let spec = (ready.spec)();
            let mut network = Network::<f32>::new(&spec).expect(ready.name);
            let pixels = Array2::from_shape_fn((6, network.inputs()), |(row, column)| {
                let mixed = (row * 7919 + column * 104_729 + 17).wrapping_mul(0x9E37_79B9) >> 8;
                (mixed % 256) as f32 / 255.0
            });
            let labels = [0, 1, 0, 1, 0, 1];
            let loss = |network: &mut Network<f32>| {
                network.mean_loss(Input::Dense(pixels.view()), &labels, Mode::Differentiation)
            };
            let before = loss(&mut network);
            let mode = Mode::Training(Draw::whole(0));
            network.backpropagate(Input::Dense(pixels.view()), &labels, mode);
            let mut optimizer = Optimizer::new(spec.optimizer);
            optimizer.begin_step(0);
            let trained = network.params_mut().iter_mut().filter(|param| param.is_trained());
            trained.enumerate().for_each(|(slot, param)| optimizer.update_param(param, slot));
            let after = loss(&mut network);
            assert!(after < before, "{}: {before} → {after}", ready.name);
        }
    }

    #[test]
    fn printed_weights_are_all_of_a_net() {
        for ready in ALL.iter().filter(|ready| !ready.weights.is_empty()) {
            let network = Network::<f32>::new(&(ready.spec)()).expect(ready.name);
            let wanted = network.params().iter().map(|param| (param.name.as_str(), &*param.shape));
            assert!(wanted.eq(ready.weights.iter().map(|printed| (printed.name, printed.shape))));
            for printed in ready.weights {
                assert_eq!(printed.shape.iter().product::<usize>(), printed.values.len(), "{}", printed.name);
            }
        }
    }
}
