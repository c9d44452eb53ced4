//! Checked settings: what a lab may rely on.

use std::collections::BTreeMap;

use super::field::{Field, Kind};
use crate::error::{Code, Error, Result};
use crate::function::expression::Expression;
use crate::function::surface::VARIABLES;

/// What a visitor set, as text by field name, before it is checked.
pub type RawSettings = BTreeMap<String, String>;

/// A value for each field of a lab, each within what the field allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings(Vec<(&'static str, Value)>);

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Number(f64),
    Words(String),
    Numbers(Vec<f64>),
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
            match field.kind.check(field.name, text.trim()) {
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

    /// A number, slider or count.
    pub fn number(&self, name: &str) -> f64 {
        match self.find(name) {
            Some(Value::Number(number)) => *number,
            _ => f64::NAN,
        }
    }

    /// A whole number.
    pub fn count(&self, name: &str) -> u32 {
        self.number(name) as u32
    }

    /// The value of a choice, or an expression as it was typed.
    pub fn words(&self, name: &str) -> &str {
        match self.find(name) {
            Some(Value::Words(words)) => words,
            _ => "",
        }
    }

    /// A list of numbers.
    pub fn numbers(&self, name: &str) -> &[f64] {
        match self.find(name) {
            Some(Value::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// Whether these differ from `others` in nothing but fields that act on a running experiment.
    pub fn only_live_changes(&self, others: &Self, fields: &[Field]) -> bool {
        let kept = fields.iter().filter(|field| !field.live);
        kept.map(|field| field.name).all(|name| self.find(name) == others.find(name))
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }
}

impl Kind {
    fn check(&self, name: &str, text: &str) -> Result<Value> {
        match *self {
            Self::Log { min, max } | Self::Number { min, max, .. } => {
                number(name, text, min, max).map(Value::Number)
            }
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
            Self::Expression => {
                Expression::parse(name, text, VARIABLES).map(|_| Value::Words(text.to_owned()))
            }
            Self::Numbers { min, max, most } => {
                let parts: Vec<_> =
                    text.split([',', ' ', '，', '、']).filter(|part| !part.is_empty()).collect();
                if parts.is_empty() || parts.len() > most {
                    return Err(Error::new(
                        Code::OutsideRange,
                        format!("{name}.length"),
                        parts.len(),
                        format!("1 … {most}"),
                    ));
                }
                parts
                    .into_iter()
                    .map(|part| number(name, part, min, max))
                    .collect::<Result<_>>()
                    .map(Value::Numbers)
            }
        }
    }
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
    use crate::labs::field::Choice;
    use crate::text::Text;

    const LABEL: Text = Text::new("", "");
    const OPTIONS: &[Choice] =
        &[Choice { value: "sgd", label: LABEL }, Choice { value: "adam", label: LABEL }];

    fn field(name: &'static str, kind: Kind, default: &'static str, live: bool) -> Field {
        Field { name, label: LABEL, help: LABEL, kind, default, live, only: None }
    }

    fn fields() -> Vec<Field> {
        vec![
            field("rate", Kind::Log { min: 1e-4, max: 10.0 }, "0.1", true),
            field("units", Kind::Count { min: 1, max: 100 }, "50", false),
            field("rule", Kind::Choice { options: OPTIONS }, "sgd", false),
            field("rates", Kind::Numbers { min: 0.0, max: 1.0, most: 2 }, "0.1", false),
            field("f", Kind::Expression, "x0 + x1", false),
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
    fn every_fault_is_found() {
        let code = |name: &str, value: &str| check(&[(name, value)]).expect_err(value)[0].code;
        assert_eq!(code("rate", "abc"), Code::NotANumber);
        assert_eq!(code("rate", ""), Code::NotANumber);
        assert_eq!(code("rate", "nan"), Code::NotANumber);
        assert_eq!(code("rate", "inf"), Code::OutsideRange);
        assert_eq!(code("rate", "1e999"), Code::OutsideRange);
        assert_eq!(code("units", "1.5"), Code::OutsideRange);
        assert_eq!(code("units", "-1"), Code::OutsideRange);
        assert_eq!(code("rule", "SGD"), Code::NotAChoice);
        assert_eq!(code("rates", "1 1 1"), Code::OutsideRange);
        assert_eq!(code("f", "x0 +"), Code::Expression);
        assert_eq!(code("colour", "red"), Code::UnknownField);
        assert_eq!(check(&[("rate", "x"), ("units", "0"), ("y", "")]).expect_err("three").len(), 3);
    }

    #[test]
    fn live_changes_are_told_apart() {
        let (first, faster, wider) = (check(&[]), check(&[("rate", "1")]), check(&[("units", "9")]));
        let (first, faster, wider) = (first.expect("valid"), faster.expect("valid"), wider.expect("valid"));
        assert!(first.only_live_changes(&faster, &fields()) && !first.only_live_changes(&wider, &fields()));
    }
}
