//! What of a chart stands still while a control is dragged: the level lines and arrows behind a path, the surface below it.
//! It costs most, so that who draws often keeps it.

use crate::chart::{Axis, Chart, Mark, Plane, Scale, Surface};

/// What of a chart is drawn. Where there is a [`backdrop`], it and then the front are the whole, stroke by stroke; any part
/// of another chart is the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// What stands still.
    Backdrop,
    /// What lies before it.
    Front,
}

impl Part {
    pub(crate) fn holds_backdrop(self) -> bool {
        self != Self::Front
    }

    pub(crate) fn holds_front(self) -> bool {
        self != Self::Backdrop
    }
}

/// A chart of all that the backdrop depends on beside the look: two charts with equal ones have the same backdrop. `None`
/// where there is none worth keeping.
pub fn backdrop(chart: &Chart) -> Option<Chart> {
    match chart {
        Chart::Plane(plane) => {
            let still = still_marks(plane);
            let marks = plane.marks[..still].to_vec();
            (still > 0).then(|| {
                let (x, y) = (plane.x.clone(), plane.y.clone());
                Chart::Plane(Plane { x, y, marks, equal: plane.equal, grip: None })
            })
        }
        Chart::Surface(surface) => {
            let (x, y, z) = (surface.x.clone(), surface.y.clone(), surface.z.clone());
            Some(Chart::Surface(Surface { x, y, z, grid: surface.grid.clone(), paths: Vec::new() }))
        }
        Chart::ImageGrid(_) | Chart::Matrix(_) | Chart::Diagram(_) => None,
    }
}

/// How many of the first marks stand still. An axis without a range, or with one that it cannot have, follows all marks, and
/// everything moves with it.
pub(crate) fn still_marks(plane: &Plane) -> usize {
    let is_fixed = |axis: &Axis| {
        axis.scale == Scale::Linear
            && axis.range.is_some_and(|(low, high)| low.is_finite() && high.is_finite() && low < high)
    };
    if !is_fixed(&plane.x) || !is_fixed(&plane.y) {
        return 0;
    }
    plane.marks.iter().take_while(|mark| matches!(mark, Mark::Contour(_) | Mark::Arrows(_))).count()
}
