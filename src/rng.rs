//! Chance as an argument: one seed, many independent streams, the same numbers on every machine.

use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_distr::{Distribution as _, StandardNormal};
use rand_pcg::Pcg64Mcg;

/// What a stream of random numbers is for. Streams of one seed are independent, so drawing more batches does not
/// change the weights, and adding a layer does not change the batches.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Initial values of the weights of the layer with this index.
    Weights(usize),
    /// The order of the training data in this pass (epoch) and block.
    Order(u32, u32),
    /// Distortion of training images.
    Augmentation,
    /// Which values a dropout layer drops of one image of one mini-batch.
    Dropout {
        /// Which dropout layer of the network.
        layer: usize,
        /// Mini-batches learned before.
        step: u64,
        /// The image's place in the mini-batch.
        row: usize,
    },
    /// Which images go into which part of a collection.
    Split,
    /// What one trial of a search tries.
    Trial(u32),
    /// A random input with its label, for a look at a network that has not learned.
    Input(u32),
    /// A random direction in the space of weights: which one, and its part for the parameter with this index.
    Direction(u32, usize),
}

/// A stream of random numbers.
///
/// PCG, because its numbers are the same on every target; `SmallRng` of the crate rand is not.
#[derive(Clone, Debug)]
pub struct Rng(Pcg64Mcg);

impl Rng {
    /// The stream of `seed` for one purpose.
    pub fn new(seed: u32, purpose: Purpose) -> Self {
        let (kind, first, second) = match purpose {
            Purpose::Weights(layer) => (1_u64, layer as u64, 0),
            Purpose::Order(pass, block) => (2, u64::from(pass), u64::from(block)),
            Purpose::Augmentation => (3, 0, 0),
            Purpose::Dropout { layer, step, row } => (4, (layer as u64) << 32 | row as u64, step),
            Purpose::Split => (5, 0, 0),
            Purpose::Trial(trial) => (6, u64::from(trial), 0),
            Purpose::Input(input) => (7, u64::from(input), 0),
            Purpose::Direction(which, parameter) => (8, u64::from(which), parameter as u64),
        };
        // Multiplying by an odd number before each part keeps (seed, part) and (part, seed) apart.
        let mixed = [kind, first, second].into_iter().fold(u64::from(seed), |state, part| {
            state.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29) ^ part
        });
        Self(Pcg64Mcg::seed_from_u64(mixed))
    }

    /// A number from the standard normal distribution.
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// A number from 0 up to, not including, 1.
    pub fn uniform(&mut self) -> f64 {
        self.0.random()
    }

    /// A whole number from 0 up to, not including, `end`, which must not be 0.
    pub fn below(&mut self, end: u32) -> u32 {
        // The high half of a 64-bit product: unbiased to 2⁻³², and the same on 32- and 64-bit targets.
        ((u64::from(self.0.next_u32()) * u64::from(end)) >> 32) as u32
    }

    /// 32 random bits.
    #[inline(always)]
    pub fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Puts `items` into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u32 + 1) as usize;
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_everywhere() {
        // Computed apart from this code; WebAssembly must give the same, see tests/web_worker.rs.
        let mut rng = Rng::new(1, Purpose::Weights(0));
        let first: Vec<u32> = (0..8).map(|_| rng.below(1000)).collect();
        assert_eq!(first, [791, 396, 202, 779, 10, 241, 336, 103]);
    }

    #[test]
    fn purposes_and_seeds_give_different_streams() {
        let draw = |seed, purpose| {
            let mut rng = Rng::new(seed, purpose);
            (0..8).map(|_| rng.below(u32::MAX)).collect::<Vec<_>>()
        };
        let streams = [
            draw(1, Purpose::Weights(0)),
            draw(1, Purpose::Weights(1)),
            draw(2, Purpose::Weights(0)),
            draw(1, Purpose::Order(0, 0)),
            draw(1, Purpose::Order(1, 0)),
            draw(1, Purpose::Order(0, 1)),
            draw(1, Purpose::Augmentation),
            draw(1, Purpose::Dropout { layer: 0, step: 0, row: 0 }),
            draw(1, Purpose::Dropout { layer: 1, step: 0, row: 0 }),
            draw(1, Purpose::Dropout { layer: 0, step: 1, row: 0 }),
            draw(1, Purpose::Dropout { layer: 0, step: 0, row: 1 }),
            draw(1, Purpose::Split),
            draw(1, Purpose::Trial(0)),
            draw(1, Purpose::Trial(1)),
            draw(1, Purpose::Input(0)),
            draw(1, Purpose::Input(1)),
        ];
        for (i, a) in streams.iter().enumerate() {
            assert!(streams[i + 1..].iter().all(|b| a != b));
        }
    }

    #[test]
    fn normal_numbers_have_mean_0_and_deviation_1() {
        let mut rng = Rng::new(5, Purpose::Weights(0));
        let numbers: Vec<f64> = (0..100_000).map(|_| rng.normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..1000).collect();
        Rng::new(3, Purpose::Order(0, 0)).shuffle(&mut items);
        assert_ne!(items, (0..1000).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..1000).collect::<Vec<_>>());
    }
}
