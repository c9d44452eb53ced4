//! The loss around the weights of a network: a plane of two random directions (Li et al. 2018, "Visualizing the Loss
//! Landscape of Neural Nets").

use ndarray::{Array1, Array2, Axis, Zip};

use super::Training;
use crate::data::collection::{Batch, Collection};
use crate::nn::layer::{Mode, Param, Role};
use crate::nn::network::{Input, Network};
use crate::rng::{Purpose, Rng};
use crate::train::report;

/// Points along each direction.
const SIDE: usize = 17;
/// So far apart are the first points that are computed; then half as far.
const COARSEST: usize = 8;
/// Of so many test examples each loss is the mean, where there are as many.
const EXAMPLES: usize = 300;

/// The loss of the weights θ + α·d + β·e, for α and β from −1 to 1, as far as it is computed.
///
/// d and e are drawn from a normal distribution, then scaled filter by filter to the length of θ's: what belongs to one
/// output of a dense layer, or one filter of a convolution. Biases and batch normalization stay as they are.
pub(super) struct Landscape {
    iteration: u64,
    /// θ.
    center: Vec<Array2<f32>>,
    directions: [Vec<Option<Array2<f32>>>; 2],
    /// A network of its own: the one that learns is not touched.
    network: Network<f32>,
    batch: Batch<f32>,
    /// Places in the grid, in the order in which they are computed.
    order: Vec<usize>,
    values: Vec<f32>,
    /// How many places are computed.
    done: usize,
    examples: usize,
    /// Examples of the next place that are computed, and the sum of their losses.
    walked: usize,
    sum: f64,
}

impl Landscape {
    /// The landscape around these weights, before anything is computed; none where there is no such network.
    fn around(network: &Network<f32>, iteration: u64, examples: usize) -> Option<Self> {
        let seed = network.spec().seed;
        let params = network.params();
        let direction = |which: u32| {
            let each = params.iter().enumerate();
            each.map(|(index, param)| {
                direction_of(param, &mut Rng::new(seed, Purpose::Direction(which, index)))
            })
            .collect()
        };
        Some(Self {
            iteration,
            center: params.iter().map(|param| param.value.clone()).collect(),
            directions: [direction(0), direction(1)],
            network: Network::new(network.spec()).ok()?,
            batch: Batch::new(network.inputs()),
            order: order(),
            values: vec![f32::NAN; SIDE * SIDE],
            done: 0,
            examples,
            walked: 0,
            sum: 0.0,
        })
    }

    /// Whether it is that of these very weights.
    fn is_around(&self, network: &Network<f32>) -> bool {
        // By their bits: what is no number is not equal to itself.
        let same = |(center, param): (&Array2<f32>, &Param<f32>)| {
            center.dim() == param.value.dim()
                && center.iter().zip(&param.value).all(|(one, other)| one.to_bits() == other.to_bits())
        };
        self.network.spec().layers == network.spec().layers
            && self.center.iter().zip(network.params()).all(same)
    }

    /// Computes a piece of the next place; false when all are computed.
    fn advance(&mut self, test: &Collection) -> bool {
        let Some(&place) = self.order.get(self.done) else { return false };
        if self.walked == 0 {
            self.move_to(place);
        }
        let end = (self.walked + self.network.images_at_once()).min(self.examples);
        test.gather(self.walked..end, &mut self.batch);
        let count = end - self.walked;
        let input = Input::Sparse(self.batch.rows.rows());
        let mean = self.network.mean_loss(input, &self.batch.labels, Mode::Evaluation);
        self.sum += f64::from(mean) * count as f64;
        self.walked = end;
        if self.walked >= self.examples {
            let mean = (self.sum / self.examples as f64) as f32;
            self.values[place] = if mean.is_nan() { f32::INFINITY } else { mean };
            (self.walked, self.sum) = (0, 0.0);
            self.done += 1;
        }
        self.done < self.order.len()
    }

    /// Gives the network the weights of a place.
    fn move_to(&mut self, place: usize) {
        let at = |step: usize| 2.0 * step as f32 / (SIDE - 1) as f32 - 1.0;
        let (alpha, beta) = (at(place % SIDE), at(place / SIDE));
        let [first, second] = &self.directions;
        let params = self.network.params_mut().iter_mut();
        for (((param, center), first), second) in params.zip(&self.center).zip(first).zip(second) {
            let (Some(first), Some(second)) = (first, second) else {
                param.value.assign(center);
                continue;
            };
            Zip::from(&mut param.value).and(center).and(first).and(second).for_each(
                |to, &at, &one, &other| {
                    *to = at + alpha * one + beta * other;
                },
            );
        }
    }

    pub(super) fn report(&self) -> report::Landscape {
        report::Landscape {
            iteration: self.iteration,
            examples: self.examples,
            side: SIDE,
            values: self.values.clone(),
            done: self.done,
        }
    }
}

/// A random direction for a parameter, filter by filter as long as the parameter itself; none for one that stays as it is.
fn direction_of(param: &Param<f32>, rng: &mut Rng) -> Option<Array2<f32>> {
    // Dense weights have a column for each output, convolutions a row for each filter.
    let filters = if param.shape.len() == 2 { Axis(1) } else { Axis(0) };
    if param.role != Role::Weight {
        return None;
    }
    let mut direction = Array2::from_shape_simple_fn(param.value.dim(), || rng.normal() as f32);
    let lengths = |array: &Array2<f32>| -> Array1<f32> {
        let filters = array.axis_iter(filters);
        filters.map(|filter| filter.iter().map(|value| value * value).sum::<f32>().sqrt()).collect()
    };
    let (wanted, drawn) = (lengths(&param.value), lengths(&direction));
    for ((mut filter, wanted), drawn) in direction.axis_iter_mut(filters).zip(wanted).zip(drawn) {
        let scale = wanted / drawn.max(f32::MIN_POSITIVE);
        filter.iter_mut().for_each(|value| *value *= scale);
    }
    Some(direction)
}

/// The places of the grid: a coarse grid first, then what lies between.
fn order() -> Vec<usize> {
    let coarse = |place: usize, stride: usize| {
        (place % SIDE).is_multiple_of(stride) && (place / SIDE).is_multiple_of(stride)
    };
    let mut order = Vec::with_capacity(SIDE * SIDE);
    let mut stride = COARSEST;
    while stride > 0 {
        let is_new =
            |place: &usize| coarse(*place, stride) && (stride == COARSEST || !coarse(*place, 2 * stride));
        order.extend((0..SIDE * SIDE).filter(is_new));
        stride /= 2;
    }
    order
}

impl Training {
    /// Computes a piece of the loss around the weights as they are. False when nothing is left of it, when it has diverged,
    /// and before there are test examples.
    pub(super) fn survey_landscape(&mut self) -> bool {
        let examples = self.test.len().min(EXAMPLES);
        let are_there = examples == EXAMPLES || (self.test.is_complete() && examples > 0);
        if self.has_diverged() || !are_there {
            return false;
        }
        let iteration = self.iteration();
        let network = self.trainer.network();
        let present = self.landscape.take().filter(|found| found.is_around(network));
        let Some(mut landscape) = present.or_else(|| Landscape::around(network, iteration, examples)) else {
            return false;
        };
        // The same weights as of another iteration: those that a way back leads to.
        landscape.iteration = iteration;
        let more = landscape.advance(&self.test);
        self.landscape = Some(landscape);
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_comes_once_and_far_ones_first() {
        let order = order();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..SIDE * SIDE));
        let last = SIDE - 1;
        assert_eq!(order[..3], [0, COARSEST, last]);
        assert_eq!(order[8], SIDE * SIDE - 1, "nine places of the coarsest grid");
        assert!(order[9..].iter().all(|place| {
            !(place % SIDE).is_multiple_of(COARSEST) || !(place / SIDE).is_multiple_of(COARSEST)
        }));
    }
}
