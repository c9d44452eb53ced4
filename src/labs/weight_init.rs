//! How initial weights spread activations through the layers, and what follows for training (book 6.2).

use super::field::{Choice, Field, Kind};
use super::parts::{self, Condition, Run, significant, told};
use super::settings::Settings;
use super::sheet::{Cell, Notice, Picture, Row, Sheet, Table, Tone};
use super::{Job, Lab, Shape, Slot, Suggestion, no_drag, no_steps};
use crate::chart::{Chart, Histogram, Key, Line, Mark, Scale};
use crate::error::Result;
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;
use crate::train::report::{Distribution, Findings, Spread};
use crate::train::task::{SpreadPlan, Task};

const SPREAD: Condition = Some(("task", &["spread"]));
const MNIST: Condition = Some(("task", &["mnist"]));
/// Hidden layers of the network that is looked at, and units of each (6.2.2).
const LAYERS: usize = 5;
const UNITS: usize = 100;
/// A standard deviation below this leaves all units of a layer saying nearly the same.
const NARROW: f64 = 0.02;

const INITS: &[Choice] = &[
    Choice::same("one", "σ = 1"),
    Choice::same("small", "σ = 0.01"),
    Choice::same("xavier", "Xavier"),
    Choice::same("he", "He"),
    Choice::new("own", Text::new("Your own σ", "自选 σ")),
];

const TASKS: &[Choice] = &[
    Choice::new("spread", Text::new("Histograms", "直方图")),
    Choice::new("mnist", Text::new("Train on MNIST", "在 MNIST 上训练")),
];

const FIELDS: &[Field] = &[
    Field::new(
        "task",
        Text::new("Experiment", "实验"),
        Text::new(
            "Look at a network that has not learned, or train on MNIST from each of the initial values.",
            "观察尚未学习的网络，或从各种初始值出发在 MNIST 上训练。",
        ),
        Kind::Choice { options: TASKS },
        "spread",
    )
    .main(),
    parts::activation(None).default("sigmoid").main(),
    Field::new(
        "shown",
        Text::new("Initial values", "权重初始值"),
        Text::new(
            "Gaussian with standard deviation σ, Xavier (√(1/n)) or He (√(2/n)); n is the number of inputs of a unit.",
            "标准差为 σ 的高斯分布、Xavier（√(1/n)）或 He（√(2/n)）；n 为神经元的输入个数。",
        ),
        Kind::Choice { options: INITS },
        "one",
    )
    .main()
    .live()
    .when(SPREAD),
    Field::new(
        "std",
        Text::new("Your own σ", "自选 σ"),
        Text::new("The standard deviation of the weights.", "权重的标准差。"),
        Kind::Log { min: 1e-4, max: 10.0 },
        "0.2",
    ),
    Field::new(
        "rows",
        Text::new("Inputs", "输入数据数"),
        Text::new(
            "Each input is 100 numbers from a Gaussian distribution of mean 0 and deviation 1.",
            "每个输入由 100 个服从标准正态分布的数组成。",
        ),
        Kind::Count { min: 10, max: 5000 },
        "1000",
    )
    .when(SPREAD),
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        parts::HELP_RATE,
        Kind::Log { min: 1e-4, max: 10.0 },
        "0.01",
    )
    .live()
    .when(MNIST),
    parts::iterations_field(MNIST).default("2000"),
    parts::batch(MNIST).default("128"),
    parts::seed(None),
];

/// How initial weights spread activations through the layers.
pub(super) const LAB: Lab = Lab {
    id: "weight-init",
    sections: &["6.2"],
    title: Text::new("Initial weights", "权重的初始值"),
    line: Text::new(
        "See how initial weights spread activations through five layers, then train from them.",
        "观察权重初始值如何影响五层网络中激活值的分布，再从这些初始值开始训练。",
    ),
    about: Text::new(
        "1,000 random inputs pass through five hidden layers of 100 units. With σ = 1, sigmoid outputs crowd at 0 and 1, where the slope is almost 0: gradients vanish. With σ = 0.01 all units say nearly the same. Xavier keeps the spread for sigmoid and tanh, He for ReLU. The lower row shows the gradient of the loss with respect to the same outputs, by backpropagation with random labels. On MNIST the network has four hidden layers of 100 units.",
        "1000 个随机输入经过五个隐藏层，每层 100 个神经元。σ = 1 时，sigmoid 的输出集中在 0 和 1 附近，那里的斜率几乎为 0：梯度消失。σ = 0.01 时，所有神经元的输出几乎相同，表现力受限。Xavier 初始值使 sigmoid 和 tanh 保持适当的广度，He 初始值适用于 ReLU。下一行是用随机标签反向传播得到的、损失函数关于这些输出的梯度。在 MNIST 上，网络有四个隐藏层，每层 100 个神经元。",
    ),
    formula: r#"<math display="block"><mi>σ</mi><mo>=</mo><msqrt><mfrac><mn>1</mn><mi>n</mi></mfrac></msqrt><mspace width="0.5em"/><mtext>(Xavier)</mtext><mo>,</mo><mspace width="1em"/><mi>σ</mi><mo>=</mo><msqrt><mfrac><mn>2</mn><mi>n</mi></mfrac></msqrt><mspace width="0.5em"/><mtext>(He)</mtext></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "activations",
            Text::new("Activations", "激活值的分布"),
            Text::new("How many outputs of each layer have which value.", "各层输出值的个数分布。"),
            Shape::Multiples,),
        Slot::new(
            "gradients",
            Text::new("Gradients", "梯度的分布"),
            Text::new(
                "The gradient of the loss with respect to the outputs of each layer.",
                "损失函数关于各层输出的梯度。",
            ),
            Shape::Multiples,),
        Slot::new(
            "deviation",
            Text::new("Spread from layer to layer", "各层的广度"),
            Text::new(
                "The standard deviation of each layer's activations, one curve for each kind of initial value, log scale.",
                "各层激活值的标准差，每种初始值一条曲线，对数坐标。",
            ),
            Shape::Wide,).more(),
        Slot::new(
            "loss",
            Text::new("Loss", "损失函数"),
            Text::new(
                "Mean loss of the mini-batches, one curve for each kind of initial value, log scale.",
                "各 mini-batch 的平均损失，每种初始值一条曲线，对数坐标。",
            ),
            Shape::Wide,),
        Slot::new(
            "accuracy",
            Text::new("Test accuracy", "测试精度"),
            Text::new(
                "Accuracy on the first 1,000 test images, every 100 iterations.",
                "每 100 次迭代在前 1000 张测试图像上的识别精度。",
            ),
            Shape::Wide,).more(),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("Sigmoid with σ = 0.01: all units alike", "sigmoid，σ = 0.01：输出几乎相同"),
            settings: &[("shown", "small")],
        },
        Suggestion {
            text: Text::new("Sigmoid with Xavier", "sigmoid 与 Xavier 初始值"),
            settings: &[("shown", "xavier")],
        },
        Suggestion {
            text: Text::new("ReLU with Xavier: the spread shrinks", "ReLU 与 Xavier 初始值：逐层变窄"),
            settings: &[("activation", "relu"), ("shown", "xavier")],
        },
        Suggestion {
            text: Text::new("ReLU with He: the spread stays", "ReLU 与 He 初始值：保持广度"),
            settings: &[("activation", "relu"), ("shown", "he")],
        },
        Suggestion {
            text: Text::new("Train with ReLU from all four", "用 ReLU 从各种初始值开始训练"),
            settings: &[("task", "mnist"), ("activation", "relu")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: no_steps,
    show: |settings, _, reports| {
        let jobs = jobs(settings).unwrap_or_default();
        let runs = parts::runs(&jobs, reports);
        if is_training(settings) { trained(&runs) } else { spread(settings, &runs) }
    },
    drag: no_drag,
    guess: |settings, _, reports| {
        let jobs = if is_training(settings) { jobs(settings).unwrap_or_default() } else { Vec::new() };
        let question =
            Text::new("Which initial weights have the lowest loss in the end?", "哪种初始值最后的损失最低？");
        parts::lowest_loss(question, &parts::runs(&jobs, reports))
    },
};

fn is_training(settings: &Settings) -> bool {
    settings.words("task") == "mnist"
}

/// The kinds of initial values, in the order of [`INITS`].
fn inits(settings: &Settings) -> [InitSpec; 5] {
    let normal = |std| InitSpec::Normal { std };
    [normal(1.0), normal(0.01), InitSpec::Xavier, InitSpec::He, normal(settings.number("std"))]
}

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let own = Text::same(format!("σ = {}", significant(settings.number("std"), 4)));
    let job = |(index, init): (usize, InitSpec)| {
        let name = INITS.get(index).filter(|init| init.value != "own").map_or(&own, |init| &init.label);
        let task = if is_training(settings) { training(settings, init)? } else { look(settings, init) };
        Ok(Job::new(name.clone(), index as u8, task))
    };
    inits(settings).into_iter().enumerate().map(job).collect()
}

/// 100 inputs, five hidden layers of 100 units, ten classes for the gradients to come from.
fn look(settings: &Settings, init: InitSpec) -> Task {
    let hidden = [LayerSpec::Dense { units: UNITS }, parts::activation_layer(settings)];
    let layers = [vec![hidden; LAYERS].concat(), vec![LayerSpec::Dense { units: 10 }]].concat();
    let spec = NetSpec {
        input: vec![UNITS],
        layers,
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.01),
        init,
        batch_size: 100,
        seed: settings.count("seed"),
    };
    Task::Spread(SpreadPlan { spec, rows: settings.count("rows") })
}

fn training(settings: &Settings, init: InitSpec) -> Result<Task> {
    let named = parts::named_net("five-layer", settings)?;
    let chosen = parts::activation_layer(settings);
    let swap = |layer: &LayerSpec| if *layer == LayerSpec::Relu { chosen.clone() } else { layer.clone() };
    let spec = NetSpec {
        layers: named.layers.iter().map(swap).collect(),
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, settings.number("learningRate")),
        init,
        ..named
    };
    Ok(Task::Train(parts::sampled_plan(spec, settings)))
}

fn trained(runs: &[Run<'_>]) -> Sheet {
    Sheet {
        notices: Vec::new(),
        numbers: parts::listed([parts::slowest(runs)]),
        table: Some(parts::run_table(Text::new("initial values", "初始值"), runs)),
        pictures: parts::pictures([
            ("loss", parts::loss_chart(runs)),
            ("accuracy", parts::test_accuracy_chart(runs)),
        ]),
    }
}

fn found<'a>(run: &Run<'a>) -> Option<&'a Spread> {
    match &run.report?.findings {
        Findings::Spread(spread) => Some(spread),
        _ => None,
    }
}

fn spread(settings: &Settings, runs: &[Run<'_>]) -> Sheet {
    let shown = INITS.iter().position(|init| init.value == settings.words("shown")).unwrap_or(0);
    let present = runs.get(shown).and_then(found);
    let mut pictures = Vec::new();
    if let Some(spread) = present {
        pictures.extend(histograms("activations", &spread.activations, 0));
        pictures.extend(histograms("gradients", &spread.gradients, 1));
    }
    pictures.extend(parts::pictures([("deviation", deviations(runs))]));
    Sheet {
        notices: present.and_then(verdict).into_iter().collect(),
        numbers: Vec::new(),
        table: Some(table(runs)),
        pictures,
    }
}

/// A histogram for each layer.
fn histograms(slot: &'static str, layers: &[Distribution], color: u8) -> Vec<Picture> {
    let picture = |(index, layer): (usize, &Distribution)| {
        let name = told(format!("layer {}", index + 1), format!("第 {} 层", index + 1));
        let deviation = significant(layer.deviation, 3);
        let caption = Text {
            en: format!("{}, deviation {deviation}", name.en).into(),
            zh: format!("{}，标准差 {deviation}", name.zh).into(),
        };
        let counts = layer.counts.iter().map(|&count| f64::from(count)).collect();
        let bars = Mark::Histogram(Histogram { name, color, low: layer.low, high: layer.high, counts });
        let x = parts::axis(Text::new("value", "值"), Scale::Linear);
        let y = parts::axis(Text::new("count", "个数"), Scale::Linear);
        let chart = Chart::Plane(parts::plane(x, y, vec![bars]));
        Picture { slot, key: Some(Key(index as u32)), caption, chart }
    };
    layers.iter().enumerate().map(picture).collect()
}

/// The standard deviation of the activations of each layer, for each kind of initial value.
fn deviations(runs: &[Run<'_>]) -> Option<Chart> {
    let curve = |run: &Run<'_>| {
        let layers = &found(run)?.activations;
        let points =
            layers.iter().enumerate().map(|(index, layer)| [index as f64 + 1.0, layer.deviation]).collect();
        let drawn = parts::line(run.job.name.clone(), run.job.color, points);
        // The keys of this lab's pictures are layers; a kind of initial value has one of its own.
        Some(Mark::Line(Line { dots: true, key: Some(Key(100 + run.key.0)), ..drawn }))
    };
    let marks: Vec<_> = runs.iter().filter_map(curve).collect();
    let x = parts::fixed(Text::new("layer", "层"), (1.0, LAYERS as f64));
    let y = parts::axis(Text::new("standard deviation", "标准差"), Scale::Log);
    (!marks.is_empty()).then(|| Chart::Plane(parts::plane(x, y, marks)))
}

/// What the last layer says about the initial values.
fn verdict(spread: &Spread) -> Option<Notice> {
    let last = spread.activations.last()?;
    let percent = |share: f64| format!("{:.0}%", 100.0 * share);
    let notice = |code, text| Some(Notice { code, tone: Tone::Info, text, remedies: Vec::new() });
    match last.saturated {
        Some(share) if share > 0.5 => notice(
            "saturated",
            told(
                format!(
                    "{} of the last layer's activations are saturated: their slope is almost 0, so gradients vanish.",
                    percent(share)
                ),
                format!("最后一层有 {} 的激活值已饱和：斜率几乎为 0，梯度消失。", percent(share)),
            ),
        ),
        _ if last.deviation < NARROW => notice(
            "narrow",
            told(
                format!(
                    "The last layer's activations differ by {} only: all units say nearly the same.",
                    significant(last.deviation, 2)
                ),
                format!(
                    "最后一层激活值的标准差只有 {}：所有神经元的输出几乎相同，表现力受限。",
                    significant(last.deviation, 2)
                ),
            ),
        ),
        _ => None,
    }
}

fn table(runs: &[Run<'_>]) -> Table {
    let layer = |index: usize| told(format!("deviation, layer {index}"), format!("第 {index} 层的标准差"));
    let columns =
        std::iter::once(Text::new("initial values", "初始值")).chain((1..=LAYERS).map(layer)).collect();
    let row = |run: &Run<'_>| {
        let deviation = |index: usize| {
            let layer = found(run).and_then(|spread| spread.activations.get(index));
            layer.map_or_else(|| Cell::Words(Text::same("—")), |layer| Cell::Number(layer.deviation))
        };
        let name = std::iter::once(Cell::Words(run.job.name.clone()));
        Row { key: Some(Key(100 + run.key.0)), cells: name.chain((0..LAYERS).map(deviation)).collect() }
    };
    Table { columns, rows: runs.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::settings::RawSettings;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let raw: RawSettings =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::check(FIELDS, &raw).expect("legal")
    }

    #[test]
    fn what_is_shown_changes_no_job() {
        let of = |shown| jobs(&settings(&[("shown", shown)])).expect("legal");
        assert_eq!(of("one"), of("he"));
        assert_eq!(of("one").len(), INITS.len());
    }

    #[test]
    fn one_deviation_is_the_books_and_one_the_visitors() {
        let kinds = inits(&settings(&[("std", "0.5")]));
        assert_eq!(kinds[0], InitSpec::Normal { std: 1.0 });
        assert_eq!(kinds[4], InitSpec::Normal { std: 0.5 });
        let names: Vec<String> = jobs(&settings(&[("std", "0.5")]))
            .expect("legal")
            .iter()
            .map(|job| job.name.en.to_string())
            .collect();
        assert_eq!(names, ["σ = 1", "σ = 0.01", "Xavier", "He", "σ = 0.5"]);
    }

    #[test]
    fn crowded_activations_are_named() {
        let spread = |deviation, saturated| Spread {
            activations: vec![Distribution { deviation, saturated, ..Distribution::default() }],
            gradients: vec![],
        };
        let code = |deviation, saturated| verdict(&spread(deviation, saturated)).map(|notice| notice.code);
        assert_eq!(code(0.4, Some(0.8)), Some("saturated"));
        assert_eq!(code(0.001, Some(0.0)), Some("narrow"));
        assert_eq!(code(0.2, Some(0.1)), None);
        assert_eq!(code(0.2, None), None);
    }
}
