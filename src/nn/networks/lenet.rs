//! LeNet-5, book 7.6.1: as it was, as far as these layers go, and as one would build it now.

use super::{ADAM, IMAGE, Ready, conv, dense, mnist};
use crate::nn::spec::{InitSpec, LayerSpec, NetSpec, Windows};

/// LeNet-5 of LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998.
///
/// What differs from the paper: pooling has no coefficient and no bias to train and no squashing of its own; the
/// second convolution sees all six maps, not those of the paper's table 1; tanh is plain, not 1.7159 tanh(⅔a); the ten
/// outputs are a dense layer with softmax instead of distances to drawn digits; initial values are Xavier's and the rule
/// is Adam. So it has 61,706 parameters, the paper's has 60,000.
pub(super) const LENET_5: Ready = Ready {
    name: "lenet-5",
    section: Some("7.6.1"),
    spec: || lenet(LayerSpec::Tanh, LayerSpec::AveragePool2d(Windows::of(2)), InitSpec::Xavier),
    weights: &[],
};

/// LeNet-5 with what the book's 7.6.1 names as today's choices: ReLU and max pooling.
pub(super) const LENET_5_RELU: Ready = Ready {
    name: "lenet-5-relu",
    section: Some("7.6.1"),
    spec: || lenet(LayerSpec::Relu, LayerSpec::MaxPool2d(Windows::of(2)), InitSpec::He),
    weights: &[],
};

fn lenet(activation: LayerSpec, pool: LayerSpec, init: InitSpec) -> NetSpec {
    let layers = vec![
        // The paper's images are 32×32, MNIST's digits in their middle.
        conv(6, 5, 2),
        activation.clone(),
        pool.clone(),
        conv(16, 5, 0),
        activation.clone(),
        pool,
        conv(120, 5, 0),
        activation.clone(),
        LayerSpec::Flatten,
        dense(84),
        activation,
        dense(10),
    ];
    mnist(IMAGE, layers, ADAM, init)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_those_of_the_paper() {
        for ready in [LENET_5, LENET_5_RELU] {
            let shapes = (ready.spec)().check().expect("valid");
            // C1, S2, C3, S4, C5, F6 and the output.
            let layers = [1, 3, 4, 6, 7, 10, 12].map(|layer| shapes[layer].clone());
            let expected: [&[usize]; 7] =
                [&[6, 28, 28], &[6, 14, 14], &[16, 10, 10], &[16, 5, 5], &[120, 1, 1], &[84], &[10]];
            assert_eq!(layers, expected);
        }
    }
}
