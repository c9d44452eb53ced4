//! Data that arrives in parts.

use std::rc::Rc;

use super::digits::Digits;
use crate::error::{Code, Error, Result};
use crate::real::Real;
use crate::rng::{Purpose, Rng};
use crate::sparse::{Entry, SparseBuffer};

/// Images that came in one or more shards. Copies share the images.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    shards: Vec<Rc<Digits>>,
    /// Index of each shard's first image, then the number of all.
    starts: Vec<usize>,
    /// How many images there will be.
    expected: usize,
}

impl Collection {
    /// A collection that is complete with one shard.
    pub fn whole(digits: Digits) -> Self {
        let length = digits.len();
        Self { shards: vec![Rc::new(digits)], starts: vec![0, length], expected: length }
    }

    /// Adds a shard; `expected` is how many images the collection will have when complete.
    ///
    /// # Errors
    /// The images differ in size from those before, or become more than expected.
    pub fn push(&mut self, digits: Digits, expected: usize) -> Result<()> {
        if let Some(first) = self.shards.first().filter(|first| first.size() != digits.size()) {
            let ((height, width), (tall, wide)) = (digits.size(), first.size());
            let (value, allowed) = (format!("{height}×{width} pixels"), format!("{tall}×{wide} pixels"));
            return Err(Error::new(Code::SizeMismatch, "images", value, allowed));
        }
        let length = self.len() + digits.len();
        if length > expected {
            return Err(Error::new(Code::OutsideRange, "total", expected, format!("≥ {length}")));
        }
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.starts.push(length);
        self.shards.push(Rc::new(digits));
        self.expected = expected;
        Ok(())
    }

    /// How many images are there.
    pub fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Whether none is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many images there will be when it is complete.
    pub fn expected(&self) -> usize {
        self.expected
    }

    /// Whether all are there.
    pub fn is_complete(&self) -> bool {
        !self.is_empty() && self.len() == self.expected
    }

    /// How many images each shard has.
    pub fn shard_lengths(&self) -> impl Iterator<Item = usize> {
        self.shards.iter().map(|shard| shard.len())
    }

    /// Height and width of each image; none when there is none.
    pub fn size(&self) -> Option<(usize, usize)> {
        self.shards.first().map(|shard| shard.size())
    }

    /// The shard that holds an image, and the image's index in it.
    #[inline(always)]
    fn find(&self, image: usize) -> (&Digits, usize) {
        let shard = self.starts.partition_point(|&start| start <= image) - 1;
        (&self.shards[shard], image - self.starts[shard])
    }

    /// All pixels of an image, 0 to 255.
    pub fn pixels(&self, image: usize) -> Vec<u8> {
        let (shard, image) = self.find(image);
        shard.pixels(image)
    }

    /// The label of an image.
    pub fn label(&self, image: usize) -> u8 {
        let (shard, image) = self.find(image);
        shard.labels()[image]
    }

    /// The highest label; none when there is no image.
    pub fn highest_label(&self) -> Option<u8> {
        self.shards.iter().flat_map(|shard| shard.labels()).copied().max()
    }

    /// Two collections, of `first` and of `second` of the images before the (first + second)th, shared out by chance.
    /// They hold copies.
    ///
    /// # Errors
    /// There are not as many images.
    pub fn split(&self, first: usize, second: usize, seed: u32) -> Result<(Self, Self)> {
        let wanted = first.saturating_add(second);
        let (Some((height, width)), true) = (self.size(), wanted <= self.len()) else {
            return Err(Error::new(Code::OutsideRange, "images", self.len(), format!("≥ {}", wanted.max(1))));
        };
        let mut order: Vec<u32> = (0..wanted as u32).collect();
        Rng::new(seed, Purpose::Split).shuffle(&mut order);
        let copy = |images: &[u32]| {
            let mut copies = Digits::empty(height, width);
            for &image in images {
                let (shard, image) = self.find(image as usize);
                copies.push_copy(shard, image);
            }
            Self::whole(copies)
        };
        Ok((copy(&order[..first]), copy(&order[first..])))
    }

    /// Puts these images into a batch.
    pub fn gather<T: Real>(&self, images: impl Iterator<Item = usize>, batch: &mut Batch<T>) {
        batch.rows.clear();
        batch.labels.clear();
        for image in images {
            let (shard, image) = self.find(image);
            let (columns, values) = shard.ink(image);
            let shades = &batch.shades;
            let entries = columns.iter().zip(values);
            batch.rows.push_row(entries.map(|(&column, &value)| Entry {
                index: u32::from(column),
                value: shades[usize::from(value)],
            }));
            batch.labels.push(shard.labels()[image]);
        }
    }
}

/// A batch of images with their labels; its memory is kept from batch to batch.
#[derive(Clone, Debug)]
pub struct Batch<T> {
    /// Pixels in [0, 1].
    pub rows: SparseBuffer<T>,
    /// One class an image.
    pub labels: Vec<u8>,
    /// value / 255 for each value of a byte.
    shades: [T; 256],
}

impl<T: Real> Batch<T> {
    /// An empty batch of images of `width` pixels.
    pub fn new(width: usize) -> Self {
        let shades = std::array::from_fn(|value| T::from_f64(value as f64 / 255.0));
        Self { rows: SparseBuffer::new(width), labels: Vec::new(), shades }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(labels: &[u8]) -> Digits {
        let mut digits = Digits::empty(1, 2);
        labels.iter().for_each(|&label| digits.push(&[0, label * 51], label));
        digits
    }

    #[test]
    fn a_batch_may_cross_shards() {
        let mut collection = Collection::default();
        collection.push(shard(&[0, 1, 2]), 5).expect("fits");
        assert!(!collection.is_complete());
        collection.push(shard(&[3, 4]), 5).expect("fits");
        assert!(collection.is_complete());
        let mut batch = Batch::<f64>::new(2);
        collection.gather([4, 0, 3, 2].into_iter(), &mut batch);
        assert_eq!(batch.labels, [4, 0, 3, 2]);
        assert_eq!(batch.rows.rows().row(0), [Entry { index: 1, value: 0.8 }]);
        assert_eq!(batch.rows.rows().row(1), []);
    }

    #[test]
    fn a_split_shares_out_the_images() {
        let mut collection = Collection::default();
        collection.push(shard(&[0, 1, 2]), 5).expect("fits");
        collection.push(shard(&[3, 4]), 5).expect("fits");
        let parts = |seed| {
            let (first, second) = collection.split(3, 2, seed).expect("five images");
            assert_eq!((first.len(), second.len(), second.is_complete()), (3, 2, true));
            let images = |part: &Collection| {
                (0..part.len()).map(|image| (part.label(image), part.pixels(image))).collect::<Vec<_>>()
            };
            [images(&first), images(&second)].concat()
        };
        let shuffled = parts(1);
        assert_eq!(shuffled, parts(1));
        assert!((2..20).any(|seed| parts(seed) != shuffled));
        let mut labels: Vec<u8> = shuffled.iter().map(|(label, _)| *label).collect();
        labels.sort_unstable();
        assert_eq!(labels, [0, 1, 2, 3, 4]);
        assert!(shuffled.iter().all(|(label, pixels)| *pixels == [0, label * 51]));
        for (first, second) in [(4, 2), (usize::MAX, 2)] {
            assert_eq!(collection.split(first, second, 1).expect_err("too many").field, "images");
        }
        assert_eq!(Collection::default().split(0, 0, 1).expect_err("none").field, "images");
    }

    #[test]
    fn shards_that_do_not_fit_are_refused() {
        let mut collection = Collection::default();
        collection.push(shard(&[1]), 2).expect("fits");
        assert_eq!(collection.push(Digits::empty(2, 1), 2).expect_err("size").field, "images");
        assert_eq!(collection.push(shard(&[1, 2]), 2).expect_err("too many").field, "total");
    }
}
