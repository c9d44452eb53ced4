//! Values of JavaScript as trees, for specs to be read from.

use js_sys::{Array, ArrayBuffer, JsString, Reflect, Symbol};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::nn::spec::value::{MOST_LEVELS, MOST_VALUES, Value};

#[wasm_bindgen]
extern "C" {
    // As in js_sys, but what they throw is caught: it would leave a borrowed `Net` borrowed for ever.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn keys(object: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
}

/// The tree of a value: own properties that `Object.keys` lists, and whatever cannot stand in a tree by name. Nothing
/// throws, and nothing is followed without end.
pub(super) fn tree(value: &JsValue) -> Value {
    Walk { values: 0, above: Vec::new() }.value(value)
}

/// The name of a typed array's class, whichever window or Node context it comes from.
pub(super) fn view_name(value: &JsValue) -> Option<String> {
    if !ArrayBuffer::is_view(value) {
        return None;
    }
    Reflect::get(value, &Symbol::to_string_tag()).ok()?.as_string()
}

struct Walk {
    values: usize,
    /// The objects that the value lies in.
    above: Vec<JsValue>,
}

impl Walk {
    fn value(&mut self, value: &JsValue) -> Value {
        let other = |name: &str| Value::Other(name.to_owned());
        self.values += 1;
        if self.values > MOST_VALUES {
            return Value::Other(format!("more than {MOST_VALUES} values"));
        }
        if value.is_undefined() {
            Value::Undefined
        } else if value.is_null() {
            Value::Null
        } else if let Some(number) = value.as_f64() {
            Value::Number(number)
        } else if let Some(flag) = value.as_bool() {
            Value::Bool(flag)
        } else if value.is_string() {
            Value::Text(text(value))
        } else if value.is_bigint() {
            i64::try_from(value.clone()).map_or(other("bigint"), |number| Value::Other(format!("{number}n")))
        } else if !value.is_object() || value.is_function() {
            Value::Other(value.js_typeof().as_string().unwrap_or_default())
        } else if let Some(name) = view_name(value) {
            Value::Other(name)
        } else if self.above.contains(value) {
            other("a cycle")
        // One less than in JSON, where a file has an object around its spec.
        } else if self.above.len() >= MOST_LEVELS - 1 {
            Value::Other(format!("more than {} levels", MOST_LEVELS - 1))
        } else {
            self.above.push(value.clone());
            let inside = self.inside(value);
            self.above.pop();
            inside.unwrap_or_else(|_| other("a proxy that throws"))
        }
    }

    fn inside(&mut self, object: &JsValue) -> Result<Value, JsValue> {
        if is_array(object)? {
            let length = Reflect::get(object, &"length".into())?.as_f64().unwrap_or_default();
            if length > (MOST_VALUES - self.values) as f64 {
                return Ok(Value::Other(format!("{length} elements")));
            }
            let item = |index| self.property(Reflect::get_u32(object, index));
            return Ok(Value::List((0..length as u32).map(item).collect()));
        }
        // No object of a spec has nearly as many.
        let keys = keys(object)?.into_iter().take(64);
        let field = |key: JsValue| (text(&key), self.property(Reflect::get(object, &key)));
        Ok(Value::Object(keys.map(field).collect()))
    }

    fn property(&mut self, property: Result<JsValue, JsValue>) -> Value {
        match property {
            Ok(value) => self.value(&value),
            Err(_) => Value::Other("a getter that throws".to_owned()),
        }
    }
}

/// A string, or of one that is longer than any word of a spec the beginning.
fn text(value: &JsValue) -> String {
    value.unchecked_ref::<JsString>().slice(0, 1000).into()
}
