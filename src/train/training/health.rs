//! Looks inside the network of a training, to say why it goes wrong.

use super::Training;
use crate::nn::apart::Apart;
use crate::nn::layer::Mode;
use crate::nn::network::Input;
use crate::train::health::{Health, Probe};

/// The weights before a step after which a look is due.
pub(super) struct Before(Option<Vec<f32>>);

impl Training {
    /// To be called before a step.
    pub(super) fn before_step(&self) -> Before {
        let is_due = self.plan.observed && Health::is_due(self.iteration() + 1);
        Before(is_due.then(|| self.weights().copied().collect()))
    }

    /// Looks inside the network where that is [due](Health::is_due), or where the run has just diverged, if it is
    /// observed.
    pub(super) fn look_inside(&mut self, Before(before): Before) {
        if (self.plan.observed && self.diverged_at.is_some()) || before.is_some() {
            let change =
                |before: Vec<f32>| norm(self.weights().zip(before).map(|(now, before)| now - before));
            let step = before.map(change);
            let health = Health { step, ..self.health() };
            self.record.health = Some(health);
        }
    }

    /// Weights and biases, one parameter after the other.
    fn weights(&self) -> impl Iterator<Item = &f32> {
        self.trainer.params().iter().filter(|param| param.is_trained()).flat_map(|param| &param.value)
    }

    /// What a look inside the network finds now: a forward pass of at most [`PROBE`](crate::train::health::PROBE) images,
    /// and a walk over weights and gradients. Batch normalization sees the statistics of these images.
    fn health(&mut self) -> Health {
        let params = || self.trainer.params().iter();
        let weights = norm(self.weights().copied());
        let gradients = params().filter(|param| param.is_trained()).flat_map(|param| &param.gradient);
        let gradient = norm(gradients.copied());
        let kept = self.diverged_at.and(self.kept.as_ref());
        let all = || params().flat_map(|param| &param.value).copied();
        let growth = kept.map(|kept| norm(all()) / norm(kept.state.parameters().iter().copied()));
        let spec = self.trainer.spec();
        let mut probes = Probe::of(&spec.layers, self.trainer.network().shapes());
        // Not more than the order has come to: what is found must not depend on what has arrived.
        let images = self.trainer.reached().unwrap_or(0).min(Probe::images(&probes));
        let (network, samples) = self.trainer.network_and_training();
        let apart = self.apart.get_or_insert_with(|| Apart::new(network));
        let pieces = if probes.is_empty() { 0 } else { images };
        for first in (0..pieces).step_by(network.images_at_once()) {
            let places = first..(first + network.images_at_once()).min(images);
            let rows = places.len();
            samples.gather(places, &mut self.batch);
            apart.forward(network, Input::Sparse(self.batch.rows.rows()), Mode::Differentiation);
            for probe in &mut probes {
                apart.output(probe.layer, rows).into_iter().for_each(|outputs| probe.add(outputs));
            }
        }
        let layers = probes.into_iter().map(Probe::found).collect();
        let iteration = self.trainer.iteration();
        Health { iteration, images, weights, gradient, step: None, growth, layers }
    }
}

/// √Σx².
fn norm(values: impl Iterator<Item = f32>) -> f64 {
    values.map(|value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt()
}
