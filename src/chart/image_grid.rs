//! Small pictures side by side.

use super::{Key, Value};
use crate::text::Text;

/// Small pictures side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageGrid {
    /// Pixels of each picture along x.
    pub width: usize,
    /// Pixels of each picture along y.
    pub height: usize,
    /// What a pixel's value means.
    pub meaning: Meaning,
    /// What stands below each picture.
    pub foot: Foot,
    /// The pictures, row by row.
    pub images: Vec<Image>,
}

/// What stands below the pictures of an image grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Foot {
    /// Their captions, where there is room.
    #[default]
    Captions,
    /// Bars as long as their [levels](Image::level); captions are told by the read-out.
    Levels,
}

/// What the pixels of an image grid mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// 0 is paper, 255 is ink: digits.
    Ink,
    /// 0 is the most negative value, 128 is zero, 255 the most positive: weights.
    Signed,
}

/// One picture of an image grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// `width × height` pixels, the top row first.
    pub pixels: Vec<u8>,
    /// What it is called; may be empty.
    pub caption: Text,
    /// Whether it is marked as wrong.
    pub wrong: bool,
    /// Whether it is hatched: it shows something that is out of order.
    pub hatched: bool,
    /// What it stands for.
    pub key: Option<Key>,
    /// How strongly it is at work, −1 to 1: the nearer to 0, the paler it is. None for a picture that is just shown.
    pub level: Option<f64>,
    /// How strongly its frame is coloured, −1 (orange) to 1 (blue); 0 is a usual frame.
    pub shade: f64,
    /// Its numbers; those of all pictures have the same names.
    pub values: Vec<Value>,
}
