//! Values of serde's data model as JSON, as far as this crate has them: specs and what stands beside them in files.

use std::fmt::{Error, Write as _};

use serde::ser::{Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};

/// A value as JSON without spaces. Numbers have as many digits as it takes to read the same ones again.
///
/// # Errors
/// It has something in it that is none of: numbers, texts, truth values, options, lists, structs, enums without content
/// and tagged ones.
pub fn to_string(value: &impl Serialize) -> Result<String, Error> {
    let mut text = String::new();
    value.serialize(Writer(&mut text))?;
    Ok(text)
}

struct Writer<'a>(&'a mut String);

/// A list or a struct that is being written.
struct Inside<'a> {
    text: &'a mut String,
    close: char,
    is_empty: bool,
}

impl<'a> Writer<'a> {
    fn open(self, open: char, close: char) -> Inside<'a> {
        self.0.push(open);
        Inside { text: self.0, close, is_empty: true }
    }
}

impl Inside<'_> {
    fn separate(&mut self) {
        if !self.is_empty {
            self.text.push(',');
        }
        self.is_empty = false;
    }
}

macro_rules! whole_numbers {
    ($($method:ident $number:ty),*) => {
        $(fn $method(self, value: $number) -> Result<(), Error> {
            write!(self.0, "{value}")
        })*
    };
}

macro_rules! unused {
    ($($method:ident($($argument:ty),*) -> $ok:ty);*) => {
        $(fn $method(self $(, _: $argument)*) -> Result<$ok, Error> {
            Err(Error)
        })*
    };
}

type None = Impossible<(), Error>;

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'a>;
    type SerializeTuple = None;
    type SerializeTupleStruct = None;
    type SerializeTupleVariant = None;
    type SerializeMap = None;
    type SerializeStruct = Inside<'a>;
    type SerializeStructVariant = None;

    whole_numbers!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);
    whole_numbers!(serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        // Its digits are the shortest that mean the same number. JSON has no others than finite ones.
        if value.is_finite() { write!(self.0, "{value:?}") } else { self.serialize_none() }
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.0.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => self.0.extend(['\\', character]),
                '\u{8}' => self.0.push_str("\\b"),
                '\u{c}' => self.0.push_str("\\f"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                '\0'..='\u{1f}' => write!(self.0, "\\u{:04x}", u32::from(character))?,
                _ => self.0.push(character),
            }
        }
        self.0.push('"');
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'a>, Error> {
        Ok(self.open('[', ']'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>, Error> {
        Ok(self.open('{', '}'))
    }

    unused! {
        serialize_f32(f32) -> ();
        serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple(usize) -> None;
        serialize_tuple_struct(&'static str, usize) -> None;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> None;
        serialize_map(Option<usize>) -> None;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> None
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error)
    }
}

impl SerializeSeq for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.separate();
        value.serialize(Writer(self.text))
    }

    fn end(self) -> Result<(), Error> {
        self.text.push(self.close);
        Ok(())
    }
}

impl SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.separate();
        Writer(self.text).serialize_str(name)?;
        self.text.push(':');
        value.serialize(Writer(self.text))
    }

    fn end(self) -> Result<(), Error> {
        self.text.push(self.close);
        Ok(())
    }
}
