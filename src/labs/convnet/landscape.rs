//! The loss around the weights, from above and in three dimensions.

use crate::chart::{Chart, Grid, Mark, Scatter, Surface, Symbol};
use crate::labs::parts::{self, fixed, grouped, loss_value, plane, told};
use crate::labs::sheet::Picture;
use crate::order::ascending;
use crate::text::Text;
use crate::train::report::{Landscape, Report, Training};

/// What is drawn of each distance between two points, so that level lines are round.
const FINER: usize = 2;

/// Both pictures, as far as the landscape is computed; before that, the empty plane with a word on when it will be.
pub(super) fn pictures(training: Option<(&Report, &Training)>) -> Vec<Picture> {
    let known =
        training.and_then(|(_, training)| training.landscape.as_ref()).filter(|found| is_whole(found));
    let Some((landscape, grid)) = known.and_then(|found| Some((found, filled(found)?))) else {
        let begun = training.is_some_and(|(report, _)| report.done > 0);
        let caption = if begun {
            Text::new("Computed when the run pauses or ends.", "训练暂停或结束后计算。")
        } else {
            Text::new("Computed as soon as the test images are there.", "测试图像到达后开始计算。")
        };
        let chart = Chart::Plane(plane_of(Vec::new()));
        return vec![Picture { slot: "landscape", key: None, caption, chart }];
    };
    let center = Scatter {
        name: Text::new("the network", "网络"),
        color: 1,
        points: vec![[0.0, 0.0]],
        symbol: Symbol::Cross,
        keys: Vec::new(),
        grip: None,
    };
    let marks = vec![Mark::Contour(grid.clone()), Mark::Scatter(center)];
    let relief = Surface {
        x: Text::same("α"),
        y: Text::same("β"),
        z: Text::new("loss", "损失"),
        grid: clipped(grid),
        paths: Vec::new(),
    };
    let mut pictures = parts::pictures([
        ("landscape", Some(Chart::Plane(plane_of(marks)))),
        ("relief", Some(Chart::Surface(relief))),
    ]);
    pictures[0].caption = caption(landscape);
    pictures
}

fn plane_of(marks: Vec<Mark>) -> crate::chart::Plane {
    let (x, y) = (fixed(Text::same("α"), (-1.0, 1.0)), fixed(Text::same("β"), (-1.0, 1.0)));
    crate::chart::Plane { equal: true, ..plane(x, y, marks) }
}

fn is_whole(landscape: &Landscape) -> bool {
    landscape.side >= 3 && landscape.values.len() == landscape.side * landscape.side
}

/// What the loss is in the middle and at the edge, of how many images, around which weights, and how far it is.
fn caption(landscape: &Landscape) -> Text {
    let Landscape { side, examples, iteration, done, ref values } = *landscape;
    let at = |row: usize, column: usize| f64::from(values[row * side + column]);
    let (middle, last) = (side / 2, side - 1);
    let edge: Vec<f64> = (0..side)
        .flat_map(|step| [at(0, step), at(last, step), at(step, 0), at(step, last)])
        .filter(|value| value.is_finite())
        .collect();
    let mean = loss_value(edge.iter().sum::<f64>() / edge.len().max(1) as f64);
    let center = loss_value(at(middle, middle));
    let of = grouped((side * side) as u64);
    let around = match iteration {
        0 => Text::new("the weights at the start", "开始时的权重"),
        _ => told(format!("iteration {}", grouped(iteration)), format!("第 {iteration} 次迭代的权重")),
    };
    told(
        format!(
            "Around {}, {examples} test images: {center} in the middle, {mean} on average at the edge. {done} of {of} points.",
            around.en
        ),
        format!(
            "{}周围，{examples} 张测试图像：中心 {center}，边缘平均 {mean}。已计算 {of} 点中的 {done} 点。",
            around.zh
        ),
    )
}

/// The landscape with what lies between computed points made up from those around it, on a finer grid; none before the
/// coarsest grid is there.
fn filled(landscape: &Landscape) -> Option<Grid> {
    let side = landscape.side;
    let last = side - 1;
    let known = |row: usize, column: usize| landscape.values[row * side + column];
    let is_known = |stride: usize| {
        (0..side)
            .step_by(stride)
            .all(|row| (0..side).step_by(stride).all(|column| !known(row, column).is_nan()))
    };
    let stride =
        (0..8).map(|power| 1 << power).find(|&stride| last.is_multiple_of(stride) && is_known(stride))?;
    let between = |row: f64, column: f64| {
        let cell = |place: f64| ((place / stride as f64) as usize * stride).min(last - stride);
        let (top, left) = (cell(row), cell(column));
        let (down, across) = ((row - top as f64) / stride as f64, (column - left as f64) / stride as f64);
        let at = |below: usize, right: usize| f64::from(known(top + below * stride, left + right * stride));
        let line = |below: usize| at(below, 0) * (1.0 - across) + at(below, 1) * across;
        (line(0) * (1.0 - down) + line(1) * down) as f32
    };
    let fine = last * FINER + 1;
    let value = |index: usize| {
        let (row, column) = (index / fine, index % fine);
        // A point of the finest grid that is not complete yet is better than what lies between. Of a coarser one it would
        // stand out, for the loss is not straight over such distances.
        let is_point = row.is_multiple_of(FINER) && column.is_multiple_of(FINER);
        if is_point && stride <= 2 {
            let own = known(row / FINER, column / FINER);
            if !own.is_nan() {
                return own;
            }
        }
        between(row as f64 / FINER as f64, column as f64 / FINER as f64)
    };
    let values = (0..fine * fine).map(value).collect();
    Some(Grid { x: (-1.0, 1.0), y: (-1.0, 1.0), columns: fine, rows: fine, values })
}

/// Without what is so far above most of the rest that it would flatten it.
fn clipped(mut grid: Grid) -> Grid {
    let mut heights: Vec<f64> =
        grid.values.iter().filter(|value| value.is_finite()).map(|&value| f64::from(value)).collect();
    ascending(&mut heights);
    let at = |share: f64| heights.get((heights.len() as f64 * share) as usize).copied();
    let ceiling = at(0.75).map_or(1.0, |most| 1.5 * most) as f32;
    for value in &mut grid.values {
        *value = if value.is_nan() { ceiling } else { value.min(ceiling) };
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landscape(side: usize, value: impl Fn(usize, usize) -> f32) -> Landscape {
        let values: Vec<f32> = (0..side * side).map(|place| value(place / side, place % side)).collect();
        let done = values.iter().filter(|value| !value.is_nan()).count();
        Landscape { iteration: 1000, examples: 300, side, values, done }
    }

    #[test]
    fn nothing_is_drawn_before_the_coarsest_grid_is_there() {
        let none = landscape(9, |_, _| f32::NAN);
        assert_eq!(filled(&none), None);
        let training = Training { landscape: Some(none), ..Training::default() };
        let report = Report {
            phase: crate::train::report::Phase::Ready,
            done: 0,
            of: None,
            seconds: 0.0,
            findings: crate::train::report::Findings::Training(Training::default()),
        };
        let shown = pictures(Some((&report, &training)));
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].caption.en, "Computed as soon as the test images are there.");
    }

    #[test]
    fn what_lies_between_computed_points_is_a_mean_of_those_around_it() {
        let plane = |row: usize, column: usize| (3 * row + column) as f32;
        // Every second point, and one more.
        let coarse = landscape(9, |row, column| {
            let known = row.is_multiple_of(2) && column.is_multiple_of(2);
            if known {
                plane(row, column)
            } else if (row, column) == (1, 1) {
                99.0
            } else {
                f32::NAN
            }
        });
        let grid = filled(&coarse).expect("known");
        assert_eq!((grid.columns, grid.rows), (17, 17));
        for row in 0..9 {
            for column in 0..9 {
                let found = grid.values[2 * row * 17 + 2 * column];
                let expected = if (row, column) == (1, 1) { 99.0 } else { plane(row, column) };
                assert!((found - expected).abs() < 1e-5, "{row} {column}: {found}");
            }
        }
    }

    #[test]
    fn a_loss_that_is_infinite_is_clipped_and_told_apart_from_one_that_is_not_computed() {
        let found = landscape(3, |row, column| if (row, column) == (0, 0) { f32::INFINITY } else { 2.0 });
        let relief = clipped(filled(&found).expect("all are known"));
        assert!(relief.values.iter().all(|value| value.is_finite()));
        assert_eq!(
            caption(&found).en,
            "Around iteration 1,000, 300 test images: 2.0000 in the middle, 2.0000 on average at the edge. 9 of 9 points."
        );
    }
}
