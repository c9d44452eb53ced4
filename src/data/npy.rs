//! The .npy format, in which NumPy keeps one array: a magic number, a header that is a Python dict, then the values.
//!
//! Format: `numpy.lib.format`, versions 1.0 to 3.0. Read here rather than by a crate: the sizes a header claims are
//! compared with the file before anything is allocated.

use half::f16;

use super::npy_header::{Header, Scanner};
use crate::error::{Code, Error, Result};

const MAGIC: &[u8] = b"\x93NUMPY";
/// The kinds of number that can be read, as NumPy names them; each in either byte order.
const KINDS: &str = "float16 | float32 | float64";
/// The most bytes that come before the values. NumPy itself reads no header of more than 10,000.
pub const LONGEST_HEAD: usize = 10_012;
/// NumPy lets the values begin at a multiple of so many bytes.
const ALIGNMENT: usize = 64;

/// An array of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// The length of each axis; empty for a single number.
    pub shape: Vec<usize>,
    /// The values, all finite, the last axis running fastest.
    pub values: Vec<f32>,
}

/// What a .npy file says of its values before they are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The length of each axis.
    pub shape: Vec<usize>,
    kind: Kind,
    fortran_order: bool,
    /// Where the values begin.
    start: usize,
}

impl Layout {
    /// Reads the header of a .npy file of floating-point numbers with 16, 32 or 64 bits, in either byte order and either
    /// order of axes. `head` are its first bytes, [`LONGEST_HEAD`] or all, of `length`; `field` names it in messages.
    ///
    /// # Errors
    /// `field` is of another kind, or shorter or longer than its header says.
    pub fn parse(field: &str, head: &[u8], length: usize) -> Result<Self> {
        let (header, start) = split(field, head, length)?;
        let Header { kind, fortran_order, shape } = Scanner::new(field, header).header()?;
        let kind = Kind::named(&kind).ok_or_else(|| Error::new(Code::NotSupported, field, &kind, KINDS))?;
        let count = shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
        let found = length.saturating_sub(start);
        let Some(expected) = count.and_then(|count| count.checked_mul(kind.width())) else {
            return Err(Error::new(Code::TooLarge, field, format!("shape {shape:?}"), bytes(found)));
        };
        if found != expected {
            let code = if found < expected { Code::Truncated } else { Code::TooLong };
            let value = format!("{}, shape {shape:?}", bytes(found));
            return Err(Error::new(code, field, value, bytes(expected)));
        }
        Ok(Self { shape, kind, fortran_order, start })
    }

    /// The values of the file whose header this is.
    ///
    /// # Errors
    /// The file holds a number that is not finite in 32 bits.
    pub fn read(&self, field: &str, file: &[u8]) -> Result<Numbers> {
        let values = self.kind.read(file.get(self.start..).unwrap_or_default());
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::new(Code::NotFinite, field, value, "-3.4e38 … 3.4e38"));
        }
        let values = if self.fortran_order { turn(&self.shape, values) } else { values };
        Ok(Numbers { shape: self.shape.clone(), values })
    }
}

/// Reads a whole .npy file.
///
/// # Errors
/// As [`Layout::parse`] and [`Layout::read`].
pub fn parse(field: &str, file: &[u8]) -> Result<Numbers> {
    Layout::parse(field, file, file.len())?.read(field, file)
}

/// Values whose first axis runs fastest, in the order in which the last one does.
fn turn(shape: &[usize], values: Vec<f32>) -> Vec<f32> {
    // Along each axis of more than one value: its length, how far apart neighbours lie, and how far along we are.
    let mut axes = Vec::new();
    let mut stride = 1;
    for &length in shape.iter().filter(|&&length| length != 1) {
        axes.push((length, stride, 0));
        stride *= length;
    }
    if axes.len() < 2 {
        return values;
    }
    let mut place = 0;
    let next = |_: &f32| {
        let value = values[place];
        for (length, stride, along) in axes.iter_mut().rev() {
            *along += 1;
            place += *stride;
            if along < length {
                break;
            }
            place -= *stride * *length;
            *along = 0;
        }
        value
    };
    values.iter().map(next).collect()
}

/// The .npy file, version 1.0, of 32-bit numbers in C order; `values` are as many as `shape` says.
pub fn write(shape: &[usize], values: &[f32]) -> Vec<u8> {
    write_as("<f4", shape, values.iter().flat_map(|value| value.to_le_bytes()))
}

/// The same of numbers of any kind, as NumPy names it, whose bytes these are: `|u1`, `<i4`.
pub fn write_as(kind: &str, shape: &[usize], bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    let lengths = shape.iter().map(|length| format!("{length},")).collect::<Vec<_>>().join(" ");
    // Python writes a comma behind the only element of a tuple, but not behind the last of several.
    let lengths = if shape.len() > 1 { lengths.trim_end_matches(',') } else { &lengths };
    let dict = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({lengths}), }}");
    let before = MAGIC.len() + 4;
    let padded = (before + dict.len() + 1).next_multiple_of(ALIGNMENT) - before;
    let mut file = Vec::with_capacity(before + padded + bytes.size_hint().0);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&[1, 0]);
    file.extend_from_slice(&(padded as u16).to_le_bytes());
    file.extend_from_slice(format!("{dict:<width$}\n", width = padded - 1).as_bytes());
    file.extend(bytes);
    file
}

/// The header's text, and where the values begin.
fn split<'a>(field: &str, head: &'a [u8], length: usize) -> Result<(&'a str, usize)> {
    let wrong = |value: String| Error::new(Code::WrongKind, field, value, ".npy 1.0 | 2.0 | 3.0");
    let cut = || Error::new(Code::Truncated, field, bytes(length), "");
    let Some(rest) = head.strip_prefix(MAGIC) else {
        return Err(wrong(format!("{:02x?}", &head[..head.len().min(MAGIC.len())])));
    };
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
    let (header, rest) = match version {
        [1, 0] => {
            let (header, rest) = rest.split_first_chunk().ok_or_else(cut)?;
            (usize::from(u16::from_le_bytes(*header)), rest)
        }
        [2 | 3, 0] => {
            let (header, rest) = rest.split_first_chunk().ok_or_else(cut)?;
            (u32::from_le_bytes(*header) as usize, rest)
        }
        [major, minor] => return Err(wrong(format!("version {major}.{minor}"))),
    };
    let start = head.len() - rest.len();
    if header > length.saturating_sub(start) {
        return Err(cut());
    }
    if header > LONGEST_HEAD - start {
        let allowed = bytes(LONGEST_HEAD - start);
        return Err(Error::new(Code::TooLarge, field, format!("a header of {}", bytes(header)), allowed));
    }
    let header = rest.get(..header).ok_or_else(cut)?;
    let start = start + header.len();
    // Version 3.0 allows any characters in names of fields, which plain numbers do not have.
    let header = std::str::from_utf8(header).ok().filter(|header| header.is_ascii());
    Ok((header.ok_or_else(|| wrong("a header that is not ASCII".to_owned()))?, start))
}

/// How each number is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    bits: Bits,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bits {
    Half,
    Single,
    Double,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        let big_endian = name.starts_with('>');
        let bits = match name.strip_prefix(['<', '>'])? {
            "f2" => Bits::Half,
            "f4" => Bits::Single,
            "f8" => Bits::Double,
            _ => return None,
        };
        Some(Self { bits, big_endian })
    }

    /// Bytes of a number.
    fn width(self) -> usize {
        match self.bits {
            Bits::Half => 2,
            Bits::Single => 4,
            Bits::Double => 8,
        }
    }

    fn read(self, data: &[u8]) -> Vec<f32> {
        match self.bits {
            Bits::Half => self.each(data, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Bits::Single => self.each(data, f32::from_le_bytes),
            Bits::Double => self.each(data, |bytes| f64::from_le_bytes(bytes) as f32),
        }
    }

    fn each<const N: usize>(self, data: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
        let in_order = |&(mut bytes): &[u8; N]| {
            if self.big_endian {
                bytes.reverse();
            }
            number(bytes)
        };
        data.as_chunks().0.iter().map(in_order).collect()
    }
}

fn bytes(count: usize) -> String {
    format!("{count} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
        let length = (header.len() as u32).to_le_bytes();
        let length = if version == 1 { &length[..2] } else { &length };
        [MAGIC, &[version, 0], length, header.as_bytes(), data].concat()
    }

    fn header(kind: &str, order: &str, shape: &str) -> String {
        format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n")
    }

    fn doubles(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn what_was_written_is_read() {
        for shape in [vec![], vec![3], vec![0], vec![2, 3], vec![2, 1, 3, 1]] {
            let count: usize = shape.iter().product();
            let values: Vec<f32> = (0..count).map(|index| index as f32 - 1.25).collect();
            let file = write(&shape, &values);
            assert_eq!((file.len() - 4 * count) % ALIGNMENT, 0);
            assert_eq!(parse("x", &file), Ok(Numbers { shape, values }));
        }
    }

    #[test]
    fn every_kind_of_number_comes_out_the_same() {
        let values = [1.5_f32, -2.0, 0.0, 0.25];
        let single = values.map(f32::to_le_bytes).concat();
        let single_swapped = values.map(f32::to_be_bytes).concat();
        let double = values.map(|value| f64::from(value).to_le_bytes()).concat();
        let double_swapped = values.map(|value| f64::from(value).to_be_bytes()).concat();
        let half = values.map(|value| f16::from_f32(value).to_le_bytes()).concat();
        let half_swapped = values.map(|value| f16::from_f32(value).to_be_bytes()).concat();
        for (kind, data) in [
            ("<f4", single),
            (">f4", single_swapped),
            ("<f8", double),
            (">f8", double_swapped),
            ("<f2", half),
            (">f2", half_swapped),
        ] {
            for version in 1..=3 {
                let file = file(version, &header(kind, "False", "(2, 2)"), &data);
                assert_eq!(parse("x", &file).expect(kind).values, values, "{kind}");
            }
        }
    }

    #[test]
    fn fortran_order_is_turned() {
        let turned = |shape: &str, stored: &[f64]| {
            let file = file(1, &header("<f8", "True", shape), &doubles(stored));
            parse("x", &file).expect("read").values
        };
        // x[i][j] = 10 i + j, the first axis running fastest.
        let values = turned("(2, 3)", &[0.0, 10.0, 1.0, 11.0, 2.0, 12.0]);
        assert_eq!(values, [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
        // x[i][j][k] = 100 i + 10 j + k.
        let stored: Vec<f64> = (0..12).map(|n| f64::from(n % 2 * 100 + n / 2 % 3 * 10 + n / 6)).collect();
        let in_order: Vec<f32> = (0..12).map(|n| (n / 6 * 100 + n / 2 % 3 * 10 + n % 2) as f32).collect();
        assert_eq!(turned("(2, 3, 2)", &stored), in_order);
        assert!(turned("(2, 0)", &[]).is_empty());
        // Axes of one value change nothing.
        assert_eq!(turned("(1, 2, 1, 3, 1)", &[0.0, 10.0, 1.0, 11.0, 2.0, 12.0]), values);
        assert_eq!(turned("(1, 1, 6)", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    }

    #[test]
    fn each_way_of_being_wrong_has_its_name() {
        let one = doubles(&[1.0]);
        let refused = |file: &[u8]| {
            let error = parse("file.W1", file).expect_err("refused");
            assert_eq!(error.field, "file.W1");
            error.code
        };
        let with =
            |kind: &str, order: &str, shape: &str| refused(&file(1, &header(kind, order, shape), &one));
        assert_eq!(refused(b""), Code::WrongKind);
        assert_eq!(refused(b"PK\x03\x04"), Code::WrongKind);
        assert_eq!(refused(MAGIC), Code::Truncated);
        assert_eq!(refused(&file(4, "", &one)), Code::WrongKind);
        assert_eq!(refused(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{"), Code::Truncated);
        for kind in ["<i8", "|b1", "<c8", "<f16", "|O"] {
            assert_eq!(with(kind, "False", "(1,)"), Code::NotSupported);
            let error = parse("x", &file(1, &header(kind, "False", "(1,)"), &one)).expect_err("refused");
            assert_eq!((error.value.as_str(), error.allowed.as_str()), (kind, KINDS));
        }
        let long = file(2, &format!("{}{:10000}", header("<f8", "False", "(1,)"), ""), &one);
        assert_eq!(refused(&long), Code::TooLarge);
        assert_eq!(with("<f8", "Maybe", "(1,)"), Code::WrongKind);
        assert_eq!(with("<f8", "False", "1"), Code::WrongKind);
        assert_eq!(with("<f8", "False", "(-1,)"), Code::WrongKind);
        assert_eq!(with("<f8", "False", "(1,,)"), Code::WrongKind);
        assert_eq!(with("<f8", "False", "(1,1,1,1,1,1,1,1,1)"), Code::WrongKind);
        assert_eq!(with("<f8", "False", "(2,)"), Code::Truncated);
        assert_eq!(with("<f8", "False", "(0,)"), Code::TooLong);
        assert_eq!(with("<f8", "False", "(99999999999, 99999999999)"), Code::TooLarge);
        assert_eq!(with("<f8", "False", "(1,), 'shape': (1,)"), Code::WrongKind);
        assert_eq!(with("<f8", "False", "(1,), 'more': 'text'"), Code::WrongKind);
        assert_eq!(refused(&file(1, "{'descr': '<f8', 'shape': ()}", &one)), Code::WrongKind);
        assert_eq!(refused(&file(1, "{'descr': [('a', '<f8')]}", &one)), Code::WrongKind);
        for value in [f64::NAN, f64::INFINITY, 1e39] {
            let file = file(1, &header("<f8", "False", "()"), &doubles(&[value]));
            assert_eq!(refused(&file), Code::NotFinite);
        }
    }
}
