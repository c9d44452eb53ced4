//! What the page is made from.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{set, settings_from_js, to_plain};
use crate::labs::settings::Settings;
use crate::labs::{self, ALL};

/// Descriptions of all labs, in the order of the book: `LabDescription[]`.
///
/// # Errors
/// None; the type is what the conversion has.
#[wasm_bindgen(unchecked_return_type = "LabDescription[]")]
pub fn catalogue() -> Result<JsValue, JsValue> {
    to_plain(ALL)
}

/// What is wrong with raw settings of a lab: `Problem[]`, empty when all is well.
///
/// # Errors
/// `settings` is not an object of strings.
#[wasm_bindgen(unchecked_return_type = "Problem[]")]
pub fn check(
    lab: &str,
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] settings: JsValue,
) -> Result<JsValue, JsValue> {
    let raw = settings_from_js(&settings)?;
    let Some(lab) = labs::find(lab) else { return Ok(js_sys::Array::new().into()) };
    let problems = js_sys::Array::new();
    for fault in Settings::check(lab.fields, &raw).err().unwrap_or_default() {
        let problem = to_plain(&fault)?;
        set(&problem, "message", fault.to_string());
        problems.push(&problem);
    }
    Ok(problems.into())
}

/// The version of this project.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type Text = { en: string; zh: string };
/** Why a value is refused. Errors thrown by this module have the same properties. */
export type Problem = {
  code: string; field: string; value: string; allowed: string; at: number | null; message: string;
};
export type FieldKind =
  | { type: "log"; min: number; max: number }
  | { type: "number"; min: number; max: number; step: number }
  | { type: "count"; min: number; max: number }
  | { type: "choice"; options: { value: string; label: Text }[] }
  | { type: "expression" }
  | { type: "numbers"; min: number; max: number; most: number };
export type FieldDescription = {
  name: string; label: Text; help: Text; kind: FieldKind; default: string; live: boolean;
  only: [string, string[]] | null;
};
export type LabDescription = {
  id: string; book: string; title: Text; intro: Text; formula: string;
  fields: FieldDescription[];
  charts: { name: string; title: Text; help: Text; shape: "wide" | "square" | "grid" }[];
  tries: { text: Text; settings: Record<string, string> }[];
  data: "none" | "mnist"; dataWhen: [string, string[]] | null;
  pace: number | null; lanesFrom: string | null;
};
"#;
