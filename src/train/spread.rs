//! How values spread through a network that has not learned (book 6.2.2).

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::packed::{self, Kind};
use super::report::{self, Distribution, Phase, Report, Want};
use super::task::{SpreadPlan, Task};
use super::work::{Progress, Work};
use crate::data::sets::Sets;
use crate::error::{Code, Error, Result};
use crate::nn::apart::Apart;
use crate::nn::layer::Mode;
use crate::nn::network::{Input, Network};
use crate::nn::spec::LayerSpec;
use crate::nn::statistics::{Bounds, Extent, Summary};
use crate::rng::{Purpose, Rng};

/// The most inputs.
const MOST_ROWS: u32 = 100_000;

/// A look at a network with its initial weights: the outputs of its activation functions for random inputs, and the
/// gradient of the loss with respect to these outputs, with random labels.
///
/// The inputs pass in mini-batches of the spec's size, twice: the first time to find the range of the values, the second
/// time to count them. Batch normalization sees the statistics of each mini-batch, as in training; dropout drops nothing.
pub struct Spread {
    plan: SpreadPlan,
    network: Network<f32>,
    apart: Apart<f32>,
    /// The activation functions, as indices in the spec.
    layers: Vec<usize>,
    found: Found,
}

/// What it has become.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Found {
    /// Mini-batches done, in both passes together.
    done: u64,
    /// Those of the activations of each layer, then of the gradients.
    extents: Vec<Extent>,
    /// The same once the second pass has begun.
    summaries: Vec<Summary>,
}

/// The content of a mark.
#[derive(Serialize, Deserialize)]
struct Content {
    plan: SpreadPlan,
    found: Found,
}

impl Spread {
    /// The look that a plan asks for.
    ///
    /// # Errors
    /// The field that is wrong: `rows`, or one of the spec.
    pub fn new(plan: &SpreadPlan) -> Result<Self> {
        if !(1..=MOST_ROWS).contains(&plan.rows) {
            return Err(Error::new(Code::OutsideRange, "rows", plan.rows, format!("1 … {MOST_ROWS}")));
        }
        let network = Network::new(&plan.spec)?;
        let is_activation =
            |layer: &LayerSpec| matches!(layer, LayerSpec::Sigmoid | LayerSpec::Tanh | LayerSpec::Relu);
        let layers = plan.spec.layers.iter().enumerate().filter(|(_, layer)| is_activation(layer));
        let layers: Vec<usize> = layers.map(|(index, _)| index).collect();
        let of_activation = |&layer: &usize| Extent::new(Bounds::of(&plan.spec.layers[layer]));
        let of_gradient = |_: &usize| Extent::new(None);
        let extents = layers.iter().map(of_activation).chain(layers.iter().map(of_gradient)).collect();
        Ok(Self {
            plan: plan.clone(),
            apart: Apart::new(&network),
            network,
            layers,
            found: Found { done: 0, extents, summaries: Vec::new() },
        })
    }

    /// Mini-batches in a pass.
    fn mini_batches(&self) -> u64 {
        (self.plan.rows as usize).div_ceil(self.plan.spec.batch_size) as u64
    }

    /// Sends a mini-batch forward and back; how many inputs it had.
    fn pass(&mut self, mini_batch: u64) -> usize {
        let size = self.plan.spec.batch_size;
        let first = mini_batch as usize * size;
        let rows = size.min(self.plan.rows as usize - first);
        let mut inputs = Array2::zeros((rows, self.network.inputs()));
        let mut labels = Vec::with_capacity(rows);
        let classes = self.network.classes() as u32;
        for (index, mut row) in inputs.rows_mut().into_iter().enumerate() {
            // A stream for each input, so that no input depends on the size of the mini-batches.
            let mut rng = Rng::new(self.plan.spec.seed, Purpose::Input((first + index) as u32));
            row.iter_mut().for_each(|value| *value = rng.normal() as f32);
            labels.push(rng.below(classes) as u8);
        }
        let (input, mode) = (Input::Dense(inputs.view()), Mode::Differentiation);
        self.apart.backpropagate(&mut self.network, input, &labels, mode);
        rows
    }

    fn spread(&self) -> report::Spread {
        if self.found.done < 2 * self.mini_batches() {
            return report::Spread::default();
        }
        let mut activations: Vec<_> = self.found.summaries.iter().map(Distribution::from).collect();
        let gradients = activations.split_off(self.layers.len());
        report::Spread { activations, gradients }
    }
}

impl Work for Spread {
    fn set_data(&mut self, _: &Sets) -> Result<()> {
        Ok(())
    }

    fn work(&mut self) -> Progress {
        let mini_batches = self.mini_batches();
        let done = self.found.done;
        if done >= 2 * mini_batches {
            return Progress::Done;
        }
        let rows = self.pass(done % mini_batches);
        let outputs = self.layers.iter().map(|&layer| self.apart.output(layer, rows));
        let slopes = self.layers.iter().map(|&layer| self.apart.slope(layer, rows));
        for (index, values) in outputs.chain(slopes).enumerate() {
            let values = values.iter().flatten().copied();
            if done < mini_batches {
                self.found.extents[index].add(values);
            } else {
                self.found.summaries[index].add(values);
            }
        }
        self.found.done = done + 1;
        if self.found.done == mini_batches {
            self.found.summaries = self.found.extents.iter().cloned().map(Extent::summary).collect();
        }
        Progress::Step
    }

    fn report(&mut self, seconds: f64, _: &[Want]) -> Report {
        let of = 2 * self.mini_batches();
        Report {
            phase: if self.found.done < of { Phase::Ready } else { Phase::Finished },
            done: self.found.done,
            of: Some(of),
            seconds,
            findings: report::Findings::Spread(self.spread()),
        }
    }

    fn change(&mut self, task: &Task) -> Result<bool> {
        Ok(matches!(task, Task::Spread(plan) if *plan == self.plan))
    }

    fn mark(&mut self) -> Vec<u8> {
        packed::seal(Kind::Spread, &Content { plan: self.plan.clone(), found: self.found.clone() })
    }

    fn go_to(&mut self, mark: &[u8]) -> Result<()> {
        let Content { plan, found } = packed::open(Kind::Spread, mark)?;
        *self = Self::new(&plan).and_then(|fresh| fresh.with(found)).map_err(|error| error.within("mark"))?;
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        *self = Self::new(&self.plan)?;
        Ok(())
    }
}

impl Spread {
    fn with(self, found: Found) -> Result<Self> {
        let arrays = self.found.extents.len();
        let counts = if found.done < self.mini_batches() { 0 } else { arrays };
        let fits = found.done <= 2 * self.mini_batches()
            && found.extents.len() == arrays
            && found.extents.iter().zip(&self.found.extents).all(|(found, fresh)| found.continues(fresh))
            && found.summaries.len() == counts;
        if fits {
            Ok(Self { found, ..self })
        } else {
            Err(Error::new(Code::SizeMismatch, "", "other layers", ""))
        }
    }
}

impl From<&Summary> for Distribution {
    fn from(summary: &Summary) -> Self {
        Self {
            low: summary.histogram.low,
            high: summary.histogram.high,
            counts: summary.histogram.counts.to_vec(),
            mean: summary.mean().unwrap_or(f64::NAN),
            deviation: summary.deviation().unwrap_or(f64::NAN),
            zeros: summary.zeros().unwrap_or(f64::NAN),
            saturated: summary.saturated(),
        }
    }
}
