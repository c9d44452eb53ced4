//! What a chart promises by its kind.

use fishbowl::chart::{Chart, Grip, Mark, Plane};

use super::is_told;

/// Asserts that the parts of a chart fit each other.
pub(crate) fn assert_well_formed(chart: &Chart, place: &str) {
    match chart {
        Chart::Plane(plane) => {
            assert!(is_told(&plane.x.label) && is_told(&plane.y.label), "{place}: axes {plane:?}");
            plane.marks.iter().for_each(|mark| assert_mark(mark, place));
        }
        Chart::ImageGrid(grid) => {
            let fits = |pixels: &[u8]| pixels.len() == grid.width * grid.height;
            assert!(grid.images.iter().all(|image| fits(&image.pixels)), "{place}: pixels");
        }
        Chart::Surface(surface) => {
            let points = surface.grid.rows * surface.grid.columns;
            assert_eq!(surface.grid.values.len(), points, "{place}: grid");
            assert!(is_told(&surface.x) && is_told(&surface.y) && is_told(&surface.z), "{place}");
        }
        Chart::Matrix(matrix) => {
            assert!(matrix.columns > 0 && matrix.cells.len() % matrix.columns == 0, "{place}: cells");
            let rows = matrix.cells.len() / matrix.columns;
            let named = |names: usize, count: usize| names == 0 || names == count;
            assert!(named(matrix.row_names.len(), rows), "{place}: row names");
            assert!(named(matrix.column_names.len(), matrix.columns), "{place}: column names");
            for frame in &matrix.frames {
                assert!(frame.rows > 0 && frame.row + frame.rows <= rows, "{place}: {frame:?}");
                let right = frame.column + frame.columns;
                assert!(frame.columns > 0 && right <= matrix.columns, "{place}: {frame:?}");
            }
            assert!(matrix.cells.iter().all(|cell| (-1.0..=1.0).contains(&cell.shade)), "{place}: shade");
        }
        Chart::Diagram(diagram) => {
            let nodes = diagram.nodes.len();
            assert!(diagram.edges.iter().all(|edge| edge.from < nodes && edge.to < nodes), "{place}: edges");
            let places = diagram.nodes.iter().flat_map(|node| node.at);
            assert!(places.chain([0.0]).all(f64::is_finite), "{place}: places");
        }
    }
}

fn assert_mark(mark: &Mark, place: &str) {
    match mark {
        Mark::Line(line) => {
            let (points, band) = (line.points.len(), line.band.len());
            assert!(band == 0 || band == points, "{place}: a band of {band} for {points} points");
        }
        Mark::Scatter(scatter) => {
            let (points, keys) = (scatter.points.len(), scatter.keys.len());
            assert!(keys == 0 || keys == points, "{place}: {keys} keys for {points} points");
        }
        Mark::Contour(grid) => assert_eq!(grid.values.len(), grid.rows * grid.columns, "{place}"),
        Mark::Bars(bars) => assert_eq!(bars.values.len(), bars.categories.len(), "{place}"),
        Mark::Arrows(_) | Mark::Histogram(_) => {}
    }
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
