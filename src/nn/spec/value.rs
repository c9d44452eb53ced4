//! What a spec is read from: a value as JSON and JavaScript have it.

use std::fmt;

use crate::error::shorten;

/// The most values in one tree. The largest spec, 256 layers with their numbers and branches, has fewer than 7,000.
pub const MOST_VALUES: usize = 10_000;

/// How many objects and lists may lie in one another. A file holds its spec in an object of its own, so a spec that
/// comes from JavaScript may go one level less deep: what is built can be saved and loaded.
pub const MOST_LEVELS: usize = 127;

/// A value with everything in it, whether a spec may hold it or not: a spec is refused by the path to what is wrong,
/// so that must still be there.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `undefined`, which JSON does not have.
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; from JavaScript it may be infinite or not a number.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object, its keys in the order they came; one may come twice.
    Object(Vec<(String, Value)>),
    /// Anything else, by the name that messages give it: `function`, `5n`, `a cycle`.
    Other(String),
}

/// As JavaScript writes it, cut short.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 3)
    }
}

impl Value {
    /// Writes the value down to so many levels, and the first few of each.
    fn write(&self, f: &mut fmt::Formatter<'_>, levels: usize) -> fmt::Result {
        const MOST: usize = 8;
        match self {
            Self::Undefined => f.write_str("undefined"),
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{}", Shown(*value)),
            Self::Text(text) => write!(f, "\"{}\"", shorten(text)),
            Self::Other(name) => f.write_str(name),
            Self::List(items) if items.is_empty() => f.write_str("[]"),
            Self::Object(fields) if fields.is_empty() => f.write_str("{}"),
            Self::List(_) if levels == 0 => f.write_str("[…]"),
            Self::Object(_) if levels == 0 => f.write_str("{…}"),
            Self::List(items) => {
                for (index, item) in items.iter().take(MOST).enumerate() {
                    f.write_str(if index == 0 { "[" } else { ", " })?;
                    item.write(f, levels - 1)?;
                }
                f.write_str(if items.len() > MOST { ", …]" } else { "]" })
            }
            Self::Object(fields) => {
                for (index, (name, value)) in fields.iter().take(MOST).enumerate() {
                    f.write_str(if index == 0 { "{ " } else { ", " })?;
                    write!(f, "{}: ", shorten(name))?;
                    value.write(f, levels - 1)?;
                }
                f.write_str(if fields.len() > MOST { ", … }" } else { " }" })
            }
        }
    }
}

/// A number as JavaScript writes it: `0.001`, `1e-7`, `Infinity`.
pub(super) struct Shown(pub(super) f64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0;
        let size = value.abs();
        if size.is_infinite() {
            f.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" })
        } else if size != 0.0 && !(1e-6..1e21).contains(&size) && !size.is_nan() {
            write!(f, "{value:e}")
        } else {
            write!(f, "{value}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_javascript_writes_them_and_cut_short() {
        let object = |name: &str, value| Value::Object(vec![(name.to_owned(), value)]);
        let deep = object("a", object("b", object("c", object("d", Value::Null))));
        for (value, shown) in [
            (Value::Undefined, "undefined"),
            (Value::Number(f64::NAN), "NaN"),
            (Value::Number(f64::NEG_INFINITY), "-Infinity"),
            (Value::Number(-50.0), "-50"),
            (Value::Number(1e39), "1e39"),
            (Value::Number(2.5e-60), "2.5e-60"),
            (Value::Text("0.1".to_owned()), "\"0.1\""),
            (Value::Other("5n".to_owned()), "5n"),
            (Value::List(vec![Value::Number(0.0); 9]), "[0, 0, 0, 0, 0, 0, 0, 0, …]"),
            (deep, "{ a: { b: { c: {…} } } }"),
            (Value::List(vec![]), "[]"),
        ] {
            assert_eq!(value.to_string(), shown);
        }
        assert!(Value::Text("a".repeat(1 << 20)).to_string().len() < 100);
    }
}
