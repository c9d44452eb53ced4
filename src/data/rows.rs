//! Labelled rows of numbers: measurements rather than images.

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};

/// The most numbers in a row: as many as a network may have inputs.
const WIDEST: usize = 65_536;

/// Rows of numbers of one width, each with its label.
///
/// # Shapes
/// `[rows, width]`; the numbers are given to a network as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Rows {
    width: usize,
    /// One row after the other.
    values: Vec<f64>,
    labels: Vec<u8>,
}

/// Rows as bytes say them.
#[derive(Deserialize)]
struct Unchecked {
    width: usize,
    values: Vec<f64>,
    labels: Vec<u8>,
}

impl TryFrom<Unchecked> for Rows {
    type Error = Error;

    fn try_from(Unchecked { width, values, labels }: Unchecked) -> Result<Self> {
        let mut rows = Self::new(width)?;
        if labels.len().checked_mul(width) != Some(values.len()) {
            let allowed = format!("{} rows of {width}", labels.len());
            return Err(Error::new(Code::SizeMismatch, "values", values.len(), allowed));
        }
        values.chunks_exact(width).zip(labels).try_for_each(|(values, label)| rows.push(values, label))?;
        Ok(rows)
    }
}

impl Rows {
    /// No rows yet, of `width` numbers each.
    ///
    /// # Errors
    /// `width` is not 1 … 65,536.
    pub fn new(width: usize) -> Result<Self> {
        if (1..=WIDEST).contains(&width) {
            return Ok(Self::empty(width));
        }
        Err(Error::new(Code::OutsideRange, "width", width, format!("1 … {WIDEST}")))
    }

    /// The same for a width that is known to be allowed.
    pub(super) const fn empty(width: usize) -> Self {
        Self { width, values: Vec::new(), labels: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// It does not have `width` numbers, or one of them is not finite in 32 bits, in which networks train.
    pub fn push(&mut self, values: &[f64], label: u8) -> Result<()> {
        if values.len() != self.width {
            let (value, allowed) = (format!("{} values", values.len()), format!("{} values", self.width));
            return Err(Error::new(Code::SizeMismatch, "values", value, allowed));
        }
        if let Some(place) = values.iter().position(|&value| !(value as f32).is_finite()) {
            let field = format!("values[{place}]");
            return Err(Error::new(Code::NotFinite, field, values[place], "-3.4e38 … 3.4e38"));
        }
        self.push_checked(values, label);
        Ok(())
    }

    /// Adds a row that is known to be allowed.
    pub(super) fn push_checked(&mut self, values: &[f64], label: u8) {
        self.values.extend_from_slice(values);
        self.labels.push(label);
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many numbers each row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The labels, row by row.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The numbers of a row.
    #[inline(always)]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_given() {
        let mut rows = Rows::new(2).expect("two numbers");
        rows.push(&[0.0, -1.5], 1).expect("fits");
        rows.push(&[1e30, 1e-300], 0).expect("fits");
        assert_eq!((rows.len(), rows.width(), rows.labels()), (2, 2, &[1, 0][..]));
        assert_eq!((rows.row(0), rows.row(1)), (&[0.0, -1.5][..], &[1e30, 1e-300][..]));
    }

    #[test]
    fn rows_that_no_network_can_take_are_refused() {
        assert_eq!(Rows::new(0).expect_err("none").field, "width");
        assert_eq!(Rows::new(65_537).expect_err("too many").field, "width");
        let mut rows = Rows::new(2).expect("two numbers");
        for values in [&[][..], &[1.0], &[1.0, 2.0, 3.0]] {
            assert_eq!(rows.push(values, 0).expect_err("width").code, Code::SizeMismatch);
        }
        for value in [f64::NAN, f64::INFINITY, -1e39] {
            let error = rows.push(&[0.0, value], 0).expect_err("not finite");
            assert_eq!((error.code, error.field.as_str()), (Code::NotFinite, "values[1]"));
        }
        assert!(rows.is_empty(), "what is refused changes nothing");
    }

    #[test]
    fn rows_cross_as_bytes_and_broken_ones_are_refused() {
        let mut rows = Rows::new(2).expect("two numbers");
        rows.push(&[0.5, -1.5], 1).expect("fits");
        let json = serde_json::to_string(&rows).expect("serializable");
        assert_eq!(serde_json::from_str::<Rows>(&json).expect("the same"), rows);
        for (part, broken) in [("0.5,", ""), ("\"width\":2", "\"width\":0"), ("-1.5", "-1e39")] {
            assert!(json.contains(part), "{json}");
            assert!(serde_json::from_str::<Rows>(&json.replace(part, broken)).is_err(), "{broken}");
        }
    }
}
