//! From typed text to a graph.

use super::{Edge, Graph, Node, Operation};
use crate::error::{Code, Error, Result};
use crate::function::operation::{Function, Operator};
use crate::function::syntax::{self, Name, Tree};

/// The longest text, in characters; each of its expressions may have 200.
pub const LONGEST: usize = 4000;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 32;
/// The most nodes of a graph.
pub const MOST_NODES: usize = 512;

/// What parts one expression from the next.
const SEPARATORS: [char; 3] = [';', '；', '\n'];

impl Graph {
    /// The graph of a typed expression; `field` names it in messages.
    ///
    /// Any name is a variable, and the same name is the same node. Intermediate results may be named in expressions of
    /// their own, parted by `;` or a new line; the last expression is the output:
    /// `fruit = apple * 2 + orange * 3; fruit * tax`.
    ///
    /// # Errors
    /// - It is empty or cannot be read, or an expression that is not the last has no name.
    /// - A name is given that already means something.
    /// - It is too long, or one of its expressions or a name is, or it has too many nodes.
    ///
    /// Each but the first length says at which character.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let length = text.chars().count();
        if length > LONGEST {
            return Err(Error::new(Code::OutsideRange, field, length, format!("1 … {LONGEST}")));
        }
        let source = Source { field, text };
        let mut builder = Builder {
            source,
            nodes: Vec::new(),
            edges: Vec::new(),
            variables: Vec::new(),
            scope: Vec::new(),
        };
        let mut output = None;
        for (start, piece) in pieces(text) {
            // Before it is parsed: the length bounds the depth.
            syntax::check_length(field, piece.trim()).map_err(|long| source.at(start, long))?;
            let statement =
                syntax::parse_statement(piece).map_err(|offset| source.unreadable(start + offset))?;
            if let Some(Output { end, named: false, .. }) = output {
                // The one before is not the last and its value is lost: what is missing stands where it ends.
                return Err(source.unreadable(end));
            }
            let node = builder.tree(statement.tree, start)?;
            if let Some(name) = statement.name {
                builder.define(name, start, node)?;
            }
            output =
                Some(Output { node, named: statement.name.is_some(), end: start + piece.trim_end().len() });
        }
        let Output { node, .. } = output.ok_or_else(|| source.unreadable(text.len()))?;
        let Builder { nodes, edges, variables, .. } = builder;
        Ok(Self { nodes, edges, variables, output: node })
    }
}

/// The expression read last.
struct Output {
    node: usize,
    named: bool,
    /// Where it ends, in bytes.
    end: usize,
}

/// The expressions of a text that are not blank, each with its offset in bytes.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split_inclusive(SEPARATORS)
        .map(move |piece| {
            let start = next;
            next += piece.len();
            (start, piece.trim_end_matches(SEPARATORS))
        })
        .filter(|(_, piece)| !piece.trim().is_empty())
}

/// The text, for messages.
#[derive(Clone, Copy)]
struct Source<'t> {
    field: &'t str,
    text: &'t str,
}

impl Source<'_> {
    fn unreadable(&self, offset: usize) -> Error {
        syntax::fault(self.field, self.text, offset, "apple x1 … = ;")
    }

    fn at(&self, offset: usize, error: Error) -> Error {
        error.at(syntax::characters_before(self.text, offset))
    }
}

struct Builder<'t> {
    source: Source<'t>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    variables: Vec<String>,
    /// What each name stands for.
    scope: Vec<(String, usize)>,
}

impl Builder<'_> {
    /// Adds the nodes of a tree; returns that of its value. `start` is where the parsed text begins, in bytes.
    fn tree(&mut self, tree: Tree<Name<'_>>, start: usize) -> Result<usize> {
        if let Some(value) = literal(&tree) {
            return self.add(Operation::Constant(value), &[], start);
        }
        match tree {
            Tree::Number(value) => self.add(Operation::Constant(value), &[], start),
            Tree::Variable(name) => self.name(name, start),
            Tree::Apply(function, argument) => {
                let argument = self.tree(*argument, start)?;
                self.add(Operation::Apply(function), &[argument], start)
            }
            Tree::Combine(operator, sides) => {
                let [left, right] = *sides;
                let exponent = literal(&right).filter(|_| operator == Operator::Power);
                let left = self.tree(left, start)?;
                if let Some(exponent) = exponent {
                    return self.add(Operation::Raise(exponent), &[left], start);
                }
                let right = self.tree(right, start)?;
                self.add(Operation::Combine(operator), &[left, right], start)
            }
        }
    }

    /// The node of a name: what it was given to, or a variable.
    fn name(&mut self, name: Name<'_>, start: usize) -> Result<usize> {
        if let Some(node) = self.known(name) {
            return Ok(node);
        }
        self.check_length(name, start)?;
        let node = self.add(Operation::Variable(self.variables.len()), &[], start + name.offset)?;
        self.variables.push(name.text.to_owned());
        self.nodes[node].name = Some(name.text.to_owned());
        self.scope.push((name.text.to_owned(), node));
        Ok(node)
    }

    fn known(&self, name: Name<'_>) -> Option<usize> {
        self.scope.iter().find(|(known, _)| known == name.text).map(|&(_, node)| node)
    }

    /// Gives a name to a node. A second name for the same node is understood but not shown.
    fn define(&mut self, name: Name<'_>, start: usize, node: usize) -> Result<()> {
        self.check_length(name, start)?;
        // Also where it stands for a variable: `b = a + 1; a = 2` would have two meanings of a.
        if syntax::is_reserved(name.text) || self.known(name).is_some() {
            let taken = Error::new(Code::NameTaken, self.source.field, name.text, "");
            return Err(self.source.at(start + name.offset, taken));
        }
        self.nodes[node].name.get_or_insert_with(|| name.text.to_owned());
        self.scope.push((name.text.to_owned(), node));
        Ok(())
    }

    fn check_length(&self, name: Name<'_>, start: usize) -> Result<()> {
        let length = name.text.chars().count();
        if length > LONGEST_NAME {
            let field = format!("{}.name", self.source.field);
            let long = Error::new(Code::OutsideRange, field, length, format!("1 … {LONGEST_NAME}"));
            return Err(self.source.at(start + name.offset, long));
        }
        Ok(())
    }

    /// Adds a node that is calculated from `inputs`; `offset` is where it comes from, for the message that there are
    /// too many.
    fn add(&mut self, operation: Operation, inputs: &[usize], offset: usize) -> Result<usize> {
        let to = self.nodes.len();
        if to == MOST_NODES {
            let field = format!("{}.nodes", self.source.field);
            let full = Error::new(Code::OutsideRange, field, to + 1, format!("1 … {MOST_NODES}"));
            return Err(self.source.at(offset, full));
        }
        let layer = inputs.iter().map(|&input| self.nodes[input].layer + 1).max().unwrap_or(0);
        let first = self.edges.len();
        self.edges.extend(inputs.iter().map(|&from| Edge { from, to }));
        self.nodes.push(Node { operation, name: None, layer, incoming: first..self.edges.len() });
        Ok(to)
    }
}

/// The number that a tree is when nothing but signs stand before it.
fn literal<V>(tree: &Tree<V>) -> Option<f64> {
    match tree {
        Tree::Number(value) => Some(*value),
        Tree::Apply(Function::Negate, argument) => literal(argument).map(|value| -value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(text: &str) -> Graph {
        Graph::parse("f", text).expect(text)
    }

    fn fault(text: &str) -> (Code, String, Option<usize>) {
        let error = Graph::parse("f", text).expect_err(text);
        (error.code, error.field, error.at)
    }

    #[test]
    fn a_name_is_one_node_however_often_it_is_used() {
        let graph = graph("x * x + x");
        assert_eq!(graph.variables(), ["x"]);
        assert_eq!(graph.nodes().len(), 3);
        let from_x = graph.edges().iter().filter(|edge| edge.from == 0).count();
        assert_eq!(from_x, 3);
    }

    #[test]
    fn intermediate_results_have_names() {
        let graph = graph("all_apple = apple * n_apple;\n总 = all_apple + 3；总 * tax;");
        assert_eq!(graph.variables(), ["apple", "n_apple", "tax"]);
        let symbol = |name: &str| graph.find(name).map(|node| graph.nodes()[node].symbol());
        assert_eq!(symbol("all_apple").as_deref(), Some("×"));
        assert_eq!(symbol("总").as_deref(), Some("+"));
        assert_eq!(graph.output(), graph.nodes().len() - 1);
    }

    #[test]
    fn the_output_is_the_last_expression_even_if_others_come_after_its_node() {
        let graph = graph("a = x + 1; b = a * 2; a");
        assert_eq!(Some(graph.output()), graph.find("a"));
        assert_eq!(super::super::Graph::parse("f", "y = x").expect("an alias").find("x"), Some(0));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let unreadable = |at| (Code::Expression, "f".to_owned(), Some(at));
        let taken = |at| (Code::NameTaken, "f".to_owned(), Some(at));
        for text in ["", "  ", ";", "\n;"] {
            assert_eq!(fault(text), unreadable(text.len()), "{text:?}");
        }
        assert_eq!(fault("苹果 = 2; 苹果 * "), unreadable(13));
        assert_eq!(fault("a = 1; foo(a)"), unreadable(7));
        assert_eq!(fault("x + 1 ; x + 2"), unreadable(5));
        assert_eq!(fault("a = 1; a = 2"), taken(7));
        assert_eq!(fault("x = x + 1"), taken(0));
        assert_eq!(fault("b = a; a = 2; b"), taken(7));
        assert_eq!(fault("pi = 3"), taken(0));
        assert_eq!(fault("max = 3"), taken(0));
    }

    #[test]
    fn sizes_have_limits() {
        let name = "n".repeat(LONGEST_NAME);
        assert_eq!(graph(&format!("{name} + 1")).variables(), [name.as_str()]);
        let outside = |field: &str, at| (Code::OutsideRange, field.to_owned(), at);
        assert_eq!(fault(&format!("1 + {name}n")), outside("f.name", Some(4)));
        assert_eq!(fault(&format!("{name}n = 1")), outside("f.name", Some(0)));
        assert_eq!(fault(&"1+".repeat(101)[..201]), outside("f", Some(0)));
        assert_eq!(fault(&" ".repeat(LONGEST + 1)), outside("f", None));
        assert_eq!(fault(&"(".repeat(LONGEST)).0, Code::OutsideRange);
        // Five lines of fifty sums share x: 501 nodes. Names cost none.
        let line = format!("x{}", "+1".repeat(50));
        let five: String = (0..5).map(|index| format!("a{index} = {line}\n")).collect();
        assert_eq!(graph(&five).nodes().len(), 501);
        assert_eq!(graph(&format!("{five}1+2+3+4+5+6")).nodes().len(), MOST_NODES);
        assert_eq!(fault(&format!("{five}1+2+3+4+5+6+7")).1, "f.nodes");
    }
}
