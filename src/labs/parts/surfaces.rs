//! Functions of two variables seen from above, with paths on them.

use super::{fixed, plane};
use crate::chart::{Grip, Mark, Plane, Scatter, Symbol};
use crate::function::surface::Surface;
use crate::nn::spec::OptimizerSpec;
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
    Plane { grip: Some(grip), ..plane(x, y, marks) }
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
