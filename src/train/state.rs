//! Everything that a trainer has become, to go on from it exactly.

use serde::{Deserialize, Serialize};

use super::packed::{Floats, optimizer_spec};
use super::trainer::Trainer;
use crate::data::batches::Place;
use crate::error::{Code, Error, Result};
use crate::nn::optimizer::same_rule;
use crate::nn::spec::OptimizerSpec;

/// The state of a trainer but its spec and its data: a trainer of the same spec on the same data that
/// [restores](Trainer::restore) it goes on to the last bit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Mini-batches learned.
    pub iteration: u64,
    /// Examples learned, repeats counted.
    pub examples: u64,
    /// Where the order of the training data is.
    place: Place,
    /// All parameters, running statistics included, one after the other. A network that diverged has numbers that are
    /// infinite or none.
    parameters: Floats,
    /// The update rule as it is.
    #[serde(with = "optimizer_spec")]
    optimizer: OptimizerSpec,
    /// Steps that the rule remembers.
    step: u64,
    /// Each kind of memory that the rule keeps, slot after slot; empty before its first step.
    memory: Vec<Floats>,
}

/// The most mini-batches, examples or steps: what JavaScript holds exactly. A count from outside may be anything.
const MOST: u64 = (1 << 53) - 1;

impl State {
    /// How many numbers the network has.
    pub(super) fn numbers(&self) -> usize {
        self.parameters.0.len()
    }
}

impl Trainer<f32> {
    /// Everything that it has become, but its data.
    pub fn capture(&mut self) -> State {
        let (step, memory) = self.optimizer.memory();
        State {
            iteration: self.iteration,
            examples: self.examples,
            place: self.order.place(),
            parameters: Floats(self.params().iter().flat_map(|param| &param.value).copied().collect()),
            optimizer: self.optimizer.spec(),
            step,
            memory: memory.into_iter().map(|slots| Floats(slots.concat())).collect(),
        }
    }

    /// Goes on from a state of the same network, with the update rule of the state.
    ///
    /// # Errors
    /// It is one of another network; then nothing changed.
    pub fn restore(&mut self, state: &State) -> Result<()> {
        let memory = self.fit(state)?;
        self.optimizer.change(state.optimizer);
        self.become_state(state);
        self.optimizer.remember(state.step, memory);
        Ok(())
    }

    /// The same with the update rule that it has now, whose memory begins anew where the state is of another rule.
    ///
    /// # Errors
    /// It is one of another network; then nothing changed.
    pub fn go_back_to(&mut self, state: &State) -> Result<()> {
        let memory = self.fit(state)?;
        self.become_state(state);
        self.optimizer.forget();
        if same_rule(self.optimizer.spec(), state.optimizer) {
            self.optimizer.remember(state.step, memory);
        }
        Ok(())
    }

    fn become_state(&mut self, state: &State) {
        let mut rest = &state.parameters.0[..];
        for param in self.network().params_mut() {
            let (own, others) = rest.split_at(param.value.len().min(rest.len()));
            param.value.iter_mut().zip(own).for_each(|(to, &from)| *to = from);
            rest = others;
        }
        self.iteration = state.iteration;
        self.examples = state.examples;
        self.order.go_to(state.place);
    }

    /// The memory of a state by slots, once everything in the state is known to fit.
    fn fit(&mut self, state: &State) -> Result<Vec<Vec<Vec<f32>>>> {
        let wrong =
            |value: String, allowed: String| Err(Error::new(Code::SizeMismatch, "state", value, allowed));
        state.optimizer.check()?;
        if [state.iteration, state.examples, state.step].into_iter().any(|count| count > MOST) {
            return wrong("a count beyond 2⁵³".into(), format!("0 … {MOST}"));
        }
        let parameters = self.params().iter().map(|param| param.value.len()).sum::<usize>();
        if state.parameters.0.len() != parameters {
            return wrong(format!("{} numbers", state.parameters.0.len()), format!("{parameters} numbers"));
        }
        let trained = self.params().iter().filter(|param| param.is_trained());
        let lengths: Vec<usize> = trained.map(|param| param.value.len()).collect();
        let kinds = crate::nn::optimizer::Optimizer::<f32>::new(state.optimizer).memory().1.len();
        let fits = |slots: &Floats| slots.0.is_empty() || slots.0.len() == lengths.iter().sum::<usize>();
        if state.memory.len() != kinds || !state.memory.iter().all(fits) {
            let value = format!("{} kinds of memory", state.memory.len());
            return wrong(value, format!("{kinds} kinds of memory"));
        }
        let slots = |Floats(numbers): &Floats| {
            let mut rest = &numbers[..];
            let slot = |&length: &usize| {
                let (own, others) = rest.split_at(length);
                rest = others;
                own.to_vec()
            };
            if numbers.is_empty() { Vec::new() } else { lengths.iter().map(slot).collect() }
        };
        Ok(state.memory.iter().map(slots).collect())
    }
}
