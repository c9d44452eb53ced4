//! The surfaces that gradient descent walks on.

use super::expression::Expression;
use crate::chart::Grid;
use crate::error::Result;

/// A function of two variables with the part of the plane worth looking at.
#[derive(Clone, Debug)]
pub struct Surface {
    function: Function,
    /// Lowest and highest x0 shown.
    pub x: (f64, f64),
    /// Lowest and highest x1 shown.
    pub y: (f64, f64),
    /// Where its known minima are.
    pub minima: &'static [[f64; 2]],
}

#[derive(Clone, Debug)]
enum Function {
    Known(fn([f64; 2]) -> f64),
    Typed(Expression<2>),
}

/// What the two variables are called.
pub const VARIABLES: [&str; 2] = ["x0", "x1"];

/// Names of the surfaces that have one, in the order in which they are offered.
pub const NAMES: [&str; 6] = ["bowl", "ellipse", "saddle", "rosenbrock", "himmelblau", "plateau"];

impl Surface {
    /// The surface of a name of [`NAMES`].
    pub fn named(name: &str) -> Option<Self> {
        let known = |function, x, y, minima| Some(Self { function: Function::Known(function), x, y, minima });
        match name {
            "bowl" => known(|[x0, x1]| x0 * x0 + x1 * x1, (-4.5, 4.5), (-4.5, 4.5), &[[0.0, 0.0]]),
            "ellipse" => {
                known(|[x0, x1]| x0 * x0 / 20.0 + x1 * x1, (-10.0, 10.0), (-5.0, 5.0), &[[0.0, 0.0]])
            }
            "saddle" => known(|[x0, x1]| x0 * x0 - x1 * x1, (-3.0, 3.0), (-3.0, 3.0), &[]),
            "rosenbrock" => known(rosenbrock, (-2.0, 2.0), (-1.0, 3.0), &[[1.0, 1.0]]),
            "himmelblau" => known(
                himmelblau,
                (-5.0, 5.0),
                (-5.0, 5.0),
                &[[3.0, 2.0], [-2.805118, 3.131312], [-3.779310, -3.283186], [3.584428, -1.848126]],
            ),
            "plateau" => known(plateau, (-4.0, 4.0), (-4.0, 4.0), &[[0.0, 0.0]]),
            _ => None,
        }
    }

    /// The surface of a typed expression, shown from −5 to 5.
    ///
    /// # Errors
    /// As [`Expression::parse`], with the names of [`VARIABLES`].
    pub fn typed(field: &str, text: &str) -> Result<Self> {
        let function = Function::Typed(Expression::parse(field, text, VARIABLES)?);
        Ok(Self { function, x: (-5.0, 5.0), y: (-5.0, 5.0), minima: &[] })
    }

    /// The value at a point.
    pub fn at(&self, x: [f64; 2]) -> f64 {
        match &self.function {
            Function::Known(function) => function(x),
            Function::Typed(expression) => expression.at(x),
        }
    }

    /// The values on an even grid of `columns × rows` points over the part shown.
    pub fn grid(&self, columns: usize, rows: usize) -> Grid {
        let along = |(low, high): (f64, f64), index: usize, count: usize| {
            low + (high - low) * index as f64 / (count - 1) as f64
        };
        let place =
            |index: usize| [along(self.x, index % columns, columns), along(self.y, index / columns, rows)];
        let values = (0..columns * rows).map(|index| self.at(place(index)) as f32).collect();
        Grid { x: self.x, y: self.y, columns, rows, values }
    }

    /// Whether a point lies in the part shown.
    pub fn shows(&self, [x0, x1]: [f64; 2]) -> bool {
        (self.x.0..=self.x.1).contains(&x0) && (self.y.0..=self.y.1).contains(&x1)
    }
}

/// H. H. Rosenbrock 1960: a curved valley, easy to find and slow to follow.
fn rosenbrock([x0, x1]: [f64; 2]) -> f64 {
    (1.0 - x0).powi(2) + 100.0 * (x1 - x0 * x0).powi(2)
}

/// D. M. Himmelblau 1972: four minima of the same depth.
fn himmelblau([x0, x1]: [f64; 2]) -> f64 {
    (x0 * x0 + x1 - 11.0).powi(2) + (x0 + x1 * x1 - 7.0).powi(2)
}

/// A hollow in a plain: far out the gradient all but vanishes.
fn plateau([x0, x1]: [f64; 2]) -> f64 {
    1.0 - libm::exp(-(x0 * x0 + x1 * x1) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::gradient::numerical_gradient;

    #[test]
    fn every_named_surface_exists_and_its_minima_are_flat_and_shown() {
        for name in NAMES {
            let surface = Surface::named(name).expect(name);
            for &minimum in surface.minima {
                assert!(surface.shows(minimum), "{name}");
                let slope = numerical_gradient(|x| surface.at(x), minimum, 1e-4);
                assert!(slope.iter().all(|s| s.abs() < 1e-3), "{name} {minimum:?}: {slope:?}");
            }
        }
        assert!(Surface::named("hill").is_none());
    }

    #[test]
    fn a_grid_begins_and_ends_at_the_edges() {
        let grid = Surface::named("ellipse").expect("known").grid(5, 3);
        assert_eq!(grid.values[0], (100.0 / 20.0 + 25.0));
        assert_eq!(grid.values[7], 0.0);
        assert_eq!(grid.values.len(), 15);
    }
}
