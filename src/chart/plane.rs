//! Marks on a plane with two axes.

use super::{Grip, Key};
use crate::text::Text;

/// Marks on a plane with two axes, drawn in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, the last on top.
    pub marks: Vec<Mark>,
    /// Whether a unit is as long on both axes, so that circles are circles. Only linear axes can be equal; an axis whose
    /// range is open is widened for it, else the plot area is made smaller.
    pub equal: bool,
    /// What a press anywhere on the plane moves to that place.
    pub grip: Option<Grip>,
}

/// One axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it measures, with its unit.
    pub label: Text,
    /// How values are spaced.
    pub scale: Scale,
    /// Lowest and highest value shown; fitted to the marks when absent. Marks outside are clipped.
    pub range: Option<(f64, f64)>,
}

/// How values are spaced along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By powers of ten; values of 0 and below are not drawn.
    Log,
}

/// One thing on a plane.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Points joined by a line.
    Line(Line),
    /// Unconnected points.
    Scatter(Scatter),
    /// Level lines of a function, over a faint shade of its height.
    Contour(Grid),
    /// Arrows, each from (x, y) by (dx, dy) in the axes' units.
    Arrows(Vec<[f64; 4]>),
    /// Bars from 0, one for each category.
    Bars(Bars),
    /// Counts of values in equal bins.
    Histogram(Histogram),
}

/// Points joined by a line. A point that is not finite breaks the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The name in the legend.
    pub name: Text,
    /// Which colour of the palette, from 0; every colour has its own dash pattern too.
    pub color: u8,
    /// x and y of each point, x rising when the line is a curve over time.
    pub points: Vec<[f64; 2]>,
    /// Lowest and highest value around each point, drawn as a faint band; empty when there is none.
    pub band: Vec<[f64; 2]>,
    /// Whether each point gets a dot: for trajectories and for few points.
    pub dots: bool,
    /// What the whole line stands for.
    pub key: Option<Key>,
}

impl Line {
    /// Whether it only shades a region: all of its points lie outside their band, off the plot, so that the outline is
    /// not drawn. Nobody points at it, and no table lists it.
    pub fn is_region(&self) -> bool {
        let pairs = || self.points.iter().zip(&self.band);
        !self.band.is_empty() && pairs().all(|(point, [low, high])| !(*low..=*high).contains(&point[1]))
    }
}

/// Unconnected points.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// The name in the legend.
    pub name: Text,
    /// Which colour of the palette, from 0.
    pub color: u8,
    /// x and y of each point.
    pub points: Vec<[f64; 2]>,
    /// How each point looks.
    pub symbol: Symbol,
    /// What each point stands for; empty when they stand for nothing.
    pub keys: Vec<Key>,
    /// What moving the first point moves; [`Symbol::Handle`] shows that it can be moved.
    pub grip: Option<Grip>,
}

/// How a single point looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// A filled disc.
    Dot,
    /// A larger ring that can be dragged, such as the start of a descent.
    Handle,
    /// A cross, such as a known minimum.
    Cross,
}

/// Values of a function on an even grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Lowest and highest x.
    pub x: (f64, f64),
    /// Lowest and highest y.
    pub y: (f64, f64),
    /// Points along x, at least 2; the first lies on the lowest x and the last on the highest.
    pub columns: usize,
    /// Points along y, at least 2.
    pub rows: usize,
    /// `rows × columns` values, the row of the lowest y first; may hold values that are not finite.
    pub values: Vec<f32>,
}

/// Bars from 0, one for each category.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// The name in the legend.
    pub name: Text,
    /// Which colour of the palette, from 0.
    pub color: u8,
    /// What each bar stands for.
    pub categories: Vec<Text>,
    /// The height of each bar.
    pub values: Vec<f64>,
    /// What moving the top of a bar moves; the place it is moved to is the bar's index and the value.
    pub grip: Option<Grip>,
}

/// Counts of values in equal bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The name in the legend.
    pub name: Text,
    /// Which colour of the palette, from 0.
    pub color: u8,
    /// The lower edge of the first bin.
    pub low: f64,
    /// The upper edge of the last bin.
    pub high: f64,
    /// How many values fell into each bin.
    pub counts: Vec<f64>,
}
