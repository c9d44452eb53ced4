//! Specs out of values: for each place a rule, which reads what is there and says what is allowed.
//!
//! Errors name the place by its path from the value that was read, empty for that itself.

use std::marker::PhantomData;

use super::value::{Shown, Value};
use crate::error::{Code, Error, Result, shorten};

/// What was read. The error is boxed on its way up, which makes the code of the readers a third smaller.
pub type Reading<T> = std::result::Result<T, Box<Error>>;

/// What may stand in one place.
pub trait Rule {
    /// What it is read as.
    type Read;

    /// Reads what stands there.
    ///
    /// # Errors
    /// It is not allowed.
    fn read(&self, found: &Value) -> Reading<Self::Read>;

    /// What is allowed, as errors say it.
    fn allowed(&self) -> String;
}

/// What can be read out of a value.
pub trait FromValue: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The first place found wrong, by its path in the value.
    fn from_value(found: &Value) -> Reading<Self>;

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
/// The last number of single precision below 1, 1 − 2⁻²⁴, to eight digits.
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

/// What is wrong with a value.
#[cold]
pub fn refused(code: Code, found: &Value, allowed: String) -> Box<Error> {
    error(code, "", &found.to_string(), allowed)
}

#[cold]
fn error(code: Code, field: &str, value: &str, allowed: String) -> Box<Error> {
    Box::new(Error::new(code, field, value, allowed))
}

/// Reads a number for which `fits` holds.
fn number(found: &Value, fits: impl Fn(f64) -> bool) -> std::result::Result<f64, Code> {
    match *found {
        Value::Number(value) if fits(value) => Ok(value),
        Value::Number(value) if value.is_finite() => Err(Code::OutsideRange),
        Value::Number(_) => Err(Code::NotFinite),
        _ => Err(Code::NotANumber),
    }
}

/// A whole number of any size that `f64` holds exactly.
///
/// # Errors
/// It is something else, or not within these bounds.
pub fn whole(found: &Value, least: f64, most: f64) -> Reading<f64> {
    let inside = |value: f64| (least..=most).contains(&value);
    number(found, |value| inside(value) && value.fract() == 0.0).map_err(|code| {
        // What is wrong with 2.5 is not the bounds.
        let between =
            if number(found, inside).is_ok() { format!(", {}", least + 1.0) } else { String::new() };
        refused(code, found, format!("{least}{between} … {most}"))
    })
}

impl Whole {
    /// Whether a number lies in the range.
    ///
    /// # Errors
    /// It does not; the error is that of `field`.
    pub fn check(self, field: &str, value: usize) -> Result<()> {
        if (self.0..=self.1).contains(&value) {
            return Ok(());
        }
        Err(*error(Code::OutsideRange, field, &value.to_string(), self.allowed()))
    }
}

impl Rule for Whole {
    type Read = usize;

    fn read(&self, found: &Value) -> Reading<usize> {
        whole(found, self.0 as f64, self.1 as f64).map(|value| value as usize)
    }

    fn allowed(&self) -> String {
        format!("{} … {}", self.0, self.1)
    }
}

impl Decimal {
    /// Written so that what is no number is refused.
    fn holds(self, value: f64) -> bool {
        (self.least..=self.most).contains(&value) || (self.zero && value == 0.0)
    }

    /// Whether a number lies in the range.
    ///
    /// # Errors
    /// It does not; the error is that of `field`.
    pub fn check(self, field: &str, value: f64) -> Result<()> {
        if self.holds(value) {
            return Ok(());
        }
        Err(*error(Code::OutsideRange, field, &Value::Number(value).to_string(), self.allowed()))
    }
}

impl Rule for Decimal {
    type Read = f64;

    fn read(&self, found: &Value) -> Reading<f64> {
        number(found, |value| self.holds(value)).map_err(|code| refused(code, found, self.allowed()))
    }

    fn allowed(&self) -> String {
        let zero = if self.zero { "0 | " } else { "" };
        format!("{zero}{} … {}", Shown(self.least), Shown(self.most))
    }
}

impl<T: Copy> Choice<T> {
    fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }
}

impl<T: Copy> Rule for Choice<T> {
    type Read = T;

    fn read(&self, found: &Value) -> Reading<T> {
        choose(found, &self.names()).map(|index| self.0[index].1)
    }

    fn allowed(&self) -> String {
        self.names().join(" | ")
    }
}

impl<R: Rule> Rule for List<R> {
    type Read = Vec<R::Read>;

    fn read(&self, found: &Value) -> Reading<Self::Read> {
        let Value::List(items) = found else {
            return Err(refused(Code::WrongKind, found, self.allowed()));
        };
        self.length.check("length", items.len())?;
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            let index = read.len();
            read.push(self.each.read(item).map_err(|error| within(error, &format!("[{index}]")))?);
        }
        Ok(read)
    }

    fn allowed(&self) -> String {
        self.form.to_owned()
    }
}

impl<T: FromValue> Rule for Of<T> {
    type Read = T;

    fn read(&self, found: &Value) -> Reading<T> {
        T::from_value(found)
    }

    fn allowed(&self) -> String {
        T::form()
    }
}

/// Which of the names a value is.
///
/// # Errors
/// None of them.
pub fn choose(found: &Value, names: &[&str]) -> Reading<usize> {
    let allowed = || names.join(" | ");
    let Value::Text(text) = found else { return Err(refused(Code::WrongKind, found, allowed())) };
    let index = names.iter().position(|name| name == text);
    index.ok_or_else(|| error(Code::NotAChoice, "", text, allowed()))
}

/// What something of several kinds is written as.
pub fn form_of(kinds: &Kinds) -> String {
    let kinds: Vec<_> = kinds.iter().map(|(kind, _)| *kind).collect();
    format!("{{ kind: {} }}", kinds.join(" | "))
}

#[cold]
fn within(mut error: Box<Error>, parent: &str) -> Box<Error> {
    error.put_within(parent);
    error
}

/// The fields of an object.
pub struct Fields<'a>(&'a [(String, Value)]);

impl<'a> Fields<'a> {
    /// The fields of an object that has no others than those of these names.
    ///
    /// # Errors
    /// It is no object, or it has others, or one twice.
    pub fn of(found: &'a Value, form: fn() -> String, names: &[&str]) -> Reading<Self> {
        let Value::Object(fields) = found else {
            return Err(refused(Code::WrongKind, found, form()));
        };
        Self(fields).known(names)
    }

    /// The kind of an object and its fields: none but those of the kind.
    ///
    /// # Errors
    /// As [`of`](Self::of), or the kind is missing or none of these.
    pub fn of_kind(found: &'a Value, kinds: &Kinds) -> Reading<(&'static str, Self)> {
        let Value::Object(fields) = found else {
            return Err(refused(Code::WrongKind, found, form_of(kinds)));
        };
        let names: Vec<_> = kinds.iter().map(|(kind, _)| *kind).collect();
        let fields = Self(fields);
        let Some(kind) = fields.find("kind") else {
            return Err(error(Code::Missing, "kind", "", names.join(" | ")));
        };
        let (kind, others) = kinds[choose(kind, &names).map_err(|error| within(error, "kind"))?];
        Ok((kind, fields.known(&[&["kind"], others].concat())?))
    }

    /// What stands in a field.
    ///
    /// # Errors
    /// It is missing, or not allowed.
    pub fn need<R: Rule>(&self, name: &str, rule: R) -> Reading<R::Read> {
        match self.find(name) {
            Some(found) => rule.read(found).map_err(|error| within(error, name)),
            None => Err(error(Code::Missing, name, "", rule.allowed())),
        }
    }

    /// What stands in a field that may be absent, or null.
    ///
    /// # Errors
    /// It is not allowed.
    pub fn may<R: Rule>(&self, name: &str, rule: R) -> Reading<Option<R::Read>> {
        match self.find(name) {
            None | Some(Value::Null) => Ok(None),
            Some(found) => rule.read(found).map(Some).map_err(|error| within(error, name)),
        }
    }

    fn known(self, names: &[&str]) -> Reading<Self> {
        for (index, (name, _)) in self.0.iter().enumerate() {
            if !names.contains(&name.as_str()) {
                return Err(error(Code::UnknownField, &shorten(name), name, names.join(" | ")));
            }
            if self.0[..index].iter().any(|(before, _)| before == name) {
                return Err(error(Code::WrongKind, name, "2 ×", "1 ×".to_owned()));
            }
        }
        Ok(self)
    }

    /// What is given under a name; `undefined` is not given.
    fn find(&self, name: &str) -> Option<&'a Value> {
        let (_, found) = self.0.iter().find(|(given, _)| given == name)?;
        if matches!(found, Value::Undefined) { None } else { Some(found) }
    }
}
