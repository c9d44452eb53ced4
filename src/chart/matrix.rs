//! Numbers or shades in cells.

use super::{Grip, Key};
use crate::text::Text;

/// Cells in rows and columns, with frames around some of them: an array, a truth table, a confusion matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// What stands above the row names, such as `actual \\ predicted`; may be empty.
    pub corner: Text,
    /// A name for each row, or none at all.
    pub row_names: Vec<Text>,
    /// A name for each column, or none at all.
    pub column_names: Vec<Text>,
    /// How many columns there are, at least 1.
    pub columns: usize,
    /// The cells, row by row; their number is a multiple of `columns`.
    pub cells: Vec<Cell>,
    /// Frames, the last on top: the window of a convolution and the place it writes to.
    pub frames: Vec<CellFrame>,
    /// What a press on a cell moves there; the place it is moved to is the cell's column and row.
    pub grip: Option<Grip>,
}

/// One cell of a matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What is written in it; may be empty.
    pub words: String,
    /// Its number, for the read-out and the table; none where it holds words only.
    pub value: Option<f64>,
    /// How strongly it is shaded, −1 (orange) to 1 (blue); 0 is paper.
    pub shade: f64,
    /// Whether it is drawn faintly: padding, or what has no part in the present step.
    pub faint: bool,
    /// What it stands for.
    pub key: Option<Key>,
}

/// A frame around some cells. It is drawn around their outer edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFrame {
    /// The row of its first cell.
    pub row: usize,
    /// The column of its first cell.
    pub column: usize,
    /// How many rows it spans, at least 1.
    pub rows: usize,
    /// How many columns it spans, at least 1.
    pub columns: usize,
    /// How many cells an arrow key moves it by, where it can be moved; at least 1.
    pub stride: usize,
    /// Which colour of the palette, from 0.
    pub color: u8,
    /// What it is called in the legend; may be empty.
    pub name: Text,
}
