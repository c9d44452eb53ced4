//! Specs out of values: for each place a rule, which reads what is there and says what is allowed.
//!
//! Errors name the place by its path from the value that was read, empty for that itself.

use std::marker::PhantomData;

use super::value::{Shown, Value};
use crate::error::{Code, Error, Result, shorten};

/// What may stand in one place.
pub trait Rule {
    /// What it is read as.
    type Read;

    /// Reads what stands there.
    ///
    /// # Errors
    /// It is not allowed.
    fn read(&self, found: &Value) -> Result<Self::Read>;

    /// What is allowed, as errors say it.
    fn allowed(&self) -> String;
}

/// What can be read out of a value.
pub trait FromValue: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The first place found wrong, by its path in the value.
    fn from_value(found: &Value) -> Result<Self>;

    /// What it is written as: `{ kind: step | cosine }`.
    fn form() -> String;
}

/// A whole number, both bounds included.
#[derive(Clone, Copy, Debug)]
pub struct Whole(pub usize, pub usize);

/// A number from `least` to `most`, or 0 where that is allowed.
///
/// Networks are trained in single precision. So the bounds are such that no number becomes 0, 1 or infinite in it that
/// is not so: the smallest that is not 0 is [`LEAST`], the largest [`MOST`], and the last below 1 [`BELOW_ONE`].
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// Whether 0 is allowed.
    pub zero: bool,
    /// The lowest other than 0.
    pub least: f64,
    /// The highest.
    pub most: f64,
}

/// A little less than the smallest number of single precision above 0, 1.4e-45, to which it is rounded.
pub const LEAST: f64 = 1e-45;
/// A little less than the largest number of single precision.
pub const MOST: f64 = 3.4e38;
/// The last number of single precision below 1, 1 − 2⁻²⁴, to seven digits.
pub const BELOW_ONE: f64 = 0.999_999_94;

/// One of several words, and what each stands for.
#[derive(Clone, Copy, Debug)]
pub struct Choice<T: 'static>(pub &'static [(&'static str, T)]);

/// An array.
#[derive(Clone, Copy, Debug)]
pub struct List<R> {
    /// What it is written as.
    pub form: &'static str,
    /// How many it may have.
    pub length: Whole,
    /// What each may be.
    pub each: R,
}

/// Something that reads itself.
#[derive(Debug)]
pub struct Of<T>(PhantomData<fn() -> T>);

/// The rule of something that reads itself.
pub const fn of<T: FromValue>() -> Of<T> {
    Of(PhantomData)
}

/// The kinds of something, each with the fields that it has beside `kind`.
pub type Kinds = [(&'static str, &'static [&'static str])];

impl Whole {
    /// Whether a number lies in the range.
    ///
    /// # Errors
    /// It does not; the error is that of `field`.
    pub fn check(self, field: &str, value: usize) -> Result<()> {
        if (self.0..=self.1).contains(&value) {
            return Ok(());
        }
        Err(Error::new(Code::OutsideRange, field, value, self.allowed()))
    }
}

impl Rule for Whole {
    type Read = usize;

    fn read(&self, found: &Value) -> Result<usize> {
        whole(found, self.0 as f64, self.1 as f64).map(|value| value as usize)
    }

    fn allowed(&self) -> String {
        format!("{} … {}", self.0, self.1)
    }
}

/// A whole number of any size that `f64` holds exactly.
///
/// # Errors
/// It is something else, or not within these bounds.
pub fn whole(found: &Value, least: f64, most: f64) -> Result<f64> {
    let allowed = format!("{least} … {most}");
    let value = number(found, &allowed)?;
    let inside = (least..=most).contains(&value);
    if inside && value.fract() == 0.0 {
        return Ok(value);
    }
    // What is wrong with 2.5 is not the bounds.
    let allowed = if inside { format!("{least}, {} … {most}", least + 1.0) } else { allowed };
    Err(Error::new(Code::OutsideRange, "", found, allowed))
}

fn number(found: &Value, allowed: &str) -> Result<f64> {
    match found {
        Value::Number(value) if value.is_finite() => Ok(*value),
        Value::Number(_) => Err(Error::new(Code::NotFinite, "", found, allowed)),
        _ => Err(Error::new(Code::NotANumber, "", found, allowed)),
    }
}

impl Decimal {
    /// Whether a number lies in the range.
    ///
    /// # Errors
    /// It does not; the error is that of `field`.
    pub fn check(self, field: &str, value: f64) -> Result<()> {
        // Written so that what is no number is refused.
        if (self.least..=self.most).contains(&value) || (self.zero && value == 0.0) {
            return Ok(());
        }
        Err(Error::new(Code::OutsideRange, field, Shown(value), self.allowed()))
    }
}

impl Rule for Decimal {
    type Read = f64;

    fn read(&self, found: &Value) -> Result<f64> {
        let value = number(found, &self.allowed())?;
        self.check("", value).map(|()| value)
    }

    fn allowed(&self) -> String {
        let zero = if self.zero { "0 | " } else { "" };
        format!("{zero}{} … {}", Shown(self.least), Shown(self.most))
    }
}

impl<T: Copy> Rule for Choice<T> {
    type Read = T;

    fn read(&self, found: &Value) -> Result<T> {
        let names = self.0.iter().map(|(name, _)| *name);
        choose(found, names).map(|index| self.0[index].1)
    }

    fn allowed(&self) -> String {
        either(self.0.iter().map(|(name, _)| *name))
    }
}

impl<R: Rule> Rule for List<R> {
    type Read = Vec<R::Read>;

    fn read(&self, found: &Value) -> Result<Self::Read> {
        let Value::List(items) = found else {
            return Err(Error::new(Code::WrongKind, "", found, self.form));
        };
        self.length.check("length", items.len())?;
        let read = |(index, item)| self.each.read(item).map_err(|error| error.within(&format!("[{index}]")));
        items.iter().enumerate().map(read).collect()
    }

    fn allowed(&self) -> String {
        self.form.to_owned()
    }
}

impl<T: FromValue> Rule for Of<T> {
    type Read = T;

    fn read(&self, found: &Value) -> Result<T> {
        T::from_value(found)
    }

    fn allowed(&self) -> String {
        T::form()
    }
}

/// The names side by side: `step | cosine`.
fn either<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" | ")
}

/// Which of the names a value is.
pub(crate) fn choose<'a>(found: &Value, names: impl Iterator<Item = &'a str> + Clone) -> Result<usize> {
    let Value::Text(text) = found else {
        return Err(Error::new(Code::WrongKind, "", found, either(names)));
    };
    names
        .clone()
        .position(|name| name == text)
        .ok_or_else(|| Error::new(Code::NotAChoice, "", text, either(names)))
}

/// What something of several kinds is written as.
pub fn form_of(kinds: &Kinds) -> String {
    format!("{{ kind: {} }}", either(kinds.iter().map(|(kind, _)| *kind)))
}

/// The fields of an object.
pub struct Fields<'a>(&'a [(String, Value)]);

impl<'a> Fields<'a> {
    /// The fields of an object that has no others than those of these names.
    ///
    /// # Errors
    /// It is no object, or it has others, or one twice.
    pub fn of(found: &'a Value, form: impl FnOnce() -> String, names: &[&str]) -> Result<Self> {
        let fields = Self::any(found, form)?;
        fields.check(names.iter().copied())?;
        Ok(fields)
    }

    /// The kind of an object, by its place among `kinds`, and its fields: none but those of the kind.
    ///
    /// # Errors
    /// As [`of`](Self::of), or the kind is missing or none of these.
    pub fn of_kind(found: &'a Value, kinds: &Kinds) -> Result<(&'static str, Self)> {
        let fields = Self::any(found, || form_of(kinds))?;
        let names = kinds.iter().map(|(kind, _)| *kind);
        let index = match fields.find("kind") {
            Some(kind) => choose(kind, names).map_err(|error| error.within("kind"))?,
            None => return Err(Error::new(Code::Missing, "kind", "", either(names))),
        };
        let (kind, names) = kinds[index];
        fields.check(std::iter::once("kind").chain(names.iter().copied()))?;
        Ok((kind, fields))
    }

    /// What stands in a field.
    ///
    /// # Errors
    /// It is missing, or not allowed.
    pub fn need<R: Rule>(&self, name: &str, rule: R) -> Result<R::Read> {
        match self.find(name) {
            Some(found) => rule.read(found).map_err(|error| error.within(name)),
            None => Err(Error::new(Code::Missing, name, "", rule.allowed())),
        }
    }

    /// What stands in a field that may be absent, or null.
    ///
    /// # Errors
    /// It is not allowed.
    pub fn may<R: Rule>(&self, name: &str, rule: R) -> Result<Option<R::Read>> {
        match self.find(name) {
            None | Some(Value::Null) => Ok(None),
            Some(found) => rule.read(found).map(Some).map_err(|error| error.within(name)),
        }
    }

    fn any(found: &'a Value, form: impl FnOnce() -> String) -> Result<Self> {
        match found {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(Error::new(Code::WrongKind, "", found, form())),
        }
    }

    fn check<'n>(&self, names: impl Iterator<Item = &'n str> + Clone) -> Result<()> {
        for (index, (name, _)) in self.0.iter().enumerate() {
            if !names.clone().any(|known| known == name) {
                return Err(Error::new(Code::UnknownField, shorten(name), name, either(names)));
            }
            if self.0[..index].iter().any(|(before, _)| before == name) {
                return Err(Error::new(Code::WrongKind, name, "2 ×", "1 ×"));
            }
        }
        Ok(())
    }

    /// What is given under a name; `undefined` is not given.
    fn find(&self, name: &str) -> Option<&'a Value> {
        let (_, found) = self.0.iter().find(|(given, _)| given == name)?;
        (*found != Value::Undefined).then_some(found)
    }
}
