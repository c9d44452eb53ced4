//! Words of the lab.

use super::Choice;
use crate::labs::{Shape, Slot, Suggestion};
use crate::text::Text;

pub(super) const TASKS: &[Choice] = &[
    Choice::new("check", Text::new("Check on MNIST", "在 MNIST 上检查")),
    Choice::new("steps", Text::new("Step by step", "逐步查看")),
];

pub(super) const MISTAKES: &[Choice] = &[
    Choice::new("none", Text::new("No bug", "没有错误")),
    Choice::new("bias", Text::new("Bias gradients forgotten", "忘记偏置的梯度")),
    Choice::new("slope", Text::new("Activation's slope wrong", "激活函数的导数有误")),
    Choice::new("batch", Text::new("Not divided by the batch size", "没有除以批大小")),
    Choice::new("sign", Text::new("t − y instead of y − t", "y − t 写成 t − y")),
];

pub(super) const TITLE: Text = Text::new("Gradient check", "梯度确认");
pub(super) const LINE: Text = Text::new(
    "Hold backpropagation against the numerical gradient, then plant a bug and see it found.",
    "用数值微分检验误差反向传播法，再植入一个错误，看它被发现。",
);
pub(super) const ABOUT: Text = Text::new(
    "The book's two-layer net and three digits. Every weight and bias is moved by h to both sides, and the difference of the two losses is compared with the gradient by backpropagation: the mean and the worst distance for each parameter. In double precision they differ by rounding alone; in single precision those of W1 and b1 keep hardly one digit, which is why gradients are checked in double precision. The book prints mean distances of 2.2e-13 for W1, 9.7e-13 for b1, 8.4e-13 for W2 and 1.2e-10 for b2. Bugs: the bias gradients stay 0; the slope is y in place of y(1 − y) for sigmoid, 1 − y in place of 1 − y² for tanh, 1 everywhere for ReLU; the gradients are summed over the batch; the sign is turned round.",
    "使用书中的两层网络和三张数字图像。把每个权重和偏置分别加减 h，将两处损失之差得到的数值微分与误差反向传播法求出的梯度相比较，给出各参数的平均差与最大差。双精度下两者只相差舍入误差；单精度下 W1、b1 的数值微分只有约一位有效数字，所以要用双精度检查。书中给出的平均差为 W1 2.2e-13、b1 9.7e-13、W2 8.4e-13、b2 1.2e-10。可植入的错误：偏置的梯度保持为 0；导数写错（sigmoid 用 y 代替 y(1 − y)，tanh 用 1 − y 代替 1 − y²，ReLU 处处为 1）；梯度没有除以批大小；正负号颠倒。",
);
pub(super) const FORMULA: &str = r#"<math display="block"><mfrac><mrow><mi>L</mi><mo>(</mo><mi>w</mi><mo>+</mo><mi>h</mi><mo>)</mo><mo>−</mo><mi>L</mi><mo>(</mo><mi>w</mi><mo>−</mo><mi>h</mi><mo>)</mo></mrow><mrow><mn>2</mn><mi>h</mi></mrow></mfrac><mo>≈</mo><mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>w</mi></mrow></mfrac></math>"#;

pub(super) const SLOTS: &[Slot] = &[
    Slot::new(
        "summary",
        Text::new("Distance for each parameter", "各参数的差"),
        Text::new(
            "How far the gradient by backpropagation and the difference lie apart: on average and at worst, in double (f64) and single (f32) precision. Orange: the check finds the gradient wrong. Select a row to see where.",
            "误差反向传播法的梯度与数值微分之差：平均值和最大值，分别用双精度（f64）和单精度（f32）。橙色：检查发现梯度有误。选择一行可查看位置。",
        ),
        Shape::Cells,
    ),
    Slot::new(
        "where",
        Text::new("Where they differ", "差在哪里"),
        Text::new(
            "One image for each unit, one pixel for each of its weights: paper is a distance of 1e-16 or less, ink 1 or more, by powers of ten. The unit with the worst place is marked.",
            "每个神经元一张图，每个权重一个像素：白色表示差不超过 1e-16，黑色表示差不小于 1，按 10 的幂变化。含最大差的神经元带有标记。",
        ),
        Shape::Grid,
    ),
    Slot::new(
        "errors",
        Text::new("Error of the differences", "数值微分的误差"),
        Text::new(
            "Mean distance of the differences from the right gradient for every h. A large h is too coarse, a small one drowns in rounding.",
            "不同 h 下数值微分与正确梯度的平均差。h 过大则太粗略，过小则被舍入误差淹没。",
        ),
        Shape::Wide,
    ),
    Slot::new(
        "digits",
        Text::new("The digits", "所用的图像"),
        Text::new("The samples whose mean loss is differentiated.", "对这些样本的平均损失求导。"),
        Shape::Grid,
    )
    .more(),
    Slot::new(
        "graph",
        Text::new("Computational graph", "计算图"),
        Text::new(
            "Above each edge stands what goes forward, below it the derivative that comes back. The table holds each node's derivative beside the difference.",
            "边的上方是正向传播的值，下方是反向传播的导数。表格将每个节点的导数与数值微分并列。",
        ),
        Shape::Wide,
    ),
];

pub(super) const SUGGESTIONS: &[Suggestion] = &[
    Suggestion {
        text: Text::new("A sigmoid's slope without (1 − y)", "sigmoid 的导数缺少 (1 − y)"),
        settings: &[("mistake", "slope"), ("activation", "sigmoid")],
    },
    Suggestion {
        text: Text::new("Bias gradients forgotten", "忘记偏置的梯度"),
        settings: &[("mistake", "bias")],
    },
    Suggestion {
        text: Text::new(
            "Not divided by the batch: one digit hides it",
            "没有除以批大小：只有一张图像时发现不了",
        ),
        settings: &[("mistake", "batch"), ("samples", "1")],
    },
    Suggestion {
        text: Text::new("h = 1e-11: rounding takes over", "h = 1e-11：舍入误差占主导"),
        settings: &[("h", "1e-11")],
    },
    Suggestion {
        text: Text::new("A small net, backward node by node", "小网络：逐个节点反向传播"),
        settings: &[("task", "steps")],
    },
    Suggestion {
        text: Text::new("Softmax with cross-entropy: y − t comes back", "Softmax 与交叉熵：传回 y − t"),
        settings: &[
            ("task", "steps"),
            ("expression", "e1 = exp(a1); e2 = exp(a2); -ln(e1 / (e1 + e2))"),
            ("values", "0.3, 2.9"),
        ],
    },
];
