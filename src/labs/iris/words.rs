//! Words of the lab, and its table.

use super::{Run, seconds};
use crate::labs::parts;
use crate::labs::sheet::{Cell, Row, Table};
use crate::labs::{Job, Shape, Slot, Suggestion};
use crate::text::Text;
use crate::train::report::Want;
use crate::train::task::Task;

pub(super) const TITLE: Text = Text::new("Iris", "鸢尾花分类");
pub(super) const LINE: Text = Text::new(
    "Train a small network on flowers twice, by the numerical gradient and by backpropagation.",
    "用数值微分和误差反向传播法，各训练一次小型鸢尾花分类网络。",
);
pub(super) const ABOUT: Text = Text::new(
    "Fisher's irises of 1936: length and width of sepal and petal, in centimetres, of 50 flowers of each species. 80 of the first 100 flowers are learned one by one, 20 are kept to test with. Both networks (4-5-5-1, sigmoids) have the same initial weights and see the same samples in the same order. One takes its gradient by central differences: for each of its 61 parameters the loss is calculated twice. The other takes it by backpropagation. For more than two kinds the network has an output for each, with softmax.",
    "Fisher 于 1936 年发表的鸢尾花数据：每种 50 朵，记录萼片和花瓣的长度与宽度（厘米）。前 100 朵中的 80 朵逐个用于学习，20 朵用于测试。两个网络（4-5-5-1，sigmoid）的初始权重相同，样本的顺序也相同。一个用中心差分求梯度：61 个参数各需计算两次损失；另一个用误差反向传播法。多于两类时，每类各有一个输出，并使用 softmax。",
);
pub(super) const FORMULA: &str = r#"<math display="block"><mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>w</mi></mrow></mfrac><mo>≈</mo><mfrac><mrow><mi>L</mi><mo>(</mo><mi>w</mi><mo>+</mo><mi>h</mi><mo>)</mo><mo>−</mo><mi>L</mi><mo>(</mo><mi>w</mi><mo>−</mo><mi>h</mi><mo>)</mo></mrow><mrow><mn>2</mn><mi>h</mi></mrow></mfrac></math>"#;

pub(super) const SLOTS: &[Slot] = &[
    Slot::new(
        "decision",
        Text::new("Decision", "分类结果"),
        Text::new(
            "The colour behind each place is what the network says there, with the other two numbers at their means. Dots are learned, crosses are test samples. Select one for its numbers.",
            "背景颜色是网络在该处的判断，另外两个数取平均值。圆点为训练样本，叉号为测试样本。选择一个样本可查看其数值。",
        ),
        Shape::Square,
    )
    .wants(&[Want::Parameters]),
    Slot::new(
        "loss",
        Text::new("Loss", "损失函数"),
        Text::new(
            "Mean loss of each epoch, one curve for each kind of gradient. With a suitable h they are the same.",
            "每个 epoch 的平均损失，每种求梯度的方法一条曲线。h 合适时两条曲线重合。",
        ),
        Shape::Wide,
    ),
    Slot::new(
        "accuracy",
        Text::new("Test accuracy", "测试精度"),
        Text::new("Accuracy on the test samples after each epoch.", "每个 epoch 之后在测试样本上的识别精度。"),
        Shape::Wide,
    )
    .more(),
];

pub(super) const SUGGESTIONS: &[Suggestion] = &[
    Suggestion {
        text: Text::new("All three species, 60 epochs", "三种鸢尾花，60 个 epoch"),
        settings: &[("data", "three"), ("learningRate", "0.1"), ("epochs", "60")],
    },
    Suggestion {
        text: Text::new("By the sepals alone the kinds overlap", "只看萼片时，各类互相重叠"),
        settings: &[("data", "three"), ("learningRate", "0.1"), ("epochs", "60"), ("axes", "sepal")],
    },
    Suggestion {
        text: Text::new("h = 1 is too coarse: the curves part", "h = 1 太大：两条曲线分开"),
        settings: &[("h", "1")],
    },
    Suggestion {
        text: Text::new(
            "Ten hidden units: more parameters, slower differences",
            "10 个隐藏层神经元：参数更多，数值微分更慢",
        ),
        settings: &[("hidden", "10")],
    },
    Suggestion {
        text: Text::new("Your own rows", "自己的数据"),
        settings: &[("data", "own"), ("epochs", "200")],
    },
];

/// How many weights and biases the network of the jobs has.
pub(super) fn parameters(jobs: &[Job]) -> usize {
    let Some(Task::Train(plan)) = jobs.first().map(|job| &job.task) else { return 0 };
    parts::layer_sizes(&plan.spec).windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum()
}

/// A row for each kind of gradient.
pub(super) fn table(runs: &[Run<'_>]) -> Table {
    let columns = vec![
        Text::new("gradient", "梯度"),
        Text::new("outcome", "结果"),
        Text::new("loss", "损失"),
        Text::new("training accuracy", "训练精度"),
        Text::new("test accuracy", "测试精度"),
        Text::new("milliseconds", "毫秒"),
        Text::new("microseconds a step", "每步微秒数"),
    ];
    let seconds = seconds(runs);
    let row = |(run, seconds): (&Run<'_>, Option<f64>)| {
        let training = run.training();
        let done = run.report.map_or(0, |report| report.done);
        let numbers = [
            run.end_loss(),
            training.and_then(|training| training.present_training_accuracy),
            training.and_then(|training| training.present_test_accuracy),
            seconds.map(|seconds| (1e4 * seconds).round() / 10.0),
            seconds.map(|seconds| (1e7 * seconds / done as f64).round() / 10.0),
        ];
        let cell = |value: Option<f64>| value.map_or_else(|| Cell::Words(Text::same("—")), Cell::Number);
        let words = [run.job.name.clone(), run.outcome()].map(Cell::Words);
        Row { key: Some(run.key), cells: words.into_iter().chain(numbers.map(cell)).collect() }
    };
    Table { columns, rows: runs.iter().zip(seconds).map(row).collect() }
}
