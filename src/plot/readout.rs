//! What is under the pointer.

use crate::chart::{Chart, Grid, Histogram, ImageGrid, Key, Line, Mark, Plane};
use crate::text::Text;

use super::found::rows;
pub use super::found::{Readout, Row};
use super::frame::{Frame, PlaneFrame};
use super::image_grid::Tiles;
use super::theme::{self, Theme};
use super::{contour, diagram, histogram, matrix, number};

/// How near, in css px, a point of a line must be to belong to the read-out.
const NEAR: f64 = 6.0;
/// How far, in css px, the pointer may be from a single point.
const REACH: f64 = 24.0;

/// What is at a place, in css px from the upper left corner of a chart that was drawn with `frame`.
pub fn readout(chart: &Chart, frame: &Frame, place: (f64, f64), dark: bool) -> Option<Readout> {
    match (chart, frame) {
        (Chart::Plane(plane), Frame::Plane(frame)) => in_plane(plane, frame, place, Theme::of(dark)),
        (Chart::ImageGrid(grid), Frame::Tiles(tiles)) => in_grid(grid, tiles, place, Theme::of(dark)),
        (Chart::Matrix(matrix), Frame::Cells(cells)) => {
            matrix::readout(matrix, cells, place, Theme::of(dark))
        }
        (Chart::Diagram(chart), Frame::Diagram(drawing)) => {
            diagram::readout(chart, drawing, place, Theme::of(dark))
        }
        _ => None,
    }
}

fn in_plane(plane: &Plane, frame: &PlaneFrame, place: (f64, f64), theme: &Theme) -> Option<Readout> {
    let (x, y) = frame.at(place)?;
    let grid =
        plane.marks.iter().find_map(|mark| if let Mark::Contour(grid) = mark { Some(grid) } else { None });
    if let Some(grid) = grid {
        let key = nearest_key(plane, frame, place);
        return on_map(plane, grid, place, (x, y), theme).map(|found| Readout { key, ..found });
    }
    at_category(plane, frame, x, theme)
        .or_else(|| at_bin(plane, frame, x, theme))
        .or_else(|| on_curves(plane, frame, place, theme))
        .or_else(|| at_point(plane, frame, place, theme))
}

fn on_map(
    plane: &Plane,
    grid: &Grid,
    place: (f64, f64),
    (x, y): (f64, f64),
    theme: &Theme,
) -> Option<Readout> {
    let value = contour::value_at(grid, x, y)?;
    let color = theme::css(theme.level);
    // A name for the value only where the axes do not take it: f of whatever they are called.
    let (x_name, y_name) = (&plane.x.label, &plane.y.label);
    let say = |x_name: &str, y_name: &str| {
        format!(
            "{x_name} = {}, {y_name} = {}",
            number::exact(rounded(x, grid.x)),
            number::exact(rounded(y, grid.y))
        )
    };
    let title = Text { en: say(&x_name.en, &y_name.en).into(), zh: say(&x_name.zh, &y_name.zh).into() };
    let row = Row { name: Text::same("f"), color, value: number::exact(f64::from(value as f32)) };
    Some(Readout { place, title, rows: vec![row], index: None, key: None })
}

/// A pointer is no more exact than a thousandth of what it points at.
fn rounded(value: f64, (low, high): (f64, f64)) -> f64 {
    let decimals = (3 - number::decade(high - low)).clamp(0, 12);
    let unit = number::ten_to(decimals);
    (value * unit).round() / unit
}

fn at_category(plane: &Plane, frame: &PlaneFrame, x: f64, theme: &Theme) -> Option<Readout> {
    let index = x.round().max(0.0) as usize;
    let mut found: Option<Readout> = None;
    for mark in &plane.marks {
        let Mark::Bars(bars) = mark else { continue };
        let Some(&value) = bars.values.get(index) else { continue };
        let category = bars.categories.get(index).cloned().unwrap_or_else(|| Text::same(index.to_string()));
        let row = Row {
            name: bars.name.clone(),
            color: theme::css(theme.series(bars.color)),
            value: number::exact(value),
        };
        let place = inside(frame, frame.pixel_of(index as f64, value)?);
        let empty = Readout { place, title: category, rows: vec![], index: None, key: None };
        found.get_or_insert(empty).rows.push(row);
    }
    found
}

fn at_bin(plane: &Plane, frame: &PlaneFrame, x: f64, theme: &Theme) -> Option<Readout> {
    let mut found: Option<Readout> = None;
    for mark in &plane.marks {
        let Mark::Histogram(counts) = mark else { continue };
        let Some((index, count)) = bin_at(counts, x) else { continue };
        let (low, high) = histogram::bin(counts, index);
        let middle = frame.pixel_of(low / 2.0 + high / 2.0, count.max(frame.y.low()));
        let row = Row {
            name: counts.name.clone(),
            color: theme::css(theme.series(counts.color)),
            value: number::exact(count),
        };
        let title = Text::same(format!("{} … {}", number::exact(low), number::exact(high)));
        let place = inside(frame, middle?);
        let empty = Readout { place, title, rows: vec![], index: None, key: None };
        found.get_or_insert(empty).rows.push(row);
    }
    found
}

fn bin_at(counts: &Histogram, x: f64) -> Option<(usize, f64)> {
    let share = (x - counts.low) / (counts.high - counts.low);
    let index = (share * counts.counts.len() as f64).floor();
    let index = (0.0..counts.counts.len() as f64).contains(&index).then_some(index as usize)?;
    counts.counts.get(index).map(|&count| (index, count))
}

/// The nearest x of all curves, and the value of each that has one there.
fn on_curves(plane: &Plane, frame: &PlaneFrame, place: (f64, f64), theme: &Theme) -> Option<Readout> {
    let curves: Vec<&Line> = plane
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Line(line) = mark { Some(line) } else { None })
        .filter(|line| is_curve(line))
        .collect();
    let nearest = |line: &Line, x: f64| -> Option<([f64; 2], f64)> {
        let distance = |point: &[f64; 2]| frame.pixel_of(point[0], frame.y.low()).map(|at| (at.0 - x).abs());
        let drawn = line
            .points
            .iter()
            .filter(|point| frame.x.contains(point[0]) && frame.y.fraction(point[1]).is_some());
        let with_distance = drawn.filter_map(|point| Some((*point, distance(point)?)));
        with_distance.min_by(|one, other| one.1.total_cmp(&other.1))
    };
    let best = curves.iter().filter_map(|line| nearest(line, place.0)).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let x = best.0[0];
    let across = frame.pixel_of(x, frame.y.low())?.0;
    let mut height: Option<(f64, Option<Key>)> = None;
    let mut rows = Vec::new();
    for line in curves {
        let Some((point, _)) = nearest(line, across).filter(|(_, distance)| *distance <= NEAR) else {
            continue;
        };
        let at = frame.pixel_of(point[0], point[1])?;
        let off = |height: f64| (height - place.1).abs();
        if height.is_none_or(|(old, _)| off(at.1) < off(old)) {
            height = Some((at.1, line.key));
        }
        rows.push(Row {
            name: line.name.clone(),
            color: theme::css(theme.series(line.color)),
            value: number::exact(point[1]),
        });
    }
    let (height, key) = height?;
    // Far from all curves, none of them is pointed at.
    let key = key.filter(|_| (height - place.1).abs() <= REACH);
    let place = inside(frame, (across, height));
    Some(Readout { place, title: Text::same(number::exact(x)), rows, index: None, key })
}

/// Whether x never falls, as along time; else the line is a path, or shades a region.
pub(crate) fn is_curve(line: &Line) -> bool {
    !line.is_region() && !line.points.windows(2).any(|pair| pair[1][0] < pair[0][0])
}

/// A point of a scatter or of a path.
struct Found<'a> {
    name: &'a Text,
    color: u8,
    point: [f64; 2],
    key: Option<Key>,
    /// Css px.
    place: (f64, f64),
    /// From the pointer, css px.
    distance: f64,
}

/// The point of a scatter or a path that is nearest to the pointer, if it is near.
fn nearest_point<'a>(plane: &'a Plane, frame: &PlaneFrame, pointer: (f64, f64)) -> Option<Found<'a>> {
    let mut nearest: Option<Found<'a>> = None;
    let mut consider = |name: &'a Text, color: u8, point: [f64; 2], key: Option<Key>| {
        let Some(place) = frame.pixel_of(point[0], point[1]) else { return };
        let distance = libm::hypot(place.0 - pointer.0, place.1 - pointer.1);
        if distance <= REACH && nearest.as_ref().is_none_or(|found| distance < found.distance) {
            nearest = Some(Found { name, color, point, key, place, distance });
        }
    };
    for mark in &plane.marks {
        match mark {
            Mark::Scatter(scatter) => {
                for (index, &point) in scatter.points.iter().enumerate() {
                    consider(&scatter.name, scatter.color, point, scatter.keys.get(index).copied());
                }
            }
            // A line without a name is a frame.
            Mark::Line(line) if !line.name.en.is_empty() && !line.is_region() => {
                line.points.iter().for_each(|&point| consider(&line.name, line.color, point, line.key));
            }
            _ => {}
        }
    }
    nearest
}

fn at_point(plane: &Plane, frame: &PlaneFrame, pointer: (f64, f64), theme: &Theme) -> Option<Readout> {
    let Found { name, color, point: [x, y], key, place, .. } = nearest_point(plane, frame, pointer)?;
    let row = |name: &Text, value| Row {
        name: name.clone(),
        color: theme::css(theme.series(color)),
        value: number::exact(value),
    };
    let place = inside(frame, place);
    let (across, up) = (&plane.x.label, &plane.y.label);
    // A point that stands for something is one of many pairs of numbers: both by their names.
    if key.is_some() && !across.en.is_empty() && !up.en.is_empty() {
        let rows = vec![row(across, x), row(up, y)];
        return Some(Readout { place, title: name.clone(), rows, index: None, key });
    }
    Some(Readout { place, title: Text::same(number::exact(x)), rows: vec![row(name, y)], index: None, key })
}

/// What the nearest point or path on a map stands for.
fn nearest_key(plane: &Plane, frame: &PlaneFrame, pointer: (f64, f64)) -> Option<Key> {
    nearest_point(plane, frame, pointer)?.key
}

fn in_grid(grid: &ImageGrid, tiles: &Tiles, place: (f64, f64), theme: &Theme) -> Option<Readout> {
    let index = tiles.index_at(place)?;
    let tile = tiles.tile(index);
    let image = grid.images.get(index)?;
    let place = (tile.left + tile.width / 2.0, tile.top + tile.height / 2.0);
    let rows = rows(&image.values, theme);
    Some(Readout { place, title: image.caption.clone(), rows, index: Some(index), key: image.key })
}

/// The place moved into the plot area.
fn inside(frame: &PlaneFrame, (x, y): (f64, f64)) -> (f64, f64) {
    let area = frame.area;
    (x.clamp(area.left, area.right()), y.clamp(area.top, area.bottom()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Axis, Bars, Scale, Scatter, Symbol};
    use crate::plot::{Area, Span};

    fn axis(name: &'static str) -> Axis {
        Axis { label: Text::same(name), scale: Scale::Linear, range: None }
    }

    /// One axis unit is ten css px.
    fn frame() -> Frame {
        let area = Area { left: 0.0, top: 0.0, width: 100.0, height: 100.0 };
        let span = Span::new(0.0, 10.0, Scale::Linear);
        Frame::Plane(PlaneFrame { area, x: span, y: span })
    }

    fn at(marks: Vec<Mark>, place: (f64, f64)) -> Option<Readout> {
        readout(
            &Chart::Plane(Plane { x: axis("x0"), y: axis("x1"), marks, equal: false, grip: None }),
            &frame(),
            place,
            false,
        )
    }

    fn line(name: &'static str, points: &[[f64; 2]]) -> Mark {
        let points = points.to_vec();
        Mark::Line(Line { name: Text::same(name), color: 0, points, band: vec![], dots: false, key: None })
    }

    #[test]
    fn curves_tell_their_values_at_the_nearest_x() {
        let long = line("long", &[[0.0, 1.0], [3.0, 1.25], [6.0, 7.5]]);
        let short = line("short", &[[0.0, 2.0], [3.0, f64::NAN]]);
        let found = at(vec![long.clone(), short.clone()], (35.0, 50.0)).unwrap();
        assert_eq!((found.title.en.as_ref(), found.place), ("3", (30.0, 87.5)));
        assert_eq!(found.rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), ["1.25"]);
        let first = at(vec![long, short], (2.0, 50.0)).unwrap();
        assert_eq!(first.rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn a_map_tells_the_value_between_its_points() {
        let grid =
            Grid { x: (0.0, 10.0), y: (0.0, 10.0), columns: 2, rows: 2, values: vec![0.0, 10.0, 20.0, 30.0] };
        let found = at(vec![Mark::Contour(grid)], (25.0, 50.0)).unwrap();
        assert_eq!((found.title.en.as_ref(), found.rows[0].value.as_str()), ("x0 = 2.5, x1 = 5", "12.5"));
    }

    #[test]
    fn bars_bins_and_points_are_found() {
        let name = Text::same("a");
        let categories = ["zero", "one"].map(Text::same).to_vec();
        let bars = Bars { name: name.clone(), color: 0, categories, values: vec![0.25, 0.75], grip: None };
        assert_eq!(at(vec![Mark::Bars(bars)], (12.0, 20.0)).unwrap().title.en, "one");
        let counts = Histogram { name: name.clone(), color: 0, low: 0.0, high: 10.0, counts: vec![3.0, 4.0] };
        let found = at(vec![Mark::Histogram(counts)], (99.0, 20.0)).unwrap();
        assert_eq!((found.title.en.as_ref(), found.rows[0].value.as_str()), ("5 … 10", "4"));
        let points = Scatter {
            name,
            color: 0,
            points: vec![[5.0, 5.0]],
            symbol: Symbol::Dot,
            keys: vec![],
            grip: None,
        };
        assert!(at(vec![Mark::Scatter(points.clone())], (55.0, 55.0)).is_some());
        // One that stands for something says both of its numbers by their names.
        let keyed = Scatter { keys: vec![Key(4)], ..points.clone() };
        let found = at(vec![Mark::Scatter(keyed)], (55.0, 55.0)).unwrap();
        let names: Vec<_> = found.rows.iter().map(|row| row.name.en.as_ref()).collect();
        assert_eq!((found.title.en.as_ref(), names, found.key), ("a", vec!["x0", "x1"], Some(Key(4))));
        // A region behind it is not pointed at, though x rises along its outline.
        let shaded = Line {
            name: Text::same("region"),
            color: 0,
            points: vec![[0.0, -99.0], [9.0, -99.0]],
            band: vec![[0.0, 9.0], [0.0, 9.0]],
            dots: false,
            key: None,
        };
        let keyed = Scatter { keys: vec![Key(4)], ..points.clone() };
        let found = at(vec![Mark::Line(shaded.clone()), Mark::Scatter(keyed)], (55.0, 55.0)).unwrap();
        assert_eq!(found.key, Some(Key(4)));
        assert_eq!(at(vec![Mark::Line(shaded)], (55.0, 55.0)), None);
        assert_eq!(at(vec![Mark::Scatter(points)], (90.0, 90.0)), None);
        assert_eq!(at(vec![], (500.0, 1.0)), None);
    }
}
