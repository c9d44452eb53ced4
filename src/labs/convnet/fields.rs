//! What may be set.

use crate::labs::field::{Choice, Field, Kind};
use crate::labs::parts;
use crate::text::Text;

/// The value of `view` under which the loss around the weights is shown.
pub(super) const LANDSCAPE: &str = "landscape";

const VIEWS: &[Choice] = &[
    Choice::new("network", Text::new("Network", "网络")),
    Choice::new(LANDSCAPE, Text::new("Landscape", "地形")),
];

const SIZES: &[Choice] =
    &[Choice::same("3", "3 × 3"), Choice::same("5", "5 × 5"), Choice::same("7", "7 × 7")];

pub(super) const FIELDS: &[Field] = &[
    Field::new(
        "view",
        Text::new("Show", "显示"),
        Text::new(
            "What the network is made of and makes of your digit, or the loss around its weights.",
            "网络的滤波器及其对所写数字的输出，或权重周围的损失函数。",
        ),
        Kind::Choice { options: VIEWS },
        "network",
    )
    .main()
    .live(),
    Field::new(
        "samples",
        Text::new("Training images", "训练图像数"),
        Text::new(
            "The first images of MNIST. The book takes all 60,000, or 5,000 where time is short.",
            "MNIST 的前若干张图像。书中使用全部 60000 张；若想缩短时间，可用 5000 张。",
        ),
        Kind::Count { min: 100, max: 60_000 },
        "5000",
    )
    .main(),
    Field::new(
        "epochs",
        Text::new("Epochs", "epoch 数"),
        Text::new(
            "Passes over the training images. The book takes 20.",
            "遍历全部训练图像的次数，书中为 20。",
        ),
        Kind::Count { min: 1, max: 200 },
        "20",
    )
    .main(),
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        Text::new("η of Adam; the book takes 0.001.", "Adam 的 η，书中取 0.001。"),
        Kind::Log { min: 1e-5, max: 1.0 },
        "0.001",
    )
    .live(),
    Field::new(
        "filters",
        Text::new("Filters", "滤波器个数"),
        Text::new("Each makes one feature map.", "每个滤波器输出一张特征图。"),
        Kind::Count { min: 1, max: 64 },
        "30",
    ),
    Field::new(
        "size",
        Text::new("Filter size", "滤波器大小"),
        Text::new("Height and width of each filter.", "每个滤波器的高和宽。"),
        Kind::Choice { options: SIZES },
        "5",
    ),
    Field::new(
        "hidden",
        Text::new("Hidden units", "隐藏层神经元数"),
        Text::new("Neurons between pooling and the 10 classes.", "池化层与 10 个类别之间的神经元个数。"),
        Kind::Count { min: 1, max: 500 },
        "100",
    ),
    parts::batch(None),
    parts::seed(None),
];
