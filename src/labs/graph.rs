//! Computational graphs, forward and backward by single steps (book 5.1 to 5.6).

mod course;
mod expression;
mod layer;
mod rules;

pub(super) use self::expression::Calculation;
use self::layer::Layer;
use super::field::{Choice, Field, Kind};
use super::settings::Settings;
use super::sheet::{Guess, Sheet};
use super::{Job, Lab, Moment, Shape, Slot, Suggestion, no_drag};
use crate::error::Result;
use crate::text::Text;
use crate::train::report::Report;

const EXAMPLES: &[Choice] = &[
    Choice::new("apples", Text::new("Apples", "买苹果")),
    Choice::new("fruit", Text::new("Apples and oranges", "买苹果和橘子")),
    Choice::new("own", Text::new("Your own expression", "自己输入算式")),
    Choice::new("affine", Text::new("Affine layer", "Affine 层")),
    Choice::new("relu", Text::new("ReLU layer", "ReLU 层")),
    Choice::new("sigmoid", Text::new("Sigmoid layer", "Sigmoid 层")),
    Choice::new("softmax", Text::new("Softmax-with-Loss layer", "Softmax-with-Loss 层")),
];

const PRICES: (f64, f64) = (-1e4, 1e4);
const MATRIX: Kind = Kind::Matrix { min: -100.0, max: 100.0, most_rows: 4, most_columns: 4 };
const ELEMENTWISE: &[&str] = &["relu", "sigmoid"];

/// What the variables of a typed [`Calculation`] are.
pub(super) const fn variables(usual: &'static str) -> Field {
    Field::new(
        "values",
        Text::new("Values of the variables", "变量的值"),
        Text::new(
            "In the order in which the variables appear. A value that is missing is 1.",
            "按变量出现的顺序填写。缺少的值视为 1。",
        ),
        Kind::Numbers { min: PRICES.0, max: PRICES.1, most: 16 },
        usual,
    )
}

const FIELDS: &[Field] = &[
    Field::new(
        "example",
        Text::new("Graph", "计算图"),
        Text::new(
            "A calculation with numbers, or a layer with matrices.",
            "一个数值算式，或一个以矩阵为输入的层。",
        ),
        Kind::Choice { options: EXAMPLES },
        "apples",
    )
    .main(),
    Field::new(
        "apples",
        Text::new("apple, apple_num, tax", "apple, apple_num, tax"),
        Text::new(
            "The price of an apple, the number of apples, and the tax: 1.1 adds 10%.",
            "苹果的单价、苹果的个数和消费税：1.1 表示加收 10%。",
        ),
        Kind::Numbers { min: PRICES.0, max: PRICES.1, most: 3 },
        "100, 2, 1.1",
    )
    .main()
    .only("example", &["apples"]),
    Field::new(
        "fruit",
        Text::new("apple, apple_num, orange, orange_num, tax", "apple, apple_num, orange, orange_num, tax"),
        Text::new(
            "Price and number of the apples, price and number of the oranges, and the tax.",
            "苹果的单价和个数、橘子的单价和个数，以及消费税。",
        ),
        Kind::Numbers { min: PRICES.0, max: PRICES.1, most: 5 },
        "100, 2, 150, 3, 1.1",
    )
    .main()
    .only("example", &["fruit"]),
    Field::new(
        "expression",
        Text::new("Expression", "算式"),
        Text::new(
            "Any name is a variable. Name a result with =, separate lines with a semicolon. + − * / ^, sin cos tan tanh exp ln sqrt abs sigmoid relu max min, pi and e.",
            "任何名称都是变量。用 = 命名中间结果，用分号分隔。可用 + − * / ^、sin cos tan tanh exp ln sqrt abs sigmoid relu max min、pi 和 e。",
        ),
        Kind::Calculation,
        "t = x + y; t^2",
    )
    .main()
    .only("example", &["own"]),
    variables("3, -5").main().only("example", &["own"]),
    Field::new(
        "x",
        Text::new("X", "X"),
        Text::new("The input, one example in each row.", "输入，每行一个数据。"),
        MATRIX,
        "0, 0; 1, 2",
    )
    .only("example", &["affine"]),
    Field::new(
        "w",
        Text::new("W", "W"),
        Text::new("The weights: as many rows as X has columns.", "权重：行数与 X 的列数相同。"),
        MATRIX,
        "2, 4, 0; 4, 3, 5",
    )
    .only("example", &["affine"]),
    Field::new(
        "b",
        Text::new("B", "B"),
        Text::new("The bias: one number for each column of W.", "偏置：W 的每一列对应一个数。"),
        Kind::Numbers { min: -100.0, max: 100.0, most: 4 },
        "1, 2, 3",
    )
    .only("example", &["affine"]),
    Field::new(
        "dy",
        Text::new("∂L/∂Y", "∂L/∂Y"),
        Text::new(
            "What comes back from the layers behind, in the shape of Y.",
            "从后面的层传回的导数，形状与 Y 相同。",
        ),
        MATRIX,
        "1, 2, 3; 4, 5, 6",
    )
    .only("example", &["affine"]),
    Field::new(
        "input",
        Text::new("x", "x"),
        Text::new("The input; each number is calculated by itself.", "输入，对每个元素分别计算。"),
        Kind::Matrix { min: -20.0, max: 20.0, most_rows: 4, most_columns: 4 },
        "1, -0.5; -2, 3",
    )
    .only("example", ELEMENTWISE),
    Field::new(
        "dout",
        Text::new("∂L/∂y", "∂L/∂y"),
        Text::new(
            "What comes back from the layers behind, in the shape of x.",
            "从后面的层传回的导数，形状与 x 相同。",
        ),
        MATRIX,
        "1, 1; 1, 1",
    )
    .only("example", ELEMENTWISE),
    Field::new(
        "a",
        Text::new("Scores a", "得分 a"),
        Text::new("The input of softmax, one example in each row.", "Softmax 的输入，每行一个数据。"),
        Kind::Matrix { min: -20.0, max: 20.0, most_rows: 4, most_columns: 10 },
        "5.3, 0.3, 10.1, 0.01",
    )
    .only("example", &["softmax"]),
    Field::new(
        "t",
        Text::new("Labels t", "监督标签 t"),
        Text::new("In one-hot form: 1 for the right class, 0 for the others.", "one-hot 形式：正确类别为 1，其余为 0。"),
        Kind::Matrix { min: 0.0, max: 1.0, most_rows: 4, most_columns: 10 },
        "0, 0, 1, 0",
    )
    .only("example", &["softmax"]),
];

const SLOTS: &[Slot] = &[
    Slot::new(
        "graph",
        Text::new("Computational graph", "计算图"),
        Text::new(
            "Above each edge stands what goes forward, below it the derivative that comes back. Select a node for its local derivatives.",
            "边的上方是正向传播的值，下方是反向传播的导数。选择一个节点可查看它的局部导数。",
        ),
        Shape::Wide,
    ),
    Slot::new(
        "values",
        Text::new("Forward", "正向传播"),
        Text::new("The matrix of each node, as it is reached.", "各节点的矩阵，随步骤显示。"),
        Shape::Cells,
    ),
    Slot::new(
        "gradients",
        Text::new("Backward", "反向传播"),
        Text::new(
            "The derivative of L by each number. Every gradient has the shape of its matrix.",
            "L 关于每个元素的导数。梯度与对应的矩阵形状相同。",
        ),
        Shape::Cells,
    ),
];

const SUGGESTIONS: &[Suggestion] = &[
    Suggestion {
        text: Text::new("Two apples and three oranges: 715", "2 个苹果和 3 个橘子：715"),
        settings: &[("example", "fruit")],
    },
    Suggestion {
        text: Text::new("The chain rule: (x + y)²", "链式法则：(x + y)²"),
        settings: &[("example", "own")],
    },
    Suggestion {
        text: Text::new("A multiplication node swaps its inputs", "乘法节点：乘以输入信号的翻转值"),
        settings: &[("example", "own"), ("expression", "x * y * 1.3"), ("values", "10, 5")],
    },
    Suggestion {
        text: Text::new("A value used three times: derivatives add up", "一个值使用三次：导数相加"),
        settings: &[("example", "own"), ("expression", "x * x + 3 * x"), ("values", "5")],
    },
    Suggestion {
        text: Text::new(
            "At the kink of ReLU the difference disagrees",
            "在 ReLU 的拐点处，数值微分的结果不同",
        ),
        settings: &[("example", "own"), ("expression", "relu(x) + y"), ("values", "0, 2")],
    },
    Suggestion {
        text: Text::new("An affine layer with a batch of two", "Affine 层，批大小为 2"),
        settings: &[("example", "affine")],
    },
    Suggestion {
        text: Text::new("ReLU lets through what was positive", "ReLU 只让正的元素通过"),
        settings: &[("example", "relu"), ("dout", "1, 2; 3, 4")],
    },
    Suggestion {
        text: Text::new("Sigmoid: four nodes together give y(1 − y)", "Sigmoid：四个节点合起来是 y(1 − y)"),
        settings: &[("example", "sigmoid"), ("input", "1"), ("dout", "1")],
    },
    Suggestion {
        text: Text::new(
            "Softmax with loss: (0.3, −0.8, 0.5) comes back",
            "Softmax-with-Loss：传回 (0.3, −0.8, 0.5)",
        ),
        settings: &[("example", "softmax"), ("a", "-1.2039728, -1.6094379, -0.6931472"), ("t", "0, 1, 0")],
    },
    Suggestion {
        text: Text::new("Nearly right: (0.01, −0.01, 0) comes back", "接近正确：传回 (0.01, −0.01, 0)"),
        settings: &[("example", "softmax"), ("a", "0, 4.5951199, -10"), ("t", "0, 1, 0")],
    },
];

/// Computational graphs.
pub(super) const LAB: Lab = Lab {
    id: "graph",
    sections: &["5.1", "5.2", "5.3", "5.4", "5.5", "5.6"],
    title: Text::new("Computational graphs", "计算图"),
    line: Text::new(
        "Play calculates forward, then sends the derivatives back.",
        "按“播放”：先从左到右计算，再从右到左传回导数。",
    ),
    about: Text::new(
        "Each node does one simple calculation. The forward pass calculates the values. The backward pass starts with 1 at the output. Each node multiplies what comes back by its local derivative and passes it on to its inputs: this is the chain rule. The table checks every derivative against a numerical one, with h = 1e-4. Layers are graphs as well; their edges carry matrices.",
        "每个节点只做一种简单的计算。正向传播求出各节点的值。反向传播从输出处的 1 开始，每个节点将传来的导数乘以局部导数，再传给它的输入，这就是链式法则。表格用数值微分（h = 1e-4）验证每个导数。层也是计算图，只是边上传递的是矩阵。",
    ),
    formula: concat!(
        r#"<math display="block"><mfrac><mrow><mo>∂</mo><mi>z</mi></mrow><mrow><mo>∂</mo><mi>x</mi></mrow></mfrac><mo>=</mo>"#,
        r#"<mfrac><mrow><mo>∂</mo><mi>z</mi></mrow><mrow><mo>∂</mo><mi>t</mi></mrow></mfrac>"#,
        r#"<mfrac><mrow><mo>∂</mo><mi>t</mi></mrow><mrow><mo>∂</mo><mi>x</mi></mrow></mfrac></math>"#
    ),
    fields: FIELDS,
    slots: SLOTS,
    inputs: &[],
    suggestions: SUGGESTIONS,
    pace: 1.0,
    jobs,
    steps,
    show,
    drag: no_drag,
    guess,
};

/// There are none; refuses an expression with more nodes than can be drawn.
fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    if Layer::new(settings).is_none() {
        Calculation::check(settings)?;
    }
    Ok(Vec::new())
}

fn steps(settings: &Settings) -> u64 {
    match Layer::new(settings) {
        Some(layer) => layer.course().steps(),
        None => Calculation::new(settings).map_or(0, |calculation| calculation.course().steps()),
    }
}

/// Layers carry matrices, about which no single number can be asked.
fn guess(settings: &Settings, moment: &Moment, _: &[Option<Report>]) -> Option<Guess> {
    match Layer::new(settings) {
        Some(_) => None,
        None => Calculation::new(settings).ok()?.guess(moment),
    }
}

fn show(settings: &Settings, moment: &Moment, _: &[Option<Report>]) -> Sheet {
    match (Layer::new(settings), Calculation::new(settings)) {
        (Some(layer), _) => layer.show(moment),
        (None, Ok(calculation)) => calculation.show(moment),
        (None, Err(error)) => Sheet { notices: vec![expression::refused(&error)], ..Sheet::default() },
    }
}
