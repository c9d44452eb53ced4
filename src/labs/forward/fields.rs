//! What may be set; the defaults are what the book prints.

use crate::labs::field::{Choice, Field, Kind};
use crate::text::Text;

const PARTS: &[Choice] = &[
    Choice::new("network", Text::new("Network", "神经网络")),
    Choice::new("softmax", Text::new("Softmax", "softmax 函数")),
];

const ACTIVATIONS: &[Choice] = &[
    Choice::new("sigmoid", Text::new("sigmoid", "sigmoid 函数")),
    Choice::new("step", Text::new("step function", "阶跃函数")),
    Choice::new("relu", Text::new("ReLU", "ReLU 函数")),
    Choice::new("tanh", Text::new("tanh", "tanh 函数")),
    Choice::new("identity", Text::new("identity function", "恒等函数")),
];

const OUTPUTS: &[Choice] = &[
    Choice::new("identity", Text::new("identity function", "恒等函数")),
    Choice::new("softmax", Text::new("softmax", "softmax 函数")),
    Choice::new("sigmoid", Text::new("sigmoid", "sigmoid 函数")),
];

const NETWORK: &[&str] = &["network"];
/// Neurons in a layer, at most.
const MOST: usize = 4;
/// Scores, at most.
pub(super) const MOST_SCORES: usize = 10;
pub(super) const SCORES: (f64, f64) = (-2000.0, 2000.0);

const fn weights(name: &'static str, label: Text, help: Text, default: &'static str) -> Field {
    let kind = Kind::Matrix { min: -100.0, max: 100.0, most_rows: MOST, most_columns: MOST };
    Field::new(name, label, help, kind, default).only("part", NETWORK)
}

const fn bias(name: &'static str, label: Text, default: &'static str) -> Field {
    let help = Text::new("One number for each neuron of the layer.", "该层的每个神经元对应一个数。");
    let kind = Kind::Numbers { min: -100.0, max: 100.0, most: MOST };
    Field::new(name, label, help, kind, default).only("part", NETWORK)
}

const HELP_WEIGHTS: Text = Text::new(
    "A row for each neuron before, a column for each neuron of this layer.",
    "行对应前一层的神经元，列对应该层的神经元。",
);

pub(super) const FIELDS: &[Field] = &[
    Field::new(
        "part",
        Text::new("Calculation", "计算"),
        Text::new(
            "The network of 3.4, or the output function of 3.5 by itself.",
            "3.4 节的神经网络，或单独的输出函数（3.5 节）。",
        ),
        Kind::Choice { options: PARTS },
        "network",
    )
    .main(),
    Field::new(
        "x",
        Text::new("Input X", "输入 X"),
        Text::new(
            "One number for each input neuron. Rows after a semicolon are further examples.",
            "每个输入神经元对应一个数。分号之后的行是更多的输入数据。",
        ),
        Kind::Matrix { min: -1000.0, max: 1000.0, most_rows: 6, most_columns: MOST },
        "1, 0.5",
    )
    .main()
    .only("part", NETWORK),
    Field::new(
        "activation",
        Text::new("Activation function h()", "激活函数 h()"),
        Text::new("The activation function between the layers (3.2).", "各层之间的激活函数（3.2 节）。"),
        Kind::Choice { options: ACTIVATIONS },
        "sigmoid",
    )
    .only("part", NETWORK),
    Field::new(
        "output",
        Text::new("Output function σ()", "输出层的激活函数 σ()"),
        Text::new(
            "Identity for regression, softmax for classification, sigmoid for two classes.",
            "回归问题用恒等函数，多元分类用 softmax 函数，二元分类用 sigmoid 函数。",
        ),
        Kind::Choice { options: OUTPUTS },
        "identity",
    )
    .only("part", NETWORK),
    weights("w1", Text::new("Weights W1", "权重 W1"), HELP_WEIGHTS, "0.1, 0.3, 0.5; 0.2, 0.4, 0.6"),
    bias("b1", Text::new("Bias B1", "偏置 B1"), "0.1, 0.2, 0.3"),
    weights("w2", Text::new("Weights W2", "权重 W2"), HELP_WEIGHTS, "0.1, 0.4; 0.2, 0.5; 0.3, 0.6"),
    bias("b2", Text::new("Bias B2", "偏置 B2"), "0.1, 0.2"),
    weights("w3", Text::new("Weights W3", "权重 W3"), HELP_WEIGHTS, "0.1, 0.3; 0.2, 0.4"),
    bias("b3", Text::new("Bias B3", "偏置 B3"), "0.1, 0.2"),
    Field::new(
        "a",
        Text::new("Scores a", "输入信号 a"),
        Text::new(
            "The inputs of softmax, up to ten. Or drag the bars.",
            "softmax 函数的输入，最多 10 个。也可拖动柱形。",
        ),
        Kind::Numbers { min: SCORES.0, max: SCORES.1, most: MOST_SCORES },
        "0.3, 2.9, 4.0",
    )
    .main()
    .only("part", &["softmax"]),
];
