//! What can be taken hold of in a drawn chart, and where arrow keys move it.

use crate::chart::{Bars, Chart, Grip, Mark, Matrix, Plane, Scatter};
use crate::text::Text;

use super::brush::Point;
use super::frame::{Frame, PlaneFrame};
use super::matrix::{self, Cells};
use super::number;
use super::span::Span;

/// How far from a handle a press still takes hold of it, css px: half of the least size of a target.
const REACH: f64 = 22.0;
/// An arrow key moves by this share of an axis.
const NUDGE: f64 = 1.0 / 40.0;

/// Something in a picture that can be moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// What moving it moves.
    pub grip: Grip,
    /// Where it is, in units of the axes; column and row in a matrix, index and value of a bar.
    pub at: (f64, f64),
    /// Where it is drawn, css px.
    pub place: Point,
    /// What it is called.
    pub name: Text,
    /// Half the width of the edge that can be taken hold of, css px; 0 for a point.
    reach: f64,
}

/// All handles of a chart that was drawn with `frame`, in their order. The bars of one series share their grip.
pub fn handles(chart: &Chart, frame: &Frame) -> Vec<Handle> {
    match (chart, frame) {
        (Chart::Plane(plane), Frame::Plane(frame)) => {
            let of_mark = |mark: &Mark| match mark {
                Mark::Scatter(scatter) => point(scatter, frame).into_iter().collect(),
                Mark::Bars(bars) => tops(bars, plane, frame),
                _ => vec![],
            };
            plane.marks.iter().flat_map(of_mark).collect()
        }
        (Chart::Matrix(matrix), Frame::Cells(cells)) => cell(matrix, cells).into_iter().collect(),
        _ => vec![],
    }
}

/// The first point of a scatter that can be moved, if it is drawn.
fn point(scatter: &Scatter, frame: &PlaneFrame) -> Option<Handle> {
    let (grip, &[x, y]) = scatter.grip.zip(scatter.points.first())?;
    let place = frame.pixel_of(x, y).filter(|&place| frame.area.shrunk(-0.5).contains(place))?;
    Some(Handle { grip, at: (x, y), place, name: scatter.name.clone(), reach: 0.0 })
}

/// The upper ends of bars that can be moved.
fn tops(bars: &Bars, plane: &Plane, frame: &PlaneFrame) -> Vec<Handle> {
    let Some(grip) = bars.grip else { return vec![] };
    let top = |(index, &value): (usize, &f64)| {
        let (low, high) = super::bars::edges(bars, &plane.marks, index);
        let (left, y) = frame.pixel_of(low, value)?;
        let (right, _) = frame.pixel_of(high, value)?;
        // A bar that leaves the plot area is taken hold of where it leaves.
        let y = y.clamp(frame.area.top, frame.area.bottom());
        let place = ((left + right) / 2.0, y);
        let category = bars.categories.get(index).cloned().unwrap_or_else(|| Text::same(index.to_string()));
        let named = |name: &str, category: &str| {
            if name.is_empty() { category.to_owned() } else { format!("{name} {category}") }
        };
        let name = Text {
            en: named(&bars.name.en, &category.en).into(),
            zh: named(&bars.name.zh, &category.zh).into(),
        };
        let handle =
            Handle { grip, at: (index as f64, value), place, name, reach: ((right - left) / 2.0).abs() };
        frame.area.shrunk(-0.5).contains(place).then_some(handle)
    };
    bars.values.iter().enumerate().filter_map(top).collect()
}

/// The cell that a matrix shows to be the present one: the middle of its first frame, the upper left of two or four, or
/// the first of all cells.
fn cell(matrix: &Matrix, cells: &Cells) -> Option<Handle> {
    let grip = matrix.grip?;
    let (row, column) = matrix.frames.first().map_or((0, 0), |frame| {
        (frame.row.saturating_add(middle(frame.rows)), frame.column.saturating_add(middle(frame.columns)))
    });
    let (row, column) = (row.min(cells.rows.checked_sub(1)?), column.min(cells.columns.checked_sub(1)?));
    let name = matrix.frames.first().map(|frame| frame.name.clone()).filter(|name| !name.en.is_empty());
    let name = name.unwrap_or_else(|| matrix::title(matrix, row, column));
    let at = (column as f64, row as f64);
    let place = cells.middle(at.1, at.0).filter(|&place| cells.at(place).is_some())?;
    Some(Handle { grip, at, place, name, reach: 0.0 })
}

/// The middle of so many cells, counted from the first; the first of two.
fn middle(cells: usize) -> usize {
    cells.saturating_sub(1) / 2
}

/// What a press at a place takes hold of: the nearest handle within reach, the upper one of two that lie on each other;
/// else what a press anywhere in the plot area, or on a cell, moves there.
pub fn grip_at(chart: &Chart, frame: &Frame, place: Point) -> Option<Grip> {
    let whole = match chart {
        Chart::Plane(plane) => plane.grip,
        Chart::Matrix(matrix) => matrix.grip,
        Chart::ImageGrid(_) | Chart::Surface(_) | Chart::Diagram(_) => None,
    };
    let anywhere = || whole.filter(|_| frame.at(place.0, place.1).is_some());
    if matches!(chart, Chart::Matrix(_)) {
        return anywhere();
    }
    let distance = |handle: &Handle| {
        let across = ((handle.place.0 - place.0).abs() - handle.reach).max(0.0);
        libm::hypot(across, handle.place.1 - place.1)
    };
    let near = handles(chart, frame).into_iter().map(|handle| (distance(&handle), handle.grip));
    let near = near.filter(|(distance, _)| *distance <= REACH);
    near.rev().min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, grip)| grip).or_else(anywhere)
}

/// Where an arrow key moves a handle: by a fortieth of the axes, or by the stride of a frame of cells. `steps` is −1, 0 or 1 to the right and
/// upwards; in a matrix, upwards is towards the first row. Of several handles with one grip `which`, counted from 0, is
/// meant. A bar only changes its value, by either direction. `None` when there is no such handle.
pub fn nudge(
    chart: &Chart,
    frame: &Frame,
    grip: Grip,
    steps: (i32, i32),
    which: usize,
) -> Option<(f64, f64)> {
    let steps = (steps.0.signum(), steps.1.signum());
    let handle = handles(chart, frame).into_iter().filter(|handle| handle.grip == grip).nth(which)?;
    match (chart, frame) {
        (Chart::Plane(_), Frame::Plane(frame)) if handle.reach > 0.0 => {
            let step = if steps.1 == 0 { steps.0 } else { steps.1 };
            Some((handle.at.0, moved(frame.y, handle.at.1, step)))
        }
        (Chart::Plane(_), Frame::Plane(frame)) => {
            Some((moved(frame.x, handle.at.0, steps.0), moved(frame.y, handle.at.1, steps.1)))
        }
        (Chart::Matrix(matrix), Frame::Cells(cells)) => {
            // All of a window stays in sight.
            let frame = matrix.frames.first();
            let (rows, columns) = frame.map_or((1, 1), |frame| (frame.rows, frame.columns));
            let stride = frame.map_or(1, |frame| frame.stride.max(1)) as f64;
            let to = |at: f64, step: i32, count: usize, size: usize| {
                let size = size.min(count).max(1);
                let first = middle(size) as f64;
                let last = first + count.saturating_sub(size) as f64;
                (at + f64::from(step) * stride).clamp(first, last)
            };
            let column = to(handle.at.0, steps.0, cells.columns, columns);
            Some((column, to(handle.at.1, -steps.1, cells.rows, rows)))
        }
        _ => None,
    }
}

/// A value moved along its axis, with no more digits than a pointer could mean, and never off the axis.
fn moved(span: Span, value: f64, step: i32) -> f64 {
    let at = span.fraction(value).unwrap_or(0.0).clamp(0.0, 1.0);
    if step == 0 {
        return value.clamp(span.low(), span.high());
    }
    let to = span.value((at + f64::from(step) * NUDGE).clamp(0.0, 1.0));
    let size = if span.scale() == crate::chart::Scale::Log { to } else { span.high() - span.low() };
    let unit = number::ten_to((3 - number::decade(size)).clamp(-300, 300));
    let rounded = (to * unit).round() / unit;
    (if rounded.is_finite() { rounded } else { to }).clamp(span.low(), span.high())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Axis, CellFrame, Scale, Symbol};
    use crate::plot::Area;

    const AREA: Area = Area { left: 0.0, top: 0.0, width: 200.0, height: 200.0 };

    fn axis() -> Axis {
        Axis { label: Text::same("x"), scale: Scale::Linear, range: None }
    }

    fn plane(marks: Vec<Mark>, grip: Option<Grip>) -> Chart {
        Chart::Plane(Plane { x: axis(), y: axis(), marks, equal: false, grip })
    }

    /// One axis unit is twenty css px.
    fn frame(scale: Scale) -> Frame {
        let (low, high) = if scale == Scale::Log { (1.0, 1e10) } else { (0.0, 10.0) };
        Frame::Plane(PlaneFrame {
            area: AREA,
            x: Span::new(0.0, 10.0, Scale::Linear),
            y: Span::new(low, high, scale),
        })
    }

    fn handle(at: [f64; 2], grip: u16) -> Mark {
        let (name, grip) = (Text::same("start"), Some(Grip(grip)));
        Mark::Scatter(Scatter {
            name,
            color: 1,
            points: vec![at],
            symbol: Symbol::Handle,
            keys: vec![],
            grip,
        })
    }

    #[test]
    fn the_nearest_handle_is_taken_hold_of_and_else_the_plane() {
        let chart = plane(vec![handle([2.0, 5.0], 1), handle([4.0, 5.0], 2)], Some(Grip(9)));
        let frame = frame(Scale::Linear);
        for (place, grip) in [((48.0, 100.0), 1), ((61.0, 100.0), 2), ((80.0, 121.0), 2), ((80.0, 150.0), 9)]
        {
            assert_eq!(grip_at(&chart, &frame, place), Some(Grip(grip)), "{place:?}");
        }
        assert_eq!(grip_at(&chart, &frame, (300.0, 100.0)), None);
        assert_eq!(handles(&chart, &frame).len(), 2);
    }

    #[test]
    fn an_arrow_key_moves_by_a_fortieth_and_not_off_the_axis() {
        let chart = plane(vec![handle([9.9, 5.0], 1)], None);
        let linear = frame(Scale::Linear);
        assert_eq!(nudge(&chart, &linear, Grip(1), (-1, 1), 0), Some((9.65, 5.25)));
        assert_eq!(nudge(&chart, &linear, Grip(1), (1, 0), 0), Some((10.0, 5.0)));
        assert_eq!(nudge(&chart, &linear, Grip(2), (1, 0), 0), None);
        let chart = plane(vec![handle([9.9, 100.0], 1)], None);
        assert_eq!(nudge(&chart, &frame(Scale::Log), Grip(1), (0, 1), 0), Some((9.9, 177.8)));
    }

    #[test]
    fn a_bar_is_taken_hold_of_along_its_top_and_keeps_its_place() {
        let bars = Bars {
            name: Text::same("prediction"),
            color: 0,
            categories: vec![],
            values: vec![0.0, 5.0, 20.0],
            grip: Some(Grip(3)),
        };
        let (chart, frame) = (plane(vec![Mark::Bars(bars)], None), frame(Scale::Linear));
        assert_eq!(handles(&chart, &frame).len(), 3);
        assert_eq!(grip_at(&chart, &frame, (15.0, 110.0)), Some(Grip(3)));
        assert_eq!(grip_at(&chart, &frame, (150.0, 110.0)), None);
        assert_eq!(nudge(&chart, &frame, Grip(3), (0, 1), 1), Some((1.0, 5.25)));
        assert_eq!(nudge(&chart, &frame, Grip(3), (-1, 0), 1), Some((1.0, 4.75)));
        assert_eq!(nudge(&chart, &frame, Grip(3), (0, 1), 2), Some((2.0, 10.0)));
    }

    #[test]
    fn a_window_walks_by_cells_and_stays_whole() {
        let window = CellFrame {
            row: 0,
            column: 1,
            rows: 2,
            columns: 2,
            stride: 1,
            color: 0,
            name: Text::same("window"),
        };
        let chart = Chart::Matrix(Matrix {
            corner: Text::same(""),
            row_names: vec![],
            column_names: vec![],
            columns: 4,
            cells: vec![Default::default(); 16],
            frames: vec![window],
            grip: Some(Grip(5)),
        });
        let wide = |stride: usize| {
            let Chart::Matrix(mut matrix) = chart.clone() else { return chart.clone() };
            matrix.frames[0] =
                CellFrame { column: 0, rows: 1, columns: 3, stride, ..matrix.frames[0].clone() };
            Chart::Matrix(matrix)
        };
        let frame = Frame::Cells(Cells { columns: 4, rows: 4, left: 10.0, top: 10.0, size: (20.0, 20.0) });
        assert_eq!(nudge(&chart, &frame, Grip(5), (1, 0), 0), Some((2.0, 0.0)));
        assert_eq!(nudge(&chart, &frame, Grip(5), (-1, 1), 0), Some((0.0, 0.0)));
        assert_eq!(nudge(&chart, &frame, Grip(5), (0, -1), 0), Some((1.0, 1.0)));
        assert_eq!(grip_at(&chart, &frame, (85.0, 85.0)), Some(Grip(5)));
        assert_eq!(grip_at(&chart, &frame, (95.0, 85.0)), None);
        // A window is held by its middle, and moved by its stride as far as it goes.
        assert_eq!(handles(&wide(1), &frame)[0].at, (1.0, 0.0));
        assert_eq!(nudge(&wide(1), &frame, Grip(5), (1, 0), 0), Some((2.0, 0.0)));
        assert_eq!(nudge(&wide(2), &frame, Grip(5), (1, 0), 0), Some((2.0, 0.0)));
        assert_eq!(nudge(&wide(2), &frame, Grip(5), (0, -1), 0), Some((1.0, 2.0)));
        let handle = &handles(&chart, &frame)[0];
        assert_eq!((handle.at, handle.place, handle.name.en.as_ref()), ((1.0, 0.0), (40.0, 20.0), "window"));
    }
}
