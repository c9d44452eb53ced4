//! What is wrong with something that came from outside: which field, its value, and what is allowed.

use std::fmt;

use serde::Serialize;

/// The result of checking or parsing something from outside.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a value from outside is refused. It carries no sentence: `Display` says it in English, and the page says it
/// in the visitor's language from the same parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Error {
    /// The kind of fault.
    pub code: Code,
    /// The field, file part or argument, spelled as the user spells it: `learningRate`, `layers[2].units`, `labels`.
    pub field: String,
    /// The refused value, shortened when long: text as it was typed, a value of JavaScript or JSON as it is written there,
    /// `"0.1"` in quotation marks being a string.
    pub value: String,
    /// What is allowed, in signs rather than words: `1 … 1000`, `sgd | adam`, `7840016 bytes`.
    pub allowed: String,
    /// Where in the value the fault is, counted in characters from 0, from the beginning of its line where there is one;
    /// only for what is typed.
    pub at: Option<usize>,
    /// The line of a value of several lines, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// The kinds of fault, each a message of its own in the page's locales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A number was expected.
    NotANumber,
    /// A number (or a length) lies outside its range.
    OutsideRange,
    /// The value is none of the choices.
    NotAChoice,
    /// There is no field of this name.
    UnknownField,
    /// A field is missing.
    Missing,
    /// Two things that must have the same size do not.
    SizeMismatch,
    /// A typed expression does not parse.
    Expression,
    /// A typed expression gives a name that already means something.
    NameTaken,
    /// The file is of another kind than asked for.
    WrongKind,
    /// The file ends before its header says it should.
    Truncated,
    /// The file goes on after the end its header gives.
    TooLong,
    /// The file claims more memory than is allowed.
    TooLarge,
    /// A gzip stream or a file of an archive is broken.
    Compression,
    /// A number in a weights file is not finite.
    NotFinite,
    /// The layer kind is known but this version does not compute it.
    NotSupported,
    /// Something is asked for before what it needs is there.
    NotReady,
    /// The loss became infinite or not a number.
    Diverged,
}

impl Error {
    /// A fault of the kind `code` in `field`, whose value was `value` and may be `allowed`.
    #[cold]
    #[inline(never)]
    pub fn new(
        code: Code,
        field: impl Into<String>,
        value: impl fmt::Display,
        allowed: impl Into<String>,
    ) -> Self {
        let value = shorten(&value.to_string());
        Self { code, field: field.into(), value, allowed: allowed.into(), at: None, line: None }
    }

    /// The same fault, in a field within `parent`: `units` becomes `layers[2].units`, and `[2].units` too.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        self.put_within(parent);
        self
    }

    /// As [`within`](Self::within), for an error that lies in a box.
    #[cold]
    pub fn put_within(&mut self, parent: &str) {
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{parent}{dot}{}", self.field);
    }

    /// The same fault, at a place in a line of the value.
    #[must_use]
    pub fn at_line(mut self, line: usize, character: usize) -> Self {
        self.line = Some(line);
        self.at(character)
    }

    /// The same fault, at a place in the value.
    #[must_use]
    pub fn at(mut self, character: usize) -> Self {
        self.at = Some(character);
        self
    }
}

/// A message quotes at most 60 characters of what it refuses.
pub(crate) fn shorten(value: &str) -> String {
    const LONGEST: usize = 60;
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    value.chars().take(LONGEST - 1).chain(['…']).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, field, value, allowed, at, line } = self;
        match code {
            // In quotation marks or brackets already, it is a value of JavaScript.
            Code::NotANumber if value.starts_with(['"', '[', '{']) => {
                write!(f, "{field} is {value}, which is not a number")
            }
            Code::NotANumber => write!(f, "{field} is \"{value}\", which is not a number"),
            Code::OutsideRange => write!(f, "{field} is {value}, outside its range"),
            Code::NotAChoice => write!(f, "{field} is \"{value}\", which is none of its choices"),
            Code::UnknownField => write!(f, "there is no field named \"{field}\""),
            Code::Missing => write!(f, "{field} is missing"),
            Code::SizeMismatch => write!(f, "{field} has {value}, which does not match"),
            Code::Expression => write!(f, "{field} cannot be read as an expression: \"{value}\""),
            Code::NameTaken => write!(f, "{field} gives the name \"{value}\", which already means something"),
            Code::WrongKind => write!(f, "{field} is not of the expected kind: it holds {value}"),
            Code::Truncated => write!(f, "{field} is truncated: it has {value}"),
            Code::TooLong => write!(f, "{field} is too long: it has {value}"),
            Code::TooLarge => write!(f, "{field} is too large: it asks for {value}"),
            Code::Compression => write!(f, "{field} cannot be unpacked: {value}"),
            Code::NotFinite => write!(f, "{field} holds {value}, which is not a finite number"),
            Code::NotSupported => write!(f, "{field} asks for {value}, which this version does not compute"),
            Code::NotReady => write!(f, "{field} needs {value} first"),
            Code::Diverged => write!(f, "{field} became {value}"),
        }?;
        match (line, at) {
            (Some(line), Some(at)) => write!(f, ", at line {}, column {}", line + 1, at + 1)?,
            (None, Some(at)) => write!(f, ", at character {}", at + 1)?,
            (_, None) => {}
        }
        if allowed.is_empty() { Ok(()) } else { write!(f, "; allowed: {allowed}") }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_field_value_and_what_is_allowed() {
        let error = Error::new(Code::OutsideRange, "units", 0, "1 … 4096").within("layers[2]");
        assert_eq!(error.to_string(), "layers[2].units is 0, outside its range; allowed: 1 … 4096");
        let error = Error::new(Code::NotANumber, "", "\"5\"", "1 … 4096").within("[2]").within("input");
        assert_eq!(error.to_string(), "input[2] is \"5\", which is not a number; allowed: 1 … 4096");
    }

    #[test]
    fn a_long_value_is_shortened_between_characters() {
        let error = Error::new(Code::NotANumber, "rate", "数".repeat(500), "");
        assert_eq!(error.value.chars().count(), 60);
    }
}
