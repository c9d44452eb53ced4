//! Trainings side by side, each a curve and a row.

use super::{accuracy_plane, curve, grouped, line, loss_plane, number, smooth_loss_curve, told};
use crate::chart::{Chart, Key, Line, Scale};
use crate::labs::Job;
use crate::labs::sheet::{Cell, Number, Row, Table};
use crate::text::Text;
use crate::train::history::Bucket;
use crate::train::report::{Phase, Report, Training};
use crate::train::task::{Task, TrainPlan};

/// A job with its last report. Its key is its place among the jobs.
pub(in crate::labs) struct Run<'a> {
    pub(in crate::labs) job: &'a Job,
    pub(in crate::labs) key: Key,
    pub(in crate::labs) report: Option<&'a Report>,
}

/// The jobs with their reports.
pub(in crate::labs) fn runs<'a>(jobs: &'a [Job], reports: &'a [Option<Report>]) -> Vec<Run<'a>> {
    let run = |(index, job): (usize, &'a Job)| Run {
        job,
        key: Key(index as u32),
        report: reports.get(index).and_then(Option::as_ref),
    };
    jobs.iter().enumerate().map(run).collect()
}

impl<'a> Run<'a> {
    /// The state of its training; none before the first report.
    pub(in crate::labs) fn training(&self) -> Option<&'a Training> {
        self.report.and_then(Report::training)
    }

    fn plan(&self) -> Option<&'a TrainPlan> {
        match &self.job.task {
            Task::Train(plan) => Some(plan),
            _ => None,
        }
    }

    /// Its last iteration, or the present one of a run without end.
    pub(in crate::labs) fn end(&self) -> Option<u64> {
        self.plan().and_then(|plan| plan.limit).or(self.report.map(|report| report.done))
    }

    /// Whether nothing more comes of it.
    pub(in crate::labs) fn is_over(&self) -> bool {
        self.report.is_some_and(|report| matches!(report.phase, Phase::Finished | Phase::Diverged))
    }

    /// The mean loss at the end of its curve; none before the first mini-batch, or where it diverged.
    pub(in crate::labs) fn end_loss(&self) -> Option<f64> {
        let training = self.training().filter(|training| training.diverged_at.is_none())?;
        Some(end_loss(training)).filter(|loss| loss.is_finite())
    }

    /// How far it is, or how it ended.
    pub(in crate::labs) fn outcome(&self) -> Text {
        let Some((report, training)) = self.report.and_then(|report| Some((report, report.training()?)))
        else {
            return Text::new("not started", "未开始");
        };
        if let Some(iteration) = training.diverged_at {
            return told(
                format!("diverged at iteration {}", grouped(iteration)),
                format!("在第 {iteration} 次迭代发散"),
            );
        }
        match (report.phase, report.of) {
            (Phase::Finished, _) if !fell(training) => Text::new("no progress", "几乎不更新"),
            (Phase::Finished, _) => Text::new("finished", "已完成"),
            (Phase::Waiting, _) if report.done == 0 => Text::new("waiting for data", "等待数据"),
            (_, Some(of)) => Text::same(format!("{} / {of}", report.done)),
            _ => Text::same(report.done.to_string()),
        }
    }
}

/// Whether the loss fell by a twentieth of what it was.
fn fell(training: &Training) -> bool {
    training.loss.first().is_none_or(|first| end_loss(training) <= 0.95 * first.mean())
}

/// The mean of the last tenth of the points, since a single mini-batch says little; not a number before the first.
fn end_loss(training: &Training) -> f64 {
    let losses = &training.loss;
    let tail = &losses[losses.len() - losses.len().div_ceil(10)..];
    tail.iter().map(Bucket::mean).sum::<f64>() / tail.len() as f64
}

/// The last iteration of the axis that all runs share: the end of the longest.
fn last(runs: &[Run<'_>]) -> u64 {
    runs.iter().filter_map(Run::end).max().unwrap_or(0)
}

/// The loss of each run, by powers of ten; before the first mini-batch that of guessing.
pub(in crate::labs) fn loss_chart(runs: &[Run<'_>]) -> Option<Chart> {
    let curve = |run: &Run<'_>| {
        let training = run.training().filter(|training| !training.loss.is_empty())?;
        let curve = smooth_loss_curve(run.job.name.clone(), run.job.color, training);
        Some(Line { key: Some(run.key), ..curve })
    };
    let mut curves: Vec<_> = runs.iter().filter_map(curve).collect();
    let loss = runs.iter().find_map(Run::plan)?.spec.loss;
    if curves.is_empty() {
        curves.push(guessing(runs, libm::log(CLASSES)));
    }
    Some(Chart::Plane(loss_plane(loss, Scale::Log, last(runs), curves)))
}

/// The test accuracy of each run; none before the first evaluation.
pub(in crate::labs) fn test_accuracy_chart(runs: &[Run<'_>]) -> Option<Chart> {
    let curve = |run: &Run<'_>| {
        let training = run.training().filter(|training| !training.test_accuracy.is_empty())?;
        let curve = curve(run.job.name.clone(), run.job.color, &training.test_accuracy);
        Some(Line { key: Some(run.key), ..curve })
    };
    let mut curves: Vec<_> = runs.iter().filter_map(curve).collect();
    if curves.is_empty() {
        curves.push(guessing(runs, 1.0 / CLASSES));
    }
    Some(Chart::Plane(accuracy_plane(last(runs), curves)))
}

/// The classes of MNIST.
const CLASSES: f64 = 10.0;

/// What a network that guesses comes to: where every curve is to begin, shown until one does.
fn guessing(runs: &[Run<'_>], value: f64) -> Line {
    let name = Text::new("a network that guesses", "随机猜测的网络");
    line(name, 6, vec![[0.0, value], [last(runs) as f64, value]])
}

/// How far the slowest run is of those that can go on; the longest one when none can.
pub(in crate::labs) fn slowest(runs: &[Run<'_>]) -> Option<Number> {
    let done = |run: &Run<'_>| run.report.map_or(0, |report| report.done);
    let going = runs.iter().filter(|run| !run.is_over()).map(done).min();
    let value = going.or(runs.iter().map(done).max()).map(|done| done.to_string());
    number("iteration", Text::new("Iteration", "迭代次数"), value)
}

/// How many of many runs have ended.
pub(in crate::labs) fn finished(runs: &[Run<'_>]) -> Option<Number> {
    let ended = runs.iter().filter(|run| run.is_over()).count();
    number("ended", Text::new("Networks trained", "已训练的网络"), Some(format!("{ended} / {}", runs.len())))
}

/// A row for each run: its name, outcome, loss, accuracies and time. A column that no run has a number for is left out.
pub(in crate::labs) fn run_table(first: Text, runs: &[Run<'_>]) -> Table {
    let last = |curve: &[(u64, f64)]| curve.last().map(|&(_, accuracy)| accuracy);
    let of = |run: &Run<'_>| {
        let training = run.training();
        [
            training.and_then(|training| training.last_loss),
            training.and_then(|training| last(&training.training_accuracy)),
            training.and_then(|training| last(&training.test_accuracy)),
            run.report.map(|report| (report.seconds * 10.0).round() / 10.0),
        ]
    };
    let values: Vec<_> = runs.iter().map(of).collect();
    let names = [
        Text::new("loss", "损失"),
        Text::new("training accuracy", "训练精度"),
        Text::new("test accuracy", "测试精度"),
        Text::new("seconds", "秒"),
    ];
    let is_known = |&at: &usize| values.iter().any(|values| values[at].is_some());
    let shown: Vec<usize> = (0..names.len()).filter(is_known).collect();
    let cell = |value: Option<f64>| value.map_or_else(|| Cell::Words(Text::same("")), Cell::Number);
    let row = |(run, values): (&Run<'_>, &[Option<f64>; 4])| {
        let words = [run.job.name.clone(), run.outcome()].map(Cell::Words);
        let cells = words.into_iter().chain(shown.iter().map(|&at| cell(values[at]))).collect();
        Row { key: Some(run.key), cells }
    };
    let columns = [first, Text::new("outcome", "结果")].into_iter();
    let columns = columns.chain(shown.iter().map(|&at| names[at].clone())).collect();
    Table { columns, rows: runs.iter().zip(&values).map(row).collect() }
}
