//! The data sets that a worker holds, each once, whatever its jobs take of them.

use super::augment::{Augmentation, Distortion};
use super::collection::Collection;
use super::digit::SIDE;
use super::digits::Digits;
use super::iris;
use crate::error::{Code, Error, Result};

/// Images show digits.
const CLASSES: usize = 10;
/// How far the copies of own images are distorted: what a hand does from one digit to the next.
const DISTORTION: Distortion = Distortion { shift: 1.0, rotation: 8.0, scale: 0.08, slant: 0.08 };
/// Decides the copies of own images: of the same images they are the same.
const SEED: u32 = 1;

/// What has arrived so far. Copies share the samples.
#[derive(Clone, Debug)]
pub struct Sets {
    /// MNIST's training images.
    pub mnist_train: Collection,
    /// MNIST's test images.
    pub mnist_test: Collection,
    /// The visitor's own images.
    pub own: Collection,
    /// These with distorted copies of them, at least [`VARIED`](Self::VARIED) together; none where there are no own images.
    pub own_varied: Collection,
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
            own_varied: empty(),
            iris: Collection::whole(iris::flowers(iris::SPECIES.len() as u8)),
        }
    }
}

impl Sets {
    /// So many images, at least, are made of the visitor's own ones to learn from.
    pub const VARIED: usize = 400;

    /// Adds a shard of images: IDX files as bytes, each optionally gzip. `set` is `mnist` or `own`, `split` `train` or
    /// `test`; own images are for both. `index` is the shard's place in the split, `total` how many images that will
    /// have. A shard that was given before is passed over, but own images come all at once and take the place of those
    /// before: they change while the visitor draws. Where there are none of them `total` is 0 and the files are empty.
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
            ("own", "train" | "test") => return self.replace_own((images, labels), total),
            ("mnist" | "own", _) => return Err(Error::new(Code::NotAChoice, "split", split, "train | test")),
            _ => return Err(Error::new(Code::NotAChoice, "set", set, "mnist | own")),
        };
        collection.push(index, Digits::parse(images, labels, CLASSES)?, total)
    }

    fn replace_own(&mut self, (images, labels): (&[u8], &[u8]), total: usize) -> Result<()> {
        let (mut own, mut varied) = (Collection::expecting(0), Collection::expecting(0));
        if total > 0 {
            let digits = Digits::parse(images, labels, CLASSES)?;
            if digits.len() != total {
                return Err(Error::new(Code::SizeMismatch, "total", total, digits.len().to_string()));
            }
            varied = Collection::whole(vary(&digits));
            own = Collection::whole(digits);
        }
        (self.own, self.own_varied) = (own, varied);
        Ok(())
    }
}

/// Some digits, then distorted copies of them in their order, again and again. Images of another size than MNIST's are
/// copied as they are.
fn vary(digits: &Digits) -> Digits {
    let (height, width) = digits.size();
    let mut augmentation = Augmentation::new(DISTORTION, SEED);
    let mut varied = Digits::empty(height, width);
    for copy in 0..digits.len().max(Sets::VARIED) {
        let image = copy % digits.len();
        let mut pixels = digits.pixels(image);
        if copy >= digits.len() && (height, width) == (SIDE, SIDE) {
            pixels = augmentation.distort(&pixels);
        }
        varied.push(&pixels, digits.labels()[image]);
    }
    varied
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
        assert_eq!(labels(&sets.mnist_train), [1, 2, 7]);
    }

    fn labels(collection: &Collection) -> Vec<u8> {
        (0..collection.len()).map(|image| collection.label(image)).collect()
    }

    #[test]
    fn own_images_take_the_place_of_those_before() {
        let mut sets = Sets::default();
        let mut own = |given: &[u8]| {
            let (images, marks) = files(given);
            let files: (&[u8], &[u8]) = if given.is_empty() { (&[], &[]) } else { (&images, &marks) };
            sets.add_images(("own", "train"), 0, files, given.len()).expect("fits");
            assert!(sets.own.is_complete() && sets.own_varied.is_complete());
            assert_eq!(sets.own_varied.len(), if given.is_empty() { 0 } else { Sets::VARIED });
            labels(&sets.own)
        };
        for given in [&[3][..], &[3, 4], &[4], &[5], &[]] {
            assert_eq!(own(given), given);
        }
        let (images, marks) = files(&[1, 2]);
        let refused = sets.add_images(("own", "train"), 0, (&images, &marks), 3).expect_err("one is missing");
        assert_eq!(refused.field, "total");
        assert!(sets.own.is_empty());
    }

    #[test]
    fn copies_of_own_images_are_distorted_and_the_same_each_time() {
        let mut digits = Digits::empty(SIDE, SIDE);
        for label in 0..3_u8 {
            let ink = |place: usize| if place / SIDE == 9 + usize::from(label) { 255 } else { 0 };
            digits.push(&(0..SIDE * SIDE).map(ink).collect::<Vec<u8>>(), label);
        }
        let varied = vary(&digits);
        assert_eq!(varied.len(), Sets::VARIED);
        for image in 0..varied.len() {
            assert_eq!(usize::from(varied.labels()[image]), image % 3);
            assert_eq!(varied.pixels(image) == digits.pixels(image % 3), image < 3, "{image}");
        }
        let again = vary(&digits);
        assert!((0..varied.len()).all(|image| again.pixels(image) == varied.pixels(image)));
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
