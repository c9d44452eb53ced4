//! Convolution, pooling and im2col, window by window (book 7.2 to 7.4).

mod keys;
mod pictures;
mod setup;
mod words;

use self::setup::Setup;
use super::field::{Choice, Field, Kind};
use super::settings::Settings;
use super::sheet::Sheet;
use super::{Edits, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_jobs};
use crate::chart::Grip;
use crate::text::Text;
use crate::train::report::Report;

/// Moves the window on the input.
const INPUT: Grip = Grip(0);
/// Moves to the window of an output.
const OUTPUT: Grip = Grip(1);
/// Moves to the window of a row.
const ROWS: Grip = Grip(2);

const OPERATIONS: &[Choice] = &[
    Choice::new("conv", Text::new("Convolution", "卷积运算")),
    Choice::new("conv3", Text::new("Convolution, 3 channels", "卷积运算，3 个通道")),
    Choice::new("max", Text::new("Max pooling", "Max 池化")),
    Choice::new("average", Text::new("Average pooling", "Average 池化")),
];

const BATCHES: &[Choice] = &[
    Choice::new("1", Text::new("1 image", "1 张图像")),
    Choice::new("10", Text::new("10 images", "10 张图像")),
];

const CONVOLUTION: &[&str] = &["conv", "conv3"];
const CHANNELS: &[&str] = &["conv3"];
const POOLING: &[&str] = &["max", "average"];

const NUMBERS: Kind = Kind::Matrix { min: -99.0, max: 99.0, most_rows: 8, most_columns: 8 };
const WEIGHTS: Kind = Kind::Matrix { min: -99.0, max: 99.0, most_rows: 5, most_columns: 5 };

const HELP_CHANNEL: Text = Text::new(
    "As large as the first channel. A number that is missing counts as 0.",
    "与第 1 个通道大小相同。缺少的元素视为 0。",
);

const FIELDS: &[Field] = &[
    Field::new(        "operation",
        Text::new("Operation", "运算"),
        Text::new(
            "What is calculated for each window: a sum of products with the filter, the largest value or the mean.",
            "对每个窗口进行的计算：与滤波器的乘积累加运算、取最大值或取平均值。",
        ),
        Kind::Choice { options: OPERATIONS },
        "conv")
.main(),
    Field::new(        "input",
        Text::new("Input", "输入数据"),
        Text::new("Up to 8 × 8 numbers, −99 to 99.", "最多 8 × 8 个数，−99 到 99。"),
        NUMBERS,
        "1, 2, 3, 0; 0, 1, 2, 3; 3, 0, 1, 2; 2, 3, 0, 1"),
    Field::new(        "input2",
        Text::new("Input, channel 2", "输入数据，通道 2"),
        HELP_CHANNEL,
        NUMBERS,
        "3, 0, 6, 5; 1, 2, 1, 3; 3, 3, 2, 1; 2, 0, 2, 3")
.only("operation", CHANNELS),
    Field::new(        "input3",
        Text::new("Input, channel 3", "输入数据，通道 3"),
        HELP_CHANNEL,
        NUMBERS,
        "4, 2, 1, 2; 0, 3, 0, 1; 1, 0, 0, 1; 3, 0, 1, 3")
.only("operation", CHANNELS),
    Field::new(        "filter",
        Text::new("Filter", "滤波器"),
        Text::new("The weights, up to 5 × 5.", "滤波器的权重，最大 5 × 5。"),
        WEIGHTS,
        "2, 0, 1; 0, 1, 2; 1, 0, 2")
.only("operation", CONVOLUTION),
    Field::new(        "filter2",
        Text::new("Filter, channel 2", "滤波器，通道 2"),
        HELP_CHANNEL,
        WEIGHTS,
        "0, 1, 3; 1, 1, 0; 0, 1, 0")
.only("operation", CHANNELS),
    Field::new(        "filter3",
        Text::new("Filter, channel 3", "滤波器，通道 3"),
        HELP_CHANNEL,
        WEIGHTS,
        "4, 0, 2; 0, 2, 0; 0, 2, 1")
.only("operation", CHANNELS),
    Field::new(        "bias",
        Text::new("Bias", "偏置"),
        Text::new("One number, added to every output.", "一个数，加到输出数据的所有元素上。"),
        Kind::Number { min: -99.0, max: 99.0, step: 1.0 },
        "0")
.only("operation", CONVOLUTION),
    Field::new(        "pad",
        Text::new("Padding", "填充"),
        Text::new("Rows and columns of 0 on every side of the input.", "在输入数据四周填入几圈 0。"),
        Kind::Count { min: 0, max: 3 },
        "0")
.main()
.only("operation", CONVOLUTION),
    Field::new(        "stride",
        Text::new("Stride", "步幅"),
        Text::new("How many cells the window moves at a time.", "窗口每次移动的元素个数。"),
        Kind::Count { min: 1, max: 4 },
        "1")
.main()
.only("operation", CONVOLUTION),
    Field::new(        "window",
        Text::new("Window size", "窗口大小"),
        Text::new("Height and width of the window. The stride is the same.", "窗口的高和宽。步幅与之相同。"),
        Kind::Count { min: 2, max: 4 },
        "2")
.main()
.only("operation", POOLING),
    Field::new(        "shift",
        Text::new("Shift by one pixel", "偏移 1 个像素"),
        Text::new(
            "Moves the input one column to the right, its first column repeated, and compares the outputs.",
            "将输入数据向右偏移 1 列（首列重复），并比较两个输出。",
        ),
        Kind::Toggle,
        "false")
.main()
.only("operation", POOLING),
    Field::new(        "batch",
        Text::new("Batch", "批"),
        Text::new(
            "How many images im2col unrolls at once. Image n is the input moved n − 1 columns to the right; what leaves comes back on the left.",
            "im2col 一次展开几张图像。第 n 张图像是输入数据右移 n − 1 列的结果，移出的列从左侧移入。",
        ),
        Kind::Choice { options: BATCHES },
        "1")
.only("operation", CONVOLUTION),
];

const SLOTS: &[Slot] = &[
    Slot::new(
        "input",
        Text::new("Input", "输入数据"),
        Text::new(
            "The frame is the window. Drag it, or use the arrow keys. Faint cells are padding, or cells that no window reaches.",
            "方框是窗口，可拖动，也可用方向键移动。浅色的元素是填充，或窗口到达不了的元素。",
        ),
        Shape::Cells,
    ),
    Slot::new(
        "filter",
        Text::new("Filter", "滤波器"),
        Text::new("The weights that every window is multiplied by.", "与每个窗口相乘的权重。"),
        Shape::Cells,
    ),
    Slot::new(
        "sum",
        Text::new("In the window", "窗口中的计算"),
        Text::new(
            "The numbers of the window, each with its weight. Their sum is one output.",
            "窗口中的各元素与对应的权重。乘积之和是输出的一个元素。",
        ),
        Shape::Cells,
    ),
    Slot::new(
        "output",
        Text::new("Output", "输出数据"),
        Text::new(
            "One number for each window. Select one to see its window.",
            "每个窗口对应一个数。选择一个元素可查看它的窗口。",
        ),
        Shape::Cells,
    ),
    Slot::new(
        "im2col",
        Text::new("im2col", "im2col"),
        Text::new(
            "Each row is one window. Multiplied by the filter as a column, the matrix gives all outputs at once.",
            "每一行是一个窗口。与展开为一列的滤波器相乘，一次得到全部输出。",
        ),
        Shape::Cells,
    ),
];

/// The 7 × 7 input of figure 7-7.
const SEVEN: &str = "1, 2, 3, 0, 1, 2, 3; 0, 1, 2, 3, 0, 1, 2; 3, 0, 1, 2, 3, 0, 1; 2, 3, 0, 1, 2, 3, 0; 1, 2, 3, 0, 1, 2, 3; 0, 1, 2, 3, 0, 1, 2; 3, 0, 1, 2, 3, 0, 1";
const SEVEN_2: &str = "0, 0, 1, 1, 1, 0, 0; 0, 1, 1, 0, 1, 1, 0; 1, 1, 0, 0, 0, 1, 1; 1, 0, 0, 0, 0, 0, 1; 1, 1, 0, 0, 0, 1, 1; 0, 1, 1, 0, 1, 1, 0; 0, 0, 1, 1, 1, 0, 0";
const SEVEN_3: &str = "2, 2, 2, 2, 2, 2, 2; 2, 1, 1, 1, 1, 1, 2; 2, 1, 0, 0, 0, 1, 2; 2, 1, 0, 3, 0, 1, 2; 2, 1, 0, 0, 0, 1, 2; 2, 1, 1, 1, 1, 1, 2; 2, 2, 2, 2, 2, 2, 2";
const FIVE: &str = "0, 0, 1, 0, 0; 0, 1, 1, 1, 0; 1, 1, 1, 1, 1; 0, 1, 1, 1, 0; 0, 0, 1, 0, 0";
const FIVE_2: &str = "1, 0, 0, 0, -1; 1, 0, 0, 0, -1; 1, 0, 0, 0, -1; 1, 0, 0, 0, -1; 1, 0, 0, 0, -1";
const FIVE_3: &str = "1, 1, 1, 1, 1; 0, 0, 0, 0, 0; 0, 0, 0, 0, 0; 0, 0, 0, 0, 0; -1, -1, -1, -1, -1";
/// The input of figure 7-14.
const POOLED: &str = "1, 2, 1, 0; 0, 1, 2, 3; 3, 0, 1, 2; 2, 4, 0, 1";
/// The input of figure 7-16.
const SIX: &str = "1, 2, 0, 7, 1, 0; 0, 9, 2, 3, 2, 3; 3, 0, 1, 2, 1, 2; 2, 4, 0, 1, 0, 1; 6, 0, 1, 2, 1, 2; 2, 4, 0, 1, 8, 1";
const EDGE: &str = "0, 0, 0, 9, 9, 9; 0, 0, 0, 9, 9, 9; 0, 0, 0, 9, 9, 9; 0, 0, 0, 9, 9, 9; 0, 0, 0, 0, 0, 0; 0, 0, 0, 0, 0, 0";

const SUGGESTIONS: &[Suggestion] = &[
    Suggestion {
        text: Text::new("Padding 1 keeps the output at 4 × 4", "填充为 1，输出仍为 4 × 4"),
        settings: &[("pad", "1")],
    },
    Suggestion {
        text: Text::new("Stride 2 on a 7 × 7 input", "7 × 7 的输入，步幅为 2"),
        settings: &[("input", SEVEN), ("stride", "2")],
    },
    Suggestion {
        text: Text::new("A stride of 2 that does not divide", "步幅为 2 时除不尽的情况"),
        settings: &[("input", SIX), ("stride", "2")],
    },
    Suggestion {
        text: Text::new("A filter that finds vertical edges", "检测纵向边缘的滤波器"),
        settings: &[("input", EDGE), ("filter", "-1, 0, 1; -1, 0, 1; -1, 0, 1"), ("pad", "1")],
    },
    Suggestion {
        text: Text::new("Three channels, one sum", "3 个通道，合计为一个输出"),
        settings: &[("operation", "conv3")],
    },
    Suggestion {
        text: Text::new(
            "im2col: (1, 3, 7, 7) with 5 × 5 is 9 × 75",
            "im2col：(1, 3, 7, 7) 与 5 × 5 得到 9 × 75",
        ),
        settings: &[
            ("operation", "conv3"),
            ("input", SEVEN),
            ("input2", SEVEN_2),
            ("input3", SEVEN_3),
            ("filter", FIVE),
            ("filter2", FIVE_2),
            ("filter3", FIVE_3),
        ],
    },
    Suggestion {
        text: Text::new("Ten of these images: 90 × 75", "10 张这样的图像：90 × 75"),
        settings: &[
            ("operation", "conv3"),
            ("batch", "10"),
            ("input", SEVEN),
            ("input2", SEVEN_2),
            ("input3", SEVEN_3),
            ("filter", FIVE),
            ("filter2", FIVE_2),
            ("filter3", FIVE_3),
        ],
    },
    Suggestion {
        text: Text::new("Max pooling, 2 × 2", "2 × 2 的 Max 池化"),
        settings: &[("operation", "max"), ("input", POOLED)],
    },
    Suggestion {
        text: Text::new(
            "Shifted by a pixel, max pooling gives the same",
            "偏移 1 个像素，Max 池化的结果不变",
        ),
        settings: &[("operation", "max"), ("input", SIX), ("window", "3"), ("shift", "true")],
    },
    Suggestion {
        text: Text::new("The same shift changes the averages", "同样的偏移会改变平均值"),
        settings: &[("operation", "average"), ("input", SIX), ("window", "3"), ("shift", "true")],
    },
];

/// Convolution, pooling and im2col.
pub(super) const LAB: Lab = Lab {
    id: "convolution",
    sections: &["7.2", "7.3", "7.4"],
    title: Text::new("Convolution and pooling", "卷积与池化"),
    line: Text::new(
        "A window moves over the input. Press Play, or drag it.",
        "窗口在输入数据上移动，每到一处得到一个输出。按“播放”，或拖动窗口。",
    ),
    about: Text::new(
        "A convolution multiplies the numbers in the window by the weights of the filter and adds the products up, and the bias with them. With several channels there is one sum over all of them. Padding and stride set the size of the output. im2col lays each window out as one row of a matrix, so that one matrix product calculates every output. Pooling has no weights: it takes the largest value of each window, or the mean.",
        "卷积运算将窗口中的元素与滤波器的对应元素相乘再求和，最后加上偏置。有多个通道时，按通道计算后将结果相加。输出大小由填充和步幅决定。im2col 把每个窗口展开为矩阵的一行，这样一次矩阵乘积就能算出全部输出。池化层没有要学习的参数：只取窗口中的最大值或平均值。",
    ),
    formula: concat!(
        r#"<math display="block"><mi mathvariant="italic">OH</mi><mo>=</mo><mfrac><mrow><mi>H</mi><mo>+</mo><mn>2</mn><mi>P</mi><mo>−</mo><mi mathvariant="italic">FH</mi></mrow><mi>S</mi></mfrac><mo>+</mo><mn>1</mn><mo>,</mo><mspace width="1em"/>"#,
        r#"<mi mathvariant="italic">OW</mi><mo>=</mo><mfrac><mrow><mi>W</mi><mo>+</mo><mn>2</mn><mi>P</mi><mo>−</mo><mi mathvariant="italic">FW</mi></mrow><mi>S</mi></mfrac><mo>+</mo><mn>1</mn></math>"#
    ),
    fields: FIELDS,
    slots: SLOTS,
    inputs: &[],
    suggestions: SUGGESTIONS,
    pace: 2.0,
    jobs: no_jobs,
    steps,
    show,
    drag,
    guess: no_guess,
};

fn steps(settings: &Settings) -> u64 {
    Setup::new(settings).windows.map_or(0, |windows| windows.places() as u64 - 1)
}

fn show(settings: &Settings, moment: &Moment, _: &[Option<Report>]) -> Sheet {
    let setup = Setup::new(settings);
    let Some(at) = setup.at(moment.step) else {
        return Sheet {
            notices: words::notices(&setup),
            pictures: pictures::without_windows(&setup),
            ..Sheet::default()
        };
    };
    Sheet {
        notices: words::notices(&setup),
        numbers: words::numbers(&at),
        table: Some(words::table(&at)),
        pictures: pictures::all(&at),
    }
}

fn drag(settings: &Settings, grip: Grip, [x, y]: [f64; 2]) -> Edits {
    let setup = Setup::new(settings);
    let Some(windows) = setup.windows else { return Edits::default() };
    let [down, across] = windows.output();
    // A window is moved by its middle, the upper left of two or four.
    let [above, left] = setup.window.map(|size| ((size - 1) / 2) as f64);
    // A float that is negative or not a number becomes 0.
    let cell = |at: f64, count: usize| (at.round() as usize).min(count - 1);
    let place = match grip {
        INPUT => windows.nearest(y - above, x - left),
        OUTPUT => cell(y, down) * across + cell(x, across),
        ROWS => y.round() as usize % windows.places(),
        _ => return Edits::default(),
    };
    Edits { settings: Vec::new(), step: Some(place as u64) }
}
