//! All parts of a training in one program, in step ([`Part`]).

use super::part::Part;
use super::trainer::Trainer;
use crate::data::collection::Collection;
use crate::error::Result;
use crate::nn::spec::{NetSpec, OptimizerSpec};

/// Has every part learn its share of a mini-batch: one after the other ([`in_turn`]), or each in a thread of its own.
pub type Learn = fn(&mut [Part<f32>]) -> Result<()>;

/// One after the other.
///
/// # Errors
/// As [`Part::learn`].
pub fn in_turn(parts: &mut [Part<f32>]) -> Result<()> {
    parts.iter_mut().try_for_each(|part| part.learn().map(drop))
}

/// Parts in step: weights, update rule and order of images are the same in all.
pub(super) struct Parts {
    all: Vec<Part<f32>>,
    learn: Learn,
}

impl Parts {
    /// So many parts of a new network.
    ///
    /// # Errors
    /// As [`Part::new`].
    pub(super) fn new(spec: &NetSpec, count: usize, learn: Learn) -> Result<Self> {
        let all = (0..count.max(1)).map(|index| Part::new(spec, index, count)).collect::<Result<_>>()?;
        Ok(Self { all, learn })
    }

    /// Learns these images once, as pass `pass` of their order (from 0).
    ///
    /// # Errors
    /// The network does not take such images, or the rule is wrong.
    pub(super) fn pass(&mut self, pass: u32, images: &Collection, rule: OptimizerSpec) -> Result<()> {
        for part in &mut self.all {
            part.set_training(images.clone())?;
            // To the trainer these are other images than before, and would come in the order of the first.
            part.trainer().go_to_pass(pass);
            part.trainer().set_optimizer(rule)?;
        }
        for _ in 0..self.trainer().iterations_per_epoch() {
            self.step()?;
        }
        Ok(())
    }

    /// Learns one mini-batch.
    fn step(&mut self) -> Result<()> {
        (self.learn)(&mut self.all)?;
        let gradients: Vec<Vec<f32>> =
            self.all.iter().map(|part| part.gradient().flatten().copied().collect()).collect();
        for (index, part) in self.all.iter_mut().enumerate() {
            for (_, gradient) in gradients.iter().enumerate().filter(|(other, _)| *other != index) {
                part.add(gradient)?;
            }
            part.update()?;
        }
        Ok(())
    }

    /// What trains the network, as it is now.
    pub(super) fn trainer(&mut self) -> &mut Trainer<f32> {
        self.all[0].trainer()
    }

    /// The same, without the parts.
    pub(super) fn into_trainer(mut self) -> Trainer<f32> {
        self.all.swap_remove(0).into_trainer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::nn::spec::LayerSpec;
    use crate::train::recipes;
    use crate::train::trainer::Tensor;

    /// 250 images of 28×28 pixels, no two the same.
    fn images() -> Collection {
        let mut digits = Digits::empty(28, 28);
        for image in 0..250 {
            let mut pixels = [0; 784];
            pixels[image % 10 * 70..][..60].fill(200);
            pixels[image] = 255;
            digits.push(&pixels, (image % 10) as u8);
        }
        Collection::whole(digits)
    }

    #[test]
    fn parts_in_step_learn_what_a_trainer_learns() {
        let spec = NetSpec { layers: vec![LayerSpec::Dense { units: 10 }], ..recipes::digits() };
        let mut alone = Trainer::new(&spec).expect("valid");
        alone.set_training(images()).expect("fits");
        for _ in 0..alone.iterations_per_epoch() {
            alone.step();
        }
        for count in [1, 2, 5] {
            let mut parts = Parts::new(&spec, count, in_turn).expect("valid");
            parts.pass(0, &images(), spec.optimizer).expect("fits");
            let weights = parts.trainer().weights();
            let values = |weights: &[Tensor<f32>]| -> Vec<f32> {
                weights.iter().flat_map(|tensor| tensor.values.iter().copied()).collect()
            };
            let (found, expected) = (values(&weights), values(&alone.weights()));
            let apart = found.iter().zip(&expected).map(|(found, expected)| (found - expected).abs());
            let most = apart.fold(0.0, f32::max);
            assert!(if count == 1 { most == 0.0 } else { most < 1e-4 }, "{count} parts: {most}");
            assert!(parts.all.iter().all(|part| part.weights() == weights));
        }
    }
}
