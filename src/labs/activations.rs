//! Activation functions side by side, and why a linear one collapses (book 3.2).

mod activation;
mod functions;
mod layers;

use self::layers::Layers;
use super::field::{Choice, Field, Kind};
use super::parts;
use super::settings::Settings;
use super::sheet::Sheet;
use super::{Edits, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_jobs};
use crate::chart::Grip;
use crate::text::Text;
use crate::train::report::Report;

/// Moves the input.
const INPUT: Grip = Grip(0);
/// Moves the input of the three layers.
const SIGNAL: Grip = Grip(1);

const APART: &[&str] = &["apart"];
const FUNCTIONS: &[&str] = &["apart", "together"];
const LAYERS: &[&str] = &["layers"];
const BENT: &[&str] = &["relu", "tanh", "sigmoid", "step"];

const EXPERIMENTS: &[Choice] = &[
    Choice::new("apart", Text::new("Side by side", "并排比较")),
    Choice::new("together", Text::new("In one plot", "画在一张图中")),
    Choice::new("layers", Text::new("Three layers", "三层网络")),
];

const ACTIVATIONS: &[Choice] = &[
    Choice::new("identity", Text::new("Linear", "线性")),
    Choice::same("relu", "ReLU"),
    Choice::same("tanh", "tanh"),
    Choice::same("sigmoid", "Sigmoid"),
    Choice::new("step", Text::new("Step", "阶跃函数")),
];

const INPUTS: Kind = Kind::Number { min: -6.0, max: 6.0, step: 0.1 };
const HELP_INPUT: Text =
    Text::new("Drag a ring in a plot, or click a place.", "可拖动图中的圆环，也可点击图中的位置。");

const FIELDS: &[Field] = &[
    Field::new(
        "experiment",
        Text::new("Experiment", "实验"),
        Text::new(
            "The functions with their derivatives, or three layers that use one of them.",
            "各函数及其导数，或使用其中一个函数的三层网络。",
        ),
        Kind::Choice { options: EXPERIMENTS },
        "apart",
    )
    .main(),
    Field::new("x", Text::new("Input x", "输入 x"), HELP_INPUT, INPUTS, "1")
        .main()
        .only("experiment", FUNCTIONS),
    Field::new(
        "inputs",
        Text::new("Array x", "数组 x"),
        Text::new("Up to 6 numbers, for the array of all functions.", "最多 6 个数，用于计算各函数的数组。"),
        Kind::Numbers { min: -100.0, max: 100.0, most: 6 },
        "-1, 1, 2",
    )
    .only("experiment", APART),
    Field::new(
        "activation",
        Text::new("Activation function", "激活函数"),
        Text::new("Of all three layers.", "三层都使用它。"),
        Kind::Choice { options: ACTIVATIONS },
        "identity",
    )
    .only("experiment", LAYERS),
    Field::new(
        "c",
        Text::new("Weight c", "权重 c"),
        Text::new("Each of the three layers multiplies by c.", "三层的权重相同：每层都乘以 c。"),
        Kind::Number { min: -2.0, max: 2.0, step: 0.1 },
        "1.5",
    )
    .main()
    .only("experiment", LAYERS),
    Field::new("signal", Text::new("Input of the layers", "三层网络的输入"), HELP_INPUT, INPUTS, "1")
        .only("experiment", LAYERS),
    Field::new(
        "b",
        Text::new("Bias b", "偏置 b"),
        Text::new(
            "Each of the three layers adds b before its function.",
            "三层的偏置相同：每层在激活函数之前加上 b。",
        ),
        Kind::Number { min: -2.0, max: 2.0, step: 0.1 },
        "0",
    )
    .only("activation", BENT),
];

/// Activation functions.
pub(super) const LAB: Lab = Lab {
    id: "activations",
    sections: &["3.2"],
    title: Text::new("Activation functions", "激活函数"),
    line: Text::new(
        "Drag the input, compare functions and derivatives; then fold three linear layers into one.",
        "拖动输入，比较各函数及其导数；再把三个线性层合并成一层。",
    ),
    about: Text::new(
        "An activation function turns the weighted sum of a neuron into its output. The step function of the perceptron jumps from 0 to 1; its derivative is 0 wherever it has one, so a gradient teaches it nothing. The sigmoid is smooth, but nearly flat far from 0. ReLU passes what is positive and stops the rest. With a linear function h(x) = cx, three layers are y(x) = c · c · c · x: one layer with the weight c³ does the same, and more layers gain nothing.",
        "激活函数将输入信号的总和转换为输出信号。感知机使用的阶跃函数从 0 急剧变为 1，除跳变处外导数都是 0，因此无法利用梯度来学习。sigmoid 函数是平滑的，但在远离 0 处几乎是平的。ReLU 函数在输入大于 0 时原样输出，否则输出 0。若使用线性函数 h(x) = cx，三层网络就是 y(x) = c × c × c × x：权重为 c³ 的一层就能做同样的运算，加深层数没有意义。",
    ),
    formula: concat!(
        r#"<math display="block"><mi>h</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>=</mo><mfrac><mn>1</mn><mrow><mn>1</mn><mo>+</mo><mi>exp</mi><mo stretchy="false">(</mo><mo>−</mo><mi>x</mi><mo stretchy="false">)</mo></mrow></mfrac><mo>,</mo><mspace width="1.5em"/>"#,
        r#"<mi>h</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>=</mo><mi>c</mi><mi>x</mi><mo>:</mo><mspace width="0.5em"/><mi>h</mi><mo stretchy="false">(</mo><mi>h</mi><mo stretchy="false">(</mo><mi>h</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo stretchy="false">)</mo><mo stretchy="false">)</mo><mo>=</mo><msup><mi>c</mi><mn>3</mn></msup><mi>x</mi></math>"#
    ),
    fields: FIELDS,
    slots: &[
        Slot::new(
            "functions",
            Text::new("Functions and derivatives", "函数与导数"),
            Text::new(
                "Solid: the function. Dashed: its derivative. The ring is the input. Drag it.",
                "实线：函数；虚线：导数。圆环是当前的输入，可拖动。",
            ),
            Shape::Multiples,
        ),
        Slot::new(
            "array",
            Text::new("An array at once", "一次计算整个数组"),
            Text::new(
                "Each function of every number of the array, with the digits that NumPy prints.",
                "各函数对数组中每个元素的值，位数与 NumPy 的输出相同。",
            ),
            Shape::Cells,
        ),
        Slot::new(
            "together",
            Text::new("Functions", "函数"),
            Text::new(
                "All five functions on one scale. Drag the ring.",
                "五种函数使用同一坐标。可拖动圆环。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "slopes",
            Text::new("Derivatives", "导数"),
            Text::new(
                "That of the sigmoid is at most 0.25, that of tanh at most 1. Drag the ring.",
                "sigmoid 函数的导数最大为 0.25，tanh 的最大为 1。可拖动圆环。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "layers",
            Text::new("Three layers", "三层网络"),
            Text::new(
                "Above the lines stands what passes between the layers. Linear layers are folded below, row by row; below others stands the linear layer that comes nearest.",
                "线的上方是层间传递的值。线性层在下方逐行合并；其他函数的下方是最接近的线性层。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "outputs",
            Text::new("Output of each layer", "每层的输出"),
            Text::new(
                "What comes out of each layer for every x. Drag the ring.",
                "对每个 x，各层的输出。可拖动圆环。",
            ),
            Shape::Square,
        ),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("Far from 0 the sigmoid is nearly flat", "远离 0 处，sigmoid 几乎是平的"),
            settings: &[("x", "5")],
        },
        Suggestion {
            text: Text::new(
                "In one plot: the step and its smooth relatives",
                "在一张图中：阶跃函数与平滑的函数",
            ),
            settings: &[("experiment", "together")],
        },
        Suggestion {
            text: Text::new("Three linear layers are one", "三个线性层等于一层"),
            settings: &[("experiment", "layers")],
        },
        Suggestion {
            text: Text::new("ReLU with a bias: two bends", "带偏置的 ReLU：两处弯折"),
            settings: &[("experiment", "layers"), ("activation", "relu"), ("c", "-0.5"), ("b", "1")],
        },
        Suggestion {
            text: Text::new("Sigmoids squeeze layer by layer", "sigmoid 逐层压缩信号"),
            settings: &[("experiment", "layers"), ("activation", "sigmoid")],
        },
    ],
    pace: 0.7,
    jobs: no_jobs,
    steps: |settings| if is_layers(settings) { Layers::new(settings).folds() } else { 0 },
    show,
    drag: |_, grip, [x, _]| {
        let moved = match grip {
            INPUT => parts::moved(FIELDS, "x", x),
            SIGNAL => parts::moved(FIELDS, "signal", x),
            _ => None,
        };
        Edits { settings: moved.into_iter().collect(), step: None }
    },
    guess: no_guess,
};

fn is_layers(settings: &Settings) -> bool {
    settings.words("experiment") == "layers"
}

fn show(settings: &Settings, moment: &Moment, _: &[Option<Report>]) -> Sheet {
    if is_layers(settings) { Layers::new(settings).sheet(moment.step) } else { functions::sheet(settings) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Chart;

    fn seen(pairs: &[(&str, &str)]) -> Sheet {
        show(&Settings::of(FIELDS, pairs), &Moment::default(), &[])
    }

    #[test]
    fn the_books_numbers_are_on_the_stage() {
        let sheet = seen(&[]);
        let array = sheet.pictures.iter().find(|picture| picture.slot == "array").expect("an array");
        let Chart::Matrix(matrix) = &array.chart else { panic!("a matrix") };
        let row = |index: usize| {
            let cells = &matrix.cells[index * matrix.columns..][..matrix.columns];
            cells.iter().map(|cell| cell.words.as_str()).collect::<Vec<_>>().join(" ")
        };
        // 3.2.3, 3.2.4 and 3.2.7.
        assert_eq!(row(0), "0 1 1");
        assert_eq!(row(1), "0.26894142 0.73105858 0.88079708");
        assert_eq!(row(3), "0 1 2");
        assert_eq!(sheet.numbers[0].value, "0.73105858");
    }

    #[test]
    fn only_linear_layers_fold_and_only_theirs_is_played() {
        let steps = |pairs: &[_]| (LAB.steps)(&Settings::of(FIELDS, pairs));
        assert_eq!((steps(&[]), steps(&[("experiment", "layers")])), (0, 2));
        for activation in BENT {
            let pairs = [("experiment", "layers"), ("activation", *activation)];
            assert_eq!((LAB.steps)(&Settings::of(FIELDS, &pairs)), 0);
        }
    }

    #[test]
    fn a_ring_moves_its_own_input() {
        let settings = Settings::of(FIELDS, &[]);
        let moved = |grip| (LAB.drag)(&settings, grip, [2.5, 0.0]).settings;
        assert_eq!(moved(INPUT), [("x", "2.5".to_owned())]);
        assert_eq!(moved(SIGNAL), [("signal", "2.5".to_owned())]);
    }
}
