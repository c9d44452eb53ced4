//! A layer with matrices.

use ndarray::Array2;

use super::course::{Course, Reached};
use super::rules;
use crate::chart::{self, Chart, Diagram, Edge, Key, Matrix, Node, Outline, Tone};
use crate::function::operation::Function;
use crate::graph::layers::{LayerOperation, Layers};
use crate::labs::Moment;
use crate::labs::parts::{listed, number, shade, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{self, Cell, Notice, Number, Picture, Remedy, Row, Sheet, Table};
use crate::nn::gradient::BOOK_STEP;
use crate::text::Text;

/// Keys from here on are numbers of a node's matrix, so many for each node.
const NUMBERS: u32 = 1 << 8;
/// The key of the picture of ReLU's mask.
const MASK: Key = Key(NUMBERS - 1);

/// A layer and the matrices that go in.
pub(super) struct Layer {
    layers: Layers,
    /// The matrices that are given and the fields that hold them.
    given: Vec<Input>,
    /// ∂L/∂output, and the field that holds it where the output is not L itself.
    upstream: Input,
    /// The values of all nodes and their gradients; none where shapes do not fit.
    passes: Option<(Matrices, Matrices)>,
}

/// One matrix for each node.
type Matrices = Vec<Array2<f64>>;

/// A matrix that is given.
struct Input {
    field: &'static str,
    name: &'static str,
    matrix: Array2<f64>,
    /// The shape that fits the others.
    wanted: (usize, usize),
}

impl Layer {
    /// The layer of the settings; none where they ask for a calculation with numbers.
    pub(super) fn new(settings: &Settings) -> Option<Self> {
        let input = |field: &'static str, name: &'static str| {
            let rows = settings.rows(field);
            let columns = rows.first().map_or(0, Vec::len);
            let matrix = Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
                rows[row].get(column).copied().unwrap_or(0.0)
            });
            Input { field, name, wanted: matrix.dim(), matrix }
        };
        let (layers, mut given, mut upstream) = match settings.words("example") {
            "affine" => {
                let given = vec![input("x", "X"), input("w", "W"), input("b", "B")];
                (Layers::affine(), given, input("dy", "∂L/∂Y"))
            }
            "relu" => (Layers::relu(), vec![input("input", "x")], input("dout", "∂L/∂y")),
            "sigmoid" => (Layers::sigmoid(), vec![input("input", "x")], input("dout", "∂L/∂y")),
            "softmax" => {
                let one = Array2::ones((1, 1));
                let upstream = Input { field: "", name: "∂L/∂L", wanted: one.dim(), matrix: one };
                (Layers::softmax_with_loss(), vec![input("a", "a"), input("t", "t")], upstream)
            }
            _ => return None,
        };
        // What comes first is right; the others follow it.
        let (rows, columns) = given[0].matrix.dim();
        match &mut given[1..] {
            [w, b] => {
                w.wanted.0 = columns;
                b.wanted = (1, w.wanted.1);
                upstream.wanted = (rows, w.wanted.1);
            }
            [t] => t.wanted = (rows, columns),
            _ => upstream.wanted = (rows, columns),
        }
        let matrices: Vec<_> = given.iter().map(|input| input.matrix.clone()).collect();
        let passes = layers.forward(&matrices).ok().and_then(|values| {
            let gradients = layers.backward(&values, &upstream.matrix).ok()?;
            Some((values, gradients))
        });
        Some(Self { layers, given, upstream, passes })
    }

    pub(super) fn course(&self) -> Course {
        let steps = self.layers.steps();
        // Without numbers there is nothing to step through.
        let steps: Vec<_> = steps.filter(|_| self.passes.is_some()).collect();
        let backward = steps.iter().rev().copied().collect();
        Course::new(self.layers.nodes().len(), steps, backward)
    }

    pub(super) fn show(&self, moment: &Moment) -> Sheet {
        let reached = self.course().after(moment.step);
        let mut pictures = vec![Picture {
            slot: "graph",
            key: None,
            caption: Text::same(""),
            chart: Chart::Diagram(self.diagram(&reached)),
        }];
        let Some((values, gradients)) = &self.passes else {
            pictures.extend(self.given.iter().enumerate().map(given));
            return Sheet { notices: self.misfits(), pictures, ..Sheet::default() };
        };
        let chosen = moment.chosen.map(|key| key.0 as usize);
        let node = chosen.filter(|&node| node < values.len()).or(reached.node());
        let rule = node.filter(|&node| reached.passed[node]);
        let rule = rule.and_then(|node| rules::of_matrix(self.layers.nodes()[node].operation));
        pictures.extend(self.matrices(&reached, values, gradients));
        Sheet {
            notices: rule.into_iter().collect(),
            numbers: self.numbers(&reached, values, gradients, node),
            table: Some(self.table(&reached, values, gradients)),
            pictures,
        }
    }

    /// The matrices whose shapes do not fit.
    fn misfits(&self) -> Vec<Notice> {
        let inputs = self.given.iter().chain([&self.upstream]);
        let misfits = inputs.filter(|input| input.matrix.dim() != input.wanted);
        let notice = |input: &Input| {
            let (name, wanted, found) = (input.name, shape(input.wanted), shape(input.matrix.dim()));
            Notice {
                code: "shapes-differ",
                tone: sheet::Tone::Warning,
                text: told(
                    format!("{name} has the shape {found}. {wanted} fits the other matrices."),
                    format!("{name} 的形状是 {found}，与其他矩阵匹配的形状是 {wanted}。"),
                ),
                remedies: vec![Remedy::Set {
                    text: told(format!("Make {name} {wanted}"), format!("将 {name} 改为 {wanted}")),
                    settings: vec![(input.field, mended(input))],
                }],
            }
        };
        misfits.map(notice).collect()
    }

    fn numbers(
        &self,
        reached: &Reached,
        values: &[Array2<f64>],
        gradients: &[Array2<f64>],
        node: Option<usize>,
    ) -> Vec<Number> {
        let names = self.layers.nodes();
        let calculation = node.filter(|&node| reached.calculated[node]).map(|node| {
            let inputs: Vec<_> = names[node].inputs.iter().map(|&input| brief(&values[input])).collect();
            let own = brief(&values[node]);
            if inputs.is_empty() { own } else { format!("{} → {own}", inputs.join(", ")) }
        });
        let label = node.map_or(Text::new("Node", "节点"), |node| Text::same(names[node].name));
        let mut numbers = listed([reached.number(), number("node", label, calculation)]);
        let output = self.layers.output();
        if names[output].operation == LayerOperation::CrossEntropy {
            let loss = reached.calculated[output].then(|| significant(values[output][[0, 0]], 6));
            numbers.splice(0..0, number("loss", Text::new("Loss L", "损失 L"), loss));
            let back = reached.passed[1].then(|| row_of(&gradients[0]));
            let label = if values[0].nrows() > 1 { "(y − t) / N" } else { "y − t" };
            numbers.extend(number("difference", Text::same(label), back));
        }
        numbers
    }

    /// Each number that is given: its derivative by backpropagation beside that by differences.
    fn table(&self, reached: &Reached, values: &[Array2<f64>], gradients: &[Array2<f64>]) -> Table {
        let matrices: Vec<_> = self.given.iter().map(|input| input.matrix.clone()).collect();
        let nodes = self.layers.nodes().iter().enumerate().filter(|(_, node)| node.inputs.is_empty());
        let mut rows = Vec::new();
        for (which, (node, about)) in nodes.enumerate() {
            if about.name == "t" {
                continue;
            }
            let known = self.has_gradient(reached, node);
            let upstream = &self.upstream.matrix;
            let numerical = self.layers.numerical(&matrices, which, upstream, BOOK_STEP).unwrap_or_default();
            let columns = values[node].ncols();
            for (index, ((&value, &gradient), &difference)) in
                values[node].iter().zip(&gradients[node]).zip(&numerical).enumerate()
            {
                let derivative = |value: f64| {
                    if known { Cell::Number(value) } else { Cell::Words(Text::same("—")) }
                };
                let (row, column) = (index / columns, index % columns);
                rows.push(Row {
                    key: Some(number_key(node, index)),
                    cells: vec![
                        Cell::Words(Text::same(format!("{}[{row}, {column}]", about.name))),
                        Cell::Number(value),
                        derivative(gradient),
                        derivative(difference),
                        derivative((gradient - difference).abs()),
                    ],
                });
            }
        }
        let columns = vec![
            Text::new("Element", "元素"),
            Text::new("Value", "值"),
            Text::new("Derivative, backpropagation", "导数（反向传播）"),
            Text::new("Derivative, numerical", "导数（数值微分）"),
            Text::new("Difference", "差"),
        ];
        Table { columns, rows }
    }

    /// Whether the gradient of a node has come back.
    fn has_gradient(&self, reached: &Reached, node: usize) -> bool {
        let consumer = self.layers.nodes().iter().position(|other| other.inputs.contains(&node));
        consumer.map_or(reached.returning, |consumer| reached.passed[consumer])
    }

    /// Every matrix, empty as long as it is not reached.
    fn matrices(&self, reached: &Reached, values: &[Array2<f64>], gradients: &[Array2<f64>]) -> Vec<Picture> {
        let mut pictures = Vec::new();
        for (node, about) in self.layers.nodes().iter().enumerate() {
            let key = Some(Key(node as u32));
            let caption = Text::same(format!("{} {}", about.name, shape(values[node].dim())));
            let chart = matrix(&values[node], reached.calculated[node], node);
            pictures.push(Picture { slot: "values", key, caption, chart });
            if about.operation == LayerOperation::Apply(Function::Relu) {
                let caption = told("mask: x ≤ 0", "mask：x ≤ 0");
                let chart = mask(&values[0], reached.calculated[node]);
                pictures.push(Picture { slot: "values", key: Some(MASK), caption, chart });
            }
        }
        // In the order in which they come back.
        for (node, about) in
            self.layers.nodes().iter().enumerate().rev().filter(|(_, about)| about.name != "t")
        {
            let key = Some(Key(node as u32));
            let words = match about.name {
                "X" => "∂L/∂X = ∂L/∂Y · Wᵀ".to_owned(),
                "W" => "∂L/∂W = Xᵀ · ∂L/∂Y".to_owned(),
                name if name.contains([' ', '·', '−']) => format!("∂L/∂({name})"),
                name => format!("∂L/∂{name}"),
            };
            let caption = Text::same(format!("{words} {}", shape(gradients[node].dim())));
            let chart = matrix(&gradients[node], self.has_gradient(reached, node), node);
            pictures.push(Picture { slot: "gradients", key, caption, chart });
        }
        pictures
    }

    fn diagram(&self, reached: &Reached) -> Diagram {
        let nodes = self.layers.nodes();
        let output = self.layers.output();
        let fits = self.passes.is_some();
        let tone = |node: usize| {
            if reached.node() == Some(node) {
                Tone::Active
            } else if !fits && !nodes[node].inputs.is_empty() {
                Tone::Wrong
            } else if reached.calculated[node] {
                Tone::Plain
            } else {
                Tone::Faint
            }
        };
        let places = places(&self.layers);
        let drawn = nodes.iter().zip(&places).enumerate().map(|(index, (node, at))| {
            let (words, outline) = sign(node.operation, node.name);
            let named = !node.inputs.is_empty() && index != output;
            Node {
                at: *at,
                outline,
                words,
                note: Text::same(if named { node.name } else { "" }),
                tone: tone(index),
                key: Some(Key(index as u32)),
                ..Node::default()
            }
        });
        let [column, row] = places[output];
        let end = Node {
            at: [column + 1.0, row],
            outline: Outline::None,
            words: Text::same(nodes[output].name),
            tone: if reached.calculated[output] { Tone::Plain } else { Tone::Faint },
            ..Node::default()
        };
        let edge = |from: usize, to: usize, tone: Tone| {
            let words = |matrix: Option<&Array2<f64>>| matrix.map(brief).unwrap_or_default();
            let (values, gradients) = self.passes.as_ref().map(|(v, g)| (&v[from], &g[from])).unzip();
            let back = nodes[from].name != "t" && self.has_gradient(reached, from);
            let given = self.given.iter().find(|input| input.name == nodes[from].name);
            Edge {
                from,
                to,
                forward: words(
                    values.or(given.map(|input| &input.matrix)).filter(|_| reached.calculated[from]),
                ),
                backward: words(gradients.filter(|_| back)),
                tone,
                width: 1.0,
                shade: 0.0,
                key: None,
            }
        };
        let inner = nodes.iter().enumerate().flat_map(|(to, node)| {
            let edge = &edge;
            node.inputs.iter().map(move |&from| edge(from, to, tone(to)))
        });
        let last =
            edge(output, nodes.len(), if reached.calculated[output] { Tone::Plain } else { Tone::Faint });
        Diagram { edges: inner.chain([last]).collect(), nodes: drawn.chain([end]).collect() }
    }
}

/// The key of a number of a node's matrix.
fn number_key(node: usize, index: usize) -> Key {
    Key(NUMBERS * (node as u32 + 1) + index as u32)
}

/// A shape as NumPy writes it.
fn shape((rows, columns): (usize, usize)) -> String {
    format!("({rows}, {columns})")
}

/// What an edge says of a matrix: its number, or its shape where it has several.
fn brief(matrix: &Array2<f64>) -> String {
    if matrix.len() == 1 { significant(matrix[[0, 0]], 4) } else { shape(matrix.dim()) }
}

/// The numbers of a matrix, row after row.
fn row_of(matrix: &Array2<f64>) -> String {
    let row = |row: ndarray::ArrayView1<'_, f64>| {
        let numbers: Vec<_> = row.iter().map(|value| significant(*value, 3)).collect();
        format!("({})", numbers.join(", "))
    };
    matrix.rows().into_iter().map(row).collect::<Vec<_>>().join(" ")
}

/// The matrix of an input cut or filled with zeros until it fits, as the address spells it.
fn mended(input: &Input) -> String {
    let (rows, columns) = input.wanted;
    let number = |row: usize, column: usize| input.matrix.get((row, column)).copied().unwrap_or(0.0);
    let line = |row: usize| {
        let numbers: Vec<_> = (0..columns).map(|column| number(row, column).to_string()).collect();
        numbers.join(", ")
    };
    (0..rows).map(line).collect::<Vec<_>>().join("; ")
}

/// What is drawn for an operation.
fn sign(operation: LayerOperation, name: &'static str) -> (Text, Outline) {
    match operation {
        LayerOperation::Given => (Text::same(name), Outline::None),
        LayerOperation::Dot => (Text::same("dot"), Outline::Circle),
        LayerOperation::AddRow => (Text::same("+"), Outline::Circle),
        LayerOperation::Apply(Function::Negate) => (Text::same("× −1"), Outline::Box),
        LayerOperation::Apply(Function::Relu) => (Text::same("ReLU"), Outline::Box),
        LayerOperation::Apply(function) => (Text::same(function.symbol()), Outline::Circle),
        LayerOperation::AddOne => (Text::same("+ 1"), Outline::Box),
        LayerOperation::Reciprocal => (Text::same("/"), Outline::Circle),
        LayerOperation::Softmax => (Text::same("Softmax"), Outline::Box),
        LayerOperation::CrossEntropy => (Text::new("Cross-entropy error", "交叉熵误差"), Outline::Box),
    }
}

/// A place for each node: calculations in a line, what is given on their left or below.
fn places(layers: &Layers) -> Vec<[f64; 2]> {
    let mut places: Vec<[f64; 2]> = Vec::with_capacity(layers.nodes().len());
    let mut column = 0.0;
    for (index, node) in layers.nodes().iter().enumerate() {
        // What is given later than the first stands below the line, left of the node that takes it.
        let place = match (node.inputs.is_empty(), index) {
            (true, 0) => [0.0, 0.0],
            (true, _) => [column, 1.0],
            (false, _) => {
                column += 1.0;
                [column, 0.0]
            }
        };
        places.push(place);
    }
    places
}

/// A matrix as a picture; without numbers as long as it is not reached.
fn matrix(matrix: &Array2<f64>, known: bool, node: usize) -> Chart {
    let largest = matrix.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let cell = |(index, &value): (usize, &f64)| {
        let key = Some(number_key(node, index));
        if !known {
            return chart::Cell { faint: true, key, ..chart::Cell::default() };
        }
        let shade = shade(value, largest, true);
        chart::Cell { words: significant(value, 3), value: Some(value), shade, faint: false, key }
    };
    cells(matrix.ncols(), matrix.iter().enumerate().map(cell).collect())
}

/// Where ReLU lets nothing through, as NumPy prints it (book 5.5.1).
fn mask(x: &Array2<f64>, known: bool) -> Chart {
    let cell = |(index, &x): (usize, &f64)| chart::Cell {
        words: if !known {
            ""
        } else if x <= 0.0 {
            "True"
        } else {
            "False"
        }
        .to_owned(),
        faint: !known,
        key: Some(number_key(0, index)),
        ..chart::Cell::default()
    };
    cells(x.ncols(), x.iter().enumerate().map(cell).collect())
}

fn cells(columns: usize, cells: Vec<chart::Cell>) -> Chart {
    let corner = Text::same("");
    let (row_names, column_names, frames) = (vec![], vec![], vec![]);
    Chart::Matrix(Matrix {
        corner,
        row_names,
        column_names,
        columns: columns.max(1),
        cells,
        frames,
        grip: None,
    })
}

/// A matrix that is given, where others do not fit it.
fn given((index, input): (usize, &Input)) -> Picture {
    Picture {
        slot: "values",
        key: Some(Key(index as u32)),
        caption: Text::same(format!("{} {}", input.name, shape(input.matrix.dim()))),
        chart: matrix(&input.matrix, true, 0),
    }
}
