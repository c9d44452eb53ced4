//! Gradients of a training by central differences instead of backpropagation (book 4.4 and 4.5).

use crate::data::collection::Batch;
use crate::error::{Code, Error, Result};
use crate::nn::layer::Param;
use crate::nn::plain::{Plain, Samples};
use crate::nn::spec::{LayerSpec, NetSpec};

/// The most work for the gradient of a mini-batch: parameters, times parameters in a forward pass, times samples. About
/// ten milliseconds in a page.
const MOST_WORK: usize = 4_000_000;

/// Takes the gradient of a small network's loss by differences, in double precision: what is left of the difference to
/// backpropagation is then smaller than what rounding does to a weight in single precision.
pub(super) struct Differences {
    plain: Plain<f64>,
    samples: Samples<f64>,
    h: f64,
}

impl Differences {
    /// For networks of a spec.
    ///
    /// # Errors
    /// `gradient.h` is not above 0 and at most 1, the network has other than dense layers, or it is too large.
    pub(super) fn new(spec: &NetSpec, h: f64) -> Result<Self> {
        if !(h > 0.0 && h <= 1.0) {
            return Err(Error::new(Code::OutsideRange, "gradient.h", h, "0 < h ≤ 1"));
        }
        let units = spec.layers.iter().map(|layer| match layer {
            LayerSpec::Dense { units } => *units,
            _ => 0,
        });
        // Weights and biases.
        let parameters = spec.weights()?.saturating_add(units.sum());
        let work = parameters.saturating_mul(parameters).saturating_mul(spec.batch_size);
        if work > MOST_WORK {
            let value = format!("{parameters}² × {}", spec.batch_size);
            let allowed = format!("parameters² × batchSize ≤ {MOST_WORK}");
            return Err(Error::new(Code::TooLarge, "gradient", value, allowed));
        }
        Ok(Self { plain: Plain::new(spec)?, samples: Samples::default(), h })
    }

    /// Writes the gradient of every parameter for a batch, and returns the batch's mean loss.
    pub(super) fn differentiate(&mut self, params: &mut [Param<f32>], batch: &Batch<f32>) -> f32 {
        for (to, from) in self.plain.params_mut().zip(&*params) {
            to.iter_mut().zip(&from.value).for_each(|(to, &from)| *to = f64::from(from));
        }
        let rows = batch.rows.rows();
        self.samples.values.clear();
        self.samples.values.resize(rows.rows() * rows.width, 0.0);
        for (row, values) in self.samples.values.chunks_exact_mut(rows.width).enumerate() {
            rows.row(row).iter().for_each(|entry| values[entry.index as usize] = f64::from(entry.value));
        }
        self.samples.labels.clone_from(&batch.labels);
        let loss = self.plain.forward(&self.samples);
        for (slot, param) in params.iter_mut().enumerate() {
            for (index, gradient) in param.gradient.iter_mut().enumerate() {
                *gradient = self.plain.difference(&self.samples, (slot, index), self.h) as f32;
            }
        }
        loss as f32
    }
}
