//! The convolutional networks of the book.

use super::{ADAM, IMAGE, Ready, conv, dense, halve, mnist};
use crate::nn::spec::{InitSpec, LayerSpec};

/// `SimpleConvNet` of 7.5: convolution, ReLU, pooling, dense, ReLU, dense, with a standard deviation of 0.01.
pub(super) const SIMPLE_CONVNET: Ready = Ready {
    name: "simple-convnet",
    section: Some("7.5"),
    spec: || {
        let layers = vec![
            conv(30, 5, 0),
            LayerSpec::Relu,
            halve(),
            LayerSpec::Flatten,
            dense(100),
            LayerSpec::Relu,
            dense(10),
        ];
        mnist(IMAGE, layers, ADAM, InitSpec::Normal { std: 0.01 })
    },
    weights: &[],
};

/// `DeepConvNet` of 8.1.1, of which the book says 99.38 % of MNIST's test images: six convolutions of 3×3 in three
/// pairs, dropout of a half after both dense layers, He's initial values. The second pair ends with a pad of 2, so
/// that 64×4×4 values reach the dense layers.
pub(super) const DEEP_CONVNET: Ready = Ready {
    name: "deep-convnet",
    section: Some("8.1.1"),
    spec: || {
        let pair = |filters, last_pad| {
            [conv(filters, 3, 1), LayerSpec::Relu, conv(filters, 3, last_pad), LayerSpec::Relu, halve()]
        };
        let half = LayerSpec::Dropout { rate: 0.5 };
        let end = [LayerSpec::Flatten, dense(50), LayerSpec::Relu, half.clone(), dense(10), half];
        let layers = pair(16, 1).into_iter().chain(pair(32, 2)).chain(pair(64, 1)).chain(end);
        mnist(IMAGE, layers.collect(), ADAM, InitSpec::He)
    },
    weights: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_those_of_the_book() {
        let shapes = (SIMPLE_CONVNET.spec)().check().expect("valid");
        assert_eq!(shapes[1..5], [vec![30, 24, 24], vec![30, 24, 24], vec![30, 12, 12], vec![4320]]);
        let shapes = (DEEP_CONVNET.spec)().check().expect("valid");
        let ends = [5, 10, 15].map(|layer| shapes[layer].clone());
        assert_eq!(ends, [vec![16, 14, 14], vec![32, 8, 8], vec![64, 4, 4]]);
        assert_eq!(shapes[16], [1024]);
    }
}
