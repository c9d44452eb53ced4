//! The steps of both passes.

use crate::labs::parts::number;
use crate::labs::sheet::Number;
use crate::text::Text;

/// The order of the steps: forward through the nodes that calculate, then back through those that lead to the output.
pub(in crate::labs) struct Course {
    nodes: usize,
    forward: Vec<usize>,
    backward: Vec<usize>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing is calculated yet.
    Start,
    /// This node's value was calculated last.
    Forward(usize),
    /// This node was the last to pass its derivative back.
    Backward(usize),
}

/// How far both passes are.
pub(super) struct Reached {
    pub(super) stage: Stage,
    /// Steps done and steps of the pass that is under way.
    pub(super) count: (usize, usize),
    /// Whether each node has its value.
    pub(super) calculated: Vec<bool>,
    /// Whether each node has passed its derivative back.
    pub(super) passed: Vec<bool>,
    /// Whether the derivative of the output by itself is there.
    pub(super) returning: bool,
}

impl Course {
    /// A course over so many nodes. What is not in `forward` is given.
    pub(super) fn new(nodes: usize, forward: Vec<usize>, backward: Vec<usize>) -> Self {
        Self { nodes, forward, backward }
    }

    /// How many steps there are.
    pub(in crate::labs) fn steps(&self) -> u64 {
        (self.forward.len() + self.backward.len()) as u64
    }

    /// How far the passes are after so many steps; at the end where there are fewer.
    pub(super) fn after(&self, steps: u64) -> Reached {
        let steps = steps.min(self.steps()) as usize;
        let forward = steps.min(self.forward.len());
        let backward = steps - forward;
        let mut calculated = vec![true; self.nodes];
        self.forward[forward..].iter().for_each(|&node| calculated[node] = false);
        let mut passed = vec![false; self.nodes];
        self.backward[..backward].iter().for_each(|&node| passed[node] = true);
        let stage = match (backward.checked_sub(1), forward.checked_sub(1)) {
            (Some(last), _) => Stage::Backward(self.backward[last]),
            (None, Some(last)) => Stage::Forward(self.forward[last]),
            (None, None) => Stage::Start,
        };
        let count =
            if backward > 0 { (backward, self.backward.len()) } else { (forward, self.forward.len()) };
        // An expression without an operation has no step to wait for.
        Reached { stage, count, calculated, passed, returning: backward > 0 || self.steps() == 0 }
    }
}

impl Reached {
    /// The node of the present step.
    pub(super) fn node(&self) -> Option<usize> {
        match self.stage {
            Stage::Start => None,
            Stage::Forward(node) | Stage::Backward(node) => Some(node),
        }
    }

    /// How far the pass under way is, for the run bar.
    pub(super) fn number(&self) -> Option<Number> {
        let label = match self.stage {
            Stage::Backward(_) => Text::new("Backward", "反向传播"),
            Stage::Start | Stage::Forward(_) => Text::new("Forward", "正向传播"),
        };
        number("pass", label, Some(format!("{} / {}", self.count.0, self.count.1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward_comes_before_backward() {
        let course = Course::new(4, vec![2, 3], vec![3, 2]);
        let stages: Vec<_> = (0..=course.steps()).map(|step| course.after(step).stage).collect();
        use Stage::{Backward, Forward, Start};
        assert_eq!(stages, [Start, Forward(2), Forward(3), Backward(3), Backward(2)]);
        assert_eq!(course.after(1).calculated, [true, true, true, false]);
        let third = course.after(3);
        assert_eq!((third.passed, third.returning), (vec![false, false, false, true], true));
        assert_eq!(course.after(u64::MAX).stage, Backward(2));
        assert!(Course::new(1, vec![], vec![]).after(0).returning);
    }
}
