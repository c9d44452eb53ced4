//! The header of a .npy file: what Python calls a dict literal.

use crate::error::{Code, Error, Result};

/// The most axes an array may have; weights have up to four.
const MOST_AXES: usize = 8;

/// What the header says.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    /// NumPy's `descr`, such as `<f4`.
    pub(super) kind: String,
    /// Whether the first axis runs fastest.
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

/// Reads the header: a Python dict literal of three known keys, `{'descr': '<f4', 'fortran_order': False,
/// 'shape': (784, 50), }`.
pub(super) struct Scanner<'a> {
    field: &'a str,
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(field: &'a str, header: &'a str) -> Self {
        Self { field, whole: header, rest: header }
    }

    pub(super) fn header(mut self) -> Result<Header> {
        let (mut kind, mut fortran_order, mut shape) = (None, None, None);
        self.expect('{')?;
        while !self.take('}') {
            let key = self.text()?;
            self.expect(':')?;
            let again = match key {
                "descr" => kind.replace(self.text()?.to_owned()).is_some(),
                "fortran_order" => fortran_order.replace(self.truth()?).is_some(),
                "shape" => shape.replace(self.lengths()?).is_some(),
                _ => return Err(self.wrong()),
            };
            if again {
                return Err(self.wrong());
            }
            if !self.take(',') {
                self.expect('}')?;
                break;
            }
        }
        match (kind, fortran_order, shape) {
            (Some(kind), Some(fortran_order), Some(shape)) if self.rest.trim().is_empty() => {
                Ok(Header { kind, fortran_order, shape })
            }
            _ => Err(self.wrong()),
        }
    }

    fn wrong(&self) -> Error {
        // What is left says best where it went wrong; at the end there is nothing left.
        let left = self.rest.trim();
        let value = if left.is_empty() { self.whole.trim() } else { left };
        let allowed = "{'descr': '<f4', 'fortran_order': False, 'shape': (784, 50)}";
        Error::new(Code::WrongKind, self.field, value, allowed)
    }

    /// Whether this sign comes next; then it is passed.
    fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, sign: char) -> Result<()> {
        if self.take(sign) { Ok(()) } else { Err(self.wrong()) }
    }

    /// A string in single or double quotes; NumPy's need no escapes.
    fn text(&mut self) -> Result<&'a str> {
        let quote = if self.take('"') { '"' } else { '\'' };
        if quote == '\'' {
            self.expect('\'')?;
        }
        let (text, rest) = self.rest.split_once(quote).ok_or_else(|| self.wrong())?;
        self.rest = rest;
        Ok(text)
    }

    fn truth(&mut self) -> Result<bool> {
        let rest = self.rest.trim_start();
        let (found, rest) = match (rest.strip_prefix("True"), rest.strip_prefix("False")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(self.wrong()),
        };
        self.rest = rest;
        Ok(found)
    }

    /// A tuple of lengths: `()`, `(3,)`, `(3, 4)`.
    fn lengths(&mut self) -> Result<Vec<usize>> {
        let mut lengths = Vec::new();
        self.expect('(')?;
        while !self.take(')') {
            let rest = self.rest.trim_start();
            let digits = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
            let length = rest[..digits].parse().map_err(|_| self.wrong())?;
            if lengths.len() == MOST_AXES {
                return Err(self.wrong());
            }
            lengths.push(length);
            self.rest = &rest[digits..];
            if !self.take(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(lengths)
    }
}
