//! Batch normalization over sixteen scales of initial weights (book 6.3.2).

mod figures;

use super::field::{Field, Kind};
use super::parts::{self, Run, told};
use super::settings::Settings;
use super::sheet::{Answer, Guess, Notice, Sheet, Tone};
use super::{Job, Lab, Shape, Slot, Suggestion, no_drag, no_steps};
use crate::error::Result;
use crate::nn::spec::{InitSpec, LayerSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;
use crate::train::report::Report;
use crate::train::task::{Count, EvaluationPlan, Gradient, Needs, Task, TrainPlan};

/// From this training accuracy on a network counts as one that learned.
const LEARNED: f64 = 0.8;

const FIELDS: &[Field] = &[
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        parts::HELP_RATE,
        Kind::Log { min: 1e-4, max: 10.0 },
        "0.01",
    )
    .main()
    .live(),
    parts::activation(None).main(),
    Field::new(
        "scales",
        Text::new("Initial scales", "初始值标准差的个数"),
        Text::new(
            "How many standard deviations of the initial weights are tried, from 1 to 0.0001. Each takes two networks.",
            "权重初始值的标准差取几个值，从 1 到 0.0001。每个值训练两个网络。",
        ),
        Kind::Count { min: 2, max: 16 },
        "16",
    ),
    Field::new(
        "samples",
        Text::new("Training images", "训练图像数"),
        Text::new(
            "The first images of MNIST. The book takes 1,000.",
            "MNIST 的前若干张图像，书中取 1000 张。",
        ),
        Kind::Count { min: 10, max: 10_000 },
        "1000",
    ),
    Field::new(
        "epochs",
        Text::new("Epochs", "epoch 数"),
        Text::new("Passes over the training images.", "遍历全部训练图像的次数。"),
        Kind::Count { min: 1, max: 200 },
        "20",
    ),
    parts::batch(None),
    parts::seed(None),
];

/// Training with and without batch normalization.
pub(super) const LAB: Lab = Lab {
    id: "batch-norm",
    sections: &["6.3"],
    title: Text::new("Batch normalization", "Batch Normalization"),
    line: Text::new(
        "Train from sixteen scales of initial weights, with and without Batch Norm.",
        "从 16 种标准差的权重初始值开始训练，比较使用与不使用 Batch Norm 的情况。",
    ),
    about: Text::new(
        "Batch normalization gives what reaches the activation function mean 0 and variance 1 over each mini-batch, unit by unit; γ and β, which are learned, then scale and shift it. The network has five hidden layers of 100 units and learns from 1,000 images. Without batch normalization it learns at a few scales only: with larger weights the loss explodes, with smaller ones all units say the same. With it, learning is possible over a wide range of scales. Both networks of a scale learn the same mini-batches.",
        "Batch Norm 以 mini-batch 为单位，使每个神经元激活函数的输入均值为 0、方差为 1，再用可学习的 γ 和 β 进行缩放和平移。网络有五个隐藏层，每层 100 个神经元，用 1000 张图像学习。不使用 Batch Norm 时，只有少数几种标准差能够学习：权重过大，损失急剧增大；权重过小，所有神经元的输出几乎相同。使用 Batch Norm 后，在很宽的范围内都能学习。同一标准差的两个网络学习相同的 mini-batch。",
    ),
    formula: r#"<math display="block"><msub><mi>x̂</mi><mi>i</mi></msub><mo>=</mo><mfrac><mrow><msub><mi>x</mi><mi>i</mi></msub><mo>−</mo><msub><mi>μ</mi><mi>B</mi></msub></mrow><msqrt><msubsup><mi>σ</mi><mi>B</mi><mn>2</mn></msubsup><mo>+</mo><mi>ε</mi></msqrt></mfrac><mo>,</mo><mspace width="1em"/><msub><mi>y</mi><mi>i</mi></msub><mo>=</mo><mi>γ</mi><msub><mi>x̂</mi><mi>i</mi></msub><mo>+</mo><mi>β</mi></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "networks",
            Text::new("Two networks", "两个网络"),
            Text::new(
                "Affine, Batch Norm and the activation function are one hidden layer; there are five of them.",
                "Affine、Batch Norm 和激活函数构成一个隐藏层，共五层。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "accuracy",
            Text::new("Training accuracy", "训练精度"),
            Text::new(
                "Accuracy on the training images after each epoch, one figure for each standard deviation σ of the initial weights.",
                "每个 epoch 之后在训练图像上的识别精度。每个权重初始值的标准差 σ 一幅图。",
            ),
            Shape::Multiples,
        ),
        Slot::new(
            "scales",
            Text::new("Accuracy by initial scale", "精度与初始值标准差的关系"),
            Text::new(
                "The latest training accuracy of each network over the standard deviation of its initial weights.",
                "各网络最近一次的训练精度，横轴为权重初始值的标准差。",
            ),
            Shape::Wide,
        ),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new(
                "Learning rate 0.1: Batch Norm learns at every scale",
                "学习率 0.1：使用 Batch Norm 时全部能学习",
            ),
            settings: &[("learningRate", "0.1")],
        },
        Suggestion {
            text: Text::new("Sigmoid: hopeless without Batch Norm", "sigmoid：不使用 Batch Norm 几乎学不到"),
            settings: &[("activation", "sigmoid"), ("learningRate", "0.1")],
        },
        Suggestion {
            text: Text::new(
                "Mini-batches of 2: statistics of two images say little",
                "mini-batch 大小为 2：两张图像的统计量靠不住",
            ),
            settings: &[("batch", "2"), ("epochs", "4"), ("scales", "4")],
        },
        Suggestion {
            text: Text::new(
                "100 epochs at five scales: does time help?",
                "五种标准差，100 个 epoch：时间有用吗？",
            ),
            settings: &[("epochs", "100"), ("scales", "5")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: no_steps,
    show: |settings, _, reports| show(settings, reports),
    drag: no_drag,
    guess: |settings, _, reports| guess(settings, reports),
};

/// Standard deviations from 1 to 1e-4, by powers of ten evenly: `numpy.logspace(0, -4, num)`.
fn scales(settings: &Settings) -> impl Iterator<Item = f64> + use<> {
    let count = settings.count("scales");
    (0..count).map(move |index| libm::pow(10.0, -4.0 * f64::from(index) / f64::from(count - 1)))
}

fn scale_name(scale: f64) -> String {
    format!("σ = {}", parts::significant(scale, 3))
}

/// Two networks for each scale, the one with batch normalization first.
fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let nets = ["six-layer-batch-norm", "six-layer"].map(|name| parts::named_net(name, settings));
    let [with, without] = nets;
    let nets = [with?, without?];
    let names = [Text::same("Batch Norm"), Text::new("without", "不使用")];
    let mut jobs = Vec::new();
    for scale in scales(settings) {
        for ((net, name), color) in nets.iter().zip(&names).zip(0..) {
            let scale_name = scale_name(scale);
            let name = told(format!("{scale_name}, {}", name.en), format!("{scale_name}，{}", name.zh));
            let task = Task::Train(plan(settings, net, scale));
            jobs.push(Job::new(name, color, task));
        }
    }
    Ok(jobs)
}

fn plan(settings: &Settings, net: &NetSpec, std: f64) -> TrainPlan {
    let chosen = parts::activation_layer(settings);
    let swap = |layer: &LayerSpec| if *layer == LayerSpec::Relu { chosen.clone() } else { layer.clone() };
    let samples = settings.count("samples");
    TrainPlan {
        spec: NetSpec {
            layers: net.layers.iter().map(swap).collect(),
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, settings.number("learningRate")),
            init: InitSpec::Normal { std },
            ..net.clone()
        },
        // The book's figure has training accuracy alone.
        needs: Needs { test: Vec::new(), ..parts::mnist(Count::First(samples), Count::All) },
        limit: Some(u64::from(settings.count("epochs")) * per_epoch(settings)),
        evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
        observed: false,
        gradient: Gradient::Backpropagation,
    }
}

fn per_epoch(settings: &Settings) -> u64 {
    settings.count("samples").div_ceil(settings.count("batch")).into()
}

fn show(settings: &Settings, reports: &[Option<Report>]) -> Sheet {
    let jobs = jobs(settings).unwrap_or_default();
    let runs = parts::runs(&jobs, reports);
    Sheet {
        notices: verdict(settings, &runs).into_iter().collect(),
        numbers: parts::listed([parts::finished(&runs)]),
        table: Some(parts::run_table(Text::new("network", "网络"), &runs)),
        pictures: figures::pictures(settings, &runs),
    }
}

/// The last training accuracy of a run.
fn accuracy(run: &Run<'_>) -> Option<f64> {
    run.training()?.training_accuracy.last().map(|&(_, accuracy)| accuracy)
}

/// How many networks of a kind learned: 0 for those with batch normalization, 1 for those without.
fn learned(runs: &[Run<'_>], kind: usize) -> usize {
    let runs = runs.iter().skip(kind).step_by(2);
    runs.filter(|run| accuracy(run).is_some_and(|accuracy| accuracy >= LEARNED)).count()
}

/// How the network without batch normalization will do.
fn guess(settings: &Settings, reports: &[Option<Report>]) -> Option<Guess> {
    let jobs = jobs(settings).unwrap_or_default();
    let runs = parts::runs(&jobs, reports);
    let all = runs.len() / 2;
    let third = all.div_ceil(3);
    let option = |low: usize, high: usize| Text::same(format!("{low}–{high}"));
    let without = learned(&runs, 1);
    let answer = runs.iter().all(Run::is_over).then(|| Answer {
        option: (without / third).min(2),
        told: told(
            format!("Without Batch Norm, {without} of {all} learned; with it, {}.", learned(&runs, 0)),
            format!(
                "不使用 Batch Norm 时，{all} 个中学会了 {without} 个；使用时为 {} 个。",
                learned(&runs, 0)
            ),
        ),
    });
    // Fewer scales could not be told apart in three ranges.
    (all >= 6).then(|| Guess {
        question: told(
            format!("How many of the {all} networks without Batch Norm will learn?"),
            format!("不使用 Batch Norm 的 {all} 个网络中，有几个能学会？"),
        ),
        options: vec![option(0, third - 1), option(third, 2 * third - 1), option(2 * third, all)],
        answer,
    })
}

/// At how many scales each kind of network learned, once all have ended.
fn verdict(settings: &Settings, runs: &[Run<'_>]) -> Option<Notice> {
    if !runs.iter().all(Run::is_over) {
        return None;
    }
    let (with, without, all) = (learned(runs, 0), learned(runs, 1), runs.len() / 2);
    let (epochs, percent) = (settings.count("epochs"), 100.0 * LEARNED);
    Some(Notice {
        code: "learned",
        tone: Tone::Info,
        text: told(
            format!(
                "After {epochs} epochs, training accuracy is at least {percent}% at {with} of {all} scales with batch normalization, at {without} without it."
            ),
            format!(
                "{epochs} 个 epoch 之后，在 {all} 种标准差中，训练精度达到 {percent}% 的：使用 Batch Norm 时有 {with} 种，不使用时有 {without} 种。"
            ),
        ),
        remedies: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::report::{Findings, Phase, Training};

    fn spec(job: &Job) -> &NetSpec {
        match &job.task {
            Task::Train(plan) => &plan.spec,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_defaults_are_the_books_experiment() {
        let settings = Settings::of(FIELDS, &[]);
        let jobs = jobs(&settings).expect("legal");
        assert_eq!(jobs.len(), 32);
        // numpy.logspace(0, -4, num=16) of the book's batch_norm_test.py begins so.
        let printed = [1.0, 0.541_169_526_546_463_7, 0.292_864_456_462_523_7, 0.158_489_319_246_111_34];
        for (found, printed) in scales(&settings).zip(printed) {
            assert!((found - printed).abs() < 1e-15, "{found} {printed}");
        }
        assert!((scales(&settings).last().expect("sixteen") - 1e-4).abs() < 1e-18);
        for (pair, scale) in jobs.chunks(2).zip(scales(&settings)) {
            let (with, without) = (spec(&pair[0]), spec(&pair[1]));
            // They differ in nothing but the five layers of batch normalization.
            let layers = with.layers.iter().filter(|layer| **layer != LayerSpec::BatchNorm);
            assert_eq!(with.layers.len(), without.layers.len() + 5);
            assert_eq!(NetSpec { layers: layers.cloned().collect(), ..with.clone() }, *without);
            assert_eq!(with.init, InitSpec::Normal { std: scale });
            assert_eq!(with.optimizer, OptimizerSpec::new(OptimizerKind::Sgd, 0.01));
        }
        // 1,000 images in mini-batches of 100, twenty times.
        assert!(jobs.iter().all(|job| job.task.limit() == Some(200)));
    }

    #[test]
    fn what_learned_is_counted_when_all_have_ended() {
        let settings = Settings::of(FIELDS, &[("scales", "2")]);
        let report = |accuracy, phase| {
            let training =
                Training { training_accuracy: vec![(0, 0.1), (10, accuracy)], ..Training::default() };
            Some(Report {
                phase,
                done: 10,
                of: Some(10),
                seconds: 1.0,
                findings: Findings::Training(training),
            })
        };
        let mut reports = vec![
            report(0.9, Phase::Finished),
            report(0.1, Phase::Diverged),
            report(0.8, Phase::Finished),
            report(0.81, Phase::Finished),
        ];
        let sheet = show(&settings, &reports);
        assert!(sheet.notices[0].text.en.contains("at 2 of 2 scales"), "{:?}", sheet.notices);
        assert!(sheet.notices[0].text.en.ends_with("at 1 without it."), "{:?}", sheet.notices);
        reports[3] = report(0.5, Phase::Ready);
        assert!(show(&settings, &reports).notices.is_empty());
        reports[3] = None;
        assert!(show(&settings, &reports).notices.is_empty());
    }
}
