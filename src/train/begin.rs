//! A task put to work.

use super::check::Check;
use super::inference::Inference;
use super::spread::Spread;
use super::task::Task;
use super::training::Training;
use super::work::Work;
use crate::error::Result;

impl Task {
    /// Begins the task; it has no data yet.
    ///
    /// # Errors
    /// The field that is wrong: `layers[2].units` of the spec, `evaluation.every`, `rows`, `batch`.
    pub fn begin(&self) -> Result<Box<dyn Work>> {
        Ok(match self {
            Self::Train(plan) => Box::new(Training::new(plan)?),
            Self::Check(plan) => Box::new(Check::new(plan)?),
            Self::Spread(plan) => Box::new(Spread::new(plan)?),
            Self::Infer(plan) => Box::new(Inference::new(plan)?),
            Self::Evaluate(plan) => Box::new(Training::new(&plan.training())?),
        })
    }
}
