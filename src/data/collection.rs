//! Data that arrives in parts.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::sync::Arc;

pub use super::batch::Batch;
use super::shard::{Form, Shard};
use crate::error::{Code, Error, Result};
use crate::real::Real;
use crate::rng::{Purpose, Rng};

/// Labelled samples, images or rows of numbers, that come in one or more shards. Copies share the samples.
///
/// Shards may arrive in any order. Those behind a missing one wait: [`len`](Self::len) and everything else counts the
/// samples before the first gap only, so that what is seen of a collection never changes and only grows.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// The shards before the first gap, in order.
    pieces: Vec<Piece>,
    /// Index of each piece's first sample, then the number of all; empty when there is no piece.
    starts: Vec<usize>,
    /// Shards behind a gap, by their index.
    early: BTreeMap<usize, Arc<Shard>>,
    /// How many samples there will be; none when that is not known.
    expected: Option<usize>,
}

/// The first samples of a shard, or all of them.
#[derive(Clone, Debug)]
struct Piece {
    shard: Arc<Shard>,
    length: usize,
}

impl Piece {
    fn whole(shard: Arc<Shard>) -> Self {
        Self { length: shard.len(), shard }
    }

    /// Whether both are the same samples, not merely equal ones.
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shard, &other.shard) && self.length == other.length
    }
}

impl Collection {
    /// A collection that is complete with one shard.
    pub fn whole(shard: impl Into<Shard>) -> Self {
        let mut collection = Self::default();
        collection.append(Piece::whole(Arc::new(shard.into())));
        collection.expected = Some(collection.len());
        collection
    }

    /// A collection of so many samples of which none has arrived.
    pub fn expecting(expected: usize) -> Self {
        Self { expected: Some(expected), ..Self::default() }
    }

    /// Adds the shard with this index, counted from 0; `expected` is how many samples the collection will have when it
    /// is complete. A shard given again is passed over, so that a load may be tried again.
    ///
    /// # Errors
    /// The shard is empty, or another one than was given with this index; its samples differ in form from those before,
    /// or become more than `expected`; `expected` is not what it was. Then nothing changed.
    pub fn push(&mut self, index: usize, shard: impl Into<Shard>, expected: usize) -> Result<()> {
        let shard = shard.into();
        if let Some(before) = self.expected.filter(|&before| before != expected) {
            return Err(Error::new(Code::SizeMismatch, "total", expected, before.to_string()));
        }
        if let Some(known) = self.pieces.get(index).map(|piece| &piece.shard).or(self.early.get(&index)) {
            if **known == shard {
                return Ok(());
            }
            let checksum = |shard: &Shard| format!("CRC-32 {:08x}", shard.checksum());
            let (value, allowed) = (checksum(&shard), checksum(known));
            return Err(Error::new(Code::SizeMismatch, format!("shards[{index}]"), value, allowed));
        }
        if let Some(form) = self.form().filter(|&form| form != shard.form()) {
            return Err(Error::new(Code::SizeMismatch, "images", shard.form(), form.to_string()));
        }
        if shard.is_empty() {
            return Err(Error::new(Code::OutsideRange, "images", 0, "≥ 1"));
        }
        // Each shard before it has at least one sample.
        if index >= expected {
            let allowed = format!("0 … {}", expected.saturating_sub(1));
            return Err(Error::new(Code::OutsideRange, "index", index, allowed));
        }
        let arrived = self.len() + self.early.values().map(|shard| shard.len()).sum::<usize>() + shard.len();
        if arrived > expected {
            return Err(Error::new(Code::OutsideRange, "total", expected, format!("≥ {arrived}")));
        }
        self.expected = Some(expected);
        self.early.insert(index, Arc::new(shard));
        while let Slot::Occupied(next) = self.early.entry(self.pieces.len()) {
            let piece = Piece::whole(next.remove());
            self.append(piece);
        }
        Ok(())
    }

    /// The first `count` samples, of which more may still be to come; they share the shards. It is complete as soon as
    /// these have arrived.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let mut first = Self { expected: self.expected.map(|all| all.min(count)), ..Self::default() };
        for piece in &self.pieces {
            let length = piece.length.min(count - first.len());
            if length == 0 {
                break;
            }
            first.append(Piece { shard: piece.shard.clone(), length });
        }
        first
    }

    /// The samples of several collections one after the other; they share the shards. It is complete when all of them
    /// are. Until then it holds what has arrived before the first gap: nothing of a collection whose predecessor lacks
    /// samples.
    ///
    /// # Errors
    /// Their samples differ in form.
    pub fn joined(parts: &[Self]) -> Result<Self> {
        let mut joined = Self::default();
        let mut forms = parts.iter().enumerate().filter_map(|(index, part)| Some((index, part.form()?)));
        if let Some((_, first)) = forms.next()
            && let Some((index, other)) = forms.find(|&(_, form)| form != first)
        {
            let field = format!("parts[{index}].images");
            return Err(Error::new(Code::SizeMismatch, field, other, first.to_string()));
        }
        for part in parts {
            part.pieces.iter().for_each(|piece| joined.append(piece.clone()));
            if !part.is_complete() {
                break;
            }
        }
        joined.expected = parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.expected?));
        Ok(joined)
    }

    fn append(&mut self, piece: Piece) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.starts.push(self.len() + piece.length);
        self.pieces.push(piece);
    }

    /// How many samples are there.
    pub fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Whether none is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many samples there will be when it is complete, as far as is known.
    pub fn expected(&self) -> usize {
        self.expected.unwrap_or(self.len())
    }

    /// Whether all are there.
    pub fn is_complete(&self) -> bool {
        self.expected == Some(self.len())
    }

    /// Whether these are the very samples of `earlier`, and perhaps more that have arrived since then.
    pub fn continues(&self, earlier: &Self) -> bool {
        let begins = self.pieces.len() >= earlier.pieces.len()
            && self.pieces.iter().zip(&earlier.pieces).all(|(piece, before)| piece.is(before));
        begins && (!earlier.is_complete() || (self.is_complete() && self.len() == earlier.len()))
    }

    /// How many samples each shard has.
    pub fn shard_lengths(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().map(|piece| piece.length)
    }

    /// What its samples are; none when there is none.
    fn form(&self) -> Option<Form> {
        let first = self.pieces.first().map(|piece| &piece.shard);
        first.or(self.early.values().next()).map(|shard| shard.form())
    }

    /// Height and width of each image; none for rows of numbers, and when there is no sample.
    pub fn size(&self) -> Option<(usize, usize)> {
        match self.form()? {
            Form::Image { height, width } => Some((height, width)),
            Form::Row { .. } => None,
        }
    }

    /// How many values each sample has: pixels of an image, numbers of a row; none when there is no sample.
    pub fn width(&self) -> Option<usize> {
        self.form().map(Form::values)
    }

    /// What a sample is, for messages: `28×28 pixels`, `4 values`.
    pub fn describe(&self) -> Option<String> {
        self.form().map(|form| form.to_string())
    }

    /// The shard that holds a sample, and the sample's index in it.
    #[inline(always)]
    fn find(&self, sample: usize) -> (&Shard, usize) {
        let piece = self.starts.partition_point(|&start| start <= sample) - 1;
        (&self.pieces[piece].shard, sample - self.starts[piece])
    }

    /// All pixels of an image, 0 to 255; none for rows of numbers.
    ///
    /// # Panics
    /// There are not so many samples.
    pub fn pixels(&self, image: usize) -> Option<Vec<u8>> {
        match self.find(image) {
            (Shard::Images(digits), image) => Some(digits.pixels(image)),
            (Shard::Rows(_), _) => None,
        }
    }

    /// Where the ink of an image is, rising, and how much, 1 to 255; none for rows of numbers.
    ///
    /// # Panics
    /// There are not so many samples.
    pub fn ink(&self, image: usize) -> Option<(&[u16], &[u8])> {
        match self.find(image) {
            (Shard::Images(digits), image) => Some(digits.ink(image)),
            (Shard::Rows(_), _) => None,
        }
    }

    /// The numbers of a row; none for images.
    ///
    /// # Panics
    /// There are not so many samples.
    pub fn row(&self, row: usize) -> Option<&[f64]> {
        match self.find(row) {
            (Shard::Rows(rows), row) => Some(rows.row(row)),
            (Shard::Images(_), _) => None,
        }
    }

    /// The label of a sample.
    ///
    /// # Panics
    /// There are not so many samples.
    pub fn label(&self, sample: usize) -> u8 {
        let (shard, sample) = self.find(sample);
        shard.labels()[sample]
    }

    /// The highest label; none when there is no sample.
    pub fn highest_label(&self) -> Option<u8> {
        self.pieces.iter().flat_map(|piece| &piece.shard.labels()[..piece.length]).copied().max()
    }

    /// Two collections, of `first` and of `second` of the samples before the (first + second)th, shared out by chance.
    /// They hold copies.
    ///
    /// # Errors
    /// There are not as many samples.
    pub fn split(&self, first: usize, second: usize, seed: u32) -> Result<(Self, Self)> {
        let wanted = first.saturating_add(second);
        let (Some(form), true) = (self.form(), wanted <= self.len()) else {
            return Err(Error::new(Code::OutsideRange, "images", self.len(), format!("≥ {}", wanted.max(1))));
        };
        let mut order: Vec<u32> = (0..wanted as u32).collect();
        Rng::new(seed, Purpose::Split).shuffle(&mut order);
        let copy = |samples: &[u32]| {
            let mut copies = form.empty();
            for &sample in samples {
                let (shard, sample) = self.find(sample as usize);
                copies.push_copy(shard, sample);
            }
            Self::whole(copies)
        };
        Ok((copy(&order[..first]), copy(&order[first..])))
    }

    /// Puts these samples into a batch.
    ///
    /// # Panics
    /// There are not so many samples.
    pub fn gather<T: Real>(&self, samples: impl Iterator<Item = usize>, batch: &mut Batch<T>) {
        batch.rows.clear();
        batch.labels.clear();
        for sample in samples {
            let (shard, sample) = self.find(sample);
            shard.gather(sample, &batch.shades, &mut batch.rows);
            batch.labels.push(shard.labels()[sample]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::data::rows::Rows;
    use crate::sparse::Entry;

    fn shard(labels: &[u8]) -> Digits {
        let mut digits = Digits::empty(1, 2);
        labels.iter().for_each(|&label| digits.push(&[0, label * 51], label));
        digits
    }

    /// Samples `from` to `to` of an endless data set, as images or as rows.
    fn samples(from: usize, to: usize, as_rows: bool) -> Shard {
        let (mut digits, mut rows) = (Digits::empty(1, 2), Rows::empty(2));
        for index in from..to {
            let (low, high) = ((index * 7 % 5) as u8, (index % 251) as u8);
            digits.push(&[low, high], (index % 10) as u8);
            rows.push_checked(&[f64::from(low), f64::from(high)], (index % 10) as u8);
        }
        if as_rows { rows.into() } else { digits.into() }
    }

    fn labels(collection: &Collection) -> Vec<u8> {
        (0..collection.len()).map(|sample| collection.label(sample)).collect()
    }

    #[test]
    fn a_batch_may_cross_shards() {
        let mut collection = Collection::default();
        assert!(!collection.is_complete() && collection.is_empty());
        collection.push(0, shard(&[0, 1, 2]), 5).expect("fits");
        assert!(!collection.is_complete());
        collection.push(1, shard(&[3, 4]), 5).expect("fits");
        assert!(collection.is_complete());
        let mut batch = Batch::<f64>::new(2);
        collection.gather([4, 0, 3, 2].into_iter(), &mut batch);
        assert_eq!(batch.labels, [4, 0, 3, 2]);
        assert_eq!(batch.rows.rows().row(0), [Entry { index: 1, value: 0.8 }]);
        assert_eq!(batch.rows.rows().row(1), []);
    }

    #[test]
    fn images_and_rows_say_what_they_are() {
        let images = Collection::whole(samples(0, 3, false));
        assert_eq!(
            (images.size(), images.width(), images.describe()),
            (Some((1, 2)), Some(2), Some("1×2 pixels".into()))
        );
        assert_eq!((images.pixels(1), images.row(1)), (Some(vec![2, 1]), None));
        let rows = Collection::whole(samples(0, 3, true));
        assert_eq!((rows.size(), rows.width(), rows.describe()), (None, Some(2), Some("2 values".into())));
        assert_eq!((rows.pixels(1), rows.row(1)), (None, Some(&[2.0, 1.0][..])));
        let mut batch = Batch::<f32>::new(2);
        rows.gather([0, 2].into_iter(), &mut batch);
        assert_eq!(batch.rows.rows().row(0), []);
        assert_eq!(
            batch.rows.rows().row(1),
            [Entry { index: 0, value: 4.0 }, Entry { index: 1, value: 2.0 }]
        );
    }

    #[test]
    fn a_split_shares_out_the_images() {
        let mut collection = Collection::default();
        collection.push(0, shard(&[0, 1, 2]), 5).expect("fits");
        collection.push(1, shard(&[3, 4]), 5).expect("fits");
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
        assert!(shuffled.iter().all(|(label, pixels)| *pixels == Some(vec![0, label * 51])));
        for (first, second) in [(4, 2), (usize::MAX, 2)] {
            assert_eq!(collection.split(first, second, 1).expect_err("too many").field, "images");
        }
        assert_eq!(Collection::default().split(0, 0, 1).expect_err("none").field, "images");
    }

    #[test]
    fn shards_that_do_not_fit_are_refused() {
        let mut collection = Collection::default();
        collection.push(0, shard(&[1]), 3).expect("fits");
        collection.push(2, shard(&[2]), 3).expect("fits");
        let before = labels(&collection);
        let mut refused = |index, shard: Shard, expected| {
            let error = collection.push(index, shard, expected).expect_err("refused");
            (error.code, error.field)
        };
        let found = |code, field: &str| (code, field.to_owned());
        assert_eq!(refused(1, Digits::empty(2, 1).into(), 3), found(Code::SizeMismatch, "images"));
        assert_eq!(refused(1, Rows::empty(2).into(), 3), found(Code::SizeMismatch, "images"));
        assert_eq!(refused(1, shard(&[]).into(), 3), found(Code::OutsideRange, "images"));
        assert_eq!(refused(1, shard(&[1, 2]).into(), 3), found(Code::OutsideRange, "total"));
        assert_eq!(refused(1, shard(&[1]).into(), 4), found(Code::SizeMismatch, "total"));
        assert_eq!(refused(3, shard(&[1]).into(), 3), found(Code::OutsideRange, "index"));
        assert_eq!(refused(usize::MAX, shard(&[1]).into(), 3), found(Code::OutsideRange, "index"));
        for index in [0, 2] {
            assert_eq!(
                refused(index, shard(&[5]).into(), 3),
                found(Code::SizeMismatch, &format!("shards[{index}]"))
            );
        }
        assert_eq!(labels(&collection), before);
        collection.push(1, shard(&[3]), 3).expect("the missing one");
        assert_eq!(labels(&collection), [1, 3, 2]);
    }
}
