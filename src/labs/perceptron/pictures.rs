//! The perceptrons as a diagram, and the truth table.

use super::TABLE;
use super::gates::{GATES, INPUTS, Net, Unit, has, name};
use crate::chart::{Cell, CellFrame, Chart, Diagram, Edge, Key, Matrix, Node, Tone};
use crate::labs::parts::{shade, significant};
use crate::labs::sheet::Picture;
use crate::text::Text;

/// How strongly a 1 is shaded.
const ONE: f64 = 0.5;

/// The signal of an input on its way.
pub(super) fn network(net: &Net, input: usize) -> Picture {
    let mut diagram = Diagram { nodes: Vec::new(), edges: Vec::new() };
    let x = INPUTS[input];
    let mut before = column(&mut diagram, 0.0, ["x1", "x2"].map(str::to_owned), x);
    if let [s1, s2] = net.hidden[..] {
        let names = [("s1", s1), ("s2", s2)].map(|(unit, own)| format!("{unit}: {}", name(own.outputs())));
        let hidden = column(&mut diagram, 1.0, names, net.before(input));
        for (index, unit) in [s1, s2].into_iter().enumerate() {
            join(&mut diagram, before, x, hidden + 1 + index, &unit);
        }
        before = hidden;
    }
    let output = diagram.nodes.len();
    let values = net.before(input);
    let at = [if net.hidden.is_empty() { 1.0 } else { 2.0 }, 1.0];
    let own = if net.hidden.is_empty() { String::new() } else { format!(": {}", name(net.output.outputs())) };
    diagram.nodes.push(Node { at, ..neuron(net.output.fires(values), format!("y{own}")) });
    join(&mut diagram, before, values, output, &net.output);
    Picture { slot: "network", key: None, caption: Text::same(""), chart: Chart::Diagram(diagram) }
}

/// A bias and two neurons; the index of the bias.
fn column(diagram: &mut Diagram, column: f64, names: [String; 2], values: [f64; 2]) -> usize {
    let first = diagram.nodes.len();
    let bias = Node { words: Text::same("1"), note: Text::new("bias", "偏置"), ..Node::default() };
    diagram.nodes.push(Node { at: [column, 0.0], ..bias });
    for (index, (name, value)) in names.into_iter().zip(values).enumerate() {
        diagram.nodes.push(Node { at: [column, index as f64 + 1.0], ..neuron(value > 0.0, name) });
    }
    first
}

fn neuron(fires: bool, note: String) -> Node {
    Node {
        words: Text::same(if fires { "1" } else { "0" }),
        note: Text::same(note),
        shade: if fires { ONE } else { 0.0 },
        ..Node::default()
    }
}

/// The edges into a perceptron; those that bring a 1 are active.
fn join(diagram: &mut Diagram, first: usize, values: [f64; 2], to: usize, unit: &Unit) {
    let weights = [(unit.b, true), (unit.w[0], values[0] > 0.0), (unit.w[1], values[1] > 0.0)];
    let largest = weights.iter().fold(0.0, |largest: f64, (weight, _)| largest.max(weight.abs()));
    for (index, (weight, brings)) in weights.into_iter().enumerate() {
        diagram.edges.push(Edge {
            from: first + index,
            to,
            forward: significant(weight, 3),
            backward: String::new(),
            tone: if brings { Tone::Active } else { Tone::Plain },
            width: 1.0,
            shade: shade(weight, largest, false),
            key: None,
        });
    }
}

/// The truth table: the gates beside what the perceptron gives.
pub(super) fn truth(net: &Net, input: usize) -> Picture {
    let hidden = net.hidden.len();
    let mut names: Vec<&str> = vec!["x1", "x2"];
    names.extend(GATES.iter().map(|(_, name, _)| *name));
    names.extend(&["s1", "s2"][..hidden]);
    names.push("y");
    let columns = names.len();
    let (outputs, wanted) = (net.outputs(), net.wanted());
    let mut cells = Vec::with_capacity(INPUTS.len() * columns);
    for (row, x) in INPUTS.iter().enumerate() {
        let key = Some(Key(row as u32));
        let mut push = |one: bool, shade: f64, faint: bool| {
            let words = if one { "1" } else { "0" };
            let value = Some(f64::from(u8::from(one)));
            cells.push(Cell { words: words.to_owned(), value, shade, faint, key });
        };
        let plain = |one: bool| if one { ONE } else { 0.0 };
        x.iter().for_each(|&x| push(x > 0.0, 0.0, false));
        for (index, (.., gate)) in GATES.iter().enumerate() {
            push(
                has(*gate, row),
                if index == net.gate { plain(has(*gate, row)) } else { 0.0 },
                index != net.gate,
            );
        }
        net.hidden.iter().for_each(|unit| push(unit.fires(*x), plain(unit.fires(*x)), false));
        let one = has(outputs, row);
        push(one, if one == has(wanted, row) { plain(one) } else { -0.6 }, false);
    }
    let frame = |[row, column, rows, columns]: [usize; 4], color: u8, name: Text| CellFrame {
        row,
        column,
        rows,
        columns,
        stride: 1,
        color,
        name,
    };
    let gate = net.gate + 2;
    let frames = vec![
        // Arrow keys move the first.
        frame([input, gate, 1, 1], 1, Text::same("")),
        frame([input, 0, 1, columns], 1, Text::new("input", "输入")),
        frame([0, gate, INPUTS.len(), 1], 2, Text::new("gate", "逻辑门")),
        frame([0, columns - 1, INPUTS.len(), 1], 0, Text::new("output", "输出")),
    ];
    let chart = Chart::Matrix(Matrix {
        corner: Text::same(""),
        row_names: Vec::new(),
        column_names: names.into_iter().map(Text::same).collect(),
        columns,
        cells,
        frames,
        grip: Some(TABLE),
    });
    Picture { slot: "truth", key: None, caption: Text::same(""), chart }
}
