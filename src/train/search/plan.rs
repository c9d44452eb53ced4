//! What a search is, as data: the images it shares out and the trials it draws.

use super::MedianRule;
pub use super::range::{Range, Scale};
use crate::error::{Code, Error, Result};
use crate::nn::spec::NetSpec;
use crate::rng::{Purpose, Rng};

/// What is searched, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSpec {
    /// The network with everything that is not drawn. Each trial has a seed of its own, drawn as well.
    pub net: NetSpec,
    /// What is drawn for each trial.
    pub ranges: Vec<Range>,
    /// How many trials, 1 to 1000; the book takes 100.
    pub trials: u32,
    /// Passes of each trial over the training images, 1 to 1000; the book takes 50.
    pub epochs: u32,
    /// How many images to work with, the first ones, 2 or more; all when absent. The book takes 500.
    pub images: Option<usize>,
    /// Which share of them is held out for validation, above 0 and below 1; the book takes 0.2 (6.5.1).
    pub validation: f64,
    /// When hopeless trials are stopped; never when absent, as in the book.
    pub stopping: Option<MedianRule>,
    /// The seed of the split, of the numbers drawn and of the trials' own seeds.
    pub seed: u32,
}

impl SearchSpec {
    /// The numbers and the network of a trial, a function of the spec and the index alone. The spec is one that
    /// [`Search::new`](super::Search::new) takes.
    pub fn draw(&self, index: u32) -> (Vec<f64>, NetSpec) {
        let mut rng = Rng::new(self.seed, Purpose::Trial(index));
        let mut spec = NetSpec { seed: rng.bits(), ..self.net.clone() };
        let values = self.ranges.iter().map(|range| range.draw(&mut spec, &mut rng)).collect();
        (values, spec)
    }
}

/// How many of some images are for training and how many for validation: the share rounded, and at least one of each.
///
/// # Errors
/// There are fewer than two.
pub fn share_out(images: usize, validation: f64) -> Result<(usize, usize)> {
    if images < 2 {
        return Err(Error::new(Code::OutsideRange, "images", images, "≥ 2"));
    }
    let validation = ((images as f64 * validation).round() as usize).clamp(1, images - 1);
    Ok((images - validation, validation))
}
