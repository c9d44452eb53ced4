//! How a network learns, as a value.

use serde::Serialize;

use super::Schedule;
use super::read::{BELOW_ONE, Choice, Decimal, Fields, FromValue, LEAST, MOST, Reading, Rule as _, of};
use super::value::Value;
use crate::error::Result;

/// The update rule and its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OptimizerSpec {
    /// Which rule.
    pub kind: OptimizerKind,
    /// η, 1e-45 to 3.4e38; with a schedule, the rate at the start.
    pub learning_rate: f64,
    /// μ of Momentum and Nesterov, 0, or 1e-45 to 0.99999994; 0.9 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub momentum: Option<f64>,
    /// β₁ of Adam, 0, or 1e-45 to 0.99999994; 0.9 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta1: Option<f64>,
    /// β₂ of Adam, 0, or 1e-45 to 0.99999994; 0.999 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta2: Option<f64>,
    /// λ, 0, or 1e-45 to 10; 0 when absent. Adds λw to the gradient of dense and convolution weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_decay: Option<f64>,
    /// How the rate falls; it stays as it is when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// The largest norm that all gradients together may have, 1e-45 to 3.4e38; larger ones are scaled down. None when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_norm: Option<f64>,
}

/// The update rules of 6.1, and two of their relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
        ABOVE_ZERO.check("optimizer.learningRate", self.learning_rate)?;
        for (name, value, range) in [
            ("optimizer.momentum", self.momentum, SHARE),
            ("optimizer.beta1", self.beta1, SHARE),
            ("optimizer.beta2", self.beta2, SHARE),
            ("optimizer.weightDecay", self.weight_decay, DECAY),
            ("optimizer.clipNorm", self.clip_norm, ABOVE_ZERO),
        ] {
            value.map_or(Ok(()), |value| range.check(name, value))?;
        }
        self.schedule
            .map_or(Ok(()), |schedule| schedule.check().map_err(|error| error.within("optimizer.schedule")))
    }
}

const KINDS: Choice<OptimizerKind> = Choice(&[
    ("sgd", OptimizerKind::Sgd),
    ("momentum", OptimizerKind::Momentum),
    ("nesterov", OptimizerKind::Nesterov),
    ("adagrad", OptimizerKind::Adagrad),
    ("rmsprop", OptimizerKind::Rmsprop),
    ("adam", OptimizerKind::Adam),
]);

const ABOVE_ZERO: Decimal = Decimal { zero: false, least: LEAST, most: MOST };
const SHARE: Decimal = Decimal { zero: true, least: LEAST, most: BELOW_ONE };
const DECAY: Decimal = Decimal { zero: true, least: LEAST, most: 10.0 };

impl FromValue for OptimizerSpec {
    fn from_value(found: &Value) -> Reading<Self> {
        // Numbers that the rule does not use are kept: the rule may change.
        const NAMES: &[&str] =
            &["kind", "learningRate", "momentum", "beta1", "beta2", "weightDecay", "schedule", "clipNorm"];
        let fields = Fields::of(found, Self::form, NAMES)?;
        Ok(Self {
            kind: fields.need("kind", KINDS)?,
            learning_rate: fields.need("learningRate", ABOVE_ZERO)?,
            momentum: fields.may("momentum", SHARE)?,
            beta1: fields.may("beta1", SHARE)?,
            beta2: fields.may("beta2", SHARE)?,
            weight_decay: fields.may("weightDecay", DECAY)?,
            schedule: fields.may("schedule", of::<Schedule>())?,
            clip_norm: fields.may("clipNorm", ABOVE_ZERO)?,
        })
    }

    fn form() -> String {
        format!("{{ kind: {}, learningRate: … }}", KINDS.allowed())
    }
}
