//! Computational graphs (book 5.1 to 5.4): an expression as nodes and edges, calculated from left to right, its
//! derivatives from right to left. [`layers`] does the same with matrices.
//!
//! ```
//! use fishbowl::graph::Graph;
//!
//! let graph = Graph::parse("expression", "both = apple * n; both * tax")?;
//! assert_eq!(graph.variables(), ["apple", "n", "tax"]);
//! let values = graph.forward(&[100.0, 2.0, 1.1])?;
//! let backward = graph.backward(&values)?;
//! let apple = graph.find("apple").expect("a variable");
//! assert!((values[graph.output()] - 220.0).abs() < 1e-9);
//! assert!((backward.gradients[apple] - 2.2).abs() < 1e-9);
//! # Ok::<(), fishbowl::error::Error>(())
//! ```

mod build;
pub mod layers;
mod layout;
mod matrix;
mod pass;

use std::ops::Range;

use crate::function::operation::{Function, Operator};

pub use build::{LONGEST, LONGEST_NAME, MOST_NODES};
pub use layout::Layout;
pub use pass::Backward;

/// A computational graph. Nodes are known by their index; every node stands after those it is calculated from, so the
/// order of the nodes is that of the forward pass and its reverse that of the backward pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    variables: Vec<String>,
    output: usize,
}

/// A node: a number that goes in, or an operation on other nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it does.
    pub operation: Operation,
    /// The name of a variable, or the one that its value was given: `both = apple * n`.
    pub name: Option<String>,
    /// The longest way to it from a number that goes in, in edges; 0 for those numbers themselves.
    pub layer: usize,
    /// Its incoming edges, left side first.
    incoming: Range<usize>,
}

/// An edge from a node to one that is calculated from it. In `x * x` two edges join the same nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The index of the node it leaves.
    pub from: usize,
    /// The index of the node it enters.
    pub to: usize,
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// Is a number.
    Constant(f64),
    /// Is a variable, by its index in [`Graph::variables`].
    Variable(usize),
    /// Applies a function to one node.
    Apply(Function),
    /// Raises one node to a power that is typed as a number: the book's `**2` (5.2.1). As a node of its own the exponent
    /// would have a derivative too, which is NaN wherever the base is negative.
    Raise(f64),
    /// Combines two nodes.
    Combine(Operator),
}

impl Graph {
    /// All nodes, in the order of the forward pass.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// All edges, in the order of the nodes they enter, left side first.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The names of the variables, as they first appear.
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// The index of the node whose value is the expression's.
    pub fn output(&self) -> usize {
        self.output
    }

    /// The index of the node of a name: a variable's or that of an intermediate result.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name.as_deref() == Some(name))
    }

    /// The indices of the nodes that calculate something: the steps of the forward pass. Reversed, those of the
    /// backward pass.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(|&index| !self.nodes[index].incoming.is_empty())
    }

    /// The edges that enter a node, left side first.
    pub fn incoming(&self, node: &Node) -> &[Edge] {
        self.edges.get(node.incoming.clone()).unwrap_or_default()
    }
}

impl Node {
    /// What is written into the node: its sign, a variable's name, a number.
    pub fn symbol(&self) -> String {
        match (self.operation, &self.name) {
            (Operation::Variable(_), Some(name)) => name.clone(),
            (Operation::Variable(index), None) => format!("x{index}"),
            (Operation::Constant(value), _) => spell(value),
            (Operation::Apply(function), _) => function.symbol().to_owned(),
            (Operation::Raise(exponent), _) => format!("^{}", spell(exponent)),
            (Operation::Combine(operator), _) => operator.symbol().to_owned(),
        }
    }
}

/// A number as it was typed, or nearly so.
fn spell(value: f64) -> String {
    use std::f64::consts::{E, PI};
    match value {
        PI => "π".to_owned(),
        E => "e".to_owned(),
        // Written out, 1e300 has 301 digits.
        _ if value != 0.0 && !(1e-6..1e15).contains(&value.abs()) => format!("{value:e}"),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(text: &str) -> Graph {
        Graph::parse("f", text).expect(text)
    }

    #[test]
    fn the_order_is_that_of_the_calculation() {
        let graph = graph("(apple * 2 + orange * 3) * tax");
        for edge in graph.edges() {
            assert!(edge.from < edge.to);
        }
        let symbols: Vec<_> = graph.steps().map(|step| graph.nodes()[step].symbol()).collect();
        assert_eq!(symbols, ["×", "×", "+", "×"]);
        assert_eq!(graph.steps().next_back(), Some(graph.output()));
    }

    #[test]
    fn a_node_knows_its_sign_and_its_sides() {
        let symbols = |text: &str| graph(text).nodes().iter().map(Node::symbol).collect::<Vec<_>>();
        assert_eq!(symbols("-x^2"), ["x", "^2", "−"]);
        assert_eq!(symbols("2*pi*e"), ["2", "π", "×", "e", "×"]);
        assert_eq!(symbols("1e300 + -0.5"), ["1e300", "-0.5", "+"]);
        let graph = graph("a - b");
        let sides: Vec<_> = graph.incoming(&graph.nodes()[2]).iter().map(|edge| edge.from).collect();
        assert_eq!(sides, [0, 1]);
    }
}
