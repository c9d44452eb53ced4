//! What is handed over from JavaScript, checked before it is used. wasm-bindgen itself would let an argument of another
//! kind trap, or throw a `TypeError` that names nothing.

use js_sys::{Array, ArrayBuffer, Float32Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::error::to_js;
use super::tree::{tree, view_name};
use crate::data::digit::{Digit, Steps};
use crate::data::digits::Digits;
use crate::data::gzip;
use crate::error::{Code, Error};
use crate::nn::spec::NetSpec;
use crate::nn::spec::read::{FromValue as _, Rule, Whole, refused};

#[wasm_bindgen]
extern "C" {
    type View;

    /// In js_sys it is a `u32`, into which some arrays do not fit.
    #[wasm_bindgen(method, getter)]
    fn length(this: &View) -> f64;
}

/// An argument by its rule.
pub(super) fn read<R: Rule>(name: &str, rule: R, value: &JsValue) -> Result<R::Read, JsValue> {
    rule.read(&tree(value)).map_err(|error| to_js((*error).within(name)))
}

/// A spec out of a plain object. Its fields are named without the argument: `layers[2].units`.
pub(super) fn net_spec(value: &JsValue) -> Result<NetSpec, JsValue> {
    NetSpec::from_value(&tree(value)).map_err(|mut error| {
        if error.field.is_empty() {
            error.put_within("spec");
        }
        to_js(*error)
    })
}

/// Arrays of numbers that JavaScript holds.
pub(super) trait Numbers: JsCast {
    /// A number of the array.
    type Number: Copy + Default;

    /// The classes that have such numbers.
    const CLASSES: &[&str];

    /// How many numbers it has.
    fn count(&self) -> usize;

    /// Copies all of them.
    fn copy_into(&self, numbers: &mut [Self::Number]);
}

macro_rules! typed_array {
    ($array:ty, $number:ty, $classes:expr) => {
        impl Numbers for $array {
            type Number = $number;

            const CLASSES: &[&str] = &$classes;

            fn count(&self) -> usize {
                self.length() as usize
            }

            fn copy_into(&self, numbers: &mut [$number]) {
                self.copy_to(numbers);
            }
        }
    };
}

typed_array!(Float32Array, f32, ["Float32Array"]);
typed_array!(Uint8Array, u8, ["Uint8Array", "Uint8ClampedArray"]);

/// A typed array, whichever window or Node context it comes from.
pub(super) fn typed<A: Numbers>(name: &str, value: &JsValue) -> Result<A, Error> {
    // `instanceof` is quick, but knows the classes of its own context only, and takes proxies, whose `length` throws.
    let is_known = value.has_type::<A>() && ArrayBuffer::is_view(value);
    check_view(name, value, is_known, A::CLASSES).map(|()| value.clone().unchecked_into())
}

fn check_view(name: &str, value: &JsValue, is_known: bool, classes: &[&str]) -> Result<(), Error> {
    if !is_known && view_name(value).is_none_or(|class| !classes.contains(&class.as_str())) {
        return Err(Error::new(Code::WrongKind, name, tree(value), classes.join(" | ")));
    }
    let length = value.unchecked_ref::<View>().length();
    if length <= f64::from(u32::MAX) { Ok(()) } else { Err(too_large(name, length)) }
}

/// A copy of a typed array.
pub(super) fn copied<A: Numbers>(name: &str, array: &A) -> Result<Vec<A::Number>, Error> {
    let mut numbers = room(name, array.count())?;
    numbers.resize(array.count(), A::Number::default());
    array.copy_into(&mut numbers);
    Ok(numbers)
}

/// Room for so many numbers, or an error where there is not as much memory.
pub(super) fn room<T>(name: &str, count: usize) -> Result<Vec<T>, Error> {
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(count).map_err(|_| too_large(name, count as f64))?;
    Ok(numbers)
}

fn too_large(name: &str, count: f64) -> Error {
    Error::new(Code::TooLarge, name, format!("{count} values"), format!("< {count} values"))
}

/// The pixels of images: a `Float32Array`, or an array of numbers.
pub(super) fn pixels_of(value: &JsValue) -> Result<Float32Array, Error> {
    let Some(list) = value.dyn_ref::<Array>() else {
        return typed("pixels", value);
    };
    let numbers: Vec<f32> = numbers("pixels", list, None)?.into_iter().map(|number| number as f32).collect();
    Ok(Float32Array::from(numbers.as_slice()))
}

/// At most so many bytes of a file, or labels: a `Uint8Array`, or an array of numbers.
pub(super) fn bytes_of(name: &str, value: &JsValue, most: usize) -> Result<Vec<u8>, Error> {
    let fits = |length: u32| {
        if length as usize <= most {
            return Ok(());
        }
        Err(Error::new(Code::TooLarge, name, format!("{length} bytes"), format!("{most} bytes")))
    };
    if let Some(list) = value.dyn_ref::<Array>() {
        fits(list.length())?;
        let numbers = numbers(name, list, Some(Whole(0, 255)))?;
        return Ok(numbers.into_iter().map(|number| number as u8).collect());
    }
    let array: Uint8Array = typed(name, value)?;
    fits(array.length())?;
    copied(name, &array)
}

/// The numbers of an array of JavaScript: whole ones of a range, or any.
fn numbers(name: &str, list: &Array, range: Option<Whole>) -> Result<Vec<f64>, Error> {
    let mut numbers = room(name, list.length() as usize)?;
    for index in 0..list.length() {
        let value = Reflect::get_u32(list, index).unwrap_or(JsValue::UNDEFINED);
        let number = match (range, value.as_f64()) {
            (Some(range), _) => range.read(&tree(&value)).map(|number| number as f64),
            (None, Some(number)) => Ok(number),
            (None, None) => Err(refused(Code::NotANumber, &tree(&value), "0 … 1".to_owned())),
        };
        numbers.push(number.map_err(|error| (*error).within(&format!("{name}[{index}]")))?);
    }
    Ok(numbers)
}

/// Images of MNIST's shape as IDX files, each optionally gzip, with labels below `classes`.
pub(super) fn digits(images: &JsValue, labels: &JsValue, classes: usize) -> Result<Digits, Error> {
    let images = bytes_of("images", images, gzip::MOST_BYTES)?;
    let labels = bytes_of("labels", labels, gzip::MOST_BYTES)?;
    Digits::parse(&images, &labels, classes)
}

/// Which steps a drawing goes through: all where nothing is given, else a plain object with a yes or no for each.
fn steps(value: &JsValue) -> Result<Steps, JsValue> {
    if value.is_undefined() {
        return Ok(Steps::ALL);
    }
    let step = |name: &str| {
        let found = Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let wrong = || Error::new(Code::WrongKind, format!("steps.{name}"), tree(&found), "boolean");
        found.as_bool().ok_or_else(|| to_js(wrong()))
    };
    Ok(Steps { fit: step("fit")?, centre: step("centre")? })
}

/// The digit of a drawing, with the steps on the way to it.
pub(super) fn drawing(
    rgba: &JsValue,
    width: u32,
    height: u32,
    through: &JsValue,
) -> Result<Option<Digit>, JsValue> {
    let steps = steps(through)?;
    let rgba: Uint8Array = typed("rgba", rgba).map_err(to_js)?;
    let expected = u64::from(width) * u64::from(height) * 4;
    if u64::from(rgba.length()) != expected {
        let value = format!("{} values", rgba.length());
        return Err(to_js(Error::new(Code::SizeMismatch, "rgba", value, format!("{expected} values"))));
    }
    let rgba = copied("rgba", &rgba).map_err(to_js)?;
    Ok(Digit::by_steps(steps, &rgba, width as usize, height as usize))
}
