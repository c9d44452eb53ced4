//! How healthy the inside of a network in training is: units that nothing excites, activations that are saturated,
//! gradients and weights (book 6.1 and 6.2). What it means is said by those who show it.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::nn::spec::LayerSpec;
use crate::nn::statistics::{Bounds, Extent};

/// The most images of a probe.
pub const PROBE: usize = 200;
/// The most activations of a layer in a probe: of a convolution with many places fewer images are looked at.
const MOST_VALUES: usize = 1 << 19;

/// What a look inside a network found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Mini-batches learned before.
    pub iteration: u64,
    /// How many training images it looked at, the first ones.
    pub images: usize,
    /// The norm of all weights and biases: √Σw². Not finite where one of them is not.
    pub weights: f64,
    /// The norm of the gradient of the last mini-batch: √Σg².
    pub gradient: f64,
    /// The norm of the last update, √ΣΔw²; none of a run that diverged between two looks.
    pub step: Option<f64>,
    /// How many times as large as the [kept](super::report::Training::way_back) weights they are; none but of a run that
    /// diverged and has such.
    pub growth: Option<f64>,
    /// The hidden layers with an activation function, first to last.
    pub layers: Vec<Hidden>,
}

/// The units of a hidden layer, of a convolution its channels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hidden {
    /// How many there are.
    pub units: usize,
    /// Those that no image excites, by index, rising: their ReLU is 0 whatever it sees, and so is their gradient. Empty for
    /// other functions.
    pub dead: Vec<usize>,
    /// The share of activations where the slope of sigmoid or tanh has fallen below a tenth of its highest, 0 to 1; none
    /// for other functions.
    pub saturated: Option<f64>,
}

impl Health {
    /// Whether it is to be looked at after so many mini-batches: after each of the first eight, then four times until
    /// their number has doubled, at least every 512. So it costs a few forward passes while a run doubles, and what is
    /// found depends on nothing but the run.
    pub fn is_due(iteration: u64) -> bool {
        let doublings = iteration.checked_ilog2().unwrap_or(0);
        iteration > 0 && iteration.is_multiple_of(1 << doublings.saturating_sub(2).min(9))
    }

    /// How many units of its ReLU layers no image excites, and how many such units there are.
    pub fn dead_units(&self) -> (usize, usize) {
        let relu = self.layers.iter().filter(|layer| layer.saturated.is_none());
        relu.fold((0, 0), |(dead, units), layer| (dead + layer.dead.len(), units + layer.units))
    }

    /// The largest share of saturated activations of a layer; none where no layer can saturate.
    pub fn saturated(&self) -> Option<f64> {
        self.layers.iter().filter_map(|layer| layer.saturated).reduce(f64::max)
    }

    /// Whether it is what a look can find; one from outside may be anything.
    pub fn is_sound(&self) -> bool {
        let fits = |layer: &Hidden| {
            layer.dead.len() <= layer.units
                && layer.dead.is_sorted_by(|one, other| one < other)
                && layer.dead.last().is_none_or(|&last| last < layer.units)
                && layer.saturated.is_none_or(|share| share.is_nan() || (0.0..=1.0).contains(&share))
        };
        self.layers.iter().all(fits)
    }
}

/// Counts what images do to one layer of activation functions.
pub(super) struct Probe {
    /// The layer's index in the spec.
    pub(super) layer: usize,
    /// Values of one image that belong to a unit: 1, or the places of a channel.
    places: usize,
    /// Whether an image has excited each unit; none for functions that are never off.
    excited: Option<Vec<bool>>,
    units: usize,
    extent: Extent,
}

impl Probe {
    /// One for each layer of activation functions; `shapes` are those of the input and of each layer's output.
    pub(super) fn of(layers: &[LayerSpec], shapes: &[Vec<usize>]) -> Vec<Self> {
        let probe = |(layer, (spec, shape)): (usize, (&LayerSpec, &Vec<usize>))| {
            let is_relu = *spec == LayerSpec::Relu;
            let bounds = Bounds::of(spec);
            if !is_relu && bounds.is_none() {
                return None;
            }
            let units = *shape.first()?;
            let places = shape[1..].iter().product();
            let excited = is_relu.then(|| vec![false; units]);
            Some(Self { layer, places, excited, units, extent: Extent::new(bounds) })
        };
        layers.iter().zip(shapes.get(1..).unwrap_or_default()).enumerate().filter_map(probe).collect()
    }

    /// How many images all of these are to see at most.
    pub(super) fn images(probes: &[Self]) -> usize {
        let widest = probes.iter().map(|probe| probe.units * probe.places).max().unwrap_or(0);
        (MOST_VALUES / widest.max(1)).clamp(1, PROBE)
    }

    /// Takes what the layer made of some images, a row for each.
    pub(super) fn add(&mut self, outputs: ArrayView2<'_, f32>) {
        match &mut self.excited {
            None => self.extent.add(outputs.iter().copied()),
            Some(excited) => {
                for row in outputs.rows() {
                    for (value, &output) in row.iter().enumerate() {
                        // What is no number is not dead, it is another illness.
                        excited[value / self.places.max(1)] |= output != 0.0;
                    }
                }
            }
        }
    }

    /// What it has counted.
    pub(super) fn found(self) -> Hidden {
        let Self { units, excited, extent, .. } = self;
        let excited = excited.unwrap_or_default();
        let dead =
            excited.iter().enumerate().filter(|(_, excited)| !**excited).map(|(unit, _)| unit).collect();
        Hidden { units, dead, saturated: extent.saturated() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_dense_at_the_beginning_and_never_too_far_apart() {
        let due: Vec<u64> = (0..70).filter(|&iteration| Health::is_due(iteration)).collect();
        assert_eq!(due, [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64]);
        let late: Vec<u64> = (99_840..101_000).filter(|&iteration| Health::is_due(iteration)).collect();
        assert_eq!(late, [99_840, 100_352, 100_864]);
        assert!(!Health::is_due(u64::MAX));
    }

    #[test]
    fn shares_are_those_of_the_layers_they_are_about() {
        let layer = |units, dead: &[usize], saturated| Hidden { units, dead: dead.to_vec(), saturated };
        let layers = vec![layer(4, &[1, 2, 3], None), layer(4, &[], Some(0.25)), layer(4, &[0], None)];
        let health = Health { layers, ..Health::default() };
        assert_eq!((health.dead_units(), health.saturated()), ((4, 8), Some(0.25)));
        assert_eq!((Health::default().dead_units(), Health::default().saturated()), ((0, 0), None));
        assert!(health.is_sound());
        for dead in [&[4][..], &[1, 1], &[2, 0]] {
            assert!(
                !Health { layers: vec![layer(4, dead, None)], ..Health::default() }.is_sound(),
                "{dead:?}"
            );
        }
    }
}
