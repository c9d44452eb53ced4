//! The past of a training: states to look back at, and what is set aside meanwhile.

use std::mem;

use super::evaluations::Evaluations;
use super::{Record, Training};
use crate::error::{Code, Error, Result};
use crate::train::report::{Ghost, Look};
use crate::train::state::State;

/// Bytes of states that a training keeps of its past at most.
const BUDGET: usize = 64 << 20;
/// The most states: more than a wide chart lets one tell apart.
const MOST: usize = 400;
/// So many times as many iterations may pass between two states as have passed before the first of them, where this is the
/// number of all states: with 400 of them, a twenty-fifth.
const SPREAD: usize = 16;

/// States of the past, the oldest first: all of the first iterations, and ever fewer of later ones, so that a run of any
/// length fits into [`BUDGET`].
#[derive(Default)]
pub(super) struct Past {
    states: Vec<State>,
}

/// What a training had come to when it was looked back.
pub(super) struct Ahead {
    pub(super) state: State,
    pub(super) evaluations: Evaluations,
}

impl Past {
    /// Whether the state of this iteration is to be kept.
    fn is_due(&self, iteration: u64) -> bool {
        let Some(last) = self.states.last() else { return true };
        let density = (room(last) / SPREAD).max(1) as u64;
        iteration >= last.iteration + (last.iteration / density).max(1)
    }

    fn push(&mut self, state: State) {
        let room = room(&state);
        if room < 2 {
            return;
        }
        self.states.push(state);
        if self.states.len() > room {
            self.thin();
        }
    }

    /// Gives up the state, but for the first and the last one, whose loss leaves the smallest gap for its age.
    fn thin(&mut self) {
        let gap = |window: &[State]| {
            let (before, after) = (window[0].iteration, window[2].iteration);
            (after - before) as f64 / after as f64
        };
        let gaps = self.states.windows(3).map(gap).enumerate();
        if let Some((before, _)) = gaps.min_by(|(_, one), (_, other)| one.total_cmp(other)) {
            self.states.remove(before + 1);
        }
    }

    /// The state whose iteration is nearest, the older one of two; none where the newest iteration is nearer.
    fn nearest(&self, iteration: u64, newest: u64) -> Option<&State> {
        let after = self.states.partition_point(|state| state.iteration < iteration);
        let near = self.states.get(after.saturating_sub(1)..)?.iter().take(2);
        let distance = |state: &&State| state.iteration.abs_diff(iteration);
        near.min_by_key(distance).filter(|state| distance(state) <= newest.abs_diff(iteration))
    }

    /// The iteration of the state after one, or before it.
    fn neighbour(&self, iteration: u64, forward: bool) -> Option<u64> {
        let mut all = self.states.iter().map(|state| state.iteration);
        if forward { all.find(|&at| at > iteration) } else { all.rfind(|&at| at < iteration) }
    }

    /// Forgets what came after an iteration.
    fn cut(&mut self, iteration: u64) {
        self.states.retain(|state| state.iteration <= iteration);
    }
}

/// How many states like this one are kept.
fn room(state: &State) -> usize {
    (BUDGET / state.bytes()).min(MOST)
}

impl Training {
    /// Keeps the state as it is, if it is time for that.
    pub(super) fn remember(&mut self) {
        if self.plan.observed && self.past.is_due(self.iteration()) {
            self.past.push(self.trainer.capture());
        }
    }

    /// Becomes what it was at an iteration, or nearly so: at the nearest one that is
    /// [kept](crate::train::task::TrainPlan::observed), with its weights, the order of the data and the memory of the update rule. The curves stay. With none, or an iteration that
    /// is nearest to where it had come, it is as it was before.
    ///
    /// A training that learns on from there leaves behind what came after ([`Ghost`]).
    ///
    /// # Errors
    /// It keeps nothing of its past.
    pub fn look(&mut self, iteration: Option<u64>) -> Result<()> {
        if !self.plan.observed {
            return Err(Error::new(Code::NotReady, "look", "a training that keeps its past", ""));
        }
        let newest = self.newest();
        match iteration.and_then(|iteration| self.past.nearest(iteration, newest)) {
            Some(state) if state.iteration < newest => {
                let present = self.ahead.is_none().then(|| self.trainer.capture());
                self.trainer.go_back_to(state)?;
                let there = Evaluations::made_at(Some(state.iteration));
                let before = mem::replace(&mut self.evaluations, there);
                if let Some(state) = present {
                    self.ahead = Some(Ahead { state, evaluations: before });
                }
            }
            _ => {
                if let Some(Ahead { state, evaluations }) = self.ahead.take() {
                    self.trainer.go_back_to(&state)?;
                    self.evaluations = evaluations;
                }
            }
        }
        Ok(())
    }

    /// Looks so far to the one side or the other, as [`look`](Self::look) does, but at least at the next state that is kept:
    /// for arrow keys, which would not get past a gap.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    pub fn look_on(&mut self, iteration: u64, forward: bool) -> Result<()> {
        let here = self.iteration();
        self.look(Some(iteration))?;
        if self.iteration() == here {
            let next = self.past.neighbour(here, forward);
            // Behind the last state that is kept there is what it had come to, before the first one nothing.
            self.look(next.or((!forward).then_some(here)))?;
        }
        Ok(())
    }

    /// How far it had come, wherever it is looked at.
    pub(super) fn newest(&self) -> u64 {
        self.ahead.as_ref().map_or(self.iteration(), |ahead| ahead.state.iteration)
    }

    /// Where it is looked at.
    pub(super) fn looking(&self) -> Option<Look> {
        let at = self.iteration();
        self.ahead.as_ref().map(|ahead| Look { newest: ahead.state.iteration, loss: self.record.loss_at(at) })
    }

    /// Goes on from where it is looked at: what came after is left behind.
    pub(super) fn go_on_from_here(&mut self) {
        if self.ahead.take().is_none() {
            return;
        }
        let here = self.iteration();
        let before = self.record.until(here);
        self.leave_behind(here);
        self.record = before;
        self.kept = self.kept.take().filter(|kept| kept.state.iteration <= here);
        self.diverged_at = None;
    }

    /// What came after an iteration is no longer its own: its curves are seen for comparison.
    pub(super) fn leave_behind(&mut self, iteration: u64) {
        let after = |at: u64| at >= iteration;
        let Record { loss, test_accuracy, .. } = &self.record;
        self.ghost = Some(Ghost {
            loss: loss.buckets().iter().filter(|bucket| after(bucket.iteration)).copied().collect(),
            test_accuracy: test_accuracy.as_slice().iter().filter(|(at, _)| after(*at)).copied().collect(),
        });
        self.past.cut(iteration);
        self.course.cut(iteration);
        // The same iteration comes again, with other weights.
        self.mistakes = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::{LayerSpec, NetSpec};
    use crate::train::trainer::Trainer;

    /// The past of a network with so many hidden units after so many iterations.
    fn past(units: usize, iterations: u64) -> Past {
        let spec = crate::nn::networks::named("two-layer").expect("listed");
        let layers = vec![LayerSpec::Dense { units }, LayerSpec::Relu, LayerSpec::Dense { units: 10 }];
        let state = Trainer::<f32>::new(&NetSpec { layers, ..spec }).expect("valid").capture();
        let mut past = Past::default();
        for iteration in 0..iterations {
            if past.is_due(iteration) {
                let mut then = state.clone();
                then.iteration = iteration;
                past.push(then);
            }
        }
        past
    }

    #[test]
    fn a_run_of_any_length_fits_and_its_beginning_is_dense() {
        for (units, iterations) in [(50, 300), (50, 200_000), (50, 3_000_000), (1000, 300_000)] {
            let past = past(units, iterations);
            let bytes: usize = past.states.iter().map(State::bytes).sum();
            assert!(bytes <= BUDGET, "{units} units, {iterations}: {bytes}");
            assert_eq!(past.states[0].iteration, 0);
            // A gap is as large as the age allows: every state is found within a share of its iteration.
            let share = if units == 1000 { 1.0 } else { 0.2 };
            for pair in past.states.windows(2) {
                let (one, next) = (pair[0].iteration, pair[1].iteration);
                assert!((next - one) as f64 <= (share * next as f64).max(1.0), "{one} → {next}");
            }
            let last = past.states[past.states.len() - 1].iteration;
            assert!(last as f64 >= iterations as f64 * (1.0 - share), "{last} of {iterations}");
        }
    }

    #[test]
    fn the_nearest_state_is_found() {
        let past = past(50, 1000);
        for wanted in 0..1000 {
            let found = past.nearest(wanted, 999).map_or(999, |state| state.iteration);
            let best = past.states.iter().map(|state| state.iteration.abs_diff(wanted)).min();
            assert_eq!(Some(found.abs_diff(wanted)), best.map(|best| best.min(999 - wanted)), "{wanted}");
        }
    }
}
