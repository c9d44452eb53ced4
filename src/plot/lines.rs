//! Points joined by a line, with their band and their dots.

use crate::chart::{Key, Line};

use super::brush::{Brush, Point, Stroke};
use super::frame::PlaneFrame;
use super::theme::{self, LINE_WIDTH, faded};
use super::{PlotError, clip, dash, scatter};

/// Above this many points single dots would melt into one; only the two ends get one.
const MOST_DOTS: usize = 200;

/// Whether a line is pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Light {
    /// Nothing is pointed at, or the line stands for nothing.
    Usual,
    /// It is.
    Lit,
    /// Another one is.
    Faded,
}

impl Light {
    /// The light of a line that stands for `own`, while one of the lines that stand for `lit` is pointed at.
    pub(crate) fn of(own: Option<Key>, lit: Option<Key>) -> Self {
        match (own, lit) {
            (Some(own), Some(lit)) if own == lit => Self::Lit,
            (Some(_), Some(_)) => Self::Faded,
            _ => Self::Usual,
        }
    }
}

pub(crate) fn draw(
    brush: &Brush<'_>,
    frame: &PlaneFrame,
    line: &Line,
    light: Light,
) -> Result<(), PlotError> {
    let series = brush.theme.series(line.color);
    let color = if light == Light::Faded { faded(series, 0.3) } else { series };
    for polygon in band(frame, line) {
        brush.polygon(&clip::polygon(&frame.area, &polygon), faded(color, 0.16 * color.3))?;
    }
    // Half a line's width beyond the area, so that a line along the border is seen whole.
    let area = frame.area.shrunk(-LINE_WIDTH / 2.0);
    let stroke = Stroke { color, width: LINE_WIDTH + if light == Light::Lit { 1.4 } else { 0.0 } };
    let runs = runs(frame, &line.points);
    for run in runs.iter().filter(|run| run.len() > 1) {
        let pieces = clip::path(&area, &dash::thinned(run, 1.0 / brush.look.ratio));
        if light == Light::Lit {
            // A rim lifts it off the lines it crosses.
            let rim = Stroke { color: brush.theme.background, width: LINE_WIDTH + 4.4 };
            pieces.iter().try_for_each(|piece| brush.path(piece, rim))?;
        }
        for dash in dash::dashes(pieces, theme::dash(line.color)) {
            brush.path(&dash, stroke)?;
        }
    }
    let mut last: Option<Point> = None;
    for at in dotted(&runs, line.dots).into_iter().filter(|&at| area.contains(at)) {
        // Dots on top of each other would hide the line between them.
        if last.is_none_or(|last| libm::hypot(at.0 - last.0, at.1 - last.1) >= 5.0) {
            scatter::dot_of(brush, at, 2.6, line.color, color)?;
            last = Some(at);
        }
    }
    Ok(())
}

/// The points of a line that get a dot: all or the two ends if it has dots, else those with no neighbour, which make no
/// line yet must not be invisible: the first value of a run, or the last one before it left the numbers.
fn dotted(runs: &[Vec<Point>], dots: bool) -> Vec<Point> {
    let all = || runs.iter().flatten().copied();
    if !dots {
        return runs.iter().filter(|run| run.len() == 1).flatten().copied().collect();
    }
    if all().count() <= MOST_DOTS {
        all().collect()
    } else {
        all().next().into_iter().chain(all().last()).collect()
    }
}

/// The places of neighbouring points that have one; a run may be a single point.
fn runs(frame: &PlaneFrame, points: &[[f64; 2]]) -> Vec<Vec<Point>> {
    let places: Vec<Option<Point>> = points.iter().map(|&[x, y]| frame.pixel_of(x, y)).collect();
    places
        .split(|place| place.is_none())
        .map(|run| run.iter().copied().flatten().collect::<Vec<Point>>())
        .filter(|run| !run.is_empty())
        .collect()
}

/// The outlines of the band: there along the upper edge and back along the lower one.
fn band(frame: &PlaneFrame, line: &Line) -> Vec<Vec<Point>> {
    let edges: Vec<Option<(Point, Point)>> = line
        .points
        .iter()
        .zip(&line.band)
        .map(|(point, band)| Some((frame.pixel_of(point[0], band[0])?, frame.pixel_of(point[0], band[1])?)))
        .collect();
    edges
        .split(|edge| edge.is_none())
        .filter(|run| run.len() > 1)
        .map(|run| {
            let upper = run.iter().flatten().map(|edge| edge.1);
            upper.chain(run.iter().rev().flatten().map(|edge| edge.0)).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Scale;
    use crate::plot::{Area, Span};

    fn frame() -> PlaneFrame {
        PlaneFrame {
            area: Area { left: 0.0, top: 0.0, width: 100.0, height: 100.0 },
            x: Span::new(0.0, 10.0, Scale::Linear),
            y: Span::new(0.1, 10.0, Scale::Log),
        }
    }

    #[test]
    fn a_point_that_is_not_finite_breaks_the_line() {
        let points =
            [[0.0, 1.0], [1.0, 1.0], [2.0, f64::NAN], [3.0, 1.0], [4.0, 2.0], [5.0, -1.0], [6.0, 1.0]];
        let runs = runs(&frame(), &points);
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
        // The point with no neighbour has no line, so it has a dot.
        assert_eq!(dotted(&runs, false), runs[2]);
    }

    #[test]
    fn lines_that_stand_for_nothing_never_fade() {
        let (one, other) = (Some(Key(1)), Some(Key(2)));
        let lights =
            [(one, one), (other, one), (None, one), (one, None)].map(|(own, lit)| Light::of(own, lit));
        assert_eq!(lights, [Light::Lit, Light::Faded, Light::Usual, Light::Usual]);
    }
}
