//! The network as a diagram, and the present layer as matrices.

use super::network::{BIAS, Focus, View, name, neuron_key, shape, weight_key};
use crate::chart::{Cell, CellFrame, Chart, Diagram, Edge, Key, Matrix, Node, Tone};
use crate::labs::parts::{shade, significant};
use crate::labs::sheet::Picture;
use crate::text::Text;

const GOES_IN: Text = Text::new("goes into the sum", "参与求和");
const COMES_OUT: Text = Text::new("result", "结果");
/// The frames' colours.
const GOES_IN_COLOR: u8 = 1;
const COMES_OUT_COLOR: u8 = 2;

pub(super) fn all(view: &View<'_>) -> Vec<Picture> {
    let network =
        Picture { slot: "network", key: None, caption: Text::same(""), chart: Chart::Diagram(diagram(view)) };
    std::iter::once(network).chain(matrices(view)).collect()
}

fn largest<'v>(values: impl IntoIterator<Item = &'v f64>) -> f64 {
    values.into_iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

fn diagram(view: &View<'_>) -> Diagram {
    let net = view.net;
    let example = view.example;
    let inputs = &net.x[example];
    let widths: Vec<usize> =
        std::iter::once(inputs.len()).chain(net.layers.iter().map(|layer| layer.neurons())).collect();
    // Every column but the last has a node for the bias of the next layer.
    let height = |column: usize| widths[column] + usize::from(column + 1 < widths.len());
    let tallest = (0..widths.len()).map(height).max().unwrap_or(1);
    let (mut nodes, mut edges): (Vec<Node>, Vec<Edge>) = (Vec::new(), Vec::new());
    // The index of the bias node of the column before, its neurons right behind it.
    let mut before = 0;
    for (column, &width) in widths.iter().enumerate() {
        let first = nodes.len();
        let mut row = (tallest - height(column)) as f64 / 2.0;
        let mut push = |node: Node| {
            nodes.push(Node { at: [column as f64, row], ..node });
            row += 1.0;
        };
        if column + 1 < widths.len() {
            let note = Text::new("bias", "偏置");
            push(Node { words: Text::same("1"), note, ..Node::default() });
        }
        for neuron in 0..width {
            let key = Some(neuron_key(example, column, neuron));
            let node = match column.checked_sub(1) {
                None => Node {
                    words: Text::same(significant(inputs[neuron], 4)),
                    note: Text::same(name("x", 0, neuron)),
                    shade: shade(inputs[neuron], largest(inputs), true),
                    ..Node::default()
                },
                Some(layer) => self::neuron(view, layer, neuron),
            };
            push(Node { key, ..node });
        }
        if let Some(layer) = column.checked_sub(1) {
            let this = &net.layers[layer];
            let most = largest(this.w.iter().flatten().chain(&this.b));
            for to in 0..width {
                let focus = view.focus == Some(Focus::Neuron { layer, neuron: to });
                let tone = tone(focus, view.has_sum(layer, to));
                let biased = std::iter::once((BIAS, this.b[to]));
                let weights = this.w.iter().enumerate().map(|(from, weights)| (from, weights[to]));
                for (index, (from, weight)) in biased.chain(weights).enumerate() {
                    let strength = shade(weight, most, false);
                    edges.push(Edge {
                        from: before + index,
                        to: first + usize::from(column + 1 < widths.len()) + to,
                        forward: significant(weight, 4),
                        backward: String::new(),
                        tone,
                        width: 0.8 + 1.6 * strength.abs(),
                        shade: strength,
                        key: Some(weight_key(layer, from, to)),
                    });
                }
            }
        }
        before = first;
    }
    Diagram { nodes, edges }
}

fn tone(focus: bool, known: bool) -> Tone {
    match (focus, known) {
        (true, _) => Tone::Active,
        (_, true) => Tone::Plain,
        _ => Tone::Faint,
    }
}

/// A neuron that calculates: its output, and its sum below.
fn neuron(view: &View<'_>, layer: usize, neuron: usize) -> Node {
    let this = &view.net.layers[layer];
    let (a, z) = (this.a[view.example][neuron], this.z[view.example][neuron]);
    let sum = name("a", layer + 1, neuron);
    let has_output = view.has_output(layer, neuron);
    let together = view.focus == Some(Focus::Softmax) && layer + 1 == view.net.layers.len();
    let focus = together || view.focus == Some(Focus::Neuron { layer, neuron });
    let known = view.has_sum(layer, neuron);
    Node {
        words: Text::same(if has_output { significant(z, 4) } else { String::new() }),
        note: Text::same(if known { format!("{sum} = {}", significant(a, 4)) } else { sum }),
        tone: tone(focus, known),
        shade: if has_output { shade(z, largest(&this.z[view.example]), true) } else { 0.0 },
        ..Node::default()
    }
}

/// A matrix of the layer, with the key and whether it is known of each number, and a frame: its first row and column,
/// its rows and columns, and whether it is a result.
struct Numbers<'a> {
    name: String,
    rows: &'a [Vec<f64>],
    key: &'a dyn Fn(usize, usize) -> Key,
    known: &'a dyn Fn(usize) -> bool,
    frame: Option<([usize; 4], bool)>,
}

fn matrices(view: &View<'_>) -> Vec<Picture> {
    let net = view.net;
    let layer = view.layer();
    let this = &net.layers[layer];
    let before = net.before(layer);
    let is_last = layer + 1 == net.layers.len();
    let number = layer + 1;
    let input = if layer == 0 { "X".to_owned() } else { format!("Z{layer}") };
    let output = if is_last { "Y".to_owned() } else { format!("Z{number}") };
    let (examples, inputs, neurons) = (before.len(), this.w.len(), this.neurons());
    let row = view.example;
    let one = match view.focus {
        Some(Focus::Neuron { neuron, .. }) => Some(neuron),
        _ => None,
    };
    let whole = (view.focus == Some(Focus::Softmax)).then_some([row, 0, 1, neurons]);
    let bias = [this.b.clone()];
    let always = |_: usize| true;
    let has_sum = |neuron: usize| view.has_sum(layer, neuron);
    let has_output = |neuron: usize| view.has_output(layer, neuron);
    let result = one.map(|neuron| ([row, neuron, 1, 1], true));
    let matrices = [
        Numbers {
            name: format!("{input} {}", shape(examples, inputs)),
            rows: before,
            key: &|example, from| neuron_key(example, layer, from),
            known: &always,
            frame: one.map(|_| ([row, 0, 1, inputs], false)),
        },
        Numbers {
            name: format!("W{number} ({inputs}, {neurons})"),
            rows: &this.w,
            key: &|from, to| weight_key(layer, from, to),
            known: &always,
            frame: one.map(|neuron| ([0, neuron, inputs, 1], false)),
        },
        Numbers {
            name: format!("B{number} ({neurons},)"),
            rows: &bias,
            key: &|_, to| weight_key(layer, BIAS, to),
            known: &always,
            frame: one.map(|neuron| ([0, neuron, 1, 1], false)),
        },
        Numbers {
            name: format!("A{number} = {input}·W{number} + B{number} {}", shape(examples, neurons)),
            rows: &this.a,
            key: &|example, neuron| neuron_key(example, number, neuron),
            known: &has_sum,
            frame: result.or(whole.map(|whole| (whole, false))),
        },
        Numbers {
            name: format!("{output} = {}(A{number}) {}", this.h, shape(examples, neurons)),
            rows: &this.z,
            key: &|example, neuron| neuron_key(example, number, neuron),
            known: &has_output,
            frame: result.or(whole.map(|whole| (whole, true))),
        },
    ];
    matrices.iter().enumerate().map(matrix).collect()
}

fn matrix((index, numbers): (usize, &Numbers<'_>)) -> Picture {
    let most = largest(numbers.rows.iter().flatten());
    let columns = numbers.rows.first().map_or(1, Vec::len).max(1);
    let cell = |row: usize, column: usize, value: f64| {
        let key = Some((numbers.key)(row, column));
        if !(numbers.known)(column) {
            return Cell { faint: true, key, ..Cell::default() };
        }
        Cell {
            words: significant(value, 4),
            value: Some(value),
            shade: shade(value, most, true),
            faint: false,
            key,
        }
    };
    let rows = numbers.rows.iter().enumerate();
    let cells = rows
        .flat_map(|(row, values)| values.iter().enumerate().map(move |(column, &value)| (row, column, value)))
        .map(|(row, column, value)| cell(row, column, value))
        .collect();
    let frame = numbers.frame.map(|([row, column, rows, columns], is_result)| {
        let (color, name) = if is_result { (COMES_OUT_COLOR, COMES_OUT) } else { (GOES_IN_COLOR, GOES_IN) };
        CellFrame { row, column, rows, columns, stride: 1, color, name }
    });
    let chart = Chart::Matrix(Matrix {
        corner: Text::same(""),
        row_names: Vec::new(),
        column_names: Vec::new(),
        columns,
        cells,
        frames: frame.into_iter().collect(),
        grip: None,
    });
    Picture { slot: "layer", key: Some(Key(index as u32)), caption: Text::same(numbers.name.as_str()), chart }
}
