//! The visitor's own digits on their way into a file and back.

use js_sys::{Object, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::data::own;
use crate::web::convert::set;
use crate::web::error::to_js;

/// An archive of images and labels, which are IDX files: 1 to 200 digits of 28×28 pixels.
///
/// # Errors
/// They are no such files.
#[wasm_bindgen(js_name = packDigits)]
pub fn pack_digits(images: &[u8], labels: &[u8]) -> Result<Vec<u8>, JsValue> {
    own::pack(images, labels).map_err(to_js)
}

/// The pixels and labels in such an archive.
///
/// # Errors
/// It is no such archive, or what it holds is no set of digits.
#[wasm_bindgen(js_name = unpackDigits, unchecked_return_type = "UnpackedDigits")]
pub fn unpack_digits(file: &[u8]) -> Result<JsValue, JsValue> {
    let digits = own::unpack(file).map_err(to_js)?;
    let pixels: Vec<u8> = (0..digits.len()).flat_map(|image| digits.pixels(image)).collect();
    let found: JsValue = Object::new().into();
    set(&found, "pixels", Uint8Array::from(pixels.as_slice()));
    set(&found, "labels", Uint8Array::from(digits.labels()));
    Ok(found)
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** `pixels`: 784 for each image, 0 to 255 */
export type UnpackedDigits = { pixels: Uint8Array; labels: Uint8Array };
"#;
