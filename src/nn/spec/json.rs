//! Specs from JSON.

use super::read::FromValue;
use super::value::{MOST_LEVELS, MOST_VALUES, Value};
use crate::error::{Code, Error, Result, shorten};

/// Reads a spec, or something with specs in it, from JSON, in which every name must be known.
///
/// # Errors
/// What is wrong, by its path: `layers[2].units`. The path is empty where it is the text as a whole; the caller gives
/// that a name with [`Error::within`].
pub fn from_json<T: FromValue>(json: &str) -> Result<T> {
    T::from_value(&parse(json)?).map_err(|error| *error)
}

/// Reads JSON as RFC 8259 has it.
///
/// Not through `serde_json`: it does not say where in a value a text stops being JSON, refuses `1e400` without a place,
/// and gives some numbers another last digit than they were written with.
///
/// # Errors
/// The text is no JSON, or has more values than [`MOST_VALUES`] or more levels than [`MOST_LEVELS`]. The field is the
/// path that was being read, the value what was read last.
pub fn parse(json: &str) -> Result<Value> {
    let mut parser = Parser { json, at: 0, path: String::new(), levels: 0, values: 0 };
    parser.value().filter(|_| parser.next().is_none()).ok_or_else(|| parser.fault())
}

struct Parser<'a> {
    json: &'a str,
    /// How many bytes have been read.
    at: usize,
    /// Where in the value that is. It stays as it is where reading stops.
    path: String,
    levels: usize,
    values: usize,
}

/// What is read, or none where reading stops.
impl<'a> Parser<'a> {
    fn value(&mut self) -> Option<Value> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return None;
        }
        match self.next()? {
            b'{' => self.level(Self::object),
            b'[' => self.level(Self::list),
            b'"' => self.text().map(Value::Text),
            b'-' | b'0'..=b'9' => self.number().map(Value::Number),
            _ => {
                let words =
                    [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
                let (word, value) = words.into_iter().find(|(word, _)| self.rest().starts_with(word))?;
                self.at += word.len();
                Some(value)
            }
        }
    }

    fn level(&mut self, inside: impl FnOnce(&mut Self) -> Option<Value>) -> Option<Value> {
        self.levels += 1;
        if self.levels > MOST_LEVELS {
            return None;
        }
        self.at += 1;
        let value = inside(self)?;
        self.levels -= 1;
        Some(value)
    }

    fn list(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        if self.takes(b']') {
            return Some(Value::List(items));
        }
        loop {
            let outside = self.path.len();
            self.path.push_str(&format!("[{}]", items.len()));
            items.push(self.value()?);
            self.path.truncate(outside);
            if !self.takes(b',') {
                return self.takes(b']').then_some(Value::List(items));
            }
        }
    }

    fn object(&mut self) -> Option<Value> {
        let mut fields = Vec::new();
        if self.takes(b'}') {
            return Some(Value::Object(fields));
        }
        loop {
            let name = if self.next()? == b'"' { self.text()? } else { return None };
            let outside = self.path.len();
            if outside > 0 {
                self.path.push('.');
            }
            self.path.push_str(&shorten(&name));
            if !self.takes(b':') {
                return None;
            }
            fields.push((name, self.value()?));
            self.path.truncate(outside);
            if !self.takes(b',') {
                return self.takes(b'}').then_some(Value::Object(fields));
            }
        }
    }

    /// A string, from one quotation mark to the other; what it means is read by `serde_json`.
    fn text(&mut self) -> Option<String> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            self.at = self.json.len();
            return None;
        };
        let quoted = rest.get(..end + 2)?;
        self.at += quoted.len();
        serde_json::from_str(quoted).ok()
    }

    /// A number: `-0.5e-3`. One beyond all bounds is infinite.
    fn number(&mut self) -> Option<f64> {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| b"+-.0123456789eE".contains(byte)).count();
        let number = rest.get(..length)?;
        self.at += length;
        let unsigned = number.strip_prefix('-').unwrap_or(number);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_json = digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && digits(fraction)
            && digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
        if is_json { number.parse().ok() } else { None }
    }

    fn rest(&self) -> &'a str {
        self.json.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no space, which is not read yet.
    fn next(&mut self) -> Option<u8> {
        let rest = &self.json.as_bytes()[self.at..];
        let spaces = rest.iter().take_while(|byte| b" \t\n\r".contains(byte)).count();
        self.at += spaces;
        rest.get(spaces).copied()
    }

    /// Reads the next byte if it is this one.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.next() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Why reading stopped.
    fn fault(&self) -> Error {
        let path = &self.path;
        let too_large = |most, what| {
            Error::new(Code::TooLarge, path, format!("> {most} {what}"), format!("≤ {most} {what}"))
        };
        if self.values > MOST_VALUES {
            too_large(MOST_VALUES, "values")
        } else if self.levels > MOST_LEVELS {
            too_large(MOST_LEVELS, "levels")
        } else if self.rest().is_empty() {
            Error::new(Code::Truncated, path, format!("{} bytes", self.json.len()), "JSON")
        } else {
            let around = self.at.saturating_sub(20)..self.at + 20;
            let shown = self.json.char_indices().filter(|(at, _)| around.contains(at));
            let shown: String =
                shown.map(|(_, shown)| if shown.is_control() { ' ' } else { shown }).collect();
            Error::new(Code::WrongKind, path, shown, "JSON")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same value as `serde_json` has it; none where a number is too large for it.
    fn of_serde(value: &serde_json::Value) -> Value {
        use serde_json::Value as Json;
        match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => Value::Number(number.to_string().parse().expect("a number")),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(of_serde).collect()),
            Json::Object(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (name.clone(), of_serde(value))).collect())
            }
        }
    }

    #[test]
    fn json_is_what_others_take_for_it() {
        for text in [
            "null",
            " true ",
            "[]",
            "{}",
            "[[],{}]",
            "[1,2]",
            r#"{"a":{"b":[null]}}"#,
            "-0",
            "0.5e-3",
            "1E+2",
            "12",
            "-7.25",
            r#""""#,
            r#""\\""#,
            r#""\"""#,
            r#""\u00e9\ud83d\ude00 é""#,
            "[ 1 ,\t2\r\n]",
            "\n{ \"a\" : 1 }\n",
            "9007199254740993",
        ] {
            let expected = of_serde(&serde_json::from_str(text).expect(text));
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            " ",
            "nul",
            "nulll",
            "True",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1",
            "]",
            "{",
            "{a:1}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{1:2}"#,
            "01",
            "-",
            "+1",
            ".5",
            "5.",
            "1e",
            "1e+",
            "--1",
            "1.2.3",
            "0x10",
            "NaN",
            "Infinity",
            "-Infinity",
            "'a'",
            r#"""#,
            r#""\""#,
            r#""\x""#,
            r#""\ud800""#,
            "\"\n\"",
            "1 1",
            "{} {}",
            "/**/1",
            "\u{feff}1",
            "\u{a0}1",
            "é",
        ] {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text:?}");
            let error = parse(text).expect_err(text);
            assert!(
                matches!(error.code, Code::WrongKind | Code::Truncated) && error.allowed == "JSON",
                "{error}"
            );
        }
        assert_eq!(parse("1e400"), Ok(Value::Number(f64::INFINITY)));
        assert_eq!(
            parse("0.8337094318870453"),
            Ok(Value::Number(0.833_709_431_887_045_3)),
            "to the last digit"
        );
    }

    #[test]
    fn the_place_is_named_where_a_text_stops_being_json() {
        let fault = |text: &str| {
            let Error { code, field, value, .. } = parse(text).expect_err(text);
            (code, field, value)
        };
        let text = "{\n  \"layers\": [\n    { \"kind\": \"dense\" },\n    { \"units\": fifty }\n  ]\n}";
        let (code, field, value) = fault(text);
        assert_eq!((code, field.as_str()), (Code::WrongKind, "layers[1].units"));
        assert!(value.contains("fifty"), "{value}");
        let cut = &text[..text.len() - 13];
        assert_eq!(
            fault(cut),
            (Code::Truncated, "layers[1].units".to_owned(), format!("{} bytes", cut.len()))
        );
        assert_eq!(fault("{} x").1, "");
    }

    #[test]
    fn size_and_depth_have_bounds() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(MOST_LEVELS)).is_ok());
        for levels in [MOST_LEVELS + 1, 1_000_000] {
            assert_eq!(parse(&nested(levels)).expect_err("too deep").code, Code::TooLarge);
        }
        let list = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
        assert!(parse(&list(MOST_VALUES - 1)).is_ok());
        for items in [MOST_VALUES, 1_000_000] {
            assert_eq!(parse(&list(items)).expect_err("too many").code, Code::TooLarge);
        }
    }
}
