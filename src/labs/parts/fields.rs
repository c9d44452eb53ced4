//! Settings that several labs share.

use crate::labs::field::{Choice, Field, Kind};
use crate::text::Text;

/// When a field is shown: always, or while another holds one of some values.
pub(in crate::labs) type Condition = Option<(&'static str, &'static [&'static str])>;

pub(in crate::labs) const HELP_RATE: Text =
    Text::new("η: the length of each step against the gradient.", "η：每一步沿梯度反方向更新的幅度。");

/// How far apart the two places of a central difference lie.
pub(in crate::labs) const DIFFERENCE: Field = Field::new(
    "h",
    Text::new("h of the differences", "差分的 h"),
    Text::new(
        "Differences take the loss at x + h and at x − h (4.3.1).",
        "数值微分取 x + h 与 x − h 两处的损失（4.3.1 节）。",
    ),
    Kind::Log { min: 1e-12, max: 1.0 },
    "0.0001",
);

const OPTIMIZERS: &[Choice] = &[
    Choice::same("sgd", "SGD"),
    Choice::same("momentum", "Momentum"),
    Choice::same("nesterov", "Nesterov"),
    Choice::same("adagrad", "AdaGrad"),
    Choice::same("rmsprop", "RMSProp"),
    Choice::same("adam", "Adam"),
];

const ACTIVATIONS: &[Choice] =
    &[Choice::same("sigmoid", "Sigmoid"), Choice::same("tanh", "tanh"), Choice::same("relu", "ReLU")];

const INITS: &[Choice] = &[
    Choice::new("normal", Text::new("Gaussian", "高斯分布")),
    Choice::same("xavier", "Xavier"),
    Choice::same("he", "He"),
];

pub(in crate::labs) const OPTIMIZER: Field = Field::new(
    "optimizer",
    Text::new("Optimizer", "参数的更新方法"),
    Text::new(
        "How gradients update the parameters (6.1). Adam and RMSProp need a smaller learning rate.",
        "如何利用梯度更新参数（6.1 节）。Adam 和 RMSProp 需要较小的学习率。",
    ),
    Kind::Choice { options: OPTIMIZERS },
    "sgd",
);

/// How the initial weights are drawn; goes with [`std`].
pub(in crate::labs) const INIT: Field = Field::new(
    "init",
    Text::new("Initial weights", "权重的初始值"),
    Text::new(
        "Gaussian with the standard deviation you set; √(1/n) with Xavier, √(2/n) with He, n inputs of a neuron (6.2).",
        "高斯分布：标准差由你设定；Xavier 为 √(1/n)，He 为 √(2/n)，n 为神经元的输入个数（6.2 节）。",
    ),
    Kind::Choice { options: INITS },
    "normal",
);

/// The standard deviation that goes with [`INIT`].
pub(in crate::labs) const fn std() -> Field {
    Field::new(
        "std",
        Text::new("Standard deviation", "标准差"),
        Text::new("Of the Gaussian initial weights.", "高斯分布的标准差。"),
        Kind::Log { min: 1e-4, max: 10.0 },
        "0.01",
    )
    .only("init", &["normal"])
}

pub(in crate::labs) const fn hidden(only: Condition) -> Field {
    Field::new(
        "hidden",
        Text::new("Hidden units", "隐藏层神经元数"),
        Text::new(
            "Neurons between the 784 pixels and the 10 classes.",
            "784 个像素与 10 个类别之间的神经元个数。",
        ),
        Kind::Count { min: 1, max: 1000 },
        "50",
    )
    .when(only)
}

pub(in crate::labs) const fn activation(only: Condition) -> Field {
    Field::new(
        "activation",
        Text::new("Activation function", "激活函数"),
        Text::new(
            "Turns a neuron's weighted sum into its output (3.2).",
            "将输入信号的总和转换为输出信号（3.2 节）。",
        ),
        Kind::Choice { options: ACTIVATIONS },
        "relu",
    )
    .when(only)
}

pub(in crate::labs) const fn batch(only: Condition) -> Field {
    Field::new(
        "batch",
        Text::new("Mini-batch size", "mini-batch 大小"),
        Text::new("Images in each iteration.", "每次迭代使用的图像数。"),
        Kind::Count { min: 1, max: 1000 },
        "100",
    )
    .when(only)
}

/// How many mini-batches a training with an end learns.
pub(in crate::labs) const fn iterations_field(only: Condition) -> Field {
    Field::new(
        "iterations",
        Text::new("Iterations", "迭代次数"),
        Text::new(
            "600 mini-batches of 100 images are one epoch of MNIST.",
            "对于 MNIST，600 个大小为 100 的 mini-batch 是一个 epoch。",
        ),
        Kind::Count { min: 1, max: 100_000 },
        "600",
    )
    .when(only)
}

pub(in crate::labs) const fn seed(only: Condition) -> Field {
    Field::new(
        "seed",
        Text::new("Seed", "随机种子"),
        Text::new(
            "The same seed gives the same weights and mini-batches.",
            "相同的种子得到相同的权重和 mini-batch。",
        ),
        Kind::Count { min: 0, max: u32::MAX },
        "1",
    )
    .when(only)
}

const HELP_START: Text =
    Text::new("Drag the ring in the plot, or click a place.", "可拖动图中的圆环，也可点击图中的位置。");
const COORDINATE: Kind = Kind::Number { min: -10.0, max: 10.0, step: 0.1 };

/// Where a descent starts.
pub(in crate::labs) const START_X0: Field =
    Field::new("x0", Text::new("Start x0", "起点 x0"), HELP_START, COORDINATE, "-3");

/// Where a descent starts.
pub(in crate::labs) const START_X1: Field =
    Field::new("x1", Text::new("Start x1", "起点 x1"), HELP_START, COORDINATE, "4");
