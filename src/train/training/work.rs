//! A training as a task at work.

use super::evaluations::Evaluated;
use super::{Training, check};
use crate::data::sets::Sets;
use crate::error::Result;
use crate::nn::spec::NetSpec;
use crate::train::report::{Report, Want};
use crate::train::task::{Task, TrainPlan};
use crate::train::trainer::Trainer;
use crate::train::work::{Progress, Work};

impl Work for Training {
    fn set_data(&mut self, sets: &Sets) -> Result<()> {
        self.take_over(sets)
    }

    fn work(&mut self) -> Progress {
        self.drop_asked_evaluation();
        match self.evaluate_piece() {
            Evaluated::Piece => Progress::Between,
            Evaluated::Waiting => Progress::Waiting,
            Evaluated::Nothing if self.goes_on() => self.learn(),
            Evaluated::Nothing => Progress::Done,
        }
    }

    fn finish_evaluation(&mut self) -> bool {
        self.evaluate_piece() == Evaluated::Piece && self.has_evaluation_left()
    }

    fn evaluate(&mut self) {
        self.ask_for_evaluation();
    }

    fn survey(&mut self, wants: &[Want]) -> bool {
        wants.contains(&Want::Landscape) && self.survey_landscape()
    }

    fn report(&mut self, seconds: f64, wants: &[Want]) -> Report {
        self.record.note_reached(seconds);
        if wants.contains(&Want::Mistakes) {
            self.find_mistakes();
        }
        Training::report(self, seconds, wants)
    }

    fn change(&mut self, task: &Task) -> Result<bool> {
        let Task::Train(plan) = task else { return Ok(false) };
        let optimizer = plan.spec.optimizer;
        let same = |plan: &TrainPlan| {
            (NetSpec { optimizer, ..plan.spec.clone() }, plan.needs.clone(), plan.gradient)
        };
        if same(plan) != same(&self.plan) {
            return Ok(false);
        }
        check(plan)?;
        if optimizer != self.plan.spec.optimizer {
            self.trainer.set_optimizer(optimizer)?;
        }
        if plan.evaluation != self.plan.evaluation {
            self.change_evaluation(plan.evaluation);
        }
        self.plan = plan.clone();
        Ok(true)
    }

    fn mark(&mut self) -> Vec<u8> {
        self.pack()
    }

    fn go_to(&mut self, mark: &[u8]) -> Result<()> {
        *self = Self::from_mark(mark, &self.sets)?;
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        *self = Self::of(self.plan.clone(), Trainer::new(&self.plan.spec)?, self.sets.clone())?;
        Ok(())
    }

    fn take_file(&mut self, bytes: &[u8]) -> Result<()> {
        Training::take_file(self, bytes)
    }

    fn training(&mut self) -> Option<&mut Training> {
        Some(self)
    }
}
