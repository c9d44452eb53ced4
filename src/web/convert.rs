//! Plain objects in and out.

use js_sys::{Array, Float32Array, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::arguments::{copied, typed};
use super::error::to_js;
use super::tree::tree;
use crate::error::{Code, Error};
use crate::labs::settings::RawSettings;
use crate::nn::spec::read::{List, Rule as _, Whole};
use crate::nn::spec::value::Value;
use crate::train::trainer::Tensor;

/// Raw settings out of a plain object of strings.
pub(super) fn settings_from_js(settings: &JsValue) -> Result<RawSettings, JsValue> {
    let wrong = |value: &JsValue| {
        let found = value.js_typeof().as_string().unwrap_or_default();
        to_js(Error::new(Code::WrongKind, "settings", found, "Record<string, string>"))
    };
    let object: &Object = settings.dyn_ref().ok_or_else(|| wrong(settings))?;
    let mut raw = RawSettings::new();
    for entry in Object::entries(object).iter() {
        let entry: Array = entry.unchecked_into();
        let (name, value) = (entry.get(0), entry.get(1));
        let text = value.as_string().ok_or_else(|| wrong(&value))?;
        raw.insert(name.as_string().unwrap_or_default(), text);
    }
    Ok(raw)
}

/// A text out of JavaScript.
pub(super) fn text_from_js(field: &str, value: &JsValue) -> Result<String, JsValue> {
    let found = || value.js_typeof().as_string().unwrap_or_default();
    value.as_string().ok_or_else(|| to_js(Error::new(Code::WrongKind, field, found(), "string")))
}

/// Sets a property of a plain object.
pub(super) fn set(object: &JsValue, name: &str, value: impl Into<JsValue>) {
    // Fails for frozen objects and proxies only; these are neither.
    let _ = Reflect::set(object, &name.into(), &value.into());
}

/// Copies of tensors: `{ name, shape, values }`.
pub(super) fn tensors_to_js(tensors: &[Tensor<f32>]) -> Array {
    let tensor = |tensor: &Tensor<f32>| {
        let object: JsValue = Object::new().into();
        set(&object, "name", tensor.name.as_str());
        set(
            &object,
            "shape",
            tensor.shape.iter().map(|&length| JsValue::from(length as u32)).collect::<Array>(),
        );
        set(&object, "values", Float32Array::from(tensor.values.as_slice()));
        object
    };
    tensors.iter().map(tensor).collect()
}

/// Tensors out of an array of `{ name, shape, values }`.
pub(super) fn tensors_from_js(tensors: &JsValue) -> Result<Vec<Tensor<f32>>, Error> {
    let Some(list) = tensors.dyn_ref::<Array>() else {
        return Err(Error::new(Code::WrongKind, "tensors", tree(tensors), "Tensor[]"));
    };
    let tensor = |(index, tensor): (usize, JsValue)| {
        let get = |name: &str| Reflect::get(&tensor, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let field = |name: &str| format!("tensors[{index}].{name}");
        let name = match tree(&get("name")) {
            Value::Text(name) => name,
            found => return Err(Error::new(Code::WrongKind, field("name"), found, "\"0.weight\" …")),
        };
        let lengths = List { form: "number[]", length: Whole(0, 8), each: Whole(0, u32::MAX as usize) };
        let shape = lengths.read(&tree(&get("shape"))).map_err(|error| (*error).within(&field("shape")))?;
        let values = copied(&field("values"), &typed::<Float32Array>(&field("values"), &get("values"))?)?;
        Ok(Tensor { name, shape, values })
    };
    list.iter().enumerate().map(tensor).collect()
}
