//! Small pictures side by side.

use serde::{Deserialize, Serialize};

use super::Key;
use crate::text::Text;

/// Small pictures side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageGrid {
    /// Pixels of each picture along x.
    pub width: usize,
    /// Pixels of each picture along y.
    pub height: usize,
    /// What a pixel's value means.
    pub meaning: Meaning,
    /// The pictures, row by row.
    pub images: Vec<Image>,
}

/// What the pixels of an image grid mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Meaning {
    /// 0 is paper, 255 is ink: digits.
    Ink,
    /// 0 is the most negative value, 128 is zero, 255 the most positive: weights.
    Signed,
}

/// One picture of an image grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// `width × height` pixels, the top row first.
    pub pixels: Vec<u8>,
    /// What stands below it; may be empty.
    pub caption: Text,
    /// Whether it is marked as wrong.
    pub wrong: bool,
    /// What it stands for.
    pub key: Option<Key>,
}
