//! Specs from JSON, and to JSON.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

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

/// Writes a spec, or something with specs in it, as JSON.
///
/// # Errors
/// It holds a map whose keys are no texts.
pub fn to_json(value: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Shortest))?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

/// Numbers as [`f64`]'s `Debug` writes them: in as few digits as tell them apart, as `serde_json` does, but without the
/// 15 kB of tables that `serde_json` brings along for it.
struct Shortest;

impl Formatter for Shortest {
    fn write_f32<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        write!(writer, "{value:?}")
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{value:?}")
    }
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

    /// A string, from one quotation mark to the other.
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
        unescape(&quoted[1..=end])
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

/// What stands between quotation marks; none where a character may not stand there.
///
/// `serde_json` reads it as well, but brings its reader of numbers along, which nothing else on the page needs.
fn unescape(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let kind = escape.chars().next()?;
        rest = &escape[kind.len_utf8()..];
        text.push(match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = code_unit(&mut rest)?;
                // Beyond the first 65,536 characters two units make one.
                let second = match first {
                    0xD800..0xDC00 => {
                        rest = rest.strip_prefix("\\u")?;
                        Some(code_unit(&mut rest)?)
                    }
                    _ => None,
                };
                char::decode_utf16([first].into_iter().chain(second)).next()?.ok()?
            }
            _ => return None,
        });
    }
    text.push_str(rest);
    // A control character may not stand for itself.
    (!quoted.bytes().any(|byte| byte < 0x20)).then_some(text)
}

/// Four hexadecimal digits.
fn code_unit(rest: &mut &str) -> Option<u16> {
    let digits = rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    *rest = &rest[4..];
    u16::from_str_radix(digits, 16).ok()
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
            r#""\b\f\n\r\t\/\"\\ \u0000\uFFFF""#,
            "\"\u{7f}\"",
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
            r#""\udc00""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\n""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\é""#,
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
    fn what_is_written_is_read_again_to_the_last_digit() {
        let numbers =
            [0.0, -0.0, 0.1, 1.0 / 3.0, 1e-7, 5e-324, 1e15, 1e16, 1e22, f64::MAX, f64::MIN_POSITIVE];
        for number in numbers {
            let json = to_json(&number).expect("a number");
            assert_eq!(parse(&json), Ok(Value::Number(number)), "{json}");
            assert_eq!(
                serde_json::from_str::<f64>(&json).map(f64::to_bits).ok(),
                Some(number.to_bits()),
                "{json}"
            );
        }
        assert_eq!(to_json(&[f64::NAN, f64::INFINITY]).expect("numbers"), "[null,null]");
        let text = "\"\\ \n\u{1}\u{7f} é😀";
        assert_eq!(parse(&to_json(&text).expect("a text")), Ok(Value::Text(text.to_owned())));
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
