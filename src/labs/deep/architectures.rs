//! The networks of the book's 8.1 and 8.2, written down layer by layer from their papers.

use super::layers::{Block, Conv, Layer, Net};
use crate::labs::field::Choice;
use crate::nn::networks;
use crate::nn::spec::Join;
use crate::text::Text;

/// A network with its place in history.
pub(super) struct Architecture {
    /// Its name in the address.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) year: u16,
    /// The error that its paper reports, in percent.
    pub(super) error: f64,
    /// What that error is of.
    pub(super) of: Text,
    /// What was new, in a sentence.
    pub(super) idea: Text,
    pub(super) net: fn() -> Net,
}

const MNIST: Text = Text::new("MNIST test images", "MNIST 测试图像");
const TEAM: Text = Text::new("ILSVRC top-5, several networks together", "ILSVRC top-5，多个网络的集成");
const ALONE: Text =
    Text::new("ImageNet top-5, one network, validation images", "ImageNet top-5，单个网络，验证图像");

/// In the order of their years.
pub(super) static ALL: &[Architecture] = &[
    Architecture {
        id: "lenet",
        name: "LeNet-5",
        year: 1998,
        error: 0.95,
        of: MNIST,
        idea: Text::new(
            "Convolution and subsampling in turn, then dense layers (7.6.1). With the ReLU and max pooling of today.",
            "卷积层与子采样层交替，最后是全连接层（7.6.1 节）。这里采用现在常用的 ReLU 和最大池化。",
        ),
        net: || named("lenet-5-relu"),
    },
    Architecture {
        id: "alexnet",
        name: "AlexNet",
        year: 2012,
        error: 16.4,
        of: TEAM,
        idea: Text::new(
            "ReLU, local response normalization and Dropout, on two GPUs: three convolutions see only half of the channels (7.6.2).",
            "使用 ReLU、局部响应归一化和 Dropout，在两块 GPU 上训练：其中三个卷积层只看到一半的通道（7.6.2 节）。",
        ),
        net: alexnet,
    },
    Architecture {
        id: "vgg16",
        name: "VGG-16",
        year: 2014,
        error: 7.3,
        of: TEAM,
        idea: Text::new(
            "Only 3×3 filters, one after another, and the channels double where the image is halved (8.2.2).",
            "只使用 3×3 的小滤波器并连续堆叠，图像减半时通道数加倍（8.2.2 节）。",
        ),
        net: || vgg([2, 2, 3, 3, 3]),
    },
    Architecture {
        id: "vgg19",
        name: "VGG-19",
        year: 2014,
        error: 7.3,
        of: TEAM,
        idea: Text::new(
            "The same with three more convolutions: a fourth in each of the last three convolutional blocks.",
            "同样的结构，后三个卷积块各增加一个卷积层。",
        ),
        net: || vgg([2, 2, 4, 4, 4]),
    },
    Architecture {
        id: "googlenet",
        name: "GoogLeNet",
        year: 2014,
        error: 6.7,
        of: TEAM,
        idea: Text::new(
            "Filters of several sizes side by side; 1×1 convolutions before the larger ones reduce the channels (8.2.3).",
            "并排使用多种大小的滤波器，较大滤波器之前的 1×1 卷积减少通道数（8.2.3 节）。",
        ),
        net: googlenet,
    },
    Architecture {
        id: "resnet50",
        name: "ResNet-50",
        year: 2015,
        error: 5.25,
        of: ALONE,
        idea: Text::new(
            "Each unit learns what is to be added to its input, which takes a shortcut around it (8.2.4).",
            "每个单元只学习应加到输入上的部分，输入通过快捷结构绕过该单元（8.2.4 节）。",
        ),
        net: || resnet([3, 4, 6, 3]),
    },
    Architecture {
        id: "resnet152",
        name: "ResNet-152",
        year: 2015,
        error: 3.57,
        of: TEAM,
        idea: Text::new(
            "Shortcuts let 152 layers learn, with fewer multiply-adds than the 16 of VGG.",
            "有了快捷结构，152 层也能学习，乘加次数还少于 16 层的 VGG。",
        ),
        net: || resnet([3, 8, 36, 3]),
    },
    Architecture {
        id: "deep",
        name: "DeepConvNet",
        year: 2016,
        error: 0.62,
        of: MNIST,
        idea: Text::new(
            "The book's own (8.1.1): 3×3 filters in pairs, channels that grow, He's initial values, Dropout behind the dense layers.",
            "本书的深度网络（8.1.1 节）：3×3 的小滤波器两两相接，通道数逐渐增加，使用 He 初始值，全连接层后使用 Dropout。",
        ),
        net: || named("deep-convnet"),
    },
];

/// The same as options of a field.
pub(super) const CHOICES: &[Choice] = &[
    Choice::same("lenet", "LeNet-5"),
    Choice::same("alexnet", "AlexNet"),
    Choice::same("vgg16", "VGG-16"),
    Choice::same("vgg19", "VGG-19"),
    Choice::same("googlenet", "GoogLeNet"),
    Choice::same("resnet50", "ResNet-50"),
    Choice::same("resnet152", "ResNet-152"),
    Choice::same("deep", "DeepConvNet"),
];

fn named(name: &str) -> Net {
    networks::named(name).map_or(Net { input: [1, 28, 28], blocks: Vec::new() }, |spec| Net::of(&spec))
}

fn block(en: impl Into<String>, zh: impl Into<String>, layers: Vec<Layer>) -> Block {
    Block { name: Text { en: en.into().into(), zh: zh.into().into() }, layers }
}

/// A convolution with a bias and a stride of 1, with as much padding as keeps the size.
fn conv(filters: u64, size: u64) -> Conv {
    Conv { filters, size, stride: 1, pad: size / 2, groups: 1, bias: true }
}

fn dense(name: &str, units: u64) -> Block {
    block(name, name, vec![Layer::Dense(units)])
}

/// Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012, section
/// 3.5. The paper says 224×224; 227 is the size with which its 55×55 places fit.
fn alexnet() -> Net {
    let pool = || Layer::Max(3, 2, 0);
    let first = Conv { stride: 4, pad: 0, ..conv(96, 11) };
    let halved = |filters, size| Conv { groups: 2, ..conv(filters, size) };
    Net {
        input: [3, 227, 227],
        blocks: vec![
            block("conv 1", "卷积 1", vec![Layer::Conv(first), pool()]),
            block("conv 2", "卷积 2", vec![Layer::Conv(halved(256, 5)), pool()]),
            block("conv 3", "卷积 3", vec![Layer::Conv(conv(384, 3))]),
            block("conv 4", "卷积 4", vec![Layer::Conv(halved(384, 3))]),
            block("conv 5", "卷积 5", vec![Layer::Conv(halved(256, 3)), pool()]),
            dense("fc 6", 4096),
            dense("fc 7", 4096),
            dense("fc 8", 1000),
        ],
    }
}

/// Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014, table 1, D and E.
fn vgg(counts: [usize; 5]) -> Net {
    let filters = [64, 128, 256, 512, 512];
    let convolutions = |(filters, count): (u64, usize)| {
        let layers = vec![Layer::Conv(conv(filters, 3)); count].into_iter().chain([Layer::Max(2, 2, 0)]);
        block(format!("conv {filters} ×{count}"), format!("卷积 {filters} ×{count}"), layers.collect())
    };
    let ends = [("fc 6", 4096), ("fc 7", 4096), ("fc 8", 1000)].map(|(name, units)| dense(name, units));
    let blocks = filters.into_iter().zip(counts).map(convolutions).chain(ends).collect();
    Net { input: [3, 224, 224], blocks }
}

/// Szegedy et al., "Going deeper with convolutions", 2014, table 1, without the two outputs on the way that help it learn.
fn googlenet() -> Net {
    let pool = || Layer::Max(3, 2, 1);
    let first = Conv { stride: 2, ..conv(64, 7) };
    // For each: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj.
    let table: [(&str, [u64; 6]); 9] = [
        ("3a", [64, 96, 128, 16, 32, 32]),
        ("3b", [128, 128, 192, 32, 96, 64]),
        ("4a", [192, 96, 208, 16, 48, 64]),
        ("4b", [160, 112, 224, 24, 64, 64]),
        ("4c", [128, 128, 256, 24, 64, 64]),
        ("4d", [112, 144, 288, 32, 64, 64]),
        ("4e", [256, 160, 320, 32, 128, 128]),
        ("5a", [256, 160, 320, 32, 128, 128]),
        ("5b", [384, 192, 384, 48, 128, 128]),
    ];
    let mut blocks = vec![block(
        "stem",
        "前段",
        vec![Layer::Conv(first), pool(), Layer::Conv(conv(64, 1)), Layer::Conv(conv(192, 3)), pool()],
    )];
    for (name, [ones, before_threes, threes, before_fives, fives, pooled]) in table {
        let ways = vec![
            vec![Layer::Conv(conv(ones, 1))],
            vec![Layer::Conv(conv(before_threes, 1)), Layer::Conv(conv(threes, 3))],
            vec![Layer::Conv(conv(before_fives, 1)), Layer::Conv(conv(fives, 5))],
            vec![Layer::Max(3, 1, 1), Layer::Conv(conv(pooled, 1))],
        ];
        let mut layers = vec![Layer::Ways(Join::Concatenate, ways)];
        if matches!(name, "3b" | "4e") {
            layers.push(pool());
        }
        blocks.push(block(name, name, layers));
    }
    blocks.push(block("mean, fc", "平均、fc", vec![Layer::Mean(7), Layer::Dense(1000)]));
    Net { input: [3, 224, 224], blocks }
}

/// He et al., "Deep residual learning for image recognition", 2015, table 1: units of 1×1, 3×3 and 1×1 filters. Its
/// convolutions have no bias, each is followed by batch normalization, and the first of a unit has the stride.
fn resnet(counts: [usize; 4]) -> Net {
    let conv = |filters, size, stride| {
        [Layer::Conv(Conv { filters, size, stride, pad: size / 2, groups: 1, bias: false }), Layer::Norm]
    };
    let unit = |filters: u64, stride: u64, is_first: bool| {
        let shortcut = if is_first { conv(4 * filters, 1, stride).to_vec() } else { Vec::new() };
        let learned = [conv(filters, 1, stride), conv(filters, 3, 1), conv(4 * filters, 1, 1)].concat();
        Layer::Ways(Join::Add, vec![shortcut, learned])
    };
    let mut blocks =
        vec![block("conv 1", "卷积 1", [conv(64, 7, 2).to_vec(), vec![Layer::Max(3, 2, 1)]].concat())];
    for (stage, count) in counts.into_iter().enumerate() {
        let filters = 64 << stage;
        let stride = if stage == 0 { 1 } else { 2 };
        let layers = (0..count).map(|index| match index {
            0 => unit(filters, stride, true),
            _ => unit(filters, 1, false),
        });
        let place = stage + 2;
        blocks.push(block(
            format!("conv {place} ×{count}"),
            format!("卷积 {place} ×{count}"),
            layers.collect(),
        ));
    }
    blocks.push(block("mean, fc", "平均、fc", vec![Layer::Mean(7), Layer::Dense(1000)]));
    Net { input: [3, 224, 224], blocks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::deep::layers::Cost;

    /// Parameters are known to the last one, from the weights that the authors or others have published for these very
    /// layers; multiply-adds as papers print them: 3.8 and 11.3 billion for ResNet, about 1.5 for GoogLeNet.
    #[test]
    fn totals_are_those_of_the_papers() {
        let known = [
            ("alexnet", 60_965_224, 0.7244),
            ("vgg16", 138_357_544, 15.47),
            ("vgg19", 143_667_240, 19.63),
            ("googlenet", 6_998_552, 1.58),
            ("resnet50", 25_557_032, 3.86),
            ("resnet152", 60_192_808, 11.3),
        ];
        for (id, parameters, billions) in known {
            let architecture = ALL.iter().find(|architecture| architecture.id == id).expect(id);
            let Cost { parameters: found, multiply_adds } = (architecture.net)().cost();
            assert_eq!(found, parameters, "{id}");
            let error = multiply_adds as f64 / 1e9 / billions - 1.0;
            assert!(error.abs() < 0.005, "{id}: {multiply_adds}");
        }
    }

    #[test]
    fn depths_are_in_the_names() {
        let depth = |id: &str| ALL.iter().find(|each| each.id == id).map(|each| (each.net)().depth());
        assert_eq!(
            ["vgg16", "vgg19", "googlenet", "resnet50", "resnet152"].map(depth),
            [16, 19, 22, 50, 152].map(Some)
        );
        assert_eq!(["alexnet", "lenet", "deep"].map(depth), [8, 5, 8].map(Some));
    }

    #[test]
    fn every_one_can_be_chosen_and_ends_in_its_classes() {
        assert!(ALL.iter().map(|each| each.id).eq(CHOICES.iter().map(|choice| choice.value)));
        for architecture in ALL {
            let net = (architecture.net)();
            let ends = net.count().last().map(|block| block.output);
            assert!(matches!(ends, Some([10 | 1000, 1, 1])), "{}: {ends:?}", architecture.id);
        }
    }
}
