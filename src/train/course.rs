//! How a run went, as far as it takes to repeat it: what it began with, what its first mini-batches cost, and every
//! change of the update rule among them.

use serde::{Deserialize, Serialize};

use super::packed::{Floats, optimizer_spec};
use crate::nn::spec::OptimizerSpec;

/// The first mini-batches of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Course {
    /// All parameters at the start, one after the other; none where they are those of the seed.
    given: Option<Floats>,
    /// The loss of each mini-batch before its update.
    losses: Floats,
    /// The update rules, each from its first mini-batch on.
    rules: Vec<Ruled>,
}

/// From when on an update rule was at work.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ruled {
    /// Mini-batches before it.
    pub(super) from: u64,
    /// How many steps its memory was of by then: 0 where it began without any.
    pub(super) steps: u64,
    /// The rule.
    #[serde(with = "optimizer_spec")]
    pub(super) optimizer: OptimizerSpec,
}

impl Course {
    /// The most mini-batches: rounding has grown beyond what can be compared long before that in most runs, and 4 kB
    /// are little beside the weights.
    pub(super) const MOST: usize = 1000;

    /// The course of a run that begins with these parameters.
    pub(super) fn given(parameters: Vec<f32>) -> Self {
        Self { given: Some(Floats(parameters)), ..Self::default() }
    }

    /// Notes a mini-batch that was learned after `iteration` others with this rule, whose memory was of `steps` before.
    pub(super) fn note(&mut self, iteration: u64, loss: f32, optimizer: OptimizerSpec, steps: u64) {
        if iteration != self.losses.0.len() as u64 || self.losses.0.len() >= Self::MOST {
            return;
        }
        let goes_on = self.rules.last().is_some_and(|last| {
            last.optimizer == optimizer && last.steps.saturating_add(iteration - last.from) == steps
        });
        if !goes_on {
            self.rules.push(Ruled { from: iteration, steps, optimizer });
        }
        self.losses.0.push(loss);
    }

    /// What came after an iteration is left behind.
    pub(super) fn cut(&mut self, iteration: u64) {
        self.losses.0.truncate(iteration.try_into().unwrap_or(usize::MAX));
        self.rules.retain(|rule| rule.from < iteration);
    }

    /// The parameters at the start; none where they are those of the seed.
    pub(super) fn start(&self) -> Option<&[f32]> {
        self.given.as_ref().map(|given| &given.0[..])
    }

    /// The loss of each mini-batch.
    pub(super) fn losses(&self) -> &[f32] {
        &self.losses.0
    }

    /// The update rules in their order; the first is at work from the start.
    pub(super) fn rules(&self) -> &[Ruled] {
        &self.rules
    }

    /// Whether this is what a run of a network of so many numbers can leave; a course from outside may be anything.
    pub(super) fn is_sound(&self, numbers: usize) -> bool {
        let losses = self.losses.0.len();
        let rules = &self.rules;
        losses <= Self::MOST
            && self.given.as_ref().is_none_or(|given| given.0.len() == numbers)
            && rules.is_empty() == (losses == 0)
            && rules.first().is_none_or(|rule| rule.from == 0)
            && rules.iter().all(|rule| rule.from < losses as u64 && rule.optimizer.check().is_ok())
            && rules.windows(2).all(|pair| pair[0].from < pair[1].from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::OptimizerKind;

    #[test]
    fn rules_are_noted_where_they_change_or_forget() {
        let sgd = |rate| OptimizerSpec::new(OptimizerKind::Sgd, rate);
        let mut course = Course::default();
        for (iteration, rate, steps) in
            [(0, 0.1, 0), (1, 0.1, 1), (2, 0.2, 2), (3, 0.2, 3), (4, 0.2, 0), (5, 0.2, 1)]
        {
            course.note(iteration, iteration as f32, sgd(rate), steps);
        }
        let rules = |course: &Course| course.rules().iter().map(|rule| rule.from).collect::<Vec<_>>();
        assert_eq!((rules(&course), course.losses().len()), (vec![0, 2, 4], 6));
        assert!(course.is_sound(0));
        course.note(9, 1.0, sgd(0.2), 5);
        assert_eq!(course.losses().len(), 6, "a gap ends what can be repeated");
        course.cut(4);
        assert_eq!((rules(&course), course.losses()), (vec![0, 2], &[0.0, 1.0, 2.0, 3.0][..]));
        course.cut(0);
        assert!(course.is_sound(0) && course.rules().is_empty());
    }

    #[test]
    fn it_is_bounded() {
        let mut course = Course::given(vec![1.0; 3]);
        for iteration in 0..3000 {
            course.note(iteration, 1.0, OptimizerSpec::new(OptimizerKind::Adam, 0.1), iteration);
        }
        assert_eq!((course.losses().len(), course.rules().len()), (Course::MOST, 1));
        assert!(course.is_sound(3) && !course.is_sound(4));
    }
}
