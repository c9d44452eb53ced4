//! Three layers of one neuron each: linear ones are one, others are not.

use super::SIGNAL;
use super::activation::{Activation, RANGE, ring, sampled};
use crate::chart::{Chart, Diagram, Edge, Mark, Node, Outline, Plane, Scale, Tone};
use crate::labs::parts::{self, axis, fixed, number, plane, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Picture, Sheet};
use crate::text::Text;

/// As many as in the book.
const COUNT: usize = 3;
/// c, c², c³: what a layer is called that others were folded into.
const POWERS: [&str; COUNT] = ["c", "c²", "c³"];

/// Three layers that are the same.
pub(super) struct Layers {
    activation: Activation,
    c: f64,
    /// The bias: 0 where the activation is linear, as in the book.
    b: f64,
    /// What goes in.
    x: f64,
}

impl Layers {
    pub(super) fn new(settings: &Settings) -> Self {
        let activation = Activation::named(settings.words("activation"));
        let b = if activation == Activation::Identity { 0.0 } else { settings.number("b") };
        Self { activation, c: settings.number("c"), b, x: settings.number("signal") }
    }

    /// How often two layers can be folded into one.
    pub(super) fn folds(&self) -> u64 {
        if self.activation == Activation::Identity { COUNT as u64 - 1 } else { 0 }
    }

    /// After so many foldings.
    pub(super) fn sheet(&self, step: u64) -> Sheet {
        let folded = step.min(self.folds()) as usize;
        let output = significant(self.after(COUNT, self.x), 6);
        let weight = significant(self.power(COUNT), 6);
        Sheet {
            notices: Vec::new(),
            numbers: parts::listed([
                number("output", Text::new("Output y", "输出 y"), Some(output)),
                number("weight", Text::same("c³"), (self.folds() > 0).then_some(weight)),
            ]),
            table: None,
            pictures: vec![
                Picture {
                    slot: "layers",
                    key: None,
                    caption: self.caption(folded),
                    chart: Chart::Diagram(self.diagram(folded)),
                },
                Picture { slot: "outputs", key: None, caption: Text::same(""), chart: self.outputs() },
            ],
        }
    }

    /// What comes out of so many layers.
    fn after(&self, layers: usize, x: f64) -> f64 {
        (0..layers).fold(x, |signal, _| self.activation.at(self.c * signal + self.b))
    }

    fn power(&self, power: usize) -> f64 {
        (0..power).map(|_| self.c).product()
    }

    fn outputs(&self) -> Chart {
        let mut marks: Vec<_> = (1..=COUNT)
            .map(|layer| {
                let name = told(format!("layer {layer}"), format!("第 {layer} 层"));
                Mark::Line(sampled(name, layer as u8 - 1, &|x| self.after(layer, x)))
            })
            .collect();
        if self.folds() == 0 {
            let [slope, height] = self.straight();
            let name = Text::new("nearest straight line", "最接近的直线");
            marks.push(Mark::Line(sampled(name, 4, &|x| slope * x + height)));
        }
        marks.push(ring([self.x, self.after(COUNT, self.x)], SIGNAL));
        let y = axis(Text::new("output", "输出"), Scale::Linear);
        Chart::Plane(Plane { grip: Some(SIGNAL), ..plane(fixed(Text::same("x"), RANGE), y, marks) })
    }

    fn caption(&self, folded: usize) -> Text {
        let power = significant(self.power(folded + 1), 6);
        match (self.folds(), folded) {
            (0, _) => self.shape(),
            (_, 0) => told(
                format!("Three layers, each × {power}. Play folds them."),
                format!("三层，每层乘以 {power}。按“播放”合并。"),
            ),
            (_, 1) => told(
                format!("The first two layers are one: c² = {power}."),
                format!("前两层等于一层：c² = {power}。"),
            ),
            _ => told(
                format!("One layer with c³ = {power} does the same."),
                format!("权重为 c³ = {power} 的一层作用相同。"),
            ),
        }
    }

    /// What the output looks like over the plot.
    fn shape(&self) -> Text {
        let ends = [RANGE.0, RANGE.1].map(|x| self.after(COUNT, x));
        let [slope, height] = self.straight();
        let apart = inputs().map(|x| (self.after(COUNT, x) - (slope * x + height)).abs()).fold(0.0, f64::max);
        if apart > 1e-6 {
            Text::new("The output bends: no linear layer does that.", "输出有弯折：单独一个线性层做不到。")
        } else if (ends[0] - ends[1]).abs() < 1e-9 {
            Text::new(
                "The output is the same for every x: the signal is lost.",
                "对任何 x 输出都相同：信号丢失了。",
            )
        } else {
            Text::new(
                "In this plot nothing bends, so one linear layer will do.",
                "在图中的范围内没有弯折，一个线性层就够了。",
            )
        }
    }

    /// Slope and height at 0 of the straight line that comes nearest to the output, by least squares over the plot.
    fn straight(&self) -> [f64; 2] {
        // The inputs lie evenly about 0, so both are means by themselves.
        let (mut squares, mut products, mut sum, mut count) = (0.0, 0.0, 0.0, 0.0);
        for x in inputs() {
            let y = self.after(COUNT, x);
            (squares, products, sum, count) = (squares + x * x, products + x * y, sum + y, count + 1.0);
        }
        [products / squares, sum / count]
    }

    /// The layers as they are, and below them what they are folded into, or the linear layer that comes nearest.
    fn diagram(&self, folded: usize) -> Diagram {
        let mut diagram = Diagram { nodes: Vec::new(), edges: Vec::new() };
        (0..=folded).for_each(|row| self.push_row(&mut diagram, row, folded));
        if self.folds() == 0 {
            self.push_nearest(&mut diagram);
        }
        diagram
    }

    fn push_nearest(&self, diagram: &mut Diagram) {
        let [slope, height] = self.straight();
        let y = slope * self.x + height;
        let tone = if (y - self.after(COUNT, self.x)).abs() < 5e-4 { Tone::Plain } else { Tone::Wrong };
        let first = diagram.nodes.len();
        let words = Text::same(format!("{}x{}", significant(slope, 2), plus(height)));
        let note = Text::new("nearest linear layer", "最接近的线性层");
        diagram.nodes.extend([
            node([0.0, 1.0], Outline::None, named("x", self.x)),
            Node { note, tone, ..node([2.0, 1.0], Outline::Box, words) },
            Node { tone, ..node([COUNT as f64 + 1.0, 1.0], Outline::None, named("y", y)) },
        ]);
        diagram.edges.extend([0, 1].map(|index| edge(first + index, String::new())));
    }

    /// The layers after `row` foldings: x, what is left of them, y.
    fn push_row(&self, diagram: &mut Diagram, row: usize, folded: usize) {
        let left = COUNT - row;
        let first = diagram.nodes.len();
        let node = |column: f64, outline, words| node([column, row as f64], outline, words);
        diagram.nodes.push(node(0.0, Outline::None, named("x", self.x)));
        for layer in 0..left {
            // The first one holds those that were folded into it, and stands in their middle.
            let holds = if layer == 0 { row + 1 } else { 1 };
            let column = if layer == 0 { 1.0 + row as f64 / 2.0 } else { (layer + row + 1) as f64 };
            let tone = if layer == 0 && row > 0 && row == folded { Tone::Active } else { Tone::Plain };
            let note = if self.folds() > 0 { POWERS[holds - 1] } else { "" };
            let words = self.words(holds);
            diagram.nodes.push(Node { tone, note: Text::same(note), ..node(column, Outline::Box, words) });
        }
        let output = self.after(COUNT, self.x);
        diagram.nodes.push(node(COUNT as f64 + 1.0, Outline::None, named("y", output)));
        for index in 0..=left {
            let passed = if index == 0 || index == left {
                // It stands in the node.
                String::new()
            } else {
                significant(self.after(index + row, self.x), 4)
            };
            diagram.edges.push(edge(first + index, passed));
        }
    }

    /// What a layer does, or several of them folded.
    fn words(&self, holds: usize) -> Text {
        let weight = significant(self.power(holds), 4);
        if self.folds() > 0 {
            return Text::same(format!("× {weight}"));
        }
        let bias = if self.b == 0.0 { String::new() } else { plus(self.b) };
        let name = self.activation.name();
        told(format!("{}({weight}x{bias})", name.en), format!("{}({weight}x{bias})", name.zh))
    }
}

/// Inputs over the plot, evenly about 0.
fn inputs() -> impl Iterator<Item = f64> {
    (0..=60).map(|index| RANGE.0 + (RANGE.1 - RANGE.0) * f64::from(index) / 60.0)
}

fn node(at: [f64; 2], outline: Outline, words: Text) -> Node {
    Node { at, outline, words, ..Node::default() }
}

fn named(name: &str, value: f64) -> Text {
    Text::same(format!("{name} = {}", significant(value, 4)))
}

/// The edge from a node to the next, with what passes along it.
fn edge(from: usize, forward: String) -> Edge {
    let (backward, tone) = (String::new(), Tone::Plain);
    Edge { from, to: from + 1, forward, backward, tone, width: 1.5, shade: 0.0, key: None }
}

/// A number that is added: ` + 1`, ` − 0.5`.
fn plus(number: f64) -> String {
    let sign = if number < 0.0 { "−" } else { "+" };
    format!(" {sign} {}", significant(number.abs(), 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(name: &str, c: f64, b: f64) -> Layers {
        Layers { activation: Activation::named(name), c, b, x: 1.0 }
    }

    #[test]
    fn three_linear_layers_are_one_and_every_row_says_so() {
        let linear = layers("identity", -1.3, 0.0);
        for x in [-6.0, -0.5, 0.0, 2.0] {
            assert!((linear.after(COUNT, x) - linear.power(COUNT) * x).abs() < 1e-12);
        }
        for folded in 0..=2 {
            let diagram = layers("identity", 1.5, 0.0).diagram(folded);
            let mut products = vec![1.0; folded + 1];
            for node in &diagram.nodes {
                if let Some(weight) = node.words.en.strip_prefix("× ") {
                    products[node.at[1] as usize] *= weight.parse::<f64>().expect("a number");
                }
            }
            assert!(products.iter().all(|product| *product == 3.375), "{products:?}");
            let outputs = diagram.nodes.iter().filter(|node| node.words.en == "y = 3.375");
            assert_eq!(outputs.count(), folded + 1);
        }
    }

    #[test]
    fn the_nearest_line_is_the_curve_where_that_is_straight() {
        let [slope, height] = layers("relu", 0.1, 2.0).straight();
        // 0.1 · (0.1 · (0.1x + 2) + 2) + 2
        assert!((slope - 0.001).abs() < 1e-12 && (height - 2.22).abs() < 1e-12, "{slope} {height}");
        let wrong = |layers: &Layers| layers.diagram(0).nodes.iter().any(|node| node.tone == Tone::Wrong);
        assert!(wrong(&layers("relu", 1.5, 0.0)) && !wrong(&layers("relu", 0.1, 2.0)));
        assert!(!wrong(&layers("identity", 1.5, 0.0)));
    }

    #[test]
    fn the_caption_says_what_the_curve_does() {
        for (name, c, b, expected) in [
            ("relu", 1.5, 0.0, "bends"),
            ("relu", -1.5, 0.0, "same for every x"),
            ("relu", -1.5, 1.0, "bends"),
            ("relu", 0.1, 2.0, "nothing bends"),
            ("sigmoid", 0.5, 0.0, "bends"),
            ("tanh", 0.0, 1.0, "same for every x"),
            ("step", 2.0, 0.0, "bends"),
            ("identity", 1.5, 0.0, "each × 1.5"),
        ] {
            let caption = layers(name, c, b).caption(0);
            assert!(caption.en.contains(expected), "{name} {c} {b}: {}", caption.en);
        }
    }
}
