//! The safetensors format, in which weights are kept: eight bytes with the length of a header, the header in JSON, then
//! the numbers.
//!
//! Format: Hugging Face's `safetensors`, 2022. Read here rather than by its crate, which writes: that takes the last of
//! two tensors of one name, and says in English what is wrong, and not where.

use std::fmt;

use half::f16;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Code, Error, Result};

/// The most bytes of a header. Ours have half of it at the very most: 256 layers of four arrays, with their memory.
const LONGEST_HEADER: usize = 1 << 20;
/// The most axes of a tensor; weights have up to four.
const MOST_AXES: usize = 8;
/// The name under which a header has what is no tensor.
const METADATA: &str = "__metadata__";
/// What an entry of a header looks like.
const ENTRY: &str = r#"{"dtype":"F32","shape":[784,50],"data_offsets":[0,156800]}"#;

/// A file, taken apart but not converted.
#[derive(Clone, Debug, PartialEq)]
pub struct File<'a> {
    /// Name and text of each entry of the metadata, each name once.
    pub metadata: Vec<(String, String)>,
    /// The tensors in the order of their bytes, each name once.
    pub tensors: Vec<Stored<'a>>,
}

/// A tensor in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<'a> {
    /// Its name.
    pub name: String,
    /// The lengths of its axes, the last running fastest.
    pub shape: Vec<usize>,
    precision: Precision,
    /// As many as shape and precision say.
    bytes: &'a [u8],
}

/// Numbers of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits, exactly the trained weights.
    Single,
    /// 16 bits: half the size, about three digits.
    Half,
    /// 8 bits: whole numbers from -127 to 127, which another tensor scales.
    Byte,
}

impl Precision {
    /// Bytes of a number.
    pub fn width(self) -> usize {
        match self {
            Self::Single => 4,
            Self::Half => 2,
            Self::Byte => 1,
        }
    }
}

impl Stored<'_> {
    /// How many numbers it has.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.precision.width()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether its numbers are of 8 bits.
    pub fn is_scaled(&self) -> bool {
        self.precision == Precision::Byte
    }

    /// Its numbers, finite or not; those of 8 bits as they stand there.
    pub fn values(&self) -> Vec<f32> {
        match self.precision {
            Precision::Single => {
                self.bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
            }
            Precision::Half => {
                self.bytes.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect()
            }
            Precision::Byte => self.bytes.iter().map(|byte| f32::from(byte.cast_signed())).collect(),
        }
    }
}

/// Takes a file apart; `field` names it in messages, and `field.0.weight` a tensor in it.
///
/// # Errors
/// It is of another kind, shorter or longer than its header says; a name stands there twice; a tensor has other numbers
/// than of 32, 16 or 8 bits, or its bytes are not as many as its shape says, or not those behind the tensor before it.
pub fn parse<'a>(field: &str, file: &'a [u8]) -> Result<File<'a>> {
    let (header, data) = split(field, file)?;
    let mut metadata = Vec::new();
    let mut tensors = Vec::new();
    for (name, entry) in pairs(field, header, &format!(r#"{{"0.weight": {ENTRY}}}"#))? {
        let field = format!("{field}.{}", shorten(&name));
        if name == METADATA {
            for (name, text) in pairs(&field, entry.get(), r#"{"fishbowl": "…"}"#)? {
                let field = format!("{field}.{}", shorten(&name));
                metadata.push((name, json(&field, text.get(), r#""…""#)?));
            }
        } else {
            tensors.push((json::<Entry>(&field, entry.get(), ENTRY)?, name, field));
        }
    }
    tensors.sort_by_key(|(entry, ..)| entry.data_offsets);
    let mut end = 0;
    let stored = |(entry, name, field): (Entry, String, String)| {
        let stored = entry.stored(name, &field, data, end)?;
        end += stored.bytes.len();
        Ok(stored)
    };
    let tensors = tensors.into_iter().map(stored).collect::<Result<_>>()?;
    if end < data.len() {
        let header = file.len() - data.len();
        return Err(Error::new(Code::TooLong, field, bytes(file.len()), bytes(header + end)));
    }
    Ok(File { metadata, tensors })
}

/// The header's text and the bytes behind it.
fn split<'a>(field: &str, file: &'a [u8]) -> Result<(&'a str, &'a [u8])> {
    let wrong = || {
        let value = format!("{:02x?}", &file[..file.len().min(8)]);
        Error::new(Code::WrongKind, field, if file.is_empty() { bytes(0) } else { value }, "safetensors")
    };
    let (length, rest) = file.split_first_chunk().ok_or_else(wrong)?;
    let length = u64::from_le_bytes(*length);
    // Other files begin with anything, which as a length is mostly gigantic.
    let length = usize::try_from(length).ok().filter(|_| rest.first() == Some(&b'{')).ok_or_else(wrong)?;
    if length > LONGEST_HEADER {
        let value = format!("a header of {}", bytes(length));
        let too_large = Error::new(Code::TooLarge, field, value, bytes(LONGEST_HEADER));
        return Err(if length > rest.len() { wrong() } else { too_large });
    }
    let Some((header, data)) = rest.split_at_checked(length) else {
        return Err(Error::new(
            Code::Truncated,
            field,
            bytes(file.len()),
            format!("≥ {}", bytes(8 + length)),
        ));
    };
    Ok((std::str::from_utf8(header).map_err(|_| wrong())?, data))
}

/// Reads a part of the header, which stands for itself in messages.
fn json<'a, T: Deserialize<'a>>(field: &str, text: &'a str, allowed: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| Error::new(Code::WrongKind, field, text.trim(), allowed))
}

/// The names and values of a JSON object, each name once.
fn pairs<'a>(field: &str, text: &'a str, allowed: &str) -> Result<Vec<(String, &'a RawValue)>> {
    let Pairs(pairs) = json(field, text, allowed)?;
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(pairs),
        Some(twins) => {
            Err(Error::new(Code::WrongKind, format!("{field}.{}", shorten(twins[0])), "2 ×", "1 ×"))
        }
    }
}

/// A JSON object as it is written, names that stand there twice included.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Object).map(Self)
    }
}

/// What a header says of a tensor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

impl Entry {
    /// The tensor, which must begin at `start`, where the one before it ends.
    fn stored<'a>(self, name: String, field: &str, data: &'a [u8], start: usize) -> Result<Stored<'a>> {
        let Self { dtype, shape, data_offsets: [from, to] } = self;
        let fault = |code, value: String, allowed: String| Err(Error::new(code, field, value, allowed));
        let precision = match dtype.as_str() {
            "F32" => Precision::Single,
            "F16" => Precision::Half,
            "I8" => Precision::Byte,
            _ => return fault(Code::NotSupported, dtype, "F32 | F16 | I8".to_owned()),
        };
        let count = shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
        let count = count.filter(|_| shape.len() <= MOST_AXES);
        let Some(length) = count.and_then(|count| count.checked_mul(precision.width())) else {
            return fault(Code::TooLarge, format!("shape {shape:?}"), bytes(data.len()));
        };
        let allowed = [start, start.saturating_add(length)];
        if [from, to] != allowed {
            return fault(Code::SizeMismatch, format!("bytes {:?}", [from, to]), format!("{allowed:?}"));
        }
        match data.get(from..to) {
            Some(bytes) => Ok(Stored { name, shape, precision, bytes }),
            None => fault(Code::Truncated, bytes(data.len() - start), bytes(length)),
        }
    }
}

/// What a file calls a tensor may be long.
fn shorten(name: &str) -> String {
    const LONGEST: usize = 40;
    name.chars().take(LONGEST).collect()
}

fn bytes(count: usize) -> String {
    format!("{count} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
    }

    fn entry(dtype: &str, shape: &str, offsets: &str) -> String {
        format!(r#"{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}"#)
    }

    #[test]
    fn a_file_is_its_tensors_and_its_metadata() {
        let (a, b) = (entry("F16", "[2]", "[4,8]"), entry("F32", "[1,1]", "[0,4]"));
        let header = format!(r#"{{"__metadata__":{{"x":"y","z":""}},"a":{a}, "b" : {b} }}   "#);
        let bytes = file(&header, &[0, 0, 128, 63, 0, 60, 0, 192]);
        let found = parse("file", &bytes).expect("well formed");
        assert_eq!(found.metadata, [("x".into(), "y".into()), ("z".into(), String::new())]);
        let tensors: Vec<_> =
            found.tensors.iter().map(|t| (t.name.as_str(), t.shape.as_slice(), t.values())).collect();
        assert_eq!(tensors, [("b", &[1, 1][..], vec![1.0]), ("a", &[2], vec![1.0, -2.0])]);
        assert_eq!(parse("file", &file("{}", &[])), Ok(File { metadata: vec![], tensors: vec![] }));
        // The crate that other programs read with finds the same.
        let other = safetensors::SafeTensors::deserialize(&bytes).expect("well formed");
        assert_eq!(other.tensor("a").expect("there").data(), found.tensors[1].bytes);
    }

    #[test]
    fn each_way_of_being_wrong_has_its_name() {
        let refused = |bytes: &[u8]| {
            let error = parse("file", bytes).expect_err("refused");
            assert!(!error.allowed.is_empty(), "{error}");
            (error.code, error.field)
        };
        let with = |header: &str, data: &[u8]| refused(&file(header, data));
        let is = |code, field: &str| (code, field.to_owned());
        for other in [
            &b""[..],
            b"PK\x03\x04",
            b"%PDF-1.7 and so on",
            &[0xff; 100],
            &[0; 4096],
            &[1, 0, 0, 0, 0, 0, 0, 0, b'['],
        ] {
            assert_eq!(refused(other), is(Code::WrongKind, "file"));
        }
        let good = file(&format!(r#"{{"a":{}}}"#, entry("F32", "[1]", "[0,4]")), &[0; 4]);
        for length in 0..good.len() {
            let (code, _) = refused(&good[..length]);
            assert_eq!(code, if length < 9 { Code::WrongKind } else { Code::Truncated }, "cut to {length}");
        }
        assert_eq!(refused(&[&good[..], &[0]].concat()), is(Code::TooLong, "file"));
        let long = file(&format!("{{}}{}", " ".repeat(2_000_000)), &[]);
        assert_eq!(refused(&long), is(Code::TooLarge, "file"));
        assert_eq!(with("{ 5", &[]), is(Code::WrongKind, "file"));
        assert_eq!(
            refused(&[&[2, 0, 0, 0, 0, 0, 0, 0, b'{', 0xff][..]].concat()),
            is(Code::WrongKind, "file")
        );
        assert_eq!(with(r#"{"a":5}"#, &[]), is(Code::WrongKind, "file.a"));
        assert_eq!(with(r#"{"__metadata__":[]}"#, &[]), is(Code::WrongKind, "file.__metadata__"));
        assert_eq!(with(r#"{"__metadata__":{"x":5}}"#, &[]), is(Code::WrongKind, "file.__metadata__.x"));
        let twin = r#"{"__metadata__":{"x":"","y":"","x":""}}"#;
        assert_eq!(with(twin, &[]), is(Code::WrongKind, "file.__metadata__.x"));
        assert_eq!(
            with(r#"{"__metadata__":{},"__metadata__":{}}"#, &[]),
            is(Code::WrongKind, "file.__metadata__")
        );
        let one = entry("F32", "[0]", "[0,0]");
        assert_eq!(
            with(&format!(r#"{{"a":{one},"b":{one},"a":{one}}}"#), &[]),
            is(Code::WrongKind, "file.a")
        );
        let single = |dtype: &str, shape: &str, offsets: &str, data: &[u8]| {
            with(&format!(r#"{{"a":{}}}"#, entry(dtype, shape, offsets)), data)
        };
        for dtype in ["F64", "I32", "BF16", "", "f32"] {
            assert_eq!(single(dtype, "[1]", "[0,4]", &[0; 4]), is(Code::NotSupported, "file.a"));
        }
        for offsets in ["[0,5]", "[1,5]", "[4,0]", "[0,0]", "[0,18446744073709551615]"] {
            assert_eq!(single("F32", "[1]", offsets, &[0; 5]), is(Code::SizeMismatch, "file.a"), "{offsets}");
        }
        for shape in ["[-1]", "[1.0]", "1", "[99999999999999999999]"] {
            assert_eq!(single("F32", shape, "[0,4]", &[0; 4]), is(Code::WrongKind, "file.a"), "{shape}");
        }
        for shape in ["[4294967296,4294967296]", "[9223372036854775807]", "[1,1,1,1,1,1,1,1,1]"] {
            assert_eq!(single("F32", shape, "[0,4]", &[0; 4]), is(Code::TooLarge, "file.a"), "{shape}");
        }
        let unknown = r#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"more":1}}"#;
        assert_eq!(with(unknown, &[]), is(Code::WrongKind, "file.a"));
        // Two on the same bytes, and a hole between two.
        let both = |second: &str| {
            let (a, b) = (entry("F16", "[2]", "[0,4]"), entry("F16", "[2]", second));
            with(&format!(r#"{{"a":{a},"b":{b}}}"#), &[0; 12])
        };
        assert_eq!(both("[0,4]"), is(Code::SizeMismatch, "file.b"));
        assert_eq!(both("[2,6]"), is(Code::SizeMismatch, "file.b"));
        assert_eq!(both("[6,10]"), is(Code::SizeMismatch, "file.b"));
        assert_eq!(both("[4,8]"), is(Code::TooLong, "file"));
        // Nested as deep as one likes.
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(with(&deep, &[]), is(Code::WrongKind, "file.a"));
    }
}
