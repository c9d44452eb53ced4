//! What may be guessed before a run.

use super::{Run, significant, told};
use crate::labs::sheet::{Answer, Guess};
use crate::text::Text;

/// Which run has the lowest loss in the end.
pub(in crate::labs) fn lowest_loss(question: Text, runs: &[Run<'_>]) -> Option<Guess> {
    which_is_best(
        question,
        runs,
        |run| run.end_loss(),
        |name, loss| {
            told(
                format!("{} ends lowest, with a loss of {}.", name.en, significant(loss, 3)),
                format!("{}的最终损失最低：{}。", name.zh, significant(loss, 3)),
            )
        },
    )
}

/// Which run comes out best: the one with the lowest score, once all are over. A run without a score cannot win, and runs
/// of one name are no question.
///
/// `told` says what came out, from the winner's name and its score.
pub(in crate::labs) fn which_is_best(
    question: Text,
    runs: &[Run<'_>],
    score: fn(&Run<'_>) -> Option<f64>,
    told: fn(&Text, f64) -> Text,
) -> Option<Guess> {
    let scores = runs.iter().enumerate().filter_map(|(index, run)| Some((index, score(run)?)));
    let finite = scores.filter(|(_, score)| score.is_finite());
    let best = if runs.iter().all(Run::is_over) {
        finite.min_by(|one, other| one.1.total_cmp(&other.1))
    } else {
        None
    };
    let answer = best.map(|(option, score)| Answer { option, told: told(&runs[option].job.name, score) });
    let options: Vec<Text> = runs.iter().map(|run| run.job.name.clone()).collect();
    // The same rate twice cannot be told apart.
    let is_told_twice = |place: usize| options[..place].iter().any(|option| option.en == options[place].en);
    (options.len() > 1 && !(0..options.len()).any(is_told_twice)).then_some(Guess {
        question,
        options,
        answer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::Job;
    use crate::labs::parts::runs;
    use crate::labs::settings::Settings;
    use crate::train::history::Bucket;
    use crate::train::report::{Findings, Phase, Report, Training};

    fn jobs() -> Vec<Job> {
        let lab = crate::labs::find("learning-rate").expect("a lab");
        let pairs = [("task", "mnist"), ("rates", "0.01, 0.1, 10")];
        (lab.jobs)(&Settings::of(lab.fields, &pairs)).expect("jobs")
    }

    fn report(phase: Phase, losses: &[f64]) -> Option<Report> {
        let bucket =
            |(at, &loss): (u64, &f64)| Bucket { iteration: at, count: 1, sum: loss, low: loss, high: loss };
        let loss = (1..).zip(losses).map(bucket).collect();
        let diverged_at = (phase == Phase::Diverged).then_some(3);
        let findings = Findings::Training(Training { loss, diverged_at, ..Training::default() });
        Some(Report { phase, done: 9, of: Some(9), seconds: 1.0, findings })
    }

    fn answer(reports: &[Option<Report>]) -> Option<Answer> {
        lowest_loss(Text::same("?"), &runs(&jobs(), reports)).expect("three to choose from").answer
    }

    #[test]
    fn the_lowest_loss_wins_once_all_are_over_and_what_diverged_cannot_win() {
        let good = || report(Phase::Finished, &[2.3, 0.2]);
        let fair = || report(Phase::Finished, &[2.3, 0.5]);
        let lost = || report(Phase::Diverged, &[2.3, 0.1]);
        let found = answer(&[fair(), good(), lost()]).expect("all are over");
        assert_eq!(found.option, 1);
        assert_eq!(found.told.en, "η = 0.1 ends lowest, with a loss of 0.2.");
        assert_eq!(answer(&[fair(), report(Phase::Ready, &[2.3, 0.1]), lost()]), None);
        assert_eq!(answer(&[lost(), lost(), lost()]), None, "none ends at all");
        assert_eq!(answer(&[]), None);
    }

    #[test]
    fn a_single_run_is_no_question() {
        let jobs = jobs();
        assert_eq!(lowest_loss(Text::same("?"), &runs(&jobs[..1], &[])), None);
    }
}
