//! A function of two variables in three dimensions, with paths on it.

use std::convert::Infallible;

use plotters::chart::ChartBuilder;
use plotters::drawing::IntoDrawingArea as _;
use plotters_backend::{BackendColor, BackendCoord, DrawingBackend, DrawingErrorKind};

use crate::chart::Surface;

use super::brush::{Brush, Point, Stroke};
use super::clip::Area;
use super::surface_view::{Axes, Corner, View};
use super::theme::{self, LINE_WIDTH, blend, faded};
use super::{Part, PlotError, contour, dash, surface_axes};

/// Facets along each axis at most: more could not be told apart and would take long to draw.
const MOST_FACETS: usize = 32;
/// The height of the box as a share of its sides.
const FLATNESS: f64 = 0.72;

/// A backend that draws nothing: plotters' projection wants an area, the facets are drawn by ourselves.
struct Nowhere((u32, u32));

impl DrawingBackend for Nowhere {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.0
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }
}

pub(crate) fn draw(brush: &Brush<'_>, surface: &Surface, area: Area, part: Part) -> Result<(), PlotError> {
    let Some(axes) = Axes::of(surface) else { return Ok(()) };
    let (corner, size) =
        (brush.place((area.left, area.top)), (brush.length(area.width), brush.length(area.height)));
    let whole = (brush.length(f64::from(brush.look.width)), brush.length(f64::from(brush.look.height)));
    let nowhere = Nowhere(whole).into_drawing_area().shrink(corner, size);
    let mut chart = ChartBuilder::on(&nowhere)
        .build_cartesian_3d(0.0..1.0, 0.0..1.0, 0.0..1.0)
        .map_err(PlotError::from_backend)?;
    let side = size.0.min(size.1) as i32;
    // plotters calls the upright axis y, and its third axis comes towards the eye: the surface would be a mirror image
    // of the map with the same axes, so that axis is turned round.
    chart.set_3d_pixel_range((side, (f64::from(side) * FLATNESS) as i32, side));
    let look = brush.look;
    let finite = |angle: f64, fallback: f64| if angle.is_finite() { angle } else { fallback };
    let yaw = finite(look.yaw, 0.6);
    // From the ground or from below, the surface would hide behind itself.
    let pitch = finite(look.pitch, 0.5).clamp(0.1, 1.5);
    let mut project = |scale: f64| {
        chart.with_projection(|mut projection| {
            (projection.yaw, projection.pitch, projection.scale) = (yaw, pitch, scale);
            projection.into_matrix()
        });
    };
    project(1.0);
    let unit = brush.scale();
    let reach = extent(&|[x, y, z]| {
        let (across, down) = chart.plotting_area().map_coordinate(&(x, z, 1.0 - y));
        (f64::from(across) / unit, f64::from(down) / unit)
    });
    let mut project = |scale: f64| {
        chart.with_projection(|mut projection| {
            (projection.yaw, projection.pitch, projection.scale) = (yaw, pitch, scale);
            projection.into_matrix()
        });
    };
    // Room for the words beside the axes.
    project(((area.width - 80.0) / reach.0).min((area.height - 60.0) / reach.1).max(0.05));
    let seen = |[x, y, z]: Corner| {
        let (across, down) = chart.plotting_area().map_coordinate(&(x, z, 1.0 - y));
        (f64::from(across) / unit, f64::from(down) / unit)
    };
    // Seen from above, what is further away is seen higher.
    let ground = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
    let height = |corner: &(f64, f64)| seen([corner.0, corner.1, 0.0]).1;
    let far = ground.into_iter().min_by(|a, b| height(a).total_cmp(&height(b))).unwrap_or((0.0, 0.0));
    let view = View { axes, seen: &seen, far };
    if part.holds_backdrop() {
        surface_axes::draw(brush, surface, &view)?;
        facets(brush, surface, &view)?;
    }
    if part.holds_front() {
        for (index, path) in surface.paths.iter().enumerate() {
            draw_path(brush, path, index as u8, &view)?;
        }
    }
    Ok(())
}

/// Width and height of the whole box as it is seen, css px.
fn extent(seen: &dyn Fn(Corner) -> Point) -> (f64, f64) {
    let corners: Vec<Point> =
        (0..8).map(|corner| seen([corner & 1, corner >> 1 & 1, corner >> 2].map(f64::from))).collect();
    let size = |axis: fn(&Point) -> f64| {
        let values = corners.iter().map(axis);
        (values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min)).max(1.0)
    };
    (size(|point| point.0), size(|point| point.1))
}

/// The surface itself, from the furthest facet to the nearest.
fn facets(brush: &Brush<'_>, surface: &Surface, view: &View<'_>) -> Result<(), PlotError> {
    let grid = &surface.grid;
    let (columns, rows) = ((grid.columns - 1).min(MOST_FACETS), (grid.rows - 1).min(MOST_FACETS));
    let corner = |index: usize| -> (f64, Point) {
        let (column, row) = (index % (columns + 1), index / (columns + 1));
        let (across, up) = (column as f64 / columns as f64, row as f64 / rows as f64);
        let value = contour::value_at_share(grid, across, up);
        // What is not finite left the numbers upwards.
        let height = view.axes.z.fraction(value).map_or(1.0, |height| height.clamp(0.0, 1.0));
        (height, (view.seen)([across, up, height]))
    };
    // Height and place of each corner, row by row: four facets share it.
    let all: Vec<(f64, Point)> = (0..(columns + 1) * (rows + 1)).map(corner).collect();
    let order = |count: usize, far: f64| -> Vec<usize> {
        if far == 0.0 { (0..count).collect() } else { (0..count).rev().collect() }
    };
    let rows_in_order = order(rows, view.far.1);
    for column in order(columns, view.far.0) {
        for &row in &rows_in_order {
            let first = row * (columns + 1) + column;
            let corners =
                [first, first + 1, first + columns + 2, first + columns + 1].map(|index| all[index]);
            let height = corners.iter().map(|corner| corner.0).sum::<f64>() / 4.0;
            let color = brush.theme.at_height(height);
            let mut outline: Vec<Point> = corners.iter().map(|corner| corner.1).collect();
            brush.polygon(&outline, color)?;
            outline.push(outline[0]);
            // A thin wire shows the slope and closes the seams between facets.
            brush.path(&outline, Stroke { color: blend(color, brush.theme.text, 0.16), width: 0.6 })?;
        }
    }
    Ok(())
}

fn draw_path(brush: &Brush<'_>, path: &[[f64; 3]], index: u8, view: &View<'_>) -> Result<(), PlotError> {
    let places: Vec<Option<Point>> =
        path.iter().map(|&point| view.axes.place(point).map(|corner| (view.seen)(corner))).collect();
    let pieces: Vec<Vec<Point>> = places
        .split(|place| place.is_none())
        .map(|run| dash::thinned(&run.iter().copied().flatten().collect::<Vec<_>>(), 1.0 / brush.look.ratio))
        .filter(|run| !run.is_empty())
        .collect();
    let color = brush.theme.series(index);
    // A rim keeps the path apart from a surface of any colour.
    let rim = Stroke { color: faded(brush.theme.background, 0.85), width: LINE_WIDTH + 2.4 };
    for piece in &pieces {
        brush.path(piece, rim)?;
    }
    let end = pieces.last().and_then(|piece| piece.last()).copied();
    for dash in dash::dashes(pieces, theme::dash(index)) {
        brush.path(&dash, Stroke { color, width: LINE_WIDTH + 0.4 })?;
    }
    if let Some(end) = end {
        brush.disc(end, 5.0, brush.theme.background)?;
        brush.disc(end, 3.8, color)?;
    }
    Ok(())
}
