//! The curves of a training, and what is kept for the way back.

use serde::{Deserialize, Serialize};

use crate::train::health::Health;
use crate::train::history::{Points, Series};
use crate::train::report::Reached;
use crate::train::state::State;

use super::shares::Found;

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
    pub(super) reached: Option<Reached>,
    /// Whether the weights came with the network instead of from its seed.
    pub(super) is_given: bool,
    /// The accuracy on all of MNIST's test images that the file of the network names, 0 to 1.
    pub(super) said_accuracy: Option<f64>,
    /// The bytes of that file.
    pub(super) file_bytes: Option<u32>,
    /// What evaluations found of each share of the test examples; nothing where there is one.
    pub(super) shares: Found,
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

    /// The curves up to an iteration.
    pub(super) fn until(&self, iteration: u64) -> Self {
        Self {
            loss: self.loss.until(iteration),
            training_accuracy: self.training_accuracy.until(iteration),
            test_accuracy: self.test_accuracy.until(iteration),
            last_loss: self.loss_at(iteration),
            first_loss: self.first_loss,
            reached: self.reached.filter(|reached| reached.iteration <= iteration),
            is_given: self.is_given,
            // Of the weights it began with.
            said_accuracy: None,
            file_bytes: self.file_bytes,
            shares: self.shares.until(iteration),
            // Of weights that came later.
            health: None,
        }
    }

    /// The loss of the mini-batch of an iteration, or the mean of those that share its point on the curve.
    pub(super) fn loss_at(&self, iteration: u64) -> Option<f64> {
        self.loss.at(iteration)
    }

    /// Notes when the network was first good, at the first report that can tell.
    pub(super) fn note_reached(&mut self, seconds: f64) {
        if self.reached.is_some() || self.is_given {
            return;
        }
        let mut accuracies = self.test_accuracy.as_slice().iter();
        let first = accuracies.find(|(_, accuracy)| *accuracy > Reached::ABOVE);
        self.reached = first.map(|&(iteration, _)| Reached { iteration, seconds });
    }

    /// Whether this is what a training can make; a record from outside may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let health = self.health.as_ref().is_none_or(Health::is_sound);
        health
            && self.shares.is_sound()
            && self.loss.is_sound()
            && self.training_accuracy.is_sound()
            && self.test_accuracy.is_sound()
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
