//! What the page is made from.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{Code, Error};
use crate::labs::settings::Settings;
use crate::labs::{self, ALL, Lab};
use crate::web::convert::{set, settings_from_js, text_from_js};
use crate::web::error::to_js;
use crate::web::plain::to_plain;

/// Descriptions of all labs, in the order of the book: `LabDescription[]`.
///
/// # Errors
/// None; the type is what the conversion has.
#[wasm_bindgen(unchecked_return_type = "LabDescription[]")]
pub fn catalogue() -> Result<JsValue, JsValue> {
    to_plain(ALL)
}

/// What is wrong with raw settings of a lab, and what its fields hold.
///
/// # Errors
/// There is no such lab, or `settings` is not an object of strings.
#[wasm_bindgen(unchecked_return_type = "Checked")]
pub fn check(
    #[wasm_bindgen(unchecked_param_type = "string")] lab: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Settings")] settings: JsValue,
) -> Result<JsValue, JsValue> {
    let found = lab_of(&lab)?.check(&settings_from_js(&settings)?);
    let problems = Array::new();
    for problem in &found.problems {
        let plain = to_plain(problem)?;
        set(&plain, "message", problem.to_string());
        problems.push(&plain);
    }
    let checked: JsValue = js_sys::Object::new().into();
    set(&checked, "problems", problems);
    let fields: JsValue = js_sys::Object::new().into();
    for (name, state) in &found.fields {
        set(&fields, name, to_plain(state)?);
    }
    set(&checked, "fields", fields);
    Ok(checked)
}

/// The version of this project.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The lab of an id that came from JavaScript.
pub(super) fn lab_of(id: &JsValue) -> Result<&'static Lab, JsValue> {
    let id = text_from_js("lab", id)?;
    labs::find(&id).ok_or_else(|| {
        let ids = ALL.iter().map(|lab| lab.id).collect::<Vec<_>>();
        to_js(Error::new(Code::NotAChoice, "lab", id, ids.join(" | ")))
    })
}

/// The checked settings of a lab.
pub(super) fn settings_of(lab: &Lab, settings: &JsValue) -> Result<Settings, JsValue> {
    let first = |faults: Vec<Error>| faults.into_iter().next().map_or(JsValue::UNDEFINED, to_js);
    Settings::check(lab.fields, &settings_from_js(settings)?).map_err(first)
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type Text = { en: string; zh: string };
/** Values of fields by name, spelled as in the address. */
export type Settings = Record<string, string>;
export type Checked = {
  /** every fault there is, what does not go together included */
  problems: Problem[];
  /** each field whose value is right by itself */
  fields: Record<string, FieldState>;
};
export type FieldState = {
  /** however it is spelled */
  isDefault: boolean;
  /** the numbers of a list or a matrix, row by row; empty for other fields */
  rows: string[][];
};
export type FieldKind =
  | { type: "log"; min: number; max: number }
  /** a number beside that of the field `of`, or "none" */
  | { type: "beside"; of: string; min: number; max: number }
  | { type: "number"; min: number; max: number; step: number }
  | { type: "count"; min: number; max: number }
  | { type: "choice"; options: { value: string; label: Text }[] }
  | { type: "toggle" }
  | { type: "expression"; variables: string[] }
  | { type: "calculation" }
  | { type: "rows" }
  | { type: "numbers"; min: number; max: number; most: number }
  | { type: "matrix"; min: number; max: number; mostRows: number; mostColumns: number };
export type FieldDescription = {
  name: string; label: Text; help: Text; kind: FieldKind; default: string;
  /** whether a change acts on the running experiment */
  live: boolean;
  place: "main" | "more"; only: [string, string[]] | null;
};
export type SlotDescription = {
  name: string; title: Text; help: Text; shape: "wide" | "square" | "grid" | "cells" | "multiples";
  place: "main" | "more";
  /** what reports must hold while it is on screen */
  wants: string[];
  /** that only while the field of this name holds one of these values */
  only: [string, string[]] | null;
};
export type LabDescription = {
  id: string; sections: string[]; title: Text; line: Text; about: Text;
  /** MathML */
  formula: string;
  fields: FieldDescription[]; slots: SlotDescription[];
  inputs: ("drawing" | "test-digits" | "net-file")[];
  suggestions: { text: Text; settings: Settings }[];
  /** steps a second when a figure is played */
  pace: number;
};
"#;
