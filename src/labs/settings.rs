//! Checked settings: what a lab may rely on.

use super::field::{Field, Kind};
use crate::data::csv;
use crate::error::{Code, Error, Result};
use crate::function::expression::Expression;
use crate::graph::Graph;

/// What a visitor set, as text by field name, before it is checked. They are few: a list serves as well as a map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawSettings(Vec<(String, String)>);

impl RawSettings {
    /// Nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a field is set to.
    pub fn get(&self, name: &str) -> Option<&String> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, text)| text)
    }

    /// Sets a field.
    pub fn insert(&mut self, name: String, text: String) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = text,
            None => self.0.push((name, text)),
        }
    }

    /// Names and texts, in the order in which they were first set.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter().map(|(name, text)| (name, text))
    }
}

impl Extend<(String, String)> for RawSettings {
    fn extend<I: IntoIterator<Item = (String, String)>>(&mut self, settings: I) {
        settings.into_iter().for_each(|(name, text)| self.insert(name, text));
    }
}

impl FromIterator<(String, String)> for RawSettings {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(settings: I) -> Self {
        let mut raw = Self::new();
        raw.extend(settings);
        raw
    }
}

impl<const N: usize> From<[(String, String); N]> for RawSettings {
    fn from(settings: [(String, String); N]) -> Self {
        settings.into_iter().collect()
    }
}

/// A value for each field of a lab, each within what the field allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings(Vec<(&'static str, Value)>);

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Number(f64),
    /// No number, where there need not be one.
    Nothing,
    Words(String),
    /// Rows of numbers of equal length; a list is one row.
    Rows(Vec<Vec<f64>>),
    /// Yes or no.
    Yes(bool),
}

impl Settings {
    /// Checks raw settings; fields that are not set take their default.
    ///
    /// # Errors
    /// Every fault there is, in the order of the fields, unknown fields last.
    pub fn check(fields: &[Field], raw: &RawSettings) -> Result<Self, Vec<Error>> {
        let mut faults = Vec::new();
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let text = raw.get(field.name).map_or(field.default, String::as_str);
            // Lines are counted from the first one, empty or not.
            let text = if matches!(field.kind, Kind::Rows) { text } else { text.trim() };
            match field.kind.check(field.name, text) {
                Ok(value) => values.push((field.name, value)),
                Err(fault) => faults.push(fault),
            }
        }
        let known = |name: &str| fields.iter().any(|field| field.name == name);
        let names = || fields.iter().map(|field| field.name).collect::<Vec<_>>().join(" | ");
        let unknown = raw.iter().filter(|(name, _)| !known(name));
        faults.extend(unknown.map(|(name, value)| Error::new(Code::UnknownField, name, value, names())));
        if faults.is_empty() { Ok(Self(values)) } else { Err(faults) }
    }

    /// Settings that a test names.
    #[cfg(test)]
    pub(super) fn of(fields: &[Field], pairs: &[(&str, &str)]) -> Self {
        let raw = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::check(fields, &raw).expect("allowed")
    }

    /// A number, slider or count.
    pub fn number(&self, name: &str) -> f64 {
        match self.find(name) {
            Some(Value::Number(number)) => *number,
            _ => f64::NAN,
        }
    }

    /// A number that need not be there.
    pub fn optional(&self, name: &str) -> Option<f64> {
        match self.find(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A whole number.
    pub fn count(&self, name: &str) -> u32 {
        self.number(name) as u32
    }

    /// The value of a choice, or an expression or rows as they were typed.
    pub fn words(&self, name: &str) -> &str {
        match self.find(name) {
            Some(Value::Words(words)) => words,
            _ => "",
        }
    }

    /// A list of numbers.
    pub fn numbers(&self, name: &str) -> &[f64] {
        match self.find(name) {
            Some(Value::Rows(rows)) => rows.first().map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// The rows of a matrix, each as long as the first.
    pub fn rows(&self, name: &str) -> &[Vec<f64>] {
        match self.find(name) {
            Some(Value::Rows(rows)) => rows,
            _ => &[],
        }
    }

    /// Whether a toggle is on.
    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.find(name), Some(Value::Yes(true)))
    }

    /// Whether a field holds the same in both, however it was spelled.
    pub fn agrees(&self, others: &Self, name: &str) -> bool {
        self.find(name) == others.find(name)
    }

    /// Whether a field holds its default, however it was spelled.
    pub fn is_default(&self, field: &Field) -> bool {
        field.kind.check(field.name, field.default).is_ok_and(|usual| self.find(field.name) == Some(&usual))
    }

    /// The numbers of a field as they are spelled in the address, row by row; nothing for other fields.
    pub fn spelled(&self, name: &str) -> Vec<Vec<String>> {
        self.rows(name).iter().map(|row| row.iter().map(f64::to_string).collect()).collect()
    }

    /// Whether these differ from `others` in nothing but fields that act on a running experiment.
    pub fn only_live_changes(&self, others: &Self, fields: &[Field]) -> bool {
        let kept = fields.iter().filter(|field| !field.live);
        kept.map(|field| field.name).all(|name| self.agrees(others, name))
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }
}

/// How the absence of a number is spelled. Not as nothing at all, which is what one types on the way to another number.
pub const NONE: &str = "none";

impl Kind {
    fn check(&self, name: &str, text: &str) -> Result<Value> {
        match *self {
            Self::Log { min, max } | Self::Number { min, max, .. } => {
                number(name, text, min, max).map(Value::Number)
            }
            Self::Beside { .. } if text == NONE => Ok(Value::Nothing),
            Self::Beside { min, max, .. } => number(name, text, min, max)
                .map(Value::Number)
                .map_err(|error| Error { allowed: format!("{NONE} | {}", error.allowed), ..error }),
            Self::Count { min, max } => {
                let (min, max) = (f64::from(min), f64::from(max));
                let value = number(name, text, min, max)?;
                if value.fract() != 0.0 {
                    return Err(Error::new(
                        Code::OutsideRange,
                        name,
                        text,
                        format!("{min}, {} … {max}", min + 1.0),
                    ));
                }
                Ok(Value::Number(value))
            }
            Self::Choice { options } => {
                if options.iter().any(|option| option.value == text) {
                    return Ok(Value::Words(text.to_owned()));
                }
                let allowed = options.iter().map(|option| option.value).collect::<Vec<_>>().join(" | ");
                Err(Error::new(Code::NotAChoice, name, text, allowed))
            }
            Self::Toggle => match text {
                "true" => Ok(Value::Yes(true)),
                "false" => Ok(Value::Yes(false)),
                _ => Err(Error::new(Code::NotAChoice, name, text, "true | false")),
            },
            Self::Expression { variables } => match *variables {
                [x] => Expression::parse(name, text, [x]).map(drop),
                [x0, x1] => Expression::parse(name, text, [x0, x1]).map(drop),
                _ => Graph::parse(name, text).map(drop),
            }
            .map(|()| Value::Words(text.to_owned())),
            Self::Calculation => Graph::parse(name, text).map(|_| Value::Words(text.to_owned())),
            Self::Rows => csv::parse(name, text).map(|_| Value::Words(text.to_owned())),
            Self::Numbers { min, max, most } => {
                let row = numbers(name, text, min, max, most)?;
                Ok(Value::Rows(vec![row]))
            }
            Self::Matrix { min, max, most_rows, most_columns } => {
                let lines: Vec<_> = text.trim_end_matches(is_row_end).split(is_row_end).collect();
                if lines.len() > most_rows {
                    return Err(length_error(&format!("{name}.length"), lines.len(), most_rows));
                }
                let row = |(index, line): (usize, &&str)| {
                    numbers(&format!("{name}[{index}]"), line, min, max, most_columns)
                };
                let rows: Vec<Vec<f64>> = lines.iter().enumerate().map(row).collect::<Result<_>>()?;
                let columns = rows[0].len();
                match rows.iter().position(|row| row.len() != columns) {
                    None => Ok(Value::Rows(rows)),
                    Some(index) => {
                        let field = format!("{name}[{index}].length");
                        Err(Error::new(Code::SizeMismatch, field, rows[index].len(), columns.to_string()))
                    }
                }
            }
        }
    }
}

fn is_row_end(character: char) -> bool {
    matches!(character, ';' | '；' | '\n')
}

fn length_error(field: &str, length: usize, most: usize) -> Error {
    Error::new(Code::OutsideRange, field, length, format!("1 … {most}"))
}

/// Reads numbers with commas, in either script, or space between.
fn numbers(name: &str, text: &str, min: f64, max: f64, most: usize) -> Result<Vec<f64>> {
    let separates = |character: char| matches!(character, ',' | '，' | '、') || character.is_whitespace();
    let parts: Vec<_> = text.split(separates).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() || parts.len() > most {
        return Err(length_error(&format!("{name}.length"), parts.len(), most));
    }
    let part = |(index, part): (usize, &str)| number(&format!("{name}[{index}]"), part, min, max);
    parts.into_iter().enumerate().map(part).collect()
}

/// Reads a number as Rust writes it: `0.1`, `1e-4`; never `inf` or `nan`.
fn number(name: &str, text: &str, min: f64, max: f64) -> Result<f64> {
    let allowed = format!("{min} … {max}");
    let value: f64 = text.parse().map_err(|_| Error::new(Code::NotANumber, name, text, &allowed))?;
    if !(min..=max).contains(&value) {
        let code = if value.is_nan() { Code::NotANumber } else { Code::OutsideRange };
        return Err(Error::new(code, name, text, allowed));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::Place;
    use crate::labs::field::Choice;
    use crate::text::Text;

    const LABEL: Text = Text::new("", "");
    const OPTIONS: &[Choice] =
        &[Choice { value: "sgd", label: LABEL }, Choice { value: "adam", label: LABEL }];

    fn field(name: &'static str, kind: Kind, default: &'static str, live: bool) -> Field {
        Field { name, label: LABEL, help: LABEL, kind, default, live, place: Place::More, only: None }
    }

    fn fields() -> Vec<Field> {
        vec![
            field("rate", Kind::Log { min: 1e-4, max: 10.0 }, "0.1", true),
            field("units", Kind::Count { min: 1, max: 100 }, "50", false),
            field("rule", Kind::Choice { options: OPTIONS }, "sgd", false),
            field("beside", Kind::Beside { of: "rate", min: 1e-4, max: 10.0 }, "none", true),
            field("rates", Kind::Numbers { min: 0.0, max: 1.0, most: 2 }, "0.1", false),
            field("f", Kind::Expression { variables: &["x0", "x1"] }, "x0 + x1", false),
            field("shown", Kind::Toggle, "false", false),
            field(
                "cells",
                Kind::Matrix { min: -9.0, max: 9.0, most_rows: 2, most_columns: 3 },
                "1, 2; 3, 4",
                false,
            ),
        ]
    }

    fn check(pairs: &[(&str, &str)]) -> Result<Settings, Vec<Error>> {
        let raw = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::check(&fields(), &raw)
    }

    #[test]
    fn what_is_not_set_takes_its_default() {
        let settings = check(&[("rate", " 1e-3 "), ("rates", "0.5, 1")]).expect("allowed");
        assert_eq!(
            (settings.number("rate"), settings.count("units"), settings.words("rule")),
            (1e-3, 50, "sgd")
        );
        assert_eq!(settings.numbers("rates"), [0.5, 1.0]);
    }

    #[test]
    fn a_number_beside_another_may_be_missing() {
        let beside = |pairs| check(pairs).expect("allowed").optional("beside");
        assert_eq!((beside(&[]), beside(&[("beside", "0.5")])), (None, Some(0.5)));
        let fault = &check(&[("beside", "20")]).expect_err("too high")[0];
        assert_eq!(fault.allowed, "none | 0.0001 … 10");
    }

    #[test]
    fn every_fault_is_found() {
        let code = |name: &str, value: &str| check(&[(name, value)]).expect_err(value)[0].code;
        assert_eq!(code("rate", "abc"), Code::NotANumber);
        assert_eq!(code("rate", ""), Code::NotANumber);
        assert_eq!(code("rate", "nan"), Code::NotANumber);
        assert_eq!(code("rate", "inf"), Code::OutsideRange);
        assert_eq!(code("rate", "1e999"), Code::OutsideRange);
        assert_eq!((code("beside", ""), code("beside", "0")), (Code::NotANumber, Code::OutsideRange));
        assert_eq!(code("units", "1.5"), Code::OutsideRange);
        assert_eq!(code("units", "-1"), Code::OutsideRange);
        assert_eq!(code("rule", "SGD"), Code::NotAChoice);
        assert_eq!(code("rates", "1 1 1"), Code::OutsideRange);
        assert_eq!(code("f", "x0 +"), Code::Expression);
        assert_eq!(code("shown", "yes"), Code::NotAChoice);
        assert_eq!(code("cells", "1; 2; 3"), Code::OutsideRange);
        assert_eq!(code("cells", "1, 2; 3"), Code::SizeMismatch);
        assert_eq!(code("cells", "1, 10"), Code::OutsideRange);
        assert_eq!(check(&[("rates", "0.1, 2")]).expect_err("too high")[0].field, "rates[1]");
        assert_eq!(code("colour", "red"), Code::UnknownField);
        assert_eq!(check(&[("rate", "x"), ("units", "0"), ("y", "")]).expect_err("three").len(), 3);
    }

    #[test]
    fn a_list_has_one_grammar_and_one_spelling() {
        let spelled = |text| check(&[("rates", text)]).expect(text).spelled("rates");
        for text in ["0.1, 1", "0.1 1", "0.1、1", "0.1，1", "0.1\t1.0", " 1e-1,,1 "] {
            assert_eq!(spelled(text), [["0.1", "1"]], "{text}");
        }
        let cells = check(&[("cells", "1 2 3；4,5,6;")]).expect("two rows");
        assert_eq!(cells.rows("cells"), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert!(check(&[("shown", "true")]).expect("allowed").is_on("shown"));
        assert!(check(&[("rates", "0.10")]).expect("allowed").agrees(&check(&[]).expect("valid"), "rates"));
    }

    #[test]
    fn live_changes_are_told_apart() {
        let (first, faster, wider) = (check(&[]), check(&[("rate", "1")]), check(&[("units", "9")]));
        let (first, faster, wider) = (first.expect("valid"), faster.expect("valid"), wider.expect("valid"));
        assert!(first.only_live_changes(&faster, &fields()) && !first.only_live_changes(&wider, &fields()));
    }
}
