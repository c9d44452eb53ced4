//! How high a figure wants to be.

use crate::chart::{Chart, ImageGrid, Plane, Scale};
use crate::text::Language;

use super::{diagram, fit, frame, image_grid, letters, matrix};

/// The height in css px that a chart needs at a width in css px; `columns` is how many images of a grid stand side by
/// side, if that is given. `None` for charts that can have any height.
pub fn height(chart: &Chart, width: f64, columns: Option<usize>, language: Language) -> Option<f64> {
    let width = if width.is_finite() { width.clamp(1.0, 1e5) } else { 1.0 };
    // An estimate: there is no canvas yet to measure words on.
    let measure = |words: &str, size: f64| letters::width(words) * size;
    match chart {
        Chart::Plane(plane) => of_equal_axes(plane, width),
        Chart::Surface(_) => None,
        Chart::ImageGrid(grid) => Some(of_images(grid, width, columns, language)),
        Chart::Matrix(matrix) => Some(matrix::height(matrix, width, language, &measure)),
        Chart::Diagram(chart) => Some(diagram::height(chart, width, language, &measure)),
    }
}

/// A plane with equal axes whose ranges are given has a shape of its own.
fn of_equal_axes(plane: &Plane, width: f64) -> Option<f64> {
    let fit = fit::plane(plane);
    let linear = fit.x.scale() == Scale::Linear && fit.y.scale() == Scale::Linear;
    if !plane.equal || !linear || !fit::is_fixed(plane) {
        return None;
    }
    let shape = (fit.y.high() - fit.y.low()) / (fit.x.high() - fit.x.low());
    // About what the words beside and below the plot area take.
    let (beside, below) = (44.0, if frame::is_small_map(plane, width) { 33.0 } else { 67.0 });
    let height = (width - beside).max(1.0) * shape + below;
    (0.2..5.0).contains(&shape).then_some(height.ceil())
}

/// Pictures of a usual size, or as large as `columns` of them can be.
fn of_images(grid: &ImageGrid, width: f64, columns: Option<usize>, language: Language) -> f64 {
    let usual = if width < 400.0 { 48.0 } else { 60.0 };
    let (wide, high) = (grid.width.max(1) as f64, grid.height.max(1) as f64);
    let foot = image_grid::foot(grid, language);
    image_grid::height(grid.images.len(), (wide, high), width, columns, usual, foot)
}
