//! Perceptrons, gates, and which gate a perceptron is.

use crate::labs::settings::Settings;

/// The inputs in the order of the book's truth tables.
pub(super) const INPUTS: [[f64; 2]; 4] = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];

/// The gates of chapter 2: value in the address, name, and output for each input, the first in the lowest bit.
pub(super) const GATES: [(&str, &str, u8); 4] =
    [("and", "AND", 0b1000), ("nand", "NAND", 0b0111), ("or", "OR", 0b1110), ("xor", "XOR", 0b0110)];

/// What no line can separate: XOR and its opposite.
const INSEPARABLE: [u8; 2] = [0b0110, 0b1001];

/// The names of all functions of two inputs, by their outputs.
const NAMES: [&str; 16] = [
    "0",
    "NOR",
    "x1 AND NOT x2",
    "NOT x2",
    "NOT x1 AND x2",
    "NOT x1",
    "XOR",
    "NAND",
    "AND",
    "XNOR",
    "x1",
    "x1 OR NOT x2",
    "x2",
    "NOT x1 OR x2",
    "OR",
    "1",
];

/// y = 1 where w·x + b > 0, else 0 (book 2.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) w: [f64; 2],
    pub(super) b: f64,
}

impl Unit {
    fn new(numbers: &[f64]) -> Self {
        let number = |index: usize| numbers.get(index).copied().unwrap_or(0.0);
        Self { w: [number(0), number(1)], b: number(2) }
    }

    pub(super) fn sum(&self, [x1, x2]: [f64; 2]) -> f64 {
        self.w[0] * x1 + self.w[1] * x2 + self.b
    }

    pub(super) fn fires(&self, x: [f64; 2]) -> bool {
        self.sum(x) > 0.0
    }

    /// The outputs for all inputs, the first in the lowest bit.
    pub(super) fn outputs(&self) -> u8 {
        pack(|input| self.fires(INPUTS[input]))
    }

    /// The same weights with the bias that leads the line through a place.
    pub(super) fn through(&self, [x1, x2]: [f64; 2]) -> Self {
        Self { b: -(self.w[0] * x1 + self.w[1] * x2), ..*self }
    }

    /// The same line with weights and bias no larger than allowed.
    pub(super) fn within(&self, weight: f64, bias: f64) -> Self {
        let largest = (self.w[0].abs().max(self.w[1].abs()) / weight).max(self.b.abs() / bias);
        if largest <= 1.0 {
            return *self;
        }
        Self { w: self.w.map(|w| w / largest), b: self.b / largest }
    }
}

/// One perceptron, or two before another.
pub(super) struct Net {
    /// s1 and s2; none where there is one perceptron.
    pub(super) hidden: Vec<Unit>,
    pub(super) output: Unit,
    /// The index of the gate that it is compared with.
    pub(super) gate: usize,
}

impl Net {
    pub(super) fn new(settings: &Settings) -> Self {
        let gate = GATES.iter().position(|(value, ..)| *value == settings.words("gate")).unwrap_or(0);
        if settings.words("network") == "two" {
            let unit = |name: &str| Unit::new(settings.numbers(name));
            return Self { hidden: vec![unit("s1"), unit("s2")], output: unit("y"), gate };
        }
        let output = Unit::new(&["w1", "w2", "b"].map(|name| settings.number(name)));
        Self { hidden: Vec::new(), output, gate }
    }

    /// What goes into the last perceptron: the input itself, or s1 and s2.
    pub(super) fn before(&self, input: usize) -> [f64; 2] {
        let x = INPUTS[input];
        match self.hidden[..] {
            [s1, s2] => [s1, s2].map(|unit| f64::from(u8::from(unit.fires(x)))),
            _ => x,
        }
    }

    /// The outputs for all inputs, the first in the lowest bit.
    pub(super) fn outputs(&self) -> u8 {
        pack(|input| self.output.fires(self.before(input)))
    }

    /// What the gate gives.
    pub(super) fn wanted(&self) -> u8 {
        GATES[self.gate].2
    }

    /// Why no weights of the last perceptron can give the gate.
    pub(super) fn obstacle(&self) -> Option<Obstacle> {
        // What the last perceptron is to give for each of its own inputs, where it is told.
        let mut wanted: [Option<(bool, usize)>; 4] = [None; 4];
        for input in 0..4 {
            let [s1, s2] = self.before(input);
            let place = usize::from(s1 > 0.0) + 2 * usize::from(s2 > 0.0);
            let own = has(self.wanted(), input);
            match wanted[place] {
                Some((other, first)) if other != own => return Some(Obstacle::Same(first, input)),
                Some(_) => {}
                None => wanted[place] = Some((own, input)),
            }
        }
        let told = wanted.iter().flatten().count() == 4;
        let outputs = pack(|place| wanted[place].is_some_and(|(own, _)| own));
        (told && INSEPARABLE.contains(&outputs)).then_some(Obstacle::NoLine)
    }
}

/// Why a gate is out of reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Obstacle {
    /// Two inputs, by their index, that should give different outputs give the same s1 and s2.
    Same(usize, usize),
    /// No line separates the inputs of the last perceptron as the gate asks for.
    NoLine,
}

/// Outputs as bits.
fn pack(of: impl Fn(usize) -> bool) -> u8 {
    (0..4).map(|input| u8::from(of(input)) << input).sum()
}

/// The output for an input.
pub(super) fn has(outputs: u8, input: usize) -> bool {
    outputs >> input & 1 == 1
}

/// What a function of two inputs is called.
pub(super) fn name(outputs: u8) -> &'static str {
    NAMES.get(usize::from(outputs)).copied().unwrap_or_default()
}
