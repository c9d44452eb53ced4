//! Points joined by a line, with their band and their dots.

use crate::chart::Line;

use super::brush::{Brush, Point, Stroke};
use super::frame::PlaneFrame;
use super::theme::{self, LINE_WIDTH, faded};
use super::{PlotError, clip, dash, scatter};

/// Above this many points single dots would melt into one; only the two ends get one.
const MOST_DOTS: usize = 200;

pub(crate) fn draw(brush: &Brush<'_>, frame: &PlaneFrame, line: &Line) -> Result<(), PlotError> {
    let color = brush.theme.series(line.color);
    for polygon in band(frame, line) {
        brush.polygon(&clip::polygon(&frame.area, &polygon), faded(color, 0.16))?;
    }
    // Half a line's width beyond the area, so that a line along the border is seen whole.
    let area = frame.area.shrunk(-LINE_WIDTH / 2.0);
    let stroke = Stroke { color, width: LINE_WIDTH };
    for run in runs(frame, &line.points) {
        let pieces = clip::path(&area, &dash::thinned(&run, 1.0 / brush.look.ratio));
        for dash in dash::dashes(pieces, theme::dash(line.color)) {
            brush.path(&dash, stroke)?;
        }
    }
    let places: Vec<Point> = places(frame, line).collect();
    let dotted = if line.dots && places.len() <= MOST_DOTS {
        &places[..]
    } else if line.dots {
        &[places[0], places[places.len() - 1]][..]
    } else if places.len() == 1 {
        // A single point makes no line yet must not be invisible.
        &places[..]
    } else {
        &[]
    };
    let mut last: Option<Point> = None;
    for &at in dotted.iter().filter(|&&at| area.contains(at)) {
        // Dots on top of each other would hide the line between them.
        if last.is_none_or(|last| libm::hypot(at.0 - last.0, at.1 - last.1) >= 5.0) {
            scatter::dot(brush, at, 2.6, line.color)?;
            last = Some(at);
        }
    }
    Ok(())
}

fn places<'chart>(frame: &'chart PlaneFrame, line: &'chart Line) -> impl Iterator<Item = Point> + 'chart {
    line.points.iter().filter_map(|&[x, y]| frame.pixel_of(x, y))
}

/// The places of neighbouring points that have one.
fn runs(frame: &PlaneFrame, points: &[[f64; 2]]) -> Vec<Vec<Point>> {
    let places: Vec<Option<Point>> = points.iter().map(|&[x, y]| frame.pixel_of(x, y)).collect();
    places
        .split(|place| place.is_none())
        .map(|run| run.iter().copied().flatten().collect::<Vec<Point>>())
        .filter(|run| run.len() > 1)
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

    #[test]
    fn a_point_that_is_not_finite_breaks_the_line() {
        let frame = PlaneFrame {
            area: Area { left: 0.0, top: 0.0, width: 100.0, height: 100.0 },
            x: Span::new(0.0, 10.0, Scale::Linear),
            y: Span::new(0.1, 10.0, Scale::Log),
        };
        let points =
            [[0.0, 1.0], [1.0, 1.0], [2.0, f64::NAN], [3.0, 1.0], [4.0, 2.0], [5.0, -1.0], [6.0, 1.0]];
        assert_eq!(runs(&frame, &points).iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    }
}
