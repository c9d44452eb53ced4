//! Lines made of dashes, and lines with no more points than pixels.

use super::brush::Point;

/// More dashes than this would cost more than they tell; the line is drawn solid.
const MOST_DASHES: f64 = 2000.0;

/// The dashes of a line that comes in pieces; the pattern goes on from one piece to the next. `pattern` is lengths
/// drawn and left out in turn; empty for a solid line.
pub(crate) fn dashes(pieces: Vec<Vec<Point>>, pattern: &[f64]) -> Vec<Vec<Point>> {
    let total: f64 =
        pieces.iter().flat_map(|piece| piece.windows(2)).map(|pair| distance(pair[0], pair[1])).sum();
    // A noisy line is many times as long as it looks; its dashes are stretched so that they can still be seen.
    let stretch = (total / (2.5 * reach(&pieces))).max(1.0);
    let pattern: Vec<f64> = pattern.iter().map(|part| part * stretch).collect();
    let period: f64 = pattern.iter().sum();
    let few = period > 0.0 && total / period * (pattern.len() / 2) as f64 <= MOST_DASHES;
    if pattern.len() < 2 || !few {
        return pieces;
    }
    let mut dashes = Vec::new();
    let (mut part, mut left) = (0, pattern[0]);
    for piece in pieces {
        let mut dash: Vec<Point> = Vec::new();
        for pair in piece.windows(2) {
            let (mut from, to) = (pair[0], pair[1]);
            if part % 2 == 0 && dash.is_empty() {
                dash.push(from);
            }
            let mut rest = distance(from, to);
            while rest > left {
                let share = left / rest;
                from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
                rest -= left;
                if part % 2 == 0 {
                    dash.push(from);
                    dashes.push(std::mem::take(&mut dash));
                } else {
                    dash.push(from);
                }
                part = (part + 1) % pattern.len();
                left = pattern[part];
            }
            left -= rest;
            if part % 2 == 0 {
                dash.push(to);
            }
        }
        if dash.len() > 1 {
            dashes.push(dash);
        }
    }
    dashes
}

/// The same line with at most four points in each column of `column` css px: where it enters, its lowest, its highest
/// and where it leaves. It looks the same and costs no more than its width.
pub(crate) fn thinned(points: &[Point], column: f64) -> Vec<Point> {
    let of = |point: &Point| (point.0 / column).floor();
    let mut kept = Vec::new();
    for group in points.chunk_by(|one, other| of(one) == of(other)) {
        if group.len() <= 4 {
            kept.extend_from_slice(group);
            continue;
        }
        let by_height = |&a: &usize, &b: &usize| group[a].1.total_cmp(&group[b].1);
        let highest = (0..group.len()).min_by(by_height).unwrap_or(0);
        let lowest = (0..group.len()).max_by(by_height).unwrap_or(0);
        let mut indices = [0, highest.min(lowest), highest.max(lowest), group.len() - 1].to_vec();
        indices.dedup();
        kept.extend(indices.into_iter().map(|index| group[index]));
    }
    kept
}

/// The diagonal of the rectangle round all points.
fn reach(pieces: &[Vec<Point>]) -> f64 {
    let mut points = pieces.iter().flatten();
    let Some(&first) = points.next() else { return 0.0 };
    let (low, high) = points.fold((first, first), |(low, high), point| {
        ((low.0.min(point.0), low.1.min(point.1)), (high.0.max(point.0), high.1.max(point.1)))
    });
    distance(low, high)
}

fn distance(from: Point, to: Point) -> f64 {
    libm::hypot(to.0 - from.0, to.1 - from.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_round_corners() {
        let line = vec![vec![(0.0, 0.0), (3.0, 0.0), (3.0, 7.0)]];
        let made = dashes(line, &[4.0, 2.0]);
        assert_eq!(made, [vec![(0.0, 0.0), (3.0, 0.0), (3.0, 1.0)], vec![(3.0, 3.0), (3.0, 7.0)]]);
    }

    #[test]
    fn a_noisy_line_gets_no_more_dashes_than_a_smooth_one_of_its_size() {
        let noise = (0..2000).map(|i| (f64::from(i) / 4.0, f64::from(i % 2) * 100.0)).collect();
        assert!(dashes(vec![noise], &[7.0, 3.5]).len() < 200);
    }

    #[test]
    fn an_endless_line_is_drawn_solid() {
        let line = vec![vec![(0.0, 0.0), (1e9, 0.0)]];
        assert_eq!(dashes(line.clone(), &[4.0, 2.0]), line);
    }

    #[test]
    fn a_thinned_line_keeps_its_ends_and_extremes() {
        let points: Vec<Point> =
            (0..10_000).map(|i| (i as f64 / 100.0, if i == 5_050 { 99.0 } else { (i % 7) as f64 })).collect();
        let thin = thinned(&points, 1.0);
        assert!(thin.len() <= 400);
        assert_eq!((thin.first(), thin.last()), (points.first(), points.last()));
        assert!(thin.iter().any(|point| point.1 == 99.0));
    }
}
