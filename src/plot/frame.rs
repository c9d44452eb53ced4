//! Where the plot area lies, and the way between its pixels and the values on its axes.

use crate::chart::{Bars, Mark, Plane, Scale};
use crate::text::Language;

use super::brush::Point;
use super::clip::Area;
use super::diagram::Drawing;
use super::fit;
use super::image_grid::Tiles;
use super::matrix::Cells;
use super::span::{Span, Tick};
use super::theme::SMALL;

/// What lies where in a drawn figure, in css pixels from the upper left corner of the canvas.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// A plane with two axes.
    Plane(PlaneFrame),
    /// The tiles of an image grid.
    Tiles(Tiles),
    /// A surface, whose pixels stand for no single point.
    Surface,
    /// The cells of a matrix.
    Cells(Cells),
    /// The nodes and edges of a diagram.
    Diagram(Drawing),
}

/// A plot area with its two axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneFrame {
    /// Where marks are drawn.
    pub area: Area,
    /// The horizontal axis.
    pub x: Span,
    /// The vertical axis.
    pub y: Span,
}

impl Frame {
    /// The axis values at a place inside the plot area; column and row, both whole, at a place on a cell. `None`
    /// outside, and where there are neither axes nor cells.
    pub fn at(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        match self {
            Self::Plane(plane) => plane.at((x, y)),
            Self::Cells(cells) => cells.at((x, y)).map(|(row, column)| (column as f64, row as f64)),
            Self::Tiles(_) | Self::Surface | Self::Diagram(_) => None,
        }
    }

    /// Where a point given in axis values lies; may be outside the plot area. Of a matrix, the middle of the cell in
    /// column `x` and row `y`. `None` for what has no place.
    pub fn pixel_of(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        match self {
            Self::Plane(plane) => plane.pixel_of(x, y),
            Self::Cells(cells) => cells.middle(y, x),
            Self::Tiles(_) | Self::Surface | Self::Diagram(_) => None,
        }
    }
}

impl PlaneFrame {
    /// The axis values at a place inside the plot area.
    pub fn at(&self, (x, y): Point) -> Option<Point> {
        let Area { left, width, height, .. } = self.area;
        let inside = self.area.contains((x, y)) && width > 0.0 && height > 0.0;
        inside.then(|| (self.x.value((x - left) / width), self.y.value((self.area.bottom() - y) / height)))
    }

    /// Where a point lies; may be outside the plot area.
    pub fn pixel_of(&self, x: f64, y: f64) -> Option<Point> {
        let (across, up) = (self.x.fraction(x)?, self.y.fraction(y)?);
        Some((self.area.left + across * self.area.width, self.area.bottom() - up * self.area.height))
    }

    /// The height, in css px from the top, on which bars stand.
    pub(crate) fn ground(&self) -> f64 {
        let up = self.y.fraction(0.0).unwrap_or(0.0).clamp(0.0, 1.0);
        self.area.bottom() - up * self.area.height
    }
}

/// A plane laid out: the frame and what is written beside it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) frame: PlaneFrame,
    pub(crate) x_ticks: Vec<Tick>,
    pub(crate) y_ticks: Vec<Tick>,
    /// Where the words above the plot area begin that name the vertical axis.
    pub(crate) y_label: Option<Point>,
    /// The height of the words below that name the horizontal axis.
    pub(crate) x_label: Option<f64>,
    /// Whether the names of the axes stand within the plot area, at the ends of the axes.
    pub(crate) inside: bool,
}

/// Narrower maps have the names of their axes inside, where these cost no room, css px.
const SMALL_MAP: f64 = 330.0;

/// The height of a line of words, css px.
const LINE: f64 = 17.0;
/// Between tick labels and the plot area, css px.
pub(crate) const TICK_GAP: f64 = 6.0;

/// Whether a plane of a width in css px has the names of its axes within the plot area.
pub(crate) fn is_small_map(plane: &Plane, width: f64) -> bool {
    width < SMALL_MAP && plane.equal && fit::is_map(plane)
}

/// Lays a plane out within `outer`; `measure` gives the width of tick labels in css px.
pub(crate) fn layout(
    plane: &Plane,
    language: Language,
    outer: Area,
    measure: impl Fn(&str) -> f64,
) -> Layout {
    let own = fit::plane(plane);
    let is_named = |words: &str| !words.is_empty();
    let y_named = is_named(plane.y.label.in_language(language));
    let x_named = is_named(plane.x.label.in_language(language));
    let inside = is_small_map(plane, outer.width);
    let top = outer.top + if y_named && !inside { LINE + 10.0 } else { 8.0 };
    let below = TICK_GAP + LINE + if x_named && !inside { LINE } else { 2.0 };
    let height = (outer.bottom() - top - below).max(1.0);

    // Lays out beside labels of a vertical axis like `y`, with `spare` css px left free at the right end. Gives also how
    // far the last label would stick out of the figure.
    let lay = |y: Span, spare: f64| {
        let widest = upright_ticks(y, height).iter().map(|tick| measure(&tick.label)).fold(0.0, f64::max);
        let left = outer.left + (widest + TICK_GAP + 4.0).min(outer.width * 0.4);
        let room = Area { left, top, width: (outer.right() - left - 10.0 - spare).max(1.0), height };
        let (fitted, area) = if plane.equal { fit::equal(plane, own, room) } else { (own, room) };
        let x_ticks = match categories(plane) {
            Some(bars) => category_ticks(bars, fitted.x, language, area.width, &measure),
            None => level_ticks(fitted.x, fitted.whole, area.width, &measure),
        };
        let over = x_ticks.last().map_or(0.0, |last| {
            let middle = area.left + fitted.x.fraction(last.value).unwrap_or(0.0) * area.width;
            (middle + measure(&last.label) / 2.0 - (outer.right() - 2.0)).max(0.0)
        });
        // Words keep their distance from a plot area that is smaller than its room.
        let (aside, down) = (area.left - room.left, area.top - room.top);
        let layout = Layout {
            frame: PlaneFrame { area, x: fitted.x, y: fitted.y },
            x_ticks,
            y_ticks: upright_ticks(fitted.y, area.height),
            y_label: y_named.then_some(match inside {
                true => (area.left + 5.0, area.top + LINE / 2.0 + 1.0),
                false => (outer.left + aside + 4.0, outer.top + down + LINE / 2.0 + 1.0),
            }),
            x_label: x_named.then_some(match inside {
                true => area.bottom() - LINE / 2.0 - 1.0,
                false => area.bottom() + TICK_GAP + LINE * 1.5,
            }),
            inside,
        };
        (layout, over)
    };
    let (mut layout, over) = lay(own.y, 0.0);
    if !plane.equal {
        let area = &mut layout.frame.area;
        area.width = (area.width - over).max(1.0);
        return layout;
    }
    // The labels decide how much room is left, and that room what the labels of equal axes are.
    let (layout, more) = lay(layout.frame.y, over);
    lay(layout.frame.y, over + more).0
}

/// The ticks of a vertical axis of a height in css px.
fn upright_ticks(y: Span, height: f64) -> Vec<Tick> {
    let most = ((height / 34.0) as usize).max(2);
    let ticks = y.readable_ticks(most, false);
    let clear = |pair: &[Tick]| {
        let apart = y.fraction(pair[1].value).zip(y.fraction(pair[0].value)).map_or(0.0, |(a, b)| a - b);
        apart * height >= LINE
    };
    if ticks.windows(2).all(clear) { ticks } else { y.ticks(most, false) }
}

/// The ticks of a horizontal axis of a width in css px.
fn level_ticks(x: Span, whole: bool, width: f64, measure: &impl Fn(&str) -> f64) -> Vec<Tick> {
    let most = ((width / 64.0) as usize).max(2);
    (2..=most)
        .rev()
        .flat_map(|most| [x.readable_ticks(most, whole), x.ticks(most, whole)])
        .find(|ticks| fits(ticks, x, width, measure))
        .unwrap_or_else(|| x.ticks(2, whole))
}

/// The bars whose categories name the horizontal axis.
pub(crate) fn categories(plane: &Plane) -> Option<&Bars> {
    plane.marks.iter().find_map(|mark| match mark {
        Mark::Bars(bars) => Some(bars),
        _ => None,
    })
}

/// A tick for each category that fits; every second, third, … when they are too many.
fn category_ticks(
    bars: &Bars,
    x: Span,
    language: Language,
    width: f64,
    measure: &impl Fn(&str) -> f64,
) -> Vec<Tick> {
    let slot = width / (x.high() - x.low());
    let named = |index: usize| bars.categories[index].in_language(language);
    let widest = (0..bars.categories.len()).map(|index| measure(named(index))).fold(0.0, f64::max);
    // Numbers may be left out, their neighbours tell them; words are cut instead, if any room is left for them.
    let numbers = bars.categories.iter().all(|name| name.en.parse::<f64>().is_ok());
    let stride = match (widest + 6.0) / slot {
        _ if !numbers && slot > SMALL * 3.0 => 1,
        needed => needed.ceil().clamp(1.0, 1e6) as usize,
    };
    (0..bars.categories.len())
        .step_by(stride)
        .filter(|&index| x.contains(index as f64))
        .map(|index| Tick { value: index as f64, label: named(index).to_owned() })
        .collect()
}

/// Whether the labels stand clear of each other along an axis of a width in css px.
fn fits(ticks: &[Tick], x: Span, width: f64, measure: &impl Fn(&str) -> f64) -> bool {
    let middle = |tick: &Tick| x.fraction(tick.value).unwrap_or(0.0) * width;
    ticks.windows(2).all(|pair| {
        let room = middle(&pair[1]) - middle(&pair[0]);
        room >= (measure(&pair[0].label) + measure(&pair[1].label)) / 2.0 + 10.0
    })
}

/// Whether a line at 0 helps to read an axis.
pub(crate) fn has_zero_inside(span: Span) -> bool {
    span.scale() == Scale::Linear && span.low() < 0.0 && span.high() > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Axis, Line};
    use crate::text::Text;

    const OUTER: Area = Area { left: 0.0, top: 0.0, width: 360.0, height: 240.0 };

    fn empty(scale: Scale, range: (f64, f64)) -> Plane {
        let axis = Axis { label: Text::same("loss"), scale, range: Some(range) };
        Plane { x: axis.clone(), y: axis, marks: vec![], equal: false, grip: None }
    }

    fn measure(words: &str) -> f64 {
        words.chars().count() as f64 * 6.5
    }

    #[test]
    fn pixels_and_values_agree() {
        for (scale, range) in [(Scale::Linear, (-3.0, 5.0)), (Scale::Log, (1e-5, 1e3))] {
            let frame = Frame::Plane(layout(&empty(scale, range), Language::English, OUTER, measure).frame);
            for place in [(100.0, 60.0), (200.5, 130.25), (300.0, 40.0)] {
                let (x, y) = frame.at(place.0, place.1).unwrap();
                let back = frame.pixel_of(x, y).unwrap();
                assert!((back.0 - place.0).abs() < 1e-6 && (back.1 - place.1).abs() < 1e-6);
            }
            assert_eq!(frame.at(1.0, 1.0), None);
            assert_eq!(frame.pixel_of(f64::NAN, 1.0), None);
        }
    }

    #[test]
    fn equal_axes_have_one_scale() {
        let unit = |layout: &Layout| {
            let PlaneFrame { area, x, y } = layout.frame;
            (area.width / (x.high() - x.low()), area.height / (y.high() - y.low()))
        };
        for (width, height) in [(360.0, 360.0), (700.0, 320.0), (200.0, 500.0)] {
            let outer = Area { width, height, ..OUTER };
            for (x, y) in [((-10.0, 10.0), (-5.0, 5.0)), ((0.0, 1.0), (0.0, 3.0)), ((-4.0, 4.0), (-4.0, 4.0))]
            {
                for given in [false, true] {
                    let mut plane = Plane { equal: true, ..empty(Scale::Linear, x) };
                    plane.x.range = given.then_some(x);
                    plane.y.range = Some(y);
                    let points = vec![[x.0, y.0], [x.1, y.1]];
                    let (name, band) = (Text::same("a"), vec![]);
                    plane.marks =
                        vec![Mark::Line(Line { name, color: 0, points, band, dots: false, key: None })];
                    let layout = layout(&plane, Language::English, outer, measure);
                    let (across, up) = unit(&layout);
                    assert!((across / up - 1.0).abs() < 1e-9, "{across} {up}");
                    let frame = layout.frame;
                    assert!(frame.x.low() <= x.0 && frame.x.high() >= x.1, "what is shown stays in sight");
                    assert!(outer.contains((frame.area.left, frame.area.top)));
                    assert!(outer.contains((frame.area.right(), frame.area.bottom())));
                }
            }
        }
    }

    #[test]
    fn a_value_can_be_read_where_there_is_room() {
        for step in 1..200 {
            let half = f64::from(step) * 0.07;
            let outer = Area { width: 330.0, height: 300.0, ..OUTER };
            let layout = layout(&empty(Scale::Linear, (-half, half)), Language::English, outer, measure);
            assert!(layout.x_ticks.len() >= 3 && layout.y_ticks.len() >= 3, "{half}: {:?}", layout.x_ticks);
        }
    }

    #[test]
    fn no_label_leaves_the_figure_or_meets_its_neighbour() {
        for range in [(0.0, 1.0), (0.0, 123456.0), (-1e-7, 1e-7), (1e8, 1.001e8), (-1e30, 1e30)] {
            for width in [120.0, 360.0, 700.0] {
                let outer = Area { width, ..OUTER };
                let layout = layout(&empty(Scale::Linear, range), Language::English, outer, measure);
                let area = layout.frame.area;
                for tick in &layout.x_ticks {
                    let middle = layout.frame.pixel_of(tick.value, layout.frame.y.low()).unwrap().0;
                    assert!(middle + measure(&tick.label) / 2.0 <= outer.right(), "{range:?} {width}");
                }
                assert!(
                    layout.x_ticks.len() <= 3 || fits(&layout.x_ticks, layout.frame.x, area.width, &measure)
                );
                assert!(area.bottom() < outer.bottom() && area.left >= 0.0);
            }
        }
    }
}
