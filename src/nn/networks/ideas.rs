//! Three small networks for MNIST that each show one idea of the book's 8.2, small enough to train in a page.

use super::{ADAM, IMAGE, Ready, conv, dense, halve, mnist};
use crate::nn::spec::{InitSpec, Join, LayerSpec, OptimizerKind, Windows};

/// Means of whole channels learn slowly: after 100 mini-batches of MNIST the Inception net reads 84 % of the test images
/// at this rate, 37 % at that of the book; the ResNet 92 % and 66 %.
const FAST_ADAM: (OptimizerKind, f64) = (OptimizerKind::Adam, 0.01);

/// Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014: filters of 3×3
/// only, in blocks that end with a pooling and double the channels; two of them in a row see as far as one of 5×5, with
/// fewer weights and one more ReLU. Theirs has thirteen and more convolutions, dense layers of 4096 and dropout.
pub(super) const SMALL_VGG: Ready = Ready {
    name: "small-vgg",
    section: Some("8.2.2"),
    spec: || {
        let block =
            |filters| [conv(filters, 3, 1), LayerSpec::Relu, conv(filters, 3, 1), LayerSpec::Relu, halve()];
        let end = [LayerSpec::Flatten, dense(64), LayerSpec::Relu, dense(10)];
        let layers = [8, 16, 32].into_iter().flat_map(block).chain(end);
        mnist(IMAGE, layers.collect(), ADAM, InitSpec::He)
    },
    weights: &[],
};

/// Szegedy et al., "Going deeper with convolutions", 2014: filters of several sizes side by side, those of 1×1 before
/// the larger ones to make the channels fewer, and the mean of each channel instead of large dense layers. Theirs
/// has nine such blocks and two more outputs on the way.
pub(super) const SMALL_INCEPTION: Ready = Ready {
    name: "small-inception",
    section: Some("8.2.3"),
    spec: || {
        let layers = vec![
            conv(8, 3, 1),
            LayerSpec::Relu,
            halve(),
            inception(8),
            halve(),
            inception(16),
            LayerSpec::AveragePool2d(Windows::of(7)),
            LayerSpec::Flatten,
            dense(10),
        ];
        mnist(IMAGE, layers, FAST_ADAM, InitSpec::He)
    },
    weights: &[],
};

/// He et al., "Deep residual learning for image recognition", 2015: two convolutions learn what is to be added to their
/// input, which takes a shortcut around them. Where the shape changes, the shortcut is a convolution of 1×1 with a
/// stride of 2. Every convolution is followed by batch normalization, which makes its bias idle; theirs have none.
pub(super) const SMALL_RESNET: Ready = Ready {
    name: "small-resnet",
    section: Some("8.2.4"),
    spec: || {
        let layers = [
            vec![strided(16, 3, 2, 1), LayerSpec::BatchNorm, LayerSpec::Relu],
            residual(vec![], 16, 1),
            residual(vec![strided(32, 1, 2, 0), LayerSpec::BatchNorm], 32, 2),
            vec![LayerSpec::AveragePool2d(Windows::of(7)), LayerSpec::Flatten, dense(10)],
        ];
        mnist(IMAGE, layers.concat(), FAST_ADAM, InitSpec::He)
    },
    weights: &[],
};

/// Filters of 1×1, 3×3 and 5×5 and a pooling side by side: 5 · `filters` channels.
fn inception(filters: usize) -> LayerSpec {
    let pool = LayerSpec::MaxPool2d(Windows { size: 3, stride: Some(1), pad: Some(1) });
    let ways = [
        vec![conv(filters, 1, 0)],
        vec![conv(filters, 1, 0), LayerSpec::Relu, conv(2 * filters, 3, 1)],
        vec![conv(filters / 2, 1, 0), LayerSpec::Relu, conv(filters, 5, 2)],
        vec![pool, conv(filters, 1, 0)],
    ];
    let branches = ways.map(|way| [way, vec![LayerSpec::Relu]].concat());
    LayerSpec::Branches { join: Join::Concatenate, branches: branches.into() }
}

/// A shortcut around two convolutions, the first of this stride, and the ReLU after their sum.
fn residual(shortcut: Vec<LayerSpec>, filters: usize, stride: usize) -> Vec<LayerSpec> {
    let learned = vec![
        strided(filters, 3, stride, 1),
        LayerSpec::BatchNorm,
        LayerSpec::Relu,
        strided(filters, 3, 1, 1),
        LayerSpec::BatchNorm,
    ];
    vec![LayerSpec::Branches { join: Join::Add, branches: vec![shortcut, learned] }, LayerSpec::Relu]
}

fn strided(filters: usize, size: usize, stride: usize, pad: usize) -> LayerSpec {
    LayerSpec::Conv2d { filters, size, stride: Some(stride), pad: Some(pad) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_shrink_as_channels_grow() {
        let places = |ready: Ready, layers: [usize; 3]| {
            let shapes = (ready.spec)().check().expect("valid");
            layers.map(|layer| shapes[layer].clone())
        };
        assert_eq!(places(SMALL_VGG, [5, 10, 15]), [[8, 14, 14], [16, 7, 7], [32, 3, 3]]);
        assert_eq!(places(SMALL_INCEPTION, [4, 6, 7]), [[40, 14, 14], [80, 7, 7], [80, 1, 1]]);
        assert_eq!(places(SMALL_RESNET, [3, 5, 7]), [[16, 14, 14], [16, 14, 14], [32, 7, 7]]);
    }
}
