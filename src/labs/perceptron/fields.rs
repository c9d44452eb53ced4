//! What may be set; the defaults are the book's AND, and its XOR of two layers.

use crate::labs::field::{Choice, Field, Kind};
use crate::text::Text;

const NETWORKS: &[Choice] = &[
    Choice::new("one", Text::new("One perceptron", "单个感知机")),
    Choice::new("two", Text::new("Two layers", "2 层感知机")),
];

pub(super) const GATE_CHOICES: &[Choice] = &[
    Choice::new("and", Text::new("AND", "与门")),
    Choice::new("nand", Text::new("NAND", "与非门")),
    Choice::new("or", Text::new("OR", "或门")),
    Choice::new("xor", Text::new("XOR", "异或门")),
];

/// The largest weight and the largest bias.
pub(super) const WEIGHT: f64 = 3.0;
pub(super) const BIAS: f64 = 5.0;

const HELP_UNIT: Text =
    Text::new("Its w1, w2 and b. A missing number is 0.", "这个感知机的 w1、w2 和 b。缺少的数视为 0。");

const fn parameter(name: &'static str, label: Text, help: Text, most: f64, default: &'static str) -> Field {
    let kind = Kind::Number { min: -most, max: most, step: 0.1 };
    Field::new(name, label, help, kind, default).main().only("network", &["one"])
}

const fn unit(name: &'static str, label: Text, default: &'static str) -> Field {
    let kind = Kind::Numbers { min: -BIAS, max: BIAS, most: 3 };
    Field::new(name, label, HELP_UNIT, kind, default).main().only("network", &["two"])
}

pub(super) const FIELDS: &[Field] = &[
    parameter(
        "w1",
        Text::new("w1", "w1"),
        Text::new("The weight of x1: how much x1 counts.", "x1 的权重：控制输入信号 x1 的重要性。"),
        WEIGHT,
        "0.5",
    ),
    parameter(
        "w2",
        Text::new("w2", "w2"),
        Text::new("The weight of x2: how much x2 counts.", "x2 的权重：控制输入信号 x2 的重要性。"),
        WEIGHT,
        "0.5",
    ),
    parameter(
        "b",
        Text::new("b", "b"),
        Text::new(
            "The bias: how easily the perceptron gives 1. It is −θ.",
            "偏置：调整神经元被激活的容易程度，即 −θ。",
        ),
        BIAS,
        "-0.7",
    ),
    unit("s1", Text::new("s1", "s1"), "-0.5, -0.5, 0.7"),
    unit("s2", Text::new("s2", "s2"), "0.5, 0.5, -0.2"),
    unit("y", Text::new("y", "y"), "0.5, 0.5, -0.7"),
    Field::new(
        "gate",
        Text::new("Gate", "逻辑门"),
        Text::new(
            "What the perceptron is compared with. Or press its column in the truth table.",
            "与感知机的输出比较的逻辑门。也可点击真值表中的一列。",
        ),
        Kind::Choice { options: GATE_CHOICES },
        "and",
    ),
    Field::new(
        "network",
        Text::new("Network", "网络"),
        Text::new(
            "One perceptron, or two whose outputs go into a third.",
            "单个感知机，或由两个感知机的输出送入第三个感知机。",
        ),
        Kind::Choice { options: NETWORKS },
        "one",
    ),
];
