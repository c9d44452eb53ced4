//! When and how a training is evaluated, a piece at a time.

use serde::{Deserialize, Serialize};

use super::Training;
use crate::data::collection::Collection;
use crate::train::evaluation::Evaluation;
use crate::train::task::EvaluationPlan;

/// The evaluations of a training, made and under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Evaluations {
    /// The iteration of the last one that the plan asked for.
    made_at: Option<u64>,
    /// Whether one is asked for because the run rests.
    asked: bool,
    running: Option<Running>,
    present: Option<Present>,
    pub(super) predicted: Option<Predicted>,
}

/// What an evaluation found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Present {
    iteration: u64,
    /// The accuracy on the test examples of the plan; none where it names none.
    pub(super) test: Option<f64>,
    /// The accuracy on its training examples.
    pub(super) training: Option<f64>,
}

/// The classes predicted for the test examples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Predicted {
    pub(super) iteration: u64,
    pub(super) classes: Vec<u8>,
}

/// An evaluation under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Running {
    /// What it has found on the test examples, once it has come to the training examples.
    test: Option<Option<f64>>,
    walk: Evaluation,
}

/// What a piece of evaluation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evaluated {
    /// There is none to make.
    Nothing,
    /// It needs examples that have not arrived.
    Waiting,
    /// A piece was made.
    Piece,
}

impl Evaluations {
    /// No results; the last evaluation that the plan asked for was made then.
    pub(super) fn made_at(iteration: Option<u64>) -> Self {
        Self { made_at: iteration, ..Self::default() }
    }

    /// The iteration of the last evaluation that the plan asked for.
    pub(super) fn last_made(&self) -> Option<u64> {
        self.made_at
    }

    /// The results, where they are of this iteration.
    pub(super) fn present(&self, iteration: u64) -> Option<Present> {
        self.present.filter(|present| present.iteration == iteration)
    }

    /// Begins the evaluation under way again, where there is one.
    pub(super) fn restart(&mut self) {
        if self.running.is_some() {
            self.running = Some(Running::default());
        }
    }

    /// The classes predicted for the first test examples, and of which iteration: those of the last evaluation, or of
    /// one under way while there is none.
    pub(super) fn newest(&self, iteration: u64) -> Option<(u64, &[u8])> {
        if let Some(found) = &self.predicted {
            return Some((found.iteration, &found.classes));
        }
        let running = self.running.as_ref().filter(|running| running.test.is_none())?;
        Some((iteration, running.walk.predictions()))
    }

    /// Forgets what was found with other examples.
    pub(super) fn forget_results(&mut self) {
        self.restart();
        self.present = None;
        self.predicted = None;
    }
}

impl Training {
    /// Whether the plan asks for an evaluation now.
    pub(super) fn is_evaluation_due(&self) -> bool {
        let iteration = self.iteration();
        if self.has_diverged() || self.evaluations.made_at == Some(iteration) {
            return false;
        }
        let every = self.plan.evaluation.every.unwrap_or_else(|| self.trainer.iterations_per_epoch());
        iteration.is_multiple_of(every) || !self.goes_on()
    }

    /// Asks for an evaluation because the run rests.
    pub(super) fn ask_for_evaluation(&mut self) {
        self.evaluations.asked = self.evaluations.present(self.iteration()).is_none();
    }

    /// Drops an evaluation that was only asked for, because the run rests no longer.
    pub(super) fn drop_asked_evaluation(&mut self) {
        self.evaluations.asked = false;
        if !self.is_evaluation_due() {
            self.evaluations.running = None;
        }
    }

    /// Whether there is something left to evaluate before the run rests.
    pub fn has_evaluation_left(&self) -> bool {
        self.evaluations.asked || self.is_evaluation_due()
    }

    /// Takes over another plan of evaluations; the one under way begins again.
    pub(super) fn change_evaluation(&mut self, plan: EvaluationPlan) {
        self.plan.evaluation = plan;
        self.evaluations.restart();
    }

    /// How many test examples are to be classified; none while some have not arrived.
    fn test_count(&self) -> Option<usize> {
        let count = self.plan.evaluation.test.of(self.test.len());
        let wanted = self.plan.evaluation.test.of(usize::MAX);
        (self.test.is_complete() || count == wanted).then_some(count)
    }

    /// The same of the training examples. In the first pass these are among those that the order has come to, for more
    /// may not have arrived, and the curve must not depend on that.
    fn training_count(&self) -> Option<usize> {
        if self.only_evaluates() {
            return Some(0);
        }
        Some(self.plan.evaluation.train.of(self.trainer.reached()?))
    }

    /// Whether an evaluation has to wait.
    pub(super) fn lacks_samples_to_evaluate(&self) -> bool {
        self.test_count().is_none() || self.training_count().is_none() || self.lacks_its_network()
    }

    /// Whether a file has yet to bring the network that is to be evaluated.
    fn lacks_its_network(&self) -> bool {
        self.only_evaluates() && !self.record.is_given
    }

    /// Makes a piece of the evaluation that is due or asked for: first on the test examples, then on the training
    /// examples. What it finds on both is shown together, when it is done.
    ///
    /// Where no training example has arrived, an evaluation that was asked for ends with the test examples.
    pub(super) fn evaluate_piece(&mut self) -> Evaluated {
        let due = self.is_evaluation_due();
        if !due && !self.evaluations.asked {
            return Evaluated::Nothing;
        }
        let (Some(test_count), training_count) = (self.test_count(), self.training_count()) else {
            return Evaluated::Waiting;
        };
        // A network that is not trained is evaluated on the test examples alone, because the others may never come.
        if training_count.is_none() && !self.evaluations.asked {
            return Evaluated::Waiting;
        }
        if self.lacks_its_network() {
            return Evaluated::Waiting;
        }
        let iteration = self.iteration();
        let running = self.evaluations.running.get_or_insert_default();
        let accuracy = |walk: &Evaluation, count: usize| (count > 0).then(|| walk.accuracy());
        let Some(test) = running.test else {
            let (network, _) = self.trainer.network_and_training();
            if running.walk.advance(network, &self.test, test_count, &mut self.batch) {
                running.test = Some(accuracy(&running.walk, test_count));
                let classes = running.walk.take_predictions();
                running.walk = Evaluation::default();
                let shares = self.plan.needs.test_shares(&self.sets);
                let lengths: Vec<_> = shares.iter().map(Collection::len).collect();
                self.record.shares.note(iteration, &lengths, &self.test, &classes);
                self.evaluations.predicted = (test_count > 0).then_some(Predicted { iteration, classes });
            }
            return Evaluated::Piece;
        };
        let Some(training_count) = training_count else {
            self.evaluations.running = None;
            self.evaluations.asked = false;
            self.evaluations.present = Some(Present { iteration, test, training: None });
            return Evaluated::Piece;
        };
        let (network, samples) = self.trainer.network_and_training();
        let done = running.walk.advance(network, samples, training_count, &mut self.batch);
        // Which class each training example is predicted as is not shown.
        running.walk.take_predictions();
        if done {
            let training = accuracy(&running.walk, training_count);
            self.evaluations.running = None;
            self.evaluations.asked = false;
            self.evaluations.present = Some(Present { iteration, test, training });
            if due {
                self.evaluations.made_at = Some(iteration);
                test.into_iter().for_each(|test| self.record.test_accuracy.push(iteration, test));
                training.into_iter().for_each(|share| self.record.training_accuracy.push(iteration, share));
            }
        }
        Evaluated::Piece
    }
}
