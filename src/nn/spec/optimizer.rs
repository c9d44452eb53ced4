//! How a network learns, as a value.

use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::error::{Code, Error, Result};

/// The update rule and its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OptimizerSpec {
    /// Which rule.
    pub kind: OptimizerKind,
    /// η, above 0 and finite; with a schedule, the rate at the start.
    pub learning_rate: f64,
    /// μ of Momentum and Nesterov, 0 up to 1; 0.9 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub momentum: Option<f64>,
    /// β₁ of Adam, 0 up to 1; 0.9 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta1: Option<f64>,
    /// β₂ of Adam, 0 up to 1; 0.999 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta2: Option<f64>,
    /// λ, 0 to 10; 0 when absent. Adds λw to the gradient of dense and convolution weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_decay: Option<f64>,
    /// How the rate falls; it stays as it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// The largest norm that all gradients together may have, above 0 and finite; larger ones are scaled down. None when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip_norm: Option<f64>,
}

/// The update rules of 6.1, and two of their relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is the rule of its name, documented in nn::optimizer")]
pub enum OptimizerKind {
    Sgd,
    Momentum,
    Nesterov,
    Adagrad,
    Rmsprop,
    Adam,
}

impl OptimizerSpec {
    /// A rule with its usual numbers.
    pub fn new(kind: OptimizerKind, learning_rate: f64) -> Self {
        Self {
            kind,
            learning_rate,
            momentum: None,
            beta1: None,
            beta2: None,
            weight_decay: None,
            schedule: None,
            clip_norm: None,
        }
    }

    /// The learning rate of the mini-batch that comes after `iteration` others.
    pub fn rate_at(&self, iteration: u64) -> f64 {
        self.schedule.map_or(self.learning_rate, |schedule| self.learning_rate * schedule.share_at(iteration))
    }

    /// Checks every number.
    ///
    /// # Errors
    /// The first field found wrong, such as `optimizer.learningRate`.
    pub fn check(&self) -> Result<()> {
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return Err(Error::new(Code::OutsideRange, "optimizer.learningRate", self.learning_rate, "> 0"));
        }
        for (name, value) in [
            ("optimizer.momentum", self.momentum),
            ("optimizer.beta1", self.beta1),
            ("optimizer.beta2", self.beta2),
        ] {
            if value.is_some_and(|share| !(0.0..1.0).contains(&share)) {
                return Err(Error::new(Code::OutsideRange, name, value.unwrap_or_default(), "0 ≤ x < 1"));
            }
        }
        if let Some(decay) = self.weight_decay.filter(|decay| !(0.0..=10.0).contains(decay)) {
            return Err(Error::new(Code::OutsideRange, "optimizer.weightDecay", decay, "0 … 10"));
        }
        if let Some(most) = self.clip_norm.filter(|most| !(*most > 0.0 && most.is_finite())) {
            return Err(Error::new(Code::OutsideRange, "optimizer.clipNorm", most, "> 0"));
        }
        self.schedule
            .map_or(Ok(()), |schedule| schedule.check().map_err(|error| error.within("optimizer.schedule")))
    }
}
