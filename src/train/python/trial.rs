//! How long a run in 32 bits and the same run in 64 bits lose the same.

use crate::data::collection::Collection;
use crate::error::Result;
use crate::nn::optimizer::Optimizer;
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::train::course::Ruled;
use crate::train::trainer::{Step, Tensor, Trainer};

/// The most that two losses may differ, relative where they are above 1. The script allows 1e-5; what is between is for
/// the sums that NumPy takes in another order.
const MOST: f64 = 0.9e-5;

/// The most multiplications and additions of a trial, some seconds of work.
const BUDGET: u64 = 8_000_000_000;

/// The run once more as the script computes it, in 64 bits: two machines that compute in 32 bits round differently, and
/// a single unit of ReLU that one switches on and the other off is seen in the loss. In 64 bits machines agree, so what
/// is found here holds wherever the script runs.
pub(super) struct Trial {
    /// None once it has ended.
    trainer: Option<Trainer<f64>>,
    agreeing: usize,
    /// Whether a loss came out different.
    parted: bool,
    /// Multiplications and additions of a mini-batch, about.
    cost: u64,
    left: u64,
}

impl Trial {
    /// The trial of a run that begins with these weights.
    pub(super) fn new(
        spec: &NetSpec,
        start: &[Tensor<f32>],
        rules: &[Ruled],
        samples: &Collection,
    ) -> Result<Self> {
        let optimizer = rules.first().map_or(spec.optimizer, |rule| rule.optimizer);
        let mut trainer = Trainer::<f64>::new(&NetSpec { optimizer, ..spec.clone() })?;
        let exact = |tensor: &Tensor<f32>| Tensor {
            name: tensor.name.clone(),
            shape: tensor.shape.clone(),
            values: tensor.values.iter().map(|&value| f64::from(value)).collect(),
        };
        trainer.set_weights(&start.iter().map(exact).collect::<Vec<_>>())?;
        trainer.set_training(samples.clone())?;
        // Forward, and twice backward.
        let cost = 3 * products(&spec.layers, &spec.input).saturating_mul(spec.batch_size as u64);
        Ok(Self { trainer: Some(trainer), agreeing: 0, parted: false, cost, left: BUDGET })
    }

    /// Learns the next mini-batch, whose loss was `found`, as long as losses agree.
    pub(super) fn step(&mut self, found: f32, rules: &[Ruled]) {
        let Some(trainer) = &mut self.trainer else { return };
        if let Some(rule) = rules.iter().find(|rule| rule.from == trainer.iteration()) {
            if rule.steps == 0 {
                trainer.optimizer = Optimizer::new(rule.optimizer);
            } else {
                trainer.optimizer.change(rule.optimizer);
            }
        }
        let found = f64::from(found);
        let agrees = match trainer.step() {
            Step::Learned(loss) => (loss - found).abs() <= MOST * found.abs().max(1.0),
            Step::Waiting => false,
        };
        self.left = self.left.saturating_sub(self.cost);
        self.agreeing += usize::from(agrees);
        self.parted |= !agrees;
        if !agrees || self.left == 0 {
            self.trainer = None;
        }
    }

    /// How many mini-batches were lost the same.
    pub(super) fn agreeing(&self) -> usize {
        self.agreeing
    }

    /// Whether the next one was not; else there was none, or no more were tried.
    pub(super) fn parted(&self) -> bool {
        self.parted
    }
}

/// Multiplications and additions that layers take for one sample.
fn products(layers: &[LayerSpec], input: &[usize]) -> u64 {
    let mut shape = input.to_vec();
    let mut sum = 0_u64;
    for layer in layers {
        let output = layer.output_shape(&shape).unwrap_or_default();
        let values = |shape: &[usize]| shape.iter().product::<usize>() as u64;
        let own = match layer {
            LayerSpec::Dense { .. } => values(&shape).saturating_mul(values(&output)),
            LayerSpec::Conv2d { size, .. } => {
                values(&output).saturating_mul((shape.first().unwrap_or(&1) * size * size) as u64)
            }
            LayerSpec::Branches { branches, .. } => {
                branches.iter().map(|layers| products(layers, &shape)).fold(0, u64::saturating_add)
            }
            _ => values(&output),
        };
        sum = sum.saturating_add(own);
        shape = output;
    }
    sum
}
