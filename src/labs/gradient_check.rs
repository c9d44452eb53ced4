//! Backpropagation held against differences (book 5.7.3), and the backward pass of a small net step by step.

mod figures;
mod words;

use self::words::{MISTAKES, TASKS};
use super::field::{Choice, Field, Kind};
use super::graph::Calculation;
use super::parts::{self, listed, number, significant, told};
use super::settings::Settings;
use super::sheet::{Answer, Guess, Notice, Sheet, Tone};
use super::{Job, Lab, Moment, no_drag};
use crate::chart::Key;
use crate::error::Result;
use crate::nn::plain::Mistake;
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;
use crate::train::report::{Apart, Check, Checked, Findings, Phase, Report};
use crate::train::task::{CheckPlan, Count, Needs, Task};

/// A network for MNIST.
const CHECK: parts::Condition = Some(("task", &["check"]));
/// A net of a few numbers.
const STEPS: parts::Condition = Some(("task", &["steps"]));
/// Above this share of their size, gradients and differences disagree.
const WRONG: f64 = 1e-2;

/// Two inputs, two sigmoids, one output, squared error.
const NET: &str = "h1 = sigmoid(x1*w11 + x2*w21 + b1); h2 = sigmoid(x1*w12 + x2*w22 + b2); y = h1*v1 + h2*v2 + c; (y - t)^2 / 2";
/// x1, w11, x2, w21, b1, w12, w22, b2, v1, v2, c, t.
const VALUES: &str = "1, 0.1, 0.5, 0.2, 0.1, 0.3, 0.4, 0.2, 0.1, 0.3, 0.1, 1";

const FIELDS: &[Field] = &[
    Field::new(
        "task",
        Text::new("Experiment", "实验"),
        Text::new(
            "Check all gradients of a network for MNIST, or go through the backward pass of a small net.",
            "检查 MNIST 网络的全部梯度，或逐步查看一个小网络的反向传播。",
        ),
        Kind::Choice { options: TASKS },
        "check",
    )
    .main(),
    Field::new(
        "mistake",
        Text::new("Planted bug", "植入的错误"),
        Text::new(
            "What is wrong in the backward pass. The differences know only the loss, so they stay right.",
            "反向传播中的错误。数值微分只用到损失函数，因此不受影响。",
        ),
        Kind::Choice { options: MISTAKES },
        "none",
    )
    .main()
    .when(CHECK),
    parts::activation(CHECK).main(),
    Field::new(
        "expression",
        Text::new("Net", "网络"),
        Text::new(
            "Any name is a variable. Name a result with =, separate lines with a semicolon. + − * / ^, exp ln sqrt tanh sigmoid relu max min. The last line is the loss.",
            "任何名称都是变量。用 = 命名中间结果，用分号分隔。可用 + − * / ^、exp ln sqrt tanh sigmoid relu max min。最后一行是损失。",
        ),
        Kind::Calculation,
        NET,
    )
    .main()
    .when(STEPS),
    super::graph::variables(VALUES).when(STEPS),
    Field::new(
        "hidden",
        Text::new("Hidden units", "隐藏层神经元数"),
        Text::new("Neurons in each hidden layer.", "每个隐藏层的神经元数。"),
        Kind::Count { min: 1, max: 100 },
        "50",
    )
    .when(CHECK),
    Field::new(
        "layers",
        Text::new("Hidden layers", "隐藏层数"),
        Text::new("The book's two-layer net has one.", "书中的两层网络有一个隐藏层。"),
        Kind::Count { min: 1, max: 3 },
        "1",
    )
    .when(CHECK),
    Field::new(
        "samples",
        Text::new("Digits", "图像数"),
        Text::new("The first training images of MNIST; the book takes 3.", "MNIST 的前若干张训练图像，书中取 3 张。"),
        Kind::Count { min: 1, max: 20 },
        "3",
    )
    .when(CHECK),
    parts::DIFFERENCE.when(CHECK),
    Field::new(
        "std",
        Text::new("Standard deviation", "标准差"),
        Text::new("Of the Gaussian initial weights.", "高斯分布初始权重的标准差。"),
        Kind::Log { min: 1e-4, max: 1.0 },
        "0.01",
    )
    .when(CHECK),
    parts::seed(CHECK),
];

/// Gradients checked, and a small net step by step.
pub(super) const LAB: Lab = Lab {
    id: "gradient-check",
    sections: &["5.7.3"],
    title: words::TITLE,
    line: words::LINE,
    about: words::ABOUT,
    formula: words::FORMULA,
    fields: FIELDS,
    slots: words::SLOTS,
    inputs: &[],
    suggestions: words::SUGGESTIONS,
    pace: 1.0,
    jobs,
    steps: |settings| calculation(settings).map_or(0, |calculation| calculation.course().steps()),
    show: |settings, moment, reports| match is_by_steps(settings) {
        true => calculation(settings).map(|calculation| calculation.show(moment)).unwrap_or_default(),
        false => show(settings, moment, reports),
    },
    drag: no_drag,
    guess: |settings, moment, reports| match is_by_steps(settings) {
        true => calculation(settings).and_then(|calculation| calculation.guess(moment)),
        false => guess(settings, reports),
    },
};

fn is_by_steps(settings: &Settings) -> bool {
    settings.words("task") == "steps"
}

/// The small net, where that is asked for.
fn calculation(settings: &Settings) -> Option<Calculation> {
    is_by_steps(settings).then(|| Calculation::new(settings).ok()).flatten()
}

fn mistake(settings: &Settings) -> Option<Mistake> {
    match settings.words("mistake") {
        "bias" => Some(Mistake::Bias),
        "slope" => Some(Mistake::Slope),
        "batch" => Some(Mistake::Batch),
        "sign" => Some(Mistake::Sign),
        _ => None,
    }
}

fn spec(settings: &Settings) -> NetSpec {
    let hidden =
        [LayerSpec::Dense { units: settings.count("hidden") as usize }, parts::activation_layer(settings)];
    let layers =
        [vec![hidden; settings.count("layers") as usize].concat(), vec![LayerSpec::Dense { units: 10 }]];
    NetSpec {
        input: vec![784],
        layers: layers.concat(),
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init: InitSpec::Normal { std: settings.number("std") },
        batch_size: 100,
        seed: settings.count("seed"),
    }
}

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    if is_by_steps(settings) {
        return Calculation::check(settings).map(|()| Vec::new());
    }
    let samples = settings.count("samples");
    let plan = CheckPlan {
        spec: spec(settings),
        needs: Needs { test: Vec::new(), ..parts::mnist(Count::First(samples), Count::All) },
        samples,
        h: settings.number("h"),
        mistake: mistake(settings),
    };
    Ok(vec![Job::new(Text::new("check", "梯度确认"), 0, Task::Check(plan))])
}

/// What the check has found; none of another network.
fn found<'a>(settings: &Settings, reports: &'a [Option<Report>]) -> Option<(&'a Report, &'a Check)> {
    let report = reports.first()?.as_ref()?;
    let Findings::Check(check) = &report.findings else { return None };
    let wanted = 2 * (settings.count("layers") as usize + 1);
    (check.params.len() == wanted).then_some((report, check))
}

/// Whether the check finds a parameter's gradient wrong: distances are more than a [`WRONG`] share of the sizes.
fn is_wrong(checked: &Checked) -> bool {
    let Apart { sum, size, .. } = checked.double;
    let share = sum / size;
    // Where both are 0 they agree; what is no number is wrong.
    checked.count > 0 && size != 0.0 && (share.is_nan() || share > WRONG)
}

/// What a parameter is called in the book: W1, b1, W2, b2.
fn name(param: usize) -> String {
    format!("{}{}", if param.is_multiple_of(2) { 'W' } else { 'b' }, param / 2 + 1)
}

fn show(settings: &Settings, moment: &Moment, reports: &[Option<Report>]) -> Sheet {
    let found = found(settings, reports);
    let params = found.map_or(&[][..], |(_, check)| &check.params);
    let checked: u64 = params.iter().map(|param| param.count).sum();
    let worst = params.iter().filter(|param| param.count > 0).map(|param| param.double.worst);
    let worst = worst.fold(None, |most: Option<f64>, apart| Some(most.map_or(apart, |most| most.max(apart))));
    let chosen = moment.chosen.map(|Key(key)| key as usize).filter(|&param| param < params.len());
    let mut pictures = vec![figures::summary(settings, params)];
    if let Some((_, check)) = found {
        pictures.extend(figures::differences(params, chosen.unwrap_or(0)));
        pictures.extend(figures::errors(check));
        pictures.extend(figures::digits(check));
    }
    Sheet {
        notices: found.and_then(|(report, check)| verdict(settings, report, check)).into_iter().collect(),
        numbers: listed([
            number("checked", Text::new("Gradients checked", "已检查的梯度"), Some(parts::grouped(checked))),
            number(
                "worst",
                Text::new("Worst difference", "最大的差"),
                worst.map(|worst| significant(worst, 3)),
            ),
        ]),
        table: Some(figures::table(params)),
        pictures,
    }
}

/// What the finished check says.
fn verdict(settings: &Settings, report: &Report, check: &Check) -> Option<Notice> {
    if report.phase != Phase::Finished {
        return None;
    }
    let wrong: Vec<String> = check
        .params
        .iter()
        .enumerate()
        .filter(|(_, param)| is_wrong(param))
        .map(|(param, _)| name(param))
        .collect();
    let (code, tone, text) = match (wrong.is_empty(), mistake(settings)) {
        (true, None) => (
            "agree",
            Tone::Info,
            Text::new(
                "Backpropagation and differences agree: the backward pass is right.",
                "误差反向传播法与数值微分的结果一致：反向传播的实现是正确的。",
            ),
        ),
        (true, Some(_)) => (
            "not-found",
            Tone::Info,
            Text::new(
                "The check does not find this bug: with these settings it changes the gradients by less than 1%.",
                "检查没有发现这个错误：在这些设置下，它对梯度的影响不到 1%。",
            ),
        ),
        (false, planted) => {
            let (en, zh) = (wrong.join(", "), wrong.join("、"));
            let text = match planted {
                Some(_) => told(
                    format!("Found: the gradients of {en} are wrong."),
                    format!("发现错误：{zh} 的梯度不正确。"),
                ),
                None => told(
                    format!("The differences of {en} are poor: this h is too large or too small."),
                    format!("{zh} 的数值微分误差很大：这个 h 过大或过小。"),
                ),
            };
            ("disagree", if planted.is_some() { Tone::Warning } else { Tone::Info }, text)
        }
    };
    Some(Notice { code, tone, text, remedies: Vec::new() })
}

const GUESSES: [Text; 4] = [
    Text::new("none", "都正确"),
    Text::new("those of the biases", "偏置的梯度"),
    Text::new("all before the last layer", "最后一层之前的梯度"),
    Text::new("all", "全部"),
];

/// Which gradients a planted mistake makes wrong.
fn guess(settings: &Settings, reports: &[Option<Report>]) -> Option<Guess> {
    mistake(settings)?;
    let finished = found(settings, reports).filter(|(report, _)| report.phase == Phase::Finished);
    let answer = finished.and_then(|(report, check)| {
        let wrong: Vec<bool> = check.params.iter().map(is_wrong).collect();
        let last = wrong.len() - 2;
        let follows =
            |rule: fn(usize, usize) -> bool| (0..wrong.len()).all(|param| wrong[param] == rule(param, last));
        let rules: [fn(usize, usize) -> bool; 4] =
            [|_, _| false, |param, _| param % 2 == 1, |param, last| param < last, |_, _| true];
        let option = rules.into_iter().position(follows)?;
        Some(Answer { option, told: verdict(settings, report, check)?.text })
    });
    let question = Text::new("Which gradients will the check find wrong?", "检查会发现哪些梯度有错？");
    Some(Guess { question, options: GUESSES.to_vec(), answer })
}

#[cfg(test)]
mod tests;
