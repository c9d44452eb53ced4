//! The curves of a training, and what is kept for the way back.

use serde::{Deserialize, Serialize};

use crate::train::health::Health;
use crate::train::history::{Points, Series};
use crate::train::state::State;

/// The curves of a training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Loss of each mini-batch before its update, where it is a finite number.
    pub loss: Series,
    /// Iteration and accuracy on training examples, 0 to 1.
    pub training_accuracy: Points,
    /// Iteration and accuracy on test examples, 0 to 1.
    pub test_accuracy: Points,
    /// The loss of the last mini-batch, finite or not.
    pub last_loss: Option<f64>,
    pub(super) first_loss: Option<f64>,
    /// The accuracy on all of MNIST's test images that the file of the network names, 0 to 1.
    pub(super) said_accuracy: Option<f64>,
    /// What the last look inside the network found.
    pub health: Option<Health>,
}

impl Record {
    pub(super) fn push_loss(&mut self, iteration: u64, loss: f64) {
        self.last_loss = Some(loss);
        if loss.is_finite() {
            self.first_loss.get_or_insert(loss);
            self.loss.push(iteration, loss);
        }
    }

    /// Whether this is what a training can make; a record from outside may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let health = self.health.as_ref().is_none_or(Health::is_sound);
        health && self.loss.is_sound() && self.training_accuracy.is_sound() && self.test_accuracy.is_sound()
    }
}

/// Weights that were good, with everything that belongs to them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) state: State,
    pub(super) record: Record,
    /// The last evaluation of the plan before them.
    pub(super) evaluated_at: Option<u64>,
}
