//! A large network on few images, and what helps (book 6.4).

use super::field::{Field, Kind};
use super::parts::{self, Run, significant, told};
use super::settings::Settings;
use super::sheet::{Notice, Picture, Sheet, Tone};
use super::{Job, Lab, Shape, Slot, Suggestion, no_drag, no_steps};
use crate::chart::{Chart, Diagram, Edge, Line, Mark, Node, Outline, Scale, Tone as Look};
use crate::error::Result;
use crate::nn::spec::{LayerSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;
use crate::train::report::{Phase, Report};
use crate::train::task::{Count, EvaluationPlan, Gradient, Task, TrainPlan};

const FIELDS: &[Field] = &[
    Field::new(
        "samples",
        Text::new("Training images", "训练图像数"),
        Text::new("The first images of MNIST. The book takes 300.", "MNIST 的前若干张图像，书中取 300 张。"),
        Kind::Count { min: 10, max: 60_000 },
        "300",
    )
    .main(),
    Field::new(
        "decay",
        Text::new("Weight decay λ", "权值衰减 λ"),
        Text::new(
            "Adds λ times each weight to its gradient, in the second network.",
            "在第二个网络中，将 λ 与权重之积加到其梯度上。",
        ),
        Kind::Log { min: 1e-4, max: 1.0 },
        "0.1",
    )
    .main()
    .live(),
    Field::new(
        "dropout",
        Text::new("Dropout ratio", "Dropout 比例"),
        Text::new(
            "The share of units that are switched off at random in each mini-batch, in the third network.",
            "在第三个网络中，每个 mini-batch 随机关闭的神经元比例。",
        ),
        Kind::Number { min: 0.0, max: 0.9, step: 0.05 },
        "0.2",
    ),
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        parts::HELP_RATE,
        Kind::Log { min: 1e-4, max: 1.0 },
        "0.01",
    )
    .live(),
    Field::new(
        "epochs",
        Text::new("Epochs", "epoch 数"),
        Text::new("Passes over the training images.", "遍历全部训练图像的次数。"),
        Kind::Count { min: 1, max: 2000 },
        "200",
    ),
    Field::new(
        "testImages",
        Text::new("Test images", "测试图像数"),
        Text::new(
            "How many of the 10,000 test images each evaluation takes, the first ones.",
            "每次评价使用的测试图像数（10000 张中的前若干张）。",
        ),
        Kind::Count { min: 100, max: 10_000 },
        "1000",
    ),
    parts::batch(None),
    parts::seed(None),
];

/// A large network on few images.
pub(super) const LAB: Lab = Lab {
    id: "overfitting",
    sections: &["6.4"],
    title: Text::new("Overfitting", "过拟合"),
    line: Text::new(
        "Train on 300 images: weight decay and Dropout narrow the gap.",
        "用 300 张图像训练：权值衰减和 Dropout 会缩小精度差距。",
    ),
    about: Text::new(
        "Six hidden layers of 100 units have far more weights than 300 images can determine. The network learns its training images by heart: training accuracy approaches 100%, test accuracy stays behind. Weight decay penalizes large weights by adding ½λW² to the loss. Dropout switches off units at random while training, so that no unit can rely on another. All three networks start from the same weights and learn the same mini-batches.",
        "六个隐藏层、每层 100 个神经元，其权重数远多于 300 张图像所能确定的数量。网络会把训练图像死记硬背：训练精度接近 100%，测试精度却落在后面。权值衰减在损失函数上加 ½λW²，惩罚较大的权重。Dropout 在训练时随机关闭神经元，使任何神经元都不能依赖其他神经元。三个网络的初始权重和 mini-batch 都相同。",
    ),
    formula: r#"<math display="block"><mi>L</mi><mo>+</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><mi>λ</mi><msup><mi mathvariant="bold">W</mi><mn>2</mn></msup></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "networks",
            Text::new("Three networks", "三个网络"),
            Text::new(
                "The units of each layer. λW: weight decay pulls these weights towards 0. Off: the share of units that Dropout switches off.",
                "各层的神经元数。λW：权值衰减使这些权重趋向 0。关闭：Dropout 关闭的神经元比例。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "accuracy",
            Text::new("Training and test accuracy", "训练精度与测试精度"),
            Text::new(
                "Accuracy after each epoch, one figure for each network. The distance between the curves is the gap.",
                "每个 epoch 之后的识别精度，每个网络一幅图。两条曲线之间的距离就是差距。",
            ),
            Shape::Multiples,
        ),
        Slot::new(
            "gap",
            Text::new("Gap", "精度差距"),
            Text::new(
                "Training accuracy minus test accuracy, one curve for each network.",
                "训练精度减去测试精度，每个网络一条曲线。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "loss",
            Text::new("Loss", "损失函数"),
            Text::new(
                "Mean loss of the mini-batches, log scale. The penalty of weight decay is not part of it.",
                "各 mini-batch 的平均损失，对数坐标，不含权值衰减的惩罚项。",
            ),
            Shape::Wide,
        )
        .more(),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("Only 100 images: a wider gap", "只用 100 张图像：差距更大"),
            settings: &[("samples", "100")],
        },
        Suggestion {
            text: Text::new("5,000 images: the gap shrinks", "用 5000 张图像：差距缩小"),
            settings: &[("samples", "5000"), ("epochs", "20")],
        },
        Suggestion {
            text: Text::new("Too much weight decay: nothing is learned", "权值衰减过大：什么也学不到"),
            settings: &[("decay", "0.6")],
        },
        Suggestion {
            text: Text::new("Drop half of the units", "关闭一半的神经元"),
            settings: &[("dropout", "0.5")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: no_steps,
    show: |settings, _, reports| show(settings, reports),
    drag: no_drag,
    guess: |settings, _, reports| {
        let jobs = jobs(settings).unwrap_or_default();
        let question =
            Text::new("Which network has the smallest gap in the end?", "哪个网络最后的精度差距最小？");
        parts::which_is_best(question, &parts::runs(&jobs, reports), last_gap, |name, gap| {
            told(
                format!("{} ends with the smallest gap, {} points.", name.en, significant(100.0 * gap, 3)),
                format!("{}的差距最小：{} 个百分点。", name.zh, significant(100.0 * gap, 3)),
            )
        })
    },
};

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let samples = settings.count("samples");
    let batch = settings.count("batch");
    let plain = parts::named_net("seven-layer", settings)?;
    let rule = OptimizerSpec::new(OptimizerKind::Sgd, settings.number("learningRate"));
    let (decay, ratio) = (settings.number("decay"), settings.number("dropout"));
    let decayed = OptimizerSpec { weight_decay: Some(decay), ..rule };
    let variants = [
        (Text::new("plain", "普通网络"), plain.layers.clone(), rule),
        (told(format!("weight decay {decay}"), format!("权值衰减 {decay}")), plain.layers.clone(), decayed),
        (Text::same(format!("Dropout {ratio}")), with_dropout(&plain.layers, ratio), rule),
    ];
    let job = |(index, (name, layers, optimizer)): (usize, (Text, Vec<LayerSpec>, OptimizerSpec))| {
        let plan = TrainPlan {
            spec: NetSpec { layers, optimizer, ..plain.clone() },
            needs: parts::mnist(Count::First(samples), Count::First(settings.count("testImages"))),
            limit: Some(u64::from(settings.count("epochs")) * u64::from(samples.div_ceil(batch))),
            evaluation: EvaluationPlan { every: None, train: Count::First(1000), test: Count::All },
            observed: false,
            gradient: Gradient::Backpropagation,
        };
        Job::new(name, index as u8, Task::Train(plan))
    };
    Ok(variants.into_iter().enumerate().map(job).collect())
}

/// Dropout behind each activation function, as in the book's `MultiLayerNetExtend`.
fn with_dropout(layers: &[LayerSpec], rate: f64) -> Vec<LayerSpec> {
    let with = |layer: &LayerSpec| match layer {
        LayerSpec::Relu => vec![LayerSpec::Relu, LayerSpec::Dropout { rate }],
        other => vec![other.clone()],
    };
    layers.iter().flat_map(with).collect()
}

/// The gap between training and test accuracy at the iterations at which both were found.
fn gap(run: &Run<'_>) -> Vec<[f64; 2]> {
    let Some(training) = run.training() else { return Vec::new() };
    let pairs = training.training_accuracy.iter().zip(&training.test_accuracy);
    pairs
        .filter(|(one, other)| one.0 == other.0)
        .map(|(one, other)| [one.0 as f64, one.1 - other.1])
        .collect()
}

/// The gap after the last evaluation.
fn last_gap(run: &Run<'_>) -> Option<f64> {
    gap(run).last().map(|point| point[1])
}

fn show(settings: &Settings, reports: &[Option<Report>]) -> Sheet {
    let jobs = jobs(settings).unwrap_or_default();
    let runs = parts::runs(&jobs, reports);
    let mut pictures: Vec<Picture> = runs.iter().filter_map(accuracies).collect();
    if pictures.is_empty() {
        pictures.push(networks(&runs));
    }
    pictures.extend(parts::pictures([("gap", gaps(&runs)), ("loss", parts::loss_chart(&runs))]));
    Sheet {
        notices: verdict(&runs).into_iter().collect(),
        numbers: parts::listed([parts::slowest(&runs)]),
        table: Some(parts::run_table(Text::new("network", "网络"), &runs)),
        pictures,
    }
}

/// The gap of each network after each evaluation.
fn gaps(runs: &[Run<'_>]) -> Option<Chart> {
    let curve = |run: &Run<'_>| {
        let points = gap(run);
        let drawn = parts::line(run.job.name.clone(), run.job.color, points);
        (!drawn.points.is_empty()).then_some(Mark::Line(Line { key: Some(run.key), ..drawn }))
    };
    let marks: Vec<Mark> = runs.iter().filter_map(curve).collect();
    let x = parts::axis(Text::new("iterations", "迭代次数"), Scale::Linear);
    let y = parts::axis(Text::new("training − test accuracy", "训练精度 − 测试精度"), Scale::Linear);
    (!marks.is_empty()).then(|| Chart::Plane(parts::plane(x, y, marks)))
}

/// Both accuracies of one network, once there are any.
fn accuracies(run: &Run<'_>) -> Option<Picture> {
    let training = run.training().filter(|training| !training.test_accuracy.is_empty())?;
    let (on_training, on_test) = (&training.training_accuracy, &training.test_accuracy);
    let marks = vec![
        Mark::Line(parts::curve(Text::new("training images", "训练图像"), 0, on_training)),
        Mark::Line(parts::curve(Text::new("test images", "测试图像"), 1, on_test)),
    ];
    let name = &run.job.name;
    let caption = match gap(run).last() {
        Some([_, gap]) => {
            let points = format!("{:.1}", 100.0 * gap);
            told(format!("{}: gap {points} points", name.en), format!("{}：差距 {points} 个百分点", name.zh))
        }
        None => name.clone(),
    };
    // The same axes for all, so that the figures can be compared.
    let x = parts::iterations(run.end().unwrap_or(1));
    let y = parts::fixed(Text::new("accuracy", "识别精度"), (0.0, 1.0));
    let chart = Chart::Plane(parts::plane(x, y, marks));
    Some(Picture { slot: "accuracy", key: Some(run.key), caption, chart })
}

/// The layers of the networks by their sizes, one row for each network, with what keeps it from overfitting.
fn networks(runs: &[Run<'_>]) -> Picture {
    let mut diagram = Diagram { nodes: Vec::new(), edges: Vec::new() };
    for (row, run) in runs.iter().enumerate() {
        let Task::Train(TrainPlan { spec, .. }) = &run.job.task else { continue };
        let at = |column: usize| [column as f64, row as f64];
        let (name, outline) = (run.job.name.clone(), Outline::None);
        diagram.nodes.push(Node { at: at(0), outline, words: name, ..Node::default() });
        let dropped = spec.layers.iter().find_map(|layer| match layer {
            LayerSpec::Dropout { rate } => Some(format!("{:.0}", 100.0 * rate)),
            _ => None,
        });
        let decays = spec.optimizer.weight_decay.is_some_and(|decay| decay > 0.0);
        let sizes = parts::layer_sizes(spec);
        for (layer, size) in sizes.iter().enumerate() {
            let is_hidden = layer > 0 && layer + 1 < sizes.len();
            let note = match &dropped {
                Some(percent) if is_hidden => told(format!("{percent}% off"), format!("关闭 {percent}%")),
                _ if decays && layer > 0 => Text::same("λW"),
                _ => Text::new("", ""),
            };
            let (at, words) = (at(layer + 1), Text::same(size.to_string()));
            diagram.nodes.push(Node { at, outline: Outline::Box, words, note, ..Node::default() });
            if layer > 0 {
                let to = diagram.nodes.len() - 1;
                let (forward, backward) = (String::new(), String::new());
                let tone = Look::Plain;
                let edge =
                    Edge { from: to - 1, to, forward, backward, tone, width: 1.0, shade: 0.0, key: None };
                diagram.edges.push(edge);
            }
        }
    }
    Picture { slot: "networks", key: None, caption: Text::new("", ""), chart: Chart::Diagram(diagram) }
}

/// What the three finished runs came to, in a sentence.
fn verdict(runs: &[Run<'_>]) -> Option<Notice> {
    let finished = |run: &Run<'_>| run.report.is_some_and(|report| report.phase == Phase::Finished);
    let gaps: Option<Vec<f64>> =
        runs.iter().filter(|run| finished(run)).map(|run| gap(run).last().map(|[_, gap]| *gap)).collect();
    let &[plain, decayed, dropped] = gaps?.as_slice() else { return None };
    let percent = |gap: f64| format!("{:.1}", 100.0 * gap);
    let text = if plain < 0.05 {
        told(
            format!("No overfitting to speak of: the gap is {} points.", percent(plain)),
            format!("几乎没有过拟合：差距只有 {} 个百分点。", percent(plain)),
        )
    } else {
        told(
            format!(
                "Overfitting: the gap is {} points. With weight decay it is {}, with Dropout {}.",
                percent(plain),
                percent(decayed),
                percent(dropped)
            ),
            format!(
                "发生过拟合：差距为 {} 个百分点；使用权值衰减时为 {}，使用 Dropout 时为 {}。",
                percent(plain),
                percent(decayed),
                percent(dropped)
            ),
        )
    };
    Some(Notice { code: "gap", tone: Tone::Info, text, remedies: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Key;
    use crate::labs::settings::RawSettings;
    use crate::train::report::{Findings, Training};

    fn defaults() -> Settings {
        Settings::check(FIELDS, &RawSettings::new()).expect("legal")
    }

    #[test]
    fn the_three_networks_differ_in_nothing_but_decay_and_dropout() {
        let jobs = jobs(&defaults()).expect("legal");
        let specs: Vec<&NetSpec> = jobs
            .iter()
            .map(|job| match &job.task {
                Task::Train(plan) => &plan.spec,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(specs.len(), 3);
        let decay = OptimizerSpec { weight_decay: Some(0.1), ..specs[0].optimizer };
        assert_eq!(*specs[1], NetSpec { optimizer: decay, ..specs[0].clone() });
        let dropped =
            specs[2].layers.iter().filter(|layer| matches!(layer, LayerSpec::Dropout { .. })).count();
        assert_eq!(dropped, 6, "behind each hidden layer");
        // 300 images in mini-batches of 100, as in the book.
        assert!(jobs.iter().all(|job| matches!(&job.task, Task::Train(plan) if plan.limit == Some(600))));
    }

    #[test]
    fn the_gap_is_named_when_all_have_finished() {
        let report = |train: f64, test: f64, phase| {
            let training = Training {
                training_accuracy: vec![(0, 0.1), (3, train)],
                test_accuracy: vec![(0, 0.1), (3, test)],
                ..Training::default()
            };
            Some(Report { phase, done: 3, of: Some(3), seconds: 1.0, findings: Findings::Training(training) })
        };
        let all = [
            report(1.0, 0.75, Phase::Finished),
            report(0.9, 0.8, Phase::Finished),
            report(0.95, 0.78, Phase::Finished),
        ];
        let sheet = show(&defaults(), &all);
        assert!(sheet.notices[0].text.en.contains("the gap is 25.0 points"), "{:?}", sheet.notices);
        assert_eq!(sheet.pictures.iter().filter(|picture| picture.slot == "accuracy").count(), 3);
        assert!(sheet.pictures.iter().any(|picture| picture.key == Some(Key(2))));
        let two = [all[0].clone(), all[1].clone(), report(0.95, 0.78, Phase::Ready)];
        assert!(show(&defaults(), &two).notices.is_empty());
    }
}
