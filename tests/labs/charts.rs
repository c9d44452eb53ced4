//! What a chart promises by its kind.

use fishbowl::chart::{Chart, Grip, Image, Mark, Plane, Thumbnail};
use fishbowl::text::Text;

use super::{is_empty, is_told};

/// What is wrong with the parts of a chart, if they do not fit each other.
pub(crate) fn check(chart: &Chart) -> Result<(), String> {
    match chart {
        Chart::Plane(plane) => {
            // An axis of several quantities has no name.
            let named = |label: &Text| is_told(label) || is_empty(label);
            ensure!(named(&plane.x.label) && named(&plane.y.label), "axes {:?} {:?}", plane.x, plane.y);
            plane.marks.iter().try_for_each(check_mark)
        }
        Chart::ImageGrid(grid) => {
            let fits = |pixels: &[u8]| pixels.len() == grid.width * grid.height;
            ensure!(grid.images.iter().all(|image| fits(&image.pixels)), "pixels");
            let levels = grid.images.iter().filter_map(|image| image.level);
            ensure!(levels.into_iter().all(|level| (-1.0..=1.0).contains(&level)), "a level");
            ensure!(grid.images.iter().all(|image| (-1.0..=1.0).contains(&image.shade)), "a shade");
            let names = |image: &Image| image.values.iter().map(|each| each.name.clone()).collect::<Vec<_>>();
            let first = grid.images.first().map(names).unwrap_or_default();
            ensure!(first.iter().all(is_told), "{first:?}");
            ensure!(grid.images.iter().all(|image| names(image) == first), "numbers of other names");
            Ok(())
        }
        Chart::Surface(surface) => {
            let points = surface.grid.rows * surface.grid.columns;
            ensure!(surface.grid.values.len() == points, "{} values", surface.grid.values.len());
            ensure!(is_told(&surface.x) && is_told(&surface.y) && is_told(&surface.z), "names of axes");
            Ok(())
        }
        Chart::Matrix(matrix) => {
            let (cells, columns) = (matrix.cells.len(), matrix.columns);
            ensure!(columns > 0 && cells % columns == 0, "{cells} cells in {columns} columns");
            let rows = cells / columns;
            let named = |names: usize, count: usize| names == 0 || names == count;
            ensure!(named(matrix.row_names.len(), rows), "{} row names", matrix.row_names.len());
            ensure!(named(matrix.column_names.len(), columns), "{} column names", matrix.column_names.len());
            for frame in &matrix.frames {
                ensure!(frame.rows > 0 && frame.row + frame.rows <= rows, "{frame:?}");
                ensure!(frame.columns > 0 && frame.column + frame.columns <= columns, "{frame:?}");
            }
            ensure!(matrix.cells.iter().all(|cell| (-1.0..=1.0).contains(&cell.shade)), "a shade");
            Ok(())
        }
        Chart::Diagram(diagram) => {
            let nodes = diagram.nodes.len();
            ensure!(diagram.edges.iter().all(|edge| edge.from < nodes && edge.to < nodes), "an edge");
            ensure!(diagram.nodes.iter().flat_map(|node| node.at).all(f64::is_finite), "a place");
            for node in &diagram.nodes {
                ensure!(node.level.is_none_or(|level| (-1.0..=1.0).contains(&level)), "{node:?}");
                ensure!(node.values.iter().all(|each| is_told(&each.name)), "{node:?}");
                let whole = |picture: &Thumbnail| picture.pixels.len() == picture.width * picture.height;
                ensure!(node.picture.as_ref().is_none_or(whole), "{node:?}");
            }
            Ok(())
        }
    }
}

fn check_mark(mark: &Mark) -> Result<(), String> {
    match mark {
        Mark::Line(line) => {
            let (points, band) = (line.points.len(), line.band.len());
            ensure!(band == 0 || band == points, "a band of {band} for {points} points");
        }
        Mark::Scatter(scatter) => {
            let (points, keys) = (scatter.points.len(), scatter.keys.len());
            ensure!(keys == 0 || keys == points, "{keys} keys for {points} points");
        }
        Mark::Contour(grid) => ensure!(grid.values.len() == grid.rows * grid.columns, "values of a grid"),
        Mark::Bars(bars) => ensure!(bars.values.len() == bars.categories.len(), "names of bars"),
        Mark::Arrows(_) | Mark::Histogram(_) => {}
    }
    Ok(())
}

/// Whether a chart shows a function from above.
pub(crate) fn is_map(chart: &Chart) -> bool {
    matches!(chart, Chart::Plane(plane) if plane.marks.iter().any(|mark| matches!(mark, Mark::Contour(_))))
}

/// What of a chart can be moved.
pub(crate) fn grips(chart: &Chart) -> Vec<Grip> {
    let of_mark = |mark: &Mark| match mark {
        Mark::Scatter(scatter) => scatter.grip,
        Mark::Bars(bars) => bars.grip,
        _ => None,
    };
    match chart {
        Chart::Plane(Plane { marks, grip, .. }) => {
            grip.iter().copied().chain(marks.iter().filter_map(of_mark)).collect()
        }
        Chart::Matrix(matrix) => matrix.grip.into_iter().collect(),
        _ => Vec::new(),
    }
}
