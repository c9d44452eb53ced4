//! The forward and the backward pass.
//!
//! Results that are infinite or NaN are results and are passed on; 0 · ∞ in the chain rule is NaN.

use super::{Graph, Node, Operation};
use crate::error::{Code, Error, Result};
use crate::function::operation::Operator;

/// What the backward pass finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Backward {
    /// ∂output/∂node for each node: the sum of what its outgoing edges bring back (book 5.2, 5.3). 1 at the output, 0
    /// where the output does not depend on the node.
    pub gradients: Vec<f64>,
    /// The local derivative of each edge, ∂to/∂from of that edge alone.
    pub slopes: Vec<f64>,
    /// What each edge brings back to the node it leaves: the gradient of `to` times the slope, the number that the book
    /// writes at the arrows to the left. 0 on edges that do not lead to the output.
    pub contributions: Vec<f64>,
}

impl Graph {
    /// The value of each node, from a value for each of [`Graph::variables`].
    ///
    /// # Errors
    /// There are more or fewer values than variables.
    pub fn forward(&self, variables: &[f64]) -> Result<Vec<f64>> {
        check_count(variables.len(), self.variables.len())?;
        let mut values = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            values.push(match node.operation {
                Operation::Variable(index) => variables[index],
                _ => self.value(node, &values),
            });
        }
        Ok(values)
    }

    /// ∂output/∂node of each node by central differences with a step of `h` (book 4.3.1), from the values of
    /// [`Graph::forward`]: that node's value is moved, and whatever depends on it is calculated again. The time grows with
    /// the square of the number of nodes.
    ///
    /// # Errors
    /// There are more or fewer values than nodes.
    pub fn numerical(&self, values: &[f64], h: f64) -> Result<Vec<f64>> {
        check_count(values.len(), self.nodes.len())?;
        let output = |moved_node: usize, by: f64| {
            let mut moved = values.to_vec();
            moved[moved_node] += by;
            let mut depends = vec![false; self.nodes.len()];
            depends[moved_node] = true;
            for (index, node) in self.nodes.iter().enumerate().skip(moved_node + 1) {
                depends[index] = self.incoming(node).iter().any(|edge| depends[edge.from]);
                if depends[index] {
                    moved[index] = self.value(node, &moved);
                }
            }
            moved[self.output]
        };
        Ok((0..self.nodes.len()).map(|node| (output(node, h) - output(node, -h)) / (2.0 * h)).collect())
    }

    /// The value of a node from those it is calculated from; NaN for a variable, which is not calculated.
    fn value(&self, node: &Node, values: &[f64]) -> f64 {
        let [left, right] = self.sides(node, values);
        match node.operation {
            Operation::Constant(value) => value,
            Operation::Variable(_) => f64::NAN,
            Operation::Apply(function) => function.of(left),
            Operation::Raise(exponent) => Operator::Power.of(left, exponent),
            Operation::Combine(operator) => operator.of(left, right),
        }
    }

    /// The derivatives of the output, from the values of [`Graph::forward`].
    ///
    /// # Errors
    /// There are more or fewer values than nodes.
    pub fn backward(&self, values: &[f64]) -> Result<Backward> {
        check_count(values.len(), self.nodes.len())?;
        let mut gradients = vec![0.0; self.nodes.len()];
        let mut slopes = vec![0.0; self.edges.len()];
        let mut contributions = vec![0.0; self.edges.len()];
        // Nodes that do not lead to the output are left out, not multiplied by 0: their slopes may be infinite.
        let mut leads_to_output = vec![false; self.nodes.len()];
        gradients[self.output] = 1.0;
        leads_to_output[self.output] = true;
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let local = self.slopes(node, values[index], values);
            for (edge, slope) in node.incoming.clone().zip(local) {
                slopes[edge] = slope;
                if leads_to_output[index] {
                    let from = self.edges[edge].from;
                    contributions[edge] = gradients[index] * slope;
                    gradients[from] += contributions[edge];
                    leads_to_output[from] = true;
                }
            }
        }
        Ok(Backward { gradients, slopes, contributions })
    }

    /// The values that go into a node; NaN for a side that it does not have.
    fn sides(&self, node: &Node, values: &[f64]) -> [f64; 2] {
        let mut sides = [f64::NAN; 2];
        for (side, edge) in sides.iter_mut().zip(self.incoming(node)) {
            *side = values[edge.from];
        }
        sides
    }

    /// The derivatives of a node, whose value is `value`, by its sides.
    fn slopes(&self, node: &Node, value: f64, values: &[f64]) -> [f64; 2] {
        let [left, right] = self.sides(node, values);
        match node.operation {
            Operation::Constant(_) | Operation::Variable(_) => [0.0; 2],
            Operation::Apply(function) => [function.slope(left, value), 0.0],
            Operation::Raise(exponent) => Operator::Power.slopes(left, exponent, value),
            Operation::Combine(operator) => operator.slopes(left, right, value),
        }
    }
}

fn check_count(count: usize, wanted: usize) -> Result<()> {
    if count == wanted {
        return Ok(());
    }
    Err(Error::new(Code::SizeMismatch, "values", count, wanted.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph at a point, both passes done.
    struct Done {
        graph: Graph,
        values: Vec<f64>,
        backward: Backward,
    }

    impl Done {
        fn new(text: &str, variables: &[f64]) -> Self {
            let graph = Graph::parse("f", text).expect(text);
            let values = graph.forward(variables).expect("as many as there are");
            let backward = graph.backward(&values).expect("as many as there are");
            Self { graph, values, backward }
        }

        fn output(&self) -> f64 {
            self.values[self.graph.output()]
        }

        fn gradient(&self, name: &str) -> f64 {
            self.backward.gradients[self.graph.find(name).expect(name)]
        }
    }

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{value}, not {expected}");
    }

    #[test]
    fn two_apples() {
        // Book 5.1 and 5.4.1.
        let done = Done::new("apple * n * tax", &[100.0, 2.0, 1.1]);
        close(done.output(), 220.0);
        close(done.gradient("apple"), 2.2);
        close(done.gradient("n"), 110.0);
        close(done.gradient("tax"), 200.0);
    }

    #[test]
    fn apples_and_oranges() {
        // Book 5.4.2, figure 5-17.
        let text = "apple_price = apple * apple_num; orange_price = orange * orange_num
            all_price = apple_price + orange_price; price = all_price * tax";
        let done = Done::new(text, &[100.0, 2.0, 150.0, 3.0, 1.1]);
        assert_eq!(done.graph.variables(), ["apple", "apple_num", "orange", "orange_num", "tax"]);
        close(done.output(), 715.0);
        for (name, gradient) in [
            ("apple", 2.2),
            ("apple_num", 110.0),
            ("orange", 3.3),
            ("orange_num", 165.0),
            ("tax", 650.0),
            ("apple_price", 1.1),
            ("orange_price", 1.1),
            ("all_price", 1.1),
            ("price", 1.0),
        ] {
            close(done.gradient(name), gradient);
        }
        let values: Vec<_> = done.graph.steps().map(|step| done.values[step]).collect();
        assert_eq!(values, [200.0, 450.0, 650.0, 650.0 * 1.1]);
    }

    #[test]
    fn every_node_has_the_derivative_of_the_difference() {
        for text in
            ["(apple * 2 + orange * 3) * tax", "t = x + y; t^2 + t * x", "unused = exp(x); sigmoid(x * y)"]
        {
            let given = [0.7, -1.3, 1.1];
            let variables = Graph::parse("f", text).expect(text).variables().len();
            let Done { graph, values, backward } = Done::new(text, &given[..variables]);
            let numerical = graph.numerical(&values, 1e-4).expect("as many as there are");
            for (found, expected) in numerical.iter().zip(&backward.gradients) {
                assert!((found - expected).abs() < 1e-7, "{text}: {found}, not {expected}");
            }
        }
        let graph = Graph::parse("f", "x + y").expect("parses");
        assert_eq!(graph.numerical(&[1.0], 1e-4).expect_err("three").code, Code::SizeMismatch);
    }

    #[test]
    fn a_squared_sum() {
        // Book 5.2.2, figures 5-7 and 5-8: z = t², t = x + y.
        let done = Done::new("t = x + y; t^2", &[3.0, -5.0]);
        assert_eq!(done.output(), 4.0);
        assert_eq!((done.gradient("t"), done.gradient("x"), done.gradient("y")), (-4.0, -4.0, -4.0));
        assert_eq!(done.backward.contributions, [-4.0, -4.0, -4.0]);
        assert_eq!(done.backward.slopes, [1.0, 1.0, -4.0]);
    }

    #[test]
    fn a_sigmoid_from_its_parts() {
        // Book 5.5.2: what goes back is −y², −y², −y² exp(−x), y² exp(−x) = y(1 − y).
        for x in [-30.0, -2.0, 0.0, 0.5, 3.0] {
            let done = Done::new("1 / (1 + exp(-x))", &[x]);
            let y = done.output();
            close(done.gradient("x"), y * (1.0 - y));
            let named = Done::new("minus = -x; power = exp(minus); sum = 1 + power; 1 / sum", &[x]);
            close(named.gradient("sum"), -y * y);
            close(named.gradient("power"), -y * y);
            close(named.gradient("minus"), -y * y * libm::exp(-x));
            let whole = Done::new("sigmoid(x)", &[x]);
            close(whole.output(), y);
            close(whole.gradient("x"), done.gradient("x"));
        }
    }

    #[test]
    fn what_a_node_gives_to_several_comes_back_summed() {
        let done = Done::new("x * x + 3 * x", &[5.0]);
        assert_eq!(done.gradient("x"), 13.0);
        let back: Vec<_> = (done.graph.edges().iter().zip(&done.backward.contributions))
            .filter_map(|(edge, number)| (edge.from == 0).then_some(*number))
            .collect();
        assert_eq!(back, [5.0, 5.0, 3.0]);
        // A named result is shared as a variable is.
        assert_eq!(Done::new("t = 2 * x; t * t", &[3.0]).gradient("x"), 24.0);
    }

    #[test]
    fn what_does_not_lead_to_the_output_has_no_gradient() {
        let done = Done::new("unused = ln(x); 2 * x", &[0.0]);
        assert_eq!(done.values[done.graph.find("unused").expect("named")], f64::NEG_INFINITY);
        assert_eq!((done.gradient("unused"), done.gradient("x")), (0.0, 2.0));
        // Though nothing of it comes back, the edge has its slope.
        assert_eq!((done.backward.slopes[0], done.backward.contributions[0]), (f64::INFINITY, 0.0));
        // A node after the output.
        assert_eq!(
            Done::new("a = x + 1; b = a * 2; a", &[1.0]).backward.gradients,
            [1.0, 1.0, 1.0, 0.0, 0.0]
        );
    }

    #[test]
    fn infinity_and_nan_are_passed_on() {
        let done = Done::new("ln(x) + 1", &[0.0]);
        assert_eq!((done.output(), done.gradient("x")), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(Done::new("sqrt(x) * 0", &[-1.0]).output().is_nan());
        assert!(Done::new("0 * sqrt(x)", &[0.0]).gradient("x").is_nan());
        assert!(Done::new("x / y", &[0.0, 0.0]).output().is_nan());
    }

    #[test]
    fn a_power_typed_as_a_number_has_slopes_at_negative_bases() {
        assert_eq!(Done::new("x^2", &[-3.0]).gradient("x"), -6.0);
        assert_eq!(Done::new("x^-1", &[-2.0]).gradient("x"), -0.25);
        assert_eq!(Done::new("x³", &[-2.0]).gradient("x"), 12.0);
        close(Done::new("2^x", &[3.0]).gradient("x"), 8.0 * std::f64::consts::LN_2);
        assert!(Done::new("n = 2; x^n", &[-3.0]).gradient("n").is_nan());
    }

    #[test]
    fn as_many_values_as_variables_and_nodes() {
        let graph = Graph::parse("f", "x + y").expect("parses");
        for count in [0, 1, 3] {
            assert_eq!(graph.forward(&vec![1.0; count]).expect_err("two").code, Code::SizeMismatch);
        }
        assert_eq!(graph.backward(&[1.0; 2]).expect_err("three").code, Code::SizeMismatch);
        assert_eq!(Done::new("1 + 2", &[]).output(), 3.0);
    }
}
