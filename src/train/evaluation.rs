//! How well a network classifies samples it is shown, in pieces short enough to stay responsive.

use serde::{Deserialize, Serialize};

use crate::data::collection::{Batch, Collection};
use crate::nn::network::{Input, Network};
use crate::real::Real;

/// A walk over the first samples of a collection that counts what is classified correctly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// How many samples it has come to.
    done: usize,
    correct: usize,
    predictions: Vec<u8>,
}

impl Evaluation {
    /// Classifies the next piece of the first `count` samples; true when all of them are done.
    pub fn advance<T: Real>(
        &mut self,
        network: &mut Network<T>,
        samples: &Collection,
        count: usize,
        batch: &mut Batch<T>,
    ) -> bool {
        let count = count.min(samples.len());
        let end = (self.done + network.images_at_once()).min(count);
        if self.done < end {
            samples.gather(self.done..end, batch);
            let before = self.predictions.len();
            network.classify(Input::Sparse(batch.rows.rows()), &mut self.predictions);
            let pairs = self.predictions[before..].iter().zip(&batch.labels);
            self.correct += pairs.filter(|(prediction, label)| prediction == label).count();
            self.done = end;
        }
        self.done >= count
    }

    /// Evaluates on all samples at once and gives the accuracy.
    pub fn run<T: Real>(network: &mut Network<T>, samples: &Collection) -> f64 {
        let mut evaluation = Self::default();
        let mut batch = Batch::new(network.inputs());
        while !evaluation.advance(network, samples, samples.len(), &mut batch) {}
        evaluation.accuracy()
    }

    /// The share classified correctly, 0 to 1; not a number before any sample.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.done as f64
    }

    /// The class predicted for each sample, as far as they have not been taken.
    pub fn predictions(&self) -> &[u8] {
        &self.predictions
    }

    /// Hands the predictions over and forgets them.
    pub fn take_predictions(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.predictions)
    }
}

/// How often each label was predicted as each class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<u32>,
}

impl Confusion {
    /// Counts pairs of label and prediction, both below `classes`.
    pub fn new(classes: usize, pairs: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut counts = vec![0; classes * classes];
        for (label, prediction) in pairs {
            if let Some(count) = counts.get_mut(usize::from(label) * classes + usize::from(prediction)) {
                *count += 1;
            }
        }
        Self { classes, counts }
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The counts, a row for each label, a column for each prediction.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The share on the diagonal, 0 to 1; not a number when nothing was counted.
    pub fn accuracy(&self) -> f64 {
        let right: u32 = (0..self.classes).map(|class| self.counts[class * (self.classes + 1)]).sum();
        f64::from(right) / f64::from(self.counts.iter().sum::<u32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confusion_matrix_counts_pairs() {
        let confusion = Confusion::new(3, [(0, 0), (0, 1), (2, 2), (2, 2)].into_iter());
        assert_eq!(confusion.counts(), [1, 1, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(confusion.accuracy(), 0.75);
    }
}
