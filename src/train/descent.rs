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
    memory: Vec<Vec<[f64; 2]>>,
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
        let mut optimizer = Optimizer::new(rule);
        let memory = vec![kept(&mut optimizer)];
        Self { surface, optimizer, path: vec![first], memory }
    }

    /// The surface.
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// All places so far, the start first.
    pub fn path(&self) -> &[Place] {
        &self.path
    }

    /// What the rule keeps from step to step, at each place of the path: the velocity of Momentum, the sum of squares of
    /// AdaGrad, the two moments of Adam, for both variables. Nothing for SGD, and 0 at the start.
    pub fn memory(&self) -> &[Vec<[f64; 2]>] {
        &self.memory
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
        self.memory.push(kept(&mut self.optimizer));
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

/// The rule's memory of its only slot.
fn kept(optimizer: &mut Optimizer<f64>) -> Vec<[f64; 2]> {
    let (_, memory) = optimizer.memory();
    let both = |array: &Vec<f64>| if let [x0, x1] = array[..] { [x0, x1] } else { [0.0; 2] };
    memory.iter().map(both).collect()
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
    fn the_memory_of_a_rule_is_kept_for_each_place() {
        let bowl = || Surface::named("bowl").expect("known");
        let walk = |kind| {
            let mut descent = Descent::new(bowl(), [-3.0, 4.0], OptimizerSpec::new(kind, 0.1));
            (0..5).for_each(|_| descent.step());
            descent
        };
        assert!(walk(OptimizerKind::Sgd).memory().iter().all(Vec::is_empty));
        let momentum = walk(OptimizerKind::Momentum);
        for (step, pair) in momentum.path().windows(2).enumerate() {
            let [velocity] = momentum.memory()[step + 1][..] else { panic!("one velocity") };
            let moved = [0, 1].map(|axis| pair[1].point[axis] - pair[0].point[axis]);
            assert!(velocity.iter().zip(moved).all(|(v, m)| (v - m).abs() < 1e-12), "step {step}");
        }
        let adagrad = walk(OptimizerKind::Adagrad);
        let squares = adagrad.path()[..5].iter().fold([0.0; 2], |sum, place| {
            [sum[0] + place.gradient[0].powi(2), sum[1] + place.gradient[1].powi(2)]
        });
        let [kept] = adagrad.memory()[5][..] else { panic!("one sum") };
        assert!(kept.iter().zip(squares).all(|(k, s)| (k - s).abs() < 1e-9 * s));
        let adam = walk(OptimizerKind::Adam);
        assert!(adam.memory().iter().skip(1).all(|memory| memory.len() == 2));
        assert_eq!(adam.memory().len(), adam.path().len());
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
