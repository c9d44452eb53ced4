//! Train a network on MNIST while it reads a drawing (book 4.5 and 5.7).

use super::field::{Field, Kind};
use super::parts::{
    self, HELP_RATE, INITS, OPTIMIZER, activation, axis, batch, hidden, line, number, seed, significant,
};
use super::settings::Settings;
use super::training::Training;
use super::{ChartSlot, Data, Lab, Lane, Notice, Phase, Run, Shape, Try, View};
use crate::chart::{Axis, Chart, Image, ImageGrid, Mark, Meaning, Plane, Scale};
use crate::error::Result;
use crate::nn::spec::{InitSpec, LayerSpec, NetSpec};
use crate::text::Text;
use crate::train::course::Course;

const FIELDS: &[Field] = &[
    Field {
        name: "learningRate",
        label: Text::new("Learning rate", "学习率"),
        help: HELP_RATE,
        kind: Kind::Log { min: 1e-4, max: 10.0 },
        default: "0.1",
        live: true,
        only: None,
    },
    hidden(None),
    activation(None),
    OPTIMIZER,
    Field {
        name: "init",
        label: Text::new("Initial weights", "权重的初始值"),
        help: Text::new(
            "Normal with a deviation of your choice, √(1/n) (Xavier) or √(2/n) (He); book 6.2.",
            "标准差自选的高斯分布、√(1/n)（Xavier）或 √(2/n)（He）；书中 6.2 节。",
        ),
        kind: Kind::Choice { options: INITS },
        default: "normal",
        live: false,
        only: None,
    },
    Field {
        name: "std",
        label: Text::new("Standard deviation", "标准差"),
        help: Text::new("Of the initial weights.", "初始权重的标准差。"),
        kind: Kind::Log { min: 1e-4, max: 10.0 },
        default: "0.01",
        live: false,
        only: Some(("init", &["normal"])),
    },
    batch(None),
    seed(None),
];

/// Train a network on MNIST while it reads a drawing.
pub(super) const LAB: Lab = Lab {
    id: "digits",
    book: "4.5, 5.7",
    title: Text::new("Digits", "手写数字识别"),
    intro: Text::new(
        "Draw a digit and the network reads it. Train one from random weights and watch the loss fall, the weights take shape and its opinion of your digit change. Each iteration takes one mini-batch, finds the gradient of the loss by backpropagation, and takes one step against it.",
        "画一个数字，网络就会读出来。从随机权重开始训练，看损失函数下降、权重成形、它对你的数字的判断如何变化。每次迭代取一个 mini-batch，用误差反向传播法求损失函数的梯度，然后沿梯度反方向走一步。",
    ),
    formula: r#"<math display="block"><mi mathvariant="bold">W</mi><mo>←</mo><mi mathvariant="bold">W</mi><mo>−</mo><mi>η</mi><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi mathvariant="bold">W</mi></mrow></mfrac><mo>,</mo><mspace width="1em"/><mi>L</mi><mo>=</mo><mo>−</mo><mfrac><mn>1</mn><mi>N</mi></mfrac><munder><mo>∑</mo><mi>n</mi></munder><munder><mo>∑</mo><mi>k</mi></munder><msub><mi>t</mi><mrow><mi>n</mi><mi>k</mi></mrow></msub><mi>log</mi><msub><mi>y</mi><mrow><mi>n</mi><mi>k</mi></mrow></msub></math>"#,
    fields: FIELDS,
    charts: &[
        ChartSlot {
            name: "loss",
            title: Text::new("Loss", "损失函数"),
            help: Text::new(
                "Mean cross-entropy of each mini-batch before its update; the band spans the batches of a point.",
                "每个 mini-batch 更新前的平均交叉熵误差；浅色带是一个点所含各批的范围。",
            ),
            shape: Shape::Wide,
        },
        ChartSlot {
            name: "accuracy",
            title: Text::new("Accuracy", "识别精度"),
            help: Text::new(
                "Share of all training and test images read right, judged after each epoch.",
                "每个 epoch 之后，全部训练图像和测试图像中读对的比例。",
            ),
            shape: Shape::Wide,
        },
        ChartSlot {
            name: "weights",
            title: Text::new("Weights of the hidden units", "隐藏层神经元的权重"),
            help: Text::new(
                "How each pixel pulls a hidden unit up (blue) or down (orange).",
                "每个像素把隐藏层神经元往上拉（蓝）还是往下拉（橙）。",
            ),
            shape: Shape::Grid,
        },
    ],
    tries: &[
        Try {
            text: Text::new("A learning rate of 10: the loss explodes", "学习率取 10：损失函数爆炸"),
            settings: &[("learningRate", "10"), ("init", "he")],
        },
        Try {
            text: Text::new("Sigmoid, as in chapter 4: a slow start", "第 4 章的 sigmoid：起步很慢"),
            settings: &[("activation", "sigmoid")],
        },
        Try {
            text: Text::new("Adam at 0.001 with 200 hidden units", "200 个隐藏层神经元，Adam 学习率 0.001"),
            settings: &[("optimizer", "adam"), ("learningRate", "0.001"), ("hidden", "200"), ("init", "he")],
        },
        Try {
            text: Text::new("Only 4 hidden units", "只有 4 个隐藏层神经元"),
            settings: &[("hidden", "4"), ("init", "he")],
        },
    ],
    data: Data::Mnist,
    data_when: None,
    pace: None,
    lanes_from: None,
    open: |settings, _: Lane| Ok(Box::new(Digits { training: Training::new(spec(settings), None)? })),
};

struct Digits {
    training: Training,
}

fn spec(settings: &Settings) -> NetSpec {
    let init = match settings.words("init") {
        "xavier" => InitSpec::Xavier,
        "he" => InitSpec::He,
        _ => InitSpec::Normal { std: settings.number("std") },
    };
    parts::two_layer_net(settings, init, parts::optimizer(settings, settings.number("learningRate")))
}

impl Run for Digits {
    fn training(&mut self) -> Option<&mut Training> {
        Some(&mut self.training)
    }

    fn set(&mut self, settings: &Settings) -> Result<()> {
        self.training.spec = spec(settings);
        self.training.course.set_optimizer(self.training.spec.optimizer)
    }

    fn view(&mut self, _: f64) -> View {
        view(&mut self.training)
    }

    fn set_course(&mut self, mut course: Course) -> Result<()> {
        // The form says how it is trained on, not the file.
        course.set_optimizer(self.training.spec.optimizer)?;
        self.training.take(course)
    }
}

/// What is to be seen of a network learning digits.
pub(super) fn view(Training { course, waiting, .. }: &mut Training) -> View {
    let phase = match course.diverged() {
        Some(_) => Phase::Stopped,
        None if *waiting => Phase::Waiting,
        None if course.is_finished() => Phase::Finished,
        None => Phase::Ready,
    };
    let notice = course.diverged().map(|divergence| Notice {
        code: "diverged",
        params: [("iteration", divergence.iteration.to_string()), ("loss", significant(divergence.loss, 3))]
            .into(),
    });
    let spec = course.trainer().spec();
    let epoch = course.iteration() as f64 / course.trainer().iterations_per_epoch() as f64;
    let record = course.record();
    let accuracy = |points: &[(u64, f64)]| points.last().map(|&(_, share)| format!("{share:.4}"));
    // The readings are as new as the weights when the run is paused; while it runs the last epoch's stand.
    let test_accuracy = accuracy(&record.test_accuracy);
    let training_accuracy = accuracy(&record.training_accuracy);
    let last_loss = record.last_loss.map(|loss| format!("{loss:.4}"));
    let images =
        record.loss.buckets().iter().map(|bucket| bucket.count).sum::<u64>() * spec.batch_size as u64;
    let judged = course.confusion().map(|confusion| format!("{:.4}", confusion.accuracy()));
    let numbers = vec![
        number("iteration", Text::new("Iteration", "迭代次数"), Some(course.iteration().to_string())),
        number("epoch", Text::new("Epoch", "epoch"), (!course.is_empty()).then(|| format!("{epoch:.2}"))),
        number("loss", Text::new("Loss", "损失函数"), last_loss),
        number("train-accuracy", Text::new("Training accuracy", "训练精度"), training_accuracy),
        number("test-accuracy", Text::new("Test accuracy", "测试精度"), judged.or(test_accuracy)),
        number("net", Text::new("Network", "网络"), Some(sizes(&spec))),
    ];
    View {
        phase,
        notice,
        numbers,
        table: None,
        charts: vec![
            ("loss", loss(course)),
            ("accuracy", accuracy_chart(course)),
            ("weights", weights(course)),
        ],
        can_go_back: course.good_iteration(),
        images: Some(images),
    }
}

/// The sizes of the layers: 784–50–10.
fn sizes(spec: &NetSpec) -> String {
    let units = spec.layers.iter().filter_map(|layer| match layer {
        LayerSpec::Dense { units } => Some(*units),
        _ => None,
    });
    let sizes = std::iter::once(spec.input.iter().product()).chain(units);
    sizes.map(|size: usize| size.to_string()).collect::<Vec<_>>().join("–")
}

fn iterations() -> Axis {
    axis(Text::new("iterations", "迭代次数"), Scale::Linear)
}

fn loss(course: &Course) -> Chart {
    let buckets = course.record().loss.buckets();
    let points = buckets.iter().map(|bucket| [bucket.iteration as f64, bucket.mean()]).collect();
    let mut curve = line(Text::new("loss of the mini-batch", "mini-batch 的损失"), 0, points);
    // A band of single values would be a line.
    if buckets.iter().any(|bucket| bucket.count > 1) {
        curve.band = buckets.iter().map(|bucket| [bucket.low, bucket.high]).collect();
    }
    let y = axis(Text::new("cross-entropy error", "交叉熵误差"), Scale::Linear);
    Chart::Plane(Plane { x: iterations(), y, marks: vec![Mark::Line(curve)] })
}

fn accuracy_chart(course: &Course) -> Chart {
    let record = course.record();
    let curve = |name, color, points: &[(u64, f64)]| {
        let mut curve = line(name, color, points.iter().map(|&(at, share)| [at as f64, share]).collect());
        curve.dots = points.len() <= 40;
        Mark::Line(curve)
    };
    let y = Axis {
        label: Text::new("share read right", "读对的比例"),
        scale: Scale::Linear,
        range: Some((0.0, 1.0)),
    };
    let marks = vec![
        curve(Text::new("training images", "训练图像"), 0, &record.training_accuracy),
        curve(Text::new("test images", "测试图像"), 1, &record.test_accuracy),
    ];
    Chart::Plane(Plane { x: iterations(), y, marks })
}

/// The weights of at most 100 hidden units as pictures; the strongest weight of all has the full colour.
fn weights(course: &mut Course) -> Chart {
    const MOST: usize = 100;
    let mut images = Vec::new();
    let side = 28;
    if let Some(param) =
        course.trainer().network().params().first().filter(|param| param.value.nrows() == side * side)
    {
        let strongest =
            param.value.iter().fold(0.0_f32, |most, weight| most.max(weight.abs())).max(f32::MIN_POSITIVE);
        for (unit, column) in param.value.columns().into_iter().take(MOST).enumerate() {
            let shade = |weight: &f32| (128.0 + 127.0 * weight / strongest).round().clamp(0.0, 255.0) as u8;
            let pixels = column.iter().map(shade).collect();
            images.push(Image { pixels, caption: Text::same((unit + 1).to_string()), wrong: false });
        }
    }
    Chart::ImageGrid(ImageGrid { width: side, height: side, meaning: Meaning::Signed, images })
}
