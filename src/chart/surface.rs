//! A function of two variables in three dimensions.

use super::Grid;
use crate::text::Text;

/// A function of two variables in three dimensions, with paths on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// The name of the first variable.
    pub x: Text,
    /// The name of the second variable.
    pub y: Text,
    /// The name of the value.
    pub z: Text,
    /// The function's values, already cut to what is worth showing.
    pub grid: Grid,
    /// Lines on the surface, each point x, y and the function's value.
    pub paths: Vec<Vec<[f64; 3]>>,
}
