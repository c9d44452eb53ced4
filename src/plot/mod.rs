//! PICTURES: chart data on any plotters backend.
//!
//! Knows [`crate::chart`] and no lab, no browser and no file. [`draw`] puts a chart on a backend and says where
//! everything lies ([`Frame`]); [`readout`](readout::readout) tells what is under the pointer, [`legend`](legend::legend)
//! what each colour means, [`table`](table::table) gives the same as numbers. All lengths and places are css pixels
//! from the upper left corner; [`Look`] says how many units of the backend make one.
//!
//! Words are measured by the backend alone. plotters' own measuring (captions, series labels, `MultiLineText`) puts
//! elements into the document on the web, so nothing here uses it.

mod arrows;
mod axes;
mod backdrop;
mod bars;
mod brush;
mod clip;
mod contour;
mod dash;
mod diagram;
mod fit;
mod found;
mod frame;
pub mod grips;
mod height;
mod histogram;
pub mod image_grid;
pub mod legend;
mod letters;
mod lines;
mod matrix;
mod number;
mod pixels;
pub mod readout;
mod scatter;
mod span;
mod surface;
mod surface_axes;
mod surface_view;
mod svg;
pub mod table;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub mod theme;

pub use backdrop::{Part, backdrop};
pub use clip::Area;
pub use diagram::{Drawing, NodePlace};
pub use frame::{Frame, PlaneFrame};
pub use height::height;
pub use matrix::Cells;
pub use span::Span;
pub use svg::svg;

use plotters::drawing::IntoDrawingArea as _;
use plotters_backend::DrawingBackend;

use crate::chart::{Chart, Key, Mark, Plane};
use crate::text::Language;
use brush::Brush;
use lines::Light;

/// How a figure is to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Width in css px.
    pub width: u32,
    /// Height in css px.
    pub height: u32,
    /// Device pixels in a css px.
    pub ratio: f64,
    /// Units of the backend in a device pixel: 1 for backends that draw whole pixels, more for those that draw
    /// between them. The backend is `width · ratio · grain` units wide.
    pub grain: u32,
    /// Whether the page is dark.
    pub dark: bool,
    /// The language of its words.
    pub language: Language,
    /// How far a surface is turned about its upright axis, radians.
    pub yaw: f64,
    /// How far the eye is above the ground of a surface, radians.
    pub pitch: f64,
    /// How many images stand side by side; as many as make them largest when absent.
    pub columns: Option<usize>,
    /// Whether the legend and a background are drawn too: for files that leave the page.
    pub legend: bool,
    /// Whether the backend can show bitmaps; otherwise images are made of rectangles.
    pub bitmaps: bool,
    /// What is pointed at, here or in another figure: parts that stand for it are lit, lines that stand for something
    /// else fade. Nothing moves for it.
    pub highlight: Option<Key>,
}

/// Around a figure that leaves the page, css px.
const MARGIN: f64 = 8.0;

impl Look {
    /// The look of a file that leaves the page: with a background and the legend, and so much larger that the figure
    /// itself keeps its size.
    pub fn for_export(&self, chart: &Chart) -> Self {
        let entries = legend::legend(chart, self.dark);
        let high = legend::height(&entries, f64::from(self.width), self.language);
        let grown = |length: u32, by: f64| length.saturating_add((2.0 * MARGIN + by).ceil() as u32);
        Self { legend: true, width: grown(self.width, 0.0), height: grown(self.height, high), ..*self }
    }

    /// Width and height in device pixels.
    pub fn device_size(&self) -> (u32, u32) {
        let device = |css: u32| (f64::from(css) * self.ratio).round().max(1.0) as u32;
        (device(self.width), device(self.height))
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 700,
            height: 400,
            ratio: 1.0,
            grain: 1,
            dark: false,
            language: Language::English,
            yaw: 0.6,
            pitch: 0.5,
            columns: None,
            legend: false,
            bitmaps: true,
            highlight: None,
        }
    }
}

/// The drawing surface refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the drawing surface refused: {0}")]
pub struct PlotError(String);

impl PlotError {
    pub(crate) fn from_backend(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Draws a chart on a backend of `look.width · look.ratio · look.grain` by `look.height · look.ratio · look.grain`
/// units, over what is there. Any chart can be drawn: numbers that are not finite are left out, and what lies outside
/// the axes is clipped.
///
/// # Errors
/// When the backend refuses a stroke.
pub fn draw<DB: DrawingBackend>(backend: DB, chart: &Chart, look: &Look) -> Result<Frame, PlotError> {
    draw_part(backend, chart, look, Part::Whole)
}

/// The same for a part of the chart.
///
/// # Errors
/// When the backend refuses a stroke.
pub fn draw_part<DB: DrawingBackend>(
    backend: DB,
    chart: &Chart,
    look: &Look,
    part: Part,
) -> Result<Frame, PlotError> {
    let area = backend.into_drawing_area();
    let frame = draw_on(&Brush::new(&area, look), chart, part)?;
    area.present().map_err(PlotError::from_backend)?;
    Ok(frame)
}

/// The same for any backend: one copy of it in the wasm, though the page draws on a canvas and into SVG.
fn draw_on(brush: &Brush<'_>, chart: &Chart, part: Part) -> Result<Frame, PlotError> {
    let look = brush.look;
    let mut outer =
        Area { left: 0.0, top: 0.0, width: f64::from(look.width), height: f64::from(look.height) };
    if look.legend {
        brush.rectangle(outer, brush.theme.background)?;
        outer = outer.shrunk(MARGIN);
        let height = legend::draw(brush, &legend::legend(chart, look.dark), outer)?;
        outer = Area { top: outer.top + height, height: outer.height - height, ..outer };
    }
    Ok(match chart {
        Chart::Plane(plane) => Frame::Plane(draw_plane(brush, plane, outer, part)?),
        Chart::ImageGrid(grid) => Frame::Tiles(image_grid::draw(brush, grid, outer)?),
        Chart::Surface(surface) => {
            surface::draw(brush, surface, outer, part)?;
            Frame::Surface
        }
        Chart::Matrix(matrix) => Frame::Cells(matrix::draw(brush, matrix, outer)?),
        Chart::Diagram(diagram) => Frame::Diagram(diagram::draw(brush, diagram, outer)?),
    })
}

fn draw_plane(brush: &Brush<'_>, plane: &Plane, outer: Area, part: Part) -> Result<PlaneFrame, PlotError> {
    let layout =
        frame::layout(plane, brush.look.language, outer, |words| brush.text_width(words, theme::SMALL));
    let frame = layout.frame;
    let still = backdrop::still_marks(plane);
    if part.holds_backdrop() {
        axes::mesh(brush, &layout, plane)?;
    }
    // A key that no line here stands for leaves all of them as they are.
    let is_line =
        |key: &Key| plane.marks.iter().any(|mark| matches!(mark, Mark::Line(line) if line.key == Some(*key)));
    let lit = brush.look.highlight.filter(is_line);
    let last = plane.marks.iter().rposition(|mark| matches!(mark, Mark::Line(_)));
    for (index, mark) in plane.marks.iter().enumerate() {
        let is_wanted = if index < still { part.holds_backdrop() } else { part.holds_front() };
        if !is_wanted {
            continue;
        }
        match mark {
            // The lit line comes with the last one, so that no other lies on it.
            Mark::Line(line) if Light::of(line.key, lit) != Light::Lit => {
                lines::draw(brush, &frame, line, Light::of(line.key, lit))?;
            }
            Mark::Line(_) => {}
            Mark::Scatter(scatter) => scatter::draw(brush, &frame, scatter)?,
            Mark::Contour(grid) => contour::draw(brush, &frame, grid)?,
            Mark::Arrows(arrows) => arrows::draw(brush, &frame, arrows)?,
            Mark::Bars(bars) => bars::draw(brush, &frame, bars, &plane.marks)?,
            Mark::Histogram(histogram) => histogram::draw(brush, &frame, histogram)?,
        }
        if lit.is_some() && last == Some(index) {
            for mark in &plane.marks {
                if let Mark::Line(line) = mark
                    && line.key == lit
                {
                    lines::draw(brush, &frame, line, Light::Lit)?;
                }
            }
        }
    }
    if part.holds_front() {
        for mark in &plane.marks {
            if let Mark::Scatter(scatter) = mark {
                scatter::lit(brush, &frame, scatter)?;
            }
        }
        axes::border(brush, &layout, plane)?;
    }
    Ok(frame)
}
