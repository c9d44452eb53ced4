//! Gradient descent on a function of two variables, one point walking (book 4.4.1 and 6.1).

use crate::function::surface::Surface;
use crate::nn::gradient::{BOOK_STEP, numerical_gradient};
use crate::nn::optimizer::Optimizer;
use crate::nn::spec::OptimizerSpec;

/// A walk over a surface.
pub struct Descent {
    surface: Surface,
    optimizer: Optimizer<f64>,
    path: Vec<Place>,
}

/// One place of a walk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Where.
    pub point: [f64; 2],
    /// The function's value there.
    pub value: f64,
    /// The numerical gradient there, with the book's h.
    pub gradient: [f64; 2],
}

impl Descent {
    /// A walk that begins at `start` under a checked rule.
    pub fn new(surface: Surface, start: [f64; 2], rule: OptimizerSpec) -> Self {
        let first = look(&surface, start);
        Self { surface, optimizer: Optimizer::new(rule), path: vec![first] }
    }

    /// The surface.
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// All places so far, the start first.
    pub fn path(&self) -> &[Place] {
        &self.path
    }

    /// The place reached.
    pub fn last(&self) -> Place {
        self.path[self.path.len() - 1]
    }

    /// Steps taken.
    pub fn steps(&self) -> usize {
        self.path.len() - 1
    }

    /// Takes a step; does nothing once the place or the gradient is not finite.
    pub fn step(&mut self) {
        let Place { mut point, gradient, .. } = self.last();
        if self.is_lost() {
            return;
        }
        self.optimizer.begin_step(self.steps() as u64);
        self.optimizer.update(&mut point, &gradient, 0);
        self.path.push(look(&self.surface, point));
    }

    /// Whether the walk cannot go on: its place, value or gradient is infinite or not a number.
    pub fn is_lost(&self) -> bool {
        let Place { point, value, gradient } = self.last();
        !(value.is_finite() && point.iter().chain(&gradient).all(|number| number.is_finite()))
    }

    /// The first step that left the part of the plane that is shown.
    pub fn left_picture(&self) -> Option<usize> {
        self.path.iter().position(|place| !self.surface.shows(place.point))
    }

    /// Changes the rule's numbers for the steps to come.
    pub fn set_rule(&mut self, rule: OptimizerSpec) {
        self.optimizer.change(rule);
    }
}

fn look(surface: &Surface, point: [f64; 2]) -> Place {
    let gradient = numerical_gradient(|x| surface.at(x), point, BOOK_STEP);
    Place { point, value: surface.at(point), gradient }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::OptimizerKind;

    fn walk(rate: f64) -> [f64; 2] {
        let rule = OptimizerSpec::new(OptimizerKind::Sgd, rate);
        let mut descent = Descent::new(Surface::named("bowl").expect("known"), [-3.0, 4.0], rule);
        (0..100).for_each(|_| descent.step());
        descent.last().point
    }

    fn close([x0, x1]: [f64; 2], expected: [f64; 2]) {
        let near = |x: f64, e: f64| ((x - e) / e).abs() < 5e-3;
        assert!(near(x0, expected[0]) && near(x1, expected[1]), "({x0:e}, {x1:e})");
    }

    #[test]
    fn a_hundred_steps_of_the_book() {
        // 4.4.1, from (−3, 4): a good rate, one too large, one too small.
        close(walk(0.1), [-6.11e-10, 8.15e-10]);
        close(walk(10.0), [-2.59e13, -1.30e12]);
        let [x0, x1] = walk(1e-10);
        assert_eq!((format!("{x0:.8}"), format!("{x1:.8}")), ("-2.99999994".into(), "3.99999992".into()));
    }

    #[test]
    fn a_walk_that_leaves_for_infinity_stops() {
        let rule = OptimizerSpec::new(OptimizerKind::Sgd, 10.0);
        let surface = Surface::typed("expression", "exp(x0^2) + x1^2").expect("parses");
        let mut descent = Descent::new(surface, [1.0, 1.0], rule);
        (0..100).for_each(|_| descent.step());
        assert!(descent.is_lost());
        assert_eq!((descent.steps(), descent.left_picture()), (1, Some(1)));
    }
}
