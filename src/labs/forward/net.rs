//! A network of three dense layers, calculated for every row of its input.

use crate::function::operation::Function;
use crate::labs::settings::Settings;
use crate::nn::loss::softmax;

/// Rows of a matrix.
pub(super) type Rows = Vec<Vec<f64>>;

/// The fields that hold a layer's weights and bias.
const LAYERS: [(&str, &str); 3] = [("w1", "b1"), ("w2", "b2"), ("w3", "b3")];

/// A network with what it makes of its input (book 3.4.3).
pub(super) struct Net {
    /// The input, an example in each row.
    pub(super) x: Rows,
    pub(super) layers: Vec<Layer>,
    /// What is given in a shape that does not fit.
    pub(super) misfits: Vec<Misfit>,
}

/// A layer: a = z·w + b of the outputs before, z = h(a).
pub(super) struct Layer {
    /// `[neurons before, neurons]`
    pub(super) w: Rows,
    pub(super) b: Vec<f64>,
    /// `[examples, neurons]`
    pub(super) a: Rows,
    pub(super) z: Rows,
    /// The name of h.
    pub(super) h: &'static str,
}

impl Layer {
    pub(super) fn neurons(&self) -> usize {
        self.b.len()
    }
}

/// A matrix that does not fit what comes before it.
pub(super) struct Misfit {
    pub(super) field: &'static str,
    pub(super) found: (usize, usize),
    pub(super) wanted: (usize, usize),
    /// The matrix cut or filled with zeros.
    pub(super) mended: Rows,
}

impl Net {
    pub(super) fn new(settings: &Settings) -> Self {
        let x = settings.rows("x").to_vec();
        let (mut layers, mut misfits): (Vec<Layer>, Vec<Misfit>) = (Vec::new(), Vec::new());
        for (index, (w, b)) in LAYERS.into_iter().enumerate() {
            let is_last = index + 1 == LAYERS.len();
            let before = layers.last().map_or(&x, |layer| &layer.z);
            let mut fitted = |field: &'static str, wanted: (usize, usize)| {
                let rows = settings.rows(field);
                let found = (rows.len(), width(rows));
                let number = |row: usize, column: usize| rows.get(row).and_then(|row| row.get(column));
                let line = |row: usize| {
                    (0..wanted.1).map(|column| number(row, column).copied().unwrap_or(0.0)).collect()
                };
                let mended: Rows = (0..wanted.0).map(line).collect();
                if found != wanted {
                    misfits.push(Misfit { field, found, wanted, mended: mended.clone() });
                }
                mended
            };
            let neurons = width(settings.rows(w));
            let w = fitted(w, (width(before), neurons));
            let b = fitted(b, (1, neurons)).pop().unwrap_or_default();
            let h = named(settings.words(if is_last { "output" } else { "activation" }));
            let a: Rows = before.iter().map(|z| sums(z, &w, &b)).collect();
            let z = a.iter().map(|a| activated(h, a)).collect();
            layers.push(Layer { w, b, a, z, h });
        }
        Self { x, layers, misfits }
    }

    /// What goes into a layer.
    pub(super) fn before(&self, layer: usize) -> &Rows {
        layer.checked_sub(1).map_or(&self.x, |before| &self.layers[before].z)
    }

    /// How many neurons there are before a layer.
    pub(super) fn first_of(&self, layer: usize) -> usize {
        self.layers[..layer].iter().map(Layer::neurons).sum()
    }

    /// How many neurons calculate.
    pub(super) fn neurons(&self) -> usize {
        self.first_of(self.layers.len())
    }

    /// Whether the outputs are calculated together, once all their sums are there.
    pub(super) fn ends_together(&self) -> bool {
        self.layers.last().is_some_and(|layer| layer.h == "softmax")
    }

    /// A step for each neuron, and one for softmax.
    pub(super) fn steps(&self) -> usize {
        self.neurons() + usize::from(self.ends_together())
    }
}

fn width(rows: &[Vec<f64>]) -> usize {
    rows.first().map_or(0, Vec::len)
}

/// z·w + b for one example.
fn sums(z: &[f64], w: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let sum = |(neuron, b): (usize, &f64)| {
        let products = z.iter().zip(w).map(|(z, weights)| z * weights[neuron]);
        products.sum::<f64>() + b
    };
    b.iter().enumerate().map(sum).collect()
}

/// The name of a function that the settings name.
fn named(words: &str) -> &'static str {
    let names = ["sigmoid", "step", "relu", "tanh", "softmax"];
    names.into_iter().find(|name| *name == words).unwrap_or("identity")
}

/// h(a) of all neurons of a layer, book 3.2 and 3.5.
fn activated(h: &str, a: &[f64]) -> Vec<f64> {
    let each = |of: fn(f64) -> f64| a.iter().map(|&a| of(a)).collect();
    match h {
        "sigmoid" => each(|a| Function::Sigmoid.of(a)),
        "step" => each(|a| if a > 0.0 { 1.0 } else { 0.0 }),
        "relu" => each(|a| Function::Relu.of(a)),
        "tanh" => each(|a| Function::Tanh.of(a)),
        "softmax" => {
            let mut y = a.to_vec();
            softmax(&mut y);
            y
        }
        _ => a.to_vec(),
    }
}
