//! Level lines of a function over a faint shade of its height.

use contour::ContourBuilder;

use crate::chart::Grid;
use crate::order::ascending;

use super::PlotError;
use super::brush::{Brush, Point, Stroke};
use super::clip::{self, Area};
use super::frame::PlaneFrame;
use super::theme::blend;

/// Bands between level lines.
const BANDS: usize = 12;
/// Corners of a ring that is too small to be believed.
const SPECK: usize = 9;

pub(crate) fn draw(brush: &Brush<'_>, frame: &PlaneFrame, grid: &Grid) -> Result<(), PlotError> {
    let Some(area) = ground(frame, grid) else { return Ok(()) };
    let [low, high] = brush.theme.shade;
    let Some(heights) = heights(grid) else {
        // A constant function has one height and no lines.
        return brush.rectangle(area, blend(low, high, 0.5));
    };
    brush.rectangle(area, low)?;
    let levels: Vec<f64> = (1..BANDS).map(|band| band as f64 / BANDS as f64).collect();
    let builder = ContourBuilder::new(grid.columns, grid.rows, true);
    let Ok(contours) = builder.contours(&heights, &levels) else { return Ok(()) };
    let mut lines: Vec<Vec<Point>> = Vec::new();
    for contour in &contours {
        // Each region lies on the one below it, so only the part between two levels stays to be seen.
        let color = blend(low, high, contour.threshold() + 0.5 / BANDS as f64);
        for polygon in contour.geometry() {
            // Specks of a cell or two are what sampling makes of a narrow valley, not relief.
            if polygon.exterior().0.len() <= SPECK {
                continue;
            }
            let outer = ring(frame, grid, polygon.exterior().coords().map(|at| (at.x, at.y)));
            let holes: Vec<_> = polygon
                .interiors()
                .iter()
                .filter(|hole| hole.0.len() > SPECK)
                .map(|hole| ring(frame, grid, hole.coords().map(|at| (at.x, at.y))))
                .collect();
            let outline = clip::polygon(&area, &keyhole(&outer, &holes));
            brush.polygon(&outline, color)?;
            lines.extend(std::iter::once(outer).chain(holes).flat_map(|ring| clip::path(&area, &ring)));
        }
    }
    for line in &lines {
        brush.path(line, Stroke { color: brush.theme.level, width: 0.8 })?;
    }
    Ok(())
}

/// The part of the plot area the grid covers; `None` when the grid is not one.
fn ground(frame: &PlaneFrame, grid: &Grid) -> Option<Area> {
    if !is_grid(grid) {
        return None;
    }
    let (one, other) = (frame.pixel_of(grid.x.0, grid.y.0)?, frame.pixel_of(grid.x.1, grid.y.1)?);
    let (left, top) = (one.0.min(other.0), one.1.min(other.1));
    let (right, bottom) = (one.0.max(other.0), one.1.max(other.1));
    Some(Area { left, top, width: right - left, height: bottom - top }.intersection(&frame.area))
}

/// The values from 0, the lowest, to 1, the highest, bent so that half of the ground lies on either side of 1/2.
/// Then a valley as flat as Rosenbrock's gets as many lines as its walls. `None` when all values are one.
fn heights(grid: &Grid) -> Option<Vec<f64>> {
    let mut sorted: Vec<f64> =
        grid.values.iter().copied().filter(|value| value.is_finite()).map(f64::from).collect();
    ascending(&mut sorted);
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    // Rounding of f32 is no relief.
    if high - low <= 1e-6 * low.abs().max(high.abs()) {
        return None;
    }
    let height = |value: f64| (value - low) / (high - low);
    let median = height(sorted[sorted.len() / 2]).clamp(1e-9, 1.0 - 1e-9);
    // Kept from extremes: a plateau must not be torn up for its last bits.
    let bend = (libm::log(0.5) / libm::log(median)).clamp(0.25, 1.5);
    // What is not finite counts as highest: functions leave the numbers upwards (1/x, exp).
    let bent = |value: f64| if value.is_finite() { libm::pow(height(value), bend) } else { 1.0 };
    Some(grid.values.iter().map(|&value| bent(f64::from(value))).collect())
}

/// A ring of the contour crate, whose point (0.5, 0.5) is the first of the grid, in css pixels.
fn ring(frame: &PlaneFrame, grid: &Grid, points: impl Iterator<Item = Point>) -> Vec<Point> {
    let along = |(low, high): (f64, f64), place: f64, count: usize| {
        let share = (place - 0.5) / (count - 1) as f64;
        low * (1.0 - share) + high * share
    };
    points
        .filter_map(|(x, y)| frame.pixel_of(along(grid.x, x, grid.columns), along(grid.y, y, grid.rows)))
        .collect()
}

/// One outline round a region and along its holes, reached over bridges of no width: backends fill outlines that have
/// no holes. Holes run the other way round, so they stay empty.
fn keyhole(outer: &[Point], holes: &[Vec<Point>]) -> Vec<Point> {
    let mut outline = outer.to_vec();
    for hole in holes.iter().filter(|hole| !hole.is_empty()) {
        let Some(&gate) = outer.first() else { break };
        outline.push(gate);
        outline.extend_from_slice(hole);
        outline.push(hole[0]);
    }
    outline.extend(outer.first());
    outline
}

/// Whether a grid has as many values as it says and enough to lie between.
pub(crate) fn is_grid(grid: &Grid) -> bool {
    grid.columns >= 2 && grid.rows >= 2 && grid.columns.checked_mul(grid.rows) == Some(grid.values.len())
}

/// The value of a grid at a point inside it, by bilinear interpolation.
pub(crate) fn value_at(grid: &Grid, x: f64, y: f64) -> Option<f64> {
    let share = |(low, high): (f64, f64), value: f64| (value - low) / (high - low);
    let (across, up) = (share(grid.x, x), share(grid.y, y));
    let inside = |share: f64| (-1e-9..=1.0 + 1e-9).contains(&share);
    (is_grid(grid) && inside(across) && inside(up)).then(|| value_at_share(grid, across, up))
}

/// The value of a grid where `across` and `up`, each from 0 to 1, say how far along it is.
pub(crate) fn value_at_share(grid: &Grid, across: f64, up: f64) -> f64 {
    let along = |share: f64, count: usize| {
        let place = share.clamp(0.0, 1.0) * (count - 1) as f64;
        let index = (place as usize).min(count - 2);
        (index, place - index as f64)
    };
    let ((column, across), (row, up)) = (along(across, grid.columns), along(up, grid.rows));
    let at = |row: usize, column: usize| f64::from(grid.values[row * grid.columns + column]);
    // Not low + (high − low) · share, which makes NaN of an infinite value even where its share is 0.
    let mix = |low: f64, high: f64, share: f64| match share {
        0.0 => low,
        1.0 => high,
        _ => low * (1.0 - share) + high * share,
    };
    let low = mix(at(row, column), at(row, column + 1), across);
    let high = mix(at(row + 1, column), at(row + 1, column + 1), across);
    mix(low, high, up)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(function: impl Fn(f64, f64) -> f64) -> Grid {
        let at = |index: usize| index as f64 / 5.0 - 1.0;
        let values = (0..11).flat_map(|row| (0..11).map(move |column| (at(column), at(row))));
        let values = values.map(|(x, y)| function(x, y) as f32).collect();
        Grid { x: (-1.0, 1.0), y: (-1.0, 1.0), columns: 11, rows: 11, values }
    }

    #[test]
    fn half_of_the_ground_is_above_the_middle() {
        for function in
            [|x: f64, y: f64| x * x + y * y, |x: f64, y: f64| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)]
        {
            let heights = heights(&grid(function)).unwrap();
            let above = heights.iter().filter(|&&height| height > 0.5).count();
            assert!((40..=80).contains(&above), "{above}");
        }
    }

    #[test]
    fn a_constant_function_has_no_heights() {
        assert_eq!(heights(&grid(|_, _| 3.0)), None);
        assert_eq!(heights(&grid(|_, _| f64::NAN)), None);
    }

    #[test]
    fn values_between_grid_points_are_interpolated() {
        let plane = grid(|x, y| 2.0 * x - y);
        let value = value_at(&plane, 0.33, -0.71).unwrap();
        assert!((value - (0.66 + 0.71)).abs() < 1e-6);
        assert_eq!(value_at(&plane, 1.2, 0.0), None);
        assert!(value_at(&plane, 1.0, 1.0).is_some());
    }
}
