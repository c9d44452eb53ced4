//! One part of a data set: images, or rows of numbers.

use std::fmt;

use super::crc::Crc;
use super::digits::Digits;
use super::rows::Rows;
use crate::real::Real;
use crate::sparse::{Entry, SparseBuffer};

/// Labelled samples of one form.
#[derive(Clone, Debug, PartialEq)]
pub enum Shard {
    /// Images of bytes.
    Images(Digits),
    /// Rows of numbers.
    Rows(Rows),
}

impl From<Digits> for Shard {
    fn from(digits: Digits) -> Self {
        Self::Images(digits)
    }
}

impl From<Rows> for Shard {
    fn from(rows: Rows) -> Self {
        Self::Rows(rows)
    }
}

/// What a sample is. Samples of one collection have one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Image { height: usize, width: usize },
    Row { width: usize },
}

impl Form {
    /// Values in a sample.
    pub(super) fn values(self) -> usize {
        match self {
            Self::Image { height, width } => height * width,
            Self::Row { width } => width,
        }
    }

    /// A shard of this form without samples.
    pub(super) fn empty(self) -> Shard {
        match self {
            Self::Image { height, width } => Digits::empty(height, width).into(),
            Self::Row { width } => Rows::empty(width).into(),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image { height, width } => write!(f, "{height}×{width} pixels"),
            Self::Row { width } => write!(f, "{width} values"),
        }
    }
}

impl Shard {
    /// How many samples.
    pub fn len(&self) -> usize {
        self.labels().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The labels, sample by sample.
    #[inline(always)]
    pub fn labels(&self) -> &[u8] {
        match self {
            Self::Images(digits) => digits.labels(),
            Self::Rows(rows) => rows.labels(),
        }
    }

    pub(super) fn form(&self) -> Form {
        match self {
            Self::Images(digits) => {
                let (height, width) = digits.size();
                Form::Image { height, width }
            }
            Self::Rows(rows) => Form::Row { width: rows.width() },
        }
    }

    /// Adds a copy of a sample of the same form; one of another form is left out.
    pub(super) fn push_copy(&mut self, from: &Self, sample: usize) {
        match (self, from) {
            (Self::Images(digits), Self::Images(from)) => digits.push_copy(from, sample),
            (Self::Rows(rows), Self::Rows(from)) => {
                rows.push_checked(from.row(sample), from.labels()[sample])
            }
            _ => {}
        }
    }

    /// Adds a sample to a batch: `shades` are the values of an image's bytes.
    #[inline(always)]
    pub(super) fn gather<T: Real>(&self, sample: usize, shades: &[T; 256], into: &mut SparseBuffer<T>) {
        match self {
            Self::Images(digits) => {
                let (columns, values) = digits.ink(sample);
                let entries = columns.iter().zip(values);
                into.push_row(entries.map(|(&column, &value)| Entry {
                    index: u32::from(column),
                    value: shades[usize::from(value)],
                }));
            }
            Self::Rows(rows) => {
                let entries = rows.row(sample).iter().enumerate().filter(|&(_, &value)| value != 0.0);
                into.push_row(
                    entries.map(|(column, &value)| Entry { index: column as u32, value: T::from_f64(value) }),
                );
            }
        }
    }

    /// Tells shards apart in messages.
    pub(super) fn checksum(&self) -> u32 {
        let mut checksum = Crc::new();
        checksum.update(self.labels());
        match self {
            Self::Images(digits) => {
                (0..digits.len()).for_each(|image| checksum.update(&digits.pixels(image)))
            }
            Self::Rows(rows) => (0..rows.len())
                .flat_map(|row| rows.row(row))
                .for_each(|value| checksum.update(&value.to_le_bytes())),
        }
        checksum.sum()
    }
}
