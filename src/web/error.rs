//! Errors as JavaScript has them.

use js_sys::Reflect;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::plain::to_plain;
use crate::error::Error;

/// An `Error` whose message is the English sentence, with `code`, `field`, `value`, `allowed` and `at` as properties.
pub(super) fn to_js(error: Error) -> JsValue {
    let sentence = js_sys::Error::new(&error.to_string());
    if let Ok(parts) = to_plain(&error) {
        js_sys::Object::assign(&sentence, parts.unchecked_ref());
    }
    // `name` is what the console prints before the message.
    let _ = Reflect::set(&sentence, &"name".into(), &"FishbowlError".into());
    sentence.into()
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Why a value is refused. Errors thrown by this module have the same properties. */
export type Problem = {
  code: string; field: string; value: string; allowed: string; at: number | null; message: string;
  /** from 0, of a value of several lines */
  line?: number;
};
"#;
