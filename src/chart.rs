//! Charts as data: what a figure shows, without a word on how it is drawn.
//!
//! Labs make these, `plot` draws them on any plotters backend. They cross from a worker to the page as bytes
//! ([`Chart::to_bytes`]), which is why every part can be serialized.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A whole figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Chart {
    /// Marks on a plane with two axes.
    Plane(Plane),
    /// Small pictures side by side: weights of hidden units, digits, filters.
    ImageGrid(ImageGrid),
    /// A function of two variables in three dimensions.
    Surface(Surface),
}

/// Marks on a plane with two axes, drawn in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, the last on top.
    pub marks: Vec<Mark>,
}

/// One axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// What it measures, with its unit.
    pub label: Text,
    /// How values are spaced.
    pub scale: Scale,
    /// Lowest and highest value shown; fitted to the marks when absent. Marks outside are clipped.
    pub range: Option<(f64, f64)>,
}

/// How values are spaced along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By powers of ten; values of 0 and below are not drawn.
    Log,
}

/// One thing on a plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
}

/// Unconnected points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// The name in the legend.
    pub name: Text,
    /// Which colour of the palette, from 0.
    pub color: u8,
    /// x and y of each point.
    pub points: Vec<[f64; 2]>,
    /// How each point looks.
    pub symbol: Symbol,
}

/// How a single point looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Symbol {
    /// A filled disc.
    Dot,
    /// A larger ring that can be dragged, such as the start of a descent.
    Handle,
    /// A cross, such as a known minimum.
    Cross,
}

/// Values of a function on an even grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// The name in the legend.
    pub name: Text,
    /// Which colour of the palette, from 0.
    pub color: u8,
    /// What each bar stands for.
    pub categories: Vec<Text>,
    /// The height of each bar.
    pub values: Vec<f64>,
}

/// Counts of values in equal bins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
}

/// A function of two variables in three dimensions, with paths on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

impl Chart {
    /// The chart as bytes, for the way from a worker to the page of the same version.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// One chart of the parts that several lanes made of the same figure: planes become one plane with the axes of the
    /// first and the marks of all, each once; of other figures the first stands for all. `None` without parts.
    pub fn merge(parts: Vec<Self>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let mut merged = parts.next()?;
        if let Self::Plane(plane) = &mut merged {
            for part in parts {
                let Self::Plane(part) = part else { continue };
                plane.x.range = union(plane.x.range, part.x.range);
                plane.y.range = union(plane.y.range, part.y.range);
                for mark in part.marks {
                    // Every lane draws the same ground and the same start.
                    if !plane.marks.contains(&mark) {
                        plane.marks.push(mark);
                    }
                }
            }
        }
        Some(merged)
    }

    /// The chart that [`to_bytes`](Self::to_bytes) made these bytes from.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// The range that holds both.
fn union(one: Option<(f64, f64)>, other: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(color: u8, high: f64) -> Chart {
        let axis = |range| Axis { label: Text::same("x"), scale: Scale::Linear, range };
        let ground = Grid { x: (0.0, 1.0), y: (0.0, 1.0), columns: 2, rows: 2, values: vec![0.0; 4] };
        let line = Line { name: Text::same("a"), color, points: vec![[0.0, 1.0]], band: vec![], dots: false };
        let marks = vec![Mark::Contour(ground), Mark::Line(line)];
        Chart::Plane(Plane { x: axis(Some((0.0, high))), y: axis(None), marks })
    }

    #[test]
    fn lanes_become_one_plane_on_one_ground() {
        let Some(Chart::Plane(plane)) = Chart::merge(vec![lane(0, 1.0), lane(1, 3.0)]) else {
            panic!("no plane")
        };
        assert_eq!(plane.marks.len(), 3);
        assert_eq!((plane.x.range, plane.y.range), (Some((0.0, 3.0)), None));
        assert_eq!(Chart::merge(vec![]), None);
    }

    #[test]
    fn bytes_bring_the_same_chart_back() {
        let chart = lane(0, 1.0);
        assert_eq!(Chart::from_bytes(&chart.to_bytes()), Some(chart));
        assert_eq!(Chart::from_bytes(b"\xff\xff"), None);
    }
}
