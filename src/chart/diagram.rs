//! Nodes and edges with numbers.

use super::{Key, Meaning, Value};
use crate::text::Text;

/// Nodes joined by edges that run from left to right, with the numbers of a forward and a backward pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagram {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
}

/// One node of a diagram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Column and row, from 0; both may lie between whole numbers. Nodes of one column are at least one row apart.
    pub at: [f64; 2],
    /// Its outline.
    pub outline: Outline,
    /// What is written in it: an operation, a name, an activation.
    pub words: Text,
    /// What is written below it in small print, such as its value; may be empty.
    pub note: Text,
    /// How it looks.
    pub tone: Tone,
    /// How strongly it is filled, −1 (orange) to 1 (blue); 0 is paper.
    pub shade: f64,
    /// What it stands for.
    pub key: Option<Key>,
    /// A small picture in place of outline, words and filling; only the read-out tells the words then.
    pub picture: Option<Thumbnail>,
    /// How long the bar below it is, −1 (orange) to 1 (blue); none without a bar.
    pub level: Option<f64>,
    /// Its numbers.
    pub values: Vec<Value>,
}

/// A small picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Pixels in a row.
    pub width: usize,
    /// Pixels in a column.
    pub height: usize,
    /// What a pixel's value means.
    pub meaning: Meaning,
    /// `width × height` pixels, the top row first.
    pub pixels: Vec<u8>,
}

/// The outline of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outline {
    /// A circle: an operation, a neuron.
    #[default]
    Circle,
    /// A box with round corners, as wide as its words: a layer, a block.
    Box,
    /// No outline: a number that goes in.
    None,
}

/// How a part of a diagram looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As usual.
    #[default]
    Plain,
    /// The present step.
    Active,
    /// Not yet reached.
    Faint,
    /// Wrong, or worth a warning.
    Wrong,
}

/// One edge of a diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The index of the node it leaves.
    pub from: usize,
    /// The index of the node it enters.
    pub to: usize,
    /// What stands above it: the value that goes forward, or a weight; may be empty.
    pub forward: String,
    /// What stands below it: the derivative that comes back; may be empty.
    pub backward: String,
    /// How it looks.
    pub tone: Tone,
    /// How wide the line is, in css px; 1 is usual.
    pub width: f64,
    /// How strongly it is coloured, −1 (orange) to 1 (blue); 0 is ink.
    pub shade: f64,
    /// What it stands for.
    pub key: Option<Key>,
}
