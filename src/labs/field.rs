//! The settings of a lab: what may be set, and the check of what came from outside.

use serde::Serialize;

use super::Place;
use crate::text::Text;

/// One setting. It makes the form, the URL, the check and the tests.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// The name in the URL and in messages, in camelCase.
    pub name: &'static str,
    /// The label beside the control.
    pub label: Text,
    /// One sentence on what it does.
    pub help: Text,
    /// What it may hold.
    pub kind: Kind,
    /// The value when nothing is set, spelled as in the URL.
    pub default: &'static str,
    /// Whether a change acts on the running experiment instead of starting it again.
    pub live: bool,
    /// Whether it stands in the run bar or among the other settings.
    pub place: Place,
    /// Shown only while another field holds one of these values.
    pub only: Option<(&'static str, &'static [&'static str])>,
}

impl Field {
    /// A field among the other settings, always shown, whose change starts the experiment again.
    pub const fn new(name: &'static str, label: Text, help: Text, kind: Kind, default: &'static str) -> Self {
        Self { name, label, help, kind, default, live: false, place: Place::More, only: None }
    }

    /// The same in the run bar.
    #[must_use]
    pub const fn main(mut self) -> Self {
        self.place = Place::Main;
        self
    }

    /// The same, but a change acts on the running experiment.
    #[must_use]
    pub const fn live(mut self) -> Self {
        self.live = true;
        self
    }

    /// The same, shown only while a choice holds one of some values.
    #[must_use]
    pub const fn only(mut self, choice: &'static str, values: &'static [&'static str]) -> Self {
        self.only = Some((choice, values));
        self
    }

    /// The same, shown under a condition that is an argument.
    #[must_use]
    pub const fn when(mut self, only: Option<(&'static str, &'static [&'static str])>) -> Self {
        self.only = only;
        self
    }

    /// The same with another default.
    #[must_use]
    pub const fn default(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }
}

/// What a field may hold.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Kind {
    /// A number on a logarithmic slider.
    Log {
        /// The lowest, above 0.
        min: f64,
        /// The highest.
        max: f64,
    },
    /// A number as on a logarithmic slider, or none, spelled `none`: that of a run beside the one whose number another
    /// field holds.
    Beside {
        /// The other field, a number too.
        of: &'static str,
        /// The lowest, above 0.
        min: f64,
        /// The highest.
        max: f64,
    },
    /// A number on a linear slider.
    Number {
        /// The lowest.
        min: f64,
        /// The highest.
        max: f64,
        /// The slider's step; values between are allowed.
        step: f64,
    },
    /// A whole number.
    Count {
        /// The lowest.
        min: u32,
        /// The highest.
        max: u32,
    },
    /// One of a few.
    Choice {
        /// The value in the URL and its words.
        options: &'static [Choice],
    },
    /// Yes or no, spelled `true` and `false`.
    Toggle,
    /// A function of these variables, typed.
    Expression {
        /// The variables.
        variables: &'static [&'static str],
    },
    /// A calculation with variables of any names, typed; see [`Graph::parse`](crate::graph::Graph::parse).
    Calculation,
    /// Labelled rows as comma-separated values, typed or pasted in several lines; see [`parse`](crate::data::csv::parse).
    Rows,
    /// Numbers with commas between: a list of learning rates.
    Numbers {
        /// The lowest of each.
        min: f64,
        /// The highest of each.
        max: f64,
        /// How many at most.
        most: usize,
    },
    /// Rows of as many numbers each, with commas between numbers and semicolons between rows.
    #[serde(rename_all = "camelCase")]
    Matrix {
        /// The lowest of each number.
        min: f64,
        /// The highest of each number.
        max: f64,
        /// How many rows at most.
        most_rows: usize,
        /// How many numbers in a row at most.
        most_columns: usize,
    },
}

/// One option of a choice.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// The value in the URL.
    pub value: &'static str,
    /// Its words.
    pub label: Text,
}

impl Choice {
    /// An option with its words.
    pub const fn new(value: &'static str, label: Text) -> Self {
        Self { value, label }
    }

    /// An option that is called the same in both languages.
    pub const fn same(value: &'static str, label: &'static str) -> Self {
        Self { value, label: Text::new(label, label) }
    }
}
