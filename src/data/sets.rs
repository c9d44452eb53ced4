//! The data sets that a worker holds, each once, whatever its jobs take of them.

use super::collection::Collection;
use super::digits::Digits;
use super::iris;
use crate::error::{Code, Error, Result};

/// Images show digits.
const CLASSES: usize = 10;

/// What has arrived so far. Copies share the samples.
#[derive(Clone, Debug)]
pub struct Sets {
    /// MNIST's training images.
    pub mnist_train: Collection,
    /// MNIST's test images.
    pub mnist_test: Collection,
    /// The visitor's own images.
    pub own: Collection,
    /// All iris flowers in Fisher's order, 50 of each species; the core holds them.
    pub iris: Collection,
}

impl Default for Sets {
    /// Nothing has arrived but what the core holds.
    fn default() -> Self {
        let empty = Collection::default;
        Self {
            mnist_train: empty(),
            mnist_test: empty(),
            own: empty(),
            iris: Collection::whole(iris::flowers(iris::SPECIES.len() as u8)),
        }
    }
}

impl Sets {
    /// Adds a shard of images: IDX files as bytes, each optionally gzip. `set` is `mnist` or `own`, `split` `train` or
    /// `test`; own images are for both. `index` is the shard's place in the split, `total` how many images that will
    /// have. A shard that was given before is passed over.
    ///
    /// # Errors
    /// A file is malformed, or does not fit those that came before it; then nothing changed.
    pub fn add_images(
        &mut self,
        (set, split): (&str, &str),
        index: usize,
        (images, labels): (&[u8], &[u8]),
        total: usize,
    ) -> Result<()> {
        let collection = match (set, split) {
            ("mnist", "train") => &mut self.mnist_train,
            ("mnist", "test") => &mut self.mnist_test,
            ("own", "train" | "test") => &mut self.own,
            ("mnist" | "own", _) => return Err(Error::new(Code::NotAChoice, "split", split, "train | test")),
            _ => return Err(Error::new(Code::NotAChoice, "set", set, "mnist | own")),
        };
        collection.push(index, Digits::parse(images, labels, CLASSES)?, total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IDX files of one image of two pixels for each label.
    fn files(labels: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let header = |sizes: &[u32]| {
            let sizes_written = sizes.iter().flat_map(|size| size.to_be_bytes());
            [0, 0, 8, sizes.len() as u8].into_iter().chain(sizes_written).collect::<Vec<u8>>()
        };
        let count = labels.len() as u32;
        let pixels = labels.iter().flat_map(|&label| [label, 255]);
        (
            header(&[count, 1, 2]).into_iter().chain(pixels).collect(),
            header(&[count]).into_iter().chain(labels.iter().copied()).collect(),
        )
    }

    #[test]
    fn shards_come_in_any_order_and_each_counts_once() {
        let mut sets = Sets::default();
        let mut add = |index, labels: &[u8]| {
            let (images, labels) = files(labels);
            sets.add_images(("mnist", "train"), index, (&images, &labels), 3)
        };
        for (index, labels) in [(1, &[7][..]), (0, &[1, 2]), (1, &[7]), (0, &[1, 2])] {
            add(index, labels).expect("fits");
        }
        assert!(add(1, &[8]).is_err(), "another shard in its place");
        assert!(sets.mnist_train.is_complete() && sets.mnist_test.is_empty());
        assert_eq!((0..3).map(|image| sets.mnist_train.label(image)).collect::<Vec<_>>(), [1, 2, 7]);
    }

    #[test]
    fn what_is_no_set_or_no_file_is_refused_by_name() {
        let mut sets = Sets::default();
        let (images, labels) = files(&[3]);
        let mut field = |place, images: &[u8]| {
            sets.add_images(place, 0, (images, &labels), 1).expect_err("refused").field
        };
        assert_eq!(field(("iris", "train"), &images), "set");
        assert_eq!(field(("mnist", "validation"), &images), "split");
        assert_eq!(field(("mnist", "test"), &images[..9]), "images");
        assert!(sets.mnist_test.is_empty());
    }
}
