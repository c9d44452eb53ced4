//! Update rules, book 6.1, one file each.
//!
//! A rule sees numbers and their gradients only, and keeps its memory (velocity, sums of squares) by slot: one slot
//! for each array it updates, always the same one. So it serves the weights of a network and a point on a surface
//! alike.

mod adagrad;
mod adam;
mod clip;
mod momentum;
mod nesterov;
mod rmsprop;
mod sgd;

pub use adagrad::AdaGrad;
pub use adam::Adam;
pub use momentum::Momentum;
pub use nesterov::Nesterov;
pub use rmsprop::RmsProp;
pub use sgd::Sgd;

use super::layer::{Param, Role};
use super::spec::{OptimizerKind, OptimizerSpec};
use crate::real::Real;

/// One update rule with its memory.
pub trait Rule<T: Real>: Send {
    /// Moves `values` against their `gradient`. `step` counts from 1 and is the same for all slots of a step.
    fn update(&mut self, values: &mut [T], gradient: &[T], rate: T, step: u64, slot: usize);

    /// The memory, to go on from later: one array after another.
    fn memory(&mut self) -> Vec<&mut Slots<T>> {
        Vec::new()
    }
}

/// One kind of memory of a rule: an array for each slot, 0 at first.
#[derive(Clone, Debug, Default)]
pub struct Slots<T>(Vec<Vec<T>>);

impl<T: Real> Slots<T> {
    /// The array of a slot.
    pub fn of(&mut self, slot: usize, length: usize) -> &mut [T] {
        if self.0.len() <= slot {
            self.0.resize_with(slot + 1, Vec::new);
        }
        let array = &mut self.0[slot];
        // Only the first step of a slot resizes.
        array.resize(length, T::zero());
        array
    }
}

/// A rule at work: with its learning rate and what that falls by, its weight decay and its count of steps.
pub struct Optimizer<T> {
    spec: OptimizerSpec,
    rule: Box<dyn Rule<T>>,
    step: u64,
    /// The learning rate of the step under way.
    rate: T,
}

impl<T: Real> Optimizer<T> {
    /// The rule of a checked spec, without memory of any step.
    pub fn new(spec: OptimizerSpec) -> Self {
        let number = |value: Option<f64>, default| T::from_f64(value.unwrap_or(default));
        let momentum = number(spec.momentum, 0.9);
        let rule: Box<dyn Rule<T>> = match spec.kind {
            OptimizerKind::Sgd => Box::new(Sgd),
            OptimizerKind::Momentum => Box::new(Momentum::new(momentum)),
            OptimizerKind::Nesterov => Box::new(Nesterov::new(momentum)),
            OptimizerKind::Adagrad => Box::new(AdaGrad::default()),
            OptimizerKind::Rmsprop => Box::new(RmsProp::default()),
            OptimizerKind::Adam => Box::new(Adam::new(number(spec.beta1, 0.9), number(spec.beta2, 0.999))),
        };
        Self { rate: T::from_f64(spec.rate_at(0)), spec, rule, step: 0 }
    }

    /// What it was made from.
    pub fn spec(&self) -> OptimizerSpec {
        self.spec
    }

    /// How many steps its memory is of; it begins again with another rule.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Takes over a changed spec. The memory is kept where the rule stays the same, so that a slider can change the
    /// learning rate of a running net.
    pub fn change(&mut self, spec: OptimizerSpec) {
        let numbers = |spec: OptimizerSpec| (spec.kind, spec.momentum, spec.beta1, spec.beta2);
        if numbers(spec) == numbers(self.spec) {
            self.spec = spec;
        } else {
            *self = Self::new(spec);
        }
    }

    /// A step begins: all slots updated until the next call belong to it.
    ///
    /// `iteration` is how many mini-batches the run has learned before, by which a schedule sets the learning rate. The
    /// count of steps is another one: it begins again whenever the memory does.
    pub fn begin_step(&mut self, iteration: u64) {
        self.step += 1;
        self.rate = T::from_f64(self.spec.rate_at(iteration));
    }

    /// Scales down the gradients of a whole network when their norm is above the spec's `clip_norm`. Belongs before the
    /// first update of a step: what is limited is the gradient of the loss, weight decay comes on top of it.
    pub fn clip(&self, params: &mut [Param<T>]) {
        if let Some(most) = self.spec.clip_norm {
            clip::clip(params, most);
        }
    }

    /// Moves `values` against their `gradient`.
    pub fn update(&mut self, values: &mut [T], gradient: &[T], slot: usize) {
        self.rule.update(values, gradient, self.rate, self.step, slot);
    }

    /// Moves a parameter against its gradient, to which weight decay adds λw first (book 6.4.2).
    pub fn update_param(&mut self, param: &mut Param<T>, slot: usize) {
        if let Some(decay) = self.spec.weight_decay.filter(|&decay| decay > 0.0 && param.role == Role::Weight)
        {
            param.gradient.scaled_add(T::from_f64(decay), &param.value);
        }
        if let (Some(values), Some(gradient)) = (param.value.as_slice_mut(), param.gradient.as_slice()) {
            self.update(values, gradient, slot);
        }
    }

    /// The memory of all steps so far, to go on from later: the number of steps, and for each kind of memory its arrays,
    /// slot after slot; empty before the first step.
    pub fn memory(&mut self) -> (u64, Vec<Vec<T>>) {
        (self.step, self.rule.memory().into_iter().map(|slots| slots.0.concat()).collect())
    }

    /// Goes on from a memory of the same rule, whose slots had these lengths. False, and nothing done, where it is of
    /// another rule or of other slots.
    pub fn remember(&mut self, step: u64, memory: &[Vec<T>], lengths: &[usize]) -> bool {
        let all: usize = lengths.iter().sum();
        let mut kinds = self.rule.memory();
        let fits = |kind: &Vec<T>| kind.is_empty() || kind.len() == all;
        if kinds.len() != memory.len() || !memory.iter().all(fits) {
            return false;
        }
        for (slots, kind) in kinds.iter_mut().zip(memory) {
            let mut rest = &kind[..];
            let slot = |&length: &usize| {
                let (own, others) = rest.split_at(length);
                rest = others;
                own.to_vec()
            };
            slots.0 = if kind.is_empty() { Vec::new() } else { lengths.iter().map(slot).collect() };
        }
        self.step = step;
        true
    }
}

/// Steps along `values`, `gradient` and one kind of memory together.
#[inline(always)]
fn each<T: Real>(
    values: &mut [T],
    gradient: &[T],
    memory: &mut [T],
    mut rule: impl FnMut(&mut T, T, &mut T),
) {
    for ((value, &slope), kept) in values.iter_mut().zip(gradient).zip(memory) {
        rule(value, slope, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::Schedule;

    /// Two steps on one weight from 1 with gradients 0.5 and −0.25, rate 0.1.
    fn two_steps(kind: OptimizerKind) -> [f64; 2] {
        let mut optimizer = Optimizer::new(OptimizerSpec::new(kind, 0.1));
        let mut value = [1.0];
        [0.5, -0.25].map(|gradient| {
            optimizer.begin_step(0);
            optimizer.update(&mut value, &[gradient], 0);
            value[0]
        })
    }

    fn close(actual: [f64; 2], expected: [f64; 2]) {
        assert!(actual.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-12), "{actual:?} {expected:?}");
    }

    #[test]
    fn two_steps_by_hand() {
        close(two_steps(OptimizerKind::Sgd), [0.95, 0.975]);
        // v = −0.05, then −0.045 + 0.025 = −0.02.
        close(two_steps(OptimizerKind::Momentum), [0.95, 0.93]);
        // w ← w + μv − ηg: −0.045 − 0.05, then −0.018 + 0.025.
        close(two_steps(OptimizerKind::Nesterov), [0.905, 0.912]);
        let h = 0.25_f64 + 0.0625;
        let first = 1.0 - 0.05 / (0.5 + 1e-7);
        close(two_steps(OptimizerKind::Adagrad), [first, first + 0.025 / (h.sqrt() + 1e-7)]);
        let (h1, h2) = (0.01 * 0.25_f64, 0.99 * 0.01 * 0.25 + 0.01 * 0.0625_f64);
        let first = 1.0 - 0.05 / (h1.sqrt() + 1e-7);
        close(two_steps(OptimizerKind::Rmsprop), [first, first + 0.025 / (h2.sqrt() + 1e-7)]);
        let first = 1.0 - 0.1 * 0.5 / (0.5 + 1e-8);
        let m = (0.9 * 0.05 - 0.1 * 0.25) / (1.0 - 0.81);
        let v: f64 = (0.999 * 0.001 * 0.25 + 0.001 * 0.0625) / (1.0 - 0.999 * 0.999);
        close(two_steps(OptimizerKind::Adam), [first, first - 0.1 * m / (v.sqrt() + 1e-8)]);
    }

    #[test]
    fn a_schedule_follows_the_iteration_and_not_the_steps() {
        let schedule = Some(Schedule::Step { every: 10, factor: 0.5 });
        let spec = OptimizerSpec { schedule, ..OptimizerSpec::new(OptimizerKind::Sgd, 0.1) };
        let mut optimizer = Optimizer::new(spec);
        let moved = |optimizer: &mut Optimizer<f64>, iteration: u64| {
            let mut value = [0.0];
            optimizer.begin_step(iteration);
            optimizer.update(&mut value, &[-1.0], 0);
            value[0]
        };
        assert_eq!([9, 10, 25].map(|iteration| moved(&mut optimizer, iteration)), [0.1, 0.05, 0.025]);
        optimizer.change(OptimizerSpec { learning_rate: 0.2, ..spec });
        assert_eq!(moved(&mut optimizer, 25), 0.05, "the place in the schedule stays");
        optimizer.change(OptimizerSpec { kind: OptimizerKind::Momentum, ..spec });
        assert_eq!(moved(&mut optimizer, 25), 0.025, "even where the memory begins again");
    }

    #[test]
    fn a_changed_rate_keeps_the_memory_and_another_rule_does_not() {
        let mut optimizer = Optimizer::new(OptimizerSpec::new(OptimizerKind::Momentum, 0.1));
        let mut value = [1.0_f64];
        optimizer.begin_step(0);
        optimizer.update(&mut value, &[1.0], 0);
        optimizer.change(OptimizerSpec::new(OptimizerKind::Momentum, 0.2));
        optimizer.begin_step(0);
        optimizer.update(&mut value, &[0.0], 0);
        assert!((value[0] - 0.81).abs() < 1e-12, "velocity goes on: {value:?}");
        optimizer.change(OptimizerSpec::new(OptimizerKind::Sgd, 0.2));
        optimizer.begin_step(0);
        optimizer.update(&mut value, &[0.0], 0);
        assert!((value[0] - 0.81).abs() < 1e-12);
    }
}
