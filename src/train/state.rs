//! Everything that a trainer has become, to go on from it exactly.

use serde::{Deserialize, Serialize};

use super::packed::{Floats, optimizer_spec};
use super::trainer::Trainer;
use crate::data::batches::Place;
use crate::error::{Code, Error, Result};
use crate::nn::optimizer::Optimizer;
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

/// How far a training is, as a file holds it beside the parameters.
pub(super) struct Progress {
    /// Mini-batches learned.
    pub(super) iteration: u64,
    /// Where the order of the training data is.
    pub(super) place: Place,
    /// Steps that the update rule remembers.
    pub(super) step: u64,
    /// Each kind of memory that the rule keeps, one trained parameter after the other; empty before its first step.
    pub(super) memory: Vec<Vec<f32>>,
}

/// The most mini-batches, examples or steps: what JavaScript holds exactly. A count from outside may be anything.
const MOST: u64 = (1 << 53) - 1;

impl State {
    /// How many numbers the network has.
    pub(super) fn numbers(&self) -> usize {
        self.parameters.0.len()
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let numbers = self.numbers() + self.memory.iter().map(|kind| kind.0.len()).sum::<usize>();
        size_of::<Self>() + numbers * size_of::<f32>()
    }

    /// These numbers.
    pub(super) fn parameters(&self) -> &[f32] {
        &self.parameters.0
    }
}

impl Trainer<f32> {
    /// How far it is, to be written into a file.
    pub(super) fn progress(&mut self) -> Progress {
        let (step, memory) = self.optimizer.memory();
        Progress { iteration: self.iteration, place: self.order.place(), step, memory }
    }

    /// Goes on from the progress in a file of the same network.
    ///
    /// # Errors
    /// The memory is that of another rule; then nothing changed.
    pub(super) fn resume(&mut self, progress: &Progress) -> Result<()> {
        let lengths = self.trained_lengths();
        let mut optimizer = Optimizer::new(self.optimizer.spec());
        if !progress.memory.is_empty() && !optimizer.remember(progress.step, &progress.memory, &lengths) {
            return Err(Error::new(
                Code::SizeMismatch,
                "optimizer",
                "the memory of another rule",
                "that of the spec's",
            ));
        }
        self.optimizer = optimizer;
        self.iteration = progress.iteration;
        self.order.go_to(progress.place);
        Ok(())
    }

    /// How many numbers each trained parameter has.
    fn trained_lengths(&self) -> Vec<usize> {
        let trained = self.params().iter().filter(|param| param.is_trained());
        trained.map(|param| param.value.len()).collect()
    }

    /// Everything that it has become, but its data.
    pub fn capture(&mut self) -> State {
        let (step, memory) = self.optimizer.memory();
        let mut parameters = Vec::with_capacity(self.params().iter().map(|param| param.value.len()).sum());
        self.params().iter().for_each(|param| parameters.extend(&param.value));
        State {
            iteration: self.iteration,
            examples: self.examples,
            place: self.order.place(),
            parameters: Floats(parameters),
            optimizer: self.optimizer.spec(),
            step,
            memory: memory.into_iter().map(Floats).collect(),
        }
    }

    /// Goes on from a state of the same network, with the update rule of the state.
    ///
    /// # Errors
    /// It is one of another network; then nothing changed.
    pub fn restore(&mut self, state: &State) -> Result<()> {
        let optimizer = self.fit(state)?;
        self.become_state(state, optimizer);
        Ok(())
    }

    /// The same with the update rule that it has now, whose memory is empty where the state is of another rule.
    ///
    /// # Errors
    /// It is one of another network; then nothing changed.
    pub fn go_back_to(&mut self, state: &State) -> Result<()> {
        let (now, mut optimizer) = (self.optimizer.spec(), self.fit(state)?);
        // Where the rule is another one, this forgets.
        optimizer.change(now);
        self.become_state(state, optimizer);
        Ok(())
    }

    fn become_state(&mut self, state: &State, optimizer: Optimizer<f32>) {
        self.optimizer = optimizer;
        self.iteration = state.iteration;
        self.examples = state.examples;
        self.order.go_to(state.place);
        let mut numbers = state.parameters.0.iter();
        for param in self.network().params_mut() {
            param.value.iter_mut().zip(&mut numbers).for_each(|(to, &from)| *to = from);
        }
    }

    /// The update rule of a state with its memory, once everything in the state is known to fit.
    fn fit(&self, state: &State) -> Result<Optimizer<f32>> {
        let wrong = |value: String, allowed: String| Error::new(Code::SizeMismatch, "state", value, allowed);
        state.optimizer.check()?;
        if [state.iteration, state.examples, state.step].into_iter().any(|count| count > MOST) {
            return Err(wrong("a count beyond 2⁵³".into(), format!("0 … {MOST}")));
        }
        let parameters = self.params().iter().map(|param| param.value.len()).sum::<usize>();
        if state.numbers() != parameters {
            return Err(wrong(format!("{} numbers", state.numbers()), format!("{parameters} numbers")));
        }
        let lengths = self.trained_lengths();
        let memory: Vec<Vec<f32>> = state.memory.iter().map(|Floats(kind)| kind.clone()).collect();
        let mut optimizer = Optimizer::new(state.optimizer);
        if optimizer.remember(state.step, &memory, &lengths) {
            return Ok(optimizer);
        }
        Err(wrong("the memory of another rule".into(), "that of the state's".into()))
    }
}
