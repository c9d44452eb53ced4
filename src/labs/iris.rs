//! A small network on measured flowers, trained by differences beside backpropagation (not in the book).

mod decision;
mod fields;
mod task;
mod words;

use self::task::{Method, Setup};
use super::parts::{self, Run, listed, number, significant, told};
use super::settings::Settings;
use super::sheet::{Answer, Guess, Notice, Sheet, Tone};
use super::{Job, Lab, Moment, no_drag, no_steps};
use crate::chart::{Chart, Key, Line};
use crate::error::Result;
use crate::text::Text;
use crate::train::history::Bucket;
use crate::train::report::{Report, Training};

/// Keys from here on are samples, those to learn from first.
const SAMPLES: u32 = 100;

/// Flowers told apart, with the gradient from differences and from backpropagation.
pub(super) const LAB: Lab = Lab {
    id: "iris",
    sections: &[],
    title: words::TITLE,
    line: words::LINE,
    about: words::ABOUT,
    formula: words::FORMULA,
    fields: fields::FIELDS,
    slots: words::SLOTS,
    inputs: &[],
    suggestions: words::SUGGESTIONS,
    pace: 10.0,
    jobs,
    steps: no_steps,
    show,
    drag: no_drag,
    guess: |settings, _, reports| guess(settings, reports),
};

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let setup = Setup::new(settings)?;
    Ok(Method::ALL.iter().map(|method| Job::new(method.name(), *method as u8, setup.task(*method))).collect())
}

fn show(settings: &Settings, moment: &Moment, reports: &[Option<Report>]) -> Sheet {
    let Ok(setup) = Setup::new(settings) else { return Sheet::default() };
    let jobs = jobs(settings).unwrap_or_default();
    let runs = parts::runs(&jobs, reports);
    let chosen = moment.chosen.and_then(|Key(key)| key.checked_sub(SAMPLES)).map(|sample| sample as usize);
    let plane = decision::Decision::new(&setup, &runs);
    let accuracy = runs.last().and_then(Run::training).and_then(|training| training.present_test_accuracy);
    let [numerical, backward] = seconds(&runs);
    Sheet {
        notices: verdict(&runs).into_iter().collect(),
        numbers: listed([
            parts::slowest(&runs),
            number("test-accuracy", Text::new("Test accuracy", "测试精度"), accuracy.map(share)),
            number("numerical-time", Text::new("Numerical", "数值微分"), numerical.map(time)),
            number(
                "backpropagation-time",
                Text::new("Backpropagation", "误差反向传播法"),
                backward.map(time),
            ),
            chosen.and_then(|sample| plane.told(sample)),
        ]),
        table: Some(words::table(&runs)),
        pictures: parts::pictures([
            ("decision", Some(plane.chart(settings))),
            ("loss", Some(losses(&setup, &runs))),
            ("accuracy", Some(accuracies(&setup, &runs))),
        ]),
    }
}

/// How long each run was at work, once it has taken a step.
fn seconds(runs: &[Run<'_>]) -> [Option<f64>; 2] {
    [0, 1].map(|run| {
        let report = runs.get(run).and_then(|run| run.report);
        report.filter(|report| report.done > 0 && report.seconds > 0.0).map(|report| report.seconds)
    })
}

/// A time in words: `12.3 ms`.
fn time(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} ms", significant(1e3 * seconds, 3))
    } else {
        format!("{} s", significant(seconds, 3))
    }
}

fn share(accuracy: f64) -> String {
    significant(accuracy, 4)
}

/// The mean loss of each epoch.
fn losses(setup: &Setup, runs: &[Run<'_>]) -> Chart {
    let curve = |run: &Run<'_>| {
        let points = epochs(run.training()?);
        let drawn = parts::line(run.job.name.clone(), run.job.color, points);
        (!drawn.points.is_empty()).then_some(Line {
            key: Some(run.key),
            dots: drawn.points.len() <= 40,
            ..drawn
        })
    };
    let curves = runs.iter().filter_map(curve).collect();
    let curves = or_guessing(curves, setup, libm::log(setup.kinds.len() as f64));
    Chart::Plane(parts::loss_plane(setup.spec.loss, crate::chart::Scale::Linear, setup.limit(), curves))
}

/// The last iteration of each epoch and the mean loss of its mini-batches.
fn epochs(training: &Training) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = Vec::new();
    let per_epoch = training.per_epoch.max(1);
    let of = |bucket: &Bucket| bucket.iteration.saturating_sub(1) / per_epoch;
    for epoch in training.loss.chunk_by(|one, other| of(one) == of(other)) {
        let (mut sum, mut count) = (0.0, 0_u64);
        for bucket in epoch {
            sum += bucket.sum;
            count += bucket.count;
        }
        points.push([epoch[epoch.len() - 1].iteration as f64, sum / count as f64]);
    }
    points
}

/// The test accuracy of both, and how well the second one classifies what it learns from.
fn accuracies(setup: &Setup, runs: &[Run<'_>]) -> Chart {
    let curve = |run: &Run<'_>| {
        let training = run.training().filter(|training| !training.test_accuracy.is_empty())?;
        let curve = parts::curve(run.job.name.clone(), run.job.color, &training.test_accuracy);
        Some(Line { key: Some(run.key), ..curve })
    };
    let curves = or_guessing(runs.iter().filter_map(curve).collect(), setup, 1.0 / setup.kinds.len() as f64);
    Chart::Plane(parts::accuracy_plane(setup.limit(), curves))
}

/// The curves, or where they are to begin.
fn or_guessing(curves: Vec<Line>, setup: &Setup, value: f64) -> Vec<Line> {
    if !curves.is_empty() {
        return curves;
    }
    let name = Text::new("a network that guesses", "随机猜测的网络");
    vec![parts::line(name, 6, vec![[0.0, value], [setup.limit() as f64, value]])]
}

/// How many times as long a step with the numerical gradient took, once both are over.
fn ratio(runs: &[Run<'_>]) -> Option<f64> {
    let [Some(numerical), Some(backward)] = seconds(runs) else { return None };
    // One that diverged ended early.
    let done = |run: usize| runs.get(run).and_then(|run| run.report).map_or(0, |report| report.done) as f64;
    let ratio = (numerical / done(0)) / (backward / done(1));
    (runs.iter().all(Run::is_over) && ratio.is_finite()).then_some(ratio)
}

/// The largest distance of the two curves, where they have as many points.
fn distance(runs: &[Run<'_>]) -> Option<f64> {
    let [one, other] =
        [0, 1].map(|run| runs.get(run).and_then(Run::training).map(epochs).unwrap_or_default());
    let apart = one.iter().zip(&other).map(|(one, other)| (one[1] - other[1]).abs());
    (!one.is_empty() && one.len() == other.len()).then(|| apart.fold(0.0, f64::max))
}

/// Mean losses of an epoch that lie no further apart than this make one curve.
const SAME: f64 = 1e-3;

fn verdict(runs: &[Run<'_>]) -> Option<Notice> {
    let (ratio, apart) = (ratio(runs)?, distance(runs)?);
    let (code, en, zh) = if apart < SAME {
        (
            "same-curve",
            "The same curve twice: the mean losses of an epoch differ by",
            "两条曲线相同：每个 epoch 的平均损失最多相差",
        )
    } else {
        (
            "curves-part",
            "The curves part, because small differences grow from step to step: the mean losses of an epoch differ by",
            "微小的差异逐步累积，两条曲线分开：每个 epoch 的平均损失最多相差",
        )
    };
    let (ratio, apart) = (significant(ratio, 2), significant(apart, 2));
    let text = told(
        format!("{en} {apart} at most. The numerical gradient took {ratio} times as long."),
        format!("{zh} {apart}。数值微分用时是误差反向传播法的 {ratio} 倍。"),
    );
    Some(Notice { code, tone: Tone::Info, text, remedies: Vec::new() })
}

/// The bounds between what may be guessed.
const BOUNDS: [f64; 3] = [2.0, 8.0, 32.0];

/// How many times as long the numerical gradient takes.
fn guess(settings: &Settings, reports: &[Option<Report>]) -> Option<Guess> {
    let jobs = jobs(settings).ok()?;
    let runs = parts::runs(&jobs, reports);
    let answer = ratio(&runs).map(|ratio| {
        let times = significant(ratio, 2);
        Answer {
            option: BOUNDS.iter().filter(|bound| ratio >= **bound).count(),
            told: told(
                format!(
                    "{times} times as long: two forward passes for each of {} parameters, against one pass forward and one back.",
                    words::parameters(&jobs)
                ),
                format!(
                    "{times} 倍：{} 个参数各需两次正向传播，而误差反向传播法只需一次正向和一次反向传播。",
                    words::parameters(&jobs)
                ),
            ),
        }
    });
    let question = Text::new(
        "How many times as long does the numerical gradient take?",
        "数值微分的用时是误差反向传播法的多少倍？",
    );
    let options = ["< 2", "2 – 8", "8 – 32", "> 32"].map(Text::same).to_vec();
    Some(Guess { question, options, answer })
}

#[cfg(test)]
mod tests;
