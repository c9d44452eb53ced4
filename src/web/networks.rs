//! Networks by name.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{tensors_to_js, to_plain};
use super::error::to_js;
use crate::error::{Code, Error};
use crate::nn::networks::{self, ALL, Ready};
use crate::train::trainer::Tensor;

/// The networks that have a name, in the order of the book: those of its chapters 3 to 8, LeNet-5, and small ones for
/// VGG, GoogLeNet and ResNet.
///
/// # Errors
/// None; the type is what the conversion has.
#[wasm_bindgen(unchecked_return_type = "NetworkDescription[]")]
pub fn networks() -> Result<JsValue, JsValue> {
    to_plain(ALL)
}

/// The spec of the network of this name, for `new Net`; change it as you like.
///
/// # Errors
/// There is no network of this name.
#[wasm_bindgen(unchecked_return_type = "NetSpec")]
pub fn network(name: &str) -> Result<JsValue, JsValue> {
    to_plain(&(find(name)?.spec)())
}

/// The weights that the book prints for the network of this name, for `setWeights`: those of `forward` and `simple`;
/// empty for the others, which begin at random.
///
/// # Errors
/// There is no network of this name.
#[wasm_bindgen(js_name = networkWeights, unchecked_return_type = "Tensor[]")]
pub fn network_weights(name: &str) -> Result<Array, JsValue> {
    let tensors = find(name)?.weights.iter().map(Tensor::from).collect::<Vec<_>>();
    Ok(tensors_to_js(&tensors))
}

fn find(name: &str) -> Result<&'static Ready, JsValue> {
    networks::find(name).ok_or_else(|| {
        let names = ALL.iter().map(|ready| ready.name).collect::<Vec<_>>();
        to_js(Error::new(Code::NotAChoice, "name", name, names.join(" | ")))
    })
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A network with a name; `section` is the book's, null for one that is not in it. */
export type NetworkDescription = { name: string; title: Text; section: string | null };
"#;
