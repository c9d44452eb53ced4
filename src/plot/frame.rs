//! Where the plot area lies, and the way between its pixels and the values on its axes.

use crate::chart::{Bars, Mark, Plane, Scale};
use crate::text::Language;

use super::brush::Point;
use super::clip::Area;
use super::fit;
use super::image_grid::Tiles;
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
    /// The axis values at a place inside the plot area. `None` outside, and where there are no axes.
    pub fn at(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        match self {
            Self::Plane(plane) => plane.at((x, y)),
            Self::Tiles(_) | Self::Surface => None,
        }
    }

    /// Where a point given in axis values lies; may be outside the plot area. `None` for what has no place.
    pub fn pixel_of(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        match self {
            Self::Plane(plane) => plane.pixel_of(x, y),
            Self::Tiles(_) | Self::Surface => None,
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
}

/// The height of a line of words, css px.
const LINE: f64 = 17.0;
/// Between tick labels and the plot area, css px.
pub(crate) const TICK_GAP: f64 = 6.0;

/// Lays a plane out within `outer`; `measure` gives the width of tick labels in css px.
pub(crate) fn layout(
    plane: &Plane,
    language: Language,
    outer: Area,
    measure: impl Fn(&str) -> f64,
) -> Layout {
    let fitted = fit::plane(plane);
    let is_named = |words: &str| !words.is_empty();
    let y_named = is_named(plane.y.label.in_language(language));
    let x_named = is_named(plane.x.label.in_language(language));
    let top = outer.top + if y_named { LINE + 10.0 } else { 8.0 };
    let below = TICK_GAP + LINE + if x_named { LINE } else { 2.0 };
    let height = (outer.bottom() - top - below).max(1.0);

    let y_ticks = fitted.y.ticks(((height / 34.0) as usize).max(2), false);
    let widest = y_ticks.iter().map(|tick| measure(&tick.label)).fold(0.0, f64::max);
    let left = outer.left + (widest + TICK_GAP + 4.0).min(outer.width * 0.4);
    let mut width = (outer.right() - left - 10.0).max(1.0);
    let x_ticks = match categories(plane) {
        Some(bars) => category_ticks(bars, fitted.x, language, width, &measure),
        None => {
            let most = ((width / 64.0) as usize).max(2);
            (2..=most)
                .rev()
                .map(|most| fitted.x.ticks(most, fitted.whole))
                .find(|ticks| fits(ticks, fitted.x, width, &measure))
                .unwrap_or_else(|| fitted.x.ticks(2, fitted.whole))
        }
    };
    if let Some(last) = x_ticks.last() {
        // The last label may stick out to the right of its tick, but not out of the figure.
        let half = measure(&last.label) / 2.0;
        let over = left + fitted.x.fraction(last.value).unwrap_or(0.0) * width + half - (outer.right() - 2.0);
        width = (width - over.max(0.0)).max(1.0);
    }
    Layout {
        frame: PlaneFrame { area: Area { left, top, width, height }, x: fitted.x, y: fitted.y },
        x_ticks,
        y_ticks,
        y_label: y_named.then_some((outer.left + 4.0, outer.top + LINE / 2.0 + 1.0)),
        x_label: x_named.then_some(top + height + TICK_GAP + LINE * 1.5),
    }
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
    use crate::chart::Axis;
    use crate::text::Text;

    const OUTER: Area = Area { left: 0.0, top: 0.0, width: 360.0, height: 240.0 };

    fn empty(scale: Scale, range: (f64, f64)) -> Plane {
        let axis = Axis { label: Text::same("loss"), scale, range: Some(range) };
        Plane { x: axis.clone(), y: axis, marks: vec![], grip: None }
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
