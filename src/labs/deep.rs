//! Deep networks: trained ones and what they get wrong, architectures block by block, small ones side by side (book 8).

mod architectures;
mod fields;
mod layers;
mod mistakes;
mod opened;
mod own;
mod ready;
mod side;
mod structure;

use self::fields::FIELDS;
use super::settings::Settings;
use super::sheet::Sheet;
use super::{Input, Job, Lab, Moment, Shape, Slot, Suggestion, no_drag, no_steps};
use crate::error::Result;
use crate::text::Text;
use crate::train::report::{Report, Want};

/// Deep learning.
pub(super) const LAB: Lab = Lab {
    id: "deep",
    sections: &["8.1", "8.2"],
    title: Text::new("Deep networks", "深度网络"),
    line: Text::new(
        "See what trained networks get wrong, open the architectures of chapter 8, teach one your own digits.",
        "查看训练好的网络识别错误的测试图像，展开第 8 章的各种网络结构，用你自己的数字微调网络。",
    ),
    about: Text::new(
        "The deep network of 8.1 has six convolutions of 3×3 in three pairs, each pair followed by pooling, then two dense layers with Dropout behind them. The book reports 99.38% accuracy on the test images. Stacked small filters cover the receptive field of a large one with fewer parameters: two of 3×3 cover 5×5 with 18 weights for each pair of channels, one of 5×5 has 25. Many of the digits that remain wrong are hard for people, too. VGG stacks such filters, GoogLeNet puts filters of several sizes side by side, ResNet adds what it learns to its input. Parameters and multiply-adds are counted from the layers listed here; the errors are those that the papers report.",
        "8.1 节的深度网络由六个 3×3 卷积层组成，每两层之后接一个池化层，最后是两个带 Dropout 的全连接层。书中给出的测试精度是 99.38%。连续堆叠的小滤波器与一个大滤波器的感受野相同，而参数更少：对每对通道，两个 3×3 有 18 个权重，感受野为 5×5；一个 5×5 有 25 个权重。仍被识别错误的图像，很多连人也难以辨认。VGG 连续堆叠这样的滤波器，GoogLeNet 并排使用多种大小的滤波器，ResNet 把学到的部分加到输入上。参数和乘加次数由这里列出的各层计算得到，错误率取自各篇论文。",
    ),
    formula: r#"<math display="block"><mi>y</mi><mo>=</mo><mi mathvariant="script">F</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>+</mo><mi>x</mi><mo>,</mo><mspace width="1em"/><mn>2</mn><mo>·</mo><msup><mn>3</mn><mn>2</mn></msup><mo>=</mo><mn>18</mn><mo>&lt;</mo><msup><mn>5</mn><mn>2</mn></msup><mo>=</mo><mn>25</mn></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "wrong",
            Text::new("Wrong digits", "识别错误的数字"),
            Text::new(
                "Test digits that the network gets wrong: what each is, and what it is taken for. Select one to put it on the pad, which DeepConvNet and LeNet read.",
                "网络识别错误的测试图像：实际的数字，以及被识别成的数字。选择一张可放到画板上；画板上显示的是 DeepConvNet 和 LeNet 的识别结果。",
            ),
            Shape::Grid,
        )
        .wants(&[Want::Mistakes])
        .only("experiment", &["ready", "train"]),
        Slot::new(
            "own",
            Text::new("My digits", "我的数字"),
            Text::new(
                "Each of your own digits, the newest first: what the network read it as before it was taught, and what it reads now. These are the digits that it learns from, so that it does better on them than on what you draw next.",
                "你自己写的每个数字，新的在前：微调之前和现在的识别结果。网络正是用这些数字学习的，所以对它们的识别会好于你接下来写的数字。",
            ),
            Shape::Grid,
        )
        .only("experiment", &["own"]),
        Slot::new(
            "networks",
            Text::new("Networks", "网络"),
            Text::new(
                "The blocks of each network with the shape that each makes: channels, height, width.",
                "各网络的块，以及每块输出的形状：通道数、高、宽。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "blocks",
            Text::new("Blocks", "块"),
            Text::new(
                "Select a block to open it. The more multiply-adds it takes, the darker it is; below it is the shape that it makes.",
                "选择一块可将其展开。颜色越深，乘加次数越多；下方是它输出的形状。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "inside",
            Text::new("Inside the block", "块的内部"),
            Text::new(
                "Its layers: size and number of the filters, / and the stride, and the shape that each makes. Activation functions and batch normalization are left out.",
                "块内各层：滤波器的大小和个数，“/”后为步幅，以及每层输出的形状。省略激活函数和 Batch Norm。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "shares",
            Text::new("What each block takes", "各块所占比例"),
            Text::new(
                "The share of all parameters and of all multiply-adds that each block has.",
                "各块在全部参数和全部乘加次数中所占的比例。",
            ),
            Shape::Multiples,
        ),
        Slot::new(
            "taught",
            Text::new("What it learns and what it forgets", "学会与忘记"),
            Text::new(
                "The share that is read correctly of your own digits, and of the first 1,000 test images of MNIST.",
                "你自己的数字和 MNIST 前 1000 张测试图像的识别精度。",
            ),
            Shape::Wide,
        )
        .only("experiment", &["own"]),
        Slot::new(
            "loss",
            Text::new("Loss", "损失函数"),
            Text::new(
                "Mean loss of the mini-batches, one curve for each network, log scale.",
                "各 mini-batch 的平均损失，每个网络一条曲线，对数坐标。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "accuracy",
            Text::new("Test accuracy", "测试精度"),
            Text::new(
                "Accuracy on the first 1,000 test images, every 100 iterations.",
                "每 100 次迭代在前 1000 张测试图像上的识别精度。",
            ),
            Shape::Wide,
        ),
    ],
    inputs: &[Input::Drawing],
    suggestions: &[
        Suggestion {
            text: Text::new("Digits that all three get wrong", "三个网络都识别错误的数字"),
            settings: &[("wrong", "all")],
        },
        Suggestion {
            text: Text::new("AlexNet: where the parameters are, and where the work", "AlexNet：参数在哪里，计算在哪里"),
            settings: &[("experiment", "architectures")],
        },
        Suggestion {
            text: Text::new("GoogLeNet: filters side by side", "GoogLeNet：并排的滤波器"),
            settings: &[("experiment", "architectures"), ("architecture", "googlenet")],
        },
        Suggestion {
            text: Text::new("ResNet-152: shortcuts", "ResNet-152：快捷结构"),
            settings: &[("experiment", "architectures"), ("architecture", "resnet152")],
        },
        Suggestion {
            text: Text::new("Train a small VGG, Inception and ResNet", "训练小型 VGG、Inception 和 ResNet"),
            settings: &[("experiment", "train")],
        },
        Suggestion {
            text: Text::new("Teach it my digits", "用我的数字微调"),
            settings: &[("experiment", "own")],
        },
        Suggestion {
            text: Text::new("Teach it too fast: it forgets MNIST", "微调过快：忘记 MNIST"),
            settings: &[("experiment", "own"), ("learningRate", "0.01"), ("mnist", "0")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: no_steps,
    show,
    drag: no_drag,
    guess: |settings, _, reports| match settings.words("experiment") {
        "train" => side::guess(&side::jobs(settings).unwrap_or_default(), reports),
        _ => None,
    },
};

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    match settings.words("experiment") {
        "ready" => ready::jobs(),
        "train" => side::jobs(settings),
        "own" => own::jobs(settings),
        _ => Ok(Vec::new()),
    }
}

fn show(settings: &Settings, moment: &Moment, reports: &[Option<Report>]) -> Sheet {
    let jobs = jobs(settings).unwrap_or_default();
    match settings.words("experiment") {
        "ready" => ready::show(settings, &jobs, reports),
        "train" => side::show(&jobs, reports),
        "own" => own::show(settings, &jobs, reports),
        _ => opened::show(settings, moment),
    }
}
