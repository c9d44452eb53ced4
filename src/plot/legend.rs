//! What the colours, dashes and shapes of a figure stand for.

use serde::Serialize;

use crate::chart::{Chart, Mark, Symbol};
use crate::text::{Language, Text};

use super::brush::{Align, Brush, Stroke};
use super::clip::Area;
use super::theme::{self, LINE_WIDTH, NORMAL, Theme};
use super::{PlotError, dash, diagram, letters, scatter};

/// One line of a legend.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// What it stands for.
    pub name: Text,
    /// Which colour of the palette.
    #[serde(skip)]
    pub index: u8,
    /// The colour as CSS writes it.
    pub color: String,
    /// Lengths drawn and left out along its lines, css px; empty when solid.
    pub dash: &'static [f64],
    /// How it is drawn.
    pub sample: Sample,
}

/// How a mark is drawn. Serialized as `line`, `dot`, `handle`, `cross` or `fill`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
pub enum Sample {
    /// A line.
    Line,
    /// A point.
    Point(Symbol),
    /// A filled area.
    Fill,
}

impl From<Sample> for &'static str {
    fn from(sample: Sample) -> Self {
        match sample {
            Sample::Line => "line",
            Sample::Point(Symbol::Dot) => "dot",
            Sample::Point(Symbol::Handle) => "handle",
            Sample::Point(Symbol::Cross) => "cross",
            Sample::Fill => "fill",
        }
    }
}

/// The named marks of a plane, the named frames of a matrix, or the two directions of a diagram, in their order, each
/// name and colour once.
pub fn legend(chart: &Chart, dark: bool) -> Vec<Entry> {
    let of_mark = |mark: &Mark| match mark {
        Mark::Line(line) => Some((line.name.clone(), line.color, Sample::Line)),
        Mark::Scatter(scatter) => Some((scatter.name.clone(), scatter.color, Sample::Point(scatter.symbol))),
        Mark::Bars(bars) => Some((bars.name.clone(), bars.color, Sample::Fill)),
        Mark::Histogram(histogram) => Some((histogram.name.clone(), histogram.color, Sample::Fill)),
        Mark::Contour(_) | Mark::Arrows(_) => None,
    };
    let named: Vec<(Text, u8, Sample)> = match chart {
        Chart::Plane(plane) => plane.marks.iter().filter_map(of_mark).collect(),
        Chart::Matrix(matrix) => {
            matrix.frames.iter().map(|frame| (frame.name.clone(), frame.color, Sample::Line)).collect()
        }
        Chart::Diagram(chart) if diagram::goes_back(chart) => vec![
            (diagram::forward(), diagram::FORWARD, Sample::Fill),
            (diagram::backward(), diagram::BACKWARD, Sample::Fill),
        ],
        Chart::Diagram(_) | Chart::ImageGrid(_) | Chart::Surface(_) => vec![],
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (name, index, sample) in named {
        let known = entries.iter().any(|entry| entry.name == name && entry.index == index);
        if name.en.is_empty() || known {
            continue;
        }
        entries.push(Entry {
            name,
            index,
            color: theme::css(Theme::of(dark).series(index)),
            dash: if sample == Sample::Line { theme::dash(index) } else { &[] },
            sample,
        });
    }
    entries
}

/// The length of the line before a name, css px: long enough for every dash pattern.
const KEY: f64 = 26.0;
const ROW: f64 = 20.0;

/// Where entries with names of these widths begin in a legend of a width, each with its row, css px.
fn places(names: impl Iterator<Item = f64>, width: f64) -> Vec<(f64, f64)> {
    let (mut x, mut row) = (4.0, 0.0);
    let place = |name: f64| {
        let wide = KEY + 6.0 + name;
        if x + wide > width && x > 4.0 {
            (x, row) = (4.0, row + 1.0);
        }
        let place = (x, row);
        x += wide + 18.0;
        place
    };
    names.map(place).collect()
}

/// The room for a name in a legend of a width, css px.
fn room(width: f64) -> f64 {
    (width - KEY - 20.0).max(0.0)
}

fn high(places: &[(f64, f64)]) -> f64 {
    places.last().map_or(0.0, |(_, row)| (row + 1.0) * ROW + 4.0)
}

/// About how high a legend of a width is, css px.
pub(crate) fn height(entries: &[Entry], width: f64, language: Language) -> f64 {
    let wide = |entry: &Entry| (letters::width(entry.name.in_language(language)) * NORMAL).min(room(width));
    high(&places(entries.iter().map(wide), width))
}

/// Draws the legend at the top of an area and gives the height it took.
pub(crate) fn draw(brush: &Brush<'_>, entries: &[Entry], area: Area) -> Result<f64, PlotError> {
    let name =
        |entry: &Entry| brush.fitted(entry.name.in_language(brush.look.language), NORMAL, room(area.width));
    let names: Vec<String> = entries.iter().map(name).collect();
    let places = places(names.iter().map(|name| brush.text_width(name, NORMAL)), area.width);
    for ((entry, name), &(x, row)) in entries.iter().zip(&names).zip(&places) {
        let x = area.left + x;
        let middle = area.top + (row + 0.5) * ROW;
        let color = brush.theme.series(entry.index);
        match entry.sample {
            Sample::Line => {
                let line = vec![vec![(x, middle), (x + KEY, middle)]];
                for dash in dash::dashes(line, entry.dash) {
                    brush.path(&dash, Stroke { color, width: LINE_WIDTH })?;
                }
            }
            Sample::Point(symbol) => scatter::symbol(brush, (x + KEY / 2.0, middle), symbol, entry.index)?,
            Sample::Fill => {
                let swatch = Area { left: x + KEY - 16.0, top: middle - 5.0, width: 16.0, height: 10.0 };
                brush.rectangle(swatch, color)?;
            }
        }
        let at = (x + KEY + 6.0, middle);
        brush.text(name, at, Align::Left, NORMAL, brush.theme.text)?;
    }
    Ok(high(&places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Axis, Line, Plane, Scale};

    #[test]
    fn each_named_mark_comes_once() {
        let axis = Axis { label: Text::same(""), scale: Scale::Linear, range: None };
        let line = |name: &'static str, color| {
            let name = Text::same(name);
            Mark::Line(Line { name, color, points: vec![], band: vec![], dots: false, key: None })
        };
        let marks = vec![line("a", 0), line("", 1), line("a", 0), line("b", 1)];
        let entries =
            legend(&Chart::Plane(Plane { x: axis.clone(), y: axis, marks, equal: false, grip: None }), false);
        assert_eq!(entries.iter().map(|entry| entry.name.en.as_ref()).collect::<Vec<_>>(), ["a", "b"]);
        assert_ne!(entries[0].dash, entries[1].dash);
    }
}
