//! Plain objects in and out.

use js_sys::{Array, Float32Array, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast as _, JsValue};

use super::error::to_js;
use crate::error::{Code, Error};
use crate::labs::settings::RawSettings;
use crate::nn::spec;
use crate::train::trainer::Tensor;

/// A plain object of a serializable value: objects for maps, null for none.
pub(super) fn to_plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// A spec out of a plain object, every key of which must be known.
pub(super) fn spec_from_js<T: DeserializeOwned>(value: &JsValue) -> Result<T, JsValue> {
    // By way of JSON: serde_wasm_bindgen passes over keys it does not know, and weights files need the JSON reader
    // anyway.
    let json = js_sys::JSON::stringify(value).ok().and_then(|json| json.as_string()).unwrap_or_default();
    spec::from_json(&json).map_err(to_js)
}

/// Raw settings out of a plain object of strings.
pub(super) fn settings_from_js(settings: &JsValue) -> Result<RawSettings, JsValue> {
    let wrong = |value: &JsValue| {
        let found = value.js_typeof().as_string().unwrap_or_default();
        to_js(Error::new(Code::WrongKind, "settings", found, "Record<string, string>"))
    };
    let object: &Object = settings.dyn_ref().ok_or_else(|| wrong(settings))?;
    let pair = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        let (name, value) = (entry.get(0), entry.get(1));
        Ok((name.as_string().unwrap_or_default(), value.as_string().ok_or_else(|| wrong(&value))?))
    };
    Object::entries(object).iter().map(pair).collect()
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
pub(super) fn tensors_from_js(tensors: &JsValue) -> Result<Vec<Tensor<f32>>, JsValue> {
    let wrong = |field: &str, value: &JsValue, allowed: &str| {
        let found = value.js_typeof().as_string().unwrap_or_default();
        to_js(Error::new(Code::WrongKind, field, found, allowed))
    };
    let list: &Array = tensors.dyn_ref().ok_or_else(|| wrong("tensors", tensors, "Tensor[]"))?;
    let tensor = |(index, tensor): (usize, JsValue)| {
        let get = |name: &str| Reflect::get(&tensor, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let field = |name: &str| format!("tensors[{index}].{name}");
        let name = get("name");
        let name = name.as_string().ok_or_else(|| wrong(&field("name"), &name, "string"))?;
        let shape = get("shape");
        let lengths: Option<Vec<usize>> = shape.dyn_ref::<Array>().and_then(|shape| {
            let length = |length: JsValue| length.as_f64().filter(|l| *l >= 0.0 && l.fract() == 0.0);
            shape.iter().map(|value| length(value).map(|length| length as usize)).collect()
        });
        let shape = lengths.ok_or_else(|| wrong(&field("shape"), &shape, "number[]"))?;
        let values = get("values");
        let values = values.dyn_ref::<Float32Array>().map(Float32Array::to_vec);
        let values = values.ok_or_else(|| wrong(&field("values"), &get("values"), "Float32Array"))?;
        Ok(Tensor { name, shape, values })
    };
    list.iter().enumerate().map(tensor).collect()
}
