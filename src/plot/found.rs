//! What a read-out says.

use serde::Serialize;

use crate::chart::{Key, Value};
use crate::text::Text;

use super::number;
use super::theme::{self, Theme};

/// What is under the pointer, as words.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// Where the cross-hair belongs, css px.
    pub place: (f64, f64),
    /// What all rows share: the x value, the category, the bin, the caption.
    pub title: Text,
    /// One row for each series.
    pub rows: Vec<Row>,
    /// Which image of an image grid.
    pub index: Option<usize>,
    /// What the part of the chart that is pointed at stands for.
    pub key: Option<Key>,
}

/// The value of one series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub name: Text,
    /// Its colour as CSS writes it.
    pub color: String,
    /// The value, with five significant digits.
    pub value: String,
}

/// The numbers of a part: blue above 0, orange below.
pub(crate) fn rows(values: &[Value], theme: &Theme) -> Vec<Row> {
    let row = |Value { name, value }: &Value| Row {
        name: name.clone(),
        color: theme::css(theme.shade(if *value == 0.0 { 0.0 } else { value.signum() })),
        value: number::exact(*value),
    };
    values.iter().map(row).collect()
}
