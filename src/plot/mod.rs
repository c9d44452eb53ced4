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
mod bars;
mod brush;
mod clip;
mod contour;
mod dash;
mod fit;
mod frame;
mod histogram;
pub mod image_grid;
pub mod legend;
mod lines;
mod number;
pub mod readout;
mod scatter;
mod span;
mod surface;
mod surface_axes;
mod svg;
pub mod table;
pub mod theme;

pub use clip::Area;
pub use frame::{Frame, PlaneFrame};
pub use span::Span;
pub use svg::svg;

use plotters::drawing::IntoDrawingArea as _;
use plotters_backend::DrawingBackend;

use crate::chart::{Chart, Mark, Plane};
use crate::text::Language;
use brush::Brush;

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
}

impl Look {
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
    let area = backend.into_drawing_area();
    let frame = draw_on(&Brush::new(&area, look), chart)?;
    area.present().map_err(PlotError::from_backend)?;
    Ok(frame)
}

/// The same for any backend: one copy of it in the wasm, though the page draws on a canvas and into SVG.
fn draw_on(brush: &Brush<'_>, chart: &Chart) -> Result<Frame, PlotError> {
    let look = brush.look;
    let mut outer =
        Area { left: 0.0, top: 0.0, width: f64::from(look.width), height: f64::from(look.height) };
    if look.legend {
        brush.rectangle(outer, brush.theme.background)?;
        outer = outer.shrunk(8.0);
        let height = legend::draw(brush, &legend::legend(chart, look.dark), outer)?;
        outer = Area { top: outer.top + height, height: outer.height - height, ..outer };
    }
    Ok(match chart {
        Chart::Plane(plane) => Frame::Plane(draw_plane(brush, plane, outer)?),
        Chart::ImageGrid(grid) => Frame::Tiles(image_grid::draw(brush, grid, outer)?),
        Chart::Surface(surface) => {
            surface::draw(brush, surface, outer)?;
            Frame::Surface
        }
        Chart::Matrix(_) | Chart::Diagram(_) => Frame::Surface,
    })
}

fn draw_plane(brush: &Brush<'_>, plane: &Plane, outer: Area) -> Result<PlaneFrame, PlotError> {
    let layout =
        frame::layout(plane, brush.look.language, outer, |words| brush.text_width(words, theme::SMALL));
    let frame = layout.frame;
    axes::mesh(brush, &layout, plane)?;
    for mark in &plane.marks {
        match mark {
            Mark::Line(line) => lines::draw(brush, &frame, line)?,
            Mark::Scatter(scatter) => scatter::draw(brush, &frame, scatter)?,
            Mark::Contour(grid) => contour::draw(brush, &frame, grid)?,
            Mark::Arrows(arrows) => arrows::draw(brush, &frame, arrows)?,
            Mark::Bars(bars) => bars::draw(brush, &frame, bars, &plane.marks)?,
            Mark::Histogram(histogram) => histogram::draw(brush, &frame, histogram)?,
        }
    }
    axes::border(brush, &layout, plane)?;
    Ok(frame)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chart::*;
    use crate::text::Text;

    /// Numbers of all kinds, with the awkward ones often.
    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            -10.0..10.0f64,
            any::<f64>(),
            Just(0.0),
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(-1e30),
            Just(1e-30),
            Just(f64::MAX),
        ]
    }

    fn points() -> impl Strategy<Value = Vec<[f64; 2]>> {
        prop::collection::vec([number(), number()], 0..12)
    }

    fn grid() -> impl Strategy<Value = Grid> {
        let values = prop::collection::vec(number().prop_map(|value| value as f32), 0..30);
        let ends = || (number(), number());
        (ends(), ends(), 0usize..6, 0usize..6, values, any::<bool>()).prop_map(
            |(x, y, columns, rows, mut values, right)| {
                if right {
                    values.resize(columns * rows, 1.0);
                }
                Grid { x, y, columns, rows, values }
            },
        )
    }

    fn mark() -> impl Strategy<Value = Mark> {
        let name = Text::same("name");
        let (scatter, bars, histogram) = (name.clone(), name.clone(), name.clone());
        prop_oneof![
            (points(), points(), any::<bool>(), any::<u8>()).prop_map(move |(points, band, dots, color)| {
                Mark::Line(Line { name: name.clone(), color, points, band, dots, key: None })
            }),
            points().prop_map(move |points| {
                Mark::Scatter(Scatter {
                    name: scatter.clone(),
                    color: 3,
                    points,
                    symbol: Symbol::Handle,
                    keys: vec![],
                    grip: None,
                })
            }),
            grid().prop_map(Mark::Contour),
            prop::collection::vec([number(), number(), number(), number()], 0..6).prop_map(Mark::Arrows),
            (prop::collection::vec(number(), 0..6), 0usize..6).prop_map(move |(values, count)| {
                let categories = (0..count).map(|index| Text::same(format!("category {index}"))).collect();
                Mark::Bars(Bars { name: bars.clone(), color: 1, categories, values, grip: None })
            }),
            (number(), number(), prop::collection::vec(number(), 0..6)).prop_map(
                move |(low, high, counts)| {
                    Mark::Histogram(Histogram { name: histogram.clone(), color: 2, low, high, counts })
                }
            ),
        ]
    }

    fn axis() -> impl Strategy<Value = Axis> {
        (any::<bool>(), prop::option::of((number(), number()))).prop_map(|(log, range)| Axis {
            label: Text::same("axis"),
            scale: if log { Scale::Log } else { Scale::Linear },
            range,
        })
    }

    fn chart() -> impl Strategy<Value = Chart> {
        let image = (prop::collection::vec(any::<u8>(), 0..20), any::<bool>())
            .prop_map(|(pixels, wrong)| Image { pixels, caption: Text::same("caption"), wrong, key: None });
        let images = (0usize..5, 0usize..5, prop::collection::vec(image, 0..9));
        let paths = prop::collection::vec(prop::collection::vec([number(), number(), number()], 0..5), 0..3);
        prop_oneof![
            4 => (axis(), axis(), prop::collection::vec(mark(), 0..4))
                .prop_map(|(x, y, marks)| Chart::Plane(Plane { x, y, marks, grip: None })),
            1 => images.prop_map(|(width, height, images)| {
                Chart::ImageGrid(ImageGrid { width, height, meaning: Meaning::Signed, images })
            }),
            1 => (grid(), paths).prop_map(|(grid, paths)| {
                Chart::Surface(Surface { x: Text::same("x"), y: Text::same("y"), z: Text::same("z"), grid, paths })
            }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_chart_can_be_drawn_read_and_told(
            chart in chart(),
            width in prop_oneof![Just(0u32), Just(1), Just(360), Just(700)],
            height in prop_oneof![Just(0u32), Just(1), Just(300)],
            place in (-10.0..800.0f64, -10.0..400.0f64),
            angle in number(),
        ) {
            let look = Look { width, height, legend: true, yaw: angle, pitch: angle, ..Look::default() };
            let document = svg(&chart, &look);
            prop_assert!(document.starts_with("<svg") && document.trim_end().ends_with("</svg>"));
            prop_assert!(!document.contains("NaN"));
            let mut bare = String::new();
            let backend = plotters::backend::SVGBackend::with_string(&mut bare, (width, height));
            let frame = draw(backend, &chart, &Look { bitmaps: false, ..look }).unwrap();
            if let Some(found) = readout::readout(&chart, &frame, place, false) {
                prop_assert!(found.place.0.is_finite() && found.place.1.is_finite());
            }
            if let Some((x, y)) = frame.at(place.0, place.1) {
                prop_assert!(x.is_finite() && y.is_finite());
            }
            let table = table::table(&chart);
            prop_assert!(table.rows.len() <= table::MOST_ROWS);
            prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        }
    }
}
