//! Functions of two variables seen from above, with paths on them.

use super::{fixed, plane};
use crate::chart::{self, Chart, Grip, Mark, Plane, Scatter, Symbol};
use crate::function::surface::Surface;
use crate::nn::gradient::{BOOK_STEP, numerical_gradient};
use crate::nn::spec::OptimizerSpec;
use crate::order::ascending;
use crate::text::Text;
use crate::train::descent::{Descent, Place as Stop};

/// The level lines of a surface, from `side × side` points.
pub(in crate::labs) fn ground(surface: &Surface, side: usize) -> Mark {
    Mark::Contour(surface.grid(side, side))
}

/// The known minima of a surface, if any.
pub(in crate::labs) fn minima(surface: &Surface, color: u8) -> Option<Mark> {
    let points = surface.minima.to_vec();
    let scatter = Scatter {
        name: Text::new("minimum", "最小值"),
        color,
        points,
        symbol: Symbol::Cross,
        keys: Vec::new(),
        grip: None,
    };
    (!scatter.points.is_empty()).then_some(Mark::Scatter(scatter))
}

/// Where a path starts, to be dragged.
pub(in crate::labs) fn start(point: [f64; 2], color: u8, grip: Grip) -> Mark {
    Mark::Scatter(Scatter {
        name: Text::new("start", "起点"),
        color,
        points: vec![point],
        symbol: Symbol::Handle,
        keys: Vec::new(),
        grip: Some(grip),
    })
}

/// The part of the plane that a surface shows, with equal units along both axes. A press anywhere moves `grip` there.
pub(in crate::labs) fn map(surface: &Surface, marks: Vec<Mark>, grip: Grip) -> Plane {
    let (x, y) = (fixed(Text::same("x0"), surface.x), fixed(Text::same("x1"), surface.y));
    Plane { equal: true, grip: Some(grip), ..plane(x, y, marks) }
}

/// A path from a start under a rule: as many steps as asked for, fewer where it cannot go on.
pub(in crate::labs) fn descend(
    surface: Surface,
    start: [f64; 2],
    rule: OptimizerSpec,
    steps: u32,
) -> Descent {
    let mut descent = Descent::new(surface, start, rule);
    for _ in 0..steps {
        // Does nothing once it cannot go on.
        descent.step();
    }
    descent
}

/// Whether a path can go on from here.
pub(in crate::labs) fn goes_on(stop: &Stop) -> bool {
    stop.value.is_finite() && stop.point.iter().chain(&stop.gradient).all(|number| number.is_finite())
}

/// A surface in three dimensions with a path on it, as far as the path keeps to the part shown.
pub(in crate::labs) fn relief(surface: &Surface, path: &[Stop]) -> Chart {
    let mut grid = surface.grid(37, 37);
    let ceiling = ceiling(&grid.values);
    for value in grid.values.iter_mut().filter(|value| !value.is_nan()) {
        *value = value.clamp(-ceiling as f32, ceiling as f32);
    }
    let on_surface = |stop: &&Stop| surface.shows(stop.point) && stop.value.is_finite();
    let place = |stop: &Stop| [stop.point[0], stop.point[1], stop.value.clamp(-ceiling, ceiling)];
    let path = path.iter().take_while(on_surface).map(place).collect();
    let (x, y, z) = (Text::same("x0"), Text::same("x1"), Text::same("f"));
    Chart::Surface(chart::Surface { x, y, z, grid, paths: vec![path] })
}

/// Where the figure in three dimensions is clipped: walls far above most of the surface would flatten the rest.
fn ceiling(values: &[f32]) -> f64 {
    let mut heights: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|v| f64::from(v.abs())).collect();
    ascending(&mut heights);
    let at = |share: f64| heights.get((heights.len() as f64 * share) as usize).copied().unwrap_or(1.0);
    let (most, highest) = (at(0.75), heights.last().copied().unwrap_or(1.0));
    if highest > 4.0 * most { most * 1.5 } else { highest.max(f64::MIN_POSITIVE) }
}

/// Arrows along the negative gradient on an even grid, all of true direction, their length by the root of the slope: on a
/// true scale most would be points.
pub(in crate::labs) fn arrows(surface: &Surface) -> Mark {
    const SIDE: usize = 13;
    const LONGEST: f64 = 0.9;
    let ((left, right), (bottom, top)) = (surface.x, surface.y);
    let (wide, tall) = ((right - left) / SIDE as f64, (top - bottom) / SIDE as f64);
    let slopes: Vec<_> = (0..SIDE * SIDE)
        .map(|index| {
            let x =
                [left + wide * ((index % SIDE) as f64 + 0.5), bottom + tall * ((index / SIDE) as f64 + 0.5)];
            let [slope0, slope1] = numerical_gradient(|x| surface.at(x), x, BOOK_STEP);
            // In cells of this grid.
            (x, [-slope0, -slope1], libm::hypot(slope0 / wide, slope1 / tall))
        })
        .filter(|(.., steepness)| steepness.is_finite() && *steepness > 0.0)
        .collect();
    let steepest = slopes.iter().fold(0.0_f64, |most, (.., steepness)| most.max(*steepness));
    let arrow = |([x0, x1], [down0, down1], steepness): ([f64; 2], [f64; 2], f64)| {
        let scale = LONGEST * (steepness / steepest).sqrt() / steepness;
        [x0, x1, down0 * scale, down1 * scale]
    };
    let arrows = slopes.into_iter().map(arrow).filter(|arrow| arrow.iter().all(|number| number.is_finite()));
    Mark::Arrows(arrows.collect())
}
