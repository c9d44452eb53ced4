//! A chart as a table of numbers, for those who cannot see it and those who want to copy it.

use crate::chart::{Chart, Diagram, Histogram, ImageGrid, Line, Mark, Matrix, Plane, Surface};
use crate::order::ascending;
use crate::text::Text;

use super::{diagram, histogram, matrix, readout};

/// More rows than this are thinned out evenly.
pub const MOST_ROWS: usize = 100;

/// Columns and rows; every row is as long as there are columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What the columns hold.
    pub columns: Vec<Text>,
    /// At most [`MOST_ROWS`] rows.
    pub rows: Vec<Vec<Cell>>,
}

/// One field of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// Words.
    Words(Text),
    /// Nothing: the series has no value here.
    Empty,
}

/// The numbers behind a chart.
pub fn table(chart: &Chart) -> Table {
    match chart {
        Chart::Plane(plane) => of_plane(plane),
        Chart::ImageGrid(grid) => of_images(grid),
        Chart::Surface(surface) => of_surface(surface),
        Chart::Matrix(matrix) => of_matrix(matrix),
        Chart::Diagram(diagram) => of_diagram(diagram),
    }
}

fn of_plane(plane: &Plane) -> Table {
    let lines: Vec<&Line> = plane
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Line(line) = mark { Some(line) } else { None })
        .filter(|line| !line.is_region())
        .collect();
    let histograms: Vec<&Histogram> = plane
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Histogram(histogram) = mark { Some(histogram) } else { None })
        .collect();
    let map = plane.marks.iter().any(|mark| matches!(mark, Mark::Contour(_)));
    if plane.marks.iter().any(|mark| matches!(mark, Mark::Bars(_))) {
        of_bars(plane)
    } else if !histograms.is_empty() {
        of_histograms(plane, &histograms)
    } else if !lines.is_empty() && !map && lines.iter().all(|line| readout::is_curve(line)) {
        of_curves(plane, &lines)
    } else {
        of_points(plane)
    }
}

fn of_bars(plane: &Plane) -> Table {
    let mut table = Table { columns: vec![plane.x.label.clone()], rows: vec![] };
    for mark in &plane.marks {
        let Mark::Bars(bars) = mark else { continue };
        for (index, category) in bars.categories.iter().enumerate().skip(table.rows.len()).take(MOST_ROWS) {
            let before = vec![Cell::Empty; table.columns.len() - 1];
            debug_assert_eq!(index, table.rows.len());
            table.rows.push(std::iter::once(Cell::Words(category.clone())).chain(before).collect());
        }
        table.rows.truncate(MOST_ROWS);
        table.columns.push(named(&bars.name, &plane.y.label));
        for (index, row) in table.rows.iter_mut().enumerate() {
            row.push(bars.values.get(index).map_or(Cell::Empty, |&value| Cell::Number(value)));
        }
    }
    table
}

fn of_histograms(plane: &Plane, histograms: &[&Histogram]) -> Table {
    let columns = [Text::new("series", "系列"), Text::new("from", "从"), Text::new("to", "到")];
    let columns = columns.into_iter().chain([plane.y.label.clone()]).collect();
    let rows = histograms.iter().flat_map(|histogram| {
        histogram.counts.iter().enumerate().map(|(index, &count)| {
            let (low, high) = histogram::bin(histogram, index);
            vec![
                Cell::Words(histogram.name.clone()),
                Cell::Number(low),
                Cell::Number(high),
                Cell::Number(count),
            ]
        })
    });
    Table { columns, rows: thinned(rows.collect()) }
}

fn of_curves(plane: &Plane, lines: &[&Line]) -> Table {
    let mut xs: Vec<f64> = lines.iter().flat_map(|line| &line.points).map(|point| point[0]).collect();
    ascending(&mut xs);
    xs.dedup();
    let columns = std::iter::once(plane.x.label.clone())
        .chain(lines.iter().map(|line| named(&line.name, &plane.y.label)))
        .collect();
    let cell = |line: &Line, x: f64| {
        let found = line.points.binary_search_by(|point| point[0].total_cmp(&x));
        found.map_or(Cell::Empty, |index| Cell::Number(line.points[index][1]))
    };
    let row =
        |x: f64| std::iter::once(Cell::Number(x)).chain(lines.iter().map(|line| cell(line, x))).collect();
    Table { columns, rows: thinned(xs).into_iter().map(row).collect() }
}

/// Paths and single points: one row each.
fn of_points(plane: &Plane) -> Table {
    let series = plane.marks.iter().filter_map(|mark| match mark {
        Mark::Line(line) if !line.is_region() => Some((&line.name, &line.points)),
        Mark::Scatter(scatter) => Some((&scatter.name, &scatter.points)),
        _ => None,
    });
    let rows: Vec<Vec<Cell>> = series
        .flat_map(|(name, points)| {
            let row = |[x, y]: [f64; 2]| vec![Cell::Words(name.clone()), Cell::Number(x), Cell::Number(y)];
            points.iter().map(move |&point| row(point))
        })
        .collect();
    let columns = vec![Text::new("series", "系列"), plane.x.label.clone(), plane.y.label.clone()];
    Table { columns, rows: thinned(rows) }
}

fn of_images(grid: &ImageGrid) -> Table {
    let columns = [Text::new("image", "图像"), Text::new("caption", "说明"), Text::new("wrong", "错误")];
    // All images have the same numbers.
    let values = grid.images.first().map_or(&[][..], |image| &image.values);
    let columns: Vec<_> = columns.into_iter().chain(values.iter().map(|value| value.name.clone())).collect();
    let yes = |wrong: bool| if wrong { Cell::Words(Text::new("wrong", "错误")) } else { Cell::Empty };
    let images = grid.images.iter().enumerate();
    let rows = images.map(|(index, image)| {
        let first = [Cell::Number((index + 1) as f64), Cell::Words(image.caption.clone()), yes(image.wrong)];
        let number = |at: usize| image.values.get(at).map_or(Cell::Empty, |each| Cell::Number(each.value));
        first.into_iter().chain((0..values.len()).map(number)).collect()
    });
    Table { columns, rows: thinned(rows.collect()) }
}

fn of_surface(surface: &Surface) -> Table {
    let columns = vec![surface.x.clone(), surface.y.clone(), surface.z.clone()];
    let rows = surface.paths.iter().flatten().map(|point| point.map(Cell::Number).to_vec());
    Table { columns, rows: thinned(rows.collect()) }
}

fn of_matrix(chart: &Matrix) -> Table {
    let (rows, columns) = matrix::shape(chart);
    let corner = named(&chart.corner, &Text::new("row", "行"));
    let columns: Vec<Text> =
        std::iter::once(corner).chain((0..columns).map(|at| matrix::column_name(chart, at))).collect();
    let row = |row: usize| {
        let cells =
            (0..columns.len() - 1).map(|column| match chart.cells.get(row * (columns.len() - 1) + column) {
                Some(cell) if cell.value.is_some() => Cell::Number(cell.value.unwrap_or(f64::NAN)),
                Some(cell) if !cell.words.is_empty() => Cell::Words(Text::same(cell.words.clone())),
                _ => Cell::Empty,
            });
        std::iter::once(Cell::Words(matrix::row_name(chart, row))).chain(cells).collect()
    };
    Table { rows: thinned((0..rows).collect()).into_iter().map(row).collect(), columns }
}

/// A row for each node, then one for each edge.
fn of_diagram(chart: &Diagram) -> Table {
    let columns = vec![
        Text::new("node or edge", "节点或边"),
        Text::new("value", "值"),
        diagram::forward(),
        diagram::backward(),
    ];
    let words = |text: &Text| if text.en.is_empty() { Cell::Empty } else { Cell::Words(text.clone()) };
    let nodes = chart
        .nodes
        .iter()
        .map(|node| vec![Cell::Words(node.words.clone()), words(&node.note), Cell::Empty, Cell::Empty]);
    let edges = chart.edges.iter().map(|edge| {
        let number = |number: &String| words(&Text::same(number.clone()));
        let title = Cell::Words(diagram::title(chart, edge));
        vec![title, Cell::Empty, number(&edge.forward), number(&edge.backward)]
    });
    Table { columns, rows: thinned(nodes.chain(edges).collect()) }
}

/// A series without a name is called like its axis.
fn named(name: &Text, axis: &Text) -> Text {
    if name.en.is_empty() { axis.clone() } else { name.clone() }
}

/// At most [`MOST_ROWS`], evenly chosen, the first and the last among them.
fn thinned<T>(rows: Vec<T>) -> Vec<T> {
    let count = rows.len();
    if count <= MOST_ROWS {
        return rows;
    }
    let mut chosen = (0..MOST_ROWS).map(|row| row * (count - 1) / (MOST_ROWS - 1)).peekable();
    rows.into_iter().enumerate().filter_map(|(index, row)| chosen.next_if_eq(&index).map(|_| row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Axis, Scale};

    fn curve(name: &'static str, points: Vec<[f64; 2]>) -> Mark {
        Mark::Line(Line { name: Text::same(name), color: 0, points, band: vec![], dots: false, key: None })
    }

    fn chart(marks: Vec<Mark>) -> Chart {
        let axis = |name| Axis { label: Text::same(name), scale: Scale::Linear, range: None };
        Chart::Plane(Plane { x: axis("iteration"), y: axis("loss"), marks, equal: false, grip: None })
    }

    #[test]
    fn shaded_regions_are_not_listed() {
        let band = vec![[0.0, 1.0]; 2];
        let line = Line { band, ..parts(curve("region", vec![[0.0, -99.0], [1.0, -99.0]])) };
        let path = curve("path", vec![[1.0, 2.0], [0.0, 3.0]]);
        let found = table(&chart(vec![Mark::Line(line), path.clone()]));
        assert_eq!(found.rows, table(&chart(vec![path])).rows);
    }

    fn parts(mark: Mark) -> Line {
        let Mark::Line(line) = mark else { panic!("a line") };
        line
    }

    #[test]
    fn curves_share_their_first_column() {
        let train = curve("train", vec![[0.0, 2.0], [1.0, 1.0], [2.0, 0.5]]);
        let test = curve("test", vec![[0.0, 2.5], [2.0, 0.75]]);
        let table = table(&chart(vec![train, test]));
        assert_eq!(table.columns.len(), 3);
        assert_eq!(table.rows[1], [Cell::Number(1.0), Cell::Number(1.0), Cell::Empty]);
        assert_eq!(table.rows[2], [Cell::Number(2.0), Cell::Number(0.5), Cell::Number(0.75)]);
    }

    #[test]
    fn a_long_table_keeps_its_ends() {
        let points = (0..12_345).map(|i| [f64::from(i), 1.0]).collect();
        let table = table(&chart(vec![curve("", points)]));
        assert_eq!(table.rows.len(), MOST_ROWS);
        assert_eq!((&table.rows[0][0], &table.rows[99][0]), (&Cell::Number(0.0), &Cell::Number(12_344.0)));
    }
}
