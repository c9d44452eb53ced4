//! Curves of trainings side by side, for labs that compare some.

use super::field::{Field, Kind};
use super::parts::{Condition, axis, line, number, significant};
use super::settings::Settings;
use super::sheet::{Cell, Number, Picture, Row, Table};
use super::{Edits, Job, Place};
use crate::chart::{Axis, Chart, Key, Line, Mark, Plane, Scale};
use crate::error::{Code, Error, Result};
use crate::nn::networks;
use crate::nn::spec::NetSpec;
use crate::text::Text;
use crate::train::report::{Phase, Report, Training};
use crate::train::task::{Count, Needs, SetName, Share};

/// A job with its last report. Its key is its place among the jobs.
pub(super) struct Run<'a> {
    pub(super) job: &'a Job,
    pub(super) key: Key,
    pub(super) report: Option<&'a Report>,
}

/// The jobs with their reports.
pub(super) fn runs<'a>(jobs: &'a [Job], reports: &'a [Option<Report>]) -> Vec<Run<'a>> {
    let run = |(index, job): (usize, &'a Job)| Run {
        job,
        key: Key(index as u32),
        report: reports.get(index).and_then(Option::as_ref),
    };
    jobs.iter().enumerate().map(run).collect()
}

impl<'a> Run<'a> {
    /// The state of its training.
    pub(super) fn training(&self) -> Option<&'a Training> {
        self.report.and_then(Report::training)
    }

    fn line(&self, points: Vec<[f64; 2]>) -> Option<Mark> {
        let key = Some(self.key);
        (!points.is_empty())
            .then(|| Mark::Line(Line { key, ..line(self.job.name.clone(), self.job.color, points) }))
    }

    /// How far it is, or how it ended.
    pub(super) fn outcome(&self) -> Text {
        let Some(report) = self.report else { return Text::new("waiting", "等待中") };
        match (report.phase, report.training().and_then(|training| training.diverged_at)) {
            (_, Some(at)) => told(format!("diverged at iteration {at}"), format!("第 {at} 次迭代时发散")),
            (Phase::Finished, _) => Text::new("finished", "完成"),
            _ => Text::same(
                report.of.map_or_else(|| report.done.to_string(), |of| format!("{} / {of}", report.done)),
            ),
        }
    }
}

/// Words that are put together at run time.
pub(super) fn told(en: String, zh: String) -> Text {
    Text { en: en.into(), zh: zh.into() }
}

/// An accuracy or the last of its curve: `0.9375`.
pub(super) fn last(curve: &[(u64, f64)]) -> Option<f64> {
    curve.last().map(|&(_, accuracy)| accuracy)
}

pub(super) fn iterations() -> Axis {
    axis(Text::new("iterations", "迭代次数"), Scale::Linear)
}

/// An accuracy curve's axis, from none to all.
pub(super) fn accuracy_axis(label: Text) -> Axis {
    Axis { label, scale: Scale::Linear, range: Some((0.0, 1.0)) }
}

/// The loss of each run, by powers of ten; none before the first mini-batch.
pub(super) fn loss_chart(runs: &[Run<'_>]) -> Option<Chart> {
    let points = |training: &Training| {
        training.loss.iter().map(|bucket| [bucket.iteration as f64, bucket.mean()]).collect()
    };
    let y = axis(Text::new("cross-entropy error", "交叉熵误差"), Scale::Log);
    plane(runs, y, points)
}

/// The test accuracy of each run; none before the first evaluation.
pub(super) fn test_accuracy_chart(runs: &[Run<'_>]) -> Option<Chart> {
    let y = accuracy_axis(Text::new("test accuracy", "测试精度"));
    plane(runs, y, |training| points(&training.test_accuracy))
}

/// An accuracy curve as points of a plane.
pub(super) fn points(curve: &[(u64, f64)]) -> Vec<[f64; 2]> {
    curve.iter().map(|&(at, accuracy)| [at as f64, accuracy]).collect()
}

fn plane(runs: &[Run<'_>], y: Axis, points: impl Fn(&Training) -> Vec<[f64; 2]>) -> Option<Chart> {
    let marks: Vec<_> = runs.iter().filter_map(|run| run.line(points(run.training()?))).collect();
    (!marks.is_empty()).then(|| Chart::Plane(Plane { x: iterations(), y, marks, grip: None }))
}

/// How far the slowest run is.
pub(super) fn slowest(runs: &[Run<'_>]) -> Vec<Number> {
    let done = runs.iter().map(|run| run.report.map_or(0, |report| report.done)).min();
    let begun = runs.iter().any(|run| run.report.is_some());
    let value = done.filter(|_| begun).map(|done| done.to_string());
    vec![number("iteration", Text::new("Iteration", "迭代次数"), value)]
}

/// A row for each run: loss, accuracies, time, outcome.
pub(super) fn table(runs: &[Run<'_>], first: Text) -> Table {
    let columns = vec![
        first,
        Text::new("loss", "损失"),
        Text::new("training accuracy", "训练精度"),
        Text::new("test accuracy", "测试精度"),
        Text::new("seconds", "秒"),
        Text::new("outcome", "结果"),
    ];
    let number = |value: Option<f64>, digits: usize| match value {
        Some(value) if value.is_finite() => Cell::Words(Text::same(significant(value, digits))),
        Some(value) => Cell::Words(Text::same(significant(value, 1))),
        None => Cell::Words(Text::same("—")),
    };
    let row = |run: &Run<'_>| {
        let training = run.training();
        let accuracy = |curve: fn(&Training) -> &[(u64, f64)]| training.and_then(|found| last(curve(found)));
        let cells = vec![
            Cell::Words(run.job.name.clone()),
            number(training.and_then(|found| found.last_loss), 4),
            number(accuracy(|found| &found.training_accuracy), 4),
            number(accuracy(|found| &found.test_accuracy), 4),
            number(run.report.map(|report| report.seconds), 3),
            Cell::Words(run.outcome()),
        ];
        Row { key: Some(run.key), cells }
    };
    Table { columns, rows: runs.iter().map(row).collect() }
}

/// How many mini-batches are learned.
pub(super) const fn iterations_field(default: &'static str, only: Condition) -> Field {
    Field {
        name: "iterations",
        label: Text::new("Iterations", "迭代次数"),
        help: Text::new("Mini-batches that each network learns.", "每个网络学习的 mini-batch 个数。"),
        kind: Kind::Count { min: 1, max: 100_000 },
        default,
        live: false,
        place: Place::More,
        only,
    }
}

/// How many images a mini-batch has.
pub(super) const fn batch_field(default: &'static str, only: Condition) -> Field {
    Field {
        name: "batch",
        label: Text::new("Mini-batch size", "mini-batch 大小"),
        help: Text::new("Images in each iteration.", "每次迭代使用的图像数。"),
        kind: Kind::Count { min: 1, max: 1000 },
        default,
        live: false,
        place: Place::More,
        only,
    }
}

/// A named network with the mini-batch size and the seed of the form.
pub(super) fn network(name: &str, settings: &Settings) -> Result<NetSpec> {
    let spec = networks::named(name).ok_or_else(|| Error::new(Code::NotAChoice, "network", name, ""))?;
    Ok(NetSpec { batch_size: settings.count("batch") as usize, seed: settings.count("seed"), ..spec })
}

/// So much of MNIST.
pub(super) fn mnist(train: Count, test: Count) -> Needs {
    let share = |count| vec![Share { set: SetName::Mnist, count }];
    Needs { train: share(train), test: share(test) }
}

/// The charts that there are, each alone in its slot.
pub(super) fn pictures<const N: usize>(charts: [(&'static str, Option<Chart>); N]) -> Vec<Picture> {
    let picture = |(slot, chart): (&'static str, Option<Chart>)| {
        Some(Picture { slot, key: None, caption: Text::same(""), chart: chart? })
    };
    charts.into_iter().filter_map(picture).collect()
}

/// A start that was moved to a place, kept within `±most` and written with three significant digits.
pub(super) fn moved_start(to: [f64; 2], most: (f64, f64)) -> Edits {
    let [x0, x1] = to;
    if x0.is_nan() || x1.is_nan() {
        return Edits::default();
    }
    let spelled = |value: f64, most: f64| significant(value.clamp(-most, most), 3);
    Edits { settings: vec![("x0", spelled(x0, most.0)), ("x1", spelled(x1, most.1))], step: None }
}
