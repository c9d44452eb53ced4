//! How well a network reads images it is shown, in parts short enough to stay responsive.

use crate::data::collection::{Batch, Collection};
use crate::nn::network::{Input, Network};
use crate::real::Real;

/// A walk over a collection that counts what is read right.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    readings: Vec<u8>,
    correct: usize,
    total: usize,
}

impl Evaluation {
    /// Begins anew over the first `count` images; memory is kept.
    pub fn begin(&mut self, images: &Collection, count: usize) {
        self.readings.clear();
        self.correct = 0;
        self.total = count.min(images.len());
    }

    /// Judges the next part; true when all are judged.
    pub fn advance<T: Real>(
        &mut self,
        network: &mut Network<T>,
        images: &Collection,
        batch: &mut Batch<T>,
    ) -> bool {
        if self.total > images.len() {
            // Fewer images have taken the place of those that it began over.
            self.begin(images, images.len());
        }
        let start = self.readings.len();
        let end = (start + network.images_at_once()).min(self.total);
        if start < end {
            images.gather(start..end, batch);
            network.classify(Input::Sparse(batch.rows.rows()), &mut self.readings);
            let pairs = self.readings[start..].iter().zip(&batch.labels);
            self.correct += pairs.filter(|(reading, label)| reading == label).count();
        }
        end == self.total
    }

    /// Judges everything at once and gives the accuracy.
    pub fn run<T: Real>(network: &mut Network<T>, images: &Collection) -> f64 {
        let mut evaluation = Self::default();
        let mut batch = Batch::new(network.inputs());
        evaluation.begin(images, images.len());
        while !evaluation.advance(network, images, &mut batch) {}
        evaluation.accuracy()
    }

    /// The share read right, 0 to 1; not a number before any image.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.total as f64
    }

    /// What was read in each image.
    pub fn readings(&self) -> &[u8] {
        &self.readings
    }
}

/// How often each label was read as each class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<u32>,
}

impl Confusion {
    /// Counts pairs of label and reading, both below `classes`.
    pub fn new(classes: usize, pairs: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut counts = vec![0; classes * classes];
        for (label, reading) in pairs {
            if let Some(count) = counts.get_mut(usize::from(label) * classes + usize::from(reading)) {
                *count += 1;
            }
        }
        Self { classes, counts }
    }

    /// The counts, a row for each label, a column for each reading.
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
