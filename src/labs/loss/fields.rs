//! What may be set.

use super::MOST;
use super::accuracy::BIASES;
use crate::labs::field::{Choice, Field, Kind};
use crate::text::Text;

const ONE: &[&str] = &["one"];
const SEVERAL: &[&str] = &["batch"];
const LOSS: &[&str] = &["one", "batch"];
const ACCURACY: &[&str] = &["accuracy"];

const EXPERIMENTS: &[Choice] = &[
    Choice::new("one", Text::new("One image", "单个数据")),
    Choice::new("batch", Text::new("Mini-batch", "mini-batch")),
    Choice::new("accuracy", Text::new("Loss or accuracy", "损失与识别精度")),
];

const FORMS: &[Choice] = &[
    Choice::new("one-hot", Text::new("One-hot", "one-hot")),
    Choice::new("number", Text::new("Number", "数字标签")),
];

const CLASSES: usize = 10;

pub(super) const FIELDS: &[Field] = &[
    Field::new(
        "experiment",
        Text::new("Experiment", "实验"),
        Text::new(
            "Outputs for one image or for several, or one neuron whose loss and accuracy are compared.",
            "一个或多个图像的输出，或比较一个神经元的损失与识别精度。",
        ),
        Kind::Choice { options: EXPERIMENTS },
        "one",
    )
    .main(),
    Field::new(
        "label",
        Text::new("Right class t", "正确解 t"),
        Text::new("Or select a cell of y.", "也可在 y 中选择一个元素。"),
        Kind::Count { min: 0, max: 9 },
        "2",
    )
    .main()
    .only("experiment", ONE),
    Field::new(
        "labels",
        Text::new("Labels t", "监督标签 t"),
        Text::new("One class for each image. Or select cells of y.", "每个图像一个类别，也可在 y 中选择元素。"),
        Kind::Numbers { min: 0.0, max: 9.0, most: MOST as usize },
        "2, 2, 7",
    )
    .only("experiment", SEVERAL),
    Field::new(
        "form",
        Text::new("Label as", "标签形式"),
        Text::new(
            "One-hot: 1 for the right class, 0 for the others. Number: the class itself.",
            "one-hot：正确解为 1，其余为 0。数字标签：类别本身。",
        ),
        Kind::Choice { options: FORMS },
        "one-hot",
    )
    .main()
    .only("experiment", LOSS),
    Field::new(
        "y",
        Text::new("Outputs y", "输出 y"),
        Text::new("Up to 10 numbers from 0 to 1. Drag the bars.", "最多 10 个数，0 到 1。可拖动条形。"),
        Kind::Numbers { min: 0.0, max: 1.0, most: CLASSES },
        "0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0",
    )
    .only("experiment", ONE),
    Field::new(
        "batch",
        Text::new("Outputs y, one row for each image", "输出 y，每行一个图像"),
        Text::new("Up to 4 rows of 10 numbers from 0 to 1. Drag the bars.", "最多 4 行，每行 10 个数，0 到 1。可拖动条形。"),
        Kind::Matrix { min: 0.0, max: 1.0, most_rows: MOST as usize, most_columns: CLASSES },
        "0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0; 0.1, 0.05, 0.1, 0, 0.05, 0.1, 0, 0.6, 0, 0; 0, 0, 0.05, 0, 0, 0, 0, 0.9, 0, 0.05",
    )
    .only("experiment", SEVERAL),
    Field::new(
        "sum",
        Text::new("Keep the sum at 1", "保持总和为 1"),
        Text::new(
            "As the outputs of softmax do: when one output moves, the others share what is left.",
            "与 softmax 的输出相同：移动一个输出时，其余输出按比例分配剩下的部分。",
        ),
        Kind::Toggle,
        "true",
    )
    .only("experiment", LOSS),
    Field::new(
        "delta",
        Text::new("Huber's δ", "Huber 的 δ"),
        Text::new(
            "Up to a distance of δ the Huber loss is a squared error, beyond it grows evenly.",
            "距离不超过 δ 时 Huber 损失是平方误差，超过后按直线增长。",
        ),
        Kind::Number { min: 0.05, max: 1.0, step: 0.05 },
        "0.5",
    )
    .only("experiment", LOSS),
    Field::new(
        "b",
        Text::new("Bias b", "偏置 b"),
        Text::new("Of the neuron y = sigmoid(wx + b). Drag a ring.", "神经元 y = sigmoid(wx + b) 的偏置。可拖动圆环。"),
        Kind::Number { min: BIASES.0, max: BIASES.1, step: 0.05 },
        "-3.2",
    )
    .main()
    .only("experiment", ACCURACY),
    Field::new(
        "w",
        Text::new("Weight w", "权重 w"),
        Text::new("Of the same neuron: how steep it is.", "同一神经元的权重：决定曲线的陡峭程度。"),
        Kind::Number { min: 0.1, max: 10.0, step: 0.1 },
        "2",
    )
    .only("experiment", ACCURACY),
];
