//! Charts as data: what a figure shows, without a word on how it is drawn.
//!
//! Labs make these, `plot` draws them on any plotters backend.

mod diagram;
mod image_grid;
mod matrix;
mod plane;
mod surface;

use serde::Serialize;

use crate::text::Text;

pub use diagram::{Diagram, Edge, Node, Outline, Thumbnail, Tone};
pub use image_grid::{Foot, Image, ImageGrid, Meaning};
pub use matrix::{Cell, CellFrame, Matrix};
pub use plane::{Axis, Bars, Grid, Histogram, Line, Mark, Plane, Scale, Scatter, Symbol};
pub use surface::Surface;

/// A whole figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Chart {
    /// Marks on a plane with two axes.
    Plane(Plane),
    /// Small pictures side by side: weights of hidden units, digits, filters.
    ImageGrid(ImageGrid),
    /// A function of two variables in three dimensions.
    Surface(Surface),
    /// Numbers or shades in cells: arrays, truth tables, a confusion matrix.
    Matrix(Matrix),
    /// Nodes and edges with numbers: small networks, computational graphs, architectures.
    Diagram(Diagram),
}

/// What a part of a figure stands for: an image, a run, a step. The lab gives it its meaning. Parts of several figures with
/// the same key are the same thing, so pointing at one lights the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Key(pub u32);

/// A number that belongs to a part of a figure: it stands in the read-out and in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub name: Text,
    /// The number.
    pub value: f64,
}

/// Something that the visitor may move, by pointer or arrow keys. What moving it means is the lab's `drag`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Grip(pub u16);

impl Chart {
    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Plane(_) => "plane",
            Self::ImageGrid(_) => "image-grid",
            Self::Surface(_) => "surface",
            Self::Matrix(_) => "matrix",
            Self::Diagram(_) => "diagram",
        }
    }
}
