//! The trials in the order of what has come of them, and their table.

use crate::chart::Key;
use crate::labs::digits;
use crate::labs::parts::{self, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Row, Table};
use crate::order;
use crate::text::Text;
use crate::train::report::Phase;
use crate::train::task::Task;

/// A trial with what has come of it.
pub(super) struct Trial<'a> {
    pub(super) key: Key,
    pub(super) name: &'a Text,
    pub(super) rate: f64,
    pub(super) decay: f64,
    /// The validation accuracy by which it is ranked: that after its last epoch, or after the latest one.
    pub(super) accuracy: Option<f64>,
    pub(super) run: parts::Run<'a>,
}

impl<'a> Trial<'a> {
    fn of(run: parts::Run<'a>) -> Option<Self> {
        let Task::Train(plan) = &run.job.task else { return None };
        let optimizer = plan.spec.optimizer;
        let last = run.training().and_then(|training| training.test_accuracy.last());
        Some(Self {
            key: run.key,
            name: &run.job.name,
            rate: optimizer.learning_rate,
            decay: optimizer.weight_decay.unwrap_or_default(),
            accuracy: last
                .and_then(|&(iteration, share)| (iteration > 0 && share.is_finite()).then_some(share)),
            run,
        })
    }

    fn phase(&self) -> Option<Phase> {
        self.run.report.map(|report| report.phase)
    }

    pub(super) fn has_diverged(&self) -> bool {
        self.run.training().is_some_and(|training| training.diverged_at.is_some())
    }

    /// Its accuracy if it has come to its end.
    pub(super) fn merit(&self) -> Option<f64> {
        self.accuracy.filter(|_| self.phase() == Some(Phase::Finished) && !self.has_diverged())
    }
}

/// All trials: those that have come to their end, the best first, then those at work, those that have yet to begin, and
/// last those that diverged.
pub(super) fn ranking(runs: Vec<parts::Run<'_>>) -> Vec<Trial<'_>> {
    let mut trials: Vec<Option<Trial<'_>>> = runs.into_iter().map(Trial::of).collect();
    let worth = |trial: &Trial<'_>| match trial.merit() {
        Some(merit) => 3.0 + merit,
        None if trial.has_diverged() => 0.0,
        None if trial.accuracy.is_some() => 2.0,
        None => 1.0,
    };
    let order = order::largest_first(trials.len(), |at| trials[at].as_ref().map_or(0.0, worth));
    order.into_iter().filter_map(|at| trials[at].take()).collect()
}

/// A row for each trial, the best first.
pub(super) fn table(settings: &Settings, trials: &[Trial<'_>]) -> Table {
    let cell = |value: Option<f64>| value.map_or_else(|| Cell::Words(Text::same("")), Cell::Number);
    let row = |trial: &Trial<'_>| {
        let learned = trial.run.training().and_then(|training| training.training_accuracy.last());
        let cells = vec![
            Cell::Words(trial.name.clone()),
            Cell::Words(trial.run.outcome()),
            cell(trial.accuracy),
            cell(learned.filter(|(iteration, _)| *iteration > 0).map(|&(_, accuracy)| accuracy)),
            Cell::Number(trial.rate),
            Cell::Number(trial.decay),
            link(settings, trial.rate),
        ];
        Row { key: Some(trial.key), cells }
    };
    Table {
        columns: vec![
            Text::new("trial", "试验"),
            Text::new("outcome", "结果"),
            Text::new("validation accuracy", "验证精度"),
            Text::new("training accuracy", "训练精度"),
            Text::new("learning rate η", "学习率 η"),
            Text::new("weight decay λ", "权值衰减 λ"),
            Text::new("all of MNIST", "全部 MNIST"),
        ],
        rows: trials.iter().map(row).collect(),
    }
}

/// The way to train the lab Digits' network at the trial's rate; none for a rate that it does not allow.
fn link(settings: &Settings, rate: f64) -> Cell {
    let Some((name, rate)) = parts::moved(digits::LAB.fields, "learningRate", rate)
        .filter(|(_, spelled)| spelled.parse::<f64>().is_ok_and(|near| (near / rate - 1.0).abs() < 0.1))
    else {
        return Cell::Words(Text::same(""));
    };
    let text = told(format!("Digits at η = {rate}"), format!("手写数字识别，η = {rate}"));
    let chosen = [("hidden", "100".to_owned()), ("init", "he".to_owned())];
    let batch = ("batch", settings.count("batch").to_string());
    Cell::Link {
        text,
        lab: digits::LAB.id,
        settings: [(name, rate), batch].into_iter().chain(chosen).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::search::FIELDS;

    #[test]
    fn a_trial_opens_in_digits_where_that_allows_its_rate() {
        let settings = Settings::of(FIELDS, &[]);
        assert!(matches!(link(&settings, 1e-6), Cell::Words(_)));
        let Cell::Link { lab: "digits", settings: chosen, .. } = link(&settings, 0.008_123) else {
            panic!("no link")
        };
        assert!(chosen.contains(&("learningRate", "0.00812".to_owned())), "{chosen:?}");
    }
}
