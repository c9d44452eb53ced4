//! Where the nodes of a graph stand in a picture.

use super::Graph;
use crate::order::smallest_first;

/// A place for each node: columns are layers, so edges run from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// [column, row] of each node, both from 0. Columns are whole; rows may lie between, and two nodes of a column are
    /// at least one row apart.
    pub places: Vec<[f64; 2]>,
    /// How many columns there are.
    pub columns: usize,
    /// How many rows there are, rounded up.
    pub rows: usize,
}

impl Graph {
    /// Numbers that go in stand below each other as they appear; every other node as near as it can to the middle of
    /// those it is calculated from.
    pub fn layout(&self) -> Layout {
        let columns = self.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
        let mut places = vec![[0.0; 2]; self.nodes.len()];
        let mut lowest: f64 = 0.0;
        for column in 0..columns {
            let wanted: Vec<_> = (self.nodes.iter().enumerate())
                .filter(|(_, node)| node.layer == column)
                .map(|(index, node)| {
                    let inputs = self.incoming(node);
                    let sum: f64 = inputs.iter().map(|edge| places[edge.from][1]).sum();
                    (index, sum / inputs.len().max(1) as f64)
                })
                .collect();
            // Stable: of those that want the same place the first comes first.
            let order = smallest_first(wanted.len(), |place| wanted[place].1);
            let mut free: f64 = 0.0;
            for (index, row) in order.into_iter().map(|place| wanted[place]) {
                let row = row.max(free);
                places[index] = [column as f64, row];
                free = row + 1.0;
                lowest = lowest.max(free);
            }
        }
        Layout { places, columns, rows: lowest.ceil() as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> (Graph, Layout) {
        let graph = Graph::parse("f", text).expect(text);
        let layout = graph.layout();
        (graph, layout)
    }

    #[test]
    fn the_fruit_shop_looks_as_in_the_book() {
        // Figure 5-17.
        let (graph, layout) = layout("(apple * apple_num + orange * orange_num) * tax");
        assert_eq!((layout.columns, layout.rows), (4, 5));
        let steps: Vec<_> = graph.steps().map(|step| layout.places[step]).collect();
        assert_eq!(steps, [[1.0, 0.5], [1.0, 2.5], [2.0, 1.5], [3.0, 2.75]]);
        assert_eq!(layout.places[graph.find("tax").expect("a variable")], [0.0, 4.0]);
    }

    #[test]
    fn the_longest_way_counts() {
        let (graph, _) = layout("x + exp(ln(x))");
        let layers: Vec<_> = graph.nodes().iter().map(|node| node.layer).collect();
        assert_eq!(layers, [0, 1, 2, 3]);
        assert_eq!(layout("1").1, Layout { places: vec![[0.0; 2]], columns: 1, rows: 1 });
    }

    #[test]
    fn no_two_nodes_meet() {
        let (_, layout) =
            layout("a = x*x; b = x+x; c = x-x; d = a*b*c; e1 = exp(x) + exp(x); max(d, e1) / x");
        for (index, [column, row]) in layout.places.iter().enumerate() {
            assert!(*column < layout.columns as f64 && *row <= layout.rows as f64 - 1.0);
            for [other, below] in &layout.places[..index] {
                assert!(column != other || (row - below).abs() >= 1.0);
            }
        }
    }
}
