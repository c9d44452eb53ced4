//! What is seen of the network: how far its calculation is, in numbers and words.

use super::net::{Misfit, Net};
use super::pictures;
use crate::chart::Key;
use crate::labs::Moment;
use crate::labs::parts::{bracketed, listed, number, significant, told};
use crate::labs::sheet::{Cell, Notice, Number, Remedy, Row, Sheet, Table, Tone};
use crate::text::Text;

/// How many keys the neurons of an example have.
const EXAMPLE: u32 = 64;
/// How many keys a layer has.
const LAYER: u32 = 8;
/// Keys from here on are weights.
const WEIGHTS: u32 = 1 << 10;
/// The place of the bias among the neurons before a layer.
pub(super) const BIAS: usize = 7;

/// The key of a neuron of an example; those of the input are in column 0.
pub(super) fn neuron_key(example: usize, column: usize, neuron: usize) -> Key {
    Key(example as u32 * EXAMPLE + column as u32 * LAYER + neuron as u32)
}

/// The key of a weight or, from [`BIAS`], of a bias.
pub(super) fn weight_key(layer: usize, from: usize, to: usize) -> Key {
    Key(WEIGHTS + layer as u32 * EXAMPLE + from as u32 * LAYER + to as u32)
}

/// What the present step calculates.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Focus {
    Neuron { layer: usize, neuron: usize },
    Softmax,
}

/// The network at one moment.
pub(super) struct View<'a> {
    pub(super) net: &'a Net,
    /// How many steps are done.
    pub(super) done: usize,
    /// The example whose numbers stand in the network.
    pub(super) example: usize,
    pub(super) focus: Option<Focus>,
}

impl<'a> View<'a> {
    fn new(net: &'a Net, moment: &Moment) -> Self {
        let done = net.steps().min(usize::try_from(moment.step).unwrap_or(usize::MAX));
        let mut view = Self { net, done, example: 0, focus: None };
        view.focus = done.checked_sub(1).map(|last| view.neuron_of(last));
        // A neuron that is chosen is explained instead, and its example is shown.
        let chosen = moment.chosen.filter(|key| key.0 < WEIGHTS).map(|Key(key)| {
            let column = (key % EXAMPLE / LAYER) as usize;
            ((key / EXAMPLE) as usize, column, (key % LAYER) as usize)
        });
        if let Some((example, column, neuron)) = chosen.filter(|(example, ..)| *example < net.x.len()) {
            view.example = example;
            let layer = column.checked_sub(1).filter(|&layer| layer < net.layers.len());
            if let Some(layer) = layer.filter(|&layer| view.has_sum(layer, neuron)) {
                view.focus = Some(Focus::Neuron { layer, neuron });
            }
        }
        view
    }

    /// What a step calculates.
    fn neuron_of(&self, step: usize) -> Focus {
        let starts = (0..self.net.layers.len()).map(|layer| (layer, self.net.first_of(layer)));
        let layer = starts.take_while(|(_, first)| *first <= step).last();
        match layer.filter(|_| step < self.net.neurons()) {
            Some((layer, first)) => Focus::Neuron { layer, neuron: step - first },
            None => Focus::Softmax,
        }
    }

    /// Whether the sum of a neuron is calculated.
    pub(super) fn has_sum(&self, layer: usize, neuron: usize) -> bool {
        neuron < self.net.layers[layer].neurons() && self.net.first_of(layer) + neuron < self.done
    }

    /// Whether the output of a neuron is.
    pub(super) fn has_output(&self, layer: usize, neuron: usize) -> bool {
        let waits = layer + 1 == self.net.layers.len() && self.net.ends_together();
        self.has_sum(layer, neuron) && (!waits || self.done == self.net.steps())
    }

    /// The layer that is shown as matrices.
    pub(super) fn layer(&self) -> usize {
        match self.focus {
            Some(Focus::Neuron { layer, .. }) => layer,
            Some(Focus::Softmax) => self.net.layers.len() - 1,
            None => 0,
        }
    }

    fn numbers(&self) -> Vec<Number> {
        let last = &self.net.layers[self.net.layers.len() - 1];
        let y = &last.z[self.example];
        let outputs = (self.done == self.net.steps()).then(|| tuple(y));
        let sum = outputs.as_ref().filter(|_| self.net.ends_together());
        let sum = sum.map(|_| printed(y.iter().sum()));
        let mut numbers = listed([
            number("y", Text::new("Output y", "输出 y"), outputs),
            number("total", Text::new("Sum of y", "y 的总和"), sum),
        ]);
        if let Some(Focus::Neuron { layer, neuron }) = self.focus {
            numbers.extend(self.calculation(layer, neuron));
        }
        numbers
    }

    /// The weighted sum of a neuron written out, and what its activation function makes of it.
    fn calculation(&self, layer: usize, neuron: usize) -> Vec<Number> {
        let this = &self.net.layers[layer];
        let spell = |value: f64| bracketed(&significant(value, 4));
        let before = self.net.before(layer)[self.example].iter().zip(&this.w);
        let products = before.map(|(z, weights)| format!("{}·{}", spell(*z), spell(weights[neuron])));
        let terms: Vec<_> = products.chain([spell(this.b[neuron])]).collect();
        let (a, z) = (this.a[self.example][neuron], this.z[self.example][neuron]);
        let sum = format!("{} = {}", terms.join(" + "), printed(a));
        let output = self.has_output(layer, neuron) && this.h != "softmax";
        let output = output.then(|| format!("{}({}) = {}", this.h, significant(a, 4), printed(z)));
        listed([
            number("sum", Text::same(name("a", layer + 1, neuron)), Some(sum)),
            number("activated", Text::same(self.output_name(layer, neuron)), output),
        ])
    }

    /// z of a neuron, or y in the last layer.
    pub(super) fn output_name(&self, layer: usize, neuron: usize) -> String {
        if layer + 1 == self.net.layers.len() { name("y", 0, neuron) } else { name("z", layer + 1, neuron) }
    }

    /// Every neuron of the example.
    fn table(&self) -> Table {
        let known = |known: bool, value: f64| {
            if known { Cell::Number(value) } else { Cell::Words(Text::same("—")) }
        };
        let mut rows = Vec::new();
        for (layer, this) in self.net.layers.iter().enumerate() {
            for neuron in 0..this.neurons() {
                let (a, z) = (this.a[self.example][neuron], this.z[self.example][neuron]);
                rows.push(Row {
                    key: Some(neuron_key(self.example, layer + 1, neuron)),
                    cells: vec![
                        Cell::Words(Text::same(self.output_name(layer, neuron))),
                        known(self.has_sum(layer, neuron), a),
                        known(self.has_output(layer, neuron), z),
                    ],
                });
            }
        }
        let columns = vec![
            Text::new("Neuron", "神经元"),
            Text::new("Weighted sum a", "加权和 a"),
            Text::new("Output", "输出"),
        ];
        Table { columns, rows }
    }
}

pub(super) fn show(net: &Net, moment: &Moment) -> Sheet {
    let view = View::new(net, moment);
    Sheet {
        notices: net.misfits.iter().map(misfit).collect(),
        numbers: view.numbers(),
        table: Some(view.table()),
        pictures: pictures::all(&view),
    }
}

/// `(0.31682708, 0.69627909)`: as many digits as NumPy prints.
pub(super) fn tuple(values: &[f64]) -> String {
    let few = values.len() <= MANY;
    let words: Vec<_> =
        values.iter().map(|&value| if few { printed(value) } else { significant(value, 4) }).collect();
    format!("({})", words.join(", "))
}

/// A number with eight decimals where NumPy prints it so, else with eight digits.
fn printed(value: f64) -> String {
    let rounded = (value * 1e8).round() / 1e8;
    significant(if (1e-4..1.0).contains(&value.abs()) { rounded } else { value }, 8)
}

/// More numbers than this have fewer digits.
const MANY: usize = 4;

/// A shape as NumPy writes it; a bias, and an input of one row, have one axis.
pub(super) fn shape(rows: usize, columns: usize) -> String {
    if rows == 1 { format!("({columns},)") } else { format!("({rows}, {columns})") }
}

/// A letter with the number of a neuron below and that of its layer above, none for layer 0: `a₁⁽²⁾`.
pub(super) fn name(letter: &str, layer: usize, neuron: usize) -> String {
    const BELOW: [&str; 4] = ["₁", "₂", "₃", "₄"];
    const ABOVE: [&str; 4] = ["", "⁽¹⁾", "⁽²⁾", "⁽³⁾"];
    let of = |signs: [&'static str; 4], index: usize| signs.get(index).copied().unwrap_or_default();
    format!("{letter}{}{}", of(BELOW, neuron), of(ABOVE, layer))
}

fn misfit(misfit: &Misfit) -> Notice {
    let name = misfit.field.to_ascii_uppercase();
    let is_bias = name.starts_with('B');
    let spell = |(rows, columns): (usize, usize)| {
        if is_bias { format!("({columns},)") } else { format!("({rows}, {columns})") }
    };
    let (found, wanted) = (spell(misfit.found), spell(misfit.wanted));
    let line = |row: &Vec<f64>| row.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let mended = misfit.mended.iter().map(line).collect::<Vec<_>>().join("; ");
    Notice {
        code: "shapes-differ",
        tone: Tone::Warning,
        text: told(
            format!(
                "{name} has the shape {found}; {wanted} fits what comes before. Missing numbers count as 0."
            ),
            format!("{name} 的形状是 {found}，与前面匹配的形状是 {wanted}。缺少的元素视为 0。"),
        ),
        remedies: vec![Remedy::Set {
            text: told(format!("Make {name} {wanted}"), format!("将 {name} 改为 {wanted}")),
            settings: vec![(misfit.field, mended)],
        }],
    }
}
